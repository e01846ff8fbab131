"""One row of slots per reader: which page is read next, of which job, and whether it may begin now.

Nothing here waits or begins anything; the queue does. The rules, in their order:

1. A page that was in flight when the reader went away is read by itself: if it is the one that does the harm, it harms
   no other.
2. The page being looked at comes first, though all slots be taken; one such page at a time goes beyond them.
3. Jobs that were put first come before the others; among equals the pages are shared out one by one.
4. Within a job the pages follow the one that was looked at last, then wrap to the front.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from engine.jobs.run import Flight, Run

if TYPE_CHECKING:
    import asyncio

    from engine.events import DocumentId
    from engine.jobs.hold import Hold
    from engine.jobs.job import PageWork
    from engine.readers.reader import Reader


class LookedAt(NamedTuple):
    """The page that a person looks at."""

    document: DocumentId
    number: int


@dataclass(slots=True, eq=False)
class Row:
    """The slots of one reader and the jobs that share them."""

    reader: Reader
    runs: list[Run] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)
    alive: bool = False  # since it last went away, the reader has shown that it works
    hold: Hold | None = None
    holding: asyncio.Task[None] | None = None
    _turn: int = 0

    @property
    def waits(self) -> bool:
        """Whether a page waits that could be begun if there were room."""
        return self.hold is None and any(run.ready for run in self.runs)

    def choose(self, looked_at: LookedAt | None, *, beyond: bool) -> Flight | None:
        """Return what begins now, as a flight that is not yet under way; None where nothing may.

        Args:
            looked_at: The page being looked at.
            beyond: It may begin though all slots are taken.
        """
        if self.hold is not None or any(flight.alone for flight in self.flights):
            return None
        room = len(self.flights) < self.reader.pages_at_once
        seen = self._looked_at(looked_at)
        if seen is None and not room:
            return None
        if seen is not None and not (room or beyond):
            return None
        found = seen or self._next_in_turn()
        if found is None:
            return None
        run, page = found
        if page.setbacks and self.flights:
            return None  # the row runs empty for it
        return Flight(run, page, alone=page.setbacks > 0, extra=not room, alive=self.alive)

    def choose_one(self, looked_at: LookedAt | None) -> Flight | None:
        """Return the page with which a reader that went away is tried: the one that most likely did it no harm."""
        ready = [run for run in _in_turn(self.runs) if run.ready]
        if not ready:
            return None
        fewest = min(page.setbacks for run in ready for page in run.waiting.values())
        seen = self._looked_at(looked_at)
        if seen is not None and seen[1].setbacks == fewest:
            return Flight(*seen, alone=True, trial=True, alive=self.alive)
        run = next(run for run in ready if any(page.setbacks == fewest for page in run.waiting.values()))
        return Flight(run, run.next_page(), alone=True, trial=True, alive=self.alive)

    def begin(self, flight: Flight) -> None:
        """Note that a chosen page is under way; the next turn is another job's."""
        self._turn += 1
        flight.run.turn = self._turn
        flight.run.begin(flight)
        self.flights.append(flight)

    def leave(self, flight: Flight) -> None:
        """Give a flight's slot to the next."""
        if flight in self.flights:
            self.flights.remove(flight)
        if len(self.flights) <= self.reader.pages_at_once:
            for other in self.flights:
                other.extra = False

    def show_life(self) -> None:
        """Note that the reader works: whatever ends badly from now on may be its page's doing."""
        self.alive = True
        for flight in self.flights:
            flight.show_life()

    def _looked_at(self, looked_at: LookedAt | None) -> tuple[Run, PageWork] | None:
        if looked_at is None:
            return None
        for run in _in_turn(self.runs):
            if run.job.document == looked_at.document and run.ready and looked_at.number in run.waiting:
                return run, run.waiting[looked_at.number]
        return None

    def _next_in_turn(self) -> tuple[Run, PageWork] | None:
        run = next((run for run in _in_turn(self.runs) if run.ready), None)
        return None if run is None else (run, run.next_page())


def _in_turn(runs: Iterable[Run]) -> list[Run]:
    """Return those that were put first before the others; among equals, who has waited longest for a turn is first."""
    return sorted(runs, key=lambda run: (-run.rank, run.turn))
