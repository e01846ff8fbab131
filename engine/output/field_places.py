"""Where on the page the value of a field stands: beside the field's name, where it stands more than once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from engine.output.blocks import AnyBlock, Box, FieldValue, Line, Table
from engine.output.folding import Folded, fold
from engine.output.line_parts import gap, part_of
from engine.output.spoken import texts_of
from engine.output.words import with_marks

MOST_OCCURRENCES = 100
"""Places of one value, or of one name, that are looked at."""
MOST_LOOKED_AT = 2_000
"""Times that its letters are found at all, within other words as well."""
LEAST_ALIKE = 84.0
"""How alike, in per cent, words must be that a reader may have misread."""
LEAST_ALIKE_BESIDE = 60.0
"""The same where it stands beside its name, and the value stands nowhere else."""
BESIDE = 5.0
"""So near it must be then, in line heights: farther to the right, in the same line, than under the name."""
MOST_LONGER = 1.25
"""How many times as long as what is looked for the whole words may be in which it was found."""
SHORTEST_FUZZY = 5
"""Values of fewer letters are found only as they are."""
LONGEST_VALUE = 2_000
UNDER, ELSEWHERE = 1.0, 6.0
"""A value stands to the right of its name, or else under it; how much farther away one counts that does not."""
MISREAD = 3.0
"""How much farther a value counts that a reader must have misread to be this one, where it stands as it is as well."""


def place_fields(
    fields: Sequence[FieldValue], lines: Sequence[Line], blocks: Sequence[AnyBlock] = ()
) -> tuple[FieldValue, ...]:
    """Return the fields with the boxes of their values, as far as these stand on the page as the model gave them.

    Args:
        fields: The fields; one that has its box keeps it.
        lines: Lines of the page whose places are known.
        blocks: Placed blocks, for values that no line has.
    """
    return tuple(found.field for found in find_fields(fields, lines, blocks))


class FoundField(NamedTuple):
    """A field with the box of its value, and the line that has another value there, as `text`; None where none has."""

    field: FieldValue
    other: Line | None = None


def find_fields(
    fields: Sequence[FieldValue], lines: Sequence[Line], blocks: Sequence[AnyBlock] = ()
) -> tuple[FoundField, ...]:
    """Return what `place_fields` does, and of each value that stands otherwise on the page how it stands there."""
    page = _Page(lines)
    return tuple(_found(field, page, blocks) for field in fields)


def _found(field: FieldValue, page: _Page, blocks: Sequence[AnyBlock]) -> FoundField:
    if field.box is not None or not field.value:
        return FoundField(field)
    value = fold(field.value[:LONGEST_VALUE]).text
    exact = page.boxes(value) or list(_in_blocks(value, blocks))
    like = [(box, line) for box, line in page.like(value) if box not in exact]
    name = fold(field.name[:LONGEST_VALUE]).text
    names = page.boxes(name) or [box for box, _ in page.like(name)]
    if not exact and not like and names:
        near = page.like(value, least=LEAST_ALIKE_BESIDE)
        like = [(box, line) for box, line in near if _nearest(names, box) <= BESIDE]
    places: list[tuple[Box, Line | None]] = [*((box, None) for box in exact), *like]
    if not places:
        return FoundField(field)
    box, other = places[0]
    if names:
        box, other = min(places, key=lambda place: _nearest(names, place[0]) + (MISREAD if place[1] else 0.0))
    return FoundField(replace(field, box=box), other)


def _nearest(names: Sequence[Box], box: Box) -> float:
    return min(_away(name, box) for name in names)


def _away(name: Box, value: Box) -> float:
    """Return how far a value is from a name, in line heights, with what a reader would not look for made farther."""
    middle = (value.y0 + value.y1) / 2
    if name.y0 <= middle <= name.y1 and value.x0 >= name.x0:
        return gap(name, value)
    if value.y0 >= (name.y0 + name.y1) / 2 and value.x0 < name.x1 and value.x1 > name.x0:
        return gap(name, value) + UNDER
    return gap(name, value) + ELSEWHERE


class _Page:
    """The page's lines as one folded text, in their order: a value may go on in the next line."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._folded: list[Folded] = [fold(line.text) for line in lines]
        self._text = "".join(folded.text for folded in self._folded)
        self._starts = [0, *accumulate(len(folded.text) for folded in self._folded)]

    def boxes(self, words: str) -> list[Box]:
        """Return where words stand as they are."""
        found: list[Box] = []
        at = -1
        for _ in range(MOST_LOOKED_AT):
            at = self._text.find(words, at + 1) if words else -1
            if at < 0 or len(found) == MOST_OCCURRENCES:
                break
            if box := self._box(at, at + len(words)):
                found.append(box)
        return found

    def like(self, words: str, *, least: float = LEAST_ALIKE) -> list[tuple[Box, Line]]:
        """Return where words stand in a line with a letter or two read wrong, and how; the most alike first."""
        from rapidfuzz import fuzz

        if len(words) < SHORTEST_FUZZY:
            return []
        found: list[tuple[float, int, Box, Line]] = []
        for number, folded in enumerate(self._folded):
            if len(folded.text) < len(words):
                continue
            near = fuzz.partial_ratio_alignment(words, folded.text, score_cutoff=least)
            if near is None or near.dest_end <= near.dest_start:
                continue
            start, end = self._starts[number] + near.dest_start, self._starts[number] + near.dest_end
            while self._is_within(number, start):
                start -= 1
            while self._is_within(number, end):
                end += 1
            if end - start <= len(words) * MOST_LONGER:
                found.append((-near.score, number, self._part(number, start, end), self._words(number, start, end)))
        found.sort(key=lambda each: each[:2])
        return [(box, line) for _, _, box, line in found[:MOST_OCCURRENCES]]

    def _words(self, number: int, start: int, end: int) -> Line:
        """Return a line with only the words of it that stand there."""
        line, places = self._lines[number], self._folded[number].places
        low, high = start - self._starts[number], end - self._starts[number]
        return replace(line, text=with_marks(line.text, places[low], places[high - 1] + 1))

    def _box(self, start: int, end: int) -> Box | None:
        """Return the place of a stretch of the text, None where it begins or ends within a word or a number."""
        first, last = bisect_right(self._starts, start) - 1, bisect_right(self._starts, end - 1) - 1
        if self._is_within(first, start) or self._is_within(last, end):
            return None
        box = self._part(first, start, end)
        for line in range(first + 1, last + 1):
            if self._folded[line].text:
                box = box.united(self._part(line, start, end))
        return box

    def _part(self, line: int, start: int, end: int) -> Box:
        places = self._folded[line].places
        low = max(0, start - self._starts[line])
        high = min(len(places), end - self._starts[line])
        first = 0 if low == 0 else places[low]
        last = len(self._lines[line].text) if high == len(places) else places[high - 1] + 1
        return part_of(self._lines[line], first, last)

    def _is_within(self, line: int, at: int) -> bool:
        """Tell whether a place of the text is in the middle of a word of letters, or of a number."""
        places = self._folded[line].places
        index = at - self._starts[line]
        if not 0 < index < len(places):
            return False
        before, behind = places[index - 1], places[index]
        text = self._lines[line].text
        both = text[before], text[behind]
        alike = all(char.isdigit() for char in both) or all(char.isalpha() and char < "\u2e80" for char in both)
        return behind - before <= 1 and alike


def _in_blocks(value: str, blocks: Sequence[AnyBlock]) -> Iterator[Box]:
    """Give the boxes of placed blocks and cells that say nothing but the value, then of those that say it at all."""
    for whole in (True, False):
        for index, cell, text, latex in texts_of(blocks):
            block = blocks[index]
            box = block.cells[cell].box if cell is not None and isinstance(block, Table) else block.box
            if box is None or not block.placed or len(text) > 50 * LONGEST_VALUE or not value:
                continue
            folded = fold(text, latex=latex).text
            if folded == value if whole else value in folded:
                yield box
                return
