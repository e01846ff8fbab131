"""The row in front of a page process: one request at a time, the page being looked at first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from enum import IntEnum


class Urgency(IntEnum):
    """Who goes first."""

    WINDOW = 0  # a person looks at it
    JOB = 1
    AHEAD = 2  # nobody has asked yet


class Row:
    """Lets one in at a time: by urgency, then in the order they came. Who is cancelled while waiting is dropped."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._tickets = itertools.count()
        self._busy = False

    @property
    def idle(self) -> bool:
        """Whether nobody is in and nobody waits."""
        return not self._busy and not any(not turn.done() for _, _, turn in self._waiting)

    async def enter(self, urgency: Urgency) -> None:
        """Wait for one's turn; `leave` must follow."""
        if not self._busy:
            self._busy = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._tickets), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # it was called in the very moment it gave up
            raise

    def leave(self) -> None:
        """Let the next one in."""
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._busy = False
