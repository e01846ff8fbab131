"""Session: the one open document of a window: open, read, stop, look, close."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.rendering import DrawPage, Wish
from engine.errors import PasswordNeeded, WrongPassword
from engine.events import JobEnded
from engine.tasks.task import Task, TaskOrder, Way

if TYPE_CHECKING:  # the window is on the screen before the service is imported
    from engine.jobs.job import Job
    from engine.output.blocks import PageResult
    from engine.pages.image import PageImage, PageSize
    from engine.service import Document, Service

Target = Path | bytes | Sequence[Path]
AskPassword = Callable[[str, bool], Awaitable[str | None]]
"""(document's name, whether one was wrong already) -> the password, None where the person gave up."""

OPEN_KEY, READ_KEY = "open", "read"


class Session(QObject):
    """Holds the open document and the job that reads it; another document takes its place."""

    opening = Signal(str)  # a name: something is being opened
    opened = Signal(object)  # Document
    not_opened = Signal()  # opening failed or was given up; what was open stays open
    closing = Signal(bool)  # the document goes away: let go of what belongs to it; False: another one takes its place
    reading_started = Signal(object)  # Job
    reading_ended = Signal(object)  # JobEnded

    def __init__(self, service: Service, bridge: Bridge, ask_password: AskPassword) -> None:
        super().__init__(bridge)
        self._service = service
        self.bridge = bridge
        self._ask_password = ask_password
        self._unsubscribe = service.subscribe(bridge.hear)
        self._opening: asyncio.Task[None] | None = None
        self.document: Document | None = None
        self.job: Job | None = None
        self.reader = "auto"
        self.order = TaskOrder()
        bridge.job_ended.connect(self._job_ended)

    @property
    def results(self) -> Mapping[int, PageResult]:
        """What has been read of the open document."""
        return self.document.results if self.document is not None else {}

    # -- opening

    def open(self, target: Target, *, name: str = "") -> None:
        """Open something in place of what is open; the newest wish wins."""
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self.bridge.start(self._open(target, name), key=OPEN_KEY)

    async def _open(self, target: Target, name: str) -> None:
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
        self.document = document
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
        document, self.document, self.job = self.document, None, None
        if document is not None:
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
        """Start reading by the order, all pages by default; a job that is under way is stopped first."""
        if self.document is not None:
            self.bridge.start(self._read(self.document, numbers, self.reader, self.order, way), key=READ_KEY)

    async def _read(
        self, document: Document, numbers: Sequence[int] | None, reader: str, order: TaskOrder, way: Way
    ) -> None:
        if self.job is not None:
            await self._service.cancel(self.job)
        if document is self.document:
            self.job = self._service.read(document, numbers=numbers, order=order, reader=reader, way=way)
            self.reading_started.emit(self.job)

    def stop(self) -> None:
        """Stop reading; what is finished is kept."""
        if self.job is not None:
            self.bridge.start(self._service.cancel(self.job), key=READ_KEY)

    def look_at(self, number: int) -> None:
        """Say which page is being looked at; it is read before the others, and comes in while it is read."""
        self.bridge.look_at(number)
        if self.document is not None:
            self._service.look_at(self.document, number)

    def _job_ended(self, event: JobEnded) -> None:
        if self.job is not None and event.job == self.job.id:
            self.job = None
            self.reading_ended.emit(event)

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
