"""A small typesetter for the sample documents: it draws with PyMuPDF and notes what it drew as the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf

A4 = (595.0, 842.0)
INK = (0.09, 0.09, 0.11)
GREY = (0.42, 0.44, 0.47)
NO_LINE_START = "，。、；：？！）》”’」』】〉…％%,.;:?!)”"
NO_LINE_END = "（《“‘「『【〈("
SOFT_HYPHEN = "\u00ad"

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """How text is set: a built-in font by PyMuPDF's name, size and leading in points, colour, weight."""

    font: str = "tiro"
    size: float = 9.6
    leading: float = 12.4
    colour: Rgb = INK
    heavy: bool = False  # thickened strokes: the built-in CJK font has no bold cut
    align: str = "left"  # left, right, centre, justify
    indent: float = 0.0  # of the first line

    def width(self, text: str) -> float:
        """Return the width of `text` in points."""
        return float(face(self.font).text_length(text, self.size))


@cache
def face(name: str) -> Any:
    """Return a built-in font."""
    return pymupdf.Font(name)


def is_cjk(character: str) -> bool:
    """Tell whether a line may break beside this character."""
    return ord(character) >= 0x2E80


def tokens(text: str) -> list[str]:
    """Split into what may not be broken: words with a leading space, single CJK characters with their punctuation."""
    found: list[str] = []
    for character in text:
        glue = found and (character in NO_LINE_START or found[-1][-1] in NO_LINE_END)
        if character == " ":
            found.append(" ")
        elif found and glue and character != " ":
            found[-1] += character
        elif is_cjk(character) or not found or is_cjk(found[-1][-1]):
            found.append(character)
        else:
            found[-1] += character
    return [token for token in found if token]


def wrap(text: str, style: Style, width: float) -> list[list[str]]:
    """Break `text` into lines of tokens that fit `width` points; soft hyphens are used where they help."""
    lines: list[list[str]] = [[]]
    used = style.indent
    for token in tokens(text):
        bare = token.replace(SOFT_HYPHEN, "")
        lead = "" if lines[-1] else " "
        need = style.width(bare.lstrip(lead) if lead else bare)
        if used + need <= width or not lines[-1]:
            lines[-1].append(bare.lstrip(" ") if not lines[-1] else bare)
            used += need
            continue
        head, tail = _hyphenate(token, style, width - used)
        if head:
            lines[-1].append(head)
        rest = (tail or token).replace(SOFT_HYPHEN, "").lstrip(" ")
        lines.append([rest] if rest else [])
        used = style.width(rest)
    return [line for line in lines if line]


def _hyphenate(token: str, style: Style, room: float) -> tuple[str, str]:
    parts = token.split(SOFT_HYPHEN)
    for cut in range(len(parts) - 1, 0, -1):
        head = "".join(parts[:cut]) + "-"
        if style.width(head) <= room:
            return head, "".join(parts[cut:])
    return "", ""


