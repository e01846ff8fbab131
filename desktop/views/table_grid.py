"""The grid of one table: cells merged as on the page, drawn fast, and copied as a table."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop import clipboard
from desktop.models.tables import TableModel, looks_numeric
from desktop.views.reading_style import Ink
from engine.output.blocks import Cell, Table

ROWS_MEASURED = 20
"""Widths and heights are taken from so many rows: a long table must not hold up the window."""
WIDEST_COLUMN = 360
PAD_ACROSS, PAD_DOWN = 6, 3
TALLEST = 10_000
_DASHES = Qt.PenStyle.DashLine
_BELOW = QPoint(0, 1)


class CellDelegate(QStyledItemDelegate):
    """Draws cells as plain text: Qt's own way asks the model ten times a cell and the style three times."""

    def __init__(self, grid: QTableView) -> None:
        super().__init__(grid)
        self._rule: tuple[int, QColor] | None = None

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        palette: QPalette = option.palette
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(area, palette.highlight())
        painter.setPen(self._rule_colour(palette))
        painter.drawLine(area.topRight(), area.bottomRight())
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        cell = _cell(index)
        if cell is not None and cell.text:
            painter.setFont(self._font(option, index, cell))
            room = area.adjusted(PAD_ACROSS, PAD_DOWN, -PAD_ACROSS, -PAD_DOWN)
            doubtful = _doubt(index)
            if doubtful is not None:
                words = painter.boundingRect(room, _flags(cell), cell.text)
                _mark(painter, words, Ink.of(palette), grave=doubtful, tinted=not selected)
            painter.setPen(palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text))
            painter.drawText(room, _flags(cell), cell.text)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(palette.color(QPalette.ColorRole.Text))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0, 0, -1, -1))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the room that a cell needs; for its height, in the width its column has."""
        cell = _cell(index)
        if cell is None:
            return QSize(0, 0)
        metrics = QFontMetrics(self._font(option, index, cell))
        area: QRect = option.rect
        width = area.width() - 2 * PAD_ACROSS if area.width() > 0 else TALLEST
        needed = metrics.boundingRect(QRect(0, 0, width, TALLEST), _flags(cell), cell.text)
        return QSize(needed.width() + 2 * PAD_ACROSS + 2, max(needed.height(), metrics.height()) + 2 * PAD_DOWN)

    def _rule_colour(self, palette: QPalette) -> QColor:
        if self._rule is None or self._rule[0] != palette.cacheKey():
            self._rule = palette.cacheKey(), Ink.of(palette).rule
        return self._rule[1]

    def _font(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, cell: Cell) -> QFont:
        font: QFont = option.font
        model = index.model()
        if isinstance(model, TableModel) and cell.row < model.table.header_rows:
            font = QFont(font)
            font.setBold(True)
        return font


def _cell(index: QModelIndex | QPersistentModelIndex) -> Cell | None:
    model = index.model()
    return model.cell_of(index) if isinstance(model, TableModel) else None


def _doubt(index: QModelIndex | QPersistentModelIndex) -> bool | None:
    model = index.model()
    return model.doubtful.get((index.row(), index.column())) if isinstance(model, TableModel) else None


def _mark(painter: QPainter, words: QRect, ink: Ink, *, grave: bool, tinted: bool) -> None:
    """Draw below the words of a cell what tells in the text that one of them is in doubt."""
    if grave and tinted:
        painter.fillRect(words.adjusted(-2, 0, 2, 1), ink.grave_ground)
    painter.setPen(QPen(ink.grave if grave else ink.doubt, 1.5, Qt.PenStyle.SolidLine if grave else _DASHES))
    painter.drawLine(words.bottomLeft() + _BELOW, words.bottomRight() + _BELOW)


def _flags(cell: Cell) -> int:
    across = Qt.AlignmentFlag.AlignRight if looks_numeric(cell.text) else Qt.AlignmentFlag.AlignLeft
    return int(across | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)


class TableGrid(QTableView):
    """One table: merged cells are merged here too, and what is selected is copied as a table."""

    opened = Signal(int, int)
    """Row and column of a cell in doubt that is to be looked at: by a double click, by Enter, by its menu."""
    shifted = Signal()
    """The cells stand elsewhere in the view now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setItemDelegate(CellDelegate(self))
        self.doubleClicked.connect(self._open)
        self.setShowGrid(False)  # the style's own rules cannot be seen on a dark ground
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setResizeContentsPrecision(ROWS_MEASURED)
            header.setHighlightSections(False)
            header.sectionResized.connect(self.shifted)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.shifted)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def show_table(self, table: Table, doubtful: Mapping[tuple[int, int], bool] | None = None) -> None:
        """Show a table; `doubtful` as in `TableModel`."""
        old = self.model()
        self.clearSpans()
        model = TableModel(table, self, doubtful=doubtful)
        self.setModel(model)
        if old is not None:
            old.deleteLater()
        for cell in model.spans():
            self.setSpan(cell.row, cell.column, cell.row_span, cell.column_span)
        self.resizeColumnsToContents()
        for column in range(min(model.columnCount(), 100)):
            if self.columnWidth(column) > WIDEST_COLUMN:
                self.setColumnWidth(column, WIDEST_COLUMN)
        for row in range(min(model.rowCount(), ROWS_MEASURED)):
            self.resizeRowToContents(row)

    def selected_area(self) -> clipboard.Area | None:
        """Return what is selected, drawn out to whole merged cells."""
        indexes = self.selectedIndexes()
        if not indexes:
            return None
        rows, columns = [index.row() for index in indexes], [index.column() for index in indexes]
        return clipboard.Area(min(rows), min(columns), max(rows), max(columns))

    def copy(self) -> None:
        """Copy the selected cells, or the whole table where none is selected."""
        model = self.model()
        if isinstance(model, TableModel):
            QGuiApplication.clipboard().setMimeData(clipboard.table_to_mime(model.table, self.selected_area()))

    def _open(self, index: QModelIndex) -> None:
        if _doubt(index) is not None:
            self.opened.emit(index.row(), index.column())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that the cells stand elsewhere."""
        super().resizeEvent(event)
        self.shifted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with the usual key; Qt's own would copy one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer copying and selecting."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if _doubt(index) is not None:
            menu.addAction(self.tr("Compare with the page"), lambda: self._open(index))
            menu.addSeparator()
        menu.addAction(self.tr("Copy"), QKeySequence.StandardKey.Copy, self.copy)
        menu.addAction(self.tr("Select all"), QKeySequence.StandardKey.SelectAll, self.selectAll)
        menu.popup(event.globalPos())
