"""Scrolling as in other viewers: by keys, by touchpad, and by the hand that takes hold of the pages."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget


class HandScroll(QAbstractScrollArea):
    """Knows nothing of what it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._pan_from: QPoint | None = None
        self._space_down = self._space_used = False
        self._focus_by_key = False  # the frame of the focus is drawn for those who came by keyboard

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, by the pixel where the device knows how many."""
        pixels = event.pixelDelta()
        if pixels.isNull():
            super().wheelEvent(event)  # a wheel with notches
            return
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - pixels.x())
        down.setValue(down.value() - pixels.y())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll by keys; the space bar takes the hand."""
        bar = self.verticalScrollBar()
        key = event.key()
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space_down, self._space_used = True, False
                self._show_cursor()
        elif key == Qt.Key.Key_PageDown:
            bar.setValue(bar.value() + bar.pageStep())
        elif key == Qt.Key.Key_PageUp:
            bar.setValue(bar.value() - bar.pageStep())
        elif key == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        elif key == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        else:
            super().keyPressEvent(event)  # the arrows

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Give the hand back; a space bar that moved nothing goes a page on."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            super().keyReleaseEvent(event)
            return
        if self._space_down and not self._space_used:  # not held to pan: a page on, as in other viewers
            bar = self.verticalScrollBar()
            step = -bar.pageStep() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else bar.pageStep()
            bar.setValue(bar.value() + step)
        self._space_down = False
        self._show_cursor()

    def _pan_to(self, now: QPoint) -> None:
        """Move the pages with the hand."""
        assert self._pan_from is not None
        moved, self._pan_from = now - self._pan_from, now
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - moved.x())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - moved.y())

    def _show_cursor(self) -> None:
        """Show what the mouse would do here."""
        if self._pan_from is not None:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_down:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the pages by the hand: the middle button, or any while the space bar is down."""
        if event.button() == Qt.MouseButton.MiddleButton or self._space_down:
            self._pan_from, self._space_used = event.position().toPoint(), True
            self._show_cursor()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the pages with the hand."""
        if self._pan_from is not None:
            self._pan_to(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._pan_from = None
        self._show_cursor()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus to whoever moves it by keyboard."""
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self._focus_by_key = event.reason() in by_key
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of everything that was held."""
        self._space_down, self._pan_from, self._focus_by_key = False, None, False
        super().focusOutEvent(event)
        self.viewport().update()
