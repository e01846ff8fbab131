"""What a selection in the reading is made of: running text by blocks, and tables by whole cells."""

from __future__ import annotations

from typing import cast

from PySide6.QtGui import QTextCursor

from desktop.clipboard import Area, Grid, Piece, Words
from desktop.views.reading_document import BlockSpan, ReadingDocument
from engine.output.blocks import AnyBlock, Chart, Code, Heading, ListItem, Paragraph, Table


def pieces_of_selection(reading: ReadingDocument, cursor: QTextCursor) -> list[Piece]:
    """Return the selected pieces in order; a table that is touched by more than one cell is taken by its rows."""
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    pieces: list[Piece] = []
    for span in reading.spans:
        if span.end < start or span.start > end:
            continue
        block = reading.result.blocks[span.index]
        piece = _table_piece(span, block, cursor) if isinstance(block, Table) else _words_piece(span, block, cursor)
        if piece is not None:
            pieces.append(piece)
    return pieces


def _words_piece(span: BlockSpan, block: AnyBlock, cursor: QTextCursor) -> Piece | None:
    text = _text(cursor, max(span.start, cursor.selectionStart()), min(span.end, cursor.selectionEnd()))
    if not text:
        return None
    match block:
        case Heading():
            tag = f"h{min(max(block.level, 1), 6)}"
        case ListItem():
            tag, text = "li", text.replace("\t", " ", 1)
        case Code() | Chart():
            tag = "pre"
        case _:
            tag = "p"
    return Words(text, tag, rtl=isinstance(block, Paragraph) and block.rtl)


def _table_piece(span: BlockSpan, block: Table, cursor: QTextCursor) -> Piece | None:
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    assert span.table is not None
    if cursor.hasComplexSelection() and cursor.currentTable() is not None:
        row, rows, column, columns = cast("tuple[int, int, int, int]", cursor.selectedTableCells())
        if rows > 0 and columns > 0:
            return Grid(block, Area(row, column, row + rows - 1, column + columns - 1))
    touched = [found for found in span.cells if found.start <= end and found.end >= start]
    whole = start <= span.start and span.end <= end
    if whole:
        return Grid(block, Area.whole(block))
    if not touched:
        return None
    if len(touched) == 1 and touched[0].start <= start and end <= touched[0].end:
        return Words(_text(cursor, start, end))
    top = min(found.cell.row for found in touched)
    bottom = max(found.cell.row + found.cell.row_span - 1 for found in touched)
    return Grid(block, Area(top, 0, bottom, block.column_count - 1))


def _text(cursor: QTextCursor, start: int, end: int) -> str:
    piece = QTextCursor(cursor.document())
    piece.setPosition(start)
    piece.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return piece.selectedText().replace("\u2028", "\n").replace("\u2029", "\n")
