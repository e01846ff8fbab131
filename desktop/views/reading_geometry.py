"""Where blocks, lines and cells of a reading stand in its laid-out document, in the document's pixels."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTextLine

from desktop.places import Place
from desktop.views.reading_document import BlockSpan, ReadingDocument


def place_at(reading: ReadingDocument, at: QPointF) -> Place | None:
    """Return the block, line and cell at a point, None between blocks."""
    position = reading.document.documentLayout().hitTest(at, Qt.HitTestAccuracy.FuzzyHit)
    place = reading.place_at(position) if position >= 0 else None
    span = reading.span_of(place.block) if place is not None else None
    if place is None or span is None or not rect_of_span(reading, span).adjusted(-9999, -3, 9999, 3).contains(at):
        return None
    return place


def rect_of(reading: ReadingDocument, place: Place) -> QRectF | None:
    """Return where a place stands, None for one that is not shown."""
    if place.number != reading.result.number:
        return None
    block = place.block
    if block is None and place.line is not None:
        block = reading.block_of_line(place.line)
    span = reading.span_of(block)
    if span is None:
        return None
    if span.table is not None and place.row is not None and place.column is not None:
        return _rect_of_cell(reading, span, place.row, place.column) or rect_of_span(reading, span)
    if place.line is not None:
        found = reading.range_of_line(place.line)
        if found is not None:
            return rect_of_range(reading, *found)
    return rect_of_span(reading, span)


def rect_of_span(reading: ReadingDocument, span: BlockSpan) -> QRectF:
    """Return the box around a block."""
    layout = reading.document.documentLayout()
    if span.table is not None:
        # Qt answers with the corner of the first cell's text, and a height that includes the margins.
        shape = span.table.format().toTableFormat()
        outset = shape.cellPadding() + shape.cellSpacing()
        rect = layout.frameBoundingRect(span.table).translated(-outset, -outset)
        return rect.adjusted(0, 0, 0, -shape.topMargin() - shape.bottomMargin())
    return rect_of_range(reading, span.start, span.end)


def rect_of_range(reading: ReadingDocument, start: int, end: int) -> QRectF:
    """Return the box around the lines of text that a range touches."""
    layout = reading.document.documentLayout()
    whole = QRectF()
    block = reading.document.findBlock(start)
    while block.isValid() and block.position() <= end:
        corner = layout.blockBoundingRect(block).topLeft()
        inner = block.layout()
        for number in range(inner.lineCount()):
            line = inner.lineAt(number)
            first = block.position() + line.textStart()
            if (first < end and first + line.textLength() > start) or (start == end and first <= start):
                whole = whole.united(line.naturalTextRect().translated(corner))
        block = block.next()
    return whole


def rect_of_words(reading: ReadingDocument, start: int, end: int) -> QRectF:
    """Return the box around a range within a block, as narrow as its letters; of words in two lines, around both."""
    layout = reading.document.documentLayout()
    block = reading.document.findBlock(start)
    corner, inner = layout.blockBoundingRect(block).topLeft(), block.layout()
    whole = QRectF()
    for number in range(inner.lineCount()):
        line = inner.lineAt(number)
        first = line.textStart()
        left, right = max(start - block.position(), first), min(end - block.position(), first + line.textLength())
        if left < right:
            ends = sorted((_across(line, left), _across(line, right)))
            piece = QRectF(ends[0], line.y(), ends[1] - ends[0], line.height()).translated(corner)
            whole = whole.united(piece)
    return whole


def _across(line: QTextLine, position: int) -> float:
    told: Any = line.cursorToX(position)
    return float(told[0] if isinstance(told, tuple) else told)  # which of the two depends on PySide's version


def _rect_of_cell(reading: ReadingDocument, span: BlockSpan, row: int, column: int) -> QRectF | None:
    """Return a cell with its padding: its text's box drawn out to where its neighbours begin."""
    assert span.table is not None
    found = reading.cell_span(span.index, row, column)
    if found is None:
        return None
    cell, table = found.cell, span.table
    frame = rect_of_span(reading, span)
    shape = table.format().toTableFormat()
    outset = shape.cellPadding() + shape.cellSpacing()
    layout = reading.document.documentLayout()
    own = layout.blockBoundingRect(reading.document.findBlock(found.start))

    def corner(at_row: int, at_column: int) -> QPointF:
        first = table.cellAt(at_row, at_column).firstCursorPosition().block()
        return layout.blockBoundingRect(first).topLeft()

    right, bottom = frame.right() - shape.cellSpacing(), frame.bottom() - shape.cellSpacing()
    next_column, next_row = cell.column + cell.column_span, cell.row + cell.row_span
    if next_column < table.columns():
        neighbour = table.cellAt(cell.row, next_column)
        if neighbour.column() == next_column:
            right = corner(neighbour.row(), next_column).x() - outset
    if next_row < table.rows():
        neighbour = table.cellAt(next_row, cell.column)
        if neighbour.row() == next_row:
            bottom = corner(next_row, neighbour.column()).y() - outset
    left, top = own.left() - shape.cellPadding(), own.top() - shape.cellPadding()
    return QRectF(QPointF(left, top), QPointF(max(right, own.right()), max(bottom, own.bottom())))
