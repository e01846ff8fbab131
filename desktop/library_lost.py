"""Documents of the library whose file is gone or is another one now: what the window says and offers then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.library_questions import choice, look_for
from desktop.library_opening import LibraryOpening
from desktop.models.library import Goal


class LostDocuments(QObject):
    """Asks what is to be done about them."""

    told = Signal(str, str)  # a title and a sentence about what is open
    told_here = Signal(str, str)  # the same about what was not opened
    forget_asked = Signal(str)  # the hash of a document

    def __init__(self, opening: LibraryOpening, front: Callable[[], QWidget]) -> None:
        """Ask nothing yet; `front` returns the window over which is asked."""
        super().__init__(opening)
        self._opening = opening
        self._front = front

    async def ask_about(self, goal: Goal) -> None:
        """Say that a document is not where it was, and offer to look for it or to forget it."""
        document, parent = goal.document, self._front()
        answers = (self.tr("&Look for it…"), self.tr("&Forget it…"))
        if document.path:
            question = self.tr("“{name}” is not where it was").format(name=document.name)
            meaning = self.tr(
                "{path}\nWhat was read of it is still here. If the file was moved or renamed, show where it is now."
            ).format(path=document.path)
        else:
            question = self.tr("“{name}” came from no file").format(name=document.name)
            meaning = self.tr("It was pasted or dropped as a picture. If you have saved it, show where it is.")
        match await choice(parent, question, meaning, answers):
            case 0:
                folder = await asyncio.to_thread(_nearest_folder, document.path)
                path = await look_for(parent, document.name, document.kind, folder)
                if path is not None:
                    self._opening.go_at(goal, path)
            case 1:
                self.forget_asked.emit(document.sha256)

    def tell_other(self, goal: Goal) -> None:
        """Say that what lies there now is another document."""
        title = self.tr("“{name}” is another document now").format(name=goal.document.name)
        text = self.tr("It is not the one that was read: the file was changed since, or another one has its name.")
        self.told.emit(title, text)

    def tell_wrong(self, goal: Goal) -> None:
        """Say that what the person found is not what was read."""
        title = self.tr("This is not “{name}”").format(name=goal.document.name)
        text = self.tr("The file that you chose has another content than the one that was read. It was not opened.")
        self.told_here.emit(title, text)


def _nearest_folder(path: str) -> Path:
    """Return the folder in which to begin to look for a file."""
    for folder in Path(path).parents if path else ():
        try:
            if folder.is_dir():
                return folder
        except OSError:
            break
    return Path.home()
