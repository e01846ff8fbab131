"""HTML tables as a model writes them, however damaged, become tables whose grid is rectangular.

Only the tags of tables count here. Everything else between them is text, so `a < b` in a formula stays what it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, Caption
from engine.output.cell_grid import RawCell, tables_of
from engine.output.inline import plain
from engine.output.joining import join_lines
from engine.output.marks import caption_mark
from engine.output.pictures import Picture, figures, take_pictures
from engine.output.places import trailing_places
from engine.output.sheet import Sheet

_NAMES = ("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "col")
_TAG = re.compile(rf"<(/?)({'|'.join(_NAMES)})\b((?:[^<>\n]++|\n(?![ \t]*+\n))*+)>", re.IGNORECASE)
_TAG_OR_GAP = re.compile(rf"{_TAG.pattern}|\n\s*+", re.IGNORECASE)
_SPAN = re.compile(r"(row|col)span\s*+=\s*+[\"']?\s*+(-?\d{1,9})", re.IGNORECASE)
_CUT_TAG = re.compile(r"<(/?)([a-z]*)([^<>]*)\Z", re.IGNORECASE)
_BARE = re.compile(r"[^<&$*(\n\\!]*+\Z")
_HARD_BREAK = re.compile(r"<br[ \t]*+/?>|</p>[ \t]*+<p>", re.IGNORECASE)
_OPENING = re.compile(r"<table(?=[\s>])", re.IGNORECASE)
_ROWS = re.compile(r"<(?:tr|t[dh]|thead|tbody)(?=[\s>])", re.IGNORECASE)
_ANOTHER = re.compile(r"<table(?=[\s>])|#{1,6}[ \t]|\$\$", re.IGNORECASE)
_AFTER_GAP = 8
"""Characters that must have come after a line break to tell what it parts: no fewer than the end of a table has."""


class TableEnd(NamedTuple):
    """Where a table ends in a text, and whether its end was there."""

    end: int
    closed: bool


def opens_table(text: str, position: int) -> bool:
    """Tell whether a table begins at this place of the text."""
    return _OPENING.match(text, position) is not None


def opens_rows(text: str, position: int) -> bool:
    """Tell whether the rows of a table begin here without the table's own tag; ask only where a line begins."""
    return _ROWS.match(text, position) is not None


def table_end(text: str, position: int, *, final: bool) -> TableEnd | None:
    """Return where the table that begins here ends, None while that is not known.

    One without its end ends before the next table, and where a line begins after its rows that is none of them, so
    that what follows does not go into its last cell.
    """
    in_cell = [False]
    between_rows = False
    start = _OPENING.match(text, position)
    head = _TAG.match(text, position) if start else None
    inside = head.end() if head else start.end() if start else position
    for found in _TAG_OR_GAP.finditer(text, inside):
        name = (found[2] or "").lower()
        if not name:
            if len(text) - found.end() < _AFTER_GAP and not final:
                return None
            empty_line = found[0].count("\n") > 1
            words = not in_cell[-1] and not text.startswith("<", found.end())
            if (between_rows and words) or (empty_line and _ANOTHER.match(text, found.end())):
                return TableEnd(found.start(), closed=False)
        elif name == "table":
            if found[1]:
                in_cell.pop()
                if not in_cell:
                    return TableEnd(found.end(), closed=True)
            elif in_cell[-1]:
                in_cell.append(False)
            elif len(in_cell) == 1:
                return TableEnd(found.start(), closed=False)
        elif name in ("td", "th", "caption"):
            in_cell[-1] = not found[1]
        else:
            in_cell[-1] = False
        ends_row = name == "tr" or (start is None and name in ("td", "th"))
        between_rows = (between_rows and not name) or (ends_row and bool(found[1]) and len(in_cell) == 1)
    return TableEnd(len(text), closed=False) if final else None


def table_blocks(html: str, sheet: Sheet, *, closed: bool = True) -> list[AnyBlock]:
    """Return a table as blocks: its caption, its grid, and the pictures that stand in its cells."""
    sheet.mend(Mend.TABLE_UNCLOSED, int(not closed))
    reading = _Reading(sheet)
    done = 0
    for found in _TAG.finditer(html):
        reading.text(html[done : found.start()])
        reading.tag(found[2].lower(), bool(found[1]), found[3])
        done = found.end()
    reading.text(_without_cut_tag(html[done:]))
    return reading.blocks()


