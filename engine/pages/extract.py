"""The text layer of one PDF page, in the page process: lines with their corners, the lines drawn, the pictures.

MuPDF reports places on the page before it is turned; here everything is brought to the page as it is shown. Its answer
is plain lists, written for `engine.pages.layer`:

    lines    [text, eight coordinates of the corners, font, size, visible, bold]
    rules    [x0, y0, x1, y1]
    figures  [x0, y0, x1, y1]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pymupdf

from engine.pages.drawn import figures_of, rules_of
from engine.pages.wording import clean, has_rtl, logical

CELL_GAP_EM = 1.2
"""A gap wider than this many font sizes is no space between words: the line is split there."""
MOST_BORDERS = 3000
"""A page with more lines drawn than this is not looked at for cell borders within lines of text."""
CLOSE = 0.5
"""Points by which a border may seem to touch the letter beside it."""
BOLD_NAME = re.compile(r"bold|black|heavy|demi|semibold|[-,]bd", re.IGNORECASE)

_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
pymupdf.TOOLS.set_small_glyph_heights(True)  # a line is as high as its font's size, not as the font's largest sign


Direction = tuple[float, float]
"""Where a line runs, as a vector of length one; y points down."""


class Glyph(NamedTuple):
    """One character: where it begins and ends along the line and across it, its base line, its span."""

    text: str
    start: float
    end: float
    top: float
    bottom: float
    base: float
    span: dict[str, Any]


def extract(page: Any) -> dict[str, Any] | None:
    """Return what the page says of itself, None where it has no characters."""
    turn = page.rotation_matrix
    shown = page.rect
    lines = []
    blocks = page.get_text("rawdict", flags=_FLAGS)["blocks"]
    rules = rules_of(page, turn, shown) if blocks else []
    borders = Borders(rules, turn)
    for block in blocks:
        for along, glyphs in _rows(block.get("lines", ())):
            lines += _lines(along, glyphs, turn, shown, borders)
    if not lines:
        return None
    return {"lines": lines, "rules": rules, "figures": figures_of(page, turn, shown)}


def _rows(lines: Sequence[dict[str, Any]]) -> Iterator[tuple[Direction, list[Glyph]]]:
    """Yield the glyphs of each line in the order they stand, with the direction they run in.

    Where a line turns from one writing direction to the other, MuPDF begins a new line each time: these are put
    together again.
    """
    plain = [(tuple(line["dir"]), _glyphs(line)) for line in lines]
    if not has_rtl("".join(glyph.text for _, glyphs in plain for glyph in glyphs)):
        yield from plain
        return
    rows: list[tuple[Direction, list[Glyph]]] = []
    for along, glyphs in plain:
        if not glyphs:
            continue
        height = glyphs[0].bottom - glyphs[0].top
        for other, row in rows:
            if other == along and abs(row[0].base - glyphs[0].base) < 0.2 * height:
                row += glyphs
                break
        else:
            rows.append((along, glyphs))
    for along, row in rows:
        yield along, sorted(_with_marks(row), key=lambda glyph: glyph.start + glyph.end)


def _with_marks(glyphs: Sequence[Glyph]) -> Iterator[Glyph]:
    """Join marks and the second letters of ligatures, which have no place of their own, to the letter before them."""
    last: Glyph | None = None
    for glyph in glyphs:
        alone = glyph.end - glyph.start > 1e-3 and not unicodedata.combining(glyph.text[0])
        if last is not None and not alone and last.start - 1 <= glyph.start <= last.end + 1:
            last = last._replace(text=last.text + glyph.text)
            continue
        if last is not None:
            yield last
        last = glyph
    if last is not None:
        yield last


def _lines(along: Direction, row: Sequence[Glyph], turn: Any, shown: Any, borders: Borders) -> list[list[Any]]:
    across = (-along[1], along[0])
    pieces = []
    for glyphs in _pieces(row, borders.crossing(along, row)):
        text = clean(logical([glyph.text for glyph in glyphs]))
        if not text:
            continue
        start, end = min(g.start for g in glyphs), max(g.end for g in glyphs)
        top, bottom = min(g.top for g in glyphs), max(g.bottom for g in glyphs)
        corners = []
        for u, v in ((start, top), (end, top), (end, bottom), (start, bottom)):
            point = pymupdf.Point(u * along[0] + v * across[0], u * along[1] + v * across[1]) * turn
            corners += [round(point.x, 3), round(point.y, 3)]
        xs, ys = corners[0::2], corners[1::2]
        if max(xs) < shown.x0 or min(xs) > shown.x1 or max(ys) < shown.y0 or min(ys) > shown.y1:
            continue
        pieces.append([text, *corners, *_setting(glyphs)])
    return pieces


def _glyphs(line: dict[str, Any]) -> list[Glyph]:
    along: Direction = line["dir"]
    across = (-along[1], along[0])
    glyphs = []
    level = along == (1.0, 0.0) and not line["wmode"]  # nearly every line there is
    upright = abs(along[0]) < 1e-3 or abs(along[1]) < 1e-3
    for span in line["spans"]:
        ascent, descent = _heights(span)
        for char in span["chars"]:
            x0, y0, x1, y1 = char["bbox"]
            if level:
                base = char["origin"][1]
                glyphs.append(Glyph(char["c"], x0, x1, base - ascent, base + descent, base, span))
                continue
            if upright:
                us = (x0 * along[0] + y0 * along[1], x1 * along[0] + y1 * along[1])
                vs = (x0 * across[0] + y0 * across[1], x1 * across[0] + y1 * across[1])
                base = char["origin"][0] * across[0] + char["origin"][1] * across[1]
                # Not the box's own height: PyMuPDF mistakes it on lines that stand on their head.
                top, bottom = (min(vs), max(vs)) if line["wmode"] else (base - ascent, base + descent)
                glyphs.append(Glyph(char["c"], min(us), max(us), top, bottom, base, span))
                continue
            # The box around a leaning glyph is wider than the glyph: its length follows from the lean and its height.
            cosine, sine = abs(along[0]), abs(along[1])
            height = ascent + descent
            length = (x1 - x0 - height * sine) / cosine if cosine > sine else (y1 - y0 - height * cosine) / sine
            ox, oy = char["origin"]
            start, base = ox * along[0] + oy * along[1], ox * across[0] + oy * across[1]
            glyphs.append(Glyph(char["c"], start, start + max(0.0, length), base - ascent, base + descent, base, span))
    return glyphs


def _heights(span: dict[str, Any]) -> tuple[float, float]:
    """Return how far a span reaches over and under its base line, together its font size."""
    ascent, descent = float(span["ascender"]), -float(span["descender"])
    if ascent < 1e-3 or ascent + descent <= 0:
        ascent, descent = 0.9, 0.1
    return span["size"] * ascent / (ascent + descent), span["size"] * descent / (ascent + descent)


class Borders:
    """The drawn lines that cross lines of text, looked up by the direction in which the text runs."""

    def __init__(self, rules: Sequence[Sequence[float]], turn: Any) -> None:
        """Take the rules as shown; `turn` is what brought them there."""
        self._rules: list[tuple[float, float, float, float]] = []
        self._known: dict[Direction, list[tuple[float, float, float]]] = {}
        back = ~turn
        for x0, y0, x1, y1 in rules if len(rules) <= MOST_BORDERS else ():
            start, end = pymupdf.Point(x0, y0) * back, pymupdf.Point(x1, y1) * back
            self._rules.append((start.x, start.y, end.x, end.y))

    def crossing(self, along: Direction, row: Sequence[Glyph]) -> list[float]:
        """Return where borders cross a line of text, measured along it."""
        if not self._rules or not row:
            return []
        if along not in self._known:
            self._known[along] = list(self._standing(along))
        top, bottom = row[0].top, row[0].bottom
        middle = (top + bottom) / 2
        return [u for u, high, low in self._known[along] if high <= middle <= low and low - high > bottom - top]

    def _standing(self, along: Direction) -> Iterator[tuple[float, float, float]]:
        """Yield the rules across `along`: their place on it, and from where to where they reach."""
        for x0, y0, x1, y1 in self._rules:
            u0, u1 = x0 * along[0] + y0 * along[1], x1 * along[0] + y1 * along[1]
            v0, v1 = y0 * along[0] - x0 * along[1], y1 * along[0] - x1 * along[1]
            if abs(u1 - u0) < abs(v1 - v0):
                yield (u0 + u1) / 2, min(v0, v1), max(v0, v1)


def _pieces(glyphs: Sequence[Glyph], borders: Sequence[float]) -> list[list[Glyph]]:
    """Cut a line at borders and at gaps too wide for a space between words; drop the spaces around the pieces."""
    pieces: list[list[Glyph]] = [[]]
    last: Glyph | None = None
    spaces: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text.isspace():
            spaces.append(glyph)
            continue
        if last is not None:
            wide = glyph.start - last.end > CELL_GAP_EM * max(glyph.span["size"], last.span["size"])
            if wide or any(last.end - CLOSE <= border <= glyph.start + CLOSE for border in borders):
                pieces.append([])
            else:
                pieces[-1] += spaces
        spaces = []
        pieces[-1].append(glyph)
        last = glyph
    return [piece for piece in pieces if piece]


def _setting(glyphs: list[Glyph]) -> list[Any]:
    """Return font, size, whether it can be seen, and whether it is bold: of the span with the most characters."""
    counts: dict[int, int] = {}
    spans = {}
    for glyph in glyphs:
        counts[id(glyph.span)] = counts.get(id(glyph.span), 0) + 1
        spans[id(glyph.span)] = glyph.span
    span = spans[max(counts, key=lambda key: counts[key])]
    painted = span["char_flags"] & (pymupdf.mupdf.FZ_STEXT_FILLED | pymupdf.mupdf.FZ_STEXT_STROKED)
    bold = bool(span["flags"] & pymupdf.TEXT_FONT_BOLD) or BOLD_NAME.search(span["font"]) is not None
    return [span["font"], round(span["size"], 2), bool(painted) and span["alpha"] > 0, bold]
