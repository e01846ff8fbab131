"""Aligns two documents side by side: what says the same begins at the same height, whichever side is longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextCursor, QTextDocument, QTextTable

from desktop.pairing import Row
from desktop.views.reading_document import BlockSpan, ReadingDocument

ROWS_A_STEP = 25
PASSES = 2
"""The first pass sets the margins, the second puts right what Qt made of them beside a table."""


@dataclass(frozen=True, slots=True)
class _Pushed:
    """A block or a table that was pushed down, and the margin above it before that."""

    document: QTextDocument
    position: int
    table: QTextTable | None
    before: float

    def put_back(self, cursor: QTextCursor) -> None:
        _set_top(cursor, self.position, self.table, self.before)


class RowAligner:
    """Pushes blocks down by margins of its own, and takes these away again before it aligns anew."""

    def __init__(self) -> None:
        self._pushed: list[_Pushed] = []
        self._ends: list[tuple[QTextDocument, float]] = []  # that were made longer, and the margin below before that

    def forget(self) -> None:
        """The documents are gone, and with them what was pushed."""
        self._pushed.clear()
        self._ends.clear()

    def steps(self, source: ReadingDocument, translation: ReadingDocument, rows: Sequence[Row]) -> Iterator[None]:
        """Align the rows that have both sides, a few between any two steps."""
        sides = (source, translation)
        firsts = list(_first_spans(source, translation, rows))
        for side in sides:
            self._take_back(side)
            yield
        for _ in range(PASSES):
            moved = [0.0, 0.0]
            pushes: list[list[tuple[BlockSpan, float]]] = [[], []]
            for number, (left, right) in enumerate(firsts):
                if number % ROWS_A_STEP == 0:
                    yield
                tops = _top(source, left) + moved[0], _top(translation, right) + moved[1]
                low = 0 if tops[0] < tops[1] else 1
                missing = abs(tops[0] - tops[1])
                if missing >= 0.5:
                    pushes[low].append(((left, right)[low], missing))
                    moved[low] += missing
            if not any(pushes):
                break
            for side, wanted in zip(sides, pushes, strict=True):
                for at in range(0, len(wanted), ROWS_A_STEP):
                    self._push(side.document, wanted[at : at + ROWS_A_STEP])
                    yield

        self._even_out(source.document, translation.document)

    def _even_out(self, source: QTextDocument, translation: QTextDocument) -> None:
        """Give the shorter side as much paper as the longer one has, so that both scroll to the end."""
        missing = translation.size().height() - source.size().height()
        if abs(missing) >= 1.0:
            shorter = source if missing > 0 else translation
            before = shorter.rootFrame().frameFormat().bottomMargin()
            self._ends.append((shorter, before))
            _set_bottom(shorter, before + abs(missing))

    def _push(self, document: QTextDocument, pushes: Sequence[tuple[BlockSpan, float]]) -> None:
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        known = {kept.position for kept in self._pushed if kept.document is document}
        for span, missing in pushes:
            gap = before = _top_margin(document, span)
            if span.table is None and span.start not in known:
                # Of two margins that meet, Qt takes the larger one.
                above = document.findBlock(span.start).previous()
                gap = max(before, above.blockFormat().bottomMargin()) if above.isValid() else before
            if span.start not in known:
                self._pushed.append(_Pushed(document, span.start, span.table, before))
            _set_top(cursor, span.start, span.table, gap + missing)
        cursor.endEditBlock()

    def _take_back(self, side: ReadingDocument) -> None:
        cursor = QTextCursor(side.document)
        cursor.beginEditBlock()
        for kept in self._pushed:
            if kept.document is side.document:
                kept.put_back(cursor)
        for document, before in self._ends:
            if document is side.document:
                _set_bottom(document, before)
        cursor.endEditBlock()
        self._ends = [end for end in self._ends if end[0] is not side.document]
        self._pushed = [kept for kept in self._pushed if kept.document is not side.document]


def _first_spans(
    source: ReadingDocument, translation: ReadingDocument, rows: Sequence[Row]
) -> Iterator[tuple[BlockSpan, BlockSpan]]:
    """Yield where each row that has both sides begins on either of them."""
    left = {span.index: span for span in source.spans}
    right = {span.index: span for span in translation.spans}
    for row in rows:
        if row.paired and row.source.start in left and row.translation.start in right:
            yield left[row.source.start], right[row.translation.start]


def _top(side: ReadingDocument, span: BlockSpan) -> float:
    layout = side.document.documentLayout()
    if span.table is not None:
        return layout.frameBoundingRect(span.table).top()
    return layout.blockBoundingRect(side.document.findBlock(span.start)).top()


def _top_margin(document: QTextDocument, span: BlockSpan) -> float:
    if span.table is not None:
        return span.table.format().toTableFormat().topMargin()
    return document.findBlock(span.start).blockFormat().topMargin()


def _set_top(cursor: QTextCursor, position: int, table: QTextTable | None, margin: float) -> None:
    if table is not None:
        table_shape = table.format().toTableFormat()
        table_shape.setTopMargin(margin)
        table.setFormat(table_shape)
        return
    cursor.setPosition(position)
    shape = cursor.blockFormat()
    shape.setTopMargin(margin)
    cursor.setBlockFormat(shape)


def _set_bottom(document: QTextDocument, margin: float) -> None:
    shape = document.rootFrame().frameFormat()
    shape.setBottomMargin(margin)
    document.rootFrame().setFrameFormat(shape)
