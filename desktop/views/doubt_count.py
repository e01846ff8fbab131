"""How many words of the page need a look, as a button that goes to the first of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from desktop.doubt_words import count_words
from desktop.views.reading_style import Ink

PAD = 8


class DoubtCount(QToolButton):
    """Not there where no word is in doubt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.setAutoRaise(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.show_count(0)

    def sizeHint(self) -> QSize:
        """Ask for room for all the words."""
        self.ensurePolished()
        return QSize(
            self.fontMetrics().horizontalAdvance(count_words(self._count)) + 2 * PAD, super().sizeHint().height()
        )

    def minimumSizeHint(self) -> QSize:
        """Be content with room for the number."""
        number = self.fontMetrics().horizontalAdvance(self._short())
        return QSize(number + 2 * PAD, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the number alone where there is no room for more."""
        super().resizeEvent(event)
        self._write()

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
        self._write()
        self.setAccessibleName(count_words(self._count))
        self.setToolTip(f"{count_words(self._count)} – " + self.tr("Go through them (F7)"))
        self._tint()
        self.updateGeometry()

    def _short(self) -> str:
        return f"⚠ {self._count}"

    def _write(self) -> None:
        words = count_words(self._count) if self.width() >= self.sizeHint().width() else self._short()
        if self.text() != words:
            self.setText(words)
