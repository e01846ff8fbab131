"""Lines become running text: where a break takes a space, which words are healed, which way the letters run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x312F),  # radicals, CJK punctuation, kana, bopomofo
    (0x31A0, 0xA4CF),  # Han, Yi and the small blocks between
    (0xF900, 0xFAFF),  # compatibility Han
    (0xFE30, 0xFE4F),  # vertical forms
    (0xFF00, 0xFFEF),  # full-width and half-width forms
    (0x1B000, 0x1B2FF),  # old kana
    (0x20000, 0x3FFFF),  # the further Han planes
)
"""Scripts that are written without spaces between words; first and last code point of each range."""

_HYPHENS = "-\u2010\u00ad"
_COMPOUND_HEADS = frozenset({"self", "well", "half", "quasi", "pseudo"})
_LAST_WORD = re.compile(r"(\S+)$")


@lru_cache(maxsize=4096)
def is_spaceless(char: str) -> bool:
    """Tell whether `char` belongs to a script written without spaces between words (Han, kana, Thai …)."""
    code = ord(char)
    return code >= 0x0E00 and any(first <= code <= last for first, last in _SPACELESS)


@lru_cache(maxsize=4096)
def char_width(char: str) -> float:
    """Return about how wide `char` is set, in ems: 1 for ideographs and full-width forms, less for the rest."""
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if unicodedata.combining(char):
        return 0.0
    if char in " .,:;'!|iljI()[]ft":
        return 0.3
    return 0.68 if char.isupper() else 0.5


def text_width(text: str) -> float:
    """Return about how wide `text` is set, in ems."""
    return sum(map(char_width, text))


@lru_cache(maxsize=4096)
def _strong_direction(char: str) -> int:
    """1 for a letter that runs from right to left, -1 for one that runs from left to right, 0 for neither."""
    direction = unicodedata.bidirectional(char)
    return 1 if direction in ("R", "AL") else -1 if direction == "L" else 0


def rtl_balance(text: str) -> int:
    """Return the letters of `text` that run from right to left less those that run from left to right."""
    return sum(map(_strong_direction, text))


def is_rtl(texts: Iterable[str]) -> bool:
    """Tell whether most letters of `texts` run from right to left."""
    return sum(map(rtl_balance, texts)) > 0


def first_word(text: str) -> str:
    """Return what could have stood at the end of the line before: the first word, or the first ideograph."""
    head = text.split(maxsplit=1)[0] if text.strip() else ""
    for position, char in enumerate(head):
        if is_spaceless(char):
            return head[: max(position, 1)]
    return head


def join_two(before: str, after: str) -> str:
    """Join two lines of one paragraph as their language wants.

    No space at a break that touches a script without spaces; a word broken by a hyphen is healed, while a hyphen that
    belongs to the word stays (before a capital or a digit, in "state-of-the-art", after "self" or "well").
    """
    before, after = before.rstrip(), after.lstrip()
    if not before or not after:
        return before or after
    last, first = before[-1], after[0]
    if last == "\u00ad":
        return before[:-1] + after
    if last in _HYPHENS and len(before) > 1 and before[-2].isalpha() and first.isalnum():
        return before + after if _keeps_hyphen(before, first) else before[:-1] + after
    if is_spaceless(last) or is_spaceless(first) or (last in "/—" and not before[-2:-1].isspace()):
        return before + after
    return f"{before} {after}"


def _keeps_hyphen(before: str, first: str) -> bool:
    """Tell whether the hyphen at the end of `before` belongs to the word."""
    match = _LAST_WORD.search(before[:-1])
    word = match.group(1) if match else ""
    if not first.islower() or any(char.isdigit() for char in word):
        return True
    head = word.lstrip("(\"'“‘[")
    return "-" in head or head.lower() in _COMPOUND_HEADS or (len(head) > 1 and head.isupper())


def join_lines(texts: Sequence[str]) -> str:
    """Join the lines of one paragraph, top to bottom."""
    joined: list[str] = []
    tail = ""
    for text in texts:
        if not tail:
            tail = text.strip()
            continue
        # Only the seam is looked at, so that a long paragraph costs no more than its length.
        cut = max(0, len(tail) - 48)
        joined.append(tail[:cut])
        tail = join_two(tail[cut:], text)
    return "".join(joined) + tail


def join_pieces(texts: Sequence[str], gaps: Sequence[float]) -> str:
    """Join the pieces of one visual row in reading order; `gaps[i]` stands before `texts[i + 1]`, in line heights."""
    row = texts[0].strip() if texts else ""
    for text, gap in zip(texts[1:], gaps, strict=True):
        text = text.strip()
        tight = bool(row) and bool(text) and gap < 1.0 and (is_spaceless(row[-1]) or is_spaceless(text[0]))
        row = row + text if tight or not row else f"{row} {text}"
    return row
