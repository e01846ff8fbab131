"""A page's reading as a text document, with the map from its positions to blocks, lines and cells and back."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextCursor, QTextDocument, QTextTable

from desktop.aligning import align, extent, utf16_offsets
from desktop.places import Hit, Place, Spot
from desktop.views.column_widths import ColumnWidths, set_widths
from engine.output.blocks import (
    AnyBlock,
    Cell,
    PageResult,
    Table,
    text_of,
)


class InertDocument(QTextDocument):
    """A document that loads nothing, whatever is asked of it."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return nothing: no file, no address."""
        return None

    def set_margins(self, side: float, end: float) -> None:
        """Leave so much room at the sides, and above and below; laid out anew only where that is another."""
        root = self.rootFrame()
        shape = root.frameFormat()
        if shape.leftMargin() != side:
            shape.setLeftMargin(side)
            shape.setRightMargin(side)
            shape.setTopMargin(end)
            shape.setBottomMargin(end)
            root.setFrameFormat(shape)


@dataclass(slots=True)
class CellSpan:
    """Where a cell's text stands in the document."""

    start: int
    end: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class LineMap:
    """Where the characters of a line stand: `places` in the text of its block, which begins at `start`."""

    places: Sequence[int]
    start: int
    offsets: Sequence[int]

    def reach(self, first: int = 0, last: int | None = None) -> tuple[int, int] | None:
        """Return the positions that the line's characters `first` to `last` take up, None where they are not there."""
        found = extent(self.places[first:last])
        return (self.start + self.offsets[found[0]], self.start + self.offsets[found[1]]) if found else None


@dataclass(slots=True)
class BlockSpan:
    """Where a block stands in the document, and the characters of its lines, found when they are first asked for."""

    index: int
    start: int
    end: int
    text_start: int
    table: QTextTable | None = None
    widths: ColumnWidths | None = None
    cells: list[CellSpan] = field(default_factory=list)
    lines: dict[int, LineMap] | None = None


class ReadingDocument:
    """The document of one page and its map. Positions are Qt's: UTF-16 units from the start of the document."""

    def __init__(self, result: PageResult, document: InertDocument, spans: list[BlockSpan]) -> None:
        self.result = result
        self.document = document
        self.spans = spans
        self._starts = [span.start for span in spans]
        self._owners: dict[int, int] | None = None

    def fit_tables(self, width: float) -> None:
        """Give the columns of tables the widths that they need in a view of such a width."""
        shape = self.document.rootFrame().frameFormat()
        room = width - shape.leftMargin() - shape.rightMargin()
        cursor = QTextCursor(self.document)
        cursor.beginEditBlock()  # laid out once
        for span in self.spans:
            if span.table is not None and span.widths is not None:
                set_widths(span.table, span.widths.fitting(room))
        cursor.endEditBlock()

    def span_at(self, position: int) -> BlockSpan | None:
        """Return the block that a position lies in."""
        at = bisect.bisect_right(self._starts, position) - 1
        return self.spans[at] if at >= 0 and position <= self.spans[at].end else None

    def place_at(self, position: int) -> Place | None:
        """Return the block, the line and the cell at a position, None between blocks."""
        span = self.span_at(position)
        if span is None:
            return None
        line = next((n for n, line in self._lines_of(span).items() if _holds(line.reach(), position)), None)
        if span.table is not None:
            found = next((cell for cell in span.cells if cell.start <= position <= cell.end), None)
            if found is not None:
                return Place(self.result.number, span.index, line, found.cell.row, found.cell.column)
        return Place(self.result.number, span.index, line)

    def span_of(self, block: int | None) -> BlockSpan | None:
        """Return where a block stands, None for one that is not shown."""
        return next((span for span in self.spans if span.index == block), None)

    def block_of_line(self, line: int) -> int | None:
        """Return the block that a line of the page went into."""
        if self._owners is None:
            self._owners = {}
            for index, block in enumerate(self.result.blocks):
                for number in _lines_in(block):
                    self._owners.setdefault(number, index)
        return self._owners.get(line)

    def range_of_line(self, line: int) -> tuple[int, int] | None:
        """Return where a line of the page stands, None where it cannot be told."""
        span = self.span_of(self.block_of_line(line))
        found = self._lines_of(span).get(line) if span is not None else None
        return found.reach() if found is not None else None

    def range_of_hit(self, hit: Hit) -> tuple[int, int] | None:
        """Return where a found piece of a line stands, or of a block or a cell."""
        if hit.spot is not None:
            return self._range_in(hit, hit.spot) if hit.number == self.result.number else None
        span = self.span_of(self.block_of_line(hit.line))
        found = self._lines_of(span).get(hit.line) if span is not None else None
        if found is None or hit.number != self.result.number:
            return None
        return found.reach(hit.start, hit.end)

    def _range_in(self, hit: Hit, spot: Spot) -> tuple[int, int] | None:
        span = self.span_of(spot.at)
        if span is None:
            return None
        start, text = span.text_start, text_of(self.result.blocks[spot.at])
        if spot.row is not None and spot.column is not None:
            found = self.cell_span(spot.at, spot.row, spot.column)
            if found is None:
                return None
            start, text = found.start, found.cell.text
        offsets = utf16_offsets(text)
        return start + offsets[min(hit.start, len(text))], start + offsets[min(hit.end, len(text))]

    def cell_span(self, block: int, row: int, column: int) -> CellSpan | None:
        """Return where a cell stands; a place that a merged cell covers gives that cell."""
        span = self.span_of(block)
        for found in span.cells if span is not None else ():
            cell = found.cell
            if cell.row <= row < cell.row + cell.row_span and cell.column <= column < cell.column + cell.column_span:
                return found
        return None

    def _lines_of(self, span: BlockSpan) -> dict[int, LineMap]:
        if span.lines is None:
            span.lines = {}
            block = self.result.blocks[span.index]
            if isinstance(block, Table):
                for found in span.cells:
                    span.lines.update(self._aligned(found.cell.text, found.cell.lines, found.start))
            else:
                span.lines.update(self._aligned(text_of(block), block.lines, span.text_start))
        return span.lines

    def _aligned(self, text: str, numbers: Sequence[int], start: int) -> Iterator[tuple[int, LineMap]]:
        numbers = [number for number in numbers if 0 <= number < len(self.result.lines)]
        offsets = utf16_offsets(text)
        for number, places in zip(numbers, align(text, [self.result.lines[n].text for n in numbers]), strict=True):
            yield number, LineMap(places, start, offsets)


def _lines_in(block: AnyBlock) -> Iterator[int]:
    if isinstance(block, Table):
        for cell in block.cells:
            yield from cell.lines
    yield from block.lines


def _holds(reach: tuple[int, int] | None, position: int) -> bool:
    return reach is not None and reach[0] <= position <= reach[1]
