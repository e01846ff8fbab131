"""Asks for a document's password without blocking the loop; asks again, saying why, where one did not fit."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.dialogs.asking import answer_of


class PasswordDialog(QDialog):
    """One field, its letters hidden."""

    def __init__(self, parent: QWidget, name: str, *, again: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Password"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if again:
            head = self.tr("The password does not fit. Check capitals and the keyboard layout, and try again.")
        else:
            head = self.tr("“{name}” is protected by a password.").format(name=name)
        words = QLabel(head, self)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        self._field = QLineEdit(self)
        self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self._field.setAccessibleName(self.tr("Password"))
        self._field.setMinimumWidth(320)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel, self)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(words)
        column.addWidget(self._field)
        column.addWidget(buttons)
        self._field.setFocus()

    def take_password(self) -> str:
        """Return what was typed and forget it."""
        password = self._field.text()
        self._field.clear()
        return password


async def ask_password(parent: QWidget, name: str, *, again: bool = False) -> str | None:
    """Show the dialog and wait for its end; None where the person gave up."""
    shown = name or QCoreApplication.translate("PasswordDialog", "The document")
    dialog = PasswordDialog(parent, shown, again=again)
    return await answer_of(dialog, dialog.take_password)
