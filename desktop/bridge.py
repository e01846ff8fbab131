"""The bridge between the engine and the window: coroutines go down, the engine's events come up as Qt signals.

Events are gathered and handed over at most every 40 ms, so that fifty pages finishing together cost one repaint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from desktop.models.pages import PageStatus, ReadState
from engine.errors import Cancelled
from engine.events import (
    DocumentId,
    Event,
    JobEnded,
    JobProgressed,
    PageFailed,
    PageFinished,
    PageProgressed,
    PageStarted,
    Progress,
)

GATHER_MS = 40


class Bridge(QObject):
    """Hears the engine on behalf of one window, which shows one document at a time."""

    pages_changed = Signal(object)  # tuple[PageStatus, ...], each page once, the newest state
    progress_changed = Signal(object)  # Progress
    page_failed = Signal(object)  # PageFailed
    job_ended = Signal(object)  # JobEnded, after everything before it
    failed = Signal(object, str)  # an exception of a coroutine, and the key it was started under

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: DocumentId | None = None
        self._pages: dict[int, PageStatus] = {}
        self._progress: Progress | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self._since_flush = QElapsedTimer()
        self._tasks: set[asyncio.Task[Any]] = set()

    def watch(self, document: DocumentId | None) -> None:
        """Hear about this document from now on and about no other; what was gathered is dropped."""
        self._document = document
        self._pages.clear()
        self._progress = None

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
        if event.document != self._document:
            return
        match event:
            case PageStarted():
                self._note(PageStatus(event.number, ReadState.READING))
            case PageProgressed():
                fraction = event.done / event.total if event.total else 0.0
                self._note(PageStatus(event.number, ReadState.READING, fraction))
            case PageFinished():
                self._note(PageStatus(event.number, ReadState.DONE, 1.0))
            case PageFailed():
                self._note(PageStatus(event.number, ReadState.FAILED, error=event.error))
                self.page_failed.emit(event)
            case JobProgressed():
                self._progress = event.progress
                self._arrange()
            case JobEnded():
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
        if pages:
            self.pages_changed.emit(tuple(pages.values()))
        if progress is not None:
            self.progress_changed.emit(progress)

    def _note(self, page: PageStatus) -> None:
        self._pages[page.number] = page
        self._arrange()

    def _arrange(self) -> None:
        if self._timer.isActive():
            return
        waited = self._since_flush.elapsed() if self._since_flush.isValid() else GATHER_MS
        self._timer.start(max(0, GATHER_MS - waited))
