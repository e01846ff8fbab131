"""The bridge between the engine and the window: coroutines go down, the engine's events come up as Qt signals.

Events are gathered and handed over at most every 40 ms, so that fifty pages finishing together cost one repaint.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from desktop.models.pages import PageStatus, ReadState
from engine.errors import Cancelled
from engine.events import (
    DocumentId,
    EngineChanged,
    EngineLogged,
    EngineMeasured,
    Event,
    JobEnded,
    JobGoesOn,
    JobId,
    JobPaused,
    JobProgressed,
    OverviewChanged,
    PageEvent,
    PageFailed,
    PageFinished,
    PagePartly,
    PageProgressed,
    PagePutBack,
    PageStarted,
    Progress,
    SetupChanged,
    SetupProgressed,
)

if TYPE_CHECKING:  # the window is on the screen before anything is known of the engine
    from engine.server.overview import Overview
    from engine.server.state import ServerStatus

GATHER_MS = 40
LINES_KEPT = 5000
"""Of the engine's log between two portions; nobody is shown more."""


class Bridge(QObject):
    """Hears the engine on behalf of one window, which shows one document at a time."""

    pages_changed = Signal(object)  # tuple[PageStatus, ...], each page once, the newest state
    progress_changed = Signal(object)  # Progress
    page_partly = Signal(object)  # PagePartly of the page in view, the newest; after `pages_changed`
    page_failed = Signal(object)  # PageFailed
    job_paused = Signal(object)  # JobPaused
    job_goes_on = Signal(object)  # JobGoesOn
    job_ended = Signal(object)  # JobEnded, after everything before it
    engine_changed = Signal(object)  # ServerStatus, the newest
    engine_measured = Signal(object, object)  # Sample and bytes in use or None, the newest
    engine_logged = Signal(object)  # tuple[str, ...], in order
    overview_changed = Signal(object)  # Overview, the newest
    failed = Signal(object, str)  # an exception of a coroutine, and the key it was started under

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: DocumentId | None = None
        self._pages: dict[int, PageStatus] = {}
        self._in_view = 0
        self._partly: PagePartly | None = None
        self._job: JobId | None = None
        self._progress: Progress | None = None
        self._status: ServerStatus | None = None
        self._measured: EngineMeasured | None = None
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._overview: Overview | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self._since_flush = QElapsedTimer()
        self._tasks: set[asyncio.Task[Any]] = set()

    def follow(self, job: JobId | None) -> None:
        """Hand over the progress of this job alone; of any where it is None."""
        self._job, self._progress = job, None

    def watch(self, document: DocumentId | None) -> None:
        """Hear about this document from now on and about no other; what was gathered is dropped."""
        self._document, self._job = document, None
        self._pages.clear()
        self._progress = self._partly = None

    def look_at(self, number: int) -> None:
        """Say which page is in view: of this one alone is handed over what is read of it so far."""
        if number != self._in_view:
            self._in_view, self._partly = number, None

    # -- down

    def start(self, work: Coroutine[Any, Any, Any], *, key: str = "") -> asyncio.Task[Any]:
        """Run a coroutine; its error, if any, comes up through `failed`."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, key))
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait for it."""
        self._timer.stop()
        self.watch(None)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any], key: str) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        problem = task.exception()
        if problem is not None and not isinstance(problem, Cancelled):
            self.failed.emit(problem, key)

    # -- up

    def hear(self, event: Event) -> None:
        """Take an event of the engine's; called on the loop, returns at once."""
        match event:
            case EngineChanged():
                self._status = event.status
            case EngineMeasured():
                self._measured = event
            case EngineLogged():
                self._lines.extend(event.lines)
            case OverviewChanged():
                self._overview = event.overview
            case SetupChanged() | SetupProgressed():
                return
            case _:
                if event.document == self._document:
                    self._hear_page(event)
                return
        self._arrange()

    def _hear_page(self, event: PageEvent) -> None:
        match event:
            case PageStarted():
                self._note(PageStatus(event.number, ReadState.READING))
            case PagePartly():
                if event.number == self._in_view:
                    self._partly = event
                    self._arrange()
            case PageProgressed():
                fraction = event.done / event.total if event.total else 0.0
                self._note(PageStatus(event.number, ReadState.READING, fraction))
            case PageFinished():
                self._note(PageStatus(event.number, ReadState.DONE, 1.0))
            case PagePutBack():
                self._note(PageStatus(event.number, ReadState.WAITING))
            case PageFailed():
                self._note(PageStatus(event.number, ReadState.FAILED, error=event.error))
                self.page_failed.emit(event)
            case JobPaused():
                self.job_paused.emit(event)
            case JobGoesOn():
                self.job_goes_on.emit(event)
            case JobProgressed() if self._job in (None, event.job):
                self._progress = event.progress
                self._arrange()
            case JobEnded():
                if self._job in (None, event.job):
                    self._progress = event.progress
                self.flush()
                self.job_ended.emit(event)
            case _:
                pass

    def flush(self) -> None:
        """Hand over what was gathered."""
        self._timer.stop()
        self._since_flush.start()
        pages, self._pages = self._pages, {}
        progress, self._progress = self._progress, None
        partly, self._partly = self._partly, None
        if pages:
            self.pages_changed.emit(tuple(pages.values()))
        if partly is not None:
            self.page_partly.emit(partly)
        if progress is not None:
            self.progress_changed.emit(progress)
        self._flush_engine()

    def _flush_engine(self) -> None:
        overview, self._overview = self._overview, None
        status, self._status = self._status, None
        measured, self._measured = self._measured, None
        if overview is not None:
            self.overview_changed.emit(overview)
        if status is not None:
            self.engine_changed.emit(status)
        if measured is not None:
            self.engine_measured.emit(measured.sample, measured.used_bytes)
        if self._lines:
            lines = tuple(self._lines)
            self._lines.clear()
            self.engine_logged.emit(lines)

    def _note(self, page: PageStatus) -> None:
        if self._partly is not None and self._partly.number == page.number and page.state is not ReadState.READING:
            self._partly = None  # what there was of it is whole now, or counts no more
        self._pages[page.number] = page
        self._arrange()

    def _arrange(self) -> None:
        if self._timer.isActive():
            return
        waited = self._since_flush.elapsed() if self._since_flush.isValid() else GATHER_MS
        self._timer.start(max(0, GATHER_MS - waited))
