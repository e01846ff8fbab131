"""Disagreement: words that a second reader reads otherwise at the same place of the page.

Where words before and behind are the same for both, what stands between them is the second reader's reading of what
stands between them here. A line that has little in common with the reading has no say, nor has one whose own reader
was in doubt; and a line that is missing altogether is not a hundred doubts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from engine.output.blocks import Box, Line
from engine.output.folding import Folded, math_spans
from engine.output.joining import is_spaceless
from engine.output.line_parts import part_of
from engine.output.parts import Part
from engine.output.spoken import Piece, Spoken
from engine.output.words import Word, bare, is_grave, same_number, same_word, with_marks

LEAST_SCORE = 0.6
"""Lines whose reader was less sure than this have no say."""
LEAST_IN_COMMON = 0.7
"""The share of a line's letters that must be the same here: less, and it is badly read, or is another text."""
MOST_WORDS = 6
MOST_LETTERS = 40
"""More than these in one stretch, and it is not a word that is read otherwise: something else stands there."""
LONGEST_WORD = 24
"""Letters by which a word may go on past what was found of it."""
TEXT_LAYER = "text"
"""The name of a reader that reads no pixels: it takes no letter for another, and leaves none out."""


class Other(NamedTuple):
    """Characters `start` to `end` of a text of the reading, which the second reader reads as `text` at `box`."""

    start: int
    end: int
    text: str
    grave: bool
    box: Box | None


def differs(ours: str, other: Line, *, by: str) -> bool:
    """Tell whether a second reader, named `by`, reads a whole value otherwise in a way that matters."""
    if other.score < LEAST_SCORE:
        return False
    if any(char.isdigit() for char in ours + other.text):
        return not same_number(ours, other.text)
    return not same_word(ours, other.text, accents=by == TEXT_LAYER)


class _Place(NamedTuple):
    """A letter in the second reader's lines: which line, and the index in its folded text."""

    line: int
    at: int


class Witness:
    """What a second reader has to say about a reading.

    Args:
        spoken: The reading.
        lines: The second reader's lines.
        folded: The same, folded.
        parts: Where the pieces of the reading were found in them.
        by: The second reader's name.
    """

    def __init__(
        self, spoken: Spoken, lines: Sequence[Line], folded: Sequence[Folded], parts: dict[int, list[Part]], *, by: str
    ) -> None:
        self._spoken = spoken
        self._lines = lines
        self._folded = folded
        self._parts = parts
        self._exact = by == TEXT_LAYER

    def others(self, number: int, words: Sequence[Word]) -> list[Other]:
        """Return where the second reader reads a piece of the reading otherwise, given its words."""
        piece = self._spoken.pieces[number]
        parts = [part for part in self._parts.get(number, ()) if self._has_say(part)]
        if piece.latex or not parts or not words:
            return []
        if len(parts) == 1 and not parts[0].runs:
            return list(self._whole(piece, parts[0], words))
        return list(_Comparison(self, piece, parts, words).others())

    def box_of(self, number: int, start: int, end: int) -> Box | None:
        """Return where the characters `start` to `end` of a piece stand, None where that is not known."""
        piece = self._spoken.pieces[number]
        low, high = self.letters(piece, start, end)
        box: Box | None = None
        for part in self._parts.get(number, ()):
            if not part.runs:
                return part.box(self._lines)
            inside = [
                (max(low, run.at) - run.at + run.line, min(high, run.at + run.size) - run.at + run.line)
                for run in part.runs
                if run.at < high and run.at + run.size > low
            ]
            if inside:
                places = self._folded[part.line].places
                found = part_of(self._lines[part.line], places[inside[0][0]], places[inside[-1][1] - 1] + 1)
                box = found if box is None else box.united(found)
        return box

    def letters(self, piece: Piece, start: int, end: int) -> tuple[int, int]:
        """Return which letters of the folded reading the characters `start` to `end` of a piece became."""
        places = self._spoken.places
        low = bisect_left(places, start, piece.start, piece.end)
        return low, bisect_left(places, end, low, piece.end)

    def between(self, first: _Place, behind: _Place) -> tuple[str, Box]:
        """Return what a line says from a letter on, up to another of the same line, and where that stands."""
        line, folded = self._lines[first.line], self._folded[first.line]
        start, end = folded.places[first.at], folded.places[behind.at - 1] + 1
        return with_marks(line.text, start, end), part_of(line, start, end)

    def differs(self, ours: str, other: str, *, grave: bool) -> bool:
        """Tell whether two readings differ in a way that matters here."""
        return not (same_number(ours, other) if grave else same_word(ours, other, accents=self._exact))

    @property
    def exact(self) -> bool:
        """Whether the second reader reads no pixels."""
        return self._exact

    def whole_words(self, part: Part) -> tuple[int, int]:
        """Return which letters of its line a part has, with the rest of the words it begins and ends in."""
        text, places = self._lines[part.line].text, self._folded[part.line].places
        start, end = part.start, part.end
        while start > 0 and part.start - start < LONGEST_WORD and _goes_on(text[start - 1 : start + 1]):
            start -= 1
        while end < len(text) and end - part.end < LONGEST_WORD and _goes_on(text[end - 1 : end + 1]):
            end += 1
        return bisect_left(places, start), bisect_left(places, end)

    def _has_say(self, part: Part) -> bool:
        line = self._lines[part.line]
        if line.score < LEAST_SCORE:
            return False
        if not part.runs:
            return True
        return part.matched >= LEAST_IN_COMMON * (part.runs[-1].line + part.runs[-1].size - part.runs[0].line)

    def _whole(self, piece: Piece, part: Part, words: Sequence[Word]) -> Iterator[Other]:
        """Compare a cell that was placed by the grid: the whole line is the second reader's reading of it."""
        text = bare(self._lines[part.line].text)
        start, end = words[0].start, words[-1].end
        grave = any(word.grave for word in words) or is_grave(text)
        if text and len(words) <= MOST_WORDS and self.differs(with_marks(piece.text, start, end), text, grave=grave):
            yield Other(start, end, text, grave, part.box(self._lines))


