"""Lines with places become blocks in reading order: the one entry to the layout of a page.

The steps, each in a file of its own: the rules drawn on the page become grids (`grids`) and tables (`ruled`), pictures
become figures (`figures`), the other lines become pieces in rows (`rows`); the page is cut into columns (`columns`,
`corridors`), out of which tables without borders are taken (`borderless`); what is left becomes paragraphs and list
items (`paragraphs`, `breaks`), which get their names (`naming`). Everything is measured in median line
heights, so that points and pixels are the same to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine.output.blocks import (
    AnyBlock,
    Box,
    Caption,
    Cell,
    Figure,
    Heading,
    Line,
    ListItem,
    Paragraph,
    Point,
    Quad,
    Rule,
    Table,
)
from engine.output.borderless import find_tables, ladders
from engine.output.columns import reading_order
from engine.output.figures import PlannedFigure, take_figures
from engine.output.grids import Stroke, strokes
from engine.output.joining import is_rtl
from engine.output.naming import name_drafts
from engine.output.paragraphs import Draft, drafts, leaf_lines, line_distances, usual
from engine.output.roles import Named, Role
from engine.output.rows import Item, Piece, Placed, line_unit
from engine.output.ruled import ruled_tables
from engine.output.tablework import PlannedTable


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A page in reading order: every block's `lines` (and every cell's) count in `lines`."""

    blocks: tuple[AnyBlock, ...]
    lines: tuple[Line, ...]


def arrange(
    lines: Sequence[Line], *, width: float, height: float, rules: Sequence[Rule] = (), figures: Sequence[Box] = ()
) -> Arrangement:
    """Put the lines of one upright page in reading order and make blocks of them.

    Args:
        lines: What stands on the page, in any order; lines without text are left out.
        width: The page's width in page units.
        height: The page's height in page units.
        rules: Lines drawn on the page, the edges of boxes and tables among them.
        figures: Where pictures are.

    Returns:
        The blocks and the lines, both in reading order. Every line with text is in exactly one block; a line that runs
        across a ruled column border comes back as two.
    """
    usable = sorted((_sound(line) for line in lines if line.text.strip()), key=_canonical)
    unit = line_unit([line.box.height for line in usable])
    mirrored = is_rtl(line.text for line in usable)
    drawn = strokes(rules, unit=unit)
    ruled = ruled_tables(usable, drawn, unit=unit)
    usable = list(ruled.lines)
    pieces = [
        Piece(index, usable[index].box, usable[index].text, usable[index].bold, usable[index].origin)
        for index in ruled.free
    ]
    page = Box(0.0, 0.0, width, height)
    seen = take_figures(
        [box for box in (_upright(box) for box in figures) if all(map(math.isfinite, box))],
        pieces,
        tables=[table.box for table in ruled.tables],
        page=page,
        unit=unit,
    )
    placed: list[PlannedTable | PlannedFigure] = [*ruled.tables, *seen.figures]
    places = [one.place if isinstance(one, PlannedFigure) else one.box for one in placed]
    items: list[Item] = [*seen.free, *[Placed(number, box) for number, box in enumerate(places)]]
    if mirrored:
        items = [replace(item, box=_mirror(item.box, width)) for item in items]
    across = [Stroke(one.at, width - one.end, width - one.start) for one in drawn.across] if mirrored else drawn.across
    boxes = [table.box for table in ruled.tables]
    rungs = ladders(across, unit=unit)
    leaves = reading_order(
        items,
        unit=unit,
        page=page,
        find_tables=partial(find_tables, unit=unit, rungs=rungs, mirrored=mirrored),
        placed=placed,
        dividers=[] if rungs else [one for one in across if not any(_within(one.at, box) for box in boxes)],
    )
    distances = [
        distance
        for leaf in leaves
        for distance in line_distances(leaf_lines(leaf, unit=unit, mirrored=mirrored), unit=unit)
    ]
    leading = usual(distances, 1.4 * unit)
    found: list[Draft | Placed] = []
    for leaf in leaves:
        found += drafts(leaf, unit=unit, leading=leading, mirrored=mirrored)
    tabled = [piece for one in placed if isinstance(one, PlannedTable) for cell in one.cells for piece in cell.pieces]
    return _Writer(usable, placed, width if mirrored else None).write(name_drafts(found, unit=unit, tabled=tabled))


