"""The button over the corner of a table that copies it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtWidgets import QToolButton, QWidget


class TableButton(QToolButton):
    """Floats in a viewport; the keyboard has Ctrl+Shift+C instead."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        self._dress()

    def place_at(self, table: QRectF) -> None:
        """Stand over the table's upper right corner, or at the top of the view where that is scrolled away."""
        size, room = self.sizeHint(), self._viewport
        right = min(round(table.right()), room.width() - 4)
        top = max(2, round(table.top()) - size.height() + 4)
        top = min(top, round(table.bottom()) - size.height())
        self.setGeometry(max(0, right - size.width()), top, size.width(), size.height())
        self.show()
        self.raise_()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()

    def _dress(self) -> None:
        self.setText(self.tr("Copy table"))
        self.setToolTip(self.tr("Copy the table, for a spreadsheet or a document (Ctrl+Shift+C)"))
