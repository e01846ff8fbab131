"""A page's document while the page is still being read: it grows at its end, and what stands there stays.

What is finished goes in once. Only the blocks at the end that changed are taken out and put in again. A table that has
many cells would hold up the window each time, so it is shown in growing steps, made beside the document in view.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor

from desktop.views.reading_builder import Builder
from desktop.views.reading_press import ReadingPress
from desktop.views.reading_style import CELLS_SHOWN, Ink, hangs
from engine.output.blocks import AnyBlock, PageResult, Paragraph, Table, text_of

CELLS_IN_PLACE = 60
"""More cells than this are not put into the document that is seen, but into another that takes its place."""
GROWTH = 1.5
"""A large table that is still being read is shown anew when it is so many times as large."""
LONGEST_OPEN = 4000
"""Of a paragraph that does not end, no more characters are shown before it does."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the document ended before a block was put in, so that it can be taken out again."""

    position: int
    spans: int
    fresh: bool
    shape: QTextBlockFormat
    letters: QTextCharFormat


class ReadingStream(QObject):
    """Grows one document at a time; asking the press for anything else ends it."""

    grew = Signal(object)
    """ReadingDocument: there is more in the document that is shown."""
    made = Signal(object)
    """ReadingDocument: another one takes its place."""

    def __init__(self, press: ReadingPress, parent: QObject) -> None:
        super().__init__(parent)
        self._press = press
        self._builder: Builder | None = None
        self._look: tuple[object, ...] = ()
        self._making = False
        self._newest: tuple[PageResult, int] | None = None
        self._sure = 0  # so many of the blocks shown are known to stay
        self._shown: list[AnyBlock] = []
        self._marks: list[_Mark] = []  # one for each block shown

    def show(self, result: PageResult, finished: int, font: QFont, ink: Ink) -> None:
        """Show what is read so far, of which the first `finished` blocks are sure to stay."""
        look = (result.number, font.key(), ink)
        self._newest = (result, finished)
        if self._making and look == self._look:
            return  # taken up when the one in the making is there
        if self._builder is None or look != self._look or not self._goes_on(result):
            self._look = look
            self._begin(font, ink)
        else:
            self._grow()

    def stop(self) -> None:
        """Grow no further."""
        self._builder, self._newest, self._making = None, None, False
        self._shown, self._marks = [], []

    # -- another document

    def _begin(self, font: QFont, ink: Ink) -> None:
        assert self._newest is not None
        result, finished = self._newest
        builder = Builder(result, font, ink)
        self._shown, self._marks = [], []
        self._making, self._sure = True, min(finished, len(result.blocks))
        blocks = _showable(result, finished)
        self._press.run(self._all_of(builder, blocks), lambda: self._begun(builder))

    def _all_of(self, builder: Builder, blocks: Sequence[AnyBlock]) -> Iterator[None]:
        builder.cursor.beginEditBlock()
        yield from self._put(builder, blocks)
        builder.cursor.endEditBlock()

    def _begun(self, builder: Builder) -> None:
        self._builder, self._making = builder, False
        self.made.emit(builder.finished())
        if self._newest is not None and self._newest[0] is not builder.result:
            self._grow()

    # -- the same document

    def _goes_on(self, result: PageResult) -> bool:
        """Tell whether this is the page that is shown and not another try at it."""
        assert self._newest is not None
        last = self._sure - 1
        if last < 0:
            return True
        return self._newest[1] >= self._sure <= len(result.blocks) and self._shown[last] == result.blocks[last]

    def _grow(self) -> None:
        builder = self._builder
        assert builder is not None and self._newest is not None
        result, finished = self._newest
        blocks = _showable(result, finished)
        same = _common(self._shown, blocks, self._sure)
        self._sure = max(self._sure, min(finished, same))
        if same == len(blocks) == len(self._shown) or self._waits(blocks, same):
            return
        if sum(map(_cells, blocks[same:])) > CELLS_IN_PLACE:
            self._begin(builder.font, builder.ink)
            return
        builder.result = result
        builder.hangs.update(hangs(blocks, builder.font, builder.em))
        builder.cursor.beginEditBlock()
        self._take_out(builder, same)
        for _ in self._put(builder, blocks[same:]):
            pass
        builder.cursor.endEditBlock()
        self._sure = min(finished, len(blocks))
        self.grew.emit(builder.finished())

    def _waits(self, blocks: Sequence[AnyBlock], same: int) -> bool:
        """Tell whether all that changed is a large table at the end that has not grown by much."""
        if same != len(blocks) - 1 or same != len(self._shown) - 1:
            return False
        before, now = _cells(self._shown[same]), _cells(blocks[same])
        return CELLS_IN_PLACE < now < before * GROWTH or before == now == CELLS_SHOWN

    def _put(self, builder: Builder, blocks: Sequence[AnyBlock]) -> Iterator[None]:
        for block in blocks:
            cursor = builder.cursor
            shape, letters = cursor.blockFormat(), cursor.blockCharFormat()
            self._marks.append(_Mark(cursor.position(), len(builder.spans), builder.fresh, shape, letters))
            self._shown.append(block)
            before = self._shown[-2] if len(self._shown) > 1 else None
            yield from builder.add(len(self._shown) - 1, block, before=before)

    def _take_out(self, builder: Builder, count: int) -> None:
        """Leave the first `count` blocks alone and remove what follows them."""
        if count >= len(self._shown):
            return
        mark, cursor = self._marks[count], builder.cursor
        cursor.setPosition(mark.position)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        if cursor.blockFormat() != mark.shape:  # setting it would lay out the block before it anew
            cursor.setBlockFormat(mark.shape)
        if cursor.blockCharFormat() != mark.letters:
            cursor.setBlockCharFormat(mark.letters)
        builder.fresh = mark.fresh
        del builder.spans[mark.spans :], self._marks[count:], self._shown[count:]


def _showable(result: PageResult, finished: int) -> list[AnyBlock]:
    return [block if at < finished else _open(block) for at, block in enumerate(result.blocks)]


def _open(block: AnyBlock) -> AnyBlock:
    """Return a block as it is shown while it may still grow: one that has no end is cut."""
    text = text_of(block)
    if len(text) <= LONGEST_OPEN:
        return block
    return Paragraph(block.box, text=text[:LONGEST_OPEN] + "…", placed=block.placed)


def _cells(block: AnyBlock) -> int:
    return min(block.row_count * block.column_count, CELLS_SHOWN) if isinstance(block, Table) else 0


def _common(before: Sequence[AnyBlock], now: Sequence[AnyBlock], sure: int) -> int:
    """Count the blocks at the beginning that are the same; of the first `sure` that is known."""
    both = min(len(before), len(now))
    return next((at for at in range(min(sure, both), both) if before[at] != now[at]), both)
