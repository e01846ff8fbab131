"""The characters of a text layer made plain: composed, ligatures apart, in logical order, without invisible signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

SOFT_HYPHEN = "\u00ad"
UNKNOWN = "\ufffd"
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Zero-width spaces and marks of direction; the joiners U+200C and U+200D stay, Persian and Hindi need them."""
_NO_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PRESENTED = re.compile(r"[\ufb00-\ufb4f\ufb50-\ufdfb\ufe70-\ufefc\u2e80-\u2fdf\uf900-\ufaff]")
"""Ligatures, presentation forms, radicals and compatibility ideographs that stand for ordinary characters."""
_RTL_CHARACTER = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Blocks of scripts that run from right to left; what in them is no letter is sorted out later."""


def clean(text: str) -> str:
    """Return the text in NFC without soft hyphens, ligatures, control characters and double spaces.

    A soft hyphen at the very end stands where a word was broken and can be seen there: it becomes a hyphen. What is no
    character at all (a font without a map to Unicode) becomes U+FFFD, so that it can be counted.
    """
    text = _SPACES.sub(" ", text).strip()
    if text.endswith(SOFT_HYPHEN):
        text = text.rstrip(SOFT_HYPHEN) + "-"
    text = _INVISIBLE.sub("", text.replace(SOFT_HYPHEN, ""))
    text = _NO_CHARACTERS.sub(UNKNOWN, text)
    text = _PRESENTED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", text).strip()


def has_rtl(text: str) -> bool:
    """Tell whether any letter runs from right to left."""
    return _RTL_CHARACTER.search(text) is not None


def logical(seen: Sequence[str]) -> str:
    """Return characters in the order they are read.

    `seen` are the characters as they stand on the line from left to right, each with the marks that belong to it. In a
    line of right-to-left letters everything is turned around, and numbers and foreign words in it back again.
    """
    text = "".join(seen)
    if not has_rtl(text):
        return text
    kinds = [_kind(char) for char in seen]
    arabic = [unicodedata.bidirectional(char[0]) == "AL" for char in seen]
    order = list(range(len(seen)))
    mirrored: set[int] = set()
    if kinds.count("R") > kinds.count("L"):
        order.reverse()
        mirrored = set(order)
        for start, end in _foreign(_numbers([kinds[at] for at in order], [arabic[at] for at in order])):
            mirrored -= set(order[start:end])
            order[start:end] = order[start:end][::-1]
    else:
        for start, end in _between(kinds, "R", stops="LNA"):
            order[start:end] = order[start:end][::-1]
            mirrored |= set(order[start:end])
    return "".join(seen[at].translate(_MIRRORED) if at in mirrored else seen[at] for at in order)


_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def _kind(char: str) -> str:
    """Return a character's kind.

    R, L: letters of either direction; N, A: European and Arabic digits; C, P, E: what may go with numbers (comma,
    point …; plus, minus; percent, currencies); S: space; (, ): brackets; - anything else.
    """
    direction = unicodedata.bidirectional(char[0])
    if direction in _KINDS:
        return _KINDS[direction]
    if char in "([{":
        return "("
    if char in ")]}":
        return ")"
    return "S" if char.isspace() else "-"


_KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "A", "CS": "C", "ES": "P", "ET": "E"}


def _numbers(kinds: Sequence[str], arabic: Sequence[bool]) -> list[str]:
    """Return the kinds, in the order they are read, with all that belongs to numbers made N or A (Unicode's W2-W5).

    Digits after an Arabic letter are Arabic ones. One sign between two digits joins them; percent and currency signs
    belong to the European number beside them. Any other sign beside a number goes with the line.
    """
    made = list(kinds)
    after_arabic = False
    for at, kind in enumerate(kinds):
        if kind in "RL":
            after_arabic = arabic[at]
        elif kind == "N" and after_arabic:
            made[at] = "A"
    for at in range(1, len(made) - 1):
        before, after = made[at - 1], made[at + 1]
        if before == after and ((made[at] in "CP" and before == "N") or (made[at] == "C" and before == "A")):
            made[at] = before
    for way in (range(1, len(made)), range(len(made) - 2, -1, -1)):
        for at in way:
            if made[at] == "E" and made[at - way.step] == "N":
                made[at] = "N"
    return made


def _foreign(kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges that run from left to right among right-to-left letters."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] != "R":
            end += 1
        part = kinds[start:end]
        # Brackets that open and close within foreign words belong to them; otherwise they part them.
        closed = _balanced(part)
        for first, last in _between(part, "LNA", stops="" if closed else "()"):
            if "L" in part[first:last]:
                yield start + first, start + last
                continue
            for one, other in _between(part[first:last], "NA", stops="CPES-()"):
                yield start + first + one, start + first + other
        start = end + 1


def _balanced(part: Sequence[str]) -> bool:
    """Tell whether the brackets between the outermost letters and digits open before they close, seen from the left."""
    inside = [at for at, kind in enumerate(part) if kind in "LNA"]
    depth = 0
    for kind in reversed(part[inside[0] : inside[-1]] if inside else []):
        depth += (kind == "(") - (kind == ")")
        if depth < 0:
            return False
    return depth == 0


def _between(kinds: Sequence[str], wanted: str, *, stops: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges from one of `wanted` to the last that follows it before any of `stops`."""
    at = 0
    while at < len(kinds):
        if kinds[at] not in wanted:
            at += 1
            continue
        last = at
        end = at
        while end < len(kinds) and kinds[end] not in stops:
            if kinds[end] in wanted:
                last = end
            end += 1
        yield at, last + 1
        at = last + 1
