"""Cells that nobody could place by their words find their place by the grid: between the rows and columns of the rest.

"40", "1" and "2" stand all over a page, and a figure that was read wrong matches nothing; but where its row and its
column cross there is one line, and that is it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from engine.output.blocks import Box, Line, Table
from engine.output.folding import fold

LEAST_ALIKE = 50.0
"""How alike, in per cent, a cell and the line at its place must be."""
SHORT_VALUE = 4
"""Cells of so few letters need not be alike: one wrong letter is a quarter of them."""
LEAST_SHARED = 0.3
"""The share of its height that a cell must have in common with its row."""
MOST_ALIKE = 64
"""Cells that say the same, of which each is tried at the place of each; of more, words and order must do."""


class _Span(NamedTuple):
    low: float
    high: float

    def holds(self, place: float) -> bool:
        """Tell whether a place lies in it."""
        return self.low <= place <= self.high


def strays(table: Table, boxes: Mapping[int, Box]) -> set[int]:
    """Return the cells, by index, that lie far from the other cells of their row: their words stand elsewhere too."""
    single = _single(table)
    rows: dict[int, list[int]] = {}
    for index in boxes:
        if table.cells[index].row_span == 1:
            rows.setdefault(table.cells[index].row, []).append(index)
    far: set[int] = set()
    for in_row in rows.values():
        sure = [index for index in in_row if index in single] or (in_row if len(in_row) > 2 else [])
        if sure:
            low = _median([boxes[index].y0 for index in sure])
            high = _median([boxes[index].y1 for index in sure])
            far |= {index for index in in_row if _shared(boxes[index], low, high) < LEAST_SHARED}
    return far


def set_right(table: Table, boxes: Mapping[int, Box]) -> dict[int, int]:
    """Return, for cells that say the same, whose place each should have: that which its row and its column show.

    "Adults" may stand over two columns; words alone do not tell which is which.
    """
    alike = _alike(table)
    single = _single(table)
    middles = {index: _middle(boxes[index]) for index in boxes}
    rows: dict[int, list[float]] = {}
    columns: dict[int, list[float]] = {}
    for index in sorted(boxes, key=lambda index: index not in single):
        cell = table.cells[index]
        for number, middles_of, middle in (
            (cell.row, rows, middles[index][1]),
            (cell.column, columns, middles[index][0]),
        ):
            if index in single or number not in middles_of:
                middles_of.setdefault(number, []).append(middle)
    right: dict[int, int] = {}
    for of_text in alike.values():
        placed = [index for index in of_text if index in boxes]
        known = all(table.cells[index].row in rows and table.cells[index].column in columns for index in of_text)
        if not placed or not known or not 1 < len(of_text) <= MOST_ALIKE:
            continue
        away = sorted(
            (
                abs(middles[place][0] - _median(columns[table.cells[index].column]))
                + abs(middles[place][1] - _median(rows[table.cells[index].row])),
                index,
                place,
            )
            for index in of_text
            for place in placed
        )
        taken: set[int] = set()
        for _, index, place in away:
            if index not in right and place not in taken:
                right[index] = place
                taken.add(place)
    return right


def in_order(table: Table, boxes: Mapping[int, Box]) -> dict[int, int]:
    """Return, for cells of one row that say the same, whose place each should have: the columns' own order."""
    groups: dict[tuple[int, str], list[int]] = {}
    for text, cells in _alike(table).items():
        for index in cells:
            if index in boxes:
                groups.setdefault((table.cells[index].row, text), []).append(index)
    way = -1 if _runs_to_the_left(table, boxes) else 1
    right: dict[int, int] = {}
    for of_row in groups.values():
        by_column = sorted(of_row, key=lambda index: way * table.cells[index].column)
        by_place = sorted(of_row, key=lambda index: boxes[index].x0)
        right.update(zip(by_column, by_place, strict=True))
    return right


def _runs_to_the_left(table: Table, boxes: Mapping[int, Box]) -> bool:
    """Tell whether the columns are counted from the right, as in Arabic: by cells whose words say where they are."""
    known = sorted(
        (table.cells[index].row, table.cells[index].column, boxes[index].x0)
        for index in _single(table)
        if index in boxes
    )
    steps = [other[2] - one[2] for one, other in pairwise(known) if one[0] == other[0]]
    return sum(step < 0 for step in steps) > len(steps) / 2


