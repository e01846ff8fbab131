"""The fields of a page as a Qt model: name, value, and whether the value was found on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.output.blocks import Box, Cell, FieldValue, Table

Index = QModelIndex | QPersistentModelIndex
COLUMNS = 3
NAME, VALUE, PLACE = range(COLUMNS)


class FieldsModel(QAbstractTableModel):
    """One row a field."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields: Sequence[FieldValue] = ()

    def show_fields(self, fields: Sequence[FieldValue]) -> None:
        """Show these fields."""
        if fields != self._fields:
            self.beginResetModel()
            self._fields = fields
            self.endResetModel()

    def field(self, row: int) -> FieldValue:
        """Return the field in a row."""
        return self._fields[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Count the fields."""
        return 0 if parent.isValid() else len(self._fields)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many columns there are."""
        return 0 if parent.isValid() else COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a name, a value, or whether the value was found on the page."""
        if not index.isValid() or index.row() >= len(self._fields):
            return None
        field = self._fields[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(field, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == PLACE and field.box is not None:
            return self.tr("Click to see it on the page")
        return None

    def text(self, field: FieldValue, column: int) -> str:
        """Return the words of one cell."""
        if column == NAME:
            return field.name
        if column == VALUE:
            return field.value if field.value is not None else self.tr("not on this page")
        if field.value is None:
            return ""
        return self.tr("marked on the page") if field.box is not None else self.tr("place not found")

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Name the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (self.tr("Field"), self.tr("Value"), self.tr("Place"))[section]

    def as_table(self) -> Table:
        """Return names and values as a table to be copied; a field that is not on the page has an empty value."""
        cells = tuple(self._cells())
        return Table(Box(0, 0, 0, 0), (), len(self._fields), 2, cells)

    def _cells(self) -> Iterator[Cell]:
        for row, field in enumerate(self._fields):
            yield Cell(row, 0, field.name)
            yield Cell(row, 1, field.value or "")
