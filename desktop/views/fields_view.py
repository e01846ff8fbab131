"""The fields that a person asked for: their values, where they stand on the page, and ways to take them elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop import clipboard
from desktop.models.fields import NAME, PLACE, VALUE, FieldsModel
from desktop.places import Hit, Place
from desktop.views.reading_marks import hit_colours
from engine.output.blocks import PageResult

PAD_ACROSS, PAD_DOWN = 4, 4
Index = QModelIndex | QPersistentModelIndex


class FieldsView(QWidget):
    """A table of names and values; pointing at one shows it on the page."""

    pointed = Signal(object)
    """Place | None: the value under the mouse."""
    chosen = Signal(object)
    """Place: the value that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self.model = FieldsModel(self)
        self.table = _Table(self.model)
        self._copy = QPushButton()
        self._copy.clicked.connect(self.table.copy_all)
        self.table.entered.connect(lambda index: self.pointed.emit(self._place(index)))
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.addStretch(1)
        row.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self._dress()

    def show_result(self, result: PageResult | None) -> None:
        """Show the fields of a page."""
        self._number = result.number if result is not None else 0
        self.model.show_fields(result.fields if result is not None else ())
        self.table.fit()

    def set_hits(self, hits: Sequence[Hit], current: Hit | None) -> None:
        """Mark the values in which something was found."""
        self.table.set_hits({hit.spot.at: hit == current for hit in hits if hit.spot is not None})

    def go_to_hit(self, hit: Hit) -> None:
        """Bring the value into view in which something was found."""
        if hit.number == self._number and hit.spot is not None:
            self.table.scrollTo(self.model.index(hit.spot.at, VALUE))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is pointed at."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _choose(self, index: QModelIndex) -> None:
        place = self._place(index)
        if place is not None:
            self.chosen.emit(place)

    def _place(self, index: QModelIndex) -> Place | None:
        box = self.model.field(index.row()).box
        return Place(self._number, box=box) if box is not None else None

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()

    def _dress(self) -> None:
        self.table.setAccessibleName(self.tr("Fields"))
        self._copy.setText(self.tr("Copy all"))
        self._copy.setToolTip(self.tr("Copy names and values, for a spreadsheet"))


class _Table(QTableView):
    def __init__(self, model: FieldsModel) -> None:
        super().__init__()
        self._fields = model
        self.setModel(model)
        self._found = _Delegate(self)
        self.setItemDelegate(self._found)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PLACE, QHeaderView.ResizeMode.ResizeToContents)

    def fit(self) -> None:
        """Give the names the room they need, and no more than a third of what there is."""
        self.setColumnWidth(NAME, max(80, min(self.sizeHintForColumn(NAME) + 16, max(120, self.width() // 3))))

    def set_hits(self, rows: Mapping[int, bool]) -> None:
        """Mark the values of these rows; of each it is told whether the person is there."""
        if rows != self._found.rows:
            self._found.rows = rows
            self.viewport().update()

    def copy_all(self) -> None:
        """Copy all names and values as a table."""
        QGuiApplication.clipboard().setMimeData(clipboard.table_to_mime(self._fields.as_table()))

    def copy(self) -> None:
        """Copy the selected cells; all where none is selected."""
        indexes = [index for index in self.selectedIndexes() if index.column() != PLACE]
        if not indexes:
            self.copy_all()
            return
        rows, columns = [index.row() for index in indexes], [index.column() for index in indexes]
        area = clipboard.Area(min(rows), min(columns), max(rows), max(columns))
        if len(indexes) == 1:
            field = self._fields.field(rows[0])
            words = field.name if columns[0] == NAME else field.value or ""
            QGuiApplication.clipboard().setMimeData(clipboard.pieces_to_mime([clipboard.Words(words)]))
        else:
            QGuiApplication.clipboard().setMimeData(clipboard.table_to_mime(self._fields.as_table(), area))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with the usual key; Qt's own would copy one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer copying."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy"), QKeySequence.StandardKey.Copy, self.copy)
        menu.addAction(self.tr("Copy all"), self.copy_all)
        menu.popup(event.globalPos())


class _Delegate(QStyledItemDelegate):
    """Draws plain text; what is missing, and where things are, in quieter ink than the values.

    `rows` are those in whose values something was found, and whether the person is there.
    """

    def __init__(self, parent: QTableView) -> None:
        super().__init__(parent)
        self.rows: Mapping[int, bool] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Give a cell some air."""
        size = super().sizeHint(option, index)
        return QSize(size.width() + 2 * PAD_ACROSS, size.height() + 2 * PAD_DOWN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground as wide as the cell, and the words within its air."""
        filled = QStyleOptionViewItem(option)
        self.initStyleOption(filled, index)
        style, widget = option.widget.style(), option.widget
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, filled, painter, widget)
        filled.rect = filled.rect.adjusted(PAD_ACROSS, PAD_DOWN, -PAD_ACROSS, -PAD_DOWN)
        filled.backgroundBrush = QBrush()
        filled.features &= ~QStyleOptionViewItem.ViewItemFeature.Alternate
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, filled, painter, widget)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Set a cell's ink and its room."""
        super().initStyleOption(option, index)
        model = index.model()
        if isinstance(model, FieldsModel):
            missing = index.column() == VALUE and model.field(index.row()).value is None
            if missing or index.column() == PLACE:
                quiet = option.palette.color(QPalette.ColorRole.PlaceholderText)
                option.palette.setColor(QPalette.ColorRole.Text, quiet)
            if index.column() == VALUE and index.row() in self.rows:
                ground, ink = hit_colours(option.palette, current=self.rows[index.row()])
                option.backgroundBrush = QBrush(ground)
                option.palette.setColor(QPalette.ColorRole.Text, ink)
