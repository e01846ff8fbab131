"""Words of a text as doubt sees them: which characters one can be wrong together, and where that would be grave."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from engine.output.folding import fold_character

LEAST_DIGITS = 4
"""A number of so many digits is long: an account, an invoice, an article. One wrong digit makes it another's."""
MOST_VALUES = 50
"""Places of one field's value in one text that are looked at."""

_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"(?:(?![_{_SPACELESS}])\w)"
_WORD = re.compile(rf"{_LETTER}++(?:[.,:/'’\-‐‑–@+&]{_LETTER}++)*+|(?!_)\w")
_UNIT = re.compile(rf"[0-9]++|(?:(?![0-9_{_SPACELESS}])\w)++|(?!_)\w")

_DIGITS = re.compile(r"\d(?:[ .,:/\-–]{0,2}\d|[OolISB](?![a-zA-Z]))*+")
_AMOUNT = re.compile(
    r"(?:[$€£¥￥₩₹]|\b(?:EUR|USD|CNY|RMB|GBP|CHF|JPY)|人民币)[ \t]?\d[\d.,]*+"
    r"|(?<![\d.,])\d[\d.,]*+[ \t]?(?:[$€£¥￥%‰]|(?:EUR|USD|CNY|RMB|GBP|CHF|JPY)\b|[百千万亿]{0,2}元)"
    r"|(?<![\d.,])\d{1,3}(?:[.,' ]\d{3})*+[.,]\d{2}(?![\d.,]*\d)"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = re.compile(
    r"(?<!\d)\d{1,4}([./-])\d{1,2}\1\d{1,4}(?!\d)"
    rf"|\b\d{{1,2}}\.?[ \t]{_MONTH}\.?[ \t]\d{{4}}\b|\b{_MONTH}\.?[ \t]\d{{1,2}},?[ \t]\d{{4}}\b"
    r"|\d{1,4}[ \t]?年(?:[ \t]?\d{1,2}[ \t]?月)?(?:[ \t]?\d{1,2}[ \t]?日)?|\d{1,2}[ \t]?月[ \t]?\d{1,2}[ \t]?日",
    re.IGNORECASE,
)

_LOOKALIKES = str.maketrans({"o": "0", "l": "1", "i": "1", "丨": "1", "〇": "0"})
_ONE_SHAPE = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣", "-") | dict.fromkeys("“”„″«»", '"') | dict.fromkeys("‘’‚′`´", "'") | {"\u00ad": None}
)

_AROUND = re.compile(r"\A[^\w+\-−%‰$€£¥￥₩₹]++|[^\w%‰$€£¥￥₩₹]++\Z|_")


class Word(NamedTuple):
    """The characters `start` to `end` of a text; `grave` where a wrong one would do the most harm.

    A script without spaces has words of one character; whoever marks several in a row marks them as one.
    """

    start: int
    end: int
    grave: bool


def words_of(text: str, values: Iterable[str] = ()) -> list[Word]:
    """Return the words of a text in order; `values` are those of fields, which are grave wherever they stand."""
    grave = grave_spans(text, values)
    ends = [end for _, end in grave]
    words = []
    for found in _WORD.finditer(text):
        start, end = found.span()
        at = bisect_left(ends, start + 1)
        words.append(Word(start, end, at < len(grave) and grave[at][0] < end))
    return words


def units_of(text: str) -> Iterator[tuple[str, int, int]]:
    """Give the smallest things that are found again in what a model said: runs of digits, of letters, ideographs."""
    for found in _UNIT.finditer(text):
        yield "".join(map(fold_character, found[0])), *found.span()


def grave_spans(text: str, values: Iterable[str] = ()) -> list[tuple[int, int]]:
    """Return where long numbers, amounts, dates and the values of fields stand, in order and apart."""
    spans = [found.span() for pattern in (_AMOUNT, _DATE) for found in pattern.finditer(text)]
    spans += [found.span() for found in _DIGITS.finditer(text) if _digits(found[0]) >= LEAST_DIGITS]
    for value in values:
        at, count = text.find(value) if value else -1, 0
        while at >= 0 and count < MOST_VALUES:
            if not _is_within(text, at) and not _is_within(text, at + len(value)):
                spans.append((at, at + len(value)))
            at, count = text.find(value, at + len(value)), count + 1
    return _united(spans)


def is_grave(text: str) -> bool:
    """Tell whether a text by itself holds a long number, an amount or a date."""
    return bool(grave_spans(text))


def same_word(one: str, other: str, *, accents: bool) -> bool:
    """Tell whether two readings of a word are the same but for what readers take for one another.

    Case, width, punctuation and spaces, 0 and O, 1 and l; `accents` where they count because the reader knows them.
    """
    return _loosely(one, accents) == _loosely(other, accents)


def same_number(one: str, other: str) -> bool:
    """Tell whether two readings of a number, a date or the like are the same in every sign that has a meaning."""
    return _strictly(one) == _strictly(other)


def with_marks(text: str, start: int, end: int) -> str:
    """Return the characters `start` to `end` of a text with the marks that touch them: a minus, a currency, "%"."""
    while start > 0 and _is_mark(text[start - 1]):
        start -= 1
    while end < len(text) and _is_mark(text[end]):
        end += 1
    return bare(text[start:end])


def bare(text: str) -> str:
    """Return a text without the white space and the marks around it, but with those that belong to a number."""
    return _AROUND.sub("", text)


def _loosely(text: str, accents: bool) -> str:
    if accents:
        text = unicodedata.normalize("NFKC", text).casefold()
        return "".join(char for char in text if char.isalnum()).translate(_LOOKALIKES)
    return "".join(map(fold_character, text)).translate(_LOOKALIKES)


def _strictly(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_ONE_SHAPE)
    return bare("".join(text.split()))


def _is_mark(char: str) -> bool:
    return not (char.isspace() or char.isalnum())


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _is_within(text: str, at: int) -> bool:
    """Tell whether a place is in the middle of a number or of a word."""
    if not 0 < at < len(text):
        return False
    pair = text[at - 1 : at + 1]
    return pair.isdigit() or (pair.isascii() and pair.isalpha())


def _united(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united
