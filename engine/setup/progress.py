"""How far a long step of the setup is: bytes, and the time left once there is something to measure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

SETTLE_S = 1.0
"""An estimate from less than this would only jump about."""


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """Bytes done of a total (0: not known yet), and the file or package it is about."""

    name: str
    done_bytes: int
    total_bytes: int
    seconds_left: float | None = None


ProgressListener = Callable[[CopyProgress], None]


class ProgressMeter:
    """Counts bytes and tells a listener, at most ten times a second and once at the end."""

    def __init__(self, total_bytes: int, listener: ProgressListener, *, already_bytes: int = 0) -> None:
        """Start the clock; `already_bytes` were there before and say nothing about the speed."""
        self._total = total_bytes
        self._listener = listener
        self._already = already_bytes
        self._done = already_bytes
        self._began = time.monotonic()
        self._told = 0.0

    def add(self, count: int, name: str) -> None:
        """Count bytes of a file."""
        self._done += count
        now = time.monotonic()
        if now - self._told >= 0.1 or self._done >= self._total:
            self._told = now
            self._listener(CopyProgress(name, self._done, self._total, self._left(now)))

    def _left(self, now: float) -> float | None:
        spent, fresh = now - self._began, self._done - self._already
        if spent < SETTLE_S or fresh <= 0 or self._total <= 0:
            return None
        return max(0.0, (self._total - self._done) * spent / fresh)
