"""Asks for the container image, or the distribution of WSL, in which the engine is to run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from desktop.dialogs.setup_places import choose_image
from desktop.dialogs.trying import TryDialog, quiet
from desktop.views.setup_choices import roomy
from engine.settings import LaunchKind

LONGEST = 500
HEIGHT = 320


class LaunchDialog(TryDialog):
    """One field; for a container also a button that loads an image from an archive."""

    archive_chosen = Signal(object)
    """Path: the image is to be loaded from it."""

    def __init__(self, parent: QWidget | None, kind: LaunchKind, name: str, *, in_use: bool) -> None:
        """Fill it with what has been chosen before.

        Args:
            parent: Its owner.
            kind: CONTAINER or WSL.
            name: The image, or the distribution.
            in_use: Whether the engine runs there now.
        """
        super().__init__(parent, HEIGHT)
        self.kind = kind
        self.name, self.load = QLineEdit(self), QPushButton(self)
        self.name.setMaxLength(LONGEST)
        self.name.setText(name)
        self.name.textChanged.connect(self._changed)
        self.load.setAutoDefault(False)
        self.load.clicked.connect(lambda: choose_image(self, self._archive_chosen))
        if kind is LaunchKind.CONTAINER:
            self._write_container()
        else:
            self._write_wsl()
        self.use.setText(self.tr("Use it"))
        self.offer_stop(self.tr("Run it outside again") if in_use else "")
        roomy(self.load)
        self._changed()
        self.name.setFocus()

    def show_name(self, name: str) -> None:
        """Show the image that was loaded."""
        self.name.setText(name)

    def _write_container(self) -> None:
        self.setWindowTitle(self.tr("The engine in a container"))
        self.about.setText(
            self.tr(
                "docker or podman runs an image that holds vLLM. The model is mounted read-only, and the container has"
                " no network. No engine needs to be installed then; the model does."
            )
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.load)
        self.form.addRow(self.tr("&Image"), row)
        self._name_buddy(row)
        self.name.setAccessibleName(self.tr("Name of the image"))
        self.name.setPlaceholderText("vllm/vllm-openai:v0.28.0")
        self.load.setText(self.tr("Load from an archive…"))
        self.notes.addWidget(quiet(self, self.tr("Nothing is downloaded: an image has to be here, or in an archive.")))

    def _write_wsl(self) -> None:
        self.setWindowTitle(self.tr("The engine in WSL"))
        self.about.setText(
            self.tr("On Windows, vLLM runs in a Linux distribution of WSL. Diglot starts it there, and ends it there.")
        )
        self.load.hide()
        self.form.addRow(self.tr("&Distribution"), self.name)
        self.name.setAccessibleName(self.tr("Name of the distribution"))
        self.name.setPlaceholderText(self.tr("your usual one"))

    def _name_buddy(self, row: QHBoxLayout) -> None:
        label = self.form.labelForField(row)
        if isinstance(label, QLabel):
            label.setBuddy(self.name)

    def _archive_chosen(self, path: Path) -> None:
        self.archive_chosen.emit(path)

    def _changed(self) -> None:
        self.show_nothing()
        self.allow(self.kind is LaunchKind.WSL or bool(self.name.text().strip()))
