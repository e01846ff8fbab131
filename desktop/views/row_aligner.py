"""Aligns two documents side by side: what says the same begins at the same height, whichever side is longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from desktop.pairing import Row
from desktop.views.reading_document import BlockSpan, ReadingDocument

ROWS_A_STEP = 25
PASSES = 2
"""The first pass sets the margins, the second puts right what Qt made of them beside a table."""


class RowAligner:
    """Pushes blocks down by margins of its own, and takes these away again before it aligns anew."""

    def __init__(self) -> None:
        self._pushed: list[tuple[QTextDocument, int, bool, float]] = []  # document, position, top or bottom, before

    def forget(self) -> None:
        """The documents are gone, and with them what was pushed."""
        self._pushed.clear()

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
                return
            for side, wanted in zip(sides, pushes, strict=True):
                for at in range(0, len(wanted), ROWS_A_STEP):
                    self._push(side.document, wanted[at : at + ROWS_A_STEP])
                    yield

    def _push(self, document: QTextDocument, pushes: Sequence[tuple[BlockSpan, float]]) -> None:
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        for span, missing in pushes:
            block = document.findBlock(span.start)
            before = block.previous()
            if span.table is None and before.isValid():
                gap = max(block.blockFormat().topMargin(), before.blockFormat().bottomMargin())
                self._set(cursor, block, gap + missing, top=True)
            elif span.table is None:
                self._set(cursor, block, block.blockFormat().topMargin() + missing, top=True)
            else:  # a table has no margin of its own that Qt would keep apart; the paragraph before it has
                self._set(cursor, block, block.blockFormat().bottomMargin() + missing, top=False)
        cursor.endEditBlock()

    def _set(self, cursor: QTextCursor, block: QTextBlock, margin: float, *, top: bool) -> None:
        shape = block.blockFormat()
        document, position = block.document(), block.position()
        before = shape.topMargin() if top else shape.bottomMargin()
        if not any(kept[1:3] == (position, top) and kept[0] is document for kept in self._pushed):
            self._pushed.append((document, position, top, before))
        (shape.setTopMargin if top else shape.setBottomMargin)(margin)
        cursor.setPosition(position)
        cursor.setBlockFormat(shape)

    def _take_back(self, side: ReadingDocument) -> None:
        cursor = QTextCursor(side.document)
        cursor.beginEditBlock()
        for document, position, top, before in self._pushed:
            if document is side.document:
                cursor.setPosition(position)
                shape = cursor.blockFormat()
                (shape.setTopMargin if top else shape.setBottomMargin)(before)
                cursor.setBlockFormat(shape)
        cursor.endEditBlock()
        self._pushed = [kept for kept in self._pushed if kept[0] is not side.document]


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
