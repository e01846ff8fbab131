"""The façade: open, look, read, cancel, export, subscribe. The window and the command line use nothing else."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Cancelled, DiglotError, TaskNotSupported, UsageError
from engine.events import DocumentClosed, DocumentId, DocumentOpened, EventBus, JobId, Listener
from engine.jobs.job import Job
from engine.jobs.queue import JobQueue
from engine.tasks.task import Task, TaskOrder, Way

if TYPE_CHECKING:  # a window stands before any of this is needed
    from engine.local_engine import LocalEngine
    from engine.local_setup import LocalSetup
    from engine.output.blocks import PageResult
    from engine.pages.image import PageImage, PageSize
    from engine.pages.source import PageSource, SourceInfo
    from engine.readers.reader import Reader
    from engine.store.keeping import JobKeeper, LibraryDoor
    from engine.store.library import Library

UNKNOWN_PAGES = 4
"""How many pages an engine is asked at once that has not said yet how many it reads."""
READER_NAMES = ("auto", "cpu", "text", "vllm")


@dataclass(slots=True, eq=False)
class Document:
    """An open document: its source, and what has been read of it (the newest reading of each page)."""

    id: DocumentId
    source: PageSource
    results: dict[int, PageResult] = field(default_factory=dict)

    @property
    def info(self) -> SourceInfo:
        """What is known without touching the pages."""
        return self.source.info

    @property
    def numbers(self) -> range:
        """All page numbers, from 1."""
        return range(1, self.info.page_count + 1)


class _Keeper:
    """Keeps results where the fronts look, and in the library where there is one."""

    def __init__(self, results: dict[int, PageResult], job: JobKeeper | None) -> None:
        self._results = results
        self._job = job

    async def keep(self, result: PageResult) -> None:
        # First here: whatever the disk says, what was read can still be looked at and exported.
        self._results[result.number] = result
        if self._job is not None:
            await self._job.keep(result)

    async def fail(self, number: int, error: DiglotError) -> None:
        if self._job is not None:
            await self._job.fail(number, error)

    async def end(self, outcome: str) -> None:
        if self._job is not None:
            await self._job.end(outcome)


class Service:
    """Everything the product does, without a screen. Use it on one asyncio loop; close it at the end."""

    def __init__(self, *, workers: int | None = None, keeps: bool = False) -> None:
        """Start nothing yet.

        Args:
            workers: How many cores the built-in reader may use; all of them by default.
            keeps: Keep what is read in the library.
        """
        self._keeps = keeps
        self._library: LibraryDoor | None = None
        self.events = EventBus()
        self._workers = workers
        self._documents: dict[DocumentId, Document] = {}
        self._ids = itertools.count(1)
        self._readers: dict[str, Reader] = {}
        self._queue = JobQueue(self.events)
        self._engine: LocalEngine | None = None
        self._setup: LocalSetup | None = None
        self._closed = False

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear every event; the returned function ends that."""
        return self.events.subscribe(listener)

    @property
    def engine(self) -> LocalEngine:
        """The local vLLM, or the shared server in its place."""
        if self._engine is None:
            from engine.local_engine import LocalEngine

            self._engine = LocalEngine(self.events.publish)
        return self._engine

    @property
    def setup(self) -> LocalSetup:
        """What brings engine and model onto this machine."""
        if self._setup is None:
            from engine.local_setup import LocalSetup

            self._setup = LocalSetup(self.engine, self.events.publish)
        return self._setup

    async def library(self) -> Library:
        """Everything that was read; opened at its first use. Raises `OutputError`."""
        return await self._library_door()()

    def _library_door(self) -> LibraryDoor:
        if self._library is None:
            from engine.settings import load_settings
            from engine.store.keeping import LibraryDoor
            from engine.store.library import library_folder

            self._library = LibraryDoor(library_folder(load_settings().library.folder))
        return self._library

    # -- documents

    async def open(
        self, target: Path | bytes | Sequence[Path], *, password: str | None = None, name: str = ""
    ) -> Document:
        """Open a PDF, a picture, a folder of pictures, several pictures as one document, or bytes of the clipboard.

        Args:
            target: What to open.
            password: For encrypted documents; it is kept in memory only.
            name: What to call bytes that have no file name.

        Raises:
            BadInput: One of its kinds, see `engine.errors`.
            Cancelled: The service was closed meanwhile.
        """
        from engine.pages.opening import open_source

        source = await open_source(target, password=password, name=name)
        if self._closed:
            await source.close()
            raise Cancelled()
        document = Document(DocumentId(next(self._ids)), source)
        self._documents[document.id] = document
        self.events.publish(DocumentOpened(document.id, source.info))
        return document

    async def close_document(self, document: Document) -> None:
        """Stop its jobs, end its page process, forget its readings."""
        await self._queue.cancel_document(document.id)
        if self._documents.pop(document.id, None) is not None:
            await document.source.close()
            self.events.publish(DocumentClosed(document.id))

    async def render(
        self, document: Document, number: int, *, scale: float, max_pixels: int, urgent: bool = True
    ) -> PageImage:
        """Draw one page at `scale` pixels per page unit, within `max_pixels`. Raises `PageError`."""
        return await document.source.render(number, scale=scale, max_pixels=max_pixels, urgent=urgent)

    async def sizes(self, document: Document, first: int, last: int) -> list[PageSize]:
        """Return the sizes of pages `first` to `last` in page units."""
        return await document.source.sizes(first, last)

    # -- reading

    def tasks_of(self, reader: str) -> frozenset[Task]:
        """Return what a reader can do."""
        return self._reader(reader).tasks

    def targets_of(self, reader: str) -> tuple[str, ...]:
        """Return the languages ("zh", "en") that a reader translates into."""
        return self._reader(reader).targets

    def read(
        self,
        document: Document,
        *,
        numbers: Iterable[int] | None = None,
        order: TaskOrder | None = None,
        reader: str = "auto",
        way: Way = Way.USUAL,
    ) -> Job:
        """Start reading pages (all of them by default) and return the job at once; events tell how it goes.

        Args:
            document: Whose pages.
            numbers: Which, in the order in which they are read.
            order: What is asked of each page; the document by default.
            reader: The name of a reader, or the address of a server ("https://ocr.house/").
            way: How a model is asked.

        Raises:
            UsageError: A page number outside the document, or no such reader.
            TaskNotSupported: The reader cannot do this task.
        """
        wanted = list(dict.fromkeys(document.numbers if numbers is None else numbers))
        outside = [number for number in wanted if number not in document.numbers]
        if not wanted:
            raise UsageError(document.info.name, detail="no page was chosen")
        if outside:
            raise UsageError(
                document.info.name, detail=f"it has pages 1 to {document.info.page_count}, not {outside[0]}"
            )
        chosen, order = self._reader(reader), order or TaskOrder()
        if order.task not in chosen.tasks:
            raise TaskNotSupported(reader, detail=f"it cannot do “{order.task}”")
        job = Job(
            id=JobId(next(self._ids)),
            document=document.id,
            source=document.source,
            numbers=tuple(wanted),
            order=order,
            way=way,
        )
        return self._queue.add(job, chosen, keeper=_Keeper(document.results, self._keeper_of(job, reader)))

    async def resume(self, document: Document, kept: str) -> Job:
        """Take up a job of the library where it was left.

        Raises:
            JobTaken: Somebody works at it, nothing is left of it, or there is none.
            OutputError: The library cannot be reached.
        """
        library = await self.library()
        numbers = await library.take_up(kept)
        found = await library.job(kept)
        assert found is not None
        job = Job(
            id=JobId(next(self._ids)),
            document=document.id,
            source=document.source,
            numbers=numbers,
            order=found.order,
        )
        keeper = _Keeper(document.results, self._keeper_of(job, found.reader, taken_up=kept))
        return self._queue.add(job, self._reader(found.reader), keeper=keeper)

    def _keeper_of(self, job: Job, reader: str, *, taken_up: str = "") -> JobKeeper | None:
        if not self._keeps:
            return None
        from engine.store.keeping import JobKeeper
        from engine.store.records import ReadingKey

        key = ReadingKey(reader, job.order)
        return JobKeeper(self._library_door(), job.source, key, job.numbers, taken_up=taken_up)

    def look_at(self, document: Document, number: int) -> None:
        """Say which page is being looked at: it is read before the others."""
        self._queue.prefer(document.id, number)

    async def cancel(self, job: Job) -> None:
        """Stop a job; finished pages are kept. Returns when nothing of it runs any more."""
        await self._queue.cancel(job.id)

    async def warm_up(self, reader: str = "auto") -> None:
        """Start the reader's processes and load its models before the first page needs them."""
        warm = getattr(self._reader(reader), "warm_up", None)
        if warm is not None:
            await warm()

    def _reader(self, name: str) -> Reader:
        if name not in READER_NAMES:
            raise UsageError(name, detail=f"the readers are {', '.join(READER_NAMES)}")
        if name == "vllm" and name not in self._readers:
            from engine.readers.hunyuan import HunyuanReader

            self._readers[name] = HunyuanReader(
                self.engine.seat, pages_at_once=lambda: self.engine.status.pages_at_once or UNKNOWN_PAGES
            )
        if name not in self._readers:
            # Imported here: a front that only shows pages never pays for them.
            from engine.readers.auto import AutoReader
            from engine.readers.cpu import CpuReader
            from engine.readers.text import TextReader

            cpu = CpuReader(workers=self._workers)
            text = TextReader(cpu)
            self._readers |= {"cpu": cpu, "text": text, "auto": AutoReader(text, cpu)}
        return self._readers[name]

    # -- the end

    async def close(self) -> None:
        """Stop all work and end every process; safe to call twice. What is opened meanwhile is closed again."""
        self._closed = True
        await self._queue.close()
        for document in tuple(self._documents.values()):
            await self.close_document(document)
        readers, self._readers = list(self._readers.values()), {}
        parts = [part for part in (self._setup, self._engine, self._library) if part is not None]
        await asyncio.gather(*(each.close() for each in (*readers, *parts)))
