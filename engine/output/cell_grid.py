"""A grid of cells out of rows that may promise too much: always rectangular, never larger than a table can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.output.answer import Mend
from engine.output.blocks import Cell, Table
from engine.output.sheet import Sheet

MOST_ROWS = 1000
MOST_COLUMNS = 100
"""More than these, and the rows go on in another table, the columns in the last cell of their row."""


@dataclass(slots=True)
class RawCell:
    """A cell as it was written, before it has a place."""

    text: str
    row_span: int = 1
    column_span: int = 1
    header: bool = False


def tables_of(rows: Sequence[Sequence[RawCell]], sheet: Sheet, *, header_rows: int | None = None) -> list[Table]:
    """Lay rows of cells out as one table, or as several where there are too many rows.

    Cells go where HTML puts them: each at the first place of its row that no cell from above reaches down to. Spans end
    where another cell is, and at the last row and the last column in which a cell begins.

    Args:
        rows: The rows in order; a row may have no cells of its own where others reach down into it.
        sheet: Where to count what was mended.
        header_rows: How many rows name the columns; None to tell by the cells themselves.
    """
    tables: list[Table] = []
    for first in range(0, len(rows), MOST_ROWS):
        table = _Layout(sheet).table(rows[first : first + MOST_ROWS], None if first else header_rows)
        if table is not None:
            tables.append(table)
    sheet.mend(Mend.TABLE_DIVIDED, max(0, len(tables) - 1))
    return tables


class _Layout:
    """Lays out one table."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._cells: list[Cell] = []
        self._free_from: list[int] = []  # for each column the first row that no cell from above reaches
        self._reached = 0  # the first row that no cell reaches in any column
        self._columns = 0
        self._heads: list[bool] = []

    def table(self, rows: Sequence[Sequence[RawCell]], header_rows: int | None) -> Table | None:
        """Return the rows as a table, None where they have no cell."""
        for cells in rows:
            row = len(self._heads)
            if cells:
                self._place(row, cells)
                self._heads.append(all(cell.header for cell in cells))
            elif self._reached > row:
                self._heads.append(False)
        if not self._cells:
            return None
        row_count = len(self._heads)
        cells_fitted = tuple(self._fitted(row_count))
        covered = sum(cell.row_span * cell.column_span for cell in cells_fitted)
        self._sheet.mend(Mend.TABLE_GAPS, row_count * self._columns - covered)
        if header_rows is None:
            header_rows = next((row for row, head in enumerate(self._heads) if not head), 0)
        return Table(
            self._sheet.area,
            row_count=row_count,
            column_count=self._columns,
            cells=cells_fitted,
            header_rows=min(header_rows, row_count),
            placed=False,
        )

    def _place(self, row: int, cells: Sequence[RawCell]) -> None:
        """Give each cell of a row its place."""
        column = 0
        for cell in cells:
            while column < len(self._free_from) and self._free_from[column] > row:
                column += 1
            if column >= MOST_COLUMNS:
                self._overflow(row, cell)
                continue
            width = self._width(row, column, cell.column_span)
            height = max(1, min(cell.row_span, MOST_ROWS))
            self._sheet.mend(Mend.TABLE_SPANS, int(height != cell.row_span))
            self._free_from += [0] * (column + width - len(self._free_from))
            self._free_from[column : column + width] = [row + height] * width
            self._reached = max(self._reached, row + height)
            self._cells.append(Cell(row, column, cell.text, height, width))
            self._columns = max(self._columns, column + 1)
            column += width

    def _width(self, row: int, column: int, wanted: int) -> int:
        """Return over how many columns a cell may go: not past the most, nor over a cell that comes from above."""
        width = max(1, min(wanted, MOST_COLUMNS - column))
        for step in range(1, width):
            if column + step < len(self._free_from) and self._free_from[column + step] > row:
                width = step
                break
        self._sheet.mend(Mend.TABLE_SPANS, int(width != wanted))
        return width

    def _overflow(self, row: int, cell: RawCell) -> None:
        """Put the text of a cell without a place into the last cell that has one."""
        self._sheet.mend(Mend.TABLE_DIVIDED)
        last = self._cells[-1] if self._cells and self._cells[-1].row == row else None
        if cell.text and last is not None and len(last.text) < 10_000:
            text = f"{last.text} {cell.text}".strip()
            self._cells[-1] = Cell(last.row, last.column, text, last.row_span, last.column_span)

    def _fitted(self, row_count: int) -> Iterator[Cell]:
        """End every span at the edges of the grid."""
        for cell in self._cells:
            height = min(cell.row_span, row_count - cell.row)
            width = min(cell.column_span, self._columns - cell.column)
            if (height, width) == (cell.row_span, cell.column_span):
                yield cell
                continue
            self._sheet.mend(Mend.TABLE_SPANS)
            yield Cell(cell.row, cell.column, cell.text, height, width)
