"""The library: everything that was read is kept here and found again. Fronts and jobs use this and nothing below it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import OutputError
from engine.output.corrections import is_place
from engine.paths import paths
from engine.store import documents, forgetting, job_rows, readings
from engine.store import search as searching
from engine.store.database import transaction
from engine.store.errors import StoreDamaged, StoreError, StoreUnreachable
from engine.store.files import is_there, remove_all_set_aside, set_aside_in
from engine.store.moving import move
from engine.store.opening import Opened, open_in
from engine.store.records import (
    Correction,
    DocumentFacts,
    Forgotten,
    Found,
    JobState,
    KeptDocument,
    KeptJob,
    KeptReading,
    LibrarySize,
    ReadingKey,
    Thumbnail,
)
from engine.tasks.task import Task, TaskOrder, Way

if TYPE_CHECKING:
    from engine.output.blocks import PageResult
    from engine.output.document import PageFailure
    from engine.store.database import Connection

log = logging.getLogger(__name__)

MOST_THUMBNAIL_BYTES = 256 << 10


def library_folder(chosen: str = "") -> Path:
    """Return where the library lies: where the person put it, else among the data of this user."""
    return Path(chosen) if chosen else paths().data / "library"


def is_kept_in(folder: Path) -> bool:
    """Tell whether the library lies in the folder that `library_folder` gave.

    Raises:
        StoreUnreachable: A person has put it there, and it is gone: its drive is away. It is not begun anew.
    """
    if is_there(folder):
        return True
    if folder != library_folder():
        raise StoreUnreachable(str(folder), detail="it was put there, and is not there now")
    return False


async def open_library(folder: Path | None = None, *, check: bool = True) -> Library:
    """Open the library, made where there is none; close it at the end.

    A damaged one is set aside and a new one begun; then `Library.notice` says so.

    Args:
        folder: Where it lies; `library_folder()` by default.
        check: Look the whole file over for damage. Whoever only wants to look something up may leave it to the others.

    Raises:
        StoreNewer: A newer version made it.
        StoreLocked: It is being moved or rebuilt, or others keep it from being brought up to date.
        StoreDamaged: It is damaged, and `check` was not wished.
        StoreUnreachable: The drive gave an error.
        OutputNotWritable: The folder or the file cannot be written.
        DiskFull: No space left.
    """
    place = library_folder() if folder is None else folder
    opening = asyncio.ensure_future(asyncio.to_thread(open_in, place, check=check))
    try:
        return Library(await asyncio.shield(opening))
    except asyncio.CancelledError:
        with contextlib.suppress(OutputError):
            await Library(await opening).close()
        raise


async def begin_library(folder: Path) -> bool:
    """See that there is a library in a folder that a person settles on. Return whether one was there before.

    Raises:
        OutputError: It cannot be one's.
    """
    before = await asyncio.to_thread(is_there, folder)
    await (await open_library(folder, check=False)).close()
    return before


class Library:
    """An open library. Every method may be called from any coroutine of one loop; each may raise an `OutputError`.

    What a method has written when it returns is on the disk: it outlives a kill and a power cut.
    """

    def __init__(self, opened: Opened) -> None:
        """Take over what `open_library` opened."""
        self._opened = opened
        self._database = opened.database
        self._wipe_owed = False
        self.notice: StoreError | None = opened.notice

    @property
    def folder(self) -> Path:
        """Where it lies now."""
        return self._database.file.parent

    async def close(self) -> None:
        """Finish what was begun, then close. Safe to call twice."""
        if self._wipe_owed:
            with contextlib.suppress(OutputError):
                await self._wipe()
        await self._database.close()
        await asyncio.to_thread(self._opened.presence.leave)

    # -- documents

    async def note(self, facts: DocumentFacts) -> None:
        """Write down that a document was met. Only what was noted, here or with `begin_job`, can be kept."""
        await self._database.write(lambda connection: documents.note_document(connection, facts))

    async def document(self, sha256: str) -> KeptDocument | None:
        """Return a document, None where it is not known."""
        return await self._database.read(lambda connection: documents.kept_document(connection, sha256))

    async def documents(self, *, limit: int = 100, offset: int = 0) -> list[KeptDocument]:
        """Return documents, the one that was met last first."""
        return await self._database.read(lambda connection: documents.kept_documents(connection, limit, offset))

    async def keep_thumbnail(self, sha256: str, number: int, thumbnail: Thumbnail) -> bool:
        """Keep a page's thumbnail; False where the document is not known, or the picture is no small one."""
        if len(thumbnail.image) > MOST_THUMBNAIL_BYTES:
            return False
        return await self._database.write(
            lambda connection: documents.put_thumbnail(connection, sha256, number, thumbnail)
        )

    async def thumbnails(self, sha256: str, first: int, last: int) -> dict[int, Thumbnail]:
        """Return the thumbnails that are there of pages `first` to `last`."""
        return await self._database.read(lambda connection: documents.thumbnails_of(connection, sha256, first, last))

    # -- readings

    async def keep(
        self,
        sha256: str,
        result: PageResult,
        *,
        order: TaskOrder | None = None,
        job: str = "",
        made: float | None = None,
    ) -> bool:
        """Keep a reading, and that this page of the job is done, in one transaction.

        An older reading of the same page by the same reader with the same order gives way to it; all others stay.
        A reading that is kept once more, with the time when it was `made`, is the one that `newest` returns.
        False where the document is not known: it was forgotten meanwhile.
        """
        key = ReadingKey(result.reader, order or TaskOrder())

        def write(connection: Connection) -> bool:
            prepared = readings.prepare(result)
            return transaction(connection, lambda connection: put(connection, prepared))

        def put(connection: Connection, prepared: readings.Prepared) -> bool:
            kept = readings.put_reading(connection, sha256, prepared, key, made)
            if kept and job:
                job_rows.mark_page(connection, job, result.number)
            return kept

        return await self._database.beside(write)

    async def newest(self, sha256: str, numbers: Iterable[int], *, task: Task | None = None) -> dict[int, KeptReading]:
        """Return, of each of these pages that was read, the reading that was kept last, for one task or for any.

        Ask for some pages at a time.
        """
        wanted = tuple(numbers)

        def look(connection: Connection) -> dict[int, KeptReading]:
            found = readings.newest_readings(connection, sha256, wanted, task)
            return {kept.result.number: kept for kept in found}

        return await self._database.read(look)

    async def readings(self, sha256: str, number: int) -> list[KeptReading]:
        """Return every reading of a page side by side, the one that was kept last first."""
        return await self._database.read(lambda connection: readings.readings_of_page(connection, sha256, number))

    async def read_by_job(self, job: str) -> list[KeptReading]:
        """Return the newest reading of each page that a job has read, made by the job's own order, in page order."""
        return await self._database.read(lambda connection: readings.readings_by_job(connection, job))

    async def corrections(self, sha256: str, number: int, key: ReadingKey) -> dict[str, Correction]:
        """Return what a person wrote on a page in the place of what was read for this key, by its place."""
        return await self._database.read(lambda connection: readings.corrections_of(connection, sha256, number, key))

    async def correct(
        self, sha256: str, number: int, key: ReadingKey, place: str, correction: Correction | None
    ) -> bool:
        """Keep what a person wrote in the place of what was read, or drop it where it is None.

        The reading itself stays as it was, and the correction stays when the page is read again. `place` is made by
        one of the functions `place_of_…` of `engine.store.records`. False where the document is not known.
        """
        if not is_place(place):
            raise ValueError(f"{place!r} is no place of a correction")
        return await self._database.write(
            lambda connection: readings.put_correction(connection, sha256, number, key, place, correction)
        )

    # -- jobs

    async def begin_job(
        self, facts: DocumentFacts, key: ReadingKey, numbers: Iterable[int], way: Way = Way.USUAL
    ) -> str:
        """Write down a job, before its first page is read; return its name. Until it ends it can be taken up again."""
        wanted, session = tuple(numbers), self._opened.presence.session
        return await self._database.write(
            lambda connection: job_rows.begin_job(connection, facts, key, wanted, session(), way)
        )

    async def fail_page(self, job: str, failure: PageFailure) -> None:
        """Note that a page of a job could not be read."""
        await self._database.write(lambda connection: job_rows.mark_page(connection, job, failure.number, failure))

    async def end_job(self, job: str, state: JobState) -> None:
        """Note how a job ended. A job that should go on next time is left open instead."""
        await self._database.write(lambda connection: job_rows.end_job(connection, job, state))

    async def take_up(self, job: str, *, failed_too: bool = False) -> tuple[int, ...]:
        """Make a job ours and return its pages that are not read yet, with `failed_too` also those that failed.

        Raises:
            JobTaken: Somebody works at it, nothing is left of it, or there is none.
        """
        return await self._database.write(
            lambda connection: job_rows.take_up(
                connection, job, self._opened.presence.session(), self._lives, failed_too=failed_too
            )
        )

    async def job(self, job: str) -> KeptJob | None:
        """Return a job, None where there is none."""
        return await self._database.read(lambda connection: job_rows.kept_job(connection, job, self._lives))

    async def jobs(self, *, limit: int = 100, offset: int = 0) -> list[KeptJob]:
        """Return jobs, those that are not over first, and of each sort the one that changed last first."""
        return await self._database.read(lambda connection: job_rows.kept_jobs(connection, limit, offset, self._lives))

    async def drop_job(self, job: str) -> None:
        """Take a job off the list; what it read is kept. Raises JobTaken where somebody works at it."""
        await self._database.write(lambda connection: job_rows.drop_job(connection, job, self._lives))

    # -- search

    async def search(self, query: str, *, limit: int = 20, offset: int = 0, document: str = "", each: int = 0) -> Found:
        """Return the pages on which everything stands that was typed, see `engine.store.search`.

        With `each` the pages of a document stand together, so many of them at most; further ones are found by the same
        query with the `document` named.
        """
        return await self._database.read(
            lambda connection: searching.search(
                connection, query, limit=limit, offset=offset, document=document, each=each
            )
        )

    # -- the file itself

    async def size(self) -> LibrarySize:
        """Say how much it holds."""
        return await self._database.read(lambda connection: documents.size_of(connection, self._database.file))

    async def forget(self, sha256: str, *more: str) -> Forgotten:
        """Forget documents with all that belongs to them, so that no text of theirs is left in the library's files.

        What is in damaged libraries that were set aside nobody can tell; `Forgotten.set_aside` names them.
        """
        return await self._forget(lambda connection: forgetting.forget_rows(connection, (sha256, *more)))

    async def forget_everything(self) -> Forgotten:
        """Forget all documents; damaged libraries that were set aside are removed too."""
        await self.remove_set_aside()
        return await self._forget(forgetting.forget_all_rows)

    async def remove_set_aside(self) -> None:
        """Remove the damaged libraries that were set aside, for good."""
        await self._database.beside(lambda connection: remove_all_set_aside(self.folder))

    async def move(
        self,
        to: Path,
        *,
        settle: Callable[[Path], None] = lambda place: None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> tuple[Path, ...]:
        """Put the library into another folder, which is new or empty. It stays open and goes on from there.

        Args:
            to: The whole path of the folder.
            settle: Notes the new place where it is looked for at the next start. It is called on another thread once
                the copy is whole and was compared; where it raises, nothing has changed.
            progress: Hears how much of it is copied, 0 to 1; called on another thread, too.

        Returns:
            Files that could not be removed from the old place.

        Raises:
            StorePlaceTaken: Something else lies there, or the place is the old one or inside it.
            StoreLocked: Another process uses the library.
            DiskFull: There is not enough space.
            OutputNotWritable: The new place cannot be written.
        """
        return await self._database.beside(lambda connection: move(self._opened, connection, to, settle, progress))

    def _lives(self, session: str) -> bool:
        """Ask when it is needed, on the thread that needs it: a move changes where we are."""
        return self._opened.presence.lives(session)

    async def _forget(self, drop: Callable[[Connection], int]) -> Forgotten:
        count = await self._database.write(drop)
        wiped = True
        if count:
            try:
                wiped = await self._wipe()
            except StoreDamaged:
                raise
            except OutputError as problem:
                log.warning("What was forgotten could not be wiped yet (%s).", problem.title)
                wiped = False
            self._wipe_owed = not wiped
        return Forgotten(count, wiped, tuple(set_aside_in(self.folder)))

    async def _wipe(self) -> bool:
        return await self._database.beside(lambda connection: forgetting.wipe(connection, self.folder))
