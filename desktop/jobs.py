"""The jobs of the open document: a main one that the window's foot tells about, and single pages that come first."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from engine.events import JobEnded, JobId, JobOutcome
from engine.tasks.task import TaskOrder, Way

if TYPE_CHECKING:  # the window is on the screen before the service is imported
    from engine.jobs.job import Job
    from engine.service import Document, Service

READ_KEY = "read"
KEEP_KEY = "keep"


class Jobs(QObject):
    """Starts them, stops them, and knows which is which. A page read again does not stop what is under way."""

    started = Signal(object)  # Job: the main one
    ended = Signal(object)  # JobEnded: the main one
    page_started = Signal(object)  # Job: a single page beside the main one
    taken_up = Signal(object)  # Job: one of an earlier day, which is the main one in a moment

    def __init__(self, service: Service, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._service = service
        self._bridge = bridge
        self._pages: dict[JobId, Job] = {}
        self.main: Job | None = None
        self.last: Job | None = None  # the main one that ended last
        self._wishes = 0  # the newest wish wins
        bridge.job_ended.connect(self._job_ended)

    def forget(self) -> None:
        """Let all go: their document is being closed, which stops them."""
        self._wishes += 1
        self._pages.clear()
        self.main = self.last = None
        self._bridge.follow(None)

    # -- starting

    def read(self, document: Document, numbers: Sequence[int] | None, reader: str, order: TaskOrder, way: Way) -> None:
        """Read pages, all by default: in place of the main job, but a single page beside it and before its others."""
        if numbers is not None and len(numbers) == 1 and self.main is not None:
            self._read_page(document, numbers, reader, order, way)
        else:
            self._start_main(lambda: self._service.read(document, numbers=numbers, order=order, reader=reader, way=way))

    def _read_page(self, document: Document, numbers: Sequence[int], reader: str, order: TaskOrder, way: Way) -> None:
        async def begin() -> None:
            for earlier in [job for job in self._pages.values() if job.numbers == tuple(numbers)]:
                await self._service.cancel(earlier)
            if wish == self._wishes:
                job = self._service.read(document, numbers=numbers, order=order, reader=reader, way=way)
                self._pages[job.id] = job
                self._service.put_first(job)
                self.page_started.emit(job)

        wish = self._wishes
        self._bridge.start(begin(), key=READ_KEY)

    def resume(self, document: Document, kept: str) -> None:
        """Take up a job of the library where it was left."""

        async def take_up() -> Job:
            job = await self._service.resume(document, kept)
            self.taken_up.emit(job)
            return job

        self._start_main(take_up)

    def retry(self, document: Document) -> None:
        """Read those pages once more that failed in the job that ended last, in the same way."""
        last = self.last
        if last is not None:
            self._start_main(lambda: self._service.retry_failed(document, last))

    def _start_main(self, start: Callable[[], Job | Coroutine[Any, Any, Job]]) -> None:
        async def begin() -> None:
            if self.main is not None:
                await self._service.cancel(self.main)
            if wish != self._wishes:
                return
            made = start()
            job = await made if isinstance(made, Coroutine) else made
            if wish == self._wishes:
                self._begin(job)
            else:
                await self._service.cancel(job, goes_on=True)

        self._wishes += 1
        wish = self._wishes
        self._bridge.start(begin(), key=READ_KEY)

    def _begin(self, job: Job) -> None:
        self.main = job
        self._bridge.follow(job.id)
        self.started.emit(job)

    # -- what happens to them

    @property
    def can_retry(self) -> bool:
        """Whether pages failed in the job that ended last."""
        return self.main is None and self.last is not None and bool(self.last.failures)

    def stop(self) -> None:
        """Stop reading; what is finished is kept."""
        for job in [*self._pages.values(), *([self.main] if self.main is not None else [])]:
            self._bridge.start(self._service.cancel(job), key=READ_KEY)

    def pause(self) -> None:
        """Begin no further page for now; those that are being read are finished."""
        if self.main is not None:
            self._service.pause(self.main)

    def go_on(self) -> None:
        """Go on after a pause; what waits for something tries it now."""
        for job in [*self._pages.values(), *([self.main] if self.main is not None else [])]:
            self._service.go_on(job)

    def _job_ended(self, event: JobEnded) -> None:
        self._pages.pop(event.job, None)
        if self.main is None or event.job != self.main.id:
            return
        self.last, self.main = self.main, None
        self._bridge.follow(None)
        self.ended.emit(event)
        waiting = next(iter(self._pages), None)
        if waiting is not None and event.outcome is not JobOutcome.CANCELLED:
            self._begin(self._pages.pop(waiting))  # somebody waits for this page: the window tells of it now
