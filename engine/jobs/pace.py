"""How fast a job goes and how long it will take, said so that it stays true while many pages are in flight.

Pages that begin together end together, and whoever divides finishes by time says first nothing, then far too much. So
the speed is taken from what a page takes: with a steady number of pages in flight, pages per second are that number
divided by the seconds of one (Little's law), from the first finishes on and at the job's end as in its middle.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

WINDOW = 20
"""The speed is that of the last so many pages: what was slow an hour ago says nothing about now."""
ROUNDS = 2
"""With more pages in flight the window holds this many for each, so that the short ones do not speak for all."""
LONGEST_WINDOW = 512


class Pace:
    """Remembers what the last pages took. A pause leaves no trace in it; what reads another way starts it anew."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._ended: deque[tuple[float, int]] = deque(maxlen=LONGEST_WINDOW)

    def note(self, seconds: float, together: int) -> None:
        """Note that a page took so long, with so many of the job in flight, itself counted."""
        self._ended.append((max(1e-6, seconds), max(1, together)))

    def forget(self) -> None:
        """Begin anew: what comes now need not go as it went."""
        self._ended.clear()

    def rate(self, together: int) -> float | None:
        """Return the pages per second; None until half as many ended as are in flight: the short ones end first."""
        if not self._ended or 2 * len(self._ended) < together:
            return None
        seconds, in_flight = self._means(together)
        return in_flight / seconds

    def left(self, waiting: int, under_way: Collection[float]) -> float | None:
        """Return the seconds that are left, where `rate` can be said.

        Args:
            waiting: How many pages have not begun.
            under_way: For how many seconds each of the others is being read.
        """
        if not waiting and not under_way:
            return 0.0 if self._ended else None
        if self.rate(len(under_way)) is None:
            return None
        seconds, _ = self._means(len(under_way))
        # Each slot has the rest of its page to read, and then its share of those that wait.
        rests = sorted(max(0.0, seconds - spent) for spent in under_way) or [0.0]
        each, more = divmod(waiting, len(rests))
        return max(rest + seconds * (each + (index < more)) for index, rest in enumerate(rests))

    def _means(self, together: int) -> tuple[float, float]:
        """Return the seconds of a page and the pages in flight, over the window."""
        window = list(self._ended)[-max(WINDOW, ROUNDS * together) :]
        return sum(seconds for seconds, _ in window) / len(window), sum(count for _, count in window) / len(window)
