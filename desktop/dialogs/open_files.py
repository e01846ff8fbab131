"""Asks which files or which folder to open, without blocking the loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

PICTURES = "*.png *.jpg *.jpeg *.tif *.tiff *.bmp *.webp *.gif *.heic *.heif"
Then = Callable[[Sequence[Path]], None]


def choose_files(parent: QWidget, folder: Path, then: Then) -> QFileDialog:
    """Ask for one file, or several pictures that make one document; `then` hears of them."""
    dialog = QFileDialog(parent, _tr("Open"), str(folder))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters(
        [
            _tr("PDF and pictures") + f" (*.pdf {PICTURES})",
            _tr("PDF") + " (*.pdf)",
            _tr("Pictures") + f" ({PICTURES})",
            _tr("All files") + " (*)",
        ]
    )
    return _ask(dialog, then)


def choose_folder(parent: QWidget, folder: Path, then: Then) -> QFileDialog:
    """Ask for a folder of pictures; `then` hears of it."""
    dialog = QFileDialog(parent, _tr("Open a folder of pictures"), str(folder))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _ask(dialog, then)


def _ask(dialog: QFileDialog, then: Then) -> QFileDialog:
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _tr(text: str) -> str:
    return QCoreApplication.translate("OpenFiles", text)
