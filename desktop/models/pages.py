"""PagesModel: every page of the open document and how far its reading is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.errors import DiglotError

Index = QModelIndex | QPersistentModelIndex


class ReadState(StrEnum):
    """Where the reading of a page stands."""

    UNREAD = "unread"
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PageStatus:
    """A page's state; `fraction` from 0.0 to 1.0 while it is read, `error` where it failed."""

    number: int
    state: ReadState = ReadState.UNREAD
    fraction: float = 0.0
    error: DiglotError | None = None


STATUS_ROLE = Qt.ItemDataRole.UserRole + 1


class PagesModel(QAbstractListModel):
    """One row a page, row 0 is page 1."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pages: list[PageStatus] = []

    def reset(self, count: int) -> None:
        """Show the pages of another document, none of them read."""
        self.beginResetModel()
        self._pages = [PageStatus(number) for number in range(1, count + 1)]
        self.endResetModel()

    def update(self, pages: Iterable[PageStatus]) -> None:
        """Take over new states; the views are told once, about the stretch that changed."""
        changed = [page.number - 1 for page in pages if self._put(page)]
        if changed:
            self.dataChanged.emit(self.index(min(changed)), self.index(max(changed)))

    def set_waiting(self, numbers: Iterable[int]) -> None:
        """Put pages into the waiting row."""
        self.update([PageStatus(number, ReadState.WAITING) for number in numbers])

    def drop_waiting(self) -> None:
        """Nothing waits any more: what was not read stays unread."""
        unfinished = (ReadState.WAITING, ReadState.READING)
        self.update([PageStatus(page.number) for page in self._pages if page.state in unfinished])

    def status(self, number: int) -> PageStatus:
        """Return a page's state."""
        return self._pages[number - 1]

    def failures(self) -> dict[int, DiglotError]:
        """Return the errors of the pages that failed."""
        return {page.number: page.error for page in self._pages if page.error is not None}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Count the pages."""
        return 0 if parent.isValid() else len(self._pages)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Tell a page's number, its state, and its state in words."""
        if not index.isValid() or index.row() >= len(self._pages):
            return None
        page = self._pages[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return str(page.number)
        if role == STATUS_ROLE:
            return page
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.tr("Page {number}: {state}").format(number=page.number, state=self._words(page))
        return None

    def _put(self, page: PageStatus) -> bool:
        row = page.number - 1
        if not 0 <= row < len(self._pages) or self._pages[row] == page:
            return False
        self._pages[row] = page
        return True

    def _words(self, page: PageStatus) -> str:
        match page.state:
            case ReadState.UNREAD:
                return self.tr("not read")
            case ReadState.WAITING:
                return self.tr("waiting")
            case ReadState.READING:
                return self.tr("being read")
            case ReadState.DONE:
                return self.tr("read")
            case ReadState.FAILED:
                return self.tr("failed")
