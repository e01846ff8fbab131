"""Reading order: a page is cut into columns and bands, again and again, until only running text is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.output.blocks import Box
from engine.output.corridors import Corridor, best_corridor, is_left
from engine.output.figures import PlannedFigure
from engine.output.grids import Stroke
from engine.output.joining import text_width
from engine.output.marks import is_page_number
from engine.output.rows import Item, Placed, Row, hull, visual_rows
from engine.output.tablework import FoundTable, PlannedTable

TableFinder = Callable[[Sequence[Row]], list[FoundTable]]

_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of the page that reads straight down; `box` is the column it stands in, in the layout's frame."""

    rows: tuple[Row, ...]
    box: Box


def reading_order(
    items: Sequence[Item],
    *,
    unit: float,
    page: Box,
    find_tables: TableFinder,
    placed: list[PlannedTable | PlannedFigure],
    dividers: Sequence[Stroke] = (),
) -> list[Leaf]:
    """Return the parts of the page in reading order.

    Before a part is cut, `find_tables` looks for tables without borders in it: their columns are not columns of the
    page. What it finds is appended to `placed` and stands in the rows as a `Placed` that counts in `placed`.

    What stands at the very top and bottom of the page, away from the rest, is read first and last, so that running
    heads and page numbers never get between two columns. `dividers` are the rules drawn across the page that stand in
    no table: where one runs over the whole width of the text, no column goes on beyond it.
    """
    if not items:
        return []
    rows = visual_rows(items)
    top, bottom = _margins(rows, unit=unit, page=page)
    leaves = [_straight(rows[:top])] if top else []
    if top < bottom:
        body = rows[top:bottom]
        cutter = _Cutter(unit, find_tables, placed)
        box = hull([item for row in body for item in row.items])
        for band in _bands(body, dividers, box=box, unit=unit):
            leaves += cutter.cut(band, box=box, depth=_DEPTH)
    return leaves + ([_straight(rows[bottom:])] if bottom < len(rows) else [])


def _straight(rows: Sequence[Row]) -> Leaf:
    return Leaf(tuple(rows), hull([item for row in rows for item in row.items]))


def _bands(rows: Sequence[Row], dividers: Sequence[Stroke], *, box: Box, unit: float) -> list[Sequence[Row]]:
    """Part the rows at rules that run across all of the text with nothing on them."""
    cuts = {0, len(rows)}
    for rule in dividers:
        if rule.start > box.x0 + unit or rule.end < box.x1 - unit:
            continue
        above = sum(row.box.y0 + row.box.y1 < 2 * rule.at for row in rows)
        clear = all(row.box.y1 < rule.at + 0.3 * unit for row in rows[:above])
        if clear and all(row.box.y0 > rule.at - 0.3 * unit for row in rows[above:]):
            cuts.add(above)
    return [rows[one:two] for one, two in pairwise(sorted(cuts)) if one < two]


def _margins(rows: Sequence[Row], *, unit: float, page: Box) -> tuple[int, int]:
    """Return how many rows at the top are running heads, and where the rows at the bottom begin that are feet."""
    if len(rows) < 6:
        return 0, len(rows)

    def apart(row: Row, gap: float) -> bool:
        width = sum(text_width(piece.text) for piece in row.pieces)
        clear = gap > 1.1 * unit or (gap > 0.3 * unit and len(row.pieces) == 1 and is_page_number(row.pieces[0].text))
        return clear and len(row.pieces) == len(row.items) <= 4 and width < 50

    top, bottom = 0, len(rows)
    heads = min(2, len(rows) - 1)
    for count in range(heads, 0, -1):
        edge = max(row.box.y1 for row in rows[:count])
        if edge < page.y0 + 0.1 * page.height and all(
            apart(row, min(rest.box.y0 for rest in rows[count:]) - edge) for row in rows[:count]
        ):
            top = count
            break
    for count in range(min(2, len(rows) - top - 1), 0, -1):
        edge = min(row.box.y0 for row in rows[-count:])
        if edge > page.y1 - 0.1 * page.height and all(
            apart(row, edge - max(rest.box.y1 for rest in rows[:-count])) for row in rows[-count:]
        ):
            bottom = len(rows) - count
            break
    return top, bottom


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Cuts a part of the page and the parts it gets, again and again."""

    unit: float
    find_tables: TableFinder
    placed: list[PlannedTable | PlannedFigure]

    def cut(self, rows: Sequence[Row], *, box: Box, depth: int) -> list[Leaf]:
        """Cut at the tallest white corridor there is; what is left and right of it are columns."""
        rows = self._with_tables(rows, best_corridor(rows, unit=self.unit, box=box) if depth else None)
        best = best_corridor(rows, unit=self.unit, box=box) if depth and len(rows) > 1 else None
        if best is None:
            return [Leaf(tuple(rows), box)]
        leaves: list[Leaf] = []
        above, below = rows[: best.first], rows[best.last + 1 :]
        if above:
            leaves += self.cut(above, box=box, depth=depth - 1)
        inside = [item for row in rows[best.first : best.last + 1] for item in row.items]
        middle = (best.x0 + best.x1) / 2
        for items in (
            [item for item in inside if is_left(item, middle)],
            [item for item in inside if not is_left(item, middle)],
        ):
            leaves += self.cut(visual_rows(items), box=hull(items), depth=depth - 1)
        if below:
            leaves += self.cut(below, box=box, depth=depth - 1)
        return leaves

    def _with_tables(self, rows: Sequence[Row], corridor: Corridor | None) -> Sequence[Row]:
        """Put one row in the place of the rows of each table that is found.

        What seems to be a table across a tall white corridor is mostly a small table beside running text: it is left to
        be found again in its own column, unless it has columns enough on both sides.
        """
        result: list[Row] = []
        at = 0
        for found in self.find_tables(rows):
            if corridor is not None and _straddles(found, corridor):
                continue
            result += rows[at : found.first]
            box = hull([item for row in rows[found.first : found.last + 1] for item in row.items])
            self.placed.append(found.table)
            result.append(Row((Placed(len(self.placed) - 1, box),), box))
            at = found.last + 1
        return [*result, *rows[at:]] if at else rows


def _straddles(found: FoundTable, corridor: Corridor) -> bool:
    """Tell whether a table lies across a corridor that runs on far beyond it, with a lone column at one side."""
    if found.table.ruled:
        return False  # its rules run across the corridor
    shared = min(found.last, corridor.last) - max(found.first, corridor.first) + 1
    if shared <= 0 or 2 * (found.last - found.first + 1) > corridor.last - corridor.first + 1:
        return False
    middle = (corridor.x0 + corridor.x1) / 2
    left = {cell.column for cell in found.table.cells if cell.pieces and cell.pieces[0].box.x1 <= middle}
    right = {cell.column for cell in found.table.cells if cell.pieces and cell.pieces[0].box.x1 > middle}
    return bool(left and right) and min(len(left), len(right)) < 2
