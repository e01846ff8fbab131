"""The foot of the setup: other ways, a quiet line, the button for everything that is left, and the one that closes."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from desktop.views.setup_choices import roomy
from engine.settings import LaunchKind


class SetupFoot(QWidget):
    """Its main button is the dialog's own: Enter presses it, until there is nothing left, and then Close."""

    server_asked = Signal()
    """A shared server is to be chosen."""
    launch_asked = Signal(object)
    """LaunchKind: the engine is to run in a container or in WSL."""
    rest_asked = Signal()
    """Everything that is left is to be set up."""
    close_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ways, self.rest, self.close_button = QPushButton(), QPushButton(), QPushButton()
        self.remark = QLabel()
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self.remark.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._server, self._container, self._wsl = (QAction(self) for _ in range(3))
        self._wsl.setVisible(sys.platform == "win32")
        menu = QMenu(self.ways)
        menu.addActions([self._server, self._container, self._wsl])
        self.ways.setMenu(menu)
        for button in (self.ways, self.close_button):
            button.setAutoDefault(False)
        roomy(self.ways, self.rest, self.close_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 12)
        row.setSpacing(8)
        row.addWidget(self.ways)
        row.addWidget(self.remark, 1)
        row.addWidget(self.rest)
        row.addWidget(self.close_button)
        self._server.triggered.connect(self.server_asked)
        for action, kind in ((self._container, LaunchKind.CONTAINER), (self._wsl, LaunchKind.WSL)):
            action.triggered.connect(lambda _checked=False, kind=kind: self.launch_asked.emit(kind))
        self.rest.clicked.connect(self.rest_asked)
        self.close_button.clicked.connect(self.close_asked)
        self.retranslate()

    def show_complete(self, complete: bool, *, something_left: bool) -> None:
        """Show which button is the main one."""
        self.rest.setVisible(not complete)
        self.rest.setEnabled(something_left)
        self.rest.setDefault(not complete)
        self.close_button.setDefault(complete)

    def remind(self, words: str) -> None:
        """Say something in the quiet line."""
        self.remark.setText(words)

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self.ways.setText(self.tr("Other ways"))
        self._server.setText(self.tr("A shared server in the house…"))
        self._container.setText(self.tr("In a container (docker, podman)…"))
        self._wsl.setText(self.tr("In WSL…"))
        self.rest.setText(self.tr("Set up everything that is left"))
        self.close_button.setText(self.tr("Close"))
