"""Repetition: a model that says the same again and again is noticed while it speaks, and its tail can be trimmed.

A page may repeat itself too: empty rows of a form, zeros in a table, dots in a table of contents, a sheet of labels.
Being late costs some seconds of a graphics card; being wrong costs the rest of a page. So a loop has to go on for
longer than a page would, and longest where pages repeat most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.output.answer import LoopFound

STEP = 512
"""Characters between two looks at the tail, counted from the start, so that the pieces' borders do not matter."""
WINDOW = 26_000
"""Characters of the tail that are kept and looked at."""

SHORT_UNIT = 256
LONG_UNIT = 4096
"""Characters of the longest unit: within a line, and of whole lines or rows."""
SHORT_REPEATS = 8
LONG_REPEATS = 4
LEAST_WORDS = 3_000
"""Characters of a loop of words; a sheet of labels or a page of lines to be copied has fewer."""
LEAST_FORM = 6_000
"""The same where pages repeat more: without letters or digits, in a table's cells, whole paragraphs; rows of a form."""

_TAG = re.compile(r"<[^<>]{0,200}+>")
_TABLE = re.compile(r"</?t[dr]\b|\|")


@dataclass(frozen=True, slots=True)
class Loop:
    """The end of a text, from `start` on, repeats every `unit` characters."""

    start: int
    unit: int
    length: int

    @property
    def repeats(self) -> int:
        """How many times the unit is there in full."""
        return self.length // self.unit

    def found(self) -> LoopFound:
        """Return what is told of it."""
        return LoopFound(self.unit, self.repeats)


class RepetitionWatch:
    """Is given the text as it comes, and looks at its tail now and then; `found` is the first loop it saw."""

    def __init__(self) -> None:
        self.found: LoopFound | None = None
        self._tail = ""
        self._until_look = STEP

    def feed(self, text: str) -> None:
        """Take more text."""
        position = 0
        while self.found is None and len(text) - position >= self._until_look:
            self._tail = (self._tail + text[position : position + self._until_look])[-WINDOW:]
            position += self._until_look
            self._until_look = STEP
            loop = tail_loop(self._tail)
            self.found = loop.found() if loop else None
        rest = text[position:]
        self._until_look -= len(rest)
        self._tail += rest


def tail_loop(text: str, *, patience: float = 1.0) -> Loop | None:
    """Return the loop that a text ends in, None where it ends in none.

    Args:
        text: Any text; only its end is looked at.
        patience: Which share of the usual lengths is enough. Less than 1.0 where a loop is likely anyway: the server
            says that it stopped for one, or the text went on until there was no more room.
    """
    backwards = text[: -WINDOW - 1 : -1]
    for probe, most in ((1024, SHORT_UNIT), (LONG_UNIT, LONG_UNIT)):
        unit = _unit(backwards, max(32, int(probe * patience)), most)
        if unit and _is_one(text, loop := _loop(text, unit), patience):
            return loop
    return None


def _unit(backwards: str, probe: int, most: int) -> int:
    """Return after how many characters the last `probe` of them come again, 0 where they do not within `most`."""
    if len(backwards) <= probe:
        return 0
    return max(0, backwards.find(backwards[:probe], 1, probe + most))


def _loop(text: str, unit: int) -> Loop:
    """Follow a loop back to where it begins, in strides that grow while they fit."""
    start = len(text) - unit
    stride, growing = 64, True
    while start and stride:
        reach = min(stride, start)
        if text[start - reach : start] == text[start - reach + unit : start + unit]:
            start -= reach
            stride *= 2 if growing else 1
        else:
            growing = False
            stride = reach // 2
    return Loop(start, unit, len(text) - start)


def _is_one(text: str, loop: Loop, patience: float) -> bool:
    """Tell a model's loop from what a page may well repeat."""
    unit = text[loop.start : loop.start + loop.unit]
    quiet = not any(map(str.isalnum, _TAG.sub("", unit)))
    long = loop.unit > SHORT_UNIT
    length = LEAST_FORM if long or quiet or _TABLE.search(unit) else LEAST_WORDS
    repeats = LONG_REPEATS if long or patience < 1.0 else SHORT_REPEATS
    return loop.repeats >= repeats and loop.length >= patience * length
