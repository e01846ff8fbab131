"""Matching: which letters of the page's lines are which letters of a reading.

First what can stand in one place only, the longest first. Then, round by round, what could stand in several places
("40" in a table) or what several lines claim (a title that is the running head as well): of all pairs the one goes
first whose neighbours in the reading are its neighbours on the page. No letter is given away twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.output.blocks import Line
from engine.output.folding import Folded, fold
from engine.output.line_parts import gap
from engine.output.seeds import (
    MOST_CANDIDATES,
    SHORTEST_FUZZY,
    Candidate,
    Run,
    Seeds,
    Stretch,
    apart,
    stretches_of,
)
from engine.output.spoken import MOST_CHARACTERS, Spoken

MOST_LINES = 6_000
"""Lines of a page that are looked at; the rest place nothing."""
MOST_OCCURRENCES = 400
"""Places where the same words may stand in a reading; at more, the first of them are looked at."""
CONTESTED = 1.4
"""Where lines claim a stretch of the reading this many times over, none of them is certain."""
NEARLY_AS_GOOD = 0.8
"""A second place that matches this share of the letters of the best one makes a line ambiguous."""
ROUNDS = (2.0, 2.0, 4.0, 4.0, 8.0, 8.0, 8.0)
"""How far from its neighbours, in line heights, a pair may be in each round."""
SHORTEST_SINGLE = 3
"""So many letters are enough for what stands once on the page and once in the reading, far from all else: "112"."""
FAR = 400
"""Characters of the reading beyond which a neighbour says nothing."""
MOST_DISORDER = 2.0


class Match(NamedTuple):
    """A line, or a part of it, in the reading: `runs` of letters that are the same, in both orders ascending."""

    line: int
    runs: tuple[Run, ...]


@dataclass(slots=True)
class Matching:
    """What came of it: the matches in the order of the reading, and the folded lines they count in."""

    matches: list[Match]
    folded: list[Folded]
    compared: int = 0
    used: set[int] = field(default_factory=set)


def match_lines(spoken: Spoken, lines: Sequence[Line]) -> Matching:
    """Find the lines' letters in a reading."""
    return _Matcher(spoken, lines).match()


class _Claim(NamedTuple):
    stretch: Stretch
    candidate: Candidate


