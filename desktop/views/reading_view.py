"""The reading of one page in tabs: its text, its tables, its plain lines; and a line that says where it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.places import Hit, Place
from desktop.theme import CHINESE_FAMILIES, LATIN_FAMILIES
from desktop.views.doubt_count import DoubtCount
from desktop.views.message import Message, Remark
from desktop.views.raw_view import RawView
from desktop.views.reading_text import ReadingText
from desktop.views.table_view import TablesView
from desktop.views.warning_row import WarningRow
from desktop.words import origin_words
from engine.output.blocks import PageResult

ZOOM_STEP = 1.1
ZOOM_STEPS = range(-5, 13)
LARGER_PT = 1.0
"""Text to be read is set larger than buttons are."""
JAPANESE_FAMILIES = ("Noto Sans CJK JP", "Yu Gothic UI", "Hiragino Sans")
KOREAN_FAMILIES = ("Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo")


class ReadingView(QWidget):
    """Shows what was read on one page and points at its places."""

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
        self._number = 0
        self._result: PageResult | None = None
        self._note = ""
        self._hits: Sequence[Hit] = ()
        self._current: Hit | None = None
        self._gone_to: Hit | None = None
        self._lit: Place | None = None
        self._zoom = 0
        self._stale: set[QWidget] = set()

        self._origin, self._doubts, self._warnings = Remark(), DoubtCount(), WarningRow()
        self._warnings.way_asked.connect(self.way_asked)
        self._doubts.clicked.connect(self.doubts_asked)
        self.text, self.tables, self.raw = ReadingText(), TablesView(), RawView()
        self._message = Message()
        self._text_stack = QStackedWidget()
        self._text_stack.addWidget(self._message)
        self._text_stack.addWidget(self.text)
        self.tabs = QTabBar()
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self._pages = QStackedWidget()
        for page in (self._text_stack, self.tables, self.raw):
            self.tabs.addTab("")
            self._pages.addWidget(page)
        self.tabs.currentChanged.connect(self._freshen)
        for view in (self.text, self.tables, self.raw):
            view.pointed.connect(self.pointed)
            view.chosen.connect(self.chosen)
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
        self._dress()
        self._show_again()

    # -- what the window calls

    @property
    def number(self) -> int:
        """The page in view, 0 for none."""
        return self._number

    def show_page(self, number: int, result: PageResult | None, *, note: str = "") -> None:
        """Show a page's reading, or while there is none, a note that says why.

        Args:
            number: The page, from 1; 0 for no page at all.
            result: What was read on it.
            note: The words to show in its place.
        """
        if (number, note) == (self._number, self._note) and result is self._result:
            return
        if number != self._number or result is not self._result:
            self._lit = None
        self._number, self._result, self._note = number, result, note
        self._show_again()

    def light(self, place: Place | None) -> None:
        """Tint a place; one on another page is not shown."""
        self._lit = place if place is not None and place.number == self._number else None
        self.text.light(self._lit)
        if self._pages.currentWidget() is self.raw:
            self.raw.light(self._lit)

    def go_to(self, place: Place) -> None:
        """Bring a place into view in the tab that is open."""
        if place.number != self._number or self._result is None:
            return
        self.light(place)
        view = self._pages.currentWidget()
        if view is self.tables and place.row is not None:
            self.tables.go_to(place)
        elif view is self.raw:
            self.raw.go_to(place)
        else:
            self.tabs.setCurrentIndex(0)
            self.text.go_to(place)

    def go_to_doubt(self, which: int) -> None:
        """Mark one of the page's doubtful words in its text and bring it into view."""
        self.tabs.setCurrentIndex(0)
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
        self._stale = {self._text_stack, self.tables, self.raw}
        result = self._result
        count = len(result.tables) if result is not None else 0
        self.tabs.setTabText(1, self.tr("Tables ({count})").format(count=count) if count else self.tr("Tables"))
        self._say_where_from(result)
        self._freshen()

    def _freshen(self) -> None:
        """Bring the open tab up to date; the others wait until they are looked at."""
        self._pages.setCurrentIndex(self.tabs.currentIndex())
        view = self._pages.currentWidget()
        if view not in self._stale:
            return
        self._stale.discard(view)
        if view is self.tables:
            self.tables.show_result(self._result)
        elif view is self.raw:
            self.raw.show_result(self._result)
        else:
            self._show_text()

    def _show_text(self) -> None:
        result = self._result
        if result is None or not result.blocks:
            self._message.setText(self._why_empty())
            self._text_stack.setCurrentWidget(self._message)
            return
        self.text.show_result(result, self._font_for(result))
        self._text_stack.setCurrentWidget(self.text)
        self.text.light(self._lit)
        self._mark_hits()

    def _why_empty(self) -> str:
        if self._result is not None:
            return self.tr("No text was found on this page.")
        if not self._number:
            return self._note
        return self._note or self.tr("This page has not been read yet.")

    def _mark_hits(self) -> None:
        here = [hit for hit in self._hits if hit.number == self._number]
        self.text.set_hits(here if self._result is not None else (), self._current)
        # Each hit is gone to once: when it becomes the current one, or when its page comes into view after that.
        if self._current is None:
            self._gone_to = None
        elif self._current != self._gone_to and self._current.number == self._number and self._result is not None:
            self._gone_to = self._current
            self.text.go_to_hit(self._current)

    def _say_where_from(self, result: PageResult | None) -> None:
        self._origin.setText(origin_words(result) if result is not None else "")
        self._doubts.show_count(len(result.doubts) if result is not None else 0)
        self._warnings.show_result(result)

    def _font_for(self, result: PageResult) -> QFont:
        font = QFont(self.font())
        wanted = _families_for(result)
        left_out = {*CHINESE_FAMILIES, *LATIN_FAMILIES} if wanted else CHINESE_FAMILIES
        latin = [family for family in font.families() if family not in left_out]
        font.setFamilies([*latin, *wanted])
        scale = ZOOM_STEP**self._zoom
        if font.pointSizeF() > 0:
            font.setPointSizeF((font.pointSizeF() + LARGER_PT) * scale)
        else:
            font.setPixelSize(round((font.pixelSize() + 1) * scale))
        return font

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette, the font and the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._rebuild.start()

    def _dress(self) -> None:
        self.tabs.setTabText(0, self.tr("Text"))
        self.tabs.setTabText(2, self.tr("Raw"))
        self.tabs.setTabToolTip(2, self.tr("The lines just as they were read"))
        self.tabs.setAccessibleName(self.tr("Ways to show the reading"))


def _families_for(result: PageResult) -> tuple[str, ...]:
    """Choose the regional forms of Han characters by the letters beside them; none where there is no such character.

    Latin text alone is left to the window's own font: the curly quotes of a Chinese font are as wide as a character.
    """
    text = "".join(line.text for line in result.lines)
    if re.search("[\u3040-\u30ff]", text):
        return JAPANESE_FAMILIES
    if re.search("[\uac00-\ud7a3]", text):
        return KOREAN_FAMILIES
    return CHINESE_FAMILIES if re.search("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]", text) else ()
