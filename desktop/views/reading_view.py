"""The reading of one page in tabs: its text, its translation, its tables and fields; and where it came from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.places import Hit, Part, Place
from desktop.task_words import nothing_words
from desktop.views.doubt_count import DoubtCount
from desktop.views.message import Remark
from desktop.views.reading_pages import ReadingPages, Shown
from desktop.views.reading_tabs import ReadingTabs, Tab, translation_tab
from desktop.views.warning_row import WarningRow
from desktop.words import origin_words
from engine.output.blocks import PageResult

ZOOM_STEP = 1.1
ZOOM_STEPS = range(-5, 13)


class ReadingView(QWidget):
    """Shows what was read on one page, or what is read of it so far, and points at its places."""

    pointed = Signal(object)
    """Place | None: what is under the mouse."""
    chosen = Signal(object)
    """Place: what was clicked."""
    way_asked = Signal(object)
    """Way: the page is to be read again like this."""
    doubts_asked = Signal()
    """The words that need a look are to be gone through."""
    failed = Signal(object)
    """DiglotError: something that was asked for here (saving a table) did not work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.read_at: float | None = None  # of a page that was read on an earlier day, to be said with `show_page`
        self._number = 0
        self._result: PageResult | None = None
        self._finished: int | None = None  # blocks that are sure to stay, while the page is still being read
        self._note = ""
        self._hits: Sequence[Hit] = ()
        self._current: Hit | None = None
        self._gone_to: Hit | None = None
        self._zoom = 0

        self._origin, self._doubts, self._warnings = Remark(), DoubtCount(), WarningRow()
        self._warnings.way_asked.connect(self.way_asked)
        self._doubts.clicked.connect(self.doubts_asked)
        self.tabs, self.pages = ReadingTabs(), ReadingPages()
        self.text, self.tables, self.raw = self.pages.text, self.pages.tables, self.pages.raw
        self.doubts = self.pages.doubts
        self.tabs.turned.connect(lambda: self.pages.open(self.tabs.tab))
        self.pages.pointed.connect(self._point)
        self.pages.chosen.connect(self._choose)
        self.pages.zoomed.connect(self.zoom)
        self.pages.failed.connect(self.failed)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 12, 0)
        top.setSpacing(12)
        top.addWidget(self.tabs)
        top.addWidget(self._origin, 1)
        top.addWidget(self._doubts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._warnings)
        column.addWidget(self.pages, 1)
        self.setFocusProxy(self.text)
        # A change of theme sends the palette to each widget in turn: rebuild once, when all have it.
        self._rebuild = QTimer(self, singleShot=True, interval=0)
        self._rebuild.timeout.connect(self._show_again)
        self._show_again()

    # -- what the window calls

    @property
    def number(self) -> int:
        """The page in view, 0 for none."""
        return self._number

    def show_page(self, number: int, result: PageResult | None, *, note: str = "", finished: int | None = None) -> None:
        """Show a page's reading, or while there is none, a note that says why.

        Args:
            number: The page, from 1; 0 for no page at all.
            result: What was read on it.
            note: The words to show in its place.
            finished: How many blocks are sure to stay, of a page that is still being read; None for one that is read.
        """
        told = (self._number, self._note, self._finished)
        if (number, note, finished) == told and result is self._result:
            return
        if number != self._number or result is not self._result:
            self.pages.light(None)
        self._number, self._result, self._note, self._finished = number, result, note, finished
        self._show_again()

    def open_tab(self, tab: Tab) -> None:
        """Open a tab, now or as soon as a page has it."""
        self.tabs.open(tab)

    def light(self, place: Place | None) -> None:
        """Tint a place; one on another page is not shown, nor one of a page that is still being read."""
        here = place is not None and place.number == self._number and self._finished is None
        self.pages.light(place if here else None)

    def go_to(self, place: Place) -> None:
        """Bring a place into view in the tab that is open, or in the text where that does not have it."""
        if place.number != self._number or self._result is None or self._finished is not None:
            return
        self.light(place)
        if not self.pages.go_to(place) and self._result.blocks:
            self.tabs.open(Tab.TEXT)
            self.pages.go_to(place)

    def go_to_doubt(self, which: int) -> None:
        """Mark one of the page's doubtful words and bring it into view: beside the translation or among the tables.

        Where neither of these tabs is open, or no table has the word, the text is opened.
        """
        among_tables = self.tabs.tab is Tab.TABLES and self.tables.has_doubt(which)
        if self.tabs.tab is not Tab.BOTH and not among_tables:
            self.tabs.open(Tab.TEXT)
        self.pages.go_to_doubt(which)

    def set_hits(self, hits: Sequence[Hit], current: Hit | None) -> None:
        """Mark what was found, of which only this page's hits are shown, and go to the current one."""
        self._hits, self._current = hits, current
        self._mark_hits()

    def zoom(self, step: int) -> None:
        """Make the letters larger (1), smaller (-1) or as usual (0)."""
        zoom = self._zoom + step if step else 0
        zoom = max(ZOOM_STEPS.start, min(ZOOM_STEPS.stop - 1, zoom))
        if zoom != self._zoom:
            self._zoom = zoom
            self._show_again()

    # -- showing

    def _show_again(self) -> None:
        self._rebuild.stop()
        self._say_where_from(self._result)
        self.pages.show_page(Shown(self._result, self._finished, self._why_empty(), ZOOM_STEP**self._zoom))
        self.tabs.show_for(self._result)  # which turns to the tab that is wanted, and brings it up to date
        self._mark_hits()

    def _why_empty(self) -> str:
        result = self._result
        if result is not None and any(field.value is not None for field in result.fields):
            return self.tr("What was found stands in the tab “Fields”.")
        if result is not None:
            return nothing_words(result.task)
        if not self._number:
            return self._note
        return self._note or self.tr("This page has not been read yet.")

    @property
    def _is_read(self) -> bool:
        return self._result is not None and self._finished is None

    def _mark_hits(self) -> None:
        self.pages.set_hits([hit for hit in self._hits if hit.number == self._number], self._current)
        # Each hit is gone to once: when it becomes the current one, or when its page comes into view after that.
        current = self._current
        if current is None:
            self._gone_to = None
        elif current != self._gone_to and current.number == self._number and self._is_read:
            self._gone_to = current
            self.tabs.open(self._tab_for(current))
            self.pages.go_to_hit(current)

    def _tab_for(self, hit: Hit) -> Tab:
        """Return the tab in which a hit can be seen: the open one, if it is one of those."""
        match hit.part:
            case Part.FIELDS:
                return Tab.FIELDS
            case Part.TRANSLATION:
                seen = {Tab.TRANSLATION, Tab.BOTH}
                return self.tabs.tab if self.tabs.tab in seen else translation_tab(self.width())
            case _:
                return Tab.BOTH if self.tabs.tab is Tab.BOTH else Tab.TEXT

    def _say_where_from(self, result: PageResult | None) -> None:
        if self._finished is not None:
            self._origin.setText(self.tr("Still being read …"))
            result = None
        else:
            self._origin.setText(origin_words(result, self.read_at) if result is not None else "")
        self._doubts.show_count(len(result.doubts) if result is not None else 0)
        self._warnings.show_result(result)

    # -- pointing

    def _point(self, place: Place | None) -> None:
        if self._finished is None:  # nothing has its place before the page is read
            self.pointed.emit(place)

    def _choose(self, place: Place | None) -> None:
        if self._finished is None and place is not None:
            self.chosen.emit(place)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette, the font and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._rebuild.start()
