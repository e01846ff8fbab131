"""The tables of a page as grids: one at a time, with a chooser, to be selected and copied."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QModelIndex, QSaveFile, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.clipboard import is_formula
from desktop.models.tables import TableModel
from desktop.places import Place
from desktop.views.message import Message
from desktop.views.table_doubts import TableDoubts
from desktop.views.table_grid import TableGrid
from engine.errors import OutputNotWritable
from engine.output.blocks import Doubt, PageResult, Table


class TablesView(QWidget):
    """All tables of a page, one at a time."""

    pointed = Signal(object)
    """Place | None: the cell under the mouse."""
    chosen = Signal(object)
    """Place: the cell that was clicked."""
    failed = Signal(object)
    """DiglotError: a table could not be saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._blocks: list[int] = []
        self._tables: list[Table] = []
        self._doubtful: dict[int, dict[tuple[int, int], bool]] = {}
        self._doubts: tuple[Doubt, ...] = ()
        self._chooser = QComboBox()
        self._copy, self._save = QPushButton(), QPushButton()
        self.grid = TableGrid()
        self.doubts = TableDoubts(self.grid)
        self._message = Message()
        self._chooser.currentIndexChanged.connect(self._choose)
        self._copy.clicked.connect(self._copy_whole)
        self._save.clicked.connect(self._ask_where)
        self.grid.entered.connect(lambda index: self.pointed.emit(self._place(index)))
        self.grid.clicked.connect(lambda index: self.chosen.emit(self._place(index)))
        self.grid.opened.connect(self._open_doubt)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._chooser)
        row.addStretch(1)
        row.addWidget(self._copy)
        row.addWidget(self._save)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.grid, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._message)
        self._stack.addWidget(full)
        self._dress()

    def show_result(self, result: PageResult | None) -> None:
        """Show the tables of a page; the same page keeps the table that was chosen."""
        same = result is not None and result.number == self._number
        chosen = max(0, self._chooser.currentIndex()) if same else 0
        self.doubts.forget()
        self._number = result.number if result is not None else 0
        found = [(n, b) for n, b in enumerate(result.blocks if result is not None else ()) if isinstance(b, Table)]
        found = [(index, table) for index, table in found if table.row_count > 0 and table.column_count > 0]
        self._blocks, self._tables = [index for index, _ in found], [table for _, table in found]
        self._doubtful = _doubtful_cells(result)
        self._doubts = result.doubts if result is not None else ()
        self._stack.setCurrentIndex(1 if self._tables else 0)
        self._chooser.blockSignals(True)
        self._chooser.clear()
        self._chooser.addItems(list(self._names()))
        self._chooser.setVisible(len(self._tables) > 1)
        if self._tables:
            chosen = min(chosen, len(self._tables) - 1)
            self._chooser.setCurrentIndex(chosen)
            self._show_table(chosen)
        self._chooser.blockSignals(False)

    def go_to(self, place: Place) -> None:
        """Show the table and the cell that is meant."""
        if place.number != self._number or place.block not in self._blocks:
            return
        self._chooser.setCurrentIndex(self._blocks.index(place.block))
        if place.row is not None and place.column is not None:
            index = self.grid.model().index(place.row, place.column)
            self.grid.scrollTo(index)
            self.grid.setCurrentIndex(index)

    def viewport(self) -> QWidget:
        """Return what the cells stand in, whose points those of `doubts` are."""
        return self.grid.viewport()

    def has_doubt(self, which: int) -> bool:
        """Tell whether one of the page's doubtful words lies in a cell that is shown here."""
        return self._cell_of(which) is not None

    def go_to_doubt(self, which: int | None) -> None:
        """Show the cell of one of the page's doubtful words; None looks at none. `doubts.moved` follows."""
        cell = self._cell_of(which) if which is not None else None
        if cell is None:
            self.doubts.look_at(None)
            return
        block, row, column = cell
        self._chooser.setCurrentIndex(self._blocks.index(block))
        self.doubts.look_at(self.grid.model().index(row, column))

    def _cell_of(self, which: int) -> tuple[int, int, int] | None:
        doubt = self._doubts[which] if which < len(self._doubts) else None
        if doubt is None or doubt.row is None or doubt.column is None or doubt.block not in self._blocks:
            return None
        table = self._tables[self._blocks.index(doubt.block)]
        there = 0 <= doubt.row < table.row_count and 0 <= doubt.column < table.column_count
        return (doubt.block, doubt.row, doubt.column) if there else None

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is pointed at."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def save_csv(self, path: str) -> None:
        """Write the chosen table as CSV, whole or not at all; with a BOM, or Excel takes it for another encoding."""
        file = QSaveFile(path)
        table = self._tables[self._chooser.currentIndex()]
        if file.open(QSaveFile.OpenModeFlag.WriteOnly):
            file.write(table_csv(table).encode("utf-8-sig"))
            if file.commit():
                return
        self.failed.emit(OutputNotWritable(path))

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._tables):
            self._show_table(at)

    def _show_table(self, at: int) -> None:
        self.doubts.forget()
        self.grid.show_table(self._tables[at], self._doubtful.get(self._blocks[at]))

    def _open_doubt(self, row: int, column: int) -> None:
        here = (self._blocks[self._chooser.currentIndex()], row, column)
        for which, doubt in enumerate(self._doubts):
            if (doubt.block, doubt.row, doubt.column) == here:
                self.doubts.chosen.emit(which)
                return

    def _copy_whole(self) -> None:
        self.grid.clearSelection()
        self.grid.copy()

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the table"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("CSV tables (*.csv)"))
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_csv)
        dialog.open()

    def _place(self, index: QModelIndex) -> Place:
        block = self._blocks[self._chooser.currentIndex()]
        model = self.grid.model()
        assert isinstance(model, TableModel)
        cell = model.cell_at(index.row(), index.column())
        line = cell.lines[0] if cell is not None and len(cell.lines) == 1 else None
        return Place(self._number, block, line, index.row(), index.column())

    def _names(self) -> Iterator[str]:
        for count, table in enumerate(self._tables, 1):
            yield self.tr("Table {number} ({rows} × {columns})").format(
                number=count, rows=table.row_count, columns=table.column_count
            )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
            for at, name in enumerate(self._names()):
                self._chooser.setItemText(at, name)

    def _dress(self) -> None:
        self._message.setText(self.tr("There is no table on this page."))
        self._copy.setText(self.tr("Copy table"))
        self._save.setText(self.tr("Save as CSV…"))
        self._chooser.setAccessibleName(self.tr("Which table"))
        self.grid.setAccessibleName(self.tr("Table"))


def _doubtful_cells(result: PageResult | None) -> dict[int, dict[tuple[int, int], bool]]:
    """Return of each table the cells in which a word is in doubt, and whether a mistake does harm there."""
    found: dict[int, dict[tuple[int, int], bool]] = {}
    for doubt in result.doubts if result is not None else ():
        if doubt.row is not None and doubt.column is not None:
            cells = found.setdefault(doubt.block, {})
            cells[doubt.row, doubt.column] = cells.get((doubt.row, doubt.column), False) or doubt.grave
    return found


def table_csv(table: Table) -> str:
    """Return a table as CSV with Windows line ends; what a spreadsheet might run gets the apostrophe for text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in table.rows():
        writer.writerow(["'" + text.lstrip() if is_formula(text) else text for text in row])
    return out.getvalue()