class _Comparison:
    """Compares one piece with the lines it was found in."""

    def __init__(self, witness: Witness, piece: Piece, parts: Sequence[Part], words: Sequence[Word]) -> None:
        self._witness = witness
        self._piece = piece
        self._map: dict[int, _Place] = {
            run.at + more: _Place(part.line, run.line + more)
            for part in parts
            for run in part.runs
            for more in range(run.size)
        }
        self._edges = _edges(parts, witness)
        math = math_spans(piece.text)
        ends = [end for _, end in math]
        self._words: list[tuple[Word, int, int]] = []
        for word in words:
            low, high = witness.letters(piece, word.start, word.end)
            at = bisect_left(ends, word.start + 1)
            if low < high and not (at < len(math) and math[at][0] < word.end):
                self._words.append((word, low, high))

    def others(self) -> Iterator[Other]:
        """Give the differences in order."""
        group: list[int] = []
        for index in range(len(self._words)):
            if not self._is_same(index):
                group.append(index)
                continue
            if group:
                yield from self._difference(group)
                group = []
            yield from self._more_before(index)
            if self._words[index][0].grave or self._witness.exact:
                yield from self._misprint(index)
        if group:
            yield from self._difference(group)

    def _is_same(self, index: int) -> bool:
        """Tell whether all letters of a word were found, one after the other."""
        _, low, high = self._words[index]
        places = [self._map.get(at) for at in range(low, high)]
        if None in places:
            return False
        return all(
            one is not None and other is not None and (one.line != other.line or one.at + 1 == other.at)
            for one, other in pairwise(places)
        )

    def _difference(self, group: Sequence[int]) -> Iterator[Other]:
        """Compare a stretch of words with what stands at its place."""
        first, last = self._words[group[0]], self._words[group[-1]]
        found = [place for at in range(first[1], last[2]) if (place := self._map.get(at))]
        before = self._map.get(first[1] - 1) if first[1] > self._piece.start else None
        behind = self._map.get(last[2]) if last[2] < self._piece.end else None
        if len(group) > MOST_WORDS or last[2] - first[1] > MOST_LETTERS:
            return
        if len(group) == 1 and len({place.line for place in found}) == 2:
            yield from self._broken(first[0], found, before, behind)
            return
        line = self._line(found, before, behind)
        if line is None:
            return
        low, high = self._edges[line]
        start = before.at + 1 if before is not None and before.line == line else low
        end = behind.at if behind is not None and behind.line == line else high
        if found and (found[0].at < start or found[-1].at >= end):
            return
        ours = with_marks(self._piece.text, first[0].start, last[0].end)
        if start >= end:
            yield from self._missing(first[0], last[0], group, before, behind)
            return
        text, box = self._witness.between(_Place(line, start), _Place(line, end))
        grave = any(self._words[index][0].grave for index in group) or is_grave(text)
        if text and end - start <= MOST_LETTERS and self._witness.differs(ours, text, grave=grave):
            yield Other(first[0].start, last[0].end, text, grave, box)

    def _broken(
        self, word: Word, found: Sequence[_Place], before: _Place | None, behind: _Place | None
    ) -> Iterator[Other]:
        """Compare a word that goes on in the next line."""
        one, other = found[0].line, found[-1].line
        start = before.at + 1 if before is not None and before.line == one else self._edges[one][0]
        end = behind.at if behind is not None and behind.line == other else self._edges[other][1]
        if not (start <= found[0].at < self._edges[one][1] and self._edges[other][0] <= found[-1].at < end):
            return
        head, box = self._witness.between(_Place(one, start), _Place(one, self._edges[one][1]))
        tail, _ = self._witness.between(_Place(other, self._edges[other][0]), _Place(other, end))
        text = head.rstrip("-‐\u00ad") + tail
        grave = word.grave or is_grave(text)
        if len(text) <= MOST_LETTERS and self._witness.differs(
            with_marks(self._piece.text, word.start, word.end), text, grave=grave
        ):
            yield Other(word.start, word.end, text, grave, box)

    def _misprint(self, index: int) -> Iterator[Other]:
        """Compare a word all of whose letters were found: a point is no comma in a number, and some know accents."""
        word, low, high = self._words[index]
        first, last = self._map[low], self._map[high - 1]
        if first.line != last.line:
            return
        text, box = self._witness.between(first, _Place(last.line, last.at + 1))
        if self._witness.differs(with_marks(self._piece.text, word.start, word.end), text, grave=word.grave):
            yield Other(word.start, word.end, text, word.grave, box)

    def _missing(
        self, first: Word, last: Word, group: Sequence[int], before: _Place | None, behind: _Place | None
    ) -> Iterator[Other]:
        """Words that the second reader does not have, though it has those before and behind them in one line."""
        grave = any(self._words[index][0].grave for index in group)
        inside = before is not None and behind is not None and before.line == behind.line
        if inside and (grave or self._witness.exact):
            yield Other(first.start, last.end, "", grave, None)

    def _more_before(self, index: int) -> Iterator[Other]:
        """Words that only the second reader has, between the last word and this one."""
        word, low, high = self._words[index]
        here, last = self._map[low], self._map[high - 1]
        before = self._map.get(low - 1) if low > self._piece.start else None
        if before is None or before.line != here.line or last.line != here.line or not here.at - before.at - 1 > 0:
            return
        if here.at - before.at - 1 > MOST_LETTERS:
            return
        text, box = self._witness.between(_Place(here.line, before.at + 1), _Place(here.line, last.at + 1))
        ours = with_marks(self._piece.text, word.start, word.end)
        grave = word.grave or is_grave(text)
        if self._witness.differs(ours, text, grave=grave):
            yield Other(word.start, word.end, text, grave, box)

    def _line(self, found: Sequence[_Place], before: _Place | None, behind: _Place | None) -> int | None:
        """Return the one line in which a stretch of words must stand, None where it may be over two or in none."""
        lines = {place.line for place in found}
        if lines:
            return lines.pop() if len(lines) == 1 else None
        if before is not None and behind is not None and before.line == behind.line:
            return before.line
        over = self._edges[before.line][1] - before.at - 1 if before is not None else 0
        under = behind.at - self._edges[behind.line][0] if behind is not None else 0
        if before is not None and over > 0 and under <= 0:
            return before.line
        if behind is not None and under > 0 and over <= 0:
            return behind.line
        return None


def _edges(parts: Sequence[Part], witness: Witness) -> dict[int, tuple[int, int]]:
    """Return which letters of each line belong to the piece: from its first word to its last."""
    edges: dict[int, tuple[int, int]] = {}
    for part in parts:
        low, high = witness.whole_words(part)
        if part.line in edges:
            low, high = min(low, edges[part.line][0]), max(high, edges[part.line][1])
        edges[part.line] = (low, high)
    return edges


def _goes_on(pair: str) -> bool:
    """Tell whether two characters side by side belong to one word or number."""
    return not any(char.isspace() or is_spaceless(char) for char in pair)
