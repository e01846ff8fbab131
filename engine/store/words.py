"""Text as the words that are searched for: one definition for the index, for what a person types, and for the marks.

Scripts written without spaces (Han, kana, Thai …) and Hangul are cut into single characters, so that a word of two
characters is a phrase of two words and is found wherever it stands. All else is cut where no letter, digit or mark
stands. Case, width, ligatures and the accents of Latin, Greek, Cyrillic, Arabic and Hebrew do not count.
"""

from __future__ import annotations

import contextlib
import re
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from engine.output.joining import is_spaceless

LONGEST_QUERY = 1000
"""Characters of a query that count; nobody types more, and whoever pastes a page finds it by its beginning."""

BREAK = "¶"
"""Stands between passages in the index, where no phrase may run across. No word is like it."""

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "＂": '"', "＊": "*"})
_PLAIN = frozenset(string.ascii_letters + string.digits)
_PIECE = re.compile(r"[0-9A-Za-z]+|[^0-9A-Za-z]")
_TERM = re.compile(r'"([^"]*)"(\**)|(\S+)')


class _Role(Enum):
    """What a character does to the word before it."""

    JOINS = 1  # it is a letter or a digit of it
    ALONE = 2  # it is a word of its own
    MARK = 3  # it belongs to the letter before it
    NOTHING = 4  # it does not count, as if it were not there
    ENDS = 5  # the word ends before it


_DROPPED = (
    (0x0300, 0x036F),  # accents
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
    (0x0483, 0x0489),  # Cyrillic
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic points
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xE0100, 0xE01EF),
)
"""Marks that do not count; first and last code point of each range. Those of other scripts change the word."""

_FIRST_JAMO = ((0x1100, 0x115F), (0xA960, 0xA97F))
_LATER_JAMO = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands in its text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand next to each other; with `prefix` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False

    def places(self, texts: list[str]) -> list[int]:
        """Return the index of the first word of each place where the term stands among `texts`."""
        whole = list(self.words[:-1] if self.prefix else self.words)
        count, last = len(self.words), self.words[-1]
        return [
            place
            for place in (_places_of(whole[0], texts) if whole else range(len(texts)))
            if texts[place : place + len(whole)] == whole
            and (not self.prefix or "".join(texts[place + count - 1 : place + count]).startswith(last))
        ]


def words_of(text: str) -> list[Word]:
    """Cut a text into words."""
    words: list[Word] = []
    parts: list[str] = []
    start = end = 0
    open_ended = False  # the word in `parts` may take further letters

    def close() -> None:
        if parts:
            words.append(Word("".join(parts), start, end))
            parts.clear()

    for piece in _PIECE.finditer(text):
        run = piece.group()
        for role, char in ((_Role.JOINS, run.lower()),) if run[0] in _PLAIN else _roles(run):
            if role is _Role.NOTHING:
                continue
            if role is _Role.MARK:
                if parts:
                    parts.append(char)
                    end = piece.end()
                continue
            if role is not _Role.JOINS or not open_ended:
                close()
                start = piece.start()
            open_ended = role is _Role.JOINS
            if role is not _Role.ENDS:
                parts.append(char)
                end = piece.end()
    close()
    return words


def terms_of(query: str) -> tuple[Term, ...]:
    """Read what a person typed: words, “phrases”, and beginnings of words with a star. Nothing else has a meaning."""
    terms: dict[Term, None] = {}
    for found in _TERM.finditer(query[:LONGEST_QUERY].translate(_QUOTES)):
        phrase, star, word = found.groups()
        text = word if phrase is None else phrase
        words = tuple(each.text for each in words_of(text))
        if words:
            terms[Term(words, prefix=text.endswith("*") if phrase is None else bool(star))] = None
    return tuple(terms)


def index_expression(terms: tuple[Term, ...]) -> str:
    """Return the terms as FTS5 wants them. Words hold letters, digits and marks only: nothing in them can be syntax."""
    return " AND ".join(f'"{" ".join(term.words)}"{"*" if term.prefix else ""}' for term in terms)


def _places_of(word: str, texts: list[str]) -> Iterator[int]:
    place = -1
    with contextlib.suppress(ValueError):
        while True:
            yield (place := texts.index(word, place + 1))


@lru_cache(maxsize=1 << 14)
def _roles(char: str) -> tuple[tuple[_Role, str], ...]:
    """Return what a character is made of, as it is compared."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return tuple((_role(part), part) for part in plain)


def _role(char: str) -> _Role:
    code, category = ord(char), unicodedata.category(char)
    if category == "Cf" or _within(code, _DROPPED):
        return _Role.NOTHING
    if category[0] == "M" or _within(code, _LATER_JAMO):
        return _Role.MARK
    if category[0] not in "LN":
        return _Role.ENDS
    return _Role.ALONE if is_spaceless(char) or _within(code, _FIRST_JAMO) else _Role.JOINS


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)
