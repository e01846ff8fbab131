"""Reading order: a page is cut into columns and bands, again and again, until only running text is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.output.blocks import Box
from engine.output.figures import PlannedFigure
from engine.output.joining import text_width
from engine.output.marks import is_bare_mark, is_page_number, is_value
from engine.output.rows import Item, Piece, Placed, Row, hull, visual_rows
from engine.output.tablework import FoundTable, PlannedTable

TableFinder = Callable[[Sequence[Row]], list[FoundTable]]

_DEPTH = 12
_OPEN_CORRIDORS = 48
"""At most this many white corridors are followed and weighed at a time; those with the fewest rows are dropped."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of the page that reads straight down; `box` is the column it stands in, in the layout's frame."""

    rows: tuple[Row, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class _Corridor:
    """A white strip from x0 to x1 that runs through the rows from `first` to `last`, both included."""

    x0: float
    x1: float
    first: int
    last: int


def reading_order(
    items: Sequence[Item],
    *,
    unit: float,
    page: Box,
    find_tables: TableFinder,
    placed: list[PlannedTable | PlannedFigure],
) -> list[Leaf]:
    """Return the parts of the page in reading order.

    Before a part is cut, `find_tables` looks for tables without borders in it: their columns are not columns of the
    page. What it finds is appended to `placed` and stands in the rows as a `Placed` that counts in `placed`.

    What stands at the very top and bottom of the page, away from the rest, is read first and last, so that running
    heads and page numbers never get between two columns.
    """
    if not items:
        return []
    rows = visual_rows(items)
    top, bottom = _margins(rows, unit=unit, page=page)
    leaves = [_straight(rows[:top])] if top else []
    if top < bottom:
        body = rows[top:bottom]
        cutter = _Cutter(unit, find_tables, placed)
        leaves += cutter.cut(body, box=hull([item for row in body for item in row.items]), depth=_DEPTH)
    return leaves + ([_straight(rows[bottom:])] if bottom < len(rows) else [])


def _straight(rows: Sequence[Row]) -> Leaf:
    return Leaf(tuple(rows), hull([item for row in rows for item in row.items]))


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
        rows = self._with_tables(rows, _best_corridor(rows, unit=self.unit, box=box) if depth else None)
        best = _best_corridor(rows, unit=self.unit, box=box) if depth and len(rows) > 1 else None
        if best is None:
            return [Leaf(tuple(rows), box)]
        leaves: list[Leaf] = []
        above, below = rows[: best.first], rows[best.last + 1 :]
        if above:
            leaves += self.cut(above, box=box, depth=depth - 1)
        inside = [item for row in rows[best.first : best.last + 1] for item in row.items]
        middle = (best.x0 + best.x1) / 2
        for items in (
            [item for item in inside if item.box.x1 <= middle],
            [item for item in inside if item.box.x1 > middle],
        ):
            leaves += self.cut(visual_rows(items), box=hull(items), depth=depth - 1)
        if below:
            leaves += self.cut(below, box=box, depth=depth - 1)
        return leaves

    def _with_tables(self, rows: Sequence[Row], corridor: _Corridor | None) -> Sequence[Row]:
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


def _straddles(found: FoundTable, corridor: _Corridor) -> bool:
    """Tell whether a table lies across a corridor that runs on far beyond it, with a lone column at one side."""
    shared = min(found.last, corridor.last) - max(found.first, corridor.first) + 1
    if shared <= 0 or 2 * (found.last - found.first + 1) > corridor.last - corridor.first + 1:
        return False
    middle = (corridor.x0 + corridor.x1) / 2
    left = {cell.column for cell in found.table.cells if cell.pieces and cell.pieces[0].box.x1 <= middle}
    right = {cell.column for cell in found.table.cells if cell.pieces and cell.pieces[0].box.x1 > middle}
    return bool(left and right) and min(len(left), len(right)) < 2


def _best_corridor(rows: Sequence[Row], *, unit: float, box: Box) -> _Corridor | None:
    best, best_score = None, 0.0
    inner = [one for one in _corridors(rows, unit=unit, box=box) if one.x0 >= box.x0 and one.x1 <= box.x1]
    inner.sort(key=lambda one: (one.first - one.last, one.first, one.x0, one.x1))
    for corridor in inner[:_OPEN_CORRIDORS]:
        trimmed = _trimmed(rows, corridor, unit=unit)
        if trimmed is None:
            continue
        score = _score(rows, trimmed, unit=unit)
        if score > best_score:
            best, best_score = trimmed, score
    return best


def _corridors(rows: Sequence[Row], *, unit: float, box: Box) -> list[_Corridor]:
    """Follow the white strips between items from row to row; every strip is told when something blocks it."""
    narrowest = 0.8 * unit
    found: list[_Corridor] = []
    opened: dict[tuple[float, float], int] = {}
    for number, row in enumerate(rows):
        gaps: list[tuple[float, float]] = []
        edge = box.x0 - unit
        for item in row.items:
            if item.box.x0 - edge >= narrowest:
                gaps.append((edge, item.box.x0))
            edge = max(edge, item.box.x1)
        if box.x1 + unit - edge >= narrowest:
            gaps.append((edge, box.x1 + unit))
        going: dict[tuple[float, float], int] = dict.fromkeys(gaps, number)
        for (x0, x1), first in opened.items():
            whole = False
            for gap0, gap1 in gaps:
                left, right = max(x0, gap0), min(x1, gap1)
                if right - left < narrowest:
                    continue
                whole = whole or (left == x0 and right == x1)
                going[left, right] = min(first, going.get((left, right), first))
            if not whole and number - first > 1:
                found.append(_Corridor(x0, x1, first, number - 1))
        if len(going) > _OPEN_CORRIDORS:
            going = dict(sorted(going.items(), key=lambda pair: (pair[1], pair[0]))[:_OPEN_CORRIDORS])
        opened = going
    found += [_Corridor(x0, x1, first, len(rows) - 1) for (x0, x1), first in opened.items() if len(rows) - first > 1]
    return found


def _sides(rows: Sequence[Row], corridor: _Corridor) -> tuple[list[Item], list[Item]]:
    """Return what stands at the start side and at the end side of the corridor."""
    middle = (corridor.x0 + corridor.x1) / 2
    left: list[Item] = []
    right: list[Item] = []
    for row in rows[corridor.first : corridor.last + 1]:
        for item in row.items:
            (left if item.box.x1 <= middle else right).append(item)
    return left, right


def _trimmed(rows: Sequence[Row], corridor: _Corridor, *, unit: float) -> _Corridor | None:
    """Return the corridor without the rows at its ends that stand beside nothing; None where no columns are left.

    Rows before the first row of the other column stay with their own column unless a clear gap parts them from it.
    """
    middle = (corridor.x0 + corridor.x1) / 2
    first, last = corridor.first, corridor.last

    def sides(row: Row) -> tuple[bool, bool]:
        return row.items[0].box.x1 <= middle, row.items[-1].box.x1 > middle

    tops: list[float | None] = [None, None]
    bottoms: list[float | None] = [None, None]
    for row in rows[first : last + 1]:
        for side in range(2):
            if sides(row)[side]:
                tops[side] = row.box.y0 if tops[side] is None else tops[side]
                bottoms[side] = row.box.y1
    if tops[0] is None or tops[1] is None:
        return None
    first, last = _without_strays(rows, first, last, lambda row: all(sides(row)), unit=unit)
    while first < last and not all(sides(rows[first])):
        gap = rows[first + 1].box.y0 - rows[first].box.y1
        if gap < 1.2 * unit or not _level(rows[first + 1 : last + 1], middle, unit, top=True):
            break
        first += 1
    while last > first and not all(sides(rows[last])):
        gap = rows[last].box.y0 - rows[last - 1].box.y1
        if gap < 1.2 * unit or not _level(rows[first:last], middle, unit, top=False):
            break
        last -= 1
    return _Corridor(corridor.x0, corridor.x1, first, last) if last > first else None


def _without_strays(
    rows: Sequence[Row], first: int, last: int, two_sided: Callable[[Row], bool], *, unit: float
) -> tuple[int, int]:
    """Leave off rows at the ends that belong to what stands above or below them.

    Such are the short last line of a paragraph that runs across the columns, and the heading of one that follows them.
    """

    def gap(number: int) -> float:
        return rows[number + 1].box.y0 - rows[number].box.y1

    if first > 0:
        number, tight = first, gap(first - 1)
        while number < last and not two_sided(rows[number]):
            if gap(number) > tight + 0.3 * unit:
                first = number + 1
                break
            number += 1
    if last + 1 < len(rows):
        number, tight = last, gap(last)
        while number > first and not two_sided(rows[number]):
            if gap(number - 1) > max(tight + 0.3 * unit, 0.8 * unit):
                last = number - 1
                break
            number -= 1
    return first, last


def _level(rows: Sequence[Row], middle: float, unit: float, *, top: bool) -> bool:
    """Tell whether the columns at both sides of `middle` begin (or end) at about the same height."""
    ordered = rows if top else rows[::-1]
    left = next((item for row in ordered[:4] for item in row.items if item.box.x1 <= middle), None)
    right = next((item for row in ordered[:4] for item in row.items if item.box.x1 > middle), None)
    if left is None or right is None:
        return False
    one, two = (left.box.y0, right.box.y0) if top else (left.box.y1, right.box.y1)
    return abs(one - two) < 1.5 * unit


def _score(rows: Sequence[Row], corridor: _Corridor, *, unit: float) -> float:
    """Return how good a cut between columns the corridor is; 0.0 where it is none."""
    left, right = _sides(rows, corridor)
    if not left or not right:
        return 0.0
    one, two = hull(left), hull(right)
    shared = min(one.y1, two.y1) - max(one.y0, two.y0)
    shorter = min(one.height, two.height)
    gap = (two.x0 - one.x1) / unit
    if shared < 0.4 * shorter or shared <= 0:
        return 0.0
    lines = min(_weight(left, unit), _weight(right, unit))
    needed = 2.0 if gap >= 3 else 3.0 if gap >= 1.8 else 4.0
    if lines < needed and not _beside_notes(left, right, gap, unit):
        return 0.0
    if _bound(rows[corridor.first : corridor.last + 1], corridor):
        return 0.0
    return shared / unit * (1.0 + min(gap, 4.0) / 8.0)


def _beside_notes(left: Sequence[Item], right: Sequence[Item], gap: float, unit: float) -> bool:
    """Tell whether one side is running text on an edge of its own and the other a few notes in its margin."""
    main = left if len(left) > len(right) else right
    edges = sorted(item.box.x0 for item in main)
    usual = edges[len(edges) // 2]
    on_edge = sum(abs(edge - usual) < 0.5 * unit for edge in edges)
    return gap > 1.2 and len(main) >= 8 and on_edge >= 0.8 * len(main) and hull(main).width > 15 * unit


def _weight(items: Sequence[Item], unit: float) -> float:
    """Return how many lines of text the items are worth; a table or a figure counts by its height."""
    return sum(1.0 if isinstance(item, Piece) else max(1.0, item.box.height / unit) for item in items)


def _bound(rows: Sequence[Row], corridor: _Corridor) -> bool:
    """Tell whether the two sides belong together row by row (labels and values, a list of contents) and read across."""
    middle = (corridor.x0 + corridor.x1) / 2
    paired = values = labels = lefts = rights = 0
    for row in rows:
        left = [item for item in row.items if item.box.x1 <= middle]
        right = [item for item in row.items if item.box.x1 > middle]
        if any(isinstance(item, Placed) for item in row.items):
            continue
        lefts += bool(left)
        rights += bool(right)
        if left and right:
            paired += 1
            one, two = left[-1], right[0]
            assert isinstance(one, Piece) and isinstance(two, Piece)
            values += is_value(two.text) or is_value(one.text)
            labels += one.text.rstrip().endswith((":", "：", "...", "…", "．．")) or is_bare_mark(one.text)
    return paired > 0 and paired >= 0.6 * min(lefts, rights) and 2 * max(values, labels) > paired
