"""The right half: what is asked and sought over the reading of the page in sight, which it and the page point at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.pages import PagesModel, ReadState
from desktop.places import Hit, Place
from desktop.views.asking_line import AskingLine
from desktop.views.find_bar import FindBar
from desktop.views.page_view import PageView
from desktop.views.reading_view import ReadingView
from engine.events import PagePartly
from engine.output.blocks import PageResult

SETTLE_MS = 50
"""While pages fly past, their readings are not laid out."""


class ReadingSide(QWidget):
    """Follows the page view: shows the reading of its page, and joins both sides' pointing."""

    def __init__(self, pages: PageView, model: PagesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        self._model = model
        self._results: Mapping[int, PageResult] = {}
        self._read_at: Mapping[int, float] = {}
        self._count = 0
        self._hits: list[Hit] = []
        self._partly: PagePartly | None = None
        self._waits_for = ""
        self.asking = AskingLine(self)
        self.find_bar = FindBar(self)
        self.reading = ReadingView(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.asking)
        column.addWidget(self.find_bar)
        column.addWidget(self.reading, 1)
        self.find_bar.hide()
        self.setFocusProxy(self.reading)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._show)
        pages.page_changed.connect(self._page_changed)
        pages.pointed.connect(self.reading.light)
        pages.chosen.connect(self._chosen_on_page)
        self.reading.pointed.connect(pages.light)
        self.reading.chosen.connect(pages.go_to)
        self.find_bar.hits_changed.connect(self._hits_changed)
        self.find_bar.current_changed.connect(self._current_changed)
        self.find_bar.closed.connect(self._find_closed)

    def show_document(
        self, count: int, results: Mapping[int, PageResult], read_at: Mapping[int, float] | None = None
    ) -> None:
        """Show the readings of a document; `results` may grow, then `results_changed` is to be called. 0 shows none.

        `read_at` tells of pages that were read on an earlier day when that was, in seconds since 1970; it may change.
        """
        self._read_at = read_at if read_at is not None else {}
        self._count, self._results, self._partly = count, results, None
        self.find_bar.set_results(results)
        self._show()

    def results_changed(self, numbers: Iterable[int]) -> None:
        """Take over new readings or new states of these pages."""
        if self._pages.page in numbers:
            self._show()
        if self.find_bar.isVisible():
            self.find_bar.refresh(numbers)

    def show_partly(self, event: PagePartly) -> None:
        """Show what is read so far of the page in view."""
        if event.number == self._pages.page and self._count:
            self._partly = event
            if not self._settle.isActive():
                self._show()

    def show_wait(self, words: str) -> None:
        """Say what the reading waits for where a page is being read and nothing has come yet; "" for nothing."""
        if words != self._waits_for:
            self._waits_for = words
            self._show()

    def open_find(self) -> None:
        """Open the find bar."""
        self.find_bar.refresh()
        self.find_bar.open()

    def _page_changed(self, number: int) -> None:
        self.find_bar.set_here(number)
        self._settle.start()

    def _show(self) -> None:
        self._settle.stop()
        if not self._count:
            self.reading.show_page(0, None, note="")
            return
        number = self._pages.page
        partly = self._partly
        if partly is not None and (partly.number != number or not self._is_read(number)):
            partly = self._partly = None
        if partly is not None:
            self.reading.show_page(number, partly.result, finished=partly.finished)
            return
        result = self._results.get(number)
        note = "" if result is not None else self._note(number)
        self.reading.read_at = self._read_at.get(number)
        self.reading.show_page(number, result, note=note)

    def _is_read(self, number: int) -> bool:
        return self._model.status(number).state is ReadState.READING

    def _note(self, number: int) -> str:
        match self._model.status(number).state:
            case ReadState.WAITING:
                return self.tr("This page waits to be read.")
            case ReadState.READING:
                return self._waits_for or self.tr("This page is being read …")
            case ReadState.FAILED:
                return self.tr("This page could not be read. Shift+F5 tries it again.")
            case _:
                return self.tr("This page has not been read. Press F5 to read the document.")

    def _chosen_on_page(self, place: Place) -> None:
        if self._settle.isActive():
            self._show()
        self.reading.go_to(place)

    def _hits_changed(self, hits: list[Hit]) -> None:
        self._hits = hits
        self._mark(self.find_bar.current)

    def _current_changed(self, current: Hit | None) -> None:
        self._mark(current)
        if current is not None and self._settle.isActive():
            self._show()  # another page: its reading has to be there before the hit can be marked in it
            self.reading.set_hits(self._hits, current)

    def _mark(self, current: Hit | None) -> None:
        self._pages.set_hits(self._hits, current)
        self.reading.set_hits(self._hits, current)

    def _find_closed(self) -> None:
        self._hits_changed([])
        self._pages.setFocus()
