"""The façade: open, look, read, cancel, export, subscribe. The window and the command line use nothing else."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Cancelled, UsageError
from engine.events import (
    DocumentClosed,
    DocumentId,
    DocumentOpened,
    EngineChanged,
    Event,
    EventBus,
    JobId,
    Listener,
)
from engine.jobs.open_document import Document
from engine.readers_by_name import READER_NAMES, ReadersByName
from engine.service_library import ServiceLibrary
from engine.tasks.task import Task, TaskOrder, Way

if TYPE_CHECKING:  # a window stands before any of this is needed
    from engine.jobs.job import Job
    from engine.jobs.keeping import Keeping
    from engine.jobs.queue import JobQueue
    from engine.local_engine import LocalEngine
    from engine.local_setup import LocalSetup
    from engine.pages.image import PageImage, PageSize
    from engine.readers.reader import Reader
    from engine.settings import RemoteSettings

__all__ = ["READER_NAMES", "Document", "Service"]


class Service(ServiceLibrary):
    """Everything the product does, without a screen. Use it on one asyncio loop; close it at the end."""

    def __init__(
        self, *, workers: int | None = None, keeps: bool | None = False, patience_s: float | None = None
    ) -> None:
        """Start nothing yet.

        Args:
            workers: How many cores the built-in reader may use; all of them by default.
            keeps: Keep what is read in the library; None as the settings say when it is first asked.
            patience_s: A job that waits for what reads it, or for room to keep what is read, is halted after so many
                seconds (at once where waiting cannot help) and can be taken up another time. None waits for ever.
        """
        self.events = EventBus()
        self.events.subscribe(self._heard)
        self._documents: dict[DocumentId, Document] = {}
        self._ids = itertools.count(1)
        self._readers = ReadersByName(lambda: self.engine, workers=workers)
        self._keeps = keeps
        self._patience_s = patience_s
        self._engine: LocalEngine | None = None
        self._engine_ready = False
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

    @cached_property
    def _queue(self) -> JobQueue:
        from engine.jobs.queue import JobQueue

        return JobQueue(self.events, patience_s=self._patience_s)

    @cached_property
    def _keeping(self) -> Keeping:
        from engine.jobs.keeping import Keeping

        keeps = self._keeps
        if keeps is None:
            from engine.settings import load_settings

            keeps = load_settings().library.keep
        return Keeping(keeps=keeps)

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
            UsageError: A page number outside the document, no such reader, or the order lacks names or a question.
            TaskNotSupported: The reader cannot do this task, or not into that language.
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
        chosen.check(order)
        job = self._job(document, wanted, order, reader, way)
        return self._queue.add(job, chosen, keeper=self._keeping.keeper_of(document, job))

    def retry_failed(self, document: Document, job: Job) -> Job:
        """Read the pages of a job that failed once more, in the same way, and return the new job.

        In the library it is the old job that goes on, so that nothing is offered there that was read in the end.

        Raises:
            UsageError: None of its pages failed.
        """
        failed = [page.number for page in job.failures]
        if not failed:
            raise UsageError(document.info.name, detail="no page failed")
        kept = document.keepers.get(job.id)
        again = self._job(document, failed, job.order, job.reader, job.way)
        keeper = self._keeping.keeper_of(document, again, retries="" if kept is None else kept.name)
        return self._queue.add(again, self._reader(job.reader), keeper=keeper)

    async def resume(self, document: Document, kept_id: str, *, failed_too: bool = False) -> Job:
        """Take up a job of the library where it was left, with `failed_too` also its pages that failed.

        Raises:
            JobTaken: Somebody works at it, nothing is left of it, or there is none.
            UsageError: It was read on a server that this service does not know, see `use_server`.
            OutputError: The library cannot be reached.
        """
        library = await self.library()
        known = await library.job(kept_id)
        reader = self._reader(known.reader) if known is not None else None
        numbers = await library.take_up(kept_id, failed_too=failed_too)
        assert known is not None and reader is not None
        job = self._job(document, numbers, known.order, known.reader, known.way, done_before=known.done)
        return self._queue.add(job, reader, keeper=self._keeping.keeper_of(document, job, taken_up=kept_id))

    def _job(
        self,
        document: Document,
        numbers: Iterable[int],
        order: TaskOrder,
        reader: str,
        way: Way,
        *,
        done_before: int = 0,
    ) -> Job:
        from engine.jobs.job import Job

        return Job(
            id=JobId(next(self._ids)),
            document=document.id,
            source=document.source,
            numbers=tuple(numbers),
            order=order,
            way=way,
            reader=reader,
            done_before=done_before,
        )

    def look_at(self, document: Document, number: int) -> None:
        """Say which page is being looked at: it is read before the others, and told while it is read."""
        self._queue.prefer(document.id, number)

    def pause(self, job: Job) -> None:
        """Begin no further page of a job; those that are being read are finished. It stays paused until `go_on`."""
        self._queue.pause(job.id)

    def go_on(self, job: Job) -> None:
        """Go on with a paused job; one that waits for something is tried at once.

        Where it waits because the library can take nothing, and waiting does not help, it goes on unkept.
        """
        self._queue.go_on(job.id)

    def put_first(self, job: Job) -> None:
        """Read the pages of this job before those of all others."""
        self._queue.put_first(job.id)

    async def cancel(self, job: Job, *, goes_on: bool = False) -> None:
        """Stop a job; finished pages are kept. Returns when nothing of it runs any more.

        With `goes_on` the library offers it again, to be taken up where it was.
        """
        await self._queue.cancel(job.id, goes_on=goes_on)

    # -- readers

    def tasks_of(self, reader: str) -> frozenset[Task]:
        """Return what a reader can do."""
        return self._reader(reader).tasks

    def targets_of(self, reader: str) -> tuple[str, ...]:
        """Return the languages ("zh", "en") that a reader translates into."""
        return self._reader(reader).targets

    def use_server(self, settings: RemoteSettings, key: str) -> str:
        """Let pages be read on a shared server beside the settings' own, and return its reader's name: the address.

        Nothing is asked yet, and the settings are not touched.

        Raises:
            NotEncrypted: Pages would travel unencrypted, and nobody has accepted that for this address.
            RemoteError: The settings hold no address.
        """
        return self._readers.use_server(settings, key)

    async def warm_up(self, reader: str = "auto") -> None:
        """Start the reader's processes and load its models before the first page needs them."""
        warm = getattr(self._reader(reader), "warm_up", None)
        if warm is not None:
            await warm()

    def _reader(self, name: str) -> Reader:
        return self._readers.named(name)

    def _heard(self, event: Event) -> None:
        """Let jobs that wait for the engine go on when it is there again."""
        if isinstance(event, EngineChanged):
            from engine.server.state import ServerState

            was_ready, self._engine_ready = self._engine_ready, event.status.state is ServerState.READY
            reader = self._readers.made("vllm")
            if reader is not None and self._engine_ready and not was_ready:
                self._queue.reader_is_back(reader)

    # -- the end

    async def close(self) -> None:
        """Stop all work and end every process; safe to call twice. What is opened meanwhile is closed again."""
        self._closed = True
        await self._queue.close()
        for document in tuple(self._documents.values()):
            await self.close_document(document)
        parts = [part for part in (self._setup, self._engine) if part is not None]
        await asyncio.gather(*(each.close() for each in (self._readers, self._keeping, *parts)))
