"""The document's pane: the list of pages, the pages, and a place for their reading, side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from desktop.models.pages import PagesModel
from desktop.views.page_view import PageView
from desktop.views.thumbnails import Thumbnails

LIST_WIDTH = 140


class DocumentPane(QSplitter):
    """Built when the first document is opened, or when the window has nothing better to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.model = PagesModel(self)
        self.thumbnails = Thumbnails(self.model, self)
        self.pages = PageView(self)
        self._reading_place = QWidget(self)
        self._reading_place.setAutoFillBackground(True)
        self._reading_column = QVBoxLayout(self._reading_place)
        self._reading_column.setContentsMargins(0, 0, 0, 0)
        for index, part in enumerate((self.thumbnails, self.pages, self._reading_place)):
            self.addWidget(part)
            self.setStretchFactor(index, 0 if index == 0 else 1)
            self.setCollapsible(index, False)
        self.setHandleWidth(5)
        self.setFocusProxy(self.pages)
        self.setSizes([LIST_WIDTH, 560, 560])
        self._listed = LIST_WIDTH
        self._share = 0.5  # of the room beside the list, for the page; the rest is for its reading
        self.splitterMoved.connect(lambda: self._note_share())

    def go_to_part(self, way: int, *, beside: Sequence[QWidget] = ()) -> None:
        """Give the keyboard to the next (1) or the last (-1) of list, page, reading and what stands beside them."""
        own = (self.thumbnails, self.pages, self._reading_place)
        parts = [part for part in (*own, *beside) if part.isVisible()]
        focused = QApplication.focusWidget()
        inside = [at for at, part in enumerate(parts) if focused is not None and _holds(part, focused)]
        here = inside[0] if inside else (-1 if way > 0 else 0)
        parts[(here + way) % len(parts)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_reading_side(self, side: QWidget) -> None:
        """Put the right part in."""
        self._reading_column.addWidget(side)
        self._reading_place.setFocusProxy(side)

    def restore(self, store: QSettings) -> None:
        """Divide the room as last time."""
        kept = store.value("window/room", "")
        found = re.fullmatch(r"(\d{2,4}) 0\.(\d{1,4})", kept) if isinstance(kept, str) else None
        if found is not None:
            self._listed, self._share = int(found[1]), float(f"0.{found[2]}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share what there is between page and reading; Qt would take it all from the reading."""
        super().resizeEvent(event)
        widths = self.sizes()
        free = sum(widths) - (self._listed if widths[0] else 0)
        page = round(free * self._share)
        self.setSizes([self._listed, page, free - page])

    def _note_share(self) -> None:
        listed, page, reading = self.sizes()
        self._listed = listed or self._listed
        if page + reading > 0:
            self._share = page / (page + reading)

    def keep(self, store: QSettings) -> None:
        """Remember how the room is divided."""
        store.setValue("window/room", f"{self._listed} {min(0.99, self._share):.3f}")


def _holds(part: QWidget, focused: QWidget) -> bool:
    return part is focused or part.isAncestorOf(focused)