def cell_text(raw: str, sheet: Sheet) -> tuple[str, tuple[Picture, ...]]:
    """Return the text of a cell, and the pictures in it; their words stay in the cell."""
    if _BARE.match(raw):
        return raw.strip(), ()  # most cells are, and a page may have thousands
    taken = take_pictures(raw, sheet, keep_words=True)
    text, pictures = taken.text, taken.pictures
    trailing = trailing_places(text)
    if trailing and caption_mark(trailing.text):
        # A picture where the server leaves special tokens out; other pairs of points may be what the cell is about.
        text = trailing.text
        pictures += tuple(Picture("", sheet.quad(corners)) for corners in trailing.places)
    lines = [join_lines(part.split("\n")) for part in _HARD_BREAK.split(text)]
    return "\n".join(filter(None, (plain(line, sheet).strip() for line in lines))), pictures


class _Reading:
    """Goes through a table tag by tag, taking what is missing for granted."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._rows: list[list[RawCell]] = []
        self._caption: list[str] = []
        self._parts: list[str] | None = None  # of the cell that is open
        self._pictures: list[Picture] = []
        self._in_row = self._in_caption = self._in_head = False
        self._depth = 0

    def tag(self, name: str, closing: bool, attributes: str) -> None:
        """Take a tag."""
        if name == "table":
            self._table(closing)
        elif self._depth > 1:
            self._nested(name, closing)
        elif name in ("td", "th"):
            self._end_cell()
            if not closing:
                self._begin_cell(attributes, header=name == "th" or self._in_head)
        elif name == "tr":
            self._end_cell()
            self._in_caption = False
            self._in_row = not closing
            if not closing:
                self._rows.append([])
        elif name == "caption":
            self._end_cell()
            self._in_caption = not closing
        else:
            self._end_cell()
            self._in_row = False
            self._in_head = name == "thead" and not closing

    def text(self, text: str) -> None:
        """Take the text between two tags."""
        if self._in_caption:
            self._caption.append(text)
        elif self._parts is not None:
            self._parts.append(text)
        elif text and not text.isspace():
            self._sheet.mend(Mend.TABLE_TAGS)
            if self._rows and self._rows[-1]:
                # What follows a cell without one of its own has lost its tag.
                self._begin_cell("", header=False, mended=True)
                self.text(text)
            else:
                self._caption.append(text)

    def blocks(self) -> list[AnyBlock]:
        """Return what was read."""
        self._end_cell()
        words, pictures = cell_text("".join(self._caption), self._sheet)
        blocks: list[AnyBlock] = []
        if words:
            blocks.append(Caption(self._sheet.area, text=join_lines(words.split("\n")), placed=False))
        blocks += tables_of(self._rows, self._sheet)
        # Their words stand in the caption or in the cells already.
        placed = tuple(Picture("", picture.quad) for picture in (*pictures, *self._pictures))
        return [*blocks, *figures(placed, self._sheet)]

    def _table(self, closing: bool) -> None:
        if closing:
            self._depth = max(0, self._depth - 1)
            return
        self._depth += 1
        if self._depth > 1:
            self._sheet.mend(Mend.TABLE_NESTED)
            if self._parts is None:
                self._depth = 1  # no cell is open that could hold it: its rows are ours

    def _nested(self, name: str, closing: bool) -> None:
        """Make text of a table in a cell: its rows become lines, its cells words apart."""
        if self._parts is not None and not closing:
            self._parts.append("<br>" if name == "tr" else " ")

    def _begin_cell(self, attributes: str, *, header: bool, mended: bool = False) -> None:
        if not self._in_row:
            self._sheet.mend(Mend.TABLE_TAGS, int(not mended))
            if not mended or not self._rows:
                self._rows.append([])
            self._in_row = True
        self._in_caption = False
        self._parts = []
        cell = RawCell("", header=header)
        for which, number in _SPAN.findall(attributes):
            span = int(number)
            self._sheet.mend(Mend.TABLE_SPANS, int(span < 1))
            if which.lower() == "row":
                cell.row_span = max(1, span)
            else:
                cell.column_span = max(1, span)
        self._rows[-1].append(cell)

    def _end_cell(self) -> None:
        if self._parts is not None:
            self._rows[-1][-1].text, pictures = cell_text("".join(self._parts), self._sheet)
            self._pictures += pictures
            self._parts = None


def _without_cut_tag(text: str) -> str:
    """Return text without the beginning of a table's tag at its end."""
    opened = text.rfind("<")
    found = _CUT_TAG.match(text, opened) if opened >= 0 else None
    if found is None:
        return text
    name = found[2].lower()
    begun = any(known.startswith(name) for known in _NAMES) if not found[3] else name in _NAMES
    return text[:opened] if begun else text