@dataclass(slots=True)
class Sheet:
    """One page being drawn, and its truth: blocks in reading order, tables."""

    page: Any
    blocks: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, text: str, **more: Any) -> None:
        """Note a block of the truth."""
        self.blocks.append({"kind": kind, "text": text.replace(SOFT_HYPHEN, ""), **more})

    def put(self, x: float, y: float, text: str, style: Style) -> None:
        """Write one piece of text with its baseline at (x, y)."""
        name = f"F{style.font}"
        self.page.insert_font(fontname=name, fontbuffer=face(style.font).buffer)
        thick = {"render_mode": 2, "border_width": 0.028, "fill": style.colour} if style.heavy else {}
        self.page.insert_text((x, y), text, fontname=name, fontsize=style.size, color=style.colour, **thick)

    def lines(self, text: str, x: float, y: float, width: float, style: Style) -> float:
        """Set `text` into a column whose top is y; return the y below its last line. Notes nothing."""
        wrapped = wrap(text, style, width)
        baseline = y + style.leading * 0.76
        for index, line in enumerate(wrapped):
            indent = style.indent if index == 0 else 0.0
            whole = "".join(line)
            slack = width - indent - style.width(whole)
            last = index == len(wrapped) - 1
            if style.align == "justify" and not last and slack > 0:
                self._justified(x + indent, baseline, line, slack, style)
            else:
                shift = {"right": slack, "centre": slack / 2}.get(style.align, 0.0)
                self.put(x + indent + shift, baseline, whole, style)
            baseline += style.leading
        return y + style.leading * len(wrapped)

    def _justified(self, x: float, y: float, line: Sequence[str], slack: float, style: Style) -> None:
        spaces = [index for index, token in enumerate(line) if token.startswith(" ")]
        gaps = spaces if len(spaces) >= 3 else list(range(1, len(line)))
        extra = slack / max(1, len(gaps))
        if extra > style.size * 1.2:
            extra = 0.0
        run = ""
        start = x
        for index, token in enumerate(line):
            if index in gaps and extra:
                if run:
                    self.put(start, y, run, style)
                start += style.width(run) + extra
                run = ""
            run += token
        self.put(start, y, run, style)

    def paragraph(
        self, text: str, x: float, y: float, width: float, style: Style, *, kind: str = "paragraph", **more: Any
    ) -> float:
        """Set a block and note it; return the y below it."""
        self.note(kind, text, **more)
        return self.lines(text, x, y, width, style)

    def item(self, marker: str, text: str, x: float, y: float, width: float, style: Style) -> float:
        """Set a list item with its marker hanging; return the y below it."""
        self.note("list_item", f"{marker} {text}", marker=marker)
        hang = max(11.0, style.width(marker) + 5)
        self.put(x + 2, y + style.leading * 0.76, marker, style)
        return self.lines(text, x + hang, y, width - hang, style)

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.7, colour: Rgb = INK) -> None:
        """Draw a straight line."""
        self.page.draw_line((x0, y0), (x1, y1), color=colour, width=width)

    def fill(self, x0: float, y0: float, x1: float, y1: float, colour: Rgb, *, edge: Rgb | None = None) -> None:
        """Draw a filled box."""
        self.page.draw_rect(pymupdf.Rect(x0, y0, x1, y1), color=edge, fill=colour, width=0.8 if edge else 0)

    def picture(self, path: Path, x0: float, y0: float, x1: float, y1: float) -> None:
        """Place a picture."""
        self.page.insert_image(pymupdf.Rect(x0, y0, x1, y1), filename=str(path))

    def truth(self) -> dict[str, Any]:
        """Return the page's truth as it stands in the file."""
        return {
            "text": "\n".join(str(block["text"]) for block in self.blocks),
            "blocks": self.blocks,
            "tables": self.tables,
        }


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to be drawn: texts row by row ("" where a merged cell covers), spans as (row, column, rows, columns)."""

    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    spans: Sequence[tuple[int, int, int, int]] = ()
    aligns: Sequence[str] = ()
    header_rows: int = 1
    ruled: bool = True
    booktabs: bool = False  # three horizontal rules and no more
    pad: float = 4.0


def set_grid(sheet: Sheet, grid: Grid, x: float, y: float, style: Style, header: Style) -> float:
    """Draw a table with its left top at (x, y) and note it; return the y below it."""
    covers = {(row, column): (rows, columns) for row, column, rows, columns in grid.spans}
    hidden = {
        (row + down, column + right)
        for (row, column), (rows, columns) in covers.items()
        for down in range(rows)
        for right in range(columns)
        if down or right
    }
    edges = [x]
    for width in grid.widths:
        edges.append(edges[-1] + width)
    heights = []
    for row, texts in enumerate(grid.rows):
        used = header if row < grid.header_rows else style
        deepest = 1
        for column, text in enumerate(texts):
            rows, columns = covers.get((row, column), (1, 1))
            room = edges[column + columns] - edges[column] - 2 * grid.pad
            if text and rows == 1:
                deepest = max(deepest, sum(len(wrap(part, used, room)) for part in text.split("\n")))
        heights.append(deepest * used.leading + grid.pad * 1.5)
    tops = [y]
    for height in heights:
        tops.append(tops[-1] + height)

    if grid.ruled and grid.header_rows:
        sheet.fill(edges[0], tops[0], edges[-1], tops[grid.header_rows], (0.93, 0.94, 0.95))
    for row, texts in enumerate(grid.rows):
        for column, text in enumerate(texts):
            if (row, column) in hidden:
                continue
            rows, columns = covers.get((row, column), (1, 1))
            _cell(
                sheet, grid, text, edges, tops, row, column, rows, columns, header if row < grid.header_rows else style
            )
    if grid.booktabs:
        for level, thick in ((0, 1.1), (grid.header_rows, 0.6), (len(grid.rows), 1.1)):
            sheet.rule(edges[0], tops[level], edges[-1], tops[level], width=thick)

    table = {
        "rows": [list(row) for row in grid.rows],
        "spans": [list(span) for span in grid.spans],
        "ruled": grid.ruled,
    }
    sheet.tables.append(table)
    words = "\n".join("\t".join(text for text in row if text).replace("\n", " ") for row in grid.rows)
    sheet.note("table", words)
    return tops[-1]


def _cell(
    sheet: Sheet,
    grid: Grid,
    text: str,
    edges: Sequence[float],
    tops: Sequence[float],
    row: int,
    column: int,
    rows: int,
    columns: int,
    style: Style,
) -> None:
    x0, x1, y0, y1 = edges[column], edges[column + columns], tops[row], tops[row + rows]
    if grid.ruled:
        sheet.page.draw_rect(pymupdf.Rect(x0, y0, x1, y1), color=INK, width=0.7)
    align = grid.aligns[column] if grid.aligns else "left"
    if columns > 1 or (row < grid.header_rows and align == "centre"):
        align = "centre" if row < grid.header_rows else "left"
    chosen = Style(style.font, style.size, style.leading, style.colour, style.heavy, align)
    parts = text.split("\n")
    room = x1 - x0 - 2 * grid.pad
    tall = sum(len(wrap(part, chosen, room)) for part in parts) * chosen.leading
    top = y0 + (y1 - y0 - tall) / 2
    for part in parts:
        if part:
            top = sheet.lines(part, x0 + grid.pad, top, room, chosen)
