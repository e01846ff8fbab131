"""A window with a library in a home of its own, filled before, and what a person does with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from desktop.app import Parts
from desktop.dialogs.library import LibraryDialog
from desktop.models.library import Goal, goal_of
from desktop.views.banner import BannerStack
from engine.store.library import Library, library_folder
from tests.support.desk import desk, until
from tests.support.kept_library import opened
from tests.support.kept_pages import facts, page


@dataclass
class LibraryWindow:
    """The window of the library, open over a document's window."""

    parts: Parts
    dialog: LibraryDialog

    async def library(self) -> Library:
        """Return the library."""
        return await self.parts.service.library()

    def names(self) -> list[str]:
        """Return the names of the documents that are shown."""
        return [kept.facts.name for kept in self.dialog.documents.known().values()]

    def goals(self) -> list[Goal]:
        """Return where the hits that are shown lead to."""
        found = [goal_of(row) for row in self.dialog.hits.rows]
        return [goal for goal in found if goal is not None and goal.box is not None]

    async def type(self, text: str) -> None:
        """Type into the field and wait until what was found is shown, or that nothing was."""
        self.dialog.field.setText(text)
        search = self.parts.bench.library_desk().search
        await until(lambda: search is not None and search.shown == text)

    def banners(self) -> list[str]:
        """Return the titles of what is said above."""
        return [banner.title for banner in self.dialog.banners.banners]

    def said(self) -> list[str]:
        """Return the titles of what is said over the document."""
        stacks = [each for each in self.parts.window.findChildren(BannerStack) if each.window() is self.parts.window]
        return [banner.title for stack in stacks for banner in stack.banners]

    def choose(self, name: str) -> None:
        """Choose a document of the list."""
        model = self.dialog.documents
        row = next(at for at, known in enumerate(self.names()) if known == name)
        self.dialog.document_list.setCurrentIndex(model.index(row))


async def fill(library: Library, *documents: tuple[str, list[str]]) -> None:
    """Keep documents, each a name and the texts of its pages; the last one was met last."""
    for name, texts in documents:
        await library.note(facts(name, pages=len(texts)))
        for number, text in enumerate(texts, 1):
            await library.keep(facts(name).sha256, page(number, text))


@asynccontextmanager
async def library_window(
    tmp_path: Path, before: Callable[[Library], Awaitable[object]] | None = None
) -> AsyncIterator[LibraryWindow]:
    """Open both windows; `before` fills the library first, which is not there without it."""
    if before is not None:
        async with opened(library_folder()) as library:
            await before(library)
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    async with desk(store) as parts:
        dialog = parts.bench.library_desk().open()
        await until(lambda: dialog.documents.rowCount() or dialog.note.text())
        yield LibraryWindow(parts, dialog)


async def question() -> QMessageBox:
    """Wait for a question and return it."""

    def asked() -> list[QMessageBox]:
        boxes = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox)]
        return [box for box in boxes if box.isVisible()]

    await until(asked)
    return asked()[0]


async def answer(words: str) -> str:
    """Wait for a question, press the button of these words, and return what was asked."""
    box = await question()
    asked = f"{box.text()}\n{box.informativeText()}"
    button = next(each for each in box.buttons() if each.text().replace("&", "") == words)
    button.click()
    return asked


async def choose_path(path: Path) -> None:
    """Wait for a file dialog and choose a path in it."""

    def asked() -> list[QFileDialog]:
        dialogs = [dialog for dialog in QApplication.topLevelWidgets() if isinstance(dialog, QFileDialog)]
        return [dialog for dialog in dialogs if dialog.isVisible()]

    await until(asked)
    dialog = asked()[0]
    dialog.fileSelected.emit(str(path))
    dialog.reject()
