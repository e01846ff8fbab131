"""What a person should know about a reading, in a row above it, and the other ways in which the page can be read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.mended_words import mended_words
from desktop.words import warning_words
from engine.output.blocks import PageResult, WarningCode
from engine.tasks.task import NOT_IN_PLAIN, Task, Way

BUILT_IN = ("cpu", "text")
"""Readers that know one way only."""
WAYS: dict[WarningCode, tuple[Way, ...]] = {
    WarningCode.LOOPED: (Way.PLAIN, Way.SMALLER, Way.HALVES),
    WarningCode.CUT_OFF: (Way.PLAIN, Way.SMALLER, Way.HALVES),
    WarningCode.NOTHING_FOUND: (Way.PLAIN, Way.SMALLER, Way.HALVES),
    WarningCode.SHRUNK: (Way.HALVES,),
}
"""What may help against what."""


def ways_for(result: PageResult) -> tuple[Way, ...]:
    """Return the ways in which a page is worth reading again, none where a built-in reader read it or all is well."""
    if result.reader in BUILT_IN:
        return ()
    useful = {way for warning in result.warnings for way in WAYS.get(warning.code, ())}
    if result.task == Task.TEXT or result.task in NOT_IN_PLAIN:
        useful.discard(Way.PLAIN)  # that is what was asked already, or no answer to it
    return tuple(way for way in (Way.PLAIN, Way.SMALLER, Way.HALVES) if way in useful)


def said_of(result: PageResult) -> list[str]:
    """Return what is to be said of a reading, each thing once, what is wrong before what was put right."""
    said = []
    for warning in result.warnings:
        if warning.code is WarningCode.NOTHING_FOUND and result.reader in BUILT_IN:
            continue  # that is said in the place of the text
        if warning.code is not WarningCode.MENDED:
            said.append(f"⚠ {warning_words(warning)}")
    mended = mended_words(result.warnings)
    return list(dict.fromkeys([*said, mended] if mended else said))


class WarningRow(QWidget):
    """Not there while all is well. What was put right by itself is told more quietly than what is wrong."""

    way_asked = Signal(object)
    """Way: read this page again like this."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: PageResult | None = None
        self.setAutoFillBackground(True)
        self._words, self._again = QLabel(self), QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._ways = {way: QPushButton(self) for way in (Way.PLAIN, Way.SMALLER, Way.HALVES)}
        self._offers = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._offers.setSpacing(6)
        self._offers.addWidget(self._again)
        for way, button in self._ways.items():
            self._offers.addWidget(button)
            button.clicked.connect(lambda _checked=False, way=way: self.way_asked.emit(way))
        self._offers.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 5, 12, 5)
        column.setSpacing(5)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # a narrow pane stays as narrow as it is
        column.addWidget(self._words)
        column.addLayout(self._offers)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._dress()
        self.show_result(None)

    def show_result(self, result: PageResult | None) -> None:
        """Say what is to be said of a reading, and offer what may help."""
        self._result = result
        said = said_of(result) if result is not None else []
        ways = ways_for(result) if result is not None else ()
        self._words.setText("\n".join(said))
        self._again.setVisible(bool(ways))
        for way, button in self._ways.items():
            button.setVisible(way in ways)
        self._tint()
        self.setVisible(bool(said))

    def words(self) -> str:
        """Return what is said, a line for each thing."""
        return self._words.text()

    def offered(self) -> list[QPushButton]:
        """Return the buttons that are offered."""
        return [button for button in self._ways.values() if not button.isHidden()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below one another where they have no room side by side."""
        super().resizeEvent(event)
        parts = [self._again, *self._ways.values()]
        needed = sum(part.sizeHint().width() + self._offers.spacing() for part in parts if not part.isHidden())
        fits = needed + 24 <= self.width()
        self._offers.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
            self.show_result(self._result)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        """Tint it as a warning where something may be wrong."""
        wrong = self._words.text().startswith("⚠")
        own = self.palette()
        dark = own.color(QPalette.ColorRole.WindowText).lightness() > 128  # its own ground is tinted already
        ground = QColor("#3d3423" if dark else "#fdf3d8") if wrong else own.color(QPalette.ColorRole.AlternateBase)
        if own.color(QPalette.ColorRole.Window) != ground:
            palette = QPalette(own)
            palette.setColor(QPalette.ColorRole.Window, ground)
            self.setPalette(palette)

    def _dress(self) -> None:
        self._again.setText(self.tr("Read again:"))
        for way, words, tip in (
            (Way.PLAIN, self.tr("plain text"), self.tr("Ask for the words alone, without tables and headings")),
            (Way.SMALLER, self.tr("smaller picture"), self.tr("Ask with fewer pixels, which a model sees as a whole")),
            (Way.HALVES, self.tr("in halves"), self.tr("Ask for the upper and the lower half by themselves")),
        ):
            button = self._ways[way]
            button.setText(words)
            button.setToolTip(tip)
            button.setAccessibleName(f"{self._again.text()} {words}")
