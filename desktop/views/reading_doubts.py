"""Doubtful words in a reading's document: how they are marked, where they stand, and which one is at a position."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QTextCharFormat

from desktop.aligning import utf16_offsets
from desktop.views.reading_document import ReadingDocument
from desktop.views.reading_style import Ink
from engine.output.blocks import Cell, Doubt, PageResult, Table, text_of


class Site(NamedTuple):
    """A text that doubts lie in: a block, or a cell of it where it is a table."""

    block: int
    row: int | None = None
    column: int | None = None


def sites_of(result: PageResult) -> dict[Site, list[Doubt]]:
    """Return the doubts of a page by the text that they lie in, each in the page's order."""
    sites: dict[Site, list[Doubt]] = {}
    for doubt in result.doubts:
        sites.setdefault(Site(doubt.block, doubt.row, doubt.column), []).append(doubt)
    return sites


def cell_of(result: PageResult, doubt: Doubt) -> Cell | None:
    """Return the cell that a doubt lies in, None where it lies in none."""
    block = result.blocks[doubt.block] if 0 <= doubt.block < len(result.blocks) else None
    if not isinstance(block, Table):
        return None
    return next((cell for cell in block.cells if (cell.row, cell.column) == (doubt.row, doubt.column)), None)


def doubted_text(result: PageResult, doubt: Doubt) -> str:
    """Return the whole text that a doubt lies in, "" where there is no such text."""
    if not 0 <= doubt.block < len(result.blocks):
        return ""
    block = result.blocks[doubt.block]
    if isinstance(block, Table):
        cell = cell_of(result, doubt)
        return cell.text if cell is not None else ""
    return text_of(block)


def doubtful_words(result: PageResult, doubt: Doubt) -> str:
    """Return the words that are in doubt, as they were read."""
    return doubted_text(result, doubt)[max(0, doubt.start) : max(0, doubt.end)]


def reach_in(text: str, doubt: Doubt) -> tuple[int, int] | None:
    """Return where a doubt begins and ends in its text, in UTF-16 units; None where it covers nothing of it."""
    start, end = max(0, doubt.start), min(len(text), doubt.end)
    if start >= end:
        return None
    offsets = utf16_offsets(text)
    return offsets[start], offsets[end]


def doubt_format(doubt: Doubt, ink: Ink) -> QTextCharFormat:
    """Return the mark of a doubtful word: dashes below it; a wave and a tint where a mistake does harm."""
    mark = QTextCharFormat()
    if doubt.grave:
        mark.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        mark.setUnderlineColor(ink.grave)
        mark.setBackground(ink.grave_ground)
    else:
        mark.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        mark.setUnderlineColor(ink.doubt)
    return mark


def doubt_ranges(reading: ReadingDocument) -> list[tuple[int, int] | None]:
    """Return the positions of each of the page's doubtful words, None for one that is not shown."""
    spans = {span.index: span for span in reading.spans}
    cells = {
        (span.index, found.cell.row, found.cell.column): found
        for span in reading.spans
        for found in (span.cells if any(doubt.block == span.index for doubt in reading.result.doubts) else ())
    }
    ranges: list[tuple[int, int] | None] = []
    for doubt in reading.result.doubts:
        span = spans.get(doubt.block)
        found = cells.get((doubt.block, doubt.row or 0, doubt.column or 0)) if doubt.row is not None else None
        if span is None or (span.table is not None and found is None):
            ranges.append(None)
            continue
        start = found.start if found is not None else span.text_start
        text = found.cell.text if found is not None else text_of(reading.result.blocks[doubt.block]).rstrip()
        reach = reach_in(text, doubt)
        ranges.append((start + reach[0], start + reach[1]) if reach is not None else None)
    return ranges
