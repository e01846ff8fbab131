"""The queue: pages begin as their reader has room, jobs share fairly, and what goes away meanwhile is waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any

from engine.engine_errors import CardLost, EngineCrashed, EngineStalled, RemoteUnreachable
from engine.errors import Defect, DiglotError, OutputError
from engine.events import (
    DocumentId,
    EventBus,
    JobEnded,
    JobGoesOn,
    JobId,
    JobOutcome,
    JobPaused,
    JobProgressed,
    PageFailed,
    PagePutBack,
)
from engine.jobs.hold import Hold
from engine.jobs.job import Job, PageState
from engine.jobs.pipeline import announce, give_up, read_page
from engine.jobs.row import ALL_SETBACKS, Flight, LookedAt, Row, Run

if TYPE_CHECKING:
    from engine.jobs.pipeline import Keeper
    from engine.output.blocks import PageResult
    from engine.readers.reader import Reader

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 1.0
"""How many pages a reader takes at once changes by itself: while pages wait, it is asked so often."""
MAY_BE_THE_PAGE = (EngineCrashed, EngineStalled, CardLost, RemoteUnreachable)
"""Of the errors that hold a job, those that a single page may bring about, whenever it is read."""


class JobQueue:
    """Runs jobs: one row of slots per reader, filled page by page. `engine.jobs.row` says which page comes next.

    A page whose reader went away waits again, and its job is held: a single page is tried now and then, and when that
    is read, all go on. A job whose results cannot be kept is held in the same way. Nothing is read twice for it.
    """

    def __init__(self, events: EventBus, *, patience_s: float | None = None) -> None:
        """Start empty.

        Args:
            events: Who hears what happens.
            patience_s: A job that is held for so long is halted, to be taken up another time; at once where waiting
                cannot help. None holds it until the person decides.
        """
        self._events = events
        self._patience_s = patience_s
        self._runs: dict[JobId, Run] = {}
        self._rows: list[Row] = []
        self._looked_at: LookedAt | None = None
        self._ranks = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    # -- what may be wished

    def add(self, job: Job, reader: Reader, *, keeper: Keeper) -> Job:
        """Start a job and return it. Its first page begins in the loop's next turn."""
        row = next((row for row in self._rows if row.reader is reader), None)
        if row is None:
            row = Row(reader)
            self._rows.append(row)
        run = Run(job, keeper, dict(job.pages), row)
        if self._looked_at is not None and self._looked_at.document == job.document:
            run.preferred = self._looked_at.number
        row.runs.append(run)
        self._runs[job.id] = run
        if row.hold is not None:
            row.hold.try_now()  # whoever asks now wants to know now
        self._look_again(0)
        return job

    def prefer(self, document: DocumentId, number: int) -> None:
        """Read this page of this document next: somebody looks at it."""
        self._looked_at = LookedAt(document, number)
        for run in self._runs_of(document):
            run.preferred = number
        self._look_again(0)

    def pause(self, job: JobId) -> None:
        """Begin no further page of a job; those that are being read are finished."""
        if (run := self._runs.get(job)) is not None:
            run.paused = True
            self._tell_stand(run)

    def go_on(self, job: JobId) -> None:
        """Go on with a job that is paused; one that is held is tried at once.

        Where it is held because the library can take nothing, and waiting does not help, it goes on unkept.
        """
        run = self._runs.get(job)
        if run is None:
            return
        run.paused = False
        if run.cannot_keep is not None:
            run.unkept = not run.cannot_keep.error.retryable
            run.cannot_keep.try_now()
        if run.row.hold is not None:
            run.row.hold.try_now()
        self._tell_stand(run)
        self._look_again(0)

    def put_first(self, job: JobId) -> None:
        """Read the pages of this job before those of the others that share its reader."""
        if (run := self._runs.get(job)) is not None:
            self._ranks += 1
            run.rank = self._ranks
            self._look_again(0)

    def reader_is_back(self, reader: Reader) -> None:
        """Try at once what waits for this reader: it is known to work again."""
        for row in self._rows:
            if row.reader is reader:
                row.show_life()
                if row.hold is not None:
                    row.hold.try_now()

    async def cancel(self, job: JobId, *, goes_on: bool = False) -> None:
        """Stop one job and wait until nothing of it runs; with `goes_on` it can be taken up where it was."""
        run = self._runs.get(job)
        if run is None:
            return
        if not run.stopping:
            run.goes_on = goes_on
            self._stop(run)
        await run.job.wait()

    async def cancel_document(self, document: DocumentId) -> None:
        """Stop all jobs of a document, to be taken up when it is open again."""
        await asyncio.gather(*(self.cancel(run.job.id, goes_on=True) for run in tuple(self._runs_of(document))))

    async def close(self) -> None:
        """Stop everything, to be taken up another time."""
        await asyncio.gather(*(self.cancel(job, goes_on=True) for job in tuple(self._runs)))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()

    def _runs_of(self, document: DocumentId) -> Iterator[Run]:
        return (run for run in self._runs.values() if run.job.document == document)

    # -- filling the slots

    def _look_again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._fill)

    def _fill(self) -> None:
        """Begin what may begin, and look again later while anything waits."""
        self._timer = None
        for row in self._rows:
            while (flight := row.choose(self._looked_at, beyond=self._none_beyond())) is not None:
                self._begin(row, flight)
        if any(row.waits for row in self._rows):
            self._look_again(LOOK_AGAIN_S)

    def _none_beyond(self) -> bool:
        return not any(flight.extra for row in self._rows for flight in row.flights)

    def _begin(self, row: Row, flight: Flight) -> None:
        flight.live = self._looked_at == LookedAt(flight.run.job.document, flight.page.number)
        row.begin(flight)
        flight.task = self._start(self._fly(row, flight))
        flight.task.add_done_callback(lambda _task: self._landed(row, flight))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # -- one page

    async def _fly(self, row: Row, flight: Flight) -> None:
        run, page = flight.run, flight.page
        try:
            try:
                result = await read_page(
                    run.job, page, row.reader, live=flight.live, events=self._events, answered=flight.show_life
                )
                self._was_read(row, flight)
                await self._keep(row, flight, result)
            except DiglotError as error:
                if error.holds_jobs:
                    await self._went_away(row, flight, error)
                else:
                    await give_up(run.job, page, error, events=self._events, keeper=run.keeper)
            else:
                announce(run.job, page, result, events=self._events)
        except Exception as defect:
            # One bad page never stops a job, even where the fault is ours.
            log.exception("Page %d ended in a defect", page.number)
            fault = Defect(f"page {page.number}", detail=type(defect).__name__)
            if page.state is PageState.READING:
                run.job.finish(page, fault)
                self._events.publish(PageFailed(run.job.id, run.job.document, page.number, fault))

    def _landed(self, row: Row, flight: Flight) -> None:
        """Give the slot to the next page, then tell how far the job is: what is under way counts in the estimate."""
        run = flight.run
        row.leave(flight)
        run.flights.remove(flight)
        self._fill()
        if flight.page.state in (PageState.DONE, PageState.FAILED):
            self._events.publish(JobProgressed(run.job.id, run.job.document, run.job.progress))
        self._end_if_over(run)

    # -- what reads has gone away

    async def _went_away(self, row: Row, flight: Flight, error: DiglotError) -> None:
        """Let a page wait again, unless it has shown to be the one that does it; and hold what its reader reads."""
        run, page = flight.run, flight.page
        flight.away, row.alive = True, False
        # With nothing to show that the reader worked meanwhile, it is still away, and that is not this page's doing.
        suspect = flight.alive or page.setbacks == ALL_SETBACKS - 1
        page.setbacks += isinstance(error, MAY_BE_THE_PAGE) and suspect
        if page.setbacks == ALL_SETBACKS:
            await give_up(run.job, page, error, events=self._events, keeper=run.keeper)
        elif not run.stopping:
            run.put_back(page)
            self._events.publish(PagePutBack(run.job.id, run.job.document, page.number))
        if row.hold is None:
            row.hold = Hold(error, patience_s=self._patience_s)
            row.holding = self._start(self._try_now_and_then(row, row.hold))
        elif flight.trial:
            row.hold.failed_again(error)
        self._tell_stands(row)

    async def _try_now_and_then(self, row: Row, hold: Hold) -> None:
        while row.hold is hold:
            await hold.wait()
            flight = row.choose_one(self._looked_at)
            if flight is None:
                self._tell_stands(row)
                continue
            self._begin(row, flight)
            await asyncio.wait({flight.task})
            if not flight.away:
                hold.try_now()  # it failed by itself, and that tells nothing

    def _was_read(self, row: Row, flight: Flight) -> None:
        row.show_life()
        if flight.trial and row.hold is not None:
            row.hold = None
            self._tell_stands(row)
            self._look_again(0)

    # -- what is read cannot be kept

    async def _keep(self, row: Row, flight: Flight, result: PageResult) -> None:
        """Keep a result, however often that must be tried: reading the page again would help nobody."""
        run = flight.run
        try:
            await run.keeper.keep(result)
            return
        except OutputError:
            row.leave(flight)  # the reader is not to blame: other jobs go on
        async with run.keeping_again:
            while not await self._kept(run, result):
                assert run.cannot_keep is not None
                await run.cannot_keep.wait()
            run.cannot_keep = None
        self._tell_stand(run)
        if row.hold is not None:
            row.hold.try_now()
        self._look_again(0)

    async def _kept(self, run: Run, result: PageResult) -> bool:
        """Try once more; True also where the person wished to go on without."""
        try:
            await run.keeper.keep(result)
        except OutputError as error:
            if run.unkept:
                log.warning("Page %d could not be kept (%s).", result.number, error.title)
                return True
            if run.cannot_keep is None:
                run.cannot_keep = Hold(error, patience_s=self._patience_s)
            else:
                run.cannot_keep.failed_again(error)
            self._tell_stand(run)
            return False
        return True

    # -- how a job stands

    def _tell_stands(self, row: Row) -> None:
        for run in tuple(row.runs):
            self._tell_stand(run)

    def _tell_stand(self, run: Run) -> None:
        """Tell that a job is paused, or that it goes on, where that has changed; halt one that has waited enough."""
        if run.stopping:
            return
        job, hold = run.job, run.cannot_keep or run.row.hold
        if hold is not None and hold.over and not run.paused:
            run.halted_by, run.goes_on = hold.error, True
            self._stop(run)
        elif run.paused or hold is not None:
            error = None if run.paused or hold is None else hold.error
            if not (job.paused and _alike(job.error, error)):
                job.pause(error)
                self._events.publish(JobPaused(job.id, job.document, error))
        elif job.paused:
            job.go_on()
            self._events.publish(JobGoesOn(job.id, job.document))

    def _stop(self, run: Run) -> None:
        run.stopping = True
        run.waiting.clear()
        for flight in run.flights:
            flight.task.cancel()
        self._end_if_over(run)

    def _end_if_over(self, run: Run) -> None:
        if run.waiting or run.flights or run.ending:
            return
        run.ending = True
        row = run.row
        row.runs.remove(run)
        if not row.runs:
            self._rows.remove(row)
            row.hold = None
            if row.holding is not None:
                row.holding.cancel()
        self._start(self._end(run))

    async def _end(self, run: Run) -> None:
        job = run.job
        for page in job.pages.values():
            if page.state in (PageState.WAITING, PageState.READING):
                page.move(PageState.DROPPED)
        dropped = any(page.state is PageState.DROPPED for page in job.pages.values())
        if dropped:
            outcome = JobOutcome.CANCELLED if run.halted_by is None else JobOutcome.HALTED
        else:
            outcome = JobOutcome.INCOMPLETE if job.failures else JobOutcome.FINISHED
        if not (run.goes_on and dropped):
            try:
                await run.keeper.end(outcome)
            except DiglotError as problem:  # it will be offered again, and have nothing left to read
                log.warning("The end of a job could not be noted (%s).", problem.title)
        del self._runs[job.id]
        job.end(outcome, error=run.halted_by if outcome is JobOutcome.HALTED else None)
        self._events.publish(JobEnded(job.id, job.document, outcome, job.progress))


def _alike(one: DiglotError | None, other: DiglotError | None) -> bool:
    """Tell whether two errors say the same, whichever page they met."""
    if one is None or other is None:
        return one is other
    return type(one) is type(other) and one.detail == other.detail
