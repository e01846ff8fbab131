"""The tabs over a reading: those that have something to show, and which of them the person wants to see."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from engine.output.blocks import PageResult


class Tab(StrEnum):
    """A way to show a reading."""

    TEXT = "text"
    TRANSLATION = "translation"
    BOTH = "both"
    TABLES = "tables"
    FIELDS = "fields"
    RAW = "raw"


ALWAYS = (Tab.TEXT, Tab.TABLES, Tab.RAW)
TWO_COLUMNS = 700
"""Logical pixels of the reading from which text and translation have room beside each other."""


def translation_tab(width: int) -> Tab:
    """Return the tab that shows a translation best in so many logical pixels."""
    return Tab.BOTH if width >= TWO_COLUMNS else Tab.TRANSLATION


class ReadingTabs(QTabBar):
    """A page that lacks what the person wants shows its text; the next one that has it shows that again."""

    turned = Signal()
    """Another tab is open now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = Tab.TEXT
        self._arranging = False
        self._tables = 0
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        for tab in Tab:
            self.addTab("")
            self.setTabVisible(self.index_of(tab), tab in ALWAYS)
        self.currentChanged.connect(self._changed)
        self._dress()

    @property
    def tab(self) -> Tab:
        """The tab that is open."""
        return list(Tab)[max(0, self.currentIndex())]

    def index_of(self, tab: Tab) -> int:
        """Return where a tab stands in the bar."""
        return list(Tab).index(tab)

    def open(self, tab: Tab) -> None:
        """Open a tab, now or as soon as a page has it."""
        self._wanted = tab
        self._turn()

    def show_for(self, result: PageResult | None) -> None:
        """Offer what a page has."""
        there = set(ALWAYS)
        if result is not None and result.translation:
            there |= {Tab.TRANSLATION, Tab.BOTH}
        if result is not None and result.fields:
            there.add(Tab.FIELDS)
        self._arranging = True  # the bar turns by itself when what is open goes away
        for tab in Tab:
            if self.isTabVisible(self.index_of(tab)) != (tab in there):
                self.setTabVisible(self.index_of(tab), tab in there)
        self._arranging = False
        self._tables = len(result.tables) if result is not None else 0
        self._name_tables()
        self.updateGeometry()  # which hiding and showing tabs leaves as it was
        self._turn()

    def _turn(self) -> None:
        at = self.index_of(self._wanted)
        self._arranging = True
        self.setCurrentIndex(at if self.isTabVisible(at) else self.index_of(Tab.TEXT))
        self._arranging = False
        self.turned.emit()

    def _changed(self, _at: int) -> None:
        if not self._arranging:
            self._wanted = self.tab
            self.turned.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()

    def _name_tables(self) -> None:
        words = self.tr("Tables ({count})").format(count=self._tables) if self._tables else self.tr("Tables")
        at = self.index_of(Tab.TABLES)
        if self.tabText(at) != words:
            self.setTabText(at, words)

    def _dress(self) -> None:
        self.setAccessibleName(self.tr("Ways to show the reading"))
        for tab, name, tip in (
            (Tab.TEXT, self.tr("Text"), self.tr("What stands on the page")),
            (Tab.TRANSLATION, self.tr("Translation"), self.tr("The page in the other language")),
            (Tab.BOTH, self.tr("Both"), self.tr("Text and translation side by side")),
            (Tab.FIELDS, self.tr("Fields"), self.tr("The values of the fields you named")),
            (Tab.RAW, self.tr("Raw"), self.tr("Just as it was read, before anything was put in order")),
        ):
            self.setTabText(self.index_of(tab), name)
            self.setTabToolTip(self.index_of(tab), tip)
        self._name_tables()
