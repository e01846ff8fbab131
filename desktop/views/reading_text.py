"""The widget that shows a page's reading: selecting, copying, pointing at blocks, lines and cells, lighting them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextEdit, QWidget

from desktop import clipboard
from desktop.places import Hit, Place
from desktop.views.gentle_scroll import GentleScroll
from desktop.views.hovered_table import HoveredTable
from desktop.views.reading_copy import pieces_of_selection
from desktop.views.reading_document import InertDocument, ReadingDocument
from desktop.views.reading_geometry import place_at, rect_of, rect_of_range
from desktop.views.reading_marks import hit_selections, paint_lit
from desktop.views.reading_press import ReadingPress
from desktop.views.reading_style import Ink
from desktop.views.text_doubts import TextDoubts
from engine.output.blocks import PageResult

MARGIN_EM = 1.6
TEXT_WIDTH_EM = 46
"""Longer lines are hard to follow back."""


class ReadingText(QTextEdit):
    """A page's reading, to be read, selected and copied; it edits nothing, loads nothing and opens nothing."""

    pointed = Signal(object)
    """Place | None: what is under the mouse."""
    chosen = Signal(object)
    """Place: what was clicked."""
    put_back_asked = Signal(object)
    """Place: what was read shall stand there again."""
    zoomed = Signal(int)
    """1 for larger letters, -1 for smaller ones, 0 for the usual size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.margin_em = MARGIN_EM
        self.is_corrected: Callable[[Place], bool] = lambda _place: False
        """Tells whether the person wrote what stands at a place."""
        self._reading: ReadingDocument | None = None
        self._press = ReadingPress(self)
        self._press.made.connect(self._show)
        self._hits: tuple[Sequence[Hit], Hit | None] = (), None
        self._wanted: Place | Hit | int | None = None  # to be brought into view when its document is there
        self._lit: Place | None = None
        self._under: Place | None = None
        self._pressed_at: QPoint | None = None
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        # A bar that comes and goes would change the width and lay everything out twice.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self._scroll = GentleScroll(self)
        self.doubts = TextDoubts(self)
        self._scroll.arrived.connect(self.doubts.tell)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.table = HoveredTable(self)
        shortcut = QShortcut(QKeySequence("Ctrl+Shift+C"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda: self.table.copy())
        self._dress()

    # -- what is shown

    @property
    def reading(self) -> ReadingDocument | None:
        """The document in view and its map."""
        return self._reading

    def show_result(self, result: PageResult, font: QFont) -> None:
        """Show a page, at once or in some turns of the loop. The same page shown again keeps the place in the text."""
        self._wanted = None
        self._press.make(result, font, Ink.of(self.palette()))

    def _show(self, reading: ReadingDocument) -> None:
        same = self._reading is not None and self._reading.result.number == reading.result.number
        scroll = self.verticalScrollBar().value() if same else 0
        self._scroll.stop()
        self._reading, self._under = reading, None
        self.doubts.show(reading)
        self.table.show(reading)
        self._set_margins(reading)
        reading.document.setTextWidth(self.viewport().width())
        reading.document.setParent(self)
        old = self.document()
        self.setDocument(reading.document)
        if isinstance(old, InertDocument):
            old.deleteLater()
        self._mark_hits()
        self.verticalScrollBar().setValue(scroll)
        wanted, self._wanted = self._wanted, None
        if isinstance(wanted, Place):
            self.go_to(wanted)
        elif isinstance(wanted, int):
            self.go_to_doubt(wanted)
        elif wanted is not None:
            self.go_to_hit(wanted)

    def set_hits(self, hits: Sequence[Hit], current: Hit | None) -> None:
        """Mark what was found on this page."""
        self._hits = hits, current
        self._mark_hits()

    def _mark_hits(self) -> None:
        hits, current = self._hits
        marks = hit_selections(self._reading, hits, current, self.palette()) if self._reading is not None else []
        self.setExtraSelections([*marks, *self.doubts.selections()])

    def light(self, place: Place | None) -> None:
        """Tint a block, a cell and a line, or nothing; nothing moves."""
        if place != self._lit:
            self._lit = place
            self.viewport().update()

    def go_to(self, place: Place) -> None:
        """Bring a place into view, gently, and only as far as needed."""
        if self._press.busy:
            self._wanted = place
            return
        self._scroll.bring(rect_of(self._reading, place) if self._reading is not None else None)

    def go_to_hit(self, hit: Hit) -> None:
        """Bring what was found into view."""
        if self._press.busy:
            self._wanted = hit
            return
        found = self._reading.range_of_hit(hit) if self._reading is not None else None
        if found is not None and self._reading is not None:
            self._scroll.bring(rect_of_range(self._reading, *found))

    def go_to_doubt(self, index: int | None) -> None:
        """Mark one of the page's doubtful words and bring it into view; None marks none. `doubts.moved` follows."""
        if self._press.busy and index is not None:
            self._wanted = index
            return
        self.doubts.current = index
        self._mark_hits()
        found = self.doubts.range_of(index)
        if found is not None and self._reading is not None:
            self._scroll.bring(rect_of_range(self._reading, *found))
        self._tell_doubt()

    def _tell_doubt(self) -> None:
        if not self._scroll.sliding:
            self.doubts.tell()

    def _scrolled(self) -> None:
        self.table.place_button()
        self._tell_doubt()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return nothing: the reading has no pictures and no style sheets."""
        return None

    def place_under(self, point: QPoint) -> Place | None:
        """Return the block, line and cell under a point of the viewport."""
        if self._reading is None:
            return None
        at = QPointF(point.x() + self.horizontalScrollBar().value(), point.y() + self.verticalScrollBar().value())
        return place_at(self._reading, at)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and over it the tint of what is lit."""
        super().paintEvent(event)
        if self._lit is None or self._reading is None:
            return
        painter = QPainter(self.viewport())
        painter.translate(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        paint_lit(painter, self._reading, self._lit, self.palette().color(QPalette.ColorRole.Highlight))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines of a readable length in wide windows."""
        if self._reading is not None:
            self._set_margins(self._reading)
        super().resizeEvent(event)
        self._scrolled()

    def _set_margins(self, reading: ReadingDocument) -> None:
        em = self.fontMetrics().height() / 1.2
        free = self.viewport().width() - TEXT_WIDTH_EM * em
        reading.document.set_margins(math.floor(max(self.margin_em * em, free / 2)), MARGIN_EM * em)
        reading.fit_tables(self.viewport().width())

    # -- the mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is pointed at, unless text is being selected."""
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            here = event.position().toPoint()
            self._point(self.place_under(here))
            over_doubt = self.doubts.under(here) is not None
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over_doubt else Qt.CursorShape.IBeamCursor)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is pointed at."""
        super().leaveEvent(event)
        if not self.table.button.underMouse():
            self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click began: a drag selects and chooses nothing."""
        super().mousePressEvent(event)
        self._pressed_at = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked."""
        super().mouseReleaseEvent(event)
        here, start = event.position().toPoint(), self._pressed_at
        self._pressed_at = None
        drag = QGuiApplication.styleHints().startDragDistance()
        if start is None or (here - start).manhattanLength() >= drag or self.textCursor().hasSelection():
            return
        place = self.place_under(here)
        if place is not None:
            self.chosen.emit(place)
        doubt = self.doubts.under(here)
        if doubt is not None:
            self.doubts.chosen.emit(doubt)

    def _point(self, place: Place | None) -> None:
        if place != self._under:
            self._under = place
            self.pointed.emit(place)
        self.table.point_at(place.block if place is not None else None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Make the letters larger or smaller with Ctrl, as everywhere."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    # -- copying

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return what is selected as our own HTML and plain text."""
        if self._reading is None or not self.textCursor().hasSelection():
            return QMimeData()
        return clipboard.pieces_to_mime(pieces_of_selection(self._reading, self.textCursor()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done here."""
        self.menu_at(event.pos()).popup(event.globalPos())

    def menu_at(self, point: QPoint) -> QMenu:
        """Return the menu for a point of the view: copying, and what was read, where it was corrected."""
        place = self.place_under(point)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy"), QKeySequence.StandardKey.Copy, self.copy)
        copy.setEnabled(self.textCursor().hasSelection())
        if self._reading is not None and self._reading.result.tables:
            block = place.block if place is not None and place.row is not None else None
            menu.addAction(self.tr("Copy table"), QKeySequence("Ctrl+Shift+C"), lambda: self.table.copy(block))
        if place is not None and self.is_corrected(place):
            menu.addAction(self.tr("Put back what was read"), lambda: self.put_back_asked.emit(place))
        menu.addSeparator()
        menu.addAction(self.tr("Select all"), QKeySequence.StandardKey.SelectAll, self.selectAll)
        return menu

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()

    def _dress(self) -> None:
        self.setAccessibleName(self.tr("Text of the page"))
