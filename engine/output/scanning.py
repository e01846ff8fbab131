"""Scanning: what every scanner of answers gives back when it is shown text that may not be all there yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from engine.output.blocks import AnyBlock, Line
from engine.output.sheet import Sheet


@dataclass(slots=True)
class Portion:
    """What a stretch of text gave: blocks, the lines among them that have places, and how many characters it took."""

    blocks: list[AnyBlock] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    used: int = 0


class Scanner(Protocol):
    """Turns text into blocks as far as it goes.

    It is shown the text that it has not used yet, longer each time. What it takes must not depend on how much more it
    was shown: a shorter text gives the beginning of what a longer one gives. At the end it is shown the rest as `final`
    and takes all of it. A scanner may remember what it took, never what it was only shown.
    """

    def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        """Take what is certain from the start of the text."""
        ...

    def fork(self) -> Scanner:
        """Return one that has taken the same, to look at what is not certain yet."""
        ...
