"""The queue: pages begin as their reader has room, jobs share fairly, and what goes away meanwhile is waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any

from engine.engine_errors import CardLost, EngineCrashed, EngineStalled, RemoteUnreachable
from engine.errors import Defect, DiglotError
from engine.events import DocumentId, EventBus, JobId, JobProgressed, PageFailed, PagePutBack
from engine.jobs.hold import Hold
from engine.jobs.job import Job, PageState
from engine.jobs.pipeline import announce, give_up, read_page
from engine.jobs.row import LookedAt, Row
from engine.jobs.run import Flight, Run

if TYPE_CHECKING:
    from engine.jobs.pipeline import Keeper
    from engine.readers.reader import Reader

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 1.0
"""How many pages a reader takes at once changes by itself: while pages wait, it is asked so often."""
MAY_BE_THE_PAGE = (EngineCrashed, EngineStalled, CardLost, RemoteUnreachable)
"""Of the errors that hold a job, those that a single page may bring about, whenever it is read."""
ALL_SETBACKS = 3
"""A page that had so many is failed by name: whenever it is read, what reads goes away."""


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
        run = Run(job, keeper, row, self._events, patience_s=self._patience_s)
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
            run.tell_stand()

    def go_on(self, job: JobId) -> None:
        """Go on with a job that is paused; one that is held is tried at once.

        Where it is held because the library can take nothing, and waiting does not help, it goes on unkept.
        """
        run = self._runs.get(job)
        if run is None:
            return
        run.go_on()
        if run.row.hold is not None:
            run.row.hold.try_now()
        run.tell_stand()
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
        run.stop(goes_on=goes_on)
        self._end_if_over(run)
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
        if self._timer is not None:
            self._timer.cancel()
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
                await run.keep(result, waits=lambda: self._give_slot_back(row, flight))
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

    def _give_slot_back(self, row: Row, flight: Flight) -> None:
        row.leave(flight)
        self._look_again(0)

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
        if row.hold is None:
            row.hold = Hold(error, patience_s=self._patience_s)
            row.holding = self._start(self._try_now_and_then(row, row.hold))
        elif flight.trial:
            row.hold.failed_again(error)
        if page.setbacks == ALL_SETBACKS:
            await give_up(run.job, page, error, events=self._events, keeper=run.keeper)
        elif not run.stopping:
            run.put_back(page)
            self._events.publish(PagePutBack(run.job.id, run.job.document, page.number))
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

    def _tell_stands(self, row: Row) -> None:
        for run in tuple(row.runs):
            run.tell_stand()
            self._end_if_over(run)  # it may have waited long enough, with nothing under way

    # -- the end of a job

    def _end_if_over(self, run: Run) -> None:
        row = run.row
        if not run.over or run not in row.runs:
            return
        row.runs.remove(run)
        if not row.runs:
            self._rows.remove(row)
            row.hold = None
            if row.holding is not None:
                row.holding.cancel()
        self._start(self._end(run))

    async def _end(self, run: Run) -> None:
        await run.end()
        del self._runs[run.job.id]
