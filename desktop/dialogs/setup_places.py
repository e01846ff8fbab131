"""Asks where an engine kit, a model or another file lies, without blocking the loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

ARCHIVES = "*.zip *.tar *.tar.gz *.tgz *.tar.bz2 *.tbz2 *.tar.xz *.txz"
CERTIFICATES = "*.pem *.crt *.cer *.der"
Then = Callable[[Path], None]


def choose_kit(parent: QWidget, then: Then) -> QFileDialog:
    """Ask for the folder of an engine kit, or the stick that it is on."""
    return _ask_folder(parent, _tr("Choose the engine kit or its stick"), then)


def choose_model_folder(parent: QWidget, then: Then) -> QFileDialog:
    """Ask for a folder or a drive with a model in it."""
    return _ask_folder(parent, _tr("Choose the folder or drive that holds the model"), then)


def choose_archive(parent: QWidget, then: Then) -> QFileDialog:
    """Ask for an archive with a model in it."""
    return _ask_file(parent, _tr("Choose the archive that holds the model"), (_tr("Archives"), ARCHIVES), then)


def choose_image(parent: QWidget, then: Then) -> QFileDialog:
    """Ask for the archive of a container's image."""
    title = _tr("Choose the archive of the image")
    return _ask_file(parent, title, (_tr("Archives"), "*.tar *.tar.gz *.tgz *.tar.xz *.tar.zst"), then)


def choose_certificates(parent: QWidget, then: Then) -> QFileDialog:
    """Ask for the CA file of a house."""
    return _ask_file(parent, _tr("Choose your house's CA file"), (_tr("Certificates"), CERTIFICATES), then)


def _ask_folder(parent: QWidget, title: str, then: Then) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _ask(dialog, then)


def _ask_file(parent: QWidget, title: str, kind: tuple[str, str], then: Then) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    words, patterns = kind
    dialog.setNameFilters([f"{words} ({patterns})", f"{_tr('All files')} (*)"])
    return _ask(dialog, then)


def _ask(dialog: QFileDialog, then: Then) -> QFileDialog:
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _tr(text: str) -> str:
    return QCoreApplication.translate("SetupPlaces", text)
