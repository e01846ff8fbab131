"""Spotting: lines of text with their places, in every notation the models have for them.

`<ref>text</ref><quad>(x,y),(x,y)</quad>`, the same with the place first, the same without tags (which is what is left
where a server leaves special tokens out), or a JSON list.
"""

from __future__ import annotations

import re
from copy import copy
from typing import NamedTuple, Self

from engine.output.answer import Mend
from engine.output.blocks import AnyBlock, Line, Paragraph
from engine.output.inline import verbatim
from engine.output.joining import is_rtl, join_lines
from engine.output.json_items import corners_of, looks_like_list, next_item, text_of
from engine.output.places import PLACE_TAGS, POINT, POINTS, corners_in
from engine.output.scanning import Portion
from engine.output.sheet import Corner, Sheet

MOST_PLACE = 400
"""Characters of the longest place inside its tags."""

_PLACE_OPEN = rf"<(?P<tag>{'|'.join(PLACE_TAGS)})>"
_PLACE_FIRST = re.compile(_PLACE_OPEN, re.IGNORECASE)
_POINTS = rf"{POINT}(?:[ \t]?[,，]?[ \t]?{POINT})++"
_CORNERS = re.compile(rf"\s{{0,4}}{POINTS}")
_ANCHOR = re.compile(rf"<ref>|{_PLACE_OPEN}|(?P<points>{_POINTS})", re.IGNORECASE)
_TAGGED = re.compile(rf"<ref>|{_PLACE_OPEN}", re.IGNORECASE)
_NEXT = re.compile(rf"\s*+(?:{_PLACE_OPEN}|(?P<points>{_POINTS}))", re.IGNORECASE)
_MAY_BEGIN = re.compile(r"\s*+(?:<[a-z]{0,4}|\([\d,，() \t\-]*+)?\Z", re.IGNORECASE)
_MAY_GO_ON = re.compile(r"[ \t]?[,，]?[ \t]?(?:\([\d,\-]*+)?\Z")
_CUT_POINT = re.compile(
    r"(?:\(-?\d{1,5},-?\d{1,5}\)[,，]?)?\((?:-?\d{1,5}(?:,(?:-?\d{0,5})?)?)?\Z|\(-?\d{1,5},-?\d{1,5}\)[,，]\Z"
)
_CUT_TAG = re.compile(r"</?(?:r|re|ref|q|qu|qua|quad|b|bo|box)?\Z", re.IGNORECASE)
_REF = re.compile(r"</?ref>", re.IGNORECASE)
_GAP = re.compile(r"[\s,，;；]*+")


class _Spotted(NamedTuple):
    """A line as the model gave it, and where in the text it ends."""

    text: str
    corners: list[Corner]
    end: int