class _Matcher:
    """Gives the letters of a reading to lines, each once."""

    def __init__(self, spoken: Spoken, lines: Sequence[Line]) -> None:
        self._spoken = spoken
        self._lines = lines
        self._folded = _folded(lines)
        texts = [folded.text for folded in self._folded]
        self._seeds = Seeds(spoken.text, texts)
        self._stretches = list(stretches_of(texts))
        self._before: list[int] = []  # letters of the lines before each line
        total = 0
        for text in texts:
            self._before.append(total)
            total += len(text)
        self._taken = bytearray(len(spoken.text))
        self._claims: list[_Claim] = []
        self._whole: dict[str, list[int]] = defaultdict(list)
        for piece in spoken.pieces:
            if 0 < piece.size < SHORTEST_FUZZY:
                self._whole[spoken.text[piece.start : piece.end]].append(piece.start)
        self._occurrences: dict[str, list[int]] = {}

    def match(self) -> Matching:
        """Do it."""
        open_pairs = self._take_certain(self._stretches)
        left = self._left_over()
        open_pairs += self._take_certain(left)
        self._take_by_neighbours(open_pairs)
        matches = [Match(claim.stretch.line, claim.candidate.runs) for claim in self._claims]
        matches.sort(key=lambda match: match.runs[0].at)
        return Matching(matches, self._folded, self._seeds.compared, {match.line for match in matches})

    # -- what can stand in one place only

    def _take_certain(self, stretches: Sequence[Stretch]) -> list[tuple[Stretch, list[Candidate]]]:
        """Take what is certain; return what is not, with the places that are known for it."""
        certain: list[_Claim] = []
        unsure: list[tuple[Stretch, list[Candidate]]] = []
        for stretch in stretches:
            candidates = [found for found in self._seeds.candidates(stretch) if not self._is_taken(found)]
            alone = len(candidates) == 1 or (
                len(candidates) > 1 and candidates[1].matched < candidates[0].matched * NEARLY_AS_GOOD
            )
            if alone and len(stretch.text) >= SHORTEST_FUZZY:
                certain.append(_Claim(stretch, candidates[0]))
            else:
                unsure.append((stretch, candidates))
        wanted = _coverage(len(self._taken), certain)
        certain.sort(key=lambda claim: (-claim.candidate.matched, claim.stretch.line))
        for claim in certain:
            start, end = claim.candidate.start, claim.candidate.end
            if (wanted[end] - wanted[start]) / (end - start) > CONTESTED:
                unsure.append((claim.stretch, [claim.candidate]))
            elif not self._take(claim):
                unsure.append((claim.stretch, []))
        return unsure

    def _left_over(self) -> list[Stretch]:
        """Return what is left of lines of which a part was found: the rest may stand elsewhere."""
        left = []
        for stretch, candidate in self._claims:
            first, last = candidate.runs[0], candidate.runs[-1]
            before = stretch.text[: first.line - stretch.offset]
            behind = last.line + last.size - stretch.offset
            if len(before) >= SHORTEST_FUZZY:
                left.append(Stretch(stretch.line, stretch.offset, before))
            if len(stretch.text) - behind >= SHORTEST_FUZZY:
                left.append(Stretch(stretch.line, stretch.offset + behind, stretch.text[behind:]))
        return left

    # -- what needs its neighbours

    def _take_by_neighbours(self, unsure: Sequence[tuple[Stretch, list[Candidate]]]) -> None:
        """Take pairs in the order of how well they go with what is placed already."""
        waiting = list(unsure)
        for reach in ROUNDS:
            around = _Around(self._claims, self._lines)
            pairs: list[tuple[float, int, int, _Claim]] = []
            for number, (stretch, known) in enumerate(waiting):
                for candidate in self._possible(stretch, known, around):
                    cost = self._cost(stretch, candidate, around)
                    if cost <= reach:
                        pairs.append((cost, number, candidate.start, _Claim(stretch, candidate)))
            pairs.sort(key=lambda pair: pair[:3])
            done: set[int] = set()
            for _, number, _, claim in pairs:
                if number not in done and self._take(claim):
                    done.add(number)
            waiting = [pair for number, pair in enumerate(waiting) if number not in done]
        said = Counter(stretch.text for stretch in self._stretches)
        for stretch, known in waiting:
            starts = self._whole.get(stretch.text, ())
            single = len(starts) == said[stretch.text] == 1 and len(stretch.text) >= SHORTEST_SINGLE
            if single or not self._claims or len(stretch.text) >= SHORTEST_FUZZY:
                any(self._take(_Claim(stretch, found)) for found in self._possible(stretch, known, None))

    def _possible(self, stretch: Stretch, known: Sequence[Candidate], around: _Around | None) -> Iterator[Candidate]:
        """Give the places where a stretch may stand: those its seeds showed, and those where it stands as it is."""
        yield from (candidate for candidate in known if not self._is_taken(candidate))
        if known:
            return
        starts = self._starts(stretch.text)
        if around is not None:
            behind, before = around.ends(stretch.line)
            if len(starts) > 2 * MOST_CANDIDATES:
                starts = _near(starts, behind) + _near(starts, before)
            # The end of a paragraph, "raw.", is too short for a seed, but it goes on where the line before it ended.
            starts = [*starts, *range(behind, behind + 3), before - len(stretch.text)]
        for at in dict.fromkeys(starts):
            found = self._seeds.exactly_at(stretch, at) if at >= 0 else None
            if found is not None and not self._is_taken(found):
                yield found

    def _starts(self, text: str) -> list[int]:
        """Return where a text stands as it is; one of few letters only where it is all that a block or a cell says."""
        if len(text) < SHORTEST_FUZZY:
            return self._whole.get(text, [])
        known = self._occurrences.get(text)
        if known is None:
            known = self._occurrences[text] = []
            at = self._spoken.text.find(text)
            while at >= 0 and len(known) < MOST_OCCURRENCES:
                known.append(at)
                at = self._spoken.text.find(text, at + len(text))
        return known

    def _cost(self, stretch: Stretch, candidate: Candidate, around: _Around) -> float:
        """Return how badly a pair goes with what is placed around it, in line heights."""
        box = self._lines[stretch.line].box
        costs = []
        for claim, away in around.neighbours(candidate.start, candidate.end):
            if away > FAR:
                continue
            between = self._between(claim.stretch, stretch)
            disorder = abs(between - away) / 10 if between >= 0 else MOST_DISORDER
            costs.append(gap(self._lines[claim.stretch.line].box, box) + away / 100 + min(MOST_DISORDER, disorder))
        return min(costs, default=float("inf"))

    def _between(self, one: Stretch, other: Stretch) -> int:
        """Return how many letters of lines stand between two stretches, in the lines' own order."""
        first, second = sorted((one, other), key=lambda stretch: (stretch.line, stretch.offset))
        end = self._before[first.line] + first.offset + len(first.text)
        return max(0, self._before[second.line] + second.offset - end)

    # -- what is given away

    def _is_taken(self, candidate: Candidate) -> bool:
        taken = self._taken.count(1, candidate.start, candidate.end)
        return taken * 3 > candidate.end - candidate.start

    def _take(self, claim: _Claim) -> bool:
        """Give a stretch what is still free of its place; False where that is too little."""
        if self._is_taken(claim.candidate):
            return False
        runs = [free for run in claim.candidate.runs for free in self._free(run)]
        matched = sum(run.size for run in runs)
        if matched * 2 < claim.candidate.matched:
            return False
        for run in runs:
            self._taken[run.at : run.at + run.size] = b"\x01" * run.size
        self._claims.append(_Claim(claim.stretch, Candidate(tuple(runs), matched)))
        return True

    def _free(self, run: Run) -> Iterator[Run]:
        """Give the parts of a run that nothing has taken."""
        at, end = run.at, run.at + run.size
        while (start := self._taken.find(0, at, end)) >= 0:
            at = self._taken.find(1, start, end)
            at = at if at >= 0 else end
            yield Run(run.line + start - run.at, start, at - start)


