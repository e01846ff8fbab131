"""What the keys do: every action with its shortcut, and the keys that belong to one view."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.actions import Actions, plain_words


class KeysDialog(QDialog):
    """Two columns: what is done, and by which keys."""

    def __init__(self, parent: QWidget | None, actions: Actions) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys"))
        rows = [*_keys_of_actions(actions), *_keys_of_views()]
        self.table = QTableWidget(len(rows), 2, self)
        self.table.setHorizontalHeaderLabels([self.tr("What"), self.tr("Keys")])
        self.table.setAccessibleName(self.tr("What the keys do"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for row, pair in enumerate(rows):
            for column, words in enumerate(pair):
                self.table.setItem(row, column, QTableWidgetItem(words))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column_of_parts = QVBoxLayout(self)
        column_of_parts.addWidget(self.table, 1)
        column_of_parts.addWidget(buttons)
        self.resize(560, 620)


def _keys_of_actions(actions: Actions) -> list[tuple[str, str]]:
    return [(plain_words(action), _words(action.shortcuts())) for action in actions.all() if action.shortcuts()]


def _keys_of_views() -> list[tuple[str, str]]:
    wheel = _tr("Ctrl+mouse wheel")
    return [
        (_tr("Next place found"), "F3"),
        (_tr("Place found before"), "Shift+F3"),
        (_tr("Close the search"), "Esc"),
        (_tr("Ask for the fields, or ask the question, that was typed"), _words([QKeySequence(Qt.Key.Key_Return)])),
        (_tr("Close the line of the fields or of the question"), "Esc"),
        (_tr("Copy the selection"), _words([QKeySequence(QKeySequence.StandardKey.Copy)])),
        (_tr("Copy the table"), "Ctrl+Shift+C"),
        (_tr("Zoom the page around the pointer; make the letters of the reading larger or smaller"), wheel),
        (_tr("Move the page by hand"), _tr("Space+mouse, or the middle button")),
    ]


def show_keys(parent: QWidget | None, actions: Actions) -> KeysDialog:
    """Show the dialog; it does not block and goes away by itself when it is closed."""
    dialog = KeysDialog(parent, actions)
    dialog.open()
    return dialog


def _words(keys: list[QKeySequence]) -> str:
    return ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Keys", text)
