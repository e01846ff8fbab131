"""What the library asks: whether to forget, where it shall lie, where a document is; none of it blocks the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from desktop.dialogs.open_files import PICTURES
from engine.store.records import DocumentKind


async def agrees(parent: QWidget, question: str, meaning: str, yes: str) -> bool:
    """Ask whether something is to be done that cannot be undone; not doing it is what Enter means."""
    return await choice(parent, question, meaning, (yes,)) == 0


async def choice(parent: QWidget, question: str, meaning: str, answers: Sequence[str]) -> int | None:
    """Ask for one of several answers; None where the person gave up."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)  # a file's name is no markup
    box.setWindowTitle(_tr("Library"))
    box.setText(question)
    box.setInformativeText(meaning)
    buttons: list[QPushButton] = [box.addButton(each, QMessageBox.ButtonRole.AcceptRole) for each in answers]
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    answer: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    def finished(_code: int) -> None:
        clicked = box.clickedButton()
        if not answer.done():
            answer.set_result(next((at for at, each in enumerate(buttons) if each is clicked), None))

    box.finished.connect(finished)
    box.open()
    try:
        return await answer
    except asyncio.CancelledError:
        box.reject()
        raise


async def choose_folder(parent: QWidget, folder: Path) -> Path | None:
    """Ask for the folder in which the library shall lie."""
    dialog = QFileDialog(parent, _tr("Choose a folder for the library"), str(folder))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return await _answer(dialog)


async def look_for(parent: QWidget, name: str, kind: DocumentKind, folder: Path) -> Path | None:
    """Ask where a document lies now."""
    dialog = QFileDialog(parent, _tr("Where is “{name}”?").format(name=name), str(folder))
    if kind == "folder":
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = "*.pdf" if kind == "pdf" else PICTURES
        own = _tr("PDF") if kind == "pdf" else _tr("Pictures")
        dialog.setNameFilters([f"{own} ({patterns})", _tr("All files") + " (*)"])
    return await _answer(dialog)


async def _answer(dialog: QFileDialog) -> Path | None:
    answer: asyncio.Future[Path | None] = asyncio.get_running_loop().create_future()

    def settle(path: Path | None) -> None:
        if not answer.done():
            answer.set_result(path)

    dialog.fileSelected.connect(lambda name: settle(Path(name)))
    dialog.finished.connect(lambda _code: settle(None))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    try:
        return await answer
    except asyncio.CancelledError:
        dialog.reject()
        raise


def _tr(text: str) -> str:
    return QCoreApplication.translate("LibraryQuestions", text)
