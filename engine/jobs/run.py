"""Run: a job at work: which of its pages wait, how it stands, and the patience with which its results are kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import DiglotError, OutputError
from engine.events import EventBus, JobEnded, JobGoesOn, JobOutcome, JobPaused
from engine.jobs.hold import Hold
from engine.jobs.job import Job, PageState, PageWork

if TYPE_CHECKING:
    from engine.jobs.pipeline import Keeper
    from engine.jobs.row import Row
    from engine.output.blocks import PageResult

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Flight:
    """A page being read.

    `live`: it is looked at. `alone`: nothing else of its reader is in flight. `extra`: it began though all slots were
    taken. `trial`: it shows whether its reader is back. `alive`: the reader has shown that it works, since the page
    began or just before. `away`: it ended because the reader went away.
    """

    run: Run
    page: PageWork
    live: bool = False
    alone: bool = False
    extra: bool = False
    trial: bool = False
    alive: bool = False
    away: bool = False
    task: asyncio.Task[None] = field(init=False)

    def show_life(self) -> None:
        """Note that the reader answers this page."""
        self.alive = True


@dataclass(slots=True, eq=False)
class Run:
    """A job at work.

    Higher ranks come first. `turn` grows with every page it begins, over all jobs of its reader; 0 before its first.
    `preferred` is the page from which it is read on.
    """

    job: Job
    keeper: Keeper
    row: Row
    events: EventBus
    patience_s: float | None = None
    preferred: int = 0
    rank: int = 0
    turn: int = 0
    paused: bool = False  # by the person
    stopping: bool = False
    goes_on: bool = False  # it is stopped now, to be taken up another time
    waiting: dict[int, PageWork] = field(init=False)
    flights: list[Flight] = field(default_factory=list)
    cannot_keep: Hold | None = None
    _unkept: bool = False  # the person wished it to go on though nothing can be kept
    _halted_by: DiglotError | None = None
    _can_keep: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Let all pages wait."""
        self.waiting = dict(self.job.pages)

    # -- its pages

    @property
    def ready(self) -> bool:
        """Whether pages of it may be begun, as far as the job itself goes."""
        return bool(self.waiting) and not (self.paused or self.stopping or self.cannot_keep)

    @property
    def over(self) -> bool:
        """Whether nothing of it waits or runs."""
        return not self.waiting and not self.flights

    def next_page(self) -> PageWork:
        """Return the page whose turn it is: without setbacks before with, then by where one looks."""
        fewest = min(page.setbacks for page in self.waiting.values())
        numbers = [number for number, page in self.waiting.items() if page.setbacks == fewest]
        return self.waiting[next((number for number in numbers if number >= self.preferred), numbers[0])]

    def begin(self, flight: Flight) -> None:
        """Note that a page is being read."""
        del self.waiting[flight.page.number]
        self.job.begin(flight.page)
        self.flights.append(flight)

    def put_back(self, page: PageWork) -> None:
        """Let a page wait again, in its old place."""
        self.job.put_back(page)
        self.waiting = {number: each for number, each in self.job.pages.items() if each.state is PageState.WAITING}

    # -- how it stands

    def tell_stand(self) -> None:
        """Tell that it is paused, or that it goes on, where that has changed; halt it where it has waited enough."""
        if self.stopping:
            return
        job, hold = self.job, self.cannot_keep or self.row.hold
        if hold is not None and hold.over and not self.paused:
            self._halted_by = hold.error
            self.stop(goes_on=True)
        elif self.paused or hold is not None:
            error = None if self.paused or hold is None else hold.error
            if not (job.paused and _alike(job.error, error)):
                job.pause(error)
                self.events.publish(JobPaused(job.id, job.document, error))
        elif job.paused:
            job.go_on()
            self.events.publish(JobGoesOn(job.id, job.document))

    def go_on(self) -> None:
        """Do not be paused any more. What could not be kept is tried at once, and let go where waiting is of no use."""
        self.paused = False
        if self.cannot_keep is not None:
            self._unkept = not self.cannot_keep.error.retryable
            self.cannot_keep.try_now()

    def stop(self, *, goes_on: bool) -> None:
        """Begin nothing more and stop what is under way; the first call counts."""
        if self.stopping:
            return
        self.stopping, self.goes_on = True, goes_on
        self.waiting.clear()
        for flight in self.flights:
            flight.task.cancel()

    async def end(self) -> None:
        """Note how it ended, and tell it. Call it when it is `over`."""
        job = self.job
        for page in job.pages.values():
            if page.state in (PageState.WAITING, PageState.READING):
                page.move(PageState.DROPPED)
        dropped = any(page.state is PageState.DROPPED for page in job.pages.values())
        if dropped:
            outcome = JobOutcome.CANCELLED if self._halted_by is None else JobOutcome.HALTED
        else:
            outcome = JobOutcome.INCOMPLETE if job.failures else JobOutcome.FINISHED
        if not (self.goes_on and dropped):
            try:
                await self.keeper.end(outcome)
            except DiglotError as problem:  # it will be offered again, and have nothing left to read
                log.warning("The end of a job could not be noted (%s).", problem.title)
        job.end(outcome, error=self._halted_by if outcome is JobOutcome.HALTED else None)
        self.events.publish(JobEnded(job.id, job.document, outcome, job.progress))

    # -- what is read is kept

    async def keep(self, result: PageResult, *, waits: Callable[[], None]) -> None:
        """Keep a result, however often that must be tried: reading the page again would help nobody.

        Args:
            result: What was read.
            waits: Called where it takes longer, so that the reader can go on with other jobs.
        """
        while True:
            try:
                await self.keeper.keep(result)
            except OutputError as error:
                if self._lets_go(result, error):
                    return
                waits()
                if self.cannot_keep is None:
                    await self._keep_yet(result, error)
                    return
                await self._can_keep.wait()  # another page tries for all
            else:
                return

    async def _keep_yet(self, result: PageResult, error: OutputError) -> None:
        self.cannot_keep = hold = Hold(error, patience_s=self.patience_s)
        self._can_keep.clear()
        try:
            while True:
                self.tell_stand()
                await hold.wait()
                try:
                    await self.keeper.keep(result)
                except OutputError as again:
                    if self._lets_go(result, again):
                        return
                    hold.failed_again(again)
                else:
                    return
        finally:
            self.cannot_keep = None
            self._can_keep.set()
            self.tell_stand()

    def _lets_go(self, result: PageResult, error: OutputError) -> bool:
        if self._unkept:
            log.warning("Page %d could not be kept (%s).", result.number, error.title)
        return self._unkept


def _alike(one: DiglotError | None, other: DiglotError | None) -> bool:
    """Tell whether two errors say the same, whichever page they met."""
    if one is None or other is None:
        return one is other
    return type(one) is type(other) and one.detail == other.detail
