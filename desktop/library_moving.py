"""Putting the library elsewhere: a folder is chosen, what that costs is said, and how far it is."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.library_words import data_size
from engine.errors import Cancelled
from engine.settings import change_library
from engine.store.errors import StoreUnreachable
from engine.store.records import LibrarySize

if TYPE_CHECKING:
    from desktop.dialogs.library import LibraryDialog
    from engine.service import Service

MOVE_KEY = "library move"
OWN_FOLDER = "Diglot library"
"""What the library's folder is called in a folder that holds other things."""


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where the library shall lie, and how many bytes are free there."""

    folder: Path
    free: int


class LibraryMoving(QObject):
    """Moves the library by the buttons of its window."""

    def __init__(
        self,
        dialog: LibraryDialog,
        service: Service,
        show_size: Callable[[], Awaitable[None]],
        show_all: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(dialog)
        self._show_all = show_all
        self._dialog = dialog
        self._service = service
        self._show_size = show_size
        self._given_up = False

    def give_up(self) -> None:
        """Leave the library where it is; nothing has changed then."""
        self._given_up = True

    async def move(self) -> None:
        """Ask for a folder and move the library there. Raises `OutputError`, and then it lies where it lay."""
        from desktop.dialogs.library_questions import agrees, choose_folder

        dialog = self._dialog
        try:
            library = await self._service.library()
        except StoreUnreachable as problem:
            await self._begin_elsewhere(problem.subject)
            return
        chosen = await choose_folder(dialog, library.folder.parent)
        if chosen is None:
            return
        size = await library.size()
        place = await asyncio.to_thread(_place_in, chosen)
        if not await agrees(dialog, *self._question(size, place), self.tr("&Move")):
            return
        self._given_up = False
        total, loop = _bytes_of(size), asyncio.get_running_loop()

        def tell(share: float) -> None:  # on the thread that copies
            if self._given_up:
                raise Cancelled()
            loop.call_soon_threadsafe(self._show, share, total)

        self._show(0.0, total)
        try:
            left = await library.move(place.folder, settle=lambda to: change_library(folder=str(to)), progress=tell)
        except asyncio.CancelledError:
            self._given_up = True  # the window is being closed
            raise
        except Cancelled:
            dialog.banners.show_note(
                self.tr("The library was not moved"), self.tr("It lies where it lay."), key=MOVE_KEY
            )
            return
        finally:
            dialog.foot.show_moving(None)
            await self._show_size()
        title = self.tr("The library lies in {folder} now").format(folder=place.folder)
        names = ", ".join(str(file) for file in left)
        rest = self.tr("These files of the old one could not be removed and are of no use any more: {names}")
        dialog.banners.show_note(title, rest.format(names=names) if left else "", key=MOVE_KEY)

    async def _begin_elsewhere(self, unreachable: str) -> None:
        """Settle on another folder where the library cannot be reached; one that lies there is taken over."""
        from desktop.dialogs.library_questions import agrees, choose_folder
        from engine.store.library import begin_library

        dialog = self._dialog
        chosen = await choose_folder(dialog, Path.home())
        if chosen is None:
            return
        folder, is_one = await asyncio.to_thread(_library_in, chosen)
        if is_one:
            question, yes = self.tr("Use the library in this folder?"), self.tr("&Use it")
        else:
            question, yes = self.tr("Begin a new library in this folder?"), self.tr("&Begin")
        meaning = self.tr("{folder}\nThe one in {unreachable} cannot be reached now. It stays as it is.")
        if not await agrees(dialog, question, meaning.format(folder=folder, unreachable=unreachable), yes):
            return
        await begin_library(folder)
        await asyncio.to_thread(change_library, folder=str(folder))
        await self._show_all()
        title = self.tr("The library lies in {folder} now").format(folder=folder)
        dialog.banners.show_note(title, "", key=MOVE_KEY)

    def _question(self, size: LibrarySize, place: NewPlace) -> tuple[str, str]:
        meaning = self.tr(
            "{folder}\n{size} are copied there; {free} are free. It is looked for there from now on, and removed from"
            " its old place. No other Diglot may be at work meanwhile."
        )
        told = meaning.format(folder=place.folder, size=data_size(_bytes_of(size)), free=data_size(place.free))
        return self.tr("Move the library into this folder?"), told

    def _show(self, share: float, total: int) -> None:
        words = self.tr("{done} of {total} copied")
        self._dialog.foot.show_moving(share, words.format(done=data_size(round(share * total)), total=data_size(total)))


def _bytes_of(size: LibrarySize) -> int:
    return size.file_bytes + size.backup_bytes + size.set_aside_bytes


def _library_in(chosen: Path) -> tuple[Path, bool]:
    """Return the library in the folder that a person chose, and True; else where one is to begin, and False."""
    from engine.store.files import is_there

    for folder in (chosen.absolute(), chosen.absolute() / OWN_FOLDER):
        if is_there(folder):
            return folder, True
    return _place_in(chosen).folder, False


def _place_in(chosen: Path) -> NewPlace:
    """Return the folder itself where it is empty, else one of our own in it. What is wrong with it, moving tells."""
    folder = chosen.absolute()
    try:
        if any(folder.iterdir()):
            folder = folder / OWN_FOLDER
    except OSError:
        pass
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        return NewPlace(folder, shutil.disk_usage(there).free)
    except OSError:
        return NewPlace(folder, 0)