def by_grid(table: Table, boxes: Mapping[int, Box], lines: Sequence[Line], free: Sequence[int]) -> dict[int, int]:
    """Return the lines at which cells without a place stand: cell index to line index.

    Args:
        table: The table.
        boxes: Where some of its cells stand, by index.
        lines: All lines of the page.
        free: The lines that nothing was found in.
    """
    waiting = sorted(free, key=lambda line: _middle(lines[line].box)[1])
    middles = [_middle(lines[line].box) for line in waiting]
    heights = [middle[1] for middle in middles]
    known = dict(boxes)
    found: dict[int, int] = {}
    for whole_rows in (True, False):
        missing: dict[int, list[int]] = {}
        for index, cell in enumerate(table.cells):
            if index not in known and cell.text.strip() and cell.row_span == cell.column_span == 1:
                missing.setdefault(cell.row, []).append(index)
        rows = _spans(table, known, down=True)
        columns = _spans(table, known, down=False)
        taken = set(found.values())
        for row, cells in missing.items():
            if row not in rows:
                continue
            beside = [
                (middles[at][0], waiting[at])
                for at in range(bisect_left(heights, rows[row].low), bisect_right(heights, rows[row].high))
                if waiting[at] not in taken
            ]
            fitting = _from_left_on if whole_rows else _by_column
            for index, line in fitting(table, cells, sorted(beside), columns, lines):
                found[index], known[index] = line, lines[line].box
                taken.add(line)
    return found


def _from_left_on(
    table: Table,
    cells: Sequence[int],
    beside: Sequence[tuple[float, int]],
    columns: Mapping[int, _Span],
    lines: Sequence[Line],
) -> list[tuple[int, int]]:
    """Pair what is missing of a row with the lines beside its other cells, where there are as many, from left on."""
    in_row = sorted(cells, key=lambda index: table.cells[index].column)
    pairs = [(index, line) for index, (_, line) in zip(in_row, beside, strict=False)]
    fit = all(_fits(table.cells[index].text, lines[line].text) for index, line in pairs)
    return pairs if fit and len(cells) == len(beside) else []


def _by_column(
    table: Table,
    cells: Sequence[int],
    beside: Sequence[tuple[float, int]],
    columns: Mapping[int, _Span],
    lines: Sequence[Line],
) -> list[tuple[int, int]]:
    """Pair what is missing of a row with the lines that stand in its columns."""
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for index in cells:
        cell = table.cells[index]
        column = columns.get(cell.column)
        for middle, line in beside if column else ():
            if line not in taken and column and column.holds(middle) and _fits(cell.text, lines[line].text):
                pairs.append((index, line))
                taken.add(line)
                break
    return pairs


def _alike(table: Table) -> dict[str, list[int]]:
    """Return the cells of one place each by what they say, by their indices."""
    alike: dict[str, list[int]] = {}
    for index, cell in enumerate(table.cells):
        if cell.row_span == cell.column_span == 1 and (text := fold(cell.text).text):
            alike.setdefault(text, []).append(index)
    return alike


def _single(table: Table) -> set[int]:
    """Return the cells of one place each that say what no other cell says: their words tell where they are."""
    return {of_text[0] for of_text in _alike(table).values() if len(of_text) == 1}


def _spans(table: Table, boxes: Mapping[int, Box], *, down: bool) -> dict[int, _Span]:
    """Return where rows (`down`) or columns lie: those with a cell that has its place, widened to their neighbours."""
    tight: dict[int, _Span] = {}
    for index, box in boxes.items():
        cell = table.cells[index]
        if (cell.row_span if down else cell.column_span) != 1:
            continue
        number = cell.row if down else cell.column
        low, high = (box.y0, box.y1) if down else (box.x0, box.x1)
        known = tight.get(number)
        tight[number] = _Span(min(low, known.low), max(high, known.high)) if known else _Span(low, high)
    spans: dict[int, _Span] = {}
    for number, span in tight.items():
        before, behind = tight.get(number - 1), tight.get(number + 1)
        slack = (span.high - span.low) * 0.25
        low = (before.high + span.low) / 2 if before else span.low - slack
        high = (behind.low + span.high) / 2 if behind else span.high + slack
        spans[number] = _Span(min(low, span.low), max(high, span.high))
    return spans


def _fits(cell: str, line: str) -> bool:
    from rapidfuzz import fuzz

    wanted, found = fold(cell).text, fold(line).text
    if len(wanted) <= SHORT_VALUE:
        return abs(len(wanted) - len(found)) <= 1
    return fuzz.ratio(wanted, found) >= LEAST_ALIKE


def _shared(box: Box, low: float, high: float) -> float:
    """Return how much of the lower of the two a box and a row share."""
    return (min(box.y1, high) - max(box.y0, low)) / max(min(box.height, high - low), 1e-6)


def _middle(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
