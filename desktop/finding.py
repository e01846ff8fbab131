"""Finding text in what was read: pure, linear, deaf to case and width, across line breaks and hyphens.

How a line is folded: each character with its combining marks is brought to NFKC and case-folded, so that ＡＢＣ finds
abc and ﬁ finds fi. Runs of white space become one space; white space beside a Chinese, Japanese or Korean character and
invisible characters (soft hyphen, zero-width space) are dropped, because readers place them as they please. Consecutive
lines of a block (of a cell, in a table) are joined before they are searched: by a space, by nothing beside CJK, and at
a hyphen both ways (“well-known”, “recognition”).
"""

from __future__ import annotations

import bisect
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.places import Hit
from engine.output.blocks import Line, PageResult, Point, Quad, Table

_CJK = "\u1100-\u11ff\u2e80-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_IS_CJK = re.compile(f"[{_CJK}]")
_NEEDS_CARE = re.compile(f"\\s\\s|[^\\S ]|[{_CJK}]\\s|\\s[{_CJK}]|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff")
_HYPHENS = ("-", "\u2010")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}  # ！ to ～, one to one

Match = tuple[Hit, ...]
"""One place where the sought text stands; several hits where it runs over several lines."""


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
        if gap >= 0 and pieces and not _IS_CJK.match(pieces[-1]) and not _IS_CJK.match(folded):
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
        if character in _INVISIBLE:
            if start >= 0:
                yield start, index
                start = -1
        elif start < 0 or not _joins(character):
            if start >= 0:
                yield start, index
            start = index
    if start >= 0:
        yield start, len(text)


def _joins(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.combining(character) != 0
        or 0x1160 <= code <= 0x11FF  # the vowels and endings of a Hangul syllable written in parts
        or code in (0xFF9E, 0xFF9F)  # half-width voicing marks
    )


@dataclass(frozen=True, slots=True)
class Query:
    """What is sought, folded once. `text` is "" where there is nothing to seek."""

    text: str

    @classmethod
    def of(cls, words: str) -> Query:
        """Fold what the person typed."""
        return cls(fold(words.strip()).text)


def find_on_page(result: PageResult, query: Query) -> list[Match]:
    """Return every place on the page where the query stands, in reading order."""
    if not query.text:
        return []
    folded: dict[int, Folded] = {}
    matches: list[Match] = []
    for group in groups(result):
        for number in group:
            if number not in folded:
                folded[number] = fold(result.lines[number].text)
        matches.extend(_find_in_group(result, group, folded, query.text))
    return matches


def groups(result: PageResult) -> list[list[int]]:
    """Return the page's lines as they belong together: per block, per cell, and each stray line alone."""
    found: list[list[int]] = []
    count = len(result.lines)
    used: set[int] = set()

    def add(lines: Sequence[int]) -> None:
        fresh = [number for number in lines if 0 <= number < count and number not in used]
        used.update(fresh)
        if fresh:
            found.append(fresh)

    for block in result.blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                add(cell.lines)
            for number in block.lines:
                add([number])
        else:
            add(block.lines)
    for number in range(count):
        add([number])
    return found


def _find_in_group(result: PageResult, group: list[int], folded: dict[int, Folded], query: str) -> list[Match]:
    spans: list[tuple[int, int]] = []  # (first, last) as positions in the row of (line, character) pairs
    texts = [folded[number].text for number in group]
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text))
    broken = any(_broken(before, after) for before, after in itertools.pairwise(filter(None, texts)))
    for heal in (False, True) if broken else (False,):
        joined, places = _join(texts, starts, heal=heal)
        at = joined.find(query)
        while at >= 0:
            last = at + len(query) - 1
            spans.append((places[at], places[last]) if places is not None else (at, last))
            at = joined.find(query, last + 1)
    if broken:
        spans = _without_overlaps(spans)
    return [_match(result, group, folded, starts, first, last) for first, last in spans]


def _without_overlaps(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for span in sorted(set(spans)):
        if not kept or span[0] > kept[-1][1]:
            kept.append(span)
    return kept


def _broken(before: str, after: str) -> bool:
    """Tell whether a word may have been cut by a hyphen at the end of the line."""
    return before[-1:] in _HYPHENS and before[-2:-1].isalpha() and after[:1].isalpha()


def _join(texts: list[str], starts: list[int], *, heal: bool) -> tuple[str, Sequence[int] | None]:
    """Join folded lines. The places give, for each character, its position in the lines laid end to end."""
    if len(texts) == 1:
        return texts[0], None
    pieces: list[str] = []
    places: list[int] = []
    before = ""
    for index, text in enumerate(texts):
        if not text:
            continue
        if before:
            if _broken(before, text):
                if heal:
                    pieces[-1] = pieces[-1][:-1]
                    places.pop()
            elif not _IS_CJK.match(before[-1]) and not _IS_CJK.match(text[0]):
                pieces.append(" ")
                places.append(starts[index] - 1)
        pieces.append(text)
        places.extend(range(starts[index], starts[index] + len(text)))
        before = text
    return "".join(pieces), places


def _match(
    result: PageResult, group: list[int], folded: dict[int, Folded], starts: list[int], first: int, last: int
) -> Match:
    hits: list[Hit] = []
    position = first
    while position <= last:
        index = bisect.bisect_right(starts, position) - 1
        stop = min(last, starts[index + 1] - 1)
        number = group[index]
        line, places = result.lines[number], folded[number].places
        start = places[position - starts[index]]
        end = _end_of_cluster(line.text, places[stop - starts[index]])
        hits.append(Hit(result.number, number, start, end, part_of_quad(line, start, end)))
        position = stop + 1
    return tuple(hits)


def _end_of_cluster(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and _joins(text[end]):
        end += 1
    return end


def part_of_quad(line: Line, start: int, end: int) -> Quad:
    """Return the part of a line's quad that its characters `start` to `end` cover, by usual character widths."""
    widths = [_width(character) for character in line.text]
    total = sum(widths)
    if total <= 0.0:
        return line.quad
    left = sum(widths[:start]) / total
    right = left + sum(widths[start:end]) / total
    a, b, c, d = line.quad
    return Quad(_between(a, b, left), _between(a, b, right), _between(d, c, right), _between(d, c, left))


def _between(start: Point, end: Point, share: float) -> Point:
    return Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)


_NARROW = frozenset("iljtfrI.,:;'!|()[]{} ’‘·")
_BROAD = frozenset("mwMW@%—…")


def _width(character: str) -> float:
    """Guess a character's width in ems."""
    if character.isascii():
        return 0.3 if character in _NARROW else 0.85 if character in _BROAD else 0.66 if character.isupper() else 0.52
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.combining(character) or character in _INVISIBLE:
        return 0.0
    return 0.3 if character in _NARROW else 0.85 if character in _BROAD else 0.55
