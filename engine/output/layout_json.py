"""Layout: the regions of a page with their kinds and places, as a JSON list or as the older hy-meta tags."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from typing import Self

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, Box, Caption, Chart, Code, Figure, Formula, Heading, Paragraph, Table
from engine.output.formulas import bare_formula
from engine.output.inline import plain
from engine.output.joining import join_lines
from engine.output.json_items import corners_of, looks_like_list, next_item, text_of
from engine.output.markdown import MarkdownScanner
from engine.output.places import corners_in
from engine.output.scanning import Portion
from engine.output.sheet import Corner, Sheet

_META = re.compile(
    r"<hy-meta>\s*+<layout>([^<]*+)(?:</layout>)?\s*+(?:<(?:poly|quad|box)>([^<]*+)(?:</(?:poly|quad|box)>)?)?\s*+</hy-meta>",
    re.IGNORECASE,
)
_OPEN = "<hy-meta>"

_LEVELS = {"title": 1, "doc_title": 1, "section_title": 2, "heading": 2, "para_title": 2, "paragraph_title": 2}
_LEVELS |= {"catalogue_title": 2, "contents_title": 2}
_CAPTIONS = frozenset({"caption", "table_title", "figure_title", "chart_title", "table_caption", "figure_caption"})
_TABLES = frozenset({"table"})
_FIGURES = frozenset({"figure", "image", "picture", "seal", "stamp"})
_CHARTS = frozenset({"chart", "algorithm_chart", "flowchart"})
_FORMULAS = frozenset({"formula", "equation", "display_formula", "isolate_formula", "interline_equation"})
_CODES = frozenset({"code", "algorithm", "code_block"})


class LayoutScanner:
    """Scans regions; the text of one, where the task asks for it, is read like a document's."""

    def __init__(self) -> None:
        self._json: bool | None = None

    def fork(self) -> Self:
        """Return one that has taken the same."""
        return copy(self)

    def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        """Take the regions that are certain."""
        portion = Portion()
        if self._json is None:
            self._json = looks_like_list(text, final=final)
        if self._json is None:
            return portion
        if not self._json:
            return self._tagged(text, sheet, final=final)
        while portion.used < len(text):
            item = next_item(text, portion.used, sheet, final=final)
            if item is None:
                break
            portion.used = item.end
            if item.object is not None:
                kind = text_of(item.object, "layout_type", "type", "category", "label")
                words = text_of(item.object, "text", "content")
                portion.blocks += region(
                    kind, words, corners_of(item.object, "bbox", "box", "poly", "quad", "position"), sheet
                )
        return portion

    def _tagged(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        portion = Portion()
        for found in _META.finditer(text):
            words = text[portion.used : found.start()].strip()
            portion.blocks += region(found[1], words, corners_in(found[2] or ""), sheet)
            portion.used = found.end()
        if final and portion.used < len(text):
            rest = text[portion.used :]
            tag = rest.rfind("<")
            cut = rest.rfind(_OPEN)
            if cut < 0 <= tag and _OPEN.startswith(rest[tag:]):
                cut = tag
            sheet.mend(Mend.TRUNCATED, int(cut >= 0))
            portion.blocks += MarkdownScanner().scan(rest[:cut] if cut >= 0 else rest, sheet, final=True).blocks
            portion.used = len(text)
        return portion


def region(kind: str, words: str, corners: list[Corner], sheet: Sheet) -> list[AnyBlock]:
    """Return a region as blocks at its place; without words it is one block that only says what is there."""
    quad = sheet.quad(corners)
    sheet.mend(Mend.UNPLACED, int(quad is None))
    kind = kind.strip().lower().replace(" ", "_").replace("-", "_")
    box, placed = (sheet.area, False) if quad is None else (quad.box, True)
    blocks = _read(kind, words, sheet) if words else [_bare(kind, box)]
    return [replace(block, box=box, placed=placed) if not block.placed or not words else block for block in blocks]


def _read(kind: str, words: str, sheet: Sheet) -> list[AnyBlock]:
    """Return what is written in a region."""
    if kind in _LEVELS or kind in _CAPTIONS or kind in _FIGURES:
        text = join_lines([line.lstrip("#") for line in plain(words, sheet).split("\n")]).strip()
        if kind in _LEVELS:
            return [Heading(sheet.area, text=text, level=_level(kind, words), placed=False)]
        if kind in _CAPTIONS:
            return [Caption(sheet.area, text=text, placed=False)]
        if not words.lstrip().startswith(("<", "|")):
            return [Figure(sheet.area, text=text, placed=False)]
    if kind in _FORMULAS and "$$" not in words:
        return bare_formula(words, sheet)
    if kind in _CODES and "```" not in words:
        return [Code(sheet.area, text=words, placed=False)]
    return MarkdownScanner().scan(words, sheet, final=True).blocks


def _bare(kind: str, box: Box) -> AnyBlock:
    """Return a region whose words were not asked for."""
    if kind in _LEVELS:
        return Heading(box, level=_LEVELS[kind])
    if kind in _CAPTIONS:
        return Caption(box)
    if kind in _TABLES:
        return Table(box)
    if kind in _FIGURES:
        return Figure(box)
    if kind in _CHARTS:
        return Chart(box)
    if kind in _FORMULAS:
        return Formula(box)
    return Code(box) if kind in _CODES else Paragraph(box)


def _level(kind: str, words: str) -> int:
    """Return the level of a heading: the one its own signs give, else that of its kind."""
    signs = len(words) - len(words.lstrip("#"))
    return signs if 1 <= signs <= 6 else _LEVELS[kind]
