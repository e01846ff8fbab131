"""How many words of the page need a look, as a button that goes to the first of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolButton, QWidget

from desktop.doubt_words import count_words
from desktop.views.reading_style import Ink


class DoubtCount(QToolButton):
    """Not there where no word is in doubt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.setAutoRaise(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Say how many there are."""
        self._count = count
        self._dress()
        self.setVisible(count > 0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        palette, ink = self.palette(), Ink.of(self.palette()).doubt
        if palette.color(QPalette.ColorRole.ButtonText) != ink:
            palette.setColor(QPalette.ColorRole.ButtonText, ink)
            self.setPalette(palette)

    def _dress(self) -> None:
        self.setText(count_words(self._count))
        self.setAccessibleName(self.text())
        self.setToolTip(self.tr("Go through them (F7)"))
        self._tint()
