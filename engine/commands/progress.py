"""Progress on stderr: a bar on a terminal, plain lines elsewhere, nothing when it is not wanted."""

from __future__ import annotations

import os
import shutil
import sys
import time
import unicodedata
from enum import StrEnum
from typing import TextIO

from engine.events import Progress
from engine.exports.characters import one_line

BAR_EVERY_S = 0.1
LINE_EVERY_S = 5.0
FIRST_LINE_AFTER_S = 1.0
BAR_CELLS = 24


class Manner(StrEnum):
    """How progress is told."""

    BAR = "bar"
    LINES = "lines"
    QUIET = "quiet"


def manner_of(stream: TextIO, *, quiet: bool) -> Manner:
    """Choose by what stderr is."""
    if quiet:
        return Manner.QUIET
    return Manner.BAR if stream.isatty() and os.environ.get("TERM") != "dumb" else Manner.LINES


class ProgressReport:
    """Tells how far one document after the other is. `say` prints a line without tearing the bar."""

    def __init__(self, manner: Manner, *, stream: TextIO | None = None) -> None:
        """Write to `stream`, stderr by default; a stream that is gone is written to no more."""
        self._manner = manner
        self._stream = stream if stream is not None else sys.stderr
        self._name = ""
        self._drawn = 0
        self._last = 0.0

    def begin(self, name: str, pages: int) -> None:
        """Say that a document is being read."""
        self._name = one_line(name)
        self._last = time.monotonic()
        if self._manner is Manner.LINES:
            self._last -= LINE_EVERY_S - FIRST_LINE_AFTER_S
            self._print(f"{self._name}: {_pages(pages)}")
        elif self._manner is Manner.BAR:
            self._draw(0.0, _figures(Progress(0, 0, pages)))

    def show(self, progress: Progress) -> None:
        """Tell how far it is, unless that was told a moment ago."""
        self.advance((progress.done + progress.failed) / max(1, progress.total), _figures(progress))

    def advance(self, share: float, figures: str, *, name: str | None = None) -> None:
        """Tell how far something is, 0 to 1, and its figures, unless that was told a moment ago."""
        if name is not None:
            self._name = one_line(name)
        now = time.monotonic()
        every = BAR_EVERY_S if self._manner is Manner.BAR else LINE_EVERY_S
        complete = share >= 1.0
        if complete and self._manner is Manner.LINES:
            return  # what comes now is the line that says how it ended
        if self._manner is Manner.QUIET or (now - self._last < every and not complete):
            return
        self._last = now
        if self._manner is Manner.BAR:
            self._draw(share, figures)
        else:
            self._print(f"{self._name}: {figures}")

    def say(self, text: str) -> None:
        """Print a line that matters in every manner: an error, a name."""
        self.clear()
        self._print(text)

    def note(self, text: str) -> None:
        """Print a line that a quiet run leaves out."""
        if self._manner is not Manner.QUIET:
            self.say(text)

    def clear(self) -> None:
        """Take the bar away."""
        if self._drawn:
            self._put("\r" + " " * self._drawn + "\r")
            self._drawn = 0

    def _draw(self, share: float, figures: str) -> None:
        width = max(20, shutil.get_terminal_size().columns - 1)
        full = round(min(1.0, max(0.0, share)) * BAR_CELLS)
        rest = f" [{'#' * full}{'-' * (BAR_CELLS - full)}] {figures}"
        line = _fitting(_fitting(self._name, max(8, width - len(rest))) + rest, width)
        cells = _cells(line)
        self._put("\r" + line + " " * (self._drawn - cells))
        self._drawn = cells

    def _print(self, text: str) -> None:
        self._put(text + "\n")

    def _put(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._manner = Manner.QUIET  # the terminal is gone; the work goes on


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _figures(progress: Progress) -> str:
    parts = [f"{progress.done + progress.failed} of {_pages(progress.total)}"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.pages_per_second is not None:
        parts.append(speed(progress.pages_per_second))
    if progress.seconds_left:
        parts.append(f"{duration(progress.seconds_left)} left")
    return ", ".join(parts)


def speed(pages_per_second: float) -> str:
    """Return a speed in the unit that reads best."""
    if pages_per_second >= 0.5:
        return f"{pages_per_second:.1f} pages/s"
    return f"{pages_per_second * 60:.1f} pages/min"


def duration(seconds: float) -> str:
    """Return a duration as people say it: "8 s", "3 min", "2 h 05 min"."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text takes: two for a wide character, none for a combining mark."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _fitting(text: str, width: int) -> str:
    if _cells(text) <= width:
        return text
    while text and _cells(text) > width - 1:
        text = text[:-1]
    return text + "…"
