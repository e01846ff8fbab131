"""Where a bubble stands: beside the word it is about, inside the window, and never over the word. Pure."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize

GAP = 2
"""Between a word and its bubble."""


class Side(Enum):
    """On which side of the word the bubble stands."""

    BELOW = "below"
    ABOVE = "above"
    RIGHT = "right"
    LEFT = "left"


class Spot(NamedTuple):
    """Where the bubble goes, and where that is seen from the word."""

    rect: QRect
    side: Side


def place_bubble(word: QRect, size: QSize, room: QRect) -> Spot | None:
    """Return where a bubble of this size stands in the room: below if it can; None where it fits on no side.

    All in the same coordinates. Of the sides on which it fits, the first of below, above, right and left is taken.
    """
    across = _within(word.center().x() - size.width() // 2, size.width(), room.left(), room.right())
    down = _within(word.center().y() - size.height() // 2, size.height(), room.top(), room.bottom())
    for side, left, top in (
        (Side.BELOW, across, word.bottom() + 1 + GAP),
        (Side.ABOVE, across, word.top() - GAP - size.height()),
        (Side.RIGHT, word.right() + 1 + GAP, down),
        (Side.LEFT, word.left() - GAP - size.width(), down),
    ):
        rect = QRect(left, top, size.width(), size.height())
        if room.contains(rect):
            return Spot(rect, side)
    return None


def _within(start: int, length: int, first: int, last: int) -> int:
    """Move a stretch as little as needed to lie between `first` and `last`."""
    return max(first, min(start, last + 1 - length))
