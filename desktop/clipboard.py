"""What copying gives: our own HTML and plain text, made so that a spreadsheet takes a table whole and runs nothing.

A spreadsheet reads meaning into what is pasted: 000123 loses its zeros, an 18-digit number its end, 1-2 becomes a date
and =HYPERLINK(…) a live formula. Such cells are marked as text for Excel (`mso-number-format`) and for LibreOffice
(`sdnum`), and in the plain form a formula gets the apostrophe that means "text" to both. Qt's own HTML writer drops
these marks, so it is never used.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QMimeData

from engine.output.blocks import Cell, Table

SAFE_DIGITS = 15
"""Spreadsheets keep numbers as doubles: more digits than this are not kept."""

_NUMBER = re.compile(r"[+-]?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?(?P<percent> ?%)?", re.ASCII)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_MISREAD = re.compile(
    rf"""
      [+-]?0\d.*                             # leading zeros
    | [\d.,]+e[+-]?\d+                       # 2E10, a part number
    | \d+[-/.]\d+(?:[-/.]\d+)+               # 03/04/2024, 1.2.3
    | \d+[-/]\d+                             # 1-2, 3/4
    | \d+\ +\d+/\d+                          # 1 1/2
    | \d+:\d+(?::\d+)?(?:\.\d+)?(?:\ ?[ap]m?)?  # 4:3
    | {_MONTH}[\ .\-/]?\d+(?:[\ ,\-/]+\d+)?  # MAR1
    | \d+[\ .\-/]?{_MONTH}(?:[\ ,\-/]+\d+)?  # 1-Mar
    | \(\d{{1,2}}\)                          # (1) would become -1
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_ISO_DATE = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(55296, 57344), 65534, 65535))


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a table: rows `top` to `bottom` and columns `left` to `right`, the ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def whole(cls, table: Table) -> Area:
        """Return the area that is the whole table."""
        return cls(0, 0, table.row_count - 1, table.column_count - 1)


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of running text to be copied; `tag` is the HTML element it becomes (p, h1 … h6, pre, li)."""

    text: str
    tag: str = "p"
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, or a part of one, to be copied."""

    table: Table
    area: Area


Piece = Words | Grid


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet might run this text, or complain about it, instead of showing it."""
    plain = unicodedata.normalize("NFKC", text).strip()  # ＝ counts as = in East Asian editions
    return len(plain) > 1 and plain[0] in "=+-@" and not _NUMBER.fullmatch(plain)


def must_stay_text(text: str) -> bool:
    """Tell whether a spreadsheet would change what this text says if it were left to guess."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if is_formula(plain):
        return True
    if _ISO_DATE.fullmatch(plain):
        return False
    digits = sum(character.isdigit() for character in plain)
    if digits > SAFE_DIGITS and re.fullmatch(r"[\d\s.,'+%()\-]+", plain):
        return True
    return _MISREAD.fullmatch(plain) is not None and not _is_small_fraction(plain)


def _is_small_fraction(plain: str) -> bool:
    """0.5 begins with a zero that belongs there; 0,5 likewise."""
    return re.fullmatch(r"[+-]?0(?:[.,]\d+)?(?: ?%)?", plain) is not None


def pieces_to_mime(pieces: Iterable[Piece]) -> QMimeData:
    """Return rich and plain text for the clipboard."""
    pieces = list(pieces)
    mime = QMimeData()
    mime.setText("\n".join(_plain(piece) for piece in pieces))
    mime.setHtml(_document("".join(_html_pieces(pieces))))
    return mime


def table_to_mime(table: Table, area: Area | None = None) -> QMimeData:
    """Return a table, or a part of it, as a table for spreadsheets and as tab-separated text for everything else."""
    return pieces_to_mime([Grid(table, area if area is not None else Area.whole(table))])


def table_html(table: Table, area: Area | None = None) -> str:
    """Return the `<table>` element alone."""
    area = area if area is not None else Area.whole(table)
    rows: dict[int, list[str]] = {row: [] for row in range(area.top, area.bottom + 1)}
    for cell, row, row_span, column_span in _cells_in(table, area):
        rows[row].append(_cell_html(cell, row_span, column_span, header=row < table.header_rows))
    body = "".join(f"<tr>{''.join(cells)}</tr>\n" for cells in rows.values())
    return f'<table border="1" cellspacing="0" style="border-collapse:collapse">\n{body}</table>\n'


