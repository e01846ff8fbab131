"""Pieces and rows: the lines as layout sees them, and which of them stand side by side."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from engine.output.blocks import Box, Origin
from engine.output.joining import join_pieces, rtl_balance, text_width

_ROWS_LOOKED_BACK = 12
"""How many open rows a piece is tried against; keeps pages with thousands of overlapping lines from exploding."""

_RIM = 0.2
"""Recognised lines are boxed with a rim of so many of their heights, which leaves little between two columns."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of the page in the layout's own frame (mirrored on right-to-left pages, so that start is always left).

    `index` counts in the layout's list of lines; `box` in page units of that frame.
    """

    index: int
    box: Box
    text: str
    bold: bool = False
    origin: Origin = Origin.PICTURE

    @property
    def middle(self) -> float:
        """The height of its centre on the page."""
        return (self.box.y0 + self.box.y1) / 2


@dataclass(frozen=True, slots=True)
class Placed:
    """A thing that is already a block when the columns are cut: a table or a figure; `number` says which."""

    number: int
    box: Box

    @property
    def middle(self) -> float:
        """The height of its centre on the page."""
        return (self.box.y0 + self.box.y1) / 2


Item = Piece | Placed


@dataclass(frozen=True, slots=True)
class Row:
    """Items that stand side by side, from start to end."""

    items: tuple[Item, ...]
    box: Box

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The text among the items."""
        return tuple(item for item in self.items if isinstance(item, Piece))


def hull(items: Iterable[Item]) -> Box:
    """Return the smallest box around all items; there is at least one."""
    boxes = [item.box for item in items]
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def ink(item: Item) -> tuple[float, float]:
    """Return from where to where there is ink, from start to end."""
    if not isinstance(item, Piece) or item.origin is not Origin.PICTURE:
        return item.box.x0, item.box.x1
    rim = min(_RIM * item.box.height, item.box.width / 4)
    return item.box.x0 + rim, item.box.x1 - rim


def line_unit(heights: Sequence[float]) -> float:
    """Return the median line height in page units, the measure of everything in the layout; 1.0 without lines."""
    usable = [height for height in heights if height > 0]
    return median(usable) if usable else 1.0


class _OpenRow:
    """A row that may still grow."""

    __slots__ = ("bottom", "height", "items", "middle", "spans", "top")

    def __init__(self, item: Item) -> None:
        self.items = [item]
        self.spans = [(item.box.x0, item.box.x1)]
        self.top, self.bottom = item.box.y0, item.box.y1
        self.height = max(item.box.height, 1e-9)
        self.middle = item.middle

    def takes(self, item: Item) -> bool:
        """Tell whether `item` stands beside what the row holds: about the same height, and not on top of it."""
        box = item.box
        smaller = min(self.height, max(box.height, 1e-9))
        if min(self.bottom, box.y1) - max(self.top, box.y0) < 0.5 * smaller or (
            abs(self.middle - item.middle) > 0.6 * smaller
        ):
            return False
        slack = 0.3 * smaller
        at = bisect_left(self.spans, (box.x0, box.x1))
        return (at == 0 or self.spans[at - 1][1] <= box.x0 + slack) and (
            at == len(self.spans) or box.x1 <= self.spans[at][0] + slack
        )

    def add(self, item: Item) -> None:
        self.items.append(item)
        insort(self.spans, (item.box.x0, item.box.x1))


def visual_rows(items: Iterable[Item]) -> list[Row]:
    """Group items into the rows they stand in, top to bottom, the items of a row from start to end."""
    done: list[_OpenRow] = []
    for item in sorted(items, key=lambda item: (item.middle, item.box)):
        for row in done[: -_ROWS_LOOKED_BACK - 1 : -1]:
            if row.takes(item):
                row.add(item)
                break
        else:
            done.append(_OpenRow(item))
    rows = []
    for row in done:
        ordered = tuple(sorted(row.items, key=lambda item: item.box))
        rows.append(Row(ordered, hull(ordered)))
    return rows


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of running text: one piece, or several of one row that belong together.

    `sealed` lines are a paragraph of their own ("Total   35.00", an entry of a table of contents).
    """

    pieces: tuple[Piece, ...]
    box: Box
    text: str
    bold: bool
    sealed: bool = False

    @property
    def middle(self) -> float:
        """The height of its centre on the page."""
        return (self.box.y0 + self.box.y1) / 2

    @property
    def em(self) -> float:
        """The width of one em in page units, as far as it can be told from the width of the text."""
        ink = sum(piece.box.width for piece in self.pieces)
        return ink / max(sum(text_width(piece.text) for piece in self.pieces), 0.5)


def text_line(pieces: Sequence[Piece], *, unit: float, mirrored: bool = False, sealed: bool = False) -> TextLine:
    """Make one text line of pieces that stand in one row from start to end.

    On a left-to-right page a row of right-to-left pieces is read from the right.
    """
    ordered = list(pieces)
    if len(ordered) > 1 and not mirrored and sum(rtl_balance(piece.text) for piece in ordered) > 0:
        ordered.reverse()
    gaps = [(max(one.box.x0, two.box.x0) - min(one.box.x1, two.box.x1)) / unit for one, two in pairwise(ordered)]
    letters = sum(len(piece.text) for piece in ordered)
    bold = 2 * sum(len(piece.text) for piece in ordered if piece.bold) > letters
    return TextLine(tuple(ordered), hull(ordered), join_pieces([p.text for p in ordered], gaps), bold, sealed)
