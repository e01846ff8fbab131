"""The output of a server becomes lines, and reaches the loop in portions that cannot flood it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import deque
from collections.abc import Callable

log = logging.getLogger(__name__)

MAX_LINE_BYTES = 8192
"""Longer lines are cut: nobody reads them, and a server could print one without an end."""
EVERY_S = 0.04
"""How often the loop is given lines: 25 times a second is as often as a person sees."""
AT_ONCE = 1000
"""How many lines it is given at most each time."""
MAX_WAITING = 20_000
"""How many lines may wait for a loop that is busy; of more, the oldest are dropped."""

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_END = re.compile(rb"(\r\n|\n|\r)")


class LineSplitter:
    """Cuts untrusted bytes into lines of clean text. The states of a progress bar, which end in a return, are lines."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_bar = False
        self._was_cut = False

    def feed(self, raw: bytes) -> list[str]:
        """Return the lines that are complete now, without empty ones.

        The state of a bar counts as complete when no more has come: its end only comes with the next state.
        """
        lines: list[str] = []
        *ended, self._rest = _END.split(self._rest + raw)
        for text, end in zip(ended[::2], ended[1::2], strict=True):
            self._tell(text, lines)
            self._was_cut = False
            self._is_bar = end == b"\r"
        if self._is_bar or self._was_cut or len(self._rest) > MAX_LINE_BYTES:
            self._tell(self._rest, lines)
            self._was_cut = self._was_cut or len(self._rest) > MAX_LINE_BYTES
            self._rest = b""
        return lines

    def finish(self) -> list[str]:
        """Return what is left at the end of the output."""
        return self.feed(b"\n")

    def _tell(self, raw: bytes, lines: list[str]) -> None:
        if self._was_cut:
            return
        text = _ESCAPE.sub("", raw[:MAX_LINE_BYTES].decode("utf-8", "replace"))
        text = _CONTROL.sub("", text).rstrip()
        if text:
            lines.append(text + "…" if len(raw) > MAX_LINE_BYTES else text)


class LineFeed:
    """Takes lines in one thread and hands them over on the loop, in portions."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_line: Callable[[str], None]) -> None:
        self._loop = loop
        self._on_line = on_line
        self._waiting: deque[str] = deque()
        self._dropped = 0
        self._armed = False

    def put(self, lines: list[str]) -> None:
        """Take lines; for the thread that reads."""
        self._waiting.extend(lines)
        while len(self._waiting) > MAX_WAITING:
            with contextlib.suppress(IndexError):
                self._waiting.popleft()
                self._dropped += 1
        if self._waiting and not self._armed:
            self._armed = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                self._loop.call_soon_threadsafe(self._loop.call_later, EVERY_S, self._deliver)

    def finish(self, then: Callable[[], None]) -> None:
        """Hand over all that waits, and call `then` on the loop; for the thread that reads, when no more will come."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._drain, then)

    def _drain(self, then: Callable[[], None]) -> None:
        self._hand_over()
        if self._waiting:
            self._loop.call_soon(self._drain, then)
        else:
            then()

    def _deliver(self) -> None:
        self._armed = False  # before looking: a line put from now on arms it again
        self._hand_over()
        if self._waiting and not self._armed:
            self._armed = True
            self._loop.call_later(EVERY_S, self._deliver)

    def _hand_over(self) -> None:
        dropped, self._dropped = self._dropped, 0
        if dropped:
            self._tell(f"… {dropped} lines left out …")
        for _ in range(min(AT_ONCE, len(self._waiting))):
            with contextlib.suppress(IndexError):
                self._tell(self._waiting.popleft())

    def _tell(self, line: str) -> None:
        try:
            self._on_line(line)
        except Exception:  # a listener's fault must not silence the engine
            log.exception("A line of the engine could not be taken.")
