"""Figures: which pictures on the page are blocks of their own, and the words that are written in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.output.blocks import Box
from engine.output.rows import Piece, text_line, visual_rows

_MOST_FIGURES = 200
_MOST_LINES = 12
"""A picture with more lines of text in it is taken for a background: its text is read as text."""


@dataclass(frozen=True, slots=True)
class PlannedFigure:
    """A figure before the lines have their final numbers; `place` is where it stands in the order of the page."""

    box: Box
    place: Box
    pieces: tuple[Piece, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a page and the pieces that are in none of them."""

    figures: tuple[PlannedFigure, ...]
    free: tuple[Piece, ...]


def take_figures(
    boxes: Sequence[Box], pieces: Sequence[Piece], *, tables: Sequence[Box], page: Box, unit: float
) -> Figures:
    """Make figures of the picture boxes, with the few words inside each of them.

    Left out are pictures of the whole page, pictures no larger than a bullet, those within a table or within another.
    """
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: (-box.area, box))[: 4 * _MOST_FIGURES]:
        small = not (box.width > 1.5 * unit and box.height > 1.5 * unit)
        if small or not page.area > 0 or box.overlap(page) > 0.6 * page.area or box.overlap(page) <= 0:
            continue
        if any(other.overlap(box) > 0.8 * box.area for other in (*tables, *kept)):
            continue
        kept.append(box)
        if len(kept) == _MOST_FIGURES:
            break
    free = list(pieces)
    figures: list[PlannedFigure] = []
    for box in sorted(kept, key=lambda box: (box.y0, box.x0)):
        inside = [piece for piece in free if piece.box.overlap(box) > 0.7 * max(piece.box.area, 1e-9)]
        if any(table.overlap(box) > 0.2 * table.area for table in tables) or len(inside) > _MOST_LINES:
            figures.append(PlannedFigure(box, Box(box.x0, box.y0, box.x1, box.y0 + 0.1 * unit), (), ""))
            continue
        if inside:
            taken = {piece.index for piece in inside}
            free = [piece for piece in free if piece.index not in taken]
        lines = [text_line(row.pieces, unit=unit) for row in visual_rows(inside)]
        ordered = tuple(piece for line in lines for piece in line.pieces)
        figures.append(PlannedFigure(box, box, ordered, "\n".join(line.text for line in lines)))
    return Figures(tuple(figures), tuple(free))
