"""Words the model was unsure of: the probabilities of its tokens, brought from what it said to what became of it.

On the way from raw text to blocks tags went, entities and halves of characters were mended, lines were joined. The
words stayed, in their order. So the words are found again, not the characters.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from engine.output.words import Word, units_of

UNSURE = 0.5
"""A word is marked when the model gave one of its tokens less: it was more likely something else than what it says."""
UNSURE_GRAVE = 0.85
"""In numbers, amounts, dates and fields one of seven is too many: a person checks those, and there are few."""
CHUNK = 1_500
"""Words that are compared at once; the work and the room are in proportion to its square, and to the text's length."""
MOST_BETWEEN = 4
"""Characters of raw text that may stand between the parts of one number: a point, a comma, a space, a dollar."""
LONGEST_RUN = 8
"""Characters of a script without spaces that are marked as one."""

_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}+>|<[|｜][^<>\n]{0,80}+>")


class Span(NamedTuple):
    """Characters `start` to `end` of a text, and the probability of the least sure token in them."""

    start: int
    end: int
    probability: float
    grave: bool


class _Unit(NamedTuple):
    start: int
    end: int


class Confidence:
    """How sure the model was of the words of each text of a reading.

    Args:
        texts: The texts in the order the model said them.
        raw_text: What it said.
        tokens: Places in `raw_text` and log probabilities; those that make no sense are left out.
    """

    def __init__(self, texts: Sequence[str], raw_text: str, tokens: Sequence[tuple[int, int, float]]) -> None:
        self._tokens = _in_order(tokens)
        self._ends = [end for _, end, _ in self._tokens]
        self._found = _found(texts, raw_text) if self._tokens else []

    def spans(self, number: int, words: Sequence[Word]) -> list[Span]:
        """Return the doubtful spans of a text, given its words."""
        if not self._tokens:
            return []
        return list(_joined(self._doubtful(self._found[number], words)))

    def _doubtful(self, units: Sequence[tuple[_Unit, _Unit]], words: Sequence[Word]) -> Iterator[Span]:
        starts = [ours.start for ours, _ in units]
        for word in words:
            inside = units[bisect_left(starts, word.start) : bisect_left(starts, word.end)]
            if not inside:
                continue
            probability = min(self._probability(theirs.start, theirs.end) for _, theirs in inside)
            if word.grave:
                for (_, one), (_, other) in pairwise(inside):
                    if 0 < other.start - one.end <= MOST_BETWEEN:
                        probability = min(probability, self._probability(one.end, other.start))
            if probability < (UNSURE_GRAVE if word.grave else UNSURE):
                yield Span(word.start, word.end, probability, word.grave)

    def _probability(self, start: int, end: int) -> float:
        """Return the least of the probabilities of the tokens that share a character with a stretch of raw text."""
        least = 0.0
        index = bisect_right(self._ends, start)
        while index < len(self._tokens) and self._tokens[index][0] < end:
            least = min(least, self._tokens[index][2])
            index += 1
        return math.exp(least)


def _in_order(tokens: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Return the tokens that have a place and a probability, in order and apart."""
    kept: list[tuple[int, int, float]] = []
    for start, end, sure in sorted(token for token in tokens if not math.isnan(token[2])):
        if start < end and (not kept or start >= kept[-1][1]):
            kept.append((start, end, sure))
    return kept


def _found(texts: Sequence[str], raw_text: str) -> list[list[tuple[_Unit, _Unit]]]:
    """Return, for each text, its words that were found in the raw text, each with its place there."""
    theirs = [*units_of(_TAG.sub(lambda tag: " " * len(tag[0]), raw_text))]
    ours = [(number, *unit) for number, text in enumerate(texts) for unit in units_of(text)]
    found: list[list[tuple[_Unit, _Unit]]] = [[] for _ in texts]
    for one, other in _pairs([unit[1] for unit in ours], [unit[0] for unit in theirs]):
        number, _, start, end = ours[one]
        found[number].append((_Unit(start, end), _Unit(*theirs[other][1:])))
    return found


def _pairs(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Give the pairs of a longest common subsequence, chunk by chunk: both ascend."""
    from rapidfuzz.distance import LCSseq

    one = other = 0
    while one < len(ours) and other < len(theirs):
        first, second = ours[one : one + CHUNK], theirs[other : other + CHUNK + CHUNK // 2]
        last = one + len(first) == len(ours)
        settled = len(first) if last else CHUNK * 2 // 3
        far_one, far_other = settled, 0
        for step in LCSseq.opcodes(first, second):
            if step.tag == "equal" and step.src_start < settled:
                size = min(step.src_end, settled) - step.src_start
                yield from ((one + step.src_start + more, other + step.dest_start + more) for more in range(size))
                far_other = step.dest_start + size
        one += far_one
        other += far_other or (len(second) if last else settled)


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Make one of characters side by side that are words by themselves."""
    waiting: Span | None = None
    for span in spans:
        if waiting is not None and span.start == waiting.end and span.end - waiting.start <= LONGEST_RUN:
            probability = min(waiting.probability, span.probability)
            waiting = Span(waiting.start, span.end, probability, waiting.grave or span.grave)
            continue
        if waiting is not None:
            yield waiting
        waiting = span
    if waiting is not None:
        yield waiting
