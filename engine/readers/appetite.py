"""Appetite: how many pages a server is asked together, so that it is never without one and never has many waiting.

Our own engine is planned for a number of pages; that many it gets, less while its own figures say that they are too
many. A shared server has others to serve: it gets a few at first, more as long as that goes well, and half as many when
it says that it is busy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

FULL, ROOMY = 0.95, 0.85
"""Of the page memory: from the first number on it will have to drop pages and read them anew; below the second it can
take one more."""
CROWD = 2
"""So many pages wait at the server. One that waits is right: it begins in the moment another one ends."""
FIRST_AT_SHARED, MOST_AT_SHARED = 4, 16
GOOD_ANSWERS = 20
"""After so many from a server that measures nothing for us it gets one page more."""


class Load(Protocol):
    """How busy a server is; `engine.server.metrics.Sample` is one."""

    @property
    def at(self) -> float:
        """When that was measured, by the monotonic clock."""
        ...

    @property
    def running(self) -> int:
        """Pages it is reading."""
        ...

    @property
    def waiting(self) -> int:
        """Pages it has not begun."""
        ...

    @property
    def page_memory(self) -> float:
        """Which part of its page memory is in use, 0 to 1."""
        ...


class Appetite:
    """Follows one server. `limit` is asked for again and again; it changes with what was measured and answered."""

    def __init__(self, planned: Callable[[], int], loads: Callable[[], Sequence[Load]] = tuple) -> None:
        """Begin with what is planned.

        Args:
            planned: How many pages our own engine reads together; for a shared server only until it was met.
            loads: What was measured in the last minutes, the oldest first.
        """
        self._planned = planned
        self._loads = loads
        self._shared = False
        self._limit: int | None = None  # as planned
        self._taken_at = float("-inf")
        self._crowded = False
        self._measured = False
        self._under_way = 0
        self._good = 0
        self._turn = 0

    @property
    def limit(self) -> int:
        """How many pages to ask together, now; at least 1."""
        for load in self._new_loads():
            self._take(load)
        return self._bounded(self._most if self._limit is None else self._limit)

    def begin(self, *, shared: bool) -> int:
        """Note that a page is asked; return the turn in which that is."""
        if shared is not self._shared:
            self._shared, self._measured, self._good = shared, False, 0
            self._limit = FIRST_AT_SHARED if shared else None
        self._under_way += 1
        return self._turn

    def end(self) -> None:
        """Note that a page is not asked any more, however that went."""
        self._under_way -= 1

    def answered(self) -> None:
        """Note a good answer."""
        if not self._shared or self._measured:
            return
        self._good += 1
        if self._good >= GOOD_ANSWERS:
            self._more()

    def refused(self, turn: int) -> None:
        """Note that the server said it is busy; of pages that were asked in one turn only the first one counts."""
        self._good = 0
        if turn == self._turn:
            self._turn += 1
            self._limit = self._bounded(self.limit // 2)

    @property
    def _most(self) -> int:
        return MOST_AT_SHARED if self._shared else max(1, self._planned())

    def _bounded(self, pages: int) -> int:
        return max(1, min(pages, self._most))

    def _new_loads(self) -> Sequence[Load]:
        loads = self._loads()
        if not loads or loads[-1].at <= self._taken_at:
            return ()
        return [load for load in loads if load.at > self._taken_at]

    def _take(self, load: Load) -> None:
        self._taken_at = load.at
        self._measured = True
        crowded, self._crowded = self._crowded, load.waiting >= CROWD
        now = self._bounded(self._most if self._limit is None else self._limit)
        if (crowded and self._crowded) or load.page_memory >= FULL:
            # At our own engine nobody else is: what it reads now is what it can.
            least = now - 1 if self._shared else min(now - 1, max(1, load.running))
            self._limit = self._bounded(least)
        elif not load.waiting and load.page_memory <= ROOMY and (not self._shared or self._under_way >= now):
            self._more()

    def _more(self) -> None:
        self._good = 0
        if self._limit is not None:
            self._limit = self._bounded(self._limit + 1)
