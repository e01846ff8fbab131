"""Asks which of its two texts of a translated document is to be saved, without blocking the loop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QRadioButton, QVBoxLayout, QWidget

from desktop.dialogs.asking import answer_of
from engine.exports.content import Content


class SaveContentDialog(QDialog):
    """Three choices, the one of last time chosen; Enter goes on with it."""

    def __init__(self, parent: QWidget | None, chosen: Content) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save what was read"))
        self.choices = {
            Content.BOTH: QRadioButton(self.tr("&Text and translation"), self),
            Content.SOURCE: QRadioButton(self.tr("Te&xt only"), self),
            Content.TRANSLATION: QRadioButton(self.tr("T&ranslation only"), self),
        }
        heading = QLabel(self.tr("This document was translated. What shall the file hold?"), self)
        note = QLabel(self.tr("Pages without a translation are saved as they are. JSON always holds both."), self)
        note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        for label in (heading, note):
            label.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        on = buttons.addButton(self.tr("&Choose where…"), QDialogButtonBox.ButtonRole.AcceptRole)
        on.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(heading)
        for content, choice in self.choices.items():
            choice.setChecked(content is chosen)
            column.addWidget(choice)
        column.addWidget(note)
        column.addWidget(buttons)
        self.choices[chosen].setFocus()

    def answer(self) -> Content:
        """Return what is chosen."""
        return next(content for content, choice in self.choices.items() if choice.isChecked())


async def ask_content(parent: QWidget | None, chosen: Content) -> Content | None:
    """Ask which text is to be saved, the one of last time proposed; None where the person gave up."""
    dialog = SaveContentDialog(parent, chosen)
    return await answer_of(dialog, dialog.answer)