class _Writer:
    """Writes the blocks and the lines they name, in one go and in one order."""

    def __init__(
        self, lines: Sequence[Line], placed: Sequence[PlannedTable | PlannedFigure], mirror: float | None
    ) -> None:
        self._source = lines
        self._placed = placed
        self._mirror = mirror
        self._lines: list[Line] = []

    def write(self, named: Sequence[Named | Placed]) -> Arrangement:
        blocks: list[AnyBlock] = []
        for item in named:
            if isinstance(item, Named):
                blocks.append(self._text(item))
            else:
                one = self._placed[item.number]
                blocks.append(self._table(one) if isinstance(one, PlannedTable) else self._figure(one))
        return Arrangement(tuple(blocks), tuple(self._lines))

    def _take(self, indices: Sequence[int]) -> tuple[int, ...]:
        start = len(self._lines)
        self._lines += [self._source[index] for index in indices]
        return tuple(range(start, len(self._lines)))

    def _figure(self, figure: PlannedFigure) -> Figure:
        return Figure(figure.box, self._take([piece.index for piece in figure.pieces]), figure.text)

    def _table(self, table: PlannedTable) -> Table:
        """Write a table; its columns count from the left as they are seen, whichever way the page is read."""
        if self._mirror is not None and not table.ruled:
            table = _unmirrored(table, self._mirror)
        way = 1 if self._mirror is None else -1
        start = len(self._lines)
        cells = []
        for cell in sorted(table.cells, key=lambda cell: (cell.row, way * cell.column)):
            taken = self._take([piece.index for piece in cell.pieces])
            cells.append(Cell(cell.row, cell.column, cell.text, cell.row_span, cell.column_span, cell.box, taken))
        cells.sort(key=lambda cell: (cell.row, cell.column))
        indices = tuple(range(start, len(self._lines)))
        return Table(
            table.box, indices, table.row_count, table.column_count, tuple(cells), table.header_rows, table.ruled
        )

    def _text(self, item: Named) -> AnyBlock:
        indices = [piece.index for line in item.draft.lines for piece in line.pieces]
        box = _around([self._source[index].box for index in indices])
        taken = self._take(indices)
        if item.role is Role.HEADING:
            return Heading(box, taken, item.text, item.level)
        if item.role is Role.CAPTION:
            return Caption(box, taken, item.text)
        if item.role is Role.LIST_ITEM:
            assert item.draft.mark is not None
            return ListItem(box, taken, item.text, item.draft.mark.marker, item.level)
        return Paragraph(box, taken, item.text, is_rtl([item.text]))


def _within(height: float, box: Box) -> bool:
    return box.y0 - 1.0 <= height <= box.y1 + 1.0


def _around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around all; there is at least one."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def _mirror(box: Box, width: float) -> Box:
    return Box(width - box.x1, box.y0, width - box.x0, box.y1)


def _unmirrored(table: PlannedTable, width: float) -> PlannedTable:
    """Return a table that was found in the mirrored frame as it stands on the page."""
    cells = [
        replace(cell, column=table.column_count - cell.column - cell.column_span, box=_mirror(cell.box, width))
        for cell in table.cells
    ]
    return replace(table, box=_mirror(table.box, width), cells=tuple(cells))


def _upright(box: Box) -> Box:
    return Box(min(box.x0, box.x1), min(box.y0, box.y1), max(box.x0, box.x1), max(box.y0, box.y1))


def _canonical(line: Line) -> tuple[float, float, float, float, str, float, str, bool]:
    """An order that depends on the lines alone, so that the order they came in does not matter."""
    box = line.box
    return (box.y0, box.x0, box.y1, box.x1, line.text, line.score, line.origin.value, line.bold)


def _sound(line: Line) -> Line:
    """Return the line with corners that are numbers; a reader's slip must not break the page."""
    if all(math.isfinite(value) for point in line.quad for value in point):
        return line
    corners = [Point(*(value if math.isfinite(value) else 0.0 for value in point)) for point in line.quad]
    return Line(line.text, Quad(*corners), line.score, line.origin, line.bold)
