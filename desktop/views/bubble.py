"""Bubble: a small pane beside a word, over the window's other parts; what is asked in it is its subclass's business."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QWidget

from desktop.bubble_place import Side, Spot, place_bubble
from desktop.theme import is_dark

EDGE = 9
"""Around the bubble, for its shadow and for the tip that points at the word."""
ROUND = 8
WIDTH = 410


class Bubble(QFrame):
    """Stands beside its word and never on it. Esc and a click elsewhere close it; then the keyboard goes back."""

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._open = False
        self._word: QRect | None = None
        self._side = Side.BELOW
        self._back: QWidget | None = None
        self.hide()

    def open(self) -> None:
        """Be ready to be seen: `stand_at` shows it."""
        self._open = True

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed; it may be out of sight with its word."""
        return self._open

    def stand_at(self, word: QRect | None) -> None:
        """Stand beside a word, given in the window's coordinates; without one, or room for it, wait out of sight."""
        if not self._open:
            return
        spot = self._spot(word) if word is not None else None
        if spot is None:
            self.hide()
            return
        appears = not self.isVisible()
        self._word, self._side = word, spot.side
        self.setGeometry(spot.rect)
        self.show()
        self.raise_()
        self.update()
        if appears:
            self._take_keyboard()

    def close(self) -> bool:
        """Go away, and give the keyboard back to who had it."""
        if not self._open:
            return True
        self._open, self._word = False, None
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # there is one, or no widgets
        focused, back = QApplication.focusWidget(), self._back
        self._back = None
        if focused is not None and self.isAncestorOf(focused) and back is not None and back.isVisible():
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.closed.emit()
        return True

    # -- for the subclass

    def first_to_focus(self) -> QWidget:
        """Return the part that gets the keyboard."""
        return self

    def set_spacious(self, spacious: bool) -> None:
        """Show everything, or only what is needed, where there is little room."""

    # -- inside

    def _spot(self, word: QRect) -> Spot | None:
        room, layout = self._window.rect(), self.layout()
        for spacious in (True, False):
            self.set_spacious(spacious)
            if layout is None:
                continue
            layout.invalidate()
            width = min(room.width(), max(WIDTH, layout.minimumSize().width()))
            found = place_bubble(word, QSize(width, layout.totalHeightForWidth(width)), room)
            if found is not None:
                return found
        return None

    def _take_keyboard(self) -> None:
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self._back = focused
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one, or no widgets
        self.first_to_focus().setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close at a click elsewhere in the window; the click is not taken from whom it is for."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and self.isVisible():
            inside = self.rect().contains(self.mapFromGlobal(event.globalPosition().toPoint()))
            if isinstance(watched, QWidget) and watched.window() is self._window and not inside:
                self.close()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc, press the button in focus with Enter; what else is pressed is not for the views below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif self._open and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QAbstractButton):
                focused.click()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a soft shadow, the ground, and the tip that points at the word."""
        del event
        dark = is_dark(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 22 if dark else 9))
        for grown in range(1, EDGE - 2):
            painter.drawRoundedRect(body.adjusted(-grown, 2 - grown, grown, grown + 2), ROUND + grown, ROUND + grown)
        shape = QPainterPath()
        shape.addRoundedRect(body, ROUND, ROUND)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Light if dark else QPalette.ColorRole.Mid), 1))
        painter.drawPath(shape.united(self._tip(body)))

    def _tip(self, body: QRectF) -> QPainterPath:
        path = QPainterPath()
        if self._word is None:
            return path
        at = QPointF(self.mapFrom(self._window, self._word.center()))
        x = max(body.left() + 2 * ROUND, min(at.x(), body.right() - 2 * ROUND))
        y = max(body.top() + 2 * ROUND, min(at.y(), body.bottom() - 2 * ROUND))
        foot, out = {
            Side.BELOW: (QPointF(x, body.top() + 1), QPointF(0, -EDGE)),
            Side.ABOVE: (QPointF(x, body.bottom() - 1), QPointF(0, EDGE)),
            Side.RIGHT: (QPointF(body.left() + 1, y), QPointF(-EDGE, 0)),
            Side.LEFT: (QPointF(body.right() - 1, y), QPointF(EDGE, 0)),
        }[self._side]
        along = QPointF(out.y(), out.x())
        path.addPolygon(QPolygonF([foot + along, foot + out, foot - along, foot + along]))
        return path