class _Around:
    """What is placed so far, in the order of the reading and in that of the lines."""

    def __init__(self, claims: Sequence[_Claim], lines: Sequence[Line]) -> None:
        self._claims = sorted(claims, key=lambda claim: claim.candidate.start)
        self._starts = [claim.candidate.start for claim in self._claims]
        by_line: dict[int, Candidate] = {}
        for claim in claims:
            by_line[claim.stretch.line] = claim.candidate
        self._by_line = by_line
        self._indices = sorted(by_line)

    def neighbours(self, start: int, end: int) -> Iterator[tuple[_Claim, int]]:
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


def _folded(lines: Sequence[Line]) -> list[Folded]:
    """Fold the lines, as many of them as are looked at."""
    folded: list[Folded] = []
    room = MOST_CHARACTERS
    for number, line in enumerate(lines):
        fits = number < MOST_LINES and len(line.text) <= room
        folded.append(fold(line.text) if fits else Folded("", []))
        room -= len(line.text) if fits else 0
    return folded


def _coverage(size: int, claims: Sequence[_Claim]) -> list[int]:
    """Return, for each place of the reading, how many claims lie on all the letters before it, taken together."""
    steps: Counter[int] = Counter()
    for claim in claims:
        steps[claim.candidate.start] += 1
        steps[claim.candidate.end] -= 1
    sums, depth, total = [0], 0, 0
    for at in range(size):
        depth += steps.get(at, 0)
        total += depth
        sums.append(total)
    return sums


def _near(starts: Sequence[int], at: int) -> list[int]:
    """Return the few places that are nearest to `at`."""
    index = bisect_left(starts, at)
    return list(starts[max(0, index - MOST_CANDIDATES // 2) : index + MOST_CANDIDATES])


__all__ = ["Match", "Matching", "apart", "match_lines"]
