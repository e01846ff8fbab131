"""The end of the setup: the engine is ready, and what its self-check found."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.views.engine_state import words_label
from desktop.views.setup_sign import StepSign
from engine.setup.steps import StepState

SIGN_SIDE = 44


class ReadyPane(QWidget):
    """A sign, four words, and a sentence or two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = StepSign(self, side=SIGN_SIDE)
        self._sign.show_state(StepState.DONE)
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        self.title.setFont(font)
        self.check, self.about = words_label(self), words_label(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 20, 40, 20)
        column.setSpacing(14)
        column.addStretch(2)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.check, self.about):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch(3)
        self.retranslate()

    def show_result(self, words: str) -> None:
        """Show what the self-check found."""
        self.check.setText(words)
        self.check.setVisible(bool(words))

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self.title.setText(self.tr("The engine is ready"))
        self.about.setText(self.tr("How much graphics memory it may take is chosen in the engine panel."))
