"""Session: the one open document of a window: open, read, stop, look, close."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.jobs import KEEP_KEY, READ_KEY, Jobs
from desktop.orders import READERS
from desktop.rendering import DrawPage, Wish
from engine.errors import PasswordNeeded, WrongPassword
from engine.tasks.task import Task, TaskOrder, Way

if TYPE_CHECKING:  # the window is on the screen before the service is imported
    from engine.jobs.job import Job
    from engine.output.blocks import PageResult
    from engine.output.corrections import Site
    from engine.pages.image import PageImage, PageSize
    from engine.service import Document, Service
    from engine.store.records import Correction, KeptJob, KeptReading, ReadingKey

__all__ = ["OPEN_KEY", "READ_KEY", "AskPassword", "Session", "Target"]

Target = Path | bytes | Sequence[Path]
AskPassword = Callable[[str, bool], Awaitable[str | None]]
"""(document's name, whether one was wrong already) -> the password, None where the person gave up."""

MODEL = "vllm"
"""The reader that asks the engine, which takes a while to import."""
OPEN_KEY = "open"


class Session(QObject):
    """Holds the open document and the job that reads it; another document takes its place."""

    opening = Signal(str)  # a name: something is being opened
    opened = Signal(object)  # Document
    not_opened = Signal()  # opening failed or was given up; what was open stays open
    closing = Signal(bool)  # the document goes away: let go of what belongs to it; False: another one takes its place
    reading_started = Signal(object)  # Job
    reading_ended = Signal(object)  # JobEnded
    page_started = Signal(object)  # Job of a single page, beside the one that is under way
    recalled = Signal(int)  # so many pages were read before, and are there again
    rewritten = Signal(int)  # this page's reading is another now, without having been read

    def __init__(self, service: Service, bridge: Bridge, ask_password: AskPassword) -> None:
        super().__init__(bridge)
        self._service = service
        self.bridge = bridge
        self._ask_password = ask_password
        self._unsubscribe = service.subscribe(bridge.hear)
        self._opening: asyncio.Task[None] | None = None
        self._take_up = ""
        self.document: Document | None = None
        self.reader = "auto"
        self.order = TaskOrder()
        self.jobs = Jobs(service, bridge)
        self.jobs.started.connect(self.reading_started)
        self.jobs.ended.connect(self.reading_ended)
        self.jobs.page_started.connect(self.page_started)

    @property
    def job(self) -> Job | None:
        """The job that the window tells about, None where nothing is being read."""
        return self.jobs.main

    @property
    def results(self) -> Mapping[int, PageResult]:
        """What has been read of the open document."""
        return self.document.results if self.document is not None else {}

    # -- opening

    def open(self, target: Target, *, name: str = "", take_up: str = "") -> None:
        """Open something in place of what is open; the newest wish wins.

        Args:
            target: What to open.
            name: What to call what has no name of its own.
            take_up: The kept job that is to go on then; the newest interrupted one of the document by default.
        """
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self.bridge.start(self._open(target, name, take_up), key=OPEN_KEY)

    async def _open(self, target: Target, name: str, take_up: str) -> None:
        shown = name or _name(target)
        self.opening.emit(shown)
        document: Document | None = None
        try:
            document = await self._open_with_password(target, name, shown)
        finally:
            if document is None:
                self.not_opened.emit()
        if document is None:
            return
        await self.close_document(last=False)
        self.document, self._take_up = document, take_up
        self.bridge.watch(document.id)
        self.opened.emit(document)

    async def _open_with_password(self, target: Target, name: str, shown: str) -> Document | None:
        password: str | None = None
        while True:
            try:
                return await self._service.open(target, password=password, name=name)
            except (PasswordNeeded, WrongPassword) as refusal:
                password = await self._ask_password(shown, isinstance(refusal, WrongPassword))
                if password is None:
                    return None

    async def close_document(self, *, last: bool = True) -> None:
        """Close what is open, if anything is; `last` tells that no other takes its place."""
        document, self.document = self.document, None
        if document is not None:
            self.jobs.forget()
            self.bridge.watch(None)
            self.closing.emit(last)
            await self._service.close_document(document)

    # -- reading

    def tasks(self) -> frozenset[Task]:
        """Return what the chosen reader can do."""
        return self._service.tasks_of(self.reader)

    def targets(self) -> tuple[str, ...]:
        """Return the languages that the chosen reader translates into."""
        return self._service.targets_of(self.reader)

    def read(self, numbers: Sequence[int] | None = None, *, way: Way = Way.USUAL) -> None:
        """Start reading by the order, all pages by default, in place of what is being read; see `Jobs.read`."""
        if self.document is not None:
            self.jobs.read(self.document, numbers, self.reader, self.order, way)

    async def interrupted(self) -> list[KeptJob]:
        """Return the kept jobs that can be taken up here, the newest first. Raises `OutputError`.

        A command that was given the address of a server may have left one that only such a command goes on with.
        """
        return [job for job in await self._service.interrupted() if job.reader in READERS]

    async def drop_kept(self, kept: str) -> None:
        """Take a kept job off the list; what it read stays. Raises `OutputError`."""
        await (await self._service.library()).drop_job(kept)

    async def _interrupted_of(self, document: Document, wanted: str) -> str:
        """Return the job of a document that can be taken up: the one wanted, else the newest, "" where there is none.

        A file that has changed since is another document: it is read from its beginning.
        """
        jobs = await self.interrupted()
        sha256 = await document.source.content_hash() if jobs else ""
        fitting = [job.id for job in jobs if job.document.sha256 == sha256]
        return wanted if wanted in fitting else next(iter(fitting), "")

    def take_up(self) -> bool:
        """Let the kept job go on for which the document was opened; False where there is none."""
        kept, self._take_up = self._take_up, ""
        if kept and self.document is not None:
            self.jobs.resume(self.document, kept)
        return bool(kept)

    def stop(self) -> None:
        """Stop reading; what is finished is kept."""
        self.jobs.stop()

    def recall(self) -> None:
        """Bring back what was read of the document before; `recalled` follows even where nothing is."""
        document = self.document

        from desktop.furnishing import MODEL_PARTS, load_in_turns

        async def recall() -> None:
            count = 0
            try:
                if document is not None:
                    if self.reader == MODEL:
                        await load_in_turns(MODEL_PARTS)
                    count = await self._service.recall(document)
                    self._take_up = await self._interrupted_of(document, self._take_up)
            finally:
                if document is not None and document is self.document:
                    self.recalled.emit(count)

        self.bridge.start(recall(), key=KEEP_KEY)

    def look_at(self, number: int) -> None:
        """Say which page is being looked at; it is read before the others, and comes in while it is read."""
        self.bridge.look_at(number)
        if self.document is not None:
            self._service.look_at(self.document, number)

    # -- what the person knows better

    def correct(self, number: int, site: Site, text: str) -> None:
        """Let a text stand in the place of what was read; `rewritten` follows."""
        if self.document is not None:
            self._rewrite(number, self._service.correct(self.document, number, site, text))

    def confirm(self, number: int, site: Site, words: str) -> None:
        """Note that doubtful words are right; `rewritten` follows."""
        if self.document is not None:
            self._rewrite(number, self._service.confirm(self.document, number, site, words))

    def written(self, number: int) -> Mapping[str, Correction]:
        """Return what the person wrote on a page as it is shown, by its place."""
        return self._service.written(self.document, number) if self.document is not None else {}

    def put_back(self, number: int, place: str, earlier: Correction | None = None) -> None:
        """Take back what was written at a place, down to what was written there `earlier`; `rewritten` follows."""
        if self.document is not None:
            self._rewrite(number, self._service.put_back(self.document, number, place, earlier))

    def show_reading(self, kept: KeptReading) -> None:
        """Show one of the kept readings of a page in the place of the one that is there; `rewritten` follows."""
        if self.document is not None:
            self._rewrite(kept.result.number, self._service.show_reading(self.document, kept))

    def _rewrite(self, number: int, work: Coroutine[Any, Any, object]) -> None:
        document = self.document

        async def rewrite() -> None:
            try:
                await work
            finally:  # it is shown even where the library could not keep it
                if document is self.document:
                    self.rewritten.emit(number)

        self.bridge.start(rewrite(), key=KEEP_KEY)

    def key_of(self, number: int) -> ReadingKey | None:
        """Return which of a page's readings is shown, None where none is."""
        return self.document.keys.get(number) if self.document is not None else None

    def readings(self, number: int) -> Coroutine[Any, Any, list[KeptReading]]:
        """Return a coroutine that gives every kept reading of a page, the newest first. Raises `OutputError`."""
        assert self.document is not None
        return self._service.readings(self.document, number)

    # -- looking

    def drawer(self, document: Document, *, max_pixels: int, urgent: bool) -> DrawPage:
        """Return the function that draws this document's pages."""

        async def draw(wish: Wish) -> PageImage:
            return await self._service.render(
                document, wish.number, scale=wish.scale, max_pixels=max_pixels, urgent=urgent
            )

        return draw

    def ask_sizes(self, first: int, last: int, tell: Callable[[int, list[PageSize]], None]) -> None:
        """Ask for page sizes; `tell` hears (first page, sizes) unless the document has been closed meanwhile."""
        document = self.document

        async def ask() -> None:
            if document is not None:
                sizes = await self._service.sizes(document, first, last)
                if document is self.document:
                    tell(first, sizes)

        self.bridge.start(ask(), key="sizes")

    async def close(self) -> None:
        """Stop everything and close the document."""
        self._unsubscribe()
        if self._opening is not None:
            self._opening.cancel()
        await self.close_document()


def _name(target: Target) -> str:
    if isinstance(target, Path):
        return target.name
    if isinstance(target, bytes) or not target:
        return ""
    return target[0].name
