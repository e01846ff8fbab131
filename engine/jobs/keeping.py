"""What an open document keeps in the library, and what comes back from there when it is open again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.jobs.shelf import pack

if TYPE_CHECKING:  # a window stands before any of this is needed
    from pathlib import Path

    from engine.errors import DiglotError
    from engine.jobs.job import Job
    from engine.jobs.open_document import Document
    from engine.output.blocks import PageResult
    from engine.store.keeping import JobKeeper, LibraryDoor
    from engine.store.library import Library
    from engine.store.records import Correction, KeptJob, KeptReading, ReadingKey

PORTION = 16
"""So many pages are recalled at once: whoever waits for the library meanwhile waits for no more."""
JOBS_AT_ONCE = 100


class ResultKeeper:
    """Keeps results where the fronts look, and in the library where there is one."""

    def __init__(
        self, document: Document, key: ReadingKey, job: JobKeeper | None, library: LibraryDoor | None = None
    ) -> None:
        """Keep in the document's results, and with `job` in the library; `key` names who reads and what is asked."""
        self._document = document
        self._key = key
        self._job = job
        self._library = library

    async def keep(self, result: PageResult) -> None:
        """Keep a result. Raises `OutputError` where the library cannot."""
        from engine.output.corrections import corrected

        document, key = self._document, replace(self._key, reader=result.reader)
        # First here: whatever the disk says, what was read can still be looked at and exported.
        async with document.rewriting:
            document.keys[result.number] = key
            document.read_at.pop(result.number, None)
            written = document.written.get((result.number, key), {})
            document.as_read.pop((result.number, key), None)
            if written:
                document.as_read[result.number, key] = await asyncio.to_thread(pack, result)
            await document.results.put(corrected(result, written))
        if self._job is None or self._library is None:
            return
        await self._job.keep(result)
        if not written:  # what the person wrote on an earlier day
            await self._recall_corrections(result, key)

    async def _recall_corrections(self, result: PageResult, key: ReadingKey) -> None:
        from engine.output.corrections import corrected

        assert self._library is not None
        document, library = self._document, await self._library()
        kept = await library.corrections(await document.source.content_hash(), result.number, key)
        async with document.rewriting:
            written = document.written_on(key, result.number)
            if kept and not written:
                written |= kept
                await document.results.put(corrected(result, kept))

    async def fail(self, number: int, error: DiglotError) -> None:
        """Note that a page could not be read. Raises `OutputError` where the library cannot."""
        if self._job is not None:
            await self._job.fail(number, error)

    async def end(self, outcome: str) -> None:
        """Note how the job ended. Raises `OutputError` where the library cannot."""
        if self._job is not None:
            await self._job.end(outcome)


