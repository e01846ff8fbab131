"""The side desk: what happens on the reading side: it is built, asked for words, turned to a tab, and told of waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.order_desk import OrderDesk
from desktop.orders import TYPED
from desktop.session import Session
from desktop.views.document_pane import DocumentPane
from engine.tasks.task import Task

if TYPE_CHECKING:  # built after the first page is on the screen
    from desktop.views.reading_side import ReadingSide
    from engine.events import PagePartly
    from engine.server.state import ServerStatus
    from engine.service import Document


class SideDesk(QObject):
    """Joins the session and the reading side, which is built when the first page stands; nothing is shown before."""

    way_asked = Signal(object)
    """Way: the page in view is to be read again like this."""
    failed = Signal(object)
    """DiglotError: something that was asked for there did not work."""

    def __init__(self, pane: DocumentPane, session: Session, orders: OrderDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._pane = pane
        self._session = session
        self._orders = orders
        self._side: ReadingSide | None = None
        self._asked = Task.DOCUMENT
        session.bridge.engine_changed.connect(self._engine_changed)
        session.bridge.page_partly.connect(self._page_partly)

    @property
    def side(self) -> ReadingSide:
        """The reading side, built if need be."""
        if self._side is None:
            self._side = self._made()
            self.show_document(self._session.document)
        return self._side

    def _made(self) -> ReadingSide:
        from desktop.views.reading_side import ReadingSide

        side = ReadingSide(self._pane.pages, self._pane.model)
        side.reading.failed.connect(self.failed)
        side.reading.way_asked.connect(self.way_asked)
        side.asking.asked.connect(self._words_given)
        side.asking.closed.connect(self._asking_closed)
        self._pane.put_reading_side(side)
        return side

    def show_document(self, document: Document | None) -> None:
        """Show the readings of a document, or of none."""
        if self._side is None:
            return
        if document is None:
            self._side.show_document(0, {})
        else:
            self._side.show_document(document.info.page_count, document.results, document.read_at)
            self.show_asking()

    def results_changed(self, numbers: Iterable[int]) -> None:
        """Take over new readings or new states of these pages."""
        if self._side is not None:
            self._side.results_changed(numbers)

    # -- words and tabs

    def ask(self, task: Task) -> None:
        """Let the person name the fields, or ask the question, that a task needs."""
        lines = self._orders.lines(task)
        self.side.asking.open(task, lines[0] if lines else "", lines)

    def show_asking(self) -> None:
        """Show what was typed while it is being asked, and no longer."""
        if self._side is None:
            return
        task = self._session.order.task
        if task not in TYPED:
            self._side.asking.hide()
        elif self._side.asking.isHidden() or self._side.asking.task is not task:
            lines = self._orders.lines(task)
            self._side.asking.open(task, lines[0] if lines else "", lines, focus=False)

    def open_tab_for(self, task: Task) -> None:
        """Open the tab in which the answer will stand, if the person asks for something else than before."""
        if self._side is None or task is self._asked:
            return
        from desktop.views.reading_tabs import Tab, translation_tab

        self._asked = task
        told = {Task.TRANSLATION: translation_tab(self._side.width()), Task.FIELDS: Tab.FIELDS}
        self._side.reading.open_tab(told.get(task, Tab.TEXT))

    def find(self) -> None:
        """Open the find bar."""
        self.side.open_find()

    def _words_given(self, words: str) -> None:
        self._orders.take_words(self.side.asking.task, words)

    def _asking_closed(self) -> None:
        self._orders.give_up_words()
        self.side.setFocus()

    # -- news

    def _engine_changed(self, status: ServerStatus) -> None:
        if self._side is None:
            return
        words = ""
        if self._session.reader == "vllm" and not status.remote:
            if status.state == "starting":
                words = self.tr("The engine is starting. This page is read as soon as it is ready.")
            elif status.state == "asleep":
                words = self.tr("The engine is waking up. This page is read as soon as it is ready.")
        self._side.show_wait(words)

    def _page_partly(self, event: PagePartly) -> None:
        if self._side is not None:
            self._side.show_partly(event)
