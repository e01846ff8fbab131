"""One table of a page as a Qt model: cells with spans, header rows in bold, numbers to the right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from engine.output.blocks import Cell, Table

Index = QModelIndex | QPersistentModelIndex

_NUMERIC = re.compile(r"[-+(]?\s*[$€£¥￥]?\s*[\d][\d\s.,]*\s*[%€£¥元]?\)?")

_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def looks_numeric(text: str) -> bool:
    """Tell whether a cell reads best when set to the right."""
    return _NUMERIC.fullmatch(text.strip()) is not None


class TableModel(QAbstractTableModel):
    """The grid of one table; a merged cell's text stands at its first place.

    `doubtful` are the cells, by row and column, in which a word is in doubt, and whether a mistake does harm there.
    """

    def __init__(
        self, table: Table, parent: QObject | None = None, *, doubtful: Mapping[tuple[int, int], bool] | None = None
    ) -> None:
        super().__init__(parent)
        self.table = table
        self.doubtful = doubtful or {}
        self._cells: dict[tuple[int, int], Cell] = {(cell.row, cell.column): cell for cell in table.cells}
        self._spans = [cell for cell in table.cells if cell.row_span > 1 or cell.column_span > 1]
        self._header_font = QFont()
        self._header_font.setBold(True)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the rows of the grid."""
        return 0 if parent.isValid() else self.table.row_count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the columns of the grid."""
        return 0 if parent.isValid() else self.table.column_count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, how it is set, and in what font."""
        if role not in _ROLES:
            return None  # a view asks for ten roles of every cell it paints
        cell = self._cells.get((index.row(), index.column()))
        if cell is None:
            return None
        if role == Qt.ItemDataRole.FontRole:
            return self._header_font if cell.row < self.table.header_rows else None
        if role == Qt.ItemDataRole.ToolTipRole:
            if (index.row(), index.column()) not in self.doubtful:
                return None
            return self.tr("A word here needs a look. A double click or Enter compares it with the page.")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if looks_numeric(cell.text) else _LEFT
        return cell.text

    def cell_of(self, index: Index) -> Cell | None:
        """Return the cell that begins at an index, for those who paint it: ten questions in one."""
        return self._cells.get((index.row(), index.column()))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Name columns A, B, C and rows 1, 2, 3, as spreadsheets do."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return column_letters(section) if orientation == Qt.Orientation.Horizontal else str(section + 1)

    def spans(self) -> list[Cell]:
        """Return the cells that cover more than one place."""
        return self._spans

    def cell_at(self, row: int, column: int) -> Cell | None:
        """Return the cell that stands or reaches there, None where the table has none."""
        cell = self._cells.get((row, column))
        if cell is not None:
            return cell
        for cell in self._spans:
            if cell.row <= row < cell.row + cell.row_span and cell.column <= column < cell.column + cell.column_span:
                return cell
        return None


def column_letters(column: int) -> str:
    """Return A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
