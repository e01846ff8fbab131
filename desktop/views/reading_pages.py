"""What stands below the tabs of a reading: a view for each, filled when it is looked at, the rarer ones made then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.pairing import to_source, to_translation, translated
from desktop.places import Hit, Part, Place
from desktop.views.both_view import BothView
from desktop.views.fields_view import FieldsView
from desktop.views.message import Message
from desktop.views.raw_view import RawView
from desktop.views.reading_fonts import font_for
from desktop.views.reading_tabs import Tab
from desktop.views.shown_doubts import ShownDoubts
from desktop.views.streamed_text import StreamedText
from desktop.views.table_view import TablesView
from engine.output.blocks import PageResult


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be shown of a page.

    `finished` counts the blocks that are sure to stay, of a page that is still being read; None for one that is read.
    `empty` is what to say where nothing was read, `scale` how large the letters are.
    """

    result: PageResult | None = None
    finished: int | None = None
    empty: str = ""
    scale: float = 1.0


class ReadingPages(QStackedWidget):
    """Places are always those of the page, in whichever view they are pointed at."""

    pointed = Signal(object)
    """Place | None: what is under the mouse."""
    chosen = Signal(object)
    """Place: what was clicked."""
    zoomed = Signal(int)
    """1 for larger letters, -1 for smaller ones, 0 for the usual size."""
    put_back_asked = Signal(object)
    """Place: what was read shall stand there again."""
    failed = Signal(object)
    """DiglotError: something that was asked for here did not work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Shown()
        self._tab = Tab.TEXT
        self._stale: set[Tab] = set()
        self._lit: Place | None = None
        self.is_corrected: Callable[[Place], bool] = lambda _place: False
        """Tells whether the person wrote what stands at a place."""
        self._hits: tuple[Sequence[Hit], Hit | None] = (), None
        self.doubts = ShownDoubts(self)
        self.text, self.tables, self.raw = StreamedText(), TablesView(), RawView()
        self.message = Message()
        self._text_stack = QStackedWidget()
        self._text_stack.addWidget(self.message)
        self._text_stack.addWidget(self.text)
        self.translation: StreamedText | None = None  # these three are made when a page has them
        self.both: BothView | None = None
        self.fields: FieldsView | None = None
        for page in (self._text_stack, self.tables, self.raw):
            self.addWidget(page)
        for view in (self.text, self.tables, self.raw):
            self._listen(view)
        self._listen_to_words(self.text)
        self.doubts.listen(self.tables)
        self.text.zoomed.connect(self.zoomed)
        self.tables.failed.connect(self.failed)

    # -- what the reading's view calls

    def show_page(self, shown: Shown) -> None:
        """Take over what is to be shown; the view in sight is brought up to date by `open`, which is to follow."""
        self._shown = shown
        self._stale = set(Tab)

    def open(self, tab: Tab) -> None:
        """Bring the view of a tab up to date, and into sight."""
        view, before = self._view_of(tab), self.currentWidget()
        self._tab = tab
        if tab in self._stale:
            self._stale.discard(tab)
            self._fill(tab)
        if before is not None and before is not view:
            self.setCurrentWidget(view)
            self.doubts.hide(before)
        self._mark_hits()

    def light(self, place: Place | None) -> None:
        """Tint a place of the page that is shown, or nothing."""
        self._lit, result = place, self._shown.result
        self.text.light(place)
        match self._tab:
            case Tab.RAW:
                self.raw.light(place)
            case Tab.TRANSLATION if self.translation is not None and result is not None:
                self.translation.light(to_translation(place, result))
            case Tab.BOTH if self.both is not None:
                self.both.light(place)

    def go_to(self, place: Place) -> bool:
        """Bring a place into view; False where the open tab does not have it."""
        result = self._shown.result
        told = to_translation(place, result) if result is not None else None
        match self._tab:
            case Tab.TABLES if place.row is not None:
                self.tables.go_to(place)
            case Tab.RAW:
                self.raw.go_to(place)
            case Tab.BOTH if self.both is not None:
                self.both.go_to(place)
            case Tab.TRANSLATION if self.translation is not None and told is not None:
                self.translation.go_to(told)
            case Tab.TEXT:
                self.text.go_to(place)
            case _:
                return False
        return True

    def set_hits(self, hits: Sequence[Hit], current: Hit | None) -> None:
        """Mark what was found on this page."""
        self._hits = hits, current
        self._mark_hits()

    def go_to_hit(self, hit: Hit) -> None:
        """Bring what was found into view, in the tab that is open."""
        match self._tab:
            case Tab.BOTH if self.both is not None:
                self.both.go_to_hit(hit)
            case Tab.TRANSLATION if self.translation is not None:
                self.translation.go_to_hit(hit)
            case Tab.FIELDS if self.fields is not None:
                self.fields.go_to_hit(hit)
            case _:
                self.text.go_to_hit(hit)

    def go_to_doubt(self, which: int) -> None:
        """Mark a doubtful word in the text or the table that is in sight, and bring it into view."""
        match self._tab:
            case Tab.BOTH if self.both is not None:
                self.doubts.go_to(self.both.source, which)
            case Tab.TABLES:
                self.doubts.go_to(self.tables, which)
            case _:
                self.doubts.go_to(self.text, which)

    # -- filling

    def _fill(self, tab: Tab) -> None:
        result = self._shown.result
        match tab:
            case Tab.TEXT:
                self._show_text()
            case Tab.TABLES:
                self.tables.show_result(self._sure_tables())
            case Tab.RAW:
                self.raw.show_result(result)
            case Tab.FIELDS if self.fields is not None:
                self.fields.show_result(result)
            case Tab.TRANSLATION if self.translation is not None and result is not None:
                self._show_in(self.translation, translated(result), len(result.blocks))
                self.translation.light(to_translation(self._lit, result))
            case Tab.BOTH if self.both is not None and result is not None:
                fonts = (self._font_for(result), self._font_for(translated(result)))
                if self._shown.finished is None:
                    self.both.show_result(result, fonts)
                else:
                    self.both.show_partly(result, self._shown.finished, fonts)
                self.both.light(self._lit)

    def _show_text(self) -> None:
        result = self._shown.result
        if result is None or (not result.blocks and self._shown.finished is None):
            self.message.setText(self._shown.empty)
            self._text_stack.setCurrentWidget(self.message)
            return
        self._show_in(self.text, result, 0)
        self._text_stack.setCurrentWidget(self.text)
        self.text.light(self._lit)

    def _show_in(self, view: StreamedText, result: PageResult, before: int) -> None:
        """Show blocks in a view, of which `before` others stand in front where the finished ones are counted."""
        if self._shown.finished is None:
            view.show_result(result, self._font_for(result))
        else:
            sure = min(len(result.blocks), max(0, self._shown.finished - before))
            view.show_partly(result, sure, self._font_for(result))

    def _sure_tables(self) -> PageResult | None:
        """Return the page with the tables that change no more: a grid that is filled anew cannot be read."""
        result, finished = self._shown.result, self._shown.finished
        if result is None or finished is None:
            return result
        return replace(result, blocks=result.blocks[:finished])

    def _mark_hits(self) -> None:
        hits, current = self._hits
        if self._shown.result is None or self._shown.finished is not None:
            hits = ()
        match self._tab:
            case Tab.TEXT:
                self.text.set_hits([hit for hit in hits if hit.part is Part.TEXT], current)
            case Tab.BOTH if self.both is not None:
                self.both.set_hits(hits, current)
            case Tab.TRANSLATION if self.translation is not None:
                self.translation.set_hits([hit for hit in hits if hit.part is Part.TRANSLATION], current)
            case Tab.FIELDS if self.fields is not None:
                self.fields.set_hits([hit for hit in hits if hit.part is Part.FIELDS], current)

    def _font_for(self, result: PageResult) -> QFont:
        return font_for(result, self.font(), scale=self._shown.scale)

    # -- the views

    def _view_of(self, tab: Tab) -> QWidget:
        match tab:
            case Tab.TABLES:
                return self.tables
            case Tab.RAW:
                return self.raw
            case Tab.TRANSLATION:
                if self.translation is None:
                    self.translation = self._made_translation()
                return self.translation
            case Tab.BOTH:
                if self.both is None:
                    self.both = self._made_both()
                return self.both
            case Tab.FIELDS:
                if self.fields is None:
                    self.fields = FieldsView()
                    self._add(self.fields)
                return self.fields
            case _:
                return self._text_stack

    def _made_translation(self) -> StreamedText:
        view = StreamedText()
        view.setAccessibleName(self.tr("Translation of the page"))
        view.pointed.connect(lambda place: self.pointed.emit(self._source_of(place)))
        view.chosen.connect(self._chosen_in_translation)
        view.zoomed.connect(self.zoomed)
        self.addWidget(view)
        return view

    def _made_both(self) -> BothView:
        view = BothView()
        view.zoomed.connect(self.zoomed)
        self._add(view)
        self._listen_to_words(view.source)
        return view

    def _listen_to_words(self, view: StreamedText) -> None:
        """Listen to a view of what was read, about whose words something can be said."""
        self.doubts.listen(view)
        view.put_back_asked.connect(self.put_back_asked)
        view.is_corrected = lambda place: self.is_corrected(place)

    def _add(self, view: BothView | FieldsView) -> None:
        self.addWidget(view)
        self._listen(view)

    def _listen(self, view: StreamedText | TablesView | RawView | BothView | FieldsView) -> None:
        view.pointed.connect(self.pointed)
        view.chosen.connect(self.chosen)

    def _chosen_in_translation(self, place: Place) -> None:
        source = self._source_of(place)
        if source is not None:
            self.chosen.emit(source)

    def _source_of(self, place: Place | None) -> Place | None:
        return to_source(place, self._shown.result) if self._shown.result is not None else None