class Keeping:
    """The library as a service uses it: opened when it is first needed, and left alone where nothing is to be kept."""

    def __init__(self, *, keeps: bool) -> None:
        """Open nothing yet; `keeps` says whether what is read is kept."""
        self._keeps = keeps
        self._door: LibraryDoor | None = None

    @property
    def folder(self) -> Path:
        """Where the library lies, or will lie."""
        return self._library_door().folder

    def keep_from_now_on(self, keeps: bool) -> None:
        """Say whether what is read is kept; a job that has begun goes on as it was."""
        self._keeps = keeps

    async def library(self) -> Library:
        """Return the library, made where there is none. Raises `OutputError`."""
        return await self._library_door()()

    async def library_there(self) -> Library | None:
        """Return the library where there is one; none is made only to look into it. Raises `OutputError`."""
        return await self.library() if await self._is_there() else None

    def keeper_of(self, document: Document, job: Job, *, taken_up: str = "", retries: str = "") -> ResultKeeper:
        """Return what keeps a job's results; see `JobKeeper` for the names of kept jobs."""
        from engine.store.records import ReadingKey

        key = ReadingKey(job.reader, job.order)
        if not self.may_keep(document):
            return ResultKeeper(document, key, None)
        from engine.store.keeping import JobKeeper

        door = self._library_door()
        kept = JobKeeper(door, job.source, key, job.numbers, way=job.way, taken_up=taken_up, retries=retries)
        document.keepers[job.id] = kept
        return ResultKeeper(document, key, kept, door)

    async def keep_correction(
        self, document: Document, number: int, key: ReadingKey, place: str, correction: Correction | None
    ) -> None:
        """Keep what a person wrote beside the reading, or drop it, where readings are kept. Raises `OutputError`."""
        library = await self._library_of(document)
        if library is not None:
            await library.correct(await document.source.content_hash(), number, key, place, correction)

    async def readings(self, document: Document, number: int) -> list[KeptReading]:
        """Return every kept reading of a page, the newest first. Raises `OutputError`."""
        library = await self._library_of(document)
        return [] if library is None else await library.readings(await document.source.content_hash(), number)

    async def choose(self, document: Document, kept: KeptReading) -> None:
        """Keep a reading as the one of its page that is recalled, until a newer one is made. Raises `OutputError`."""
        library = await self._library_of(document)
        if library is not None:
            sha256 = await document.source.content_hash()
            await library.keep(sha256, kept.result, order=kept.key.order, made=kept.at)

    async def recall(self, document: Document) -> int:
        """Bring back the reading last made or chosen of every page not read since; return how many. See `Service`."""
        library = await self._library_of(document)
        sha256 = await document.source.content_hash() if library is not None else ""
        if library is None or await library.document(sha256) is None:
            return 0
        results, numbers, count = document.results, list(document.numbers), 0
        for first in range(0, len(numbers), PORTION):
            missing = [number for number in numbers[first : first + PORTION] if number not in results]
            for number, kept in sorted((await library.newest(sha256, missing)).items()):
                result, packed = await asyncio.to_thread(_as_left, kept)
                if number not in results:  # what was read meanwhile is newer
                    document.keys[number], document.read_at[number] = kept.key, kept.at
                    if kept.corrections:
                        document.written_on(kept.key, number).update(kept.corrections)
                    results.put_packed(result, packed)
                    count += 1
        return count

    async def interrupted(self) -> list[KeptJob]:
        """Return the jobs that can be taken up, the newest first. Raises `OutputError`."""
        if not self._keeps or not await self._is_there():
            return []
        library = await self.library()
        found: list[KeptJob] = []
        for offset in range(0, 100 * JOBS_AT_ONCE, JOBS_AT_ONCE):
            jobs = await library.jobs(limit=JOBS_AT_ONCE, offset=offset)
            found.extend(job for job in jobs if job.interrupted and job.left)
            if len(jobs) < JOBS_AT_ONCE or jobs[-1].state != "open":  # those that are not over come first
                break
        return found

    async def close(self) -> None:
        """Close the library if it was opened."""
        if self._door is not None:
            await self._door.close()

    def _library_door(self) -> LibraryDoor:
        if self._door is None:
            from engine.store.keeping import LibraryDoor

            self._door = LibraryDoor(_folder_chosen)
        return self._door

    async def _library_of(self, document: Document) -> Library | None:
        """Return the library if this document may be in one; none is made only to look into it."""
        return await self.library_there() if self.may_keep(document) else None

    def may_keep(self, document: Document) -> bool:
        """Tell whether what is read of a document goes into the library."""
        if not self._keeps or not document.protected:
            return self._keeps
        from engine.settings import load_settings

        return load_settings().library.keep_protected

    async def _is_there(self) -> bool:
        return await self._library_door().is_there()


def _folder_chosen() -> Path:
    """Return where the settings say that the library lies, as they are now."""
    from engine.settings import load_settings
    from engine.store.library import library_folder

    return library_folder(load_settings().library.folder)


def _as_left(kept: KeptReading) -> tuple[PageResult, bytes]:
    """Return a reading as the person left it, and the same packed. Call it beside the loop."""
    from engine.output.corrections import corrected

    result = corrected(kept.result, kept.corrections)
    return result, pack(result)
