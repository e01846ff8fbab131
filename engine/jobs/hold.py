"""Hold: what reads or what keeps has gone away; when it is tried again, and when a job has waited long enough."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.errors import DiglotError

HOLD_S = (5.0, 10.0, 20.0, 40.0, 60.0)
"""How long is waited before the first, the second … try; the last holds for all that follow."""
LEAST_S = 0.05


class Hold:
    """Waits for something to come back. Errors that no waiting mends are tried again only when somebody says so."""

    def __init__(self, error: DiglotError, *, patience_s: float | None) -> None:
        """Begin to wait.

        Args:
            error: What went wrong.
            patience_s: After so many seconds it is `over`; None waits for ever.
        """
        self.error = error
        self._patience_s = patience_s
        self._since = time.monotonic()
        self._tries = 0
        self._said = asyncio.Event()

    @property
    def over(self) -> bool:
        """Whether it was waited for long enough, or waiting has no sense."""
        if self._patience_s is None:
            return False
        return not self.error.waiting_helps or self._waited() >= self._patience_s

    def failed_again(self, error: DiglotError) -> None:
        """Note that a try failed; the next one comes later."""
        self.error = error
        self._tries += 1

    def try_now(self) -> None:
        """End the waiting for the next try; if that fails too, the waits begin anew with the shortest."""
        self._tries = -1
        self._said.set()

    async def wait(self, *, for_word: bool = False) -> None:
        """Wait until it is time for the next try; with `for_word`, until somebody says so."""
        seconds = None if for_word or not self.error.waiting_helps else self._seconds()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._said.wait()
        self._said.clear()

    def _seconds(self) -> float:
        seconds = HOLD_S[min(max(0, self._tries), len(HOLD_S) - 1)]
        if self._patience_s is None:
            return seconds
        return max(LEAST_S, min(seconds, self._patience_s - self._waited()))  # a last try before it is given up

    def _waited(self) -> float:
        return time.monotonic() - self._since
