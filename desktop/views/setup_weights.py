"""Where the model comes from: a folder, a drive or an archive, or, on buttons that say so, the internet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from desktop.setup_figures import model_words, size_words
from desktop.views.banner import Banner, Tone
from desktop.views.engine_log import shown
from desktop.views.engine_state import words_label
from desktop.views.setup_choices import Choices, heading, in_row
from desktop.words import error_words
from engine.local_setup import SetupChoice
from engine.setup.steps import Step

if TYPE_CHECKING:
    from desktop.setup_places import ModelPlace
    from engine.errors import DiglotError
    from engine.setup.model import ModelInfo

HUGGING_FACE, MODELSCOPE = "huggingface", "modelscope"


class WeightsChoices(Choices):
    """Two ways, one below the other; the one without a network comes first."""

    folder_wanted = Signal()
    """A folder or a drive is to be asked for."""
    archive_wanted = Signal()
    """An archive is to be asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[ModelInfo, ...] = ()
        self._archive: tuple[Path, int] | None = None
        self._accepted = False
        self._head, self._about = heading(self), words_label(self)
        self.folder, self.archive, self.copy = QPushButton(self), QPushButton(self), QPushButton(self)
        self.found, self.error = words_label(self), Banner(Tone.ERROR, lasting=True)
        self.versions = QComboBox(self)
        self._net_head, self.network, self.locked = heading(self), words_label(self), words_label(self)
        self.hugging_face, self.modelscope = QPushButton(self), QPushButton(self)
        self.licence = QPushButton(self)
        for quiet in (self._about, self.network, self.locked):
            quiet.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for part in (self.found, self.error, self.versions, self.copy):
            part.hide()
        self.folder.clicked.connect(self.folder_wanted)
        self.archive.clicked.connect(self.archive_wanted)
        self.copy.clicked.connect(self._copy)
        self.versions.activated.connect(lambda _row: self._show_found())
        for button, hub in ((self.hugging_face, HUGGING_FACE), (self.modelscope, MODELSCOPE)):
            button.clicked.connect(lambda _checked=False, hub=hub: self.asked.emit(SetupChoice(download_from=hub)))
        self.licence.clicked.connect(lambda: self.step_wanted.emit(Step.LICENCE))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self._head, self._about, self.versions, self.found, self.error):
            column.addWidget(part)
        column.addLayout(in_row(self.copy, self.folder, self.archive))
        column.addSpacing(10)
        for part in (self._net_head, self.network):
            column.addWidget(part)
        column.addLayout(in_row(self.hugging_face, self.modelscope))
        column.addWidget(self.locked)
        column.addLayout(in_row(self.licence))
        column.addStretch()
        self.setFocusProxy(self.folder)
        self.retranslate()

    def ready(self) -> SetupChoice | None:
        """Return the model that was chosen. The network is never used without its own button."""
        if self._archive is not None:
            return SetupChoice(model=self._archive[0])
        model = self._chosen()
        return SetupChoice(model=model.folder) if model is not None else None

    def show_looking(self) -> None:
        """Say that a place is being looked at."""
        self._models, self._archive = (), None
        self.error.hide()
        self._show_found()
        self.found.setText(self.tr("Looking for a model …"))
        self.found.show()

    def show_place(self, place: ModelPlace) -> None:
        """Show what was found at a place; it waits to be copied. What is in an archive is seen when it is unpacked."""
        self._models = place.models
        self._archive = None if place.models else (place.path, place.archive_bytes)
        self.error.hide()
        self.versions.clear()
        for model in self._models:
            self.versions.addItem(f"{model_words(model)} – {shown(model.folder.name)}")
        self._show_found()
        self.copy.setFocus()

    def show_place_error(self, error: DiglotError) -> None:
        """Say what is wrong with the place that was chosen."""
        self._models, self._archive = (), None
        words = error_words(error)
        self.error.say(words.title, "\n".join(filter(None, (words.advice, shown(error.detail)))))
        self.error.show()
        self._show_found()

    def show_accepted(self, accepted: bool) -> None:
        """Allow downloads, or say that the licence comes first."""
        self._accepted = accepted
        for button in (self.hugging_face, self.modelscope):
            button.setEnabled(accepted)
        for part in (self.locked, self.licence):
            part.setVisible(not accepted)

    def forget_errors(self) -> None:
        """Forget what was wrong with a place."""
        self.error.hide()

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self._head.setText(self.tr("From a folder, a drive or an archive"))
        self._about.setText(
            self.tr("Choose it, or drop it anywhere in this window. Only weights and their small files are copied.")
        )
        self.folder.setText(self.tr("Folder or drive…"))
        self.archive.setText(self.tr("Archive…"))
        self.copy.setText(self.tr("Copy it in"))
        self.versions.setAccessibleName(self.tr("Models that were found"))
        self._net_head.setText(self.tr("From the internet"))
        self.network.setText(
            self.tr("This uses the network: HunyuanOCR 1.5 is loaded, about 2 GB, and held against known hashes.")
        )
        self.hugging_face.setText(self.tr("Download from Hugging Face"))
        self.modelscope.setText(self.tr("Download from ModelScope"))
        self.locked.setText(self.tr("The licence has to be accepted before the model is downloaded."))
        self.licence.setText(self.tr("Show the licence"))
        self.show_accepted(self._accepted)
        self._show_found()

    def _chosen(self) -> ModelInfo | None:
        row = max(0, self.versions.currentIndex())
        return self._models[row] if row < len(self._models) else None

    def _show_found(self) -> None:
        model = self._chosen()
        words = ""
        if self._archive is not None:
            path, size = self._archive
            words = f"{shown(path.name)}, {size_words(size)}\n" + self.tr("What is in it is seen while it is unpacked.")
        elif model is not None:
            lines = [shown(str(model.folder))]
            words = "\n".join(lines if len(self._models) > 1 else [model_words(model), *lines])
        self.versions.setVisible(len(self._models) > 1)
        self.found.setText(words)
        self.found.setVisible(bool(words))
        self.copy.setVisible(bool(words))

    def _copy(self) -> None:
        if (choice := self.ready()) is not None:
            self.asked.emit(choice)
