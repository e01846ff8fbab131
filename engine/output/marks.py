"""What a text shows by itself: the mark of a list item, the number of a heading, a caption, a mere figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_BULLETS = "•‣◦▪▫■□●○◆◇►▸➢➤✓✔·∙⁃*–—-"
_WEAK_BULLETS = "-–—*·"
_CJK_DIGITS = "一二三四五六七八九十"
_ROMAN = {"i": 1, "v": 5, "x": 10}

_BULLET = re.compile(rf"^([{re.escape(_BULLETS)}])(?:\s+(?=\S)|(?=[^\s\d\-–—*.·])(?<=[•●○■□▪◆►]))")
_NUMBER = re.compile(r"^(\d{1,3})([.)、．）])\s*(?=[^\s\d.,)])")
_ENCLOSED = re.compile(r"^([(（])(\d{1,3}|[a-zA-Z]|[ivx]{1,5})([)）])\s*(?=\S)")
_BRACKETED = re.compile(r"^\[(\d{1,3})\]\s+(?=\S)")
_LETTER = re.compile(r"^([a-zA-Z]|[ivx]{2,5})([.)])\s+(?=\S)")
_CIRCLED = re.compile(r"^([①-⑳⑴-⑽])\s*(?=\S)")
_CJK_NUMBER = re.compile(rf"^([{_CJK_DIGITS}]{{1,3}})([、.．])\s*(?=\S)")
_CJK_ENCLOSED = re.compile(rf"^[(（]([{_CJK_DIGITS}]{{1,3}})[)）]\s*(?=\S)")
_DOTTED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){1,4})\.?\s+(?=[^\s\d%])")

_CHAPTER = re.compile(
    r"^(?:(?:chapter|part|section|appendix|article|annex|kapitel|teil|chapitre|capítulo|capitolo|глава)"
    r"\s+(?:\d{1,3}|[IVXLC]{1,6}|[A-Z])\b|第\s*[\d一二三四五六七八九十百零〇]{1,5}\s*[章节節篇部编編条條款回]|附[录錄件]\s*[\dA-Z一二三四五六七八九十]?)",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"^(\d{1,2})\s+(?=[^\W\d_])")
_CAPTION = re.compile(
    r"^(?P<what>figures?|fig\.?|figs\.|tables?|tab\.|photo|plate|scheme|chart|exhibit|abbildung|abb\.|tabelle|figura|tabla"
    r"|tabela|tableau|рисунок|рис\.|таблица|табл\.|图表?|圖表?|表格?|附图|附表|図|그림|표)"
    r"\s*(?P<number>(?:[A-Z]\.?)?\d{1,3}(?:[.\-–—]\d{1,3})*[a-z]?|[IVX]{1,5}\b|[一二三四五六七八九十]{1,2})(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)

_SECTION = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Z])\.?$")
_PAGE_NUMBER = re.compile(
    r"^[-–—\s]*(?:p\.|page|pag\.|seite|página|第)?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*页?頁?"
    r"(?:\s*(?:/|of|von|de|共)\s*\d{1,4}\s*页?頁?)?[-–—\s]*$",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"^[^\w]{0,3}(?:[A-Z]{2,3}\s?)?[\d.,:/\-–—+()' ]*\d[\d.,:/\-–—+()' ]*[^\w]{0,3}(?:[A-Za-z%€元]{1,3})?$"
)


class MarkStyle(Enum):
    """How list marks are written; marks of one list share their style."""

    BULLET = "•"
    NUMBER = "1."
    ENCLOSED = "(1)"
    LETTER = "a)"
    ENCLOSED_LETTER = "(a)"
    ROMAN = "ii."
    CIRCLED = "①"
    CJK = "一、"
    CJK_ENCLOSED = "（一）"
    DOTTED = "1.2"


@dataclass(frozen=True, slots=True)
class Mark:
    """A list mark: `marker` as it stands on the page, `text` what follows it.

    `value` is its place in the count (0 for bullets); `shape` tells "1." from "1)" and "•" from "–"; `weak` marks are
    also used for other things (a dash), and need company to be believed.
    """

    style: MarkStyle
    marker: str
    text: str
    value: int = 0
    shape: str = ""
    weak: bool = False

    def follows(self, other: Mark) -> bool:
        """Tell whether this mark comes next after `other` in one list."""
        if (self.style, self.shape) != (other.style, other.shape):
            return False
        return self.style is MarkStyle.BULLET or self.value == other.value + 1


def _cjk_value(digits: str) -> int:
    if "十" not in digits:
        return _CJK_DIGITS.index(digits[0]) + 1
    tens, _, ones = digits.partition("十")
    return (_CJK_DIGITS.index(tens[0]) + 1 if tens else 1) * 10 + (_CJK_DIGITS.index(ones[0]) + 1 if ones else 0)


def _roman_value(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-one if one < two else one for one, two in zip(values, [*values[1:], 0], strict=True))


def list_mark(text: str) -> Mark | None:
    """Return the list mark that `text` starts with, None where it starts with none."""
    text = text.strip()
    if found := _BULLET.match(text):
        bullet = found[1]
        return Mark(MarkStyle.BULLET, bullet, text[found.end() :], 0, bullet, bullet in _WEAK_BULLETS)
    if found := _DOTTED.match(text):
        parts = [int(part) for part in found[1].split(".")]
        shape = ".".join(map(str, parts[:-1]))
        return Mark(MarkStyle.DOTTED, found[1], text[found.end() :], parts[-1], shape, True)
    if found := _NUMBER.match(text):
        return Mark(MarkStyle.NUMBER, found[0].strip(), text[found.end() :], int(found[1]), found[2], True)
    if found := _ENCLOSED.match(text):
        inner, marker, rest = found[2], found[0].strip(), text[found.end() :]
        if inner.isdigit():
            return Mark(MarkStyle.ENCLOSED, marker, rest, int(inner), "()", True)
        if len(inner) > 1:
            return Mark(MarkStyle.ROMAN, marker, rest, _roman_value(inner.lower()), "()", True)
        return Mark(MarkStyle.ENCLOSED_LETTER, marker, rest, ord(inner.lower()) - 96, "()", True)
    if found := _BRACKETED.match(text):
        return Mark(MarkStyle.ENCLOSED, found[0].strip(), text[found.end() :], int(found[1]), "[]", True)
    if found := _LETTER.match(text):
        inner, marker, rest = found[1], found[0].strip(), text[found.end() :]
        if len(inner) > 1:
            return Mark(MarkStyle.ROMAN, marker, rest, _roman_value(inner), found[2], True)
        case = "A" if inner.isupper() else "a"
        return Mark(MarkStyle.LETTER, marker, rest, ord(inner.lower()) - 96, case + found[2], True)
    if found := _CIRCLED.match(text):
        code = ord(found[1])
        return Mark(MarkStyle.CIRCLED, found[1], text[found.end() :], code - (0x245F if code < 0x2474 else 0x2473), "")
    if found := _CJK_NUMBER.match(text):
        return Mark(MarkStyle.CJK, found[0].strip(), text[found.end() :], _cjk_value(found[1]), "、", True)
    if found := _CJK_ENCLOSED.match(text):
        return Mark(MarkStyle.CJK_ENCLOSED, found[0].strip(), text[found.end() :], _cjk_value(found[1]), "()", True)
    return None


def roman_reading(mark: Mark) -> Mark:
    """Return the mark read as a Roman numeral where a single letter could be one ("i)", "v."), else the mark itself."""
    inner = mark.marker.strip("().（） ")
    if mark.style in (MarkStyle.LETTER, MarkStyle.ENCLOSED_LETTER) and inner in _ROMAN:
        shape = mark.shape[-1:] if mark.style is MarkStyle.LETTER else mark.shape
        return Mark(MarkStyle.ROMAN, mark.marker, mark.text, _ROMAN[inner], shape, True)
    return mark


def is_bare_mark(text: str) -> bool:
    """Tell whether `text` is nothing but a list mark, its item standing apart as a piece of its own."""
    text = text.strip()
    if len(text) > 6:
        return False
    if text in _BULLETS:
        return bool(text)
    mark = list_mark(f"{text} x")
    return mark is not None and mark.text == "x"


def heading_depth(text: str) -> int:
    """Return how deep the numbering at the start of `text` goes, from 1; 0 where it carries none.

    "Chapter 3", "第三条", "一、" and "2 Methods" are 1, "2.1 Data" is 2, "2.1.4 Noise" is 3.
    """
    text = text.strip()
    if _CHAPTER.match(text):
        return 1
    mark = list_mark(text)
    if mark is not None:
        if mark.style is MarkStyle.DOTTED:
            return mark.marker.count(".") + 1
        if mark.style in (MarkStyle.NUMBER, MarkStyle.CJK):
            return 1
        if mark.style is MarkStyle.CJK_ENCLOSED:
            return 2
        if mark.style is MarkStyle.ROMAN and mark.marker.isupper():
            return 1
        return 0
    return 1 if _PLAIN_NUMBER.match(text) or re.match(r"^[IVX]{1,5}[.、]\s+\S", text) else 0


def names_chapter(text: str) -> bool:
    """Tell whether `text` begins like "Chapter 3", "Article 5" or "第三条"."""
    return _CHAPTER.match(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class CaptionMark:
    """The start of a caption; `certain` where it can be nothing else, even far from any figure or table."""

    table: bool
    certain: bool


def caption_mark(text: str) -> CaptionMark | None:
    """Return what `text` is a caption of, None where it cannot be a caption ("Figure 3 shows that …")."""
    found = _CAPTION.match(text.strip())
    if found is None:
        return None
    what, rest = found["what"].lower(), found["rest"]
    table = what[:3] in ("tab", "таб") or "表" in what or what == "표"
    tail = rest.lstrip()
    if tail[:1] in (".", ":", "：", "|", "—", "–", "。", "．") and (len(tail) == 1 or not tail[1].isdigit()):
        return CaptionMark(table, True)
    if not tail or tail[0].isupper() or tail[0] in '(（「《“"':
        return CaptionMark(table, False)
    if rest[:1].isspace() and not (tail[0].isascii() or tail[0].islower()):
        return CaptionMark(table, False)
    return None


def is_value(text: str) -> bool:
    """Tell whether `text` is a number, an amount, a date or the like."""
    return len(text) <= 24 and _VALUE.match(text.strip()) is not None


def is_section_number(text: str) -> bool:
    """Tell whether `text` is nothing but the number of a section ("2", "2.1.4", "A")."""
    return _SECTION.match(text.strip()) is not None


def is_page_number(text: str) -> bool:
    """Tell whether `text` is the number of a page ("3", "– 3 –", "Page 3 of 9", "第 3 页")."""
    return _PAGE_NUMBER.match(text.strip()) is not None
