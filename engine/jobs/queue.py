"""Order and concurrency: the page being looked at comes first, jobs share fairly, a stop is a stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import Defect, DiglotError
from engine.events import DocumentId, EventBus, JobEnded, JobId, JobOutcome, JobProgressed, PageFailed
from engine.jobs.job import Job, PageState, PageWork
from engine.jobs.pipeline import read_page

if TYPE_CHECKING:
    from engine.jobs.pipeline import Keeper
    from engine.readers.reader import Reader

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Run:
    """A job at work: its reader, where its results go, and the tasks that read its pages."""

    job: Job
    reader: Reader
    keeper: Keeper
    waiting: dict[int, PageWork]
    workers: list[asyncio.Task[None]] = field(default_factory=list)
    preferred: int = 0
    goes_on: bool = False  # it is stopped now, to be taken up another time

    def next_page(self) -> PageWork | None:
        """Take the page being looked at if it still waits, else the next one after it, wrapping to the front."""
        if not self.waiting:
            return None
        first = next(iter(self.waiting))
        return self.waiting.pop(next((number for number in self.waiting if number >= self.preferred), first))


class JobQueue:
    """Runs jobs. Each job has as many pages in flight as its reader wants; a reader serves its callers in turn."""

    def __init__(self, events: EventBus) -> None:
        """Start empty."""
        self._events = events
        self._runs: dict[JobId, _Run] = {}
        self._endings: set[asyncio.Task[None]] = set()

    def add(self, job: Job, reader: Reader, *, keeper: Keeper) -> Job:
        """Start a job and return it."""
        run = _Run(job, reader, keeper, dict(job.pages))
        self._runs[job.id] = run
        for _ in range(min(reader.pages_at_once, len(job.pages))):
            run.workers.append(asyncio.create_task(self._work(run)))
        self._watch(asyncio.create_task(self._finish(run)))
        return job

    def prefer(self, document: DocumentId, number: int) -> None:
        """Read this page of this document next."""
        for run in self._runs_of(document):
            run.preferred = number

    async def cancel(self, job: JobId, *, goes_on: bool = False) -> None:
        """Stop one job and wait until nothing of it runs; with `goes_on` it can be taken up where it was."""
        run = self._runs.get(job)
        if run is None:
            return
        run.goes_on = goes_on
        run.waiting.clear()
        for worker in run.workers:
            worker.cancel()
        await run.job.wait()

    async def cancel_document(self, document: DocumentId) -> None:
        """Stop all jobs of a document, to be taken up when it is open again."""
        await asyncio.gather(*(self.cancel(run.job.id, goes_on=True) for run in tuple(self._runs_of(document))))

    async def close(self) -> None:
        """Stop everything, to be taken up another time."""
        await asyncio.gather(*(self.cancel(job, goes_on=True) for job in tuple(self._runs)))
        await asyncio.gather(*self._endings)

    def _runs_of(self, document: DocumentId) -> Iterator[_Run]:
        return (run for run in self._runs.values() if run.job.document == document)

    def _watch(self, task: asyncio.Task[None]) -> None:
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def _work(self, run: _Run) -> None:
        while (page := run.next_page()) is not None:
            try:
                await read_page(run.job, page, run.reader, events=self._events, keeper=run.keeper)
            except Exception as defect:
                # One bad page never stops a job, even where the fault is ours.
                log.exception("Page %d ended in a defect", page.number)
                error = Defect(f"page {page.number}", detail=type(defect).__name__)
                if page.state is PageState.READING:
                    run.job.finish(page, error)
                    self._events.publish(PageFailed(run.job.id, run.job.document, page.number, error))
            self._events.publish(JobProgressed(run.job.id, run.job.document, run.job.progress))

    async def _finish(self, run: _Run) -> None:
        await asyncio.gather(*run.workers, return_exceptions=True)
        job = run.job
        for page in job.pages.values():
            if page.state in (PageState.WAITING, PageState.READING):
                page.move(PageState.DROPPED)
        dropped = any(page.state is PageState.DROPPED for page in job.pages.values())
        outcome = JobOutcome.CANCELLED if dropped else JobOutcome.INCOMPLETE if job.failures else JobOutcome.FINISHED
        if not (run.goes_on and dropped):
            try:
                await run.keeper.end(outcome)
            except DiglotError as problem:  # it will be offered again, and have nothing left to read
                log.warning("The end of a job could not be noted (%s).", problem.title)
        del self._runs[job.id]
        job.end(outcome)
        self._events.publish(JobEnded(job.id, job.document, outcome, job.progress))
