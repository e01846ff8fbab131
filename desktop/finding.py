"""Finding text in what was read: pure, linear, deaf to case and width, across line breaks and hyphens.

How a line is folded tells `desktop.folding`. Consecutive lines of a block (of a cell, in a table) are joined before
they are searched: by a space, by nothing beside CJK, and at a hyphen both ways (“well-known”, “recognition”).
"""

from __future__ import annotations

import bisect
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from desktop.folding import INVISIBLE, IS_CJK, Folded, fold, joins
from desktop.places import Hit, Part, Spot
from engine.output.blocks import AnyBlock, Box, Line, PageResult, Point, Quad, Table, text_of

_HYPHENS = ("-", "\u2010")

Match = tuple[Hit, ...]
"""One place where the sought text stands; several hits where it runs over several lines."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is sought, folded once. `text` is "" where there is nothing to seek."""

    text: str

    @classmethod
    def of(cls, words: str) -> Query:
        """Fold what the person typed."""
        return cls(fold(words.strip()).text)


def find_on_page(result: PageResult, query: Query) -> list[Match]:
    """Return every place on the page where the query stands: in its text in reading order, in what stands beside it.

    Lines tell best where something is. What a model read may differ from the lines that another reader found there, and
    a page may have none: then it is looked for in what the block says.
    """
    return [match for found in search(result, query) for match in found]


def search(result: PageResult, query: Query) -> Iterator[list[Match]]:
    """Yield what `find_on_page` returns text by text, so that a page full of words can be searched in slices."""
    if not query.text:
        return
    for text in _texts(result):
        folded = {number: fold(result.lines[number].text) for number in text.lines}
        found = _find_in_group(result, text.lines, folded, query.text) if text.lines else []
        if not found and text.spot is not None and not _says_the_same(result, text):
            found = _find_in_spot(result.number, text, Part.TEXT, query.text)
        yield found
    for text in _translated(result):
        yield _find_in_spot(result.number, text, Part.TRANSLATION, query.text)
    for at, field in enumerate(result.fields):
        text = _Text(Spot(at), field.value or "", field.box)
        yield _find_in_spot(result.number, text, Part.FIELDS, query.text)


@dataclass(frozen=True, slots=True)
class _Text:
    """What belongs together on a page: what it says, where it is, and its lines. Stray lines have no spot."""

    spot: Spot | None
    words: str
    box: Box | None
    lines: Sequence[int] = ()


def _texts(result: PageResult) -> Iterator[_Text]:
    """Yield the page's texts: per block, per cell, and each stray line alone. No line is in two of them."""
    count = len(result.lines)
    used: set[int] = set()

    def fresh(lines: Sequence[int]) -> list[int]:
        taken = [number for number in lines if 0 <= number < count and number not in used]
        used.update(taken)
        return taken

    for index, block in enumerate(result.blocks):
        for text in _texts_of(index, block):
            yield replace(text, lines=fresh(text.lines))
        if isinstance(block, Table):
            yield from (_Text(None, "", None, [number]) for number in fresh(block.lines))
    yield from (_Text(None, "", None, [number]) for number in range(count) if number not in used)


def _translated(result: PageResult) -> Iterator[_Text]:
    for index, block in enumerate(result.translation):
        yield from _texts_of(index, block)


def _texts_of(index: int, block: AnyBlock) -> Iterator[_Text]:
    box = block.box if block.placed else None
    if isinstance(block, Table):
        for cell in block.cells:
            yield _Text(Spot(index, cell.row, cell.column), cell.text, cell.box or box, cell.lines)
    else:
        yield _Text(Spot(index), text_of(block), box, block.lines)


def _says_the_same(result: PageResult, text: _Text) -> bool:
    """Tell whether a text is its lines and nothing else, as in readings that were made from lines."""
    lines = [result.lines[number].text for number in text.lines]
    return text.words in (" ".join(lines), "".join(lines))


def _find_in_spot(number: int, text: _Text, part: Part, query: str) -> list[Match]:
    folded = fold(text.words)
    at = folded.text.find(query)
    if at < 0:
        return []
    quad = Quad.from_box(text.box) if text.box is not None else None
    matches: list[Match] = []
    while at >= 0:
        last = at + len(query) - 1
        end = _end_of_cluster(text.words, folded.places[last])
        matches.append((Hit(number, -1, folded.places[at], end, quad, part, text.spot),))
        at = folded.text.find(query, last + 1)
    return matches


def _find_in_group(result: PageResult, group: Sequence[int], folded: dict[int, Folded], query: str) -> list[Match]:
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
            elif not IS_CJK.match(before[-1]) and not IS_CJK.match(text[0]):
                pieces.append(" ")
                places.append(starts[index] - 1)
        pieces.append(text)
        places.extend(range(starts[index], starts[index] + len(text)))
        before = text
    return "".join(pieces), places


def _match(
    result: PageResult, group: Sequence[int], folded: dict[int, Folded], starts: list[int], first: int, last: int
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
    while end < len(text) and joins(text[end]):
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
    if unicodedata.combining(character) or character in INVISIBLE:
        return 0.0
    return 0.3 if character in _NARROW else 0.85 if character in _BROAD else 0.55
