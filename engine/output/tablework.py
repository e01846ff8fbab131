"""What ruled and borderless tables share: the plan of a table, the text of a cell, and the guess at the header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.output.blocks import Box
from engine.output.joining import first_word, join_lines, text_width
from engine.output.marks import is_value, list_mark
from engine.output.rows import Piece, TextLine, text_line, visual_rows


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """A cell before the lines have their final numbers; `pieces` in reading order."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    pieces: tuple[Piece, ...]
    text: str

    @property
    def bold(self) -> bool:
        """Tell whether all its text is bold."""
        return bool(self.pieces) and all(piece.bold for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """A table before the lines have their final numbers, in the frame of its pieces."""

    box: Box
    row_count: int
    column_count: int
    cells: tuple[PlannedCell, ...]
    ruled: bool
    header_rows: int = 0


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table and the rows of the region it takes up, from `first` to `last`."""

    first: int
    last: int
    table: PlannedTable


def planned_cell(
    place: tuple[int, int],
    span: tuple[int, int],
    *,
    box: Box,
    inner: Box,
    pieces: Sequence[Piece],
    unit: float,
    mirrored: bool = False,
) -> PlannedCell:
    """Make the cell at `place` (row, column); `inner` is the width its text may fill."""
    lines = [text_line(row.pieces, unit=unit, mirrored=mirrored) for row in visual_rows(pieces)]
    ordered = tuple(piece for line in lines for piece in line.pieces)
    return PlannedCell(*place, *span, box, ordered, cell_text(lines, inner=inner, unit=unit))


def cell_text(lines: Sequence[TextLine], *, inner: Box, unit: float) -> str:
    """Return a cell's text: lines broken only for want of width are joined, other breaks are kept."""
    parts: list[list[str]] = []
    before: TextLine | None = None
    for line in lines:
        if before is not None and _wrapped(before, line, inner=inner, unit=unit):
            parts[-1].append(line.text)
        else:
            parts.append([line.text])
        before = line
    return "\n".join(join_lines(part) for part in parts)


def _wrapped(before: TextLine, line: TextLine, *, inner: Box, unit: float) -> bool:
    """Tell whether `line` goes on where `before` had no more room for its first word."""
    if list_mark(line.text) is not None or before.text.rstrip()[-1:] in ":：":
        return False
    if line.middle - before.middle > 2.2 * unit or line.bold != before.bold:
        return False
    em = before.box.width / max(text_width(before.text), 0.5)
    free = inner.width - before.box.width
    return free < text_width(first_word(line.text)) * em * 1.2 + 1.0 * em


def guess_header_rows(table: PlannedTable) -> int:
    """Return how many rows at the top name the columns.

    They do where they alone are bold, where they hold words over columns of figures, or where one cell spans others.
    """
    if table.row_count < 2 or table.column_count < 2:
        return 0
    rows: list[list[PlannedCell]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        if cell.text:
            rows[cell.row].append(cell)
    if not rows[0]:
        return 0
    depth = min(max(cell.row_span for cell in table.cells if cell.row == 0), table.row_count - 1)
    wide = [cell for cell in table.cells if cell.row == 0 and 1 < cell.column_span < table.column_count]
    if wide and depth == 1 and table.row_count > 2:
        depth = 2
    if depth > 3:
        depth = 1
    head = [cell for row in rows[:depth] for cell in row]
    body = [cell for row in rows[depth:] for cell in row]
    if not body:
        return 0
    if all(cell.bold for cell in head):
        while depth < table.row_count and rows[depth] and all(cell.bold for cell in rows[depth]):
            depth += 1
        side = all(cell.bold for cell in body if cell.column == 0)
        if depth < table.row_count and (not side or len(rows[0]) > 1):
            return depth if depth <= 3 else 0
    first = [cell for row in rows for cell in row if cell.column == 0]
    if first and all(cell.bold for cell in first) and not any(cell.bold for row in rows for cell in row if cell.column):
        return 0  # the first column names the rows
    if any(is_value(cell.text) for cell in head if not _year(cell.text)):
        return 0
    for column in range(1 if table.column_count > 1 else 0, table.column_count):
        below = [cell.text for cell in body if cell.column == column]
        named = any(cell.column <= column < cell.column + cell.column_span for cell in head)
        # In two columns a first row of words is mostly a label with its value, unless all below it are figures.
        needed = 10 if table.column_count == 2 else 6
        if named and below and sum(map(is_value, below)) * 10 >= needed * len(below):
            return depth
    full = len(rows[0]) == table.column_count and all(len(cell.text) <= 24 for cell in rows[0])
    labels = sum(cell.text.rstrip().endswith((":", "：")) for row in rows for cell in row)
    digits = any(char.isdigit() for cell in body for char in cell.text)
    return 1 if full and table.column_count >= 3 and table.row_count >= 3 and digits and not labels else 0


def _year(text: str) -> bool:
    """Tell whether a figure in a header is a year or the like that may well name a column."""
    text = text.strip()
    return len(text) <= 6 and text[:4].isdigit() and text[:2] in ("19", "20")