def table_tsv(table: Table, area: Area | None = None) -> str:
    """Return rows of tab-separated cells; what a merged cell covers is blank; breaks and tabs are put in quotes."""
    area = area if area is not None else Area.whole(table)
    grid = [[""] * (area.right - area.left + 1) for _ in range(area.top, area.bottom + 1)]
    for cell, row, _, _ in _cells_in(table, area):
        grid[row - area.top][max(cell.column, area.left) - area.left] = _field(cell.text)
    return "\n".join("\t".join(row) for row in grid)


def _cells_in(table: Table, area: Area) -> Iterator[tuple[Cell, int, int, int]]:
    """Yield the cells of an area in order, each with its first row and its spans, cut at the area's edges."""
    for cell in _in_order(table):
        bottom, right = cell.row + cell.row_span - 1, cell.column + cell.column_span - 1
        top, left = max(cell.row, area.top), max(cell.column, area.left)
        bottom, right = min(bottom, area.bottom), min(right, area.right)
        if top <= bottom and left <= right:
            yield cell, top, bottom - top + 1, right - left + 1


def _in_order(table: Table) -> Iterator[Cell]:
    """Yield the cells row by row, with empty ones where the table has none, so that columns stay where they are."""
    taken = [[False] * table.column_count for _ in range(table.row_count)]
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    for cell in table.cells:
        for row in range(cell.row, min(cell.row + cell.row_span, table.row_count)):
            for column in range(cell.column, min(cell.column + cell.column_span, table.column_count)):
                taken[row][column] = True
    for row in range(table.row_count):
        for column in range(table.column_count):
            if (row, column) in cells:
                yield cells[row, column]
            elif not taken[row][column]:
                yield Cell(row, column)


def _cell_html(cell: Cell, row_span: int, column_span: int, *, header: bool) -> str:
    text = _clean(cell.text)
    attributes = ""
    if row_span > 1:
        attributes += f' rowspan="{row_span}"'
    if column_span > 1:
        attributes += f' colspan="{column_span}"'
    if must_stay_text(text) or is_formula(cell.text):  # before it was cleaned, too
        attributes += ' style="mso-number-format:\'\\@\'" sdnum="1033;0;@"'
    else:
        attributes += _number_format(text)
    # The break is told to stay in its cell: Excel begins a new row otherwise.
    words = html.escape(text).replace("\n", '<br style="mso-data-placement:same-cell">')
    tag = "th" if header else "td"
    return f"<{tag}{attributes}>{words}</{tag}>"


def _number_format(text: str) -> str:
    """Keep the decimals that stand there: 12.50 stays 12.50 and is a number all the same."""
    number = _NUMBER.fullmatch(text.strip())
    if number is None or number["decimals"] is None:
        return ""
    grouped = "," in number["whole"]
    excel = ("\\#\\,\\#\\#0" if grouped else "0") + "\\." + "0" * len(number["decimals"])
    office = ("#,##0" if grouped else "0") + "." + "0" * len(number["decimals"])
    percent = "%" if number["percent"] else ""
    return f' style="mso-number-format:\'{excel}{percent}\'" sdnum="1033;0;{office}{percent}"'


def _field(text: str) -> str:
    text = _clean(text)
    if is_formula(text):
        text = "'" + text.lstrip()
    if any(character in text for character in '\t\n"'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _plain(piece: Piece) -> str:
    return _clean(piece.text) if isinstance(piece, Words) else table_tsv(piece.table, piece.area)


def _html_pieces(pieces: list[Piece]) -> Iterator[str]:
    for index, piece in enumerate(pieces):
        if isinstance(piece, Grid):
            yield table_html(piece.table, piece.area)
            continue
        words = html.escape(_clean(piece.text))
        if piece.tag != "pre":
            words = words.replace("\n", "<br>")
        direction = ' dir="rtl"' if piece.rtl else ""
        # A list's marker is part of the words as it stands on the page, so the item shows no second one.
        if piece.tag == "li":
            before = pieces[index - 1] if index else None
            after = pieces[index + 1] if index + 1 < len(pieces) else None
            opening = "" if isinstance(before, Words) and before.tag == "li" else '<ul style="list-style-type:none">'
            closing = "" if isinstance(after, Words) and after.tag == "li" else "</ul>"
            yield f"{opening}<li{direction}>{words}</li>{closing}\n"
        else:
            yield f"<{piece.tag}{direction}>{words}</{piece.tag}>\n"


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").translate(_CONTROLS)


def _document(body: str) -> str:
    return f'<html><head><meta charset="utf-8"></head><body>\n{body}</body></html>'
