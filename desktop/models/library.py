"""The library as Qt models: documents met last, and hits of a search by document; further ones are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.output.blocks import Box
from engine.store.records import DocumentFacts, Hit, KeptDocument

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""What a row is about: a KeptDocument, a Head, a Hit, a More."""
EACH = 5
"""So many pages of a document are shown before one asks for the others."""


@dataclass(frozen=True, slots=True)
class Head:
    """Stands over the hits of a document; `pages` counts all of them."""

    document: DocumentFacts
    pages: int


@dataclass(frozen=True, slots=True)
class More:
    """Stands below the hits of a document where there are further ones: so many are `shown`, so many `left`."""

    document: DocumentFacts
    shown: int
    left: int


@dataclass(frozen=True, slots=True)
class Goal:
    """Where one wants to go: a document, and perhaps a page of it with a place in page units."""

    document: DocumentFacts
    number: int = 1
    box: Box | None = None


Row = KeptDocument | Head | Hit | More


class GrowingModel(QAbstractListModel):
    """Rows that come in portions: the view asks for more when its end is in sight."""

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._has_more = False
        self._asked = False

    @property
    def rows(self) -> Sequence[Row]:
        """What there is so far."""
        return self._rows

    def row_at(self, index: Index) -> Row | None:
        """Return what a row is about, None where there is none."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Count the rows that are there."""
        return 0 if parent.isValid() else len(self._rows)

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether there are further rows that nobody has asked for yet."""
        return not parent.isValid() and self._has_more and not self._asked

    def fetchMore(self, parent: Index) -> None:
        """Ask for further rows."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

    def ask_again(self) -> None:
        """Let further rows be asked for once more: they did not come."""
        self._asked = False

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Tell what a row is about, and the same in words."""
        row = self.row_at(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(row)
        return None

    def _words(self, row: Row) -> str:
        raise NotImplementedError

    def _append(self, rows: list[Row], *, has_more: bool) -> None:
        self._has_more, self._asked = has_more, False
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()

    def _replace(self, rows: list[Row], *, has_more: bool) -> None:
        self.beginResetModel()
        self._rows, self._has_more, self._asked = rows, has_more, False
        self.endResetModel()


class DocumentsModel(GrowingModel):
    """The documents of the library, the one that was met last first."""

    def show(self, documents: Iterable[KeptDocument], *, has_more: bool) -> None:
        """Show these and no others."""
        self._replace(list(documents), has_more=has_more)

    def add(self, documents: Iterable[KeptDocument], *, has_more: bool) -> None:
        """Add further ones; one that moved to the front meanwhile is not shown twice."""
        known = self.known()
        self._append([kept for kept in documents if kept.facts.sha256 not in known], has_more=has_more)

    def known(self) -> dict[str, KeptDocument]:
        """Return what is shown, by hash."""
        return {row.facts.sha256: row for row in self._rows if isinstance(row, KeptDocument)}

    def row_of(self, sha256: str) -> int:
        """Return the row of a document, -1 where it is not shown."""
        return next(
            (at for at, row in enumerate(self._rows) if isinstance(row, KeptDocument) and row.facts.sha256 == sha256),
            -1,
        )

    def _words(self, row: Row) -> str:
        assert isinstance(row, KeptDocument)
        return self.tr("{name}, {read} of {pages} pages read").format(
            name=row.facts.name, read=row.pages_read, pages=row.facts.page_count
        )


class HitsModel(GrowingModel):
    """The hits of a search: a head for each document, so many of its pages, and a row that brings the others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._taken = 0

    @property
    def taken(self) -> int:
        """How many hits were brought by `show` and `add`: the next portion begins there."""
        return self._taken

    def show(self, hits: Sequence[Hit], *, has_more: bool) -> None:
        """Show these and no others."""
        self._taken = len(hits)
        self._replace(self._with_heads(hits, ""), has_more=has_more)

    def add(self, hits: Sequence[Hit], *, has_more: bool) -> None:
        """Add the next portion. The hits of a document stand together, and a portion may end among them."""
        last = self._rows[-1] if self._rows else None
        self._taken += len(hits)
        self._append(self._with_heads(hits, last.document.sha256 if isinstance(last, Hit) else ""), has_more=has_more)

    def add_of_document(self, more: More, hits: Sequence[Hit]) -> None:
        """Put further hits of one document in the place of the row that stood for them."""
        if more not in self._rows:
            return
        at = self._rows.index(more)
        siblings = more.shown + more.left
        rows: list[Row] = [replace(hit, siblings=siblings) for hit in hits]
        left = more.left - len(rows)
        if rows:
            self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
            self._rows[at:at] = rows
            self.endInsertRows()
        below = at + len(rows)
        if left > 0 and rows:
            self._rows[below] = More(more.document, more.shown + len(rows), left)
            self.dataChanged.emit(self.index(below), self.index(below))
        else:
            self.beginRemoveRows(QModelIndex(), below, below)
            del self._rows[below]
            self.endRemoveRows()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let heads be passed over by the keyboard."""
        flags = super().flags(index)
        return flags & ~Qt.ItemFlag.ItemIsSelectable if isinstance(self.row_at(index), Head) else flags

    def _with_heads(self, hits: Sequence[Hit], above: str) -> list[Row]:
        """Put a head over each document that is not the one `above`, and a row for further pages below it."""
        rows: list[Row] = []
        count = self._shown_of(above)
        for hit in hits:
            if hit.document.sha256 != above:
                above, count = hit.document.sha256, 0
                rows.append(Head(hit.document, hit.siblings))
            rows.append(hit)
            count += 1
            if count == EACH < hit.siblings:
                rows.append(More(hit.document, count, hit.siblings - count))
        return rows

    def _shown_of(self, sha256: str) -> int:
        return sum(isinstance(row, Hit) and row.document.sha256 == sha256 for row in self._rows) if sha256 else 0

    def _words(self, row: Row) -> str:
        match row:
            case Head():
                return self.tr("{name}: %n page(s)", "", row.pages).format(name=row.document.name)
            case Hit():
                words = self.tr("{name}, page {number}: {text}")
                return words.format(name=row.document.name, number=row.number, text=row.snippet.text)
            case More():
                return self.tr("%n more page(s) of {name}", "", row.left).format(name=row.document.name)
            case _:
                return ""


def document_of(row: Row | None) -> DocumentFacts | None:
    """Return the document that a row is about."""
    if row is None:
        return None
    return row.facts if isinstance(row, KeptDocument) else row.document


def goal_of(row: Row | None) -> Goal | None:
    """Return where a row leads to, None where it leads nowhere."""
    match row:
        case KeptDocument():
            return Goal(row.facts)
        case Hit():
            return Goal(row.document, row.number, row.box)
        case Head():
            return Goal(row.document)
        case _:
            return None


def as_typed_so_far(text: str) -> str:
    """Return a query for what is being typed: the last word may not be whole yet, unless a space or a quote ends it."""
    text = text.strip("\n")
    quotes = sum(text.count(mark) for mark in '"“”„＂')
    begun = bool(text) and text[-1].isalnum() and quotes % 2 == 0
    return f"{text}*" if begun else text
