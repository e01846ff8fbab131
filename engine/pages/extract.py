"""The text layer of one PDF page, in the page process: lines with their corners, the lines drawn, the pictures.

MuPDF reports places on the page before it is turned; here everything is brought to the page as it is shown. Its answer
is plain lists, written for `engine.pages.layer`:

    lines    [text, eight coordinates of the corners, font, size, visible, bold]
    rules    [x0, y0, x1, y1]
    figures  [x0, y0, x1, y1]
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pymupdf

from engine.pages.wording import clean, has_rtl, logical

CELL_GAP_EM = 1.2
"""A gap wider than this many font sizes is no space between words: the line is split there."""
SMALLEST_FIGURE = 8.0
"""Points; smaller pictures are dots, bullets and tracking pixels."""
SHORTEST_RULE = 3.0
THICKEST_RULE = 3.0
STRAIGHT = 0.6
"""Points a line may lean and still count as horizontal or vertical."""
MOST_DRAWINGS = 20_000
"""A page with more drawn things than this is a map or a plot, not a table."""
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
    for block in page.get_text("rawdict", flags=_FLAGS)["blocks"]:
        for along, glyphs in _rows(block.get("lines", ())):
            lines += _lines(along, glyphs, turn, shown)
    if not lines:
        return None
    return {"lines": lines, "rules": _rules(page, turn, shown), "figures": _figures(page, turn, shown)}


def _rows(lines: Sequence[dict[str, Any]]) -> Iterator[tuple[Direction, list[Glyph]]]:
    """Yield the glyphs of each line in the order they stand, with the direction they run in.

    Where a line turns from one writing direction to the other, MuPDF begins a new line each time: these are put
    together again.
    """
    plain = [(tuple(line["dir"]), _glyphs(line)) for line in lines]
    if not any(has_rtl(glyph.text) for _, glyphs in plain for glyph in glyphs):
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


def _lines(along: Direction, row: Sequence[Glyph], turn: Any, shown: Any) -> list[list[Any]]:
    across = (-along[1], along[0])
    pieces = []
    for glyphs in _pieces(row):
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
    upright = abs(along[0]) < 1e-3 or abs(along[1]) < 1e-3
    for span in line["spans"]:
        ascent, descent = _heights(span)
        for char in span["chars"]:
            x0, y0, x1, y1 = char["bbox"]
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


def _pieces(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Cut a line at gaps that are too wide for a space between words, and drop the spaces around the pieces."""
    pieces: list[list[Glyph]] = [[]]
    last: Glyph | None = None
    spaces: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text.isspace():
            spaces.append(glyph)
            continue
        if last is not None:
            if glyph.start - last.end > CELL_GAP_EM * max(glyph.span["size"], last.span["size"]):
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


def _rules(page: Any, turn: Any, shown: Any) -> list[list[float]]:
    found: dict[tuple[float, ...], None] = {}
    drawings: list[dict[str, Any]] = []

    def take(drawing: dict[str, Any]) -> None:
        if len(drawings) <= MOST_DRAWINGS:  # the rest is not kept; to stop MuPDF here would crash it
            drawings.append(drawing)

    page.get_cdrawings(callback=take)
    if len(drawings) > MOST_DRAWINGS:
        return []
    for drawing in drawings:
        stroked = "s" in drawing["type"] and drawing.get("stroke_opacity", 1.0) > 0
        filled = "f" in drawing["type"] and drawing.get("fill_opacity", 1.0) > 0
        for item in drawing["items"]:
            for x0, y0, x1, y1 in _strokes(item, stroked=stroked, filled=filled):
                start, end = pymupdf.Point(x0, y0) * turn, pymupdf.Point(x1, y1) * turn
                rule = _straight(start, end, shown)
                if rule is not None:
                    found[rule] = None
    return [list(rule) for rule in found]


def _strokes(item: tuple[Any, ...], *, stroked: bool, filled: bool) -> list[tuple[float, float, float, float]]:
    """Return the straight lines that can be seen of one drawn thing, before the page is turned."""
    match item[0]:
        case "l" if stroked:
            return [(*item[1], *item[2])]
        case "re":
            x0, y0, x1, y1 = item[1]
            width, height = abs(x1 - x0), abs(y1 - y0)
            if min(width, height) <= THICKEST_RULE and (stroked or filled):
                middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
                return [(x0, middle_y, x1, middle_y) if width >= height else (middle_x, y0, middle_x, y1)]
            if stroked:
                return [(x0, y0, x1, y0), (x1, y0, x1, y1), (x0, y1, x1, y1), (x0, y0, x0, y1)]
        case "qu" if stroked:
            upper_left, upper_right, lower_left, lower_right = item[1]
            around = (upper_left, upper_right, lower_right, lower_left, upper_left)
            return [(*a, *b) for a, b in itertools.pairwise(around)]
    return []


def _straight(start: Any, end: Any, shown: Any) -> tuple[float, ...] | None:
    """Return a line clipped to the page and made exactly horizontal or vertical, None where it is neither or short."""
    x0, x1 = sorted((start.x, end.x))
    y0, y1 = sorted((start.y, end.y))
    if y1 - y0 <= STRAIGHT and x1 - x0 > y1 - y0:
        y0 = y1 = (y0 + y1) / 2
    elif x1 - x0 <= STRAIGHT:
        x0 = x1 = (x0 + x1) / 2
    else:
        return None
    if x1 < shown.x0 or x0 > shown.x1 or y1 < shown.y0 or y0 > shown.y1:
        return None
    x0, x1 = max(x0, shown.x0), min(x1, shown.x1)
    y0, y1 = max(y0, shown.y0), min(y1, shown.y1)
    if max(x1 - x0, y1 - y0) < SHORTEST_RULE:
        return None
    return (round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))


def _figures(page: Any, turn: Any, shown: Any) -> list[list[float]]:
    figures: dict[tuple[float, ...], None] = {}
    for picture in page.get_image_info():
        box = pymupdf.Rect(picture["bbox"]) * turn
        box.intersect(shown)
        if not box.is_empty and min(box.width, box.height) >= SMALLEST_FIGURE:
            figures[tuple(round(side, 2) for side in box)] = None
    return [list(box) for box in figures]
