"""Job, PageWork and the moves between their states; and how fast a job goes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.events import DocumentId, JobId, JobOutcome, Progress
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
    PageState.READING: frozenset({PageState.DONE, PageState.FAILED, PageState.DROPPED}),
    PageState.DONE: frozenset(),
    PageState.FAILED: frozenset(),
    PageState.DROPPED: frozenset(),
}
"""Every allowed move; anything else is a defect."""


@dataclass(slots=True)
class PageWork:
    """One page of a job."""

    number: int
    state: PageState = PageState.WAITING
    error: DiglotError | None = None

    def move(self, state: PageState) -> None:
        """Go to `state`, which must be allowed from where the page stands."""
        if state not in MOVES[self.state]:
            raise ValueError(f"page {self.number} cannot go from {self.state} to {state}")
        self.state = state


RATE_WINDOW = 20
"""The speed is that of the last so many pages: what was slow an hour ago says nothing about now."""


@dataclass(slots=True, eq=False)
class Job:
    """Pages of one document to be read by one order. Await `wait` for its end."""

    id: JobId
    document: DocumentId
    source: PageSource
    numbers: tuple[int, ...]
    order: TaskOrder = field(default_factory=TaskOrder)
    way: Way = Way.USUAL
    pages: dict[int, PageWork] = field(default_factory=dict)
    outcome: JobOutcome | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _finishes: deque[float] = field(default_factory=lambda: deque(maxlen=RATE_WINDOW + 1))
    _done: int = 0
    _failed: int = 0

    def __post_init__(self) -> None:
        """Put every page into the waiting row."""
        self.pages = {number: PageWork(number) for number in self.numbers}
        self._finishes.append(time.monotonic())

    @property
    def failures(self) -> list[PageWork]:
        """The pages that failed, in order, each with its error."""
        return [page for page in self.pages.values() if page.state is PageState.FAILED]

    @property
    def progress(self) -> Progress:
        """How far it is, with the speed of the last pages."""
        total, ready = len(self.numbers), self._done + self._failed
        rate = left = None
        if len(self._finishes) > 1:
            rate = (len(self._finishes) - 1) / max(1e-6, self._finishes[-1] - self._finishes[0])
            left = (total - ready) / rate
        return Progress(self._done, self._failed, total, rate, left)

    def finish(self, page: PageWork, error: DiglotError | None = None) -> None:
        """Note that a page is ready, well or not."""
        page.error = error
        page.move(PageState.DONE if error is None else PageState.FAILED)
        self._done += error is None
        self._failed += error is not None
        self._finishes.append(time.monotonic())

    def end(self, outcome: JobOutcome) -> None:
        """Note that nothing of the job runs any more."""
        self.outcome = outcome
        self._ended.set()

    async def wait(self) -> JobOutcome:
        """Wait for the end and return how it ended."""
        await self._ended.wait()
        assert self.outcome is not None
        return self.outcome
