"""Job, PageWork and the moves between their states."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.events import DocumentId, JobId, JobOutcome, Progress
from engine.jobs.pace import Pace
from engine.tasks.task import TaskOrder, Way

if TYPE_CHECKING:
    from engine.errors import DiglotError
    from engine.pages.source import PageSource


class PageState(StrEnum):
    """Where a page of a job stands."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"  # the job was stopped before its turn


MOVES: dict[PageState, frozenset[PageState]] = {
    PageState.WAITING: frozenset({PageState.READING, PageState.DROPPED}),
    PageState.READING: frozenset({PageState.DONE, PageState.FAILED, PageState.DROPPED, PageState.WAITING}),
    PageState.DONE: frozenset(),
    PageState.FAILED: frozenset(),
    PageState.DROPPED: frozenset(),
}
"""Every allowed move; anything else is a defect. Back to WAITING goes a page whose reader went away."""


@dataclass(slots=True)
class PageWork:
    """One page of a job. `setbacks`: how often what read it went away in a way that may be the page's own doing."""

    number: int
    state: PageState = PageState.WAITING
    error: DiglotError | None = None
    setbacks: int = 0
    begun: float = 0.0

    def move(self, state: PageState) -> None:
        """Go to `state`, which must be allowed from where the page stands."""
        if state not in MOVES[self.state]:
            raise ValueError(f"page {self.number} cannot go from {self.state} to {state}")
        self.state = state


@dataclass(slots=True, eq=False)
class Job:
    """Pages of one document to be read by one order. Await `wait` for its end.

    `reader` is the name under which the reader was asked for. While `paused`, no further page is begun; `error` is then
    what the job waits for, None where the person wished the pause. After the end it is what the job was halted by.
    `done_before` counts the pages that were read before it was taken up: they count as its progress.
    """

    id: JobId
    document: DocumentId
    source: PageSource
    numbers: tuple[int, ...]
    order: TaskOrder = field(default_factory=TaskOrder)
    way: Way = Way.USUAL
    reader: str = ""
    done_before: int = 0
    pages: dict[int, PageWork] = field(default_factory=dict)
    outcome: JobOutcome | None = None
    paused: bool = False
    error: DiglotError | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _pace: Pace = field(default_factory=Pace)
    _under_way: dict[int, PageWork] = field(default_factory=dict)
    _done: int = 0
    _failed: int = 0

    def __post_init__(self) -> None:
        """Put every page into the waiting row."""
        self.pages = {number: PageWork(number) for number in self.numbers}

    @property
    def failures(self) -> list[PageWork]:
        """The pages that failed, in order, each with its error."""
        return [page for page in self.pages.values() if page.state is PageState.FAILED]

    @property
    def progress(self) -> Progress:
        """How far it is, with the speed of the last pages; while it is paused nobody can say how long it will take."""
        left_over = len(self.numbers) - self._done - self._failed
        done, total = self.done_before + self._done, self.done_before + len(self.numbers)
        if self.paused and left_over:
            return Progress(done, self._failed, total)
        now = time.monotonic()
        under_way = [now - page.begun for page in self._under_way.values()]
        left = self._pace.left(left_over - len(under_way), under_way)
        return Progress(done, self._failed, total, self._pace.rate(len(under_way)), left)

    def begin(self, page: PageWork) -> None:
        """Note that a page is being read."""
        page.move(PageState.READING)
        page.begun = time.monotonic()
        self._under_way[page.number] = page

    def put_back(self, page: PageWork) -> None:
        """Note that a page waits again."""
        page.move(PageState.WAITING)
        self._under_way.pop(page.number, None)

    def finish(self, page: PageWork, error: DiglotError | None = None) -> None:
        """Note that a page is ready, well or not."""
        page.error = error
        page.move(PageState.DONE if error is None else PageState.FAILED)
        self._done += error is None
        self._failed += error is not None
        if not self.paused:  # while the last ones run out, fewer and fewer are in flight
            self._pace.note(time.monotonic() - page.begun, len(self._under_way))
        self._under_way.pop(page.number, None)

    def pause(self, error: DiglotError | None) -> None:
        """Note that no further page is begun, and what it waits for."""
        self.paused, self.error = True, error

    def go_on(self) -> None:
        """Note that pages are begun again. What has been away may come back another, so its speed is learned anew."""
        if self.error is not None:
            self._pace.forget()
        self.paused, self.error = False, None

    def end(self, outcome: JobOutcome, *, error: DiglotError | None = None) -> None:
        """Note that nothing of the job runs any more, and what halted it, if anything did."""
        self.outcome, self.error, self.paused = outcome, error, False
        self._under_way.clear()
        self._ended.set()

    async def wait(self) -> JobOutcome:
        """Wait for the end and return how it ended."""
        await self._ended.wait()
        assert self.outcome is not None
        return self.outcome
