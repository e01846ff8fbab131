"""The library's desk: a person's wishes become calls to the library, and what it holds is shown in its window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from desktop.library_lost import LostDocuments
from desktop.library_opening import LibraryOpening
from desktop.places import Place
from desktop.session import Session
from desktop.views.main_window import MainWindow
from engine.errors import DiglotError
from engine.settings import LibrarySettings, change_library, load_settings
from engine.store.errors import StoreUnreachable

if TYPE_CHECKING:  # built when the window of the library is first opened
    from desktop.dialogs.library import LibraryDialog
    from desktop.library_forgetting import LibraryForgetting
    from desktop.library_moving import LibraryMoving
    from desktop.library_search import LibrarySearch
    from desktop.models.kept_pictures import KeptPictures
    from desktop.picture_bringer import PictureBringer
    from desktop.picture_keeper import PictureKeeper
    from engine.service import Service

LIBRARY_KEY = "library"
PORTION = 60


class LibraryDesk(QObject):
    """Joins the library and its window, which is built when it is first opened."""

    open_wanted = Signal(object)  # Path: a document is to be opened
    place_wanted = Signal(object)  # Place in the open document
    place_known = Signal(object)  # the same place, exactly
    notice = Signal(object)  # StoreError: the library was damaged
    told = Signal(str, str)  # a title and a sentence that are worth knowing

    def __init__(self, window: MainWindow, session: Session, service: Service, *, remembers: bool) -> None:
        """Join them; `remembers` tells whether anything may be kept at all."""
        super().__init__(window)
        self._window = window
        window.ended.connect(self._close)
        self._session = session
        self._bridge = session.bridge
        self._service = service
        self._remembers = remembers
        self._settings = LibrarySettings()
        self._dialog: LibraryDialog | None = None
        self._pictures: KeptPictures | None = None
        self.search: LibrarySearch | None = None
        self._moving: LibraryMoving | None = None
        self._forgetting: LibraryForgetting | None = None
        self.keeper: PictureKeeper | None = None
        self._bringing: PictureBringer | None = None
        self._noticed = False
        self.opening = LibraryOpening(session, service)
        self.opening.open_wanted.connect(self._open_path)
        self.opening.place_wanted.connect(self._go_to)
        self.opening.place_known.connect(self.place_known)
        self._lost = LostDocuments(self.opening, self._front)
        self._lost.told.connect(self.told)
        self._lost.forget_asked.connect(lambda sha256: self._start(self._forgetter().forget([sha256])))
        self.opening.gone.connect(lambda goal: self._start(self._lost.ask_about(goal)))
        self.opening.other.connect(self._lost.tell_other)
        self.opening.wrong.connect(self._lost.tell_wrong)
        self._lost.told_here.connect(self._tell)
        self._bridge.pages_changed.connect(lambda _pages: self._look_for_notice())
        session.recalled.connect(lambda _count: self._look_for_notice())
        session.reading_ended.connect(lambda _event: self._changed())

    # -- the window

    def open(self) -> LibraryDialog:
        """Open the library's window, or bring it to the front."""
        dialog = self._dialog or self._build()
        if not dialog.isVisible():
            self._start(self._show_all())
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        dialog.field.setFocus()
        dialog.field.selectAll()
        return dialog

    def keep_pictures(self, drawn: Callable[[int], QImage | None]) -> None:
        """Keep small pictures of what is read; `drawn` gives those that were drawn for the list of pages."""
        from desktop.picture_keeper import PictureKeeper

        self.keeper = PictureKeeper(self._session, self._service, drawn)

    def takes(self, error: Exception, key: str) -> bool:
        """Show an error of the library's in its open window and return True, or leave it to others."""
        from desktop.library_search import SEARCH_KEY

        if key not in (LIBRARY_KEY, SEARCH_KEY) or self._dialog is None or not isinstance(error, DiglotError):
            return False
        self._dialog.banners.show_error(error, key=key)
        return True

    def _build(self) -> LibraryDialog:
        from desktop.dialogs.library import LibraryDialog
        from desktop.library_moving import LibraryMoving
        from desktop.library_search import LibrarySearch
        from desktop.models.kept_pictures import KeptPictures
        from desktop.picture_bringer import PictureBringer

        self._pictures = pictures = KeptPictures(self)
        self._dialog = dialog = LibraryDialog(self._window, pictures)
        self.search = LibrarySearch(self._bridge, self._service.library_there, dialog.hits, self._tell_found)
        self._moving = LibraryMoving(dialog, self._service, self._show_size, self._show_all)
        self._bringing = PictureBringer(self._bridge, self._service.library_there, pictures)
        dialog.searched.connect(self._searched)
        dialog.more_of_document.connect(self.search.more_of_document)
        dialog.documents.more_wanted.connect(lambda: self._start(self._bring_more()))
        dialog.goal_chosen.connect(self.opening.go)
        forgetter = self._forgetter()
        dialog.forget_asked.connect(lambda hashes: self._start(forgetter.forget(hashes, dialog.documents.known())))
        dialog.foot.everything_asked.connect(lambda: self._start(forgetter.forget_everything()))
        dialog.foot.keep_chosen.connect(lambda keep: self._start(self._choose(keep=keep)))
        dialog.foot.protected_chosen.connect(lambda keep: self._start(self._choose(keep_protected=keep)))
        dialog.foot.move_asked.connect(lambda: self._start(self._move()))
        dialog.foot.move_given_up.connect(self._moving.give_up)
        dialog.foot.set_aside_asked.connect(lambda: self._start(forgetter.remove_set_aside()))
        return dialog

    def _forgetter(self) -> LibraryForgetting:
        if self._forgetting is None:
            from desktop.library_forgetting import LibraryForgetting

            self._forgetting = LibraryForgetting(self, self._service, self._front, self._forgot)
            self._forgetting.begun.connect(lambda: self._tell(self.tr("Forgetting …"), ""))
        return self._forgetting

    def _tell(self, title: str, text: str) -> None:
        """Say something in the library's window if it is open, else over the document."""
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.banners.show_note(title, text, key=LIBRARY_KEY)
        else:
            self.told.emit(title, text)

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.close()

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        if self._dialog is not None:
            self._dialog.banners.clear(LIBRARY_KEY)
        self._bridge.start(work, key=LIBRARY_KEY)

    # -- what is shown

    async def _show_all(self) -> None:
        assert self._dialog is not None
        self._settings = (await asyncio.to_thread(load_settings)).library
        self._dialog.foot.show_settings(self._settings)
        await self._show_documents()

    async def _show_documents(self) -> None:
        """Show documents and size anew; where hits are shown, those."""
        dialog = self._dialog
        assert dialog is not None and self.search is not None
        try:
            library = await self._service.library_there()
        except StoreUnreachable as problem:
            dialog.foot.show_unreachable(Path(problem.subject))
            dialog.replace_documents([], has_more=False)
            dialog.show_note(self._why_unreachable())
            raise
        documents = await library.documents(limit=PORTION) if library is not None else []
        dialog.replace_documents(documents, has_more=len(documents) == PORTION)
        await self._show_size()
        if self.search.wanted:
            self.search.search_again()
        elif documents:
            dialog.show_documents()
        else:
            dialog.show_note(self._why_empty())

    async def _show_size(self) -> None:
        assert self._dialog is not None
        library = await self._service.library_there()
        size = await library.size() if library is not None else None
        self._dialog.foot.show_size(size, self._service.library_folder)

    async def _bring_more(self) -> None:
        assert self._dialog is not None
        model, library = self._dialog.documents, await self._service.library_there()
        try:
            documents = await library.documents(limit=PORTION, offset=model.rowCount()) if library is not None else []
        except BaseException:
            model.ask_again()
            raise
        model.add(documents, has_more=len(documents) == PORTION)

    def _why_empty(self) -> str:
        if self._settings.keep and self._remembers:
            return self.tr("Nothing is kept yet.\nOpen a document: what is read of it can be found here from then on.")
        return self.tr("Nothing is kept.\nTick “Keep what is read” below, and what you read can be found here.")

    def _why_unreachable(self) -> str:
        return self.tr(
            "The library is not where it was put.\nConnect its drive and open this window again, or begin a new library"
            " elsewhere with “Move…”."
        )

    def _searched(self, typed: str) -> None:
        assert self.search is not None and self._dialog is not None
        self.search.search(typed)
        if not self.search.wanted:
            if self._dialog.documents.rowCount():
                self._dialog.show_documents()
            else:
                self._dialog.show_note(self._why_empty())

    def _tell_found(self, _query: str, total: int) -> None:
        from desktop.library_search import SEARCH_KEY

        assert self._dialog is not None
        self._dialog.banners.clear(SEARCH_KEY)
        if total:
            self._dialog.show_hits(total)
        else:
            self._dialog.show_note(
                self.tr(
                    "No page was found on which all of these words stand.\n“Words in quotes” are looked for next to"
                    " each other, and a star stands for any ending: invoi*"
                )
            )

    def _changed(self) -> None:
        """Show what was read meanwhile, unless the person is just looking through the list."""
        dialog = self._dialog
        if dialog is not None and dialog.isVisible() and dialog.at_top():
            self._bridge.start(self._show_documents(), key=LIBRARY_KEY)

    def _look_for_notice(self) -> None:
        """Say once that the library was damaged; that is known when it has been opened for the first page."""
        if not self._noticed and self._remembers:
            self._noticed = True
            self._bridge.start(self._tell_notice(), key=LIBRARY_KEY)

    async def _tell_notice(self) -> None:
        try:
            library = await self._service.library_there()
        except DiglotError:
            return  # whoever wanted to keep something says so
        if library is None:
            self._noticed = False
        elif library.notice is not None:
            self.notice.emit(library.notice)

    # -- going there

    def _front(self) -> QWidget:
        return self._dialog if self._dialog is not None and self._dialog.isVisible() else self._window

    async def _forgot(self, title: str, text: str) -> None:
        """Show what is left, and what was done where there is something to say."""
        if title:
            self._tell(title, text)
        if self._dialog is None:
            return
        if self._pictures is not None:
            self._pictures.clear()
        await self._show_documents()

    def _open_path(self, path: Path) -> None:
        self._show_window()
        self.open_wanted.emit(path)

    def _go_to(self, place: Place) -> None:
        self._show_window()
        self.place_wanted.emit(place)

    def _show_window(self) -> None:
        """Bring the document's window to the front; the library stays where it is, for the next page."""
        self._window.raise_()
        self._window.activateWindow()

    # -- what is kept, and where

    async def _choose(self, **changes: bool) -> None:
        assert self._dialog is not None
        try:
            await asyncio.to_thread(lambda: change_library(**changes))
        finally:
            self._settings = (await asyncio.to_thread(load_settings)).library
            self._dialog.foot.show_settings(self._settings)
        self._service.keep_from_now_on(self._settings.keep and self._remembers)
        if not self._dialog.documents.rowCount() and not self._dialog.field.text():
            self._dialog.show_note(self._why_empty())

    async def _move(self) -> None:
        assert self._moving is not None
        await self._moving.move()
