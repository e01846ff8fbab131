"""Workbench: joins session and window: a person's wish becomes a call, the engine's news a change of the views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal

from desktop.opening_desk import OpeningDesk
from desktop.order_desk import OrderDesk
from desktop.session import OPEN_KEY, READ_KEY, Session
from desktop.views.main_window import MainWindow
from engine.errors import DiglotError

if TYPE_CHECKING:  # built when they are needed
    from desktop.desk import Desk
    from desktop.engine_desk import EngineDesk
    from desktop.library_desk import LibraryDesk
    from desktop.notices import Notices
    from desktop.review import Review
    from desktop.setup_desk import SetupDesk
    from desktop.views.document_pane import DocumentPane
    from engine.events import PageFailed
    from engine.local_engine import LocalEngine
    from engine.service import Document
    from engine.tasks.task import Task

SAVE_KEY = "save"


class Workbench(QObject):
    """Everything that happens in one window."""

    first_page_painted = Signal()

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        store: QSettings | None,
        engine: Callable[[], LocalEngine],
        setup: Callable[[], SetupDesk],
        library: Callable[[], LibraryDesk],
    ) -> None:
        """Join them.

        Args:
            window: The window, built and perhaps shown.
            session: Its document.
            store: Where opened files and the window's place are remembered; None remembers nothing.
            engine: Returns the engine that the window shows and steers; called when the window stands.
            setup: Makes what belongs to the setup; called when that is first opened.
            library: Makes what belongs to the library; called when the document has its place.
        """
        super().__init__(window)
        self._window = window
        self._session = session
        self._store = store
        self._engine = engine
        self._make_setup = setup
        self._make_library = library
        self._library_desk: LibraryDesk | None = None
        self._engine_desk: EngineDesk | None = None
        self._setup_desk: SetupDesk | None = None
        self._desk: Desk | None = None
        self._pane: DocumentPane | None = None
        self._notices: Notices | None = None
        self._review: Review | None = None
        self.orders = OrderDesk(window, session, store)
        self.opening = OpeningDesk(window, session, store)
        self._listen_to_session()
        self._listen_to_window()

    def desk(self) -> Desk:
        """Return what belongs to a document; built at the first call."""
        if self._desk is None:
            from desktop.desk import Desk
            from desktop.views.document_pane import DocumentPane

            self._pane = DocumentPane(self._window)
            self._window.put_pane(self._pane)
            if self._store is not None:
                self._pane.restore(self._store)
            self._desk = Desk(self._window, self._pane, self._session, self.orders)
            self._desk.first_page_painted.connect(self.first_page_painted)
            self._desk.failed.connect(lambda error: self.notices().error(error))
        return self._desk

    def engine_desk(self) -> EngineDesk:
        """Return what belongs to the engine; built at the first call."""
        if self._engine_desk is None:
            from desktop.engine_desk import EngineDesk

            alone = self._store is None
            self._engine_desk = EngineDesk(self._window, self._session.bridge, self._engine(), may_start=not alone)
            self._engine_desk.set_up_asked.connect(lambda: self.setup_desk().open())
        return self._engine_desk

    def setup_desk(self) -> SetupDesk:
        """Return what belongs to the setup; built at the first call."""
        if self._setup_desk is None:
            self._setup_desk = self._make_setup()
            self._setup_desk.working.connect(self._window.strip.show_aside)
        return self._setup_desk

    def library_desk(self) -> LibraryDesk:
        """Return what belongs to the library; built at the first call."""
        if self._library_desk is None:
            desk = self.desk()
            assert self._pane is not None
            self._library_desk = library = self._make_library()
            library.keep_pictures(self._pane.thumbnails.picture)
            library.open_wanted.connect(self.opening.open)
            library.place_wanted.connect(desk.go_to)
            library.place_known.connect(lambda place: desk.go_to(place, only_here=True))
            library.notice.connect(lambda error: self.notices().error(error, key="library"))
            library.told.connect(lambda title, text: self.notices().note(title, text, key=OPEN_KEY))
        return self._library_desk

    def notices(self) -> Notices:
        """Return the place where errors are shown; built at the first call."""
        if self._notices is None:
            from desktop.notices import Notices
            from desktop.views.banner import BannerStack

            banners = BannerStack(self._window)
            self._window.notice_place.addWidget(banners)
            self._notices = Notices(banners)
        return self._notices

    def review(self) -> Review:
        """Return what helps to trust what was read; built at the first call."""
        if self._review is None:
            from desktop.review import Review

            desk = self.desk()
            assert self._pane is not None
            self._review = Review(self._window, self._session, self._pane.pages, desk.side, self.notices)
            self._review.jobs.remedy_chosen.connect(lambda remedy: self.engine_desk().apply(remedy))
        return self._review

    def furnish(self) -> None:
        """Build everything that the first paint did not need. Safe to call again."""
        for step in self.furnishing():
            step()

    def furnishing(self) -> list[Callable[[], object]]:
        """Return the steps of `furnish`, none of which takes long."""
        from desktop.furnishing import (
            DOCUMENT_PARTS,
            ENGINE_PARTS,
            LIBRARY_PARTS,
            ORDER_PARTS,
            READING_PARTS,
            REVIEW_PARTS,
            loading,
        )

        return [
            *loading(DOCUMENT_PARTS),
            self.desk,
            *loading(READING_PARTS),
            lambda: self.desk().side,
            *loading(ORDER_PARTS),
            self.orders.offer,
            self.notices,
            *loading(REVIEW_PARTS),
            self.review,
            *loading(LIBRARY_PARTS),
            self.library_desk,
            *loading(ENGINE_PARTS),
            self.engine_desk,
            lambda: self.engine_desk().furnish(),
            lambda: self.review().jobs.offer_interrupted(),
        ]

    def keep(self) -> None:
        """Remember where the window stands."""
        if self._store is not None:
            self._window.keep(self._store)
            if self._pane is not None:
                self._pane.keep(self._store)

    # -- wishes

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open one file or folder, or several pictures as one document, in place of what is open."""
        self.opening.open_paths(paths)

    def _say(self, words: str) -> None:
        if self._session.job is None:
            self._window.strip.show_idle(words)

    def _save(self) -> None:
        document = self._session.document
        if document is None:
            return
        assert self._pane is not None
        if not document.results:
            self._say(self.tr("Nothing has been read yet. Press F5 to read the document."))
            return
        if self._notices is not None:
            self._notices.clear(SAVE_KEY)
        self._session.bridge.start(self._save_document(document, self._pane.model.failures()), key=SAVE_KEY)

    async def _save_document(self, document: Document, failures: Mapping[int, DiglotError]) -> None:
        from desktop.saving import save

        path = await save(self._window, document, failures, self._store)
        if path is not None:
            self._say(self.tr("Saved as {name}.").format(name=path))

    def _show_keys(self) -> None:
        from desktop.dialogs.keys import show_keys

        show_keys(self._window, self._window.acts)

    def _about(self) -> None:
        from desktop.dialogs.about import show_about

        show_about(self._window)

    def _read(self) -> None:
        if self._session.document is not None:
            self.desk().read()

    def _read_page(self) -> None:
        if self._session.document is not None:
            self.desk().read_page()

    def _ask_for_words(self, task: Task) -> None:
        if self._session.document is not None:
            self.desk().ask(task)
        else:
            self._say(self.tr("Open a document first; then say what you want to know of it."))
            self.orders.give_up_words()

    # -- news

    def _listen_to_session(self) -> None:
        session = self._session
        session.opened.connect(self._opened)
        session.closing.connect(lambda _last: self._forget_failures())
        session.reading_started.connect(lambda _job: self._forget_failures())
        session.bridge.page_failed.connect(self._page_failed)
        session.bridge.failed.connect(self._failed)

    def _opened(self, document: Document) -> None:
        self.desk().show_document(document)
        self.opening.remember(document.info.path)

    def _opens(self) -> None:
        if self._notices is not None:
            self._notices.clear(OPEN_KEY)

    def _forget_failures(self) -> None:
        """What is said of failed pages is about the last reading of the document that is open."""
        if self._notices is not None:
            self._notices.forget_jobs()

    def _page_failed(self, event: PageFailed) -> None:
        self.notices().page_failed(event.job, event.number, event.error)

    def _failed(self, error: Exception, key: str) -> None:
        desks = [desk for desk in (self._engine_desk, self._library_desk) if desk is not None]
        if not any(desk.takes(error, key) for desk in desks):
            self.notices().error(error, key=key)
        if isinstance(error, DiglotError) and key == READ_KEY:
            self._window.acts.set_reading(False, is_open=self._session.document is not None)

    # -- the window

    def _listen_to_window(self) -> None:
        window, acts = self._window, self._window.acts
        for action, wish in (
            (acts.library, lambda: self.library_desk().open()),
            (acts.save, self._save),
            (acts.quit, window.close),
            (acts.keys, self._show_keys),
            (acts.about, self._about),
        ):
            action.triggered.connect(lambda _checked=False, wish=wish: wish())
        self.opening.wished.connect(self._opens)
        self.opening.said.connect(self._say)
        self.orders.reading_wanted.connect(self._read)
        self.orders.page_wanted.connect(self._read_page)
        self.orders.words_wanted.connect(self._ask_for_words)
