"""Running text of a model made plain: its tags, its emphasis and its entities undone, its formulas kept and trimmed.

Nothing here can fetch or run anything: a tag is either one of a few that are known and taken away, or text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from engine.output.answer import Mend
from engine.output.sheet import Sheet
from engine.output.wire_tokens import BROKEN

_MATH = re.compile(r"(?<!\$)\$(?!\$)([^$\n]++)\$(?!\$)|\\\(((?:[^\\\n]|\\(?![()\n]))++)\\\)")
_LOOKS_LIKE_MATH = re.compile(r"[\\^_{}=<>+*/|±×÷≤≥≠≈∈∞√°%]|^\W*\w{1,3}\W*$|^[\d.,\s]+$")

_BREAK = re.compile(r"(?:(?<![ \t])[ \t]++)?<br[ \t]*+/?>[ \t]*+\n?", re.IGNORECASE)
_DRESS = re.compile(
    r"</?(?:b|strong|i|em|u|s|del|ins|span|font|center|small|big|mark|div|p)(?:[ \t][^<>\n]*+)?/?>", re.IGNORECASE
)
_RAISED = re.compile(r"<(su[pb])>([^<>\n]{1,40}+)</su[pb]>", re.IGNORECASE)
_STRAY = re.compile(
    r"<dir>\d{0,3}</dir>|</?(?:dir|ref|quad|box|poly|pFig|det|point|ocr|face|answer|hy-meta|layout)>", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]++)(?<=\S)\*\*")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,30}));")

_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def plain(text: str, sheet: Sheet) -> str:
    """Return running text without its markup; a formula in it stands as `$…$`, without spaces inside the dollars."""
    if text.isalnum():
        return text
    return "".join(f"${part}$" if math else _undressed(part, sheet) for math, part in _parts(text))


def verbatim(text: str, sheet: Sheet) -> str:
    """Return text as it stands, without tags that have no meaning here."""
    if "<" not in text:
        return text
    text, strays = _STRAY.subn("", text)
    sheet.mend(Mend.STRAY_TAGS, strays)
    return text


def only_formula(text: str) -> str | None:
    """Return the LaTeX of a text that is one formula in single dollars and nothing else, None for any other."""
    text = text.strip()
    found = _MATH.fullmatch(text)
    if found is None:
        return None
    return _math(found)


def _math(found: re.Match[str]) -> str | None:
    """Return the formula between two dollars, None where they are more likely two prices."""
    inside = found[1] if found[1] is not None else found[2]
    if not inside.strip():
        return None
    if found[1] is not None:
        before, after = inside[0].isspace(), inside[-1].isspace()
        if before != after or (before and not _LOOKS_LIKE_MATH.search(inside.strip())):
            return None
    return inside.strip()


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Divide text into formulas (True) and what stands between them."""
    done = position = 0
    while found := _MATH.search(text, position):
        formula = _math(found)
        if formula is None:
            position = found.end() - (1 if found[1] is not None else 0)
            continue
        yield False, text[done : found.start()]
        yield True, formula
        done = position = found.end()
    yield False, text[done:]


def _undressed(text: str, sheet: Sheet) -> str:
    if "<" in text:
        text = _DRESS.sub("", _RAISED.sub(_raised, _BREAK.sub("\n", verbatim(text, sheet))))
    if "**" in text:
        text = _BOLD.sub(r"\1", text)
    return _ENTITY.sub(_character, text) if "&" in text else text


def _raised(found: re.Match[str]) -> str:
    """Return small letters as the characters Unicode has for them, and as they are where it has none."""
    table = _SUPERSCRIPT if found[1].lower() == "sup" else _SUBSCRIPT
    return found[2].translate(table) if all(ord(char) in table for char in found[2]) else found[2]


def _character(entity: re.Match[str]) -> str:
    """Return what an entity stands for; one that stands for nothing, or for no character of a text, stays as it is."""
    decimal, hexadecimal, name = entity.groups()
    if name:
        return " " if name == "nbsp" else html5.get(f"{name};", entity[0])
    number = int(decimal) if decimal else int(hexadecimal, 16)
    if number > 0x10FFFF or not (number >= 0xA0 or 0x20 <= number < 0x7F) or BROKEN.match(chr(number)):
        return entity[0]
    return chr(number)
