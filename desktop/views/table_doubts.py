"""TableDoubts: the cell of the shown grid whose doubtful word is looked at, and where it stands."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Signal

from desktop.views.table_grid import TableGrid


class TableDoubts(QObject):
    """Belongs to a grid, and tells of its cells what `TextDoubts` tells of words; points are those of its viewport."""

    chosen = Signal(int)
    """Which of the page's doubtful words: the first of a cell that was opened."""
    moved = Signal()
    """The cell that is looked at has come into view, or stands elsewhere in it now."""
    gone = Signal()
    """The grid shows something else: no cell is looked at any more."""

    def __init__(self, grid: TableGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._at: QPersistentModelIndex | None = None
        grid.shifted.connect(self._tell)

    @property
    def shows_current(self) -> bool:
        """Whether the grid has the cell that is looked at: it shows every cell, if perhaps out of sight."""
        return self._at is not None and self._at.isValid()

    def look_at(self, index: QModelIndex | None) -> None:
        """Look at a cell, which is brought into view, or at none."""
        self._at = QPersistentModelIndex(index) if index is not None and index.isValid() else None
        if index is not None and self._at is not None:
            self._grid.scrollTo(index)
            self._grid.setCurrentIndex(index)
            self._tell()

    def forget(self) -> None:
        """Note that the grid shows something else."""
        looked, self._at = self._at is not None, None
        if looked:
            self.gone.emit()

    def rect(self) -> QRect | None:
        """Return what can be seen of the cell that is looked at, None where that is nothing."""
        if self._at is None or not self._at.isValid():
            return None
        cell = self._grid.visualRect(self._at.sibling(self._at.row(), self._at.column()))
        seen = cell.intersected(self._grid.viewport().rect())
        return seen if not seen.isEmpty() else None

    def _tell(self) -> None:
        if self._at is not None:
            self.moved.emit()
