"""The reading of one page in tabs: its text, its translation, its tables and fields; and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.pairing import to_source, to_translation, translated
from desktop.places import Hit, Place
from desktop.task_words import nothing_words
from desktop.views.both_view import BothView
from desktop.views.doubt_count import DoubtCount
from desktop.views.fields_view import FieldsView
from desktop.views.message import Message, Remark
from desktop.views.raw_view import RawView
from desktop.views.reading_fonts import font_for
from desktop.views.reading_tabs import ReadingTabs, Tab
from desktop.views.streamed_text import StreamedText
from desktop.views.table_view import TablesView
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
        self._lit: Place | None = None
        self._zoom = 0
        self._stale: set[Tab] = set()

        self._origin, self._doubts, self._warnings = Remark(), DoubtCount(), WarningRow()
        self._warnings.way_asked.connect(self.way_asked)
        self._doubts.clicked.connect(self.doubts_asked)
        self.text, self.tables, self.raw = StreamedText(), TablesView(), RawView()
        self._message = Message()
        self._text_stack = QStackedWidget()
        self._text_stack.addWidget(self._message)
        self._text_stack.addWidget(self.text)
        self._translation: StreamedText | None = None  # these three are made when a page has them
        self._both: BothView | None = None
        self._fields: FieldsView | None = None
        self.tabs = ReadingTabs()
        self._pages = QStackedWidget()
        for page in (self._text_stack, self.tables, self.raw):
            self._pages.addWidget(page)
        self.tabs.turned.connect(self._freshen)
        for view in (self.text, self.tables, self.raw):
            self._listen(view)
        self.text.zoomed.connect(self.zoom)
        self.tables.failed.connect(self.failed)
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
        column.addWidget(self._pages, 1)
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
            self._lit = None
        self._number, self._result, self._note, self._finished = number, result, note, finished
        self._show_again()

    def open_tab(self, tab: Tab) -> None:
        """Open a tab, now or as soon as a page has it."""
        self.tabs.open(tab)

    def light(self, place: Place | None) -> None:
        """Tint a place; one on another page is not shown, nor one of a page that is still being read."""
        here = place is not None and place.number == self._number and self._finished is None
        self._lit = place if here else None
        self.text.light(self._lit)
        match self.tabs.tab:
            case Tab.RAW:
                self.raw.light(self._lit)
            case Tab.TRANSLATION if self._translation is not None and self._result is not None:
                self._translation.light(to_translation(self._lit, self._result))
            case Tab.BOTH if self._both is not None:
                self._both.light(self._lit)

    def go_to(self, place: Place) -> None:
        """Bring a place into view in the tab that is open, or in the text where that does not have it."""
        if place.number != self._number or self._result is None or self._finished is not None:
            return
        self.light(place)
        match self.tabs.tab:
            case Tab.TABLES if place.row is not None:
                self.tables.go_to(place)
            case Tab.RAW:
                self.raw.go_to(place)
            case Tab.BOTH if self._both is not None:
                self._both.go_to(place)
            case Tab.TRANSLATION if self._translation is not None and to_translation(place, self._result) is not None:
                told = to_translation(place, self._result)
                assert told is not None
                self._translation.go_to(told)
            case _ if self._result.blocks:
                self.tabs.open(Tab.TEXT)
                self.text.go_to(place)

    def go_to_doubt(self, which: int) -> None:
        """Mark one of the page's doubtful words in its text and bring it into view."""
        self.tabs.open(Tab.TEXT)
        self.text.go_to_doubt(which)

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
        self._stale = set(Tab)
        self._say_where_from(self._result)
        self.tabs.show_for(self._result)  # which turns to the tab that is wanted, and brings it up to date

    def _freshen(self) -> None:
        """Bring the open tab up to date; the others wait until they are looked at."""
        tab = self.tabs.tab
        view = self._view_of(tab)
        if tab in self._stale:
            self._stale.discard(tab)
            self._fill(tab)
        if self._pages.currentWidget() is not view:
            self._pages.setCurrentWidget(view)

    def _fill(self, tab: Tab) -> None:
        result = self._result
        match tab:
            case Tab.TEXT:
                self._show_text()
            case Tab.TABLES:
                self.tables.show_result(self._sure_tables(result))
            case Tab.RAW:
                self.raw.show_result(result)
            case Tab.FIELDS if self._fields is not None:
                self._fields.show_result(result)
            case Tab.TRANSLATION if self._translation is not None and result is not None:
                self._show_in(self._translation, translated(result), len(result.blocks))
                self._translation.light(to_translation(self._lit, result))
            case Tab.BOTH if self._both is not None and result is not None:
                fonts = (self._font_for(result), self._font_for(translated(result)))
                if self._finished is None:
                    self._both.show_result(result, fonts)
                else:
                    self._both.show_partly(result, self._finished, fonts)
                self._both.light(self._lit)
                self._mark_hits()

    def _view_of(self, tab: Tab) -> QWidget:
        """Return what shows a tab; what most pages do not need is made when it is first opened."""
        match tab:
            case Tab.TABLES:
                return self.tables
            case Tab.RAW:
                return self.raw
            case Tab.TRANSLATION:
                if self._translation is None:
                    self._translation = self._made_translation()
                return self._translation
            case Tab.BOTH:
                if self._both is None:
                    self._both = BothView()
                    self._both.zoomed.connect(self.zoom)
                    self._add(self._both)
                return self._both
            case Tab.FIELDS:
                if self._fields is None:
                    self._fields = FieldsView()
                    self._add(self._fields)
                return self._fields
            case _:
                return self._text_stack

    def _made_translation(self) -> StreamedText:
        view = StreamedText()
        view.setAccessibleName(self.tr("Translation of the page"))
        view.pointed.connect(lambda place: self._point(self._source_of(place)))
        view.chosen.connect(lambda place: self._choose(self._source_of(place)))
        view.zoomed.connect(self.zoom)
        self._pages.addWidget(view)
        return view

    def _add(self, view: BothView | FieldsView) -> None:
        self._pages.addWidget(view)
        self._listen(view)

    def _listen(self, view: StreamedText | TablesView | RawView | BothView | FieldsView) -> None:
        view.pointed.connect(self._point)
        view.chosen.connect(self._choose)

    def _show_text(self) -> None:
        result = self._result
        if result is None or (not result.blocks and self._finished is None):
            self._message.setText(self._why_empty())
            self._text_stack.setCurrentWidget(self._message)
            return
        self._show_in(self.text, result, 0)
        self._text_stack.setCurrentWidget(self.text)
        self.text.light(self._lit)
        self._mark_hits()

    def _show_in(self, view: StreamedText, result: PageResult, before: int) -> None:
        """Show blocks in a view, of which `before` others stand in front where the finished ones are counted."""
        if self._finished is None:
            view.show_result(result, self._font_for(result))
        else:
            sure = min(len(result.blocks), max(0, self._finished - before))
            view.show_partly(result, sure, self._font_for(result))

    def _sure_tables(self, result: PageResult | None) -> PageResult | None:
        """Return the page with the tables that change no more: a grid that is filled anew cannot be read."""
        if result is None or self._finished is None:
            return result
        return replace(result, blocks=result.blocks[: self._finished])

    def _why_empty(self) -> str:
        result = self._result
        if result is not None and any(field.value is not None for field in result.fields):
            return self.tr("What was found stands in the tab “Fields”.")
        if result is not None:
            return nothing_words(result.task)
        if not self._number:
            return self._note
        return self._note or self.tr("This page has not been read yet.")

    def _mark_hits(self) -> None:
        here = [hit for hit in self._hits if hit.number == self._number]
        shown = here if self._result is not None and self._finished is None else ()
        self.text.set_hits(shown, self._current)
        if self._both is not None and self.tabs.tab is Tab.BOTH:
            self._both.set_hits(shown, self._current)
        # Each hit is gone to once: when it becomes the current one, or when its page comes into view after that.
        if self._current is None:
            self._gone_to = None
        elif self._current != self._gone_to and self._current.number == self._number and self._result is not None:
            self._gone_to = self._current
            self.text.go_to_hit(self._current)

    def _say_where_from(self, result: PageResult | None) -> None:
        if self._finished is not None:
            self._origin.setText(self.tr("Still being read …"))
            result = None
        else:
            self._origin.setText(origin_words(result, self.read_at) if result is not None else "")
        self._doubts.show_count(len(result.doubts) if result is not None else 0)
        self._warnings.show_result(result)

    def _font_for(self, result: PageResult) -> QFont:
        return font_for(result, self.font(), scale=ZOOM_STEP**self._zoom)

    # -- pointing

    def _source_of(self, place: Place | None) -> Place | None:
        return to_source(place, self._result) if self._result is not None else None

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
