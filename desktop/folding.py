"""Folding text so that it can be compared: deaf to case and width, to marks that are invisible, and to white space.

Each character with its combining marks is brought to NFKC and case-folded, so that ＡＢＣ finds abc and ﬁ finds fi.
Runs of white space become one space; white space beside a Chinese, Japanese or Korean character and invisible
characters (soft hyphen, zero-width space) are dropped, because readers place them as they please.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_CJK = "\u1100-\u11ff\u2e80-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
IS_CJK = re.compile(f"[{_CJK}]")
_NEEDS_CARE = re.compile(f"\\s\\s|[^\\S ]|[{_CJK}]\\s|\\s[{_CJK}]|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}  # ！ to ～, one to one


@dataclass(frozen=True, slots=True)
class Folded:
    """A line made comparable: `text`, and for each of its characters the character of the line it came from."""

    text: str
    places: Sequence[int]


def fold(text: str) -> Folded:
    """Fold one line. Linear; plain lines are passed through without looking at each character."""
    narrow = text.translate(_WIDE)
    bare = narrow.strip()
    start = narrow.index(bare) if bare else 0
    if bare.isascii():
        if " ".join(bare.split()) == bare:
            return Folded(bare.lower(), range(start, start + len(bare)))
    elif not _NEEDS_CARE.search(bare) and unicodedata.is_normalized("NFKC", bare):
        folded = bare.casefold()
        # Only where every character stayed one character may the places be counted through.
        if len(folded) == len(bare) and unicodedata.is_normalized("NFKC", folded):
            return Folded(folded, range(start, start + len(bare)))
    return _fold_carefully(text)


def _fold_carefully(text: str) -> Folded:
    pieces: list[str] = []
    places: list[int] = []
    gap = -1
    for start, end in _clusters(text):
        cluster = text[start:end]
        if cluster.isspace():
            gap = start if gap < 0 else gap
            continue
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
        folded = "".join(folded.split())
        if not folded:
            continue
        if gap >= 0 and pieces and not IS_CJK.match(pieces[-1]) and not IS_CJK.match(folded):
            pieces.append(" ")
            places.append(gap)
        gap = -1
        pieces.extend(folded)
        places.extend([start] * len(folded))
    return Folded("".join(pieces), places)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each character with the marks that belong to it; invisible characters are left out."""
    start = -1
    for index, character in enumerate(text):
        if character in INVISIBLE:
            if start >= 0:
                yield start, index
                start = -1
        elif start < 0 or not joins(character):
            if start >= 0:
                yield start, index
            start = index
    if start >= 0:
        yield start, len(text)


def joins(character: str) -> bool:
    """Tell whether a character belongs to the one before it."""
    code = ord(character)
    return (
        unicodedata.combining(character) != 0
        or 0x1160 <= code <= 0x11FF  # the vowels and endings of a Hangul syllable written in parts
        or code in (0xFF9E, 0xFF9F)  # half-width voicing marks
    )
