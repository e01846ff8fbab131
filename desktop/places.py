"""Place and Hit: which page, block or line is meant when the page and its reading point at each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from engine.output.blocks import Box, Quad


@dataclass(frozen=True, slots=True)
class Place:
    """A block of a page, and in it perhaps one line (indices into `PageResult.blocks` and `.lines`).

    `row` and `column` name a cell where the block is a table. `box`, in page units, is a place that is no block: that
    of a field's value.
    """

    number: int
    block: int | None = None
    line: int | None = None
    row: int | None = None
    column: int | None = None
    box: Box | None = None


class Part(Enum):
    """Which of a page's texts something stands in."""

    TEXT = auto()
    TRANSLATION = auto()
    FIELDS = auto()


class Spot(NamedTuple):
    """A text of a page that is none of its lines: a block, a cell of it where it is a table, or a field's value.

    `at` counts the blocks of the page, those of its translation, or its fields.
    """

    at: int
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where the sought text stands: characters `start` to `end` of a line, and where that is on the page.

    `quad` is in page units, the part of the line's quad that the characters cover. Where they stand in no line of the
    page, `line` is -1, `spot` names the text of `part`, and `quad` is all of its place, None where nobody knows that.
    """

    number: int
    line: int
    start: int
    end: int
    quad: Quad | None
    part: Part = Part.TEXT
    spot: Spot | None = None
