"""The licence of the model: what matters most in our words, its own text where it lies there, and the consent."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.setup_words import REGIONS, notice
from desktop.views.engine_state import words_label
from desktop.views.setup_choices import Choices, heading, in_row
from engine.local_setup import SetupChoice

TEXT_LINES = 5


class LicenceChoices(Choices):
    """Nothing is accepted by a click past it: the box is ticked first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accepted = False
        self.sentences = [words_label(self) for _ in notice()]
        font = self.sentences[REGIONS].font()
        font.setBold(True)
        self.sentences[REGIONS].setFont(font)
        self._text_head = heading(self)
        self.no_text = words_label(self)
        self.no_text.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * TEXT_LINES)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # it takes what is left
        self.tick = QCheckBox(self)
        self.accept = QPushButton(self)
        self.accept.setEnabled(False)
        self.tick.toggled.connect(self.accept.setEnabled)
        self.accept.clicked.connect(lambda: self.asked.emit(SetupChoice(accept_licence=True)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for sentence in self.sentences:
            column.addWidget(sentence)
        column.addSpacing(4)
        column.addWidget(self._text_head)
        column.addWidget(self.no_text)
        column.addWidget(self.text, 1)
        column.addStretch()
        column.addSpacing(4)
        column.addWidget(self.tick)
        column.addLayout(in_row(self.accept))
        self.setFocusProxy(self.tick)
        self.show_text(None)
        self.retranslate()

    def ready(self) -> SetupChoice | None:
        """Return the consent, where the box has been ticked."""
        return SetupChoice(accept_licence=True) if self.tick.isChecked() and not self._accepted else None

    def show_text(self, untrusted_text: str | None) -> None:
        """Show the licence that lies in the model's folder; None where there is none yet."""
        if untrusted_text is not None and untrusted_text != self.text.toPlainText():
            self.text.setPlainText(untrusted_text)
        self.text.setVisible(untrusted_text is not None)
        self.no_text.setVisible(untrusted_text is None)

    def show_accepted(self, accepted: bool) -> None:
        """Show whether it has been accepted."""
        self._accepted = accepted
        self.tick.setVisible(not accepted)
        self.accept.setVisible(not accepted)

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        for label, sentence in zip(self.sentences, notice(), strict=True):
            label.setText(sentence)
        self._text_head.setText(self.tr("The licence in the model's folder"))
        self.text.setAccessibleName(self._text_head.text())
        self.no_text.setText(self.tr("It can be read here as soon as the model has been copied in."))
        self.tick.setText(self.tr("I have read this, and I may use the model where I am"))
        self.accept.setText(self.tr("Accept the licence"))
