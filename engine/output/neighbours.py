"""Neighbours: what goes with what is placed already, in the reading and on the page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.output.blocks import Box
from engine.output.line_parts import gap
from engine.output.seeds import Candidate, Stretch
from engine.output.spoken import Spoken

FAR = 400
"""Characters of the reading beyond which a neighbour says nothing."""
MOST_DISORDER = 2.0
WRONG_WAY = 4.0
"""What it costs, in line heights, to be out of the lines' own order, and where a neighbour says one should not be."""


class Claim(NamedTuple):
    """A stretch of a line, and the place in the reading that is its own."""

    stretch: Stretch
    candidate: Candidate


class Around:
    """What is placed so far, in the order of the reading and in that of the lines.

    Args:
        claims: It.
        spoken: The reading.
        boxes: Where each line stands.
        before: How many letters the lines before each line have.
    """

    def __init__(self, claims: Sequence[Claim], spoken: Spoken, boxes: Sequence[Box], before: Sequence[int]) -> None:
        self._spoken = spoken
        self._boxes = boxes
        self._before = before
        self._claims = sorted(claims, key=lambda claim: claim.candidate.start)
        self._starts = [claim.candidate.start for claim in self._claims]
        by_line: dict[int, Candidate] = {}
        for claim in claims:
            by_line[claim.stretch.line] = claim.candidate
        self._by_line = by_line
        self._indices = sorted(by_line)

    def _neighbours(self, start: int, end: int) -> Iterator[tuple[Claim, int]]:
        """Give what is placed before and behind a stretch of the reading, and how many letters are between."""
        index = bisect_right(self._starts, start)
        if index:
            claim = self._claims[index - 1]
            yield claim, max(0, start - claim.candidate.end)
        if index < len(self._claims):
            claim = self._claims[index]
            yield claim, max(0, claim.candidate.start - end)

    def ends(self, line: int) -> tuple[int, int]:
        """Return where in the reading the line before a line ends, and where the one behind it begins; -1 for none."""
        index = bisect_left(self._indices, line)
        behind = self._by_line[self._indices[index - 1]].end if index else -1
        index = bisect_right(self._indices, line)
        before = self._by_line[self._indices[index]].start if index < len(self._indices) else -1
        return behind, before

    def cost(self, stretch: Stretch, candidate: Candidate) -> float:
        """Return how badly a pair goes with what is placed around it, in line heights."""
        box = self._boxes[stretch.line]
        costs = []
        for claim, away in self._neighbours(candidate.start, candidate.end):
            if away > FAR:
                continue
            between = self._between(claim.stretch, stretch)
            disorder = abs(between - away) / 10 if between >= 0 else MOST_DISORDER
            beside = self._boxes[claim.stretch.line]
            wrong = WRONG_WAY * self._is_wrong(claim.candidate.start, beside, candidate.start, box)
            costs.append(gap(beside, box) + wrong + away / 100 + min(MOST_DISORDER, disorder))
        return min(costs, default=float("inf"))

    def _is_wrong(self, one: int, one_box: Box, other: int, other_box: Box) -> bool:
        """Tell whether two places of the reading contradict where they would be on the page.

        Cells of one row stand beside one another, those of two rows do not; what is said later stands to the right, or
        below.
        """
        first, second = (self._spoken.pieces[self._spoken.index_at(at)] for at in (one, other))
        shared = min(one_box.y1, other_box.y1) - max(one_box.y0, other_box.y0)
        level = shared * 2 > min(one_box.height, other_box.height)
        in_table = first.block == second.block and first.row is not None and second.row is not None
        if in_table and (first.row == second.row) != level:
            return True
        along = (other_box.x0 - one_box.x0) if level else (other_box.y0 - one_box.y0)
        return (along > 0) != (other > one)

    def _between(self, one: Stretch, other: Stretch) -> int:
        """Return how many letters of lines stand between two stretches, in the lines' own order."""
        first, second = sorted((one, other), key=lambda stretch: (stretch.line, stretch.offset))
        end = self._before[first.line] + first.offset + len(first.text)
        return max(0, self._before[second.line] + second.offset - end)
