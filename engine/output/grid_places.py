"""Cells that nobody could place by their words find their place by the grid: between the rows and columns of the rest.

"40", "1" and "2" stand all over a page, and a figure that was read wrong matches nothing; but where its row and its
column cross there is one line, and that is it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.output.blocks import Box, Line, Table
from engine.output.folding import fold

LEAST_ALIKE = 50.0
"""How alike, in per cent, a cell and the line at its place must be."""
SHORT_VALUE = 4
"""Cells of so few letters need not be alike: one wrong letter is a quarter of them."""
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
    far: set[int] = set()
    rows: dict[int, list[int]] = {}
    for index in boxes:
        rows.setdefault(table.cells[index].row, []).append(index)
    order = sorted(rows)
    centres = {row: _median([(boxes[index].y0 + boxes[index].y1) / 2 for index in rows[row]]) for row in order}
    for row in order:
        if len(rows[row]) < 3:
            continue
        height = _median([boxes[index].height for index in rows[row]])
        for index in rows[row]:
            if table.cells[index].row_span == 1:
                away = abs((boxes[index].y0 + boxes[index].y1) / 2 - centres[row])
                if away > 1.5 * max(height, boxes[index].height):
                    far.add(index)
    return far


def set_right(table: Table, boxes: Mapping[int, Box]) -> dict[int, int]:
    """Return, for cells that say the same, whose place each should have: that which its row and its column show.

    "Adults" may stand over two columns; words alone do not tell which is which.
    """
    alike: dict[str, list[int]] = {}
    for index, cell in enumerate(table.cells):
        if cell.row_span == cell.column_span == 1 and (text := fold(cell.text).text):
            alike.setdefault(text, []).append(index)
    single = {index for of_text in alike.values() if len(of_text) == 1 for index in of_text if index in boxes}
    middles = {index: _middle(boxes[index]) for index in boxes}
    rows: dict[int, list[float]] = {}
    columns: dict[int, list[float]] = {}
    for index in sorted(boxes, key=lambda index: index not in single):
        cell = table.cells[index]
        for number, middles_of, middle in (
            (cell.row, rows, middles[index][1]),
            (cell.column, columns, middles[index][0]),
        ):
            if (index in single and cell.row_span == cell.column_span == 1) or number not in middles_of:
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


def by_grid(table: Table, boxes: Mapping[int, Box], lines: Sequence[Line], free: Sequence[int]) -> dict[int, int]:
    """Return the lines at which cells without a place stand: cell index to line index.

    Args:
        table: The table.
        boxes: Where some of its cells stand, by index.
        lines: All lines of the page.
        free: The lines that nothing was found in.
    """
    missing = [
        index
        for index, cell in enumerate(table.cells)
        if index not in boxes and cell.text.strip() and cell.row_span == cell.column_span == 1
    ]
    if not missing or not free:
        return {}
    rows = _spans(table, boxes, down=True)
    columns = _spans(table, boxes, down=False)
    waiting = sorted(free, key=lambda line: _middle(lines[line].box)[1])
    middles = [_middle(lines[line].box)[1] for line in waiting]
    found: dict[int, int] = {}
    used: set[int] = set()
    for index in missing:
        cell = table.cells[index]
        row, column = rows.get(cell.row), columns.get(cell.column)
        if row is None or column is None:
            continue
        at = bisect_left(middles, row.low)
        while at < len(waiting) and middles[at] <= row.high:
            line = waiting[at]
            if line not in used and column.holds(_middle(lines[line].box)[0]) and _fits(cell.text, lines[line].text):
                found[index] = line
                used.add(line)
                break
            at += 1
    return found


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


def _middle(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