class SpottingScanner:
    """Scans lines with places; each becomes a line of the page and a paragraph that points at it."""

    def __init__(self) -> None:
        self._json: bool | None = None
        self._count = 0

    def fork(self) -> Self:
        """Return one that has taken the same."""
        return copy(self)

    def scan(self, text: str, sheet: Sheet, *, final: bool) -> Portion:
        """Take the lines that are certain."""
        portion = Portion()
        if self._json is None:
            form = looks_like_list(text, final=final)
            if form is None:
                return portion
            self._json = form
        while portion.used < len(text):
            spotted = self._next(text, portion.used, sheet, final=final)
            if spotted is None:
                return portion
            portion.used = spotted.end
            self._add(portion, spotted, sheet)
        return portion

    def _next(self, text: str, position: int, sheet: Sheet, *, final: bool) -> _Spotted | None:
        if not self._json:
            return self._tagged(text, position, sheet, final=final)
        item = next_item(text, position, sheet, final=final)
        if item is None:
            return None
        if item.object is None:
            return _Spotted(item.words, [], item.end)
        return _Spotted(
            text_of(item.object, "text", "content", "ref", "txt", "words", "word"),
            corners_of(item.object, "box", "bbox", "bbox_2d", "quad", "poly", "position"),
            item.end,
        )

    def _add(self, portion: Portion, spotted: _Spotted, sheet: Sheet) -> None:
        lines = [line.strip() for line in verbatim(spotted.text, sheet).strip().split("\n")]
        if not lines[0].strip("`"):
            sheet.mend(Mend.COORDINATES, int(bool(spotted.corners)))
            return
        quad = sheet.quad(spotted.corners)
        rtl = is_rtl(lines)
        block: AnyBlock
        if quad is None:
            sheet.mend(Mend.UNPLACED)
            block = Paragraph(sheet.area, text="\n".join(lines), rtl=rtl, placed=False)
        else:
            text = join_lines(lines)
            block = Paragraph(quad.box, (self._count,), text, rtl)
            portion.lines.append(Line(text, quad))
            self._count += 1
        portion.blocks.append(block)

    # -- with tags, or with nothing at all between the text and its place

    def _tagged(self, text: str, position: int, sheet: Sheet, *, final: bool) -> _Spotted | None:
        gap = _GAP.match(text, position)
        start = gap.end() if gap else position
        if start >= len(text):
            return _Spotted("", [], start) if final else None
        if _MAY_BEGIN.match(text, start) and not final:
            return None
        if opened := _PLACE_FIRST.match(text, start):
            return self._place_then_text(text, opened, final=final)
        words_end, after = self._words(text, start, final=final)
        if words_end < 0:
            return None
        words = _REF.sub("", text[start:words_end])
        place = _NEXT.match(text, after)
        if place is None:
            if not final and _MAY_BEGIN.match(text, after):
                return None
            if final and after >= len(text):
                words = self._without_cut(words, sheet)
            return _Spotted(words, [], after)
        return self._place(text, words, place, final=final)

    def _words(self, text: str, start: int, *, final: bool) -> tuple[int, int]:
        """Return where the words that begin here end and where their place may begin; -1 while that is not certain."""
        if text[start : start + 5].lower() == "<ref>":
            inner = start + 5
            other = _TAGGED.search(text, inner)
            close = text.find("</ref>", inner, other.start() if other else len(text))
            if close >= 0:
                return close, close + 6
            if other:
                return other.start(), other.start()
            return (len(text), len(text)) if final else (-1, -1)
        anchor = _ANCHOR.search(text, start)
        if anchor:
            return anchor.start(), anchor.start()
        return (len(text), len(text)) if final else (-1, -1)

    def _place(self, text: str, words: str, place: re.Match[str], *, final: bool) -> _Spotted | None:
        if place["points"] is not None:
            # More corners than a place has belong to it all the same, and more may come.
            if not final and _MAY_GO_ON.match(text, place.end()):
                return None
            return _Spotted(words, corners_in(place["points"]), place.end())
        body_end, end = self._tag_end(text, place)
        if end < 0:
            if not final:
                return None
            body_end = end = len(text)
        if body_end == end and (corners := _CORNERS.match(text, place.end())):
            body_end = end = corners.end()  # its tag is not closed: what follows the corners are the next words
        return _Spotted(words, corners_in(text[place.end() : body_end]), end)

    def _tag_end(self, text: str, opened: re.Match[str]) -> tuple[int, int]:
        """Return where the inside of a place ends and where its tag does; -1 for both while neither is there."""
        closing = f"</{opened['tag']}>"
        close = text.find(closing, opened.end(), opened.end() + MOST_PLACE)
        other = _TAGGED.search(text, opened.end(), opened.end() + MOST_PLACE)
        if close >= 0 and (other is None or close < other.start()):
            return close, close + len(closing)
        if other:
            return other.start(), other.start()
        if len(text) >= opened.end() + MOST_PLACE:
            return opened.end(), opened.end()  # no place is as long as that
        return -1, -1

    def _place_then_text(self, text: str, opened: re.Match[str], *, final: bool) -> _Spotted | None:
        body_end, end = self._tag_end(text, opened)
        if end < 0:
            return _Spotted("", [], len(text)) if final else None
        corners = corners_in(text[opened.end() : body_end])
        follows = _GAP.match(text, end)
        start = follows.end() if follows else end
        if not final and len(text) - start < len("<ref>"):
            return None
        if text[start : start + 5].lower() != "<ref>":
            return _Spotted("", corners, end)
        words_end, after = self._words(text, start, final=final)
        if words_end < 0:
            return None
        return _Spotted(_REF.sub("", text[start:words_end]), corners, after)

    def _without_cut(self, words: str, sheet: Sheet) -> str:
        """Take the beginning of a place off the end of an answer that broke off in it."""
        for cut in (_CUT_POINT, _CUT_TAG):
            words, cuts = cut.subn("", words)
            sheet.mend(Mend.TRUNCATED, cuts)
        return words
