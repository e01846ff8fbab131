"""What a job needs of the library while its pages are read: nothing is announced before it is kept here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.output.document import PageFailure
from engine.store.errors import JobTaken
from engine.store.files import is_there
from engine.store.library import Library, is_kept_in, library_folder, open_library
from engine.store.records import DocumentFacts, JobState, ReadingKey
from engine.tasks.task import Way

if TYPE_CHECKING:
    from engine.errors import DiglotError
    from engine.output.blocks import PageResult
    from engine.pages.source import PageSource

OpenLibrary = Callable[[], Awaitable[Library]]


class LibraryDoor:
    """The one library of a service, opened at its first use. Call it for the library; close it at the end."""

    def __init__(self, folder: Path | Callable[[], Path] | None = None) -> None:
        """Open nothing yet; `folder` may also be what looks up where it lies, for others may move it until then."""
        self._folder = folder
        self._opening: asyncio.Task[Library] | None = None

    @property
    def folder(self) -> Path:
        """Where the library lies, or will lie."""
        if self._opening is not None and _opened(self._opening):
            return self._opening.result().folder  # it may have been moved since
        return self._looked_up()

    async def __call__(self) -> Library:
        """Return the library. Raises what `open_library` does, and tries anew at the next call."""
        if self._opening is None or (self._opening.done() and not _opened(self._opening)):
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)

    async def is_there(self) -> bool:
        """Tell whether anything is kept yet. Raises StoreUnreachable where it was put somewhere and is gone."""
        return await asyncio.to_thread(self._is_kept, self.folder)

    async def _open(self) -> Library:
        folder = await asyncio.to_thread(self._looked_up)
        await asyncio.to_thread(self._is_kept, folder)
        return await open_library(folder)

    def _is_kept(self, folder: Path) -> bool:
        return is_there(folder) if isinstance(self._folder, Path) else is_kept_in(folder)

    def _looked_up(self) -> Path:
        if self._folder is None:
            return library_folder()
        return self._folder if isinstance(self._folder, Path) else self._folder()

    async def close(self) -> None:
        """Close the library if it was opened; safe to call twice."""
        opening, self._opening = self._opening, None
        if opening is not None:
            await asyncio.wait({opening})
            if _opened(opening):
                await opening.result().close()


class JobKeeper:
    """Keeps what a job reads, and how far it came, under the name by which it can be taken up again."""

    def __init__(
        self,
        library: OpenLibrary,
        source: PageSource,
        key: ReadingKey,
        numbers: Iterable[int],
        *,
        way: Way = Way.USUAL,
        taken_up: str = "",
        retries: str = "",
    ) -> None:
        """Write down nothing yet.

        Args:
            library: How to come by the library.
            source: The document that is read.
            key: The reader that was asked for and the order.
            numbers: The pages to read.
            way: How they are asked.
            taken_up: The name of the job where it is one that `Library.take_up` gave back.
            retries: The name of a job that is over, whose failed pages these are. It is taken up with the first of
                them; where that cannot be, this is a job of its own.
        """
        self._library = library
        self._source = source
        self._key = key
        self._numbers = tuple(numbers)
        self._way = way
        self._name = taken_up
        self._retries = retries
        self._beginning: asyncio.Task[str] | None = None

    @property
    def name(self) -> str:
        """The name of the job in the library, "" until it is written down."""
        return self._name

    async def begin(self) -> str:
        """Write the job down, once; return its name. Raises `OutputError` where the library cannot."""
        if self._name:
            return self._name
        if self._beginning is None or self._beginning.done():
            self._beginning = asyncio.create_task(self._begin())
        # A page that is cancelled here must not leave a job that nobody knows the name of.
        return await asyncio.shield(self._beginning)

    async def keep(self, result: PageResult) -> None:
        """Keep a reading. When this returns it is on the disk; where it raises `OutputError` it is not."""
        job = await self.begin()
        library, sha256 = await self._library(), await self._source.content_hash()
        await library.keep(sha256, result, order=self._key.order, job=job)

    async def fail(self, number: int, error: DiglotError) -> None:
        """Note that a page could not be read. Raises `OutputError` where the library cannot."""
        job = await self.begin()
        await (await self._library()).fail_page(job, PageFailure.of(number, error))

    async def end(self, outcome: str) -> None:
        """Note how the job ended: one of the values of `JobState`. Do not call it for a job that goes on next time."""
        if self._beginning is not None:
            await asyncio.wait({self._beginning})
        if self._name:
            await (await self._library()).end_job(self._name, JobState(outcome))

    async def _begin(self) -> str:
        library = await self._library()
        if self._retries:
            with contextlib.suppress(JobTaken):
                await library.take_up(self._retries, failed_too=True)
                self._name = self._retries
                return self._name
        self._name = await library.begin_job(await facts_of(self._source), self._key, self._numbers, self._way)
        return self._name


async def facts_of(source: PageSource) -> DocumentFacts:
    """Return what the library writes down of an open document."""
    info, sha256 = source.info, await source.content_hash()
    size = await asyncio.to_thread(_size, info.path)
    return DocumentFacts(
        sha256=sha256,
        name=info.name,
        kind=info.kind.value,
        unit=info.unit,
        page_count=info.page_count,
        path="" if info.path is None else str(info.path.absolute()),  # it is looked for from other folders, too
        title=info.title,
        size=size,
    )


def _size(path: Path | None) -> int:
    """Return a file's bytes, 0 for what is no file or cannot be asked."""
    try:
        return path.stat().st_size if path is not None and path.is_file() else 0
    except OSError:
        return 0


def _opened(opening: asyncio.Task[Library]) -> bool:
    return opening.done() and not opening.cancelled() and opening.exception() is None
