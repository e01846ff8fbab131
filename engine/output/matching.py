"""Matching: which letters of the page's lines are which letters of a reading.

First what can stand in one place only, the longest first. Then, round by round, what could stand in several places
("40" in a table) or what several lines claim (a title that is the running head as well): of all pairs the one goes
first whose neighbours in the reading are its neighbours on the page. No letter is given away twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.output.blocks import Line
from engine.output.folding import Folded, fold
from engine.output.joining import is_spaceless
from engine.output.neighbours import Around, Claim
from engine.output.seeds import (
    MOST_CANDIDATES,
    SHORTEST_FUZZY,
    Candidate,
    Run,
    Seeds,
    Stretch,
    stretches_of,
)
from engine.output.spoken import MOST_CHARACTERS, Spoken

MOST_LINES = 6_000
"""Lines of a page that are looked at; the rest place nothing."""
MOST_OCCURRENCES = 2_000
"""Places where the same words may stand in a reading; at more, the first of them are looked at."""
CONTESTED = 1.4
"""Where lines claim a stretch of the reading this many times over, none of them is certain."""
NEARLY_AS_GOOD = 0.8
"""A second place that matches this share of the letters of the best one makes a line ambiguous."""
ROUNDS = (2.0, 2.0, 4.0, 4.0, 8.0, 8.0)
"""How far from its neighbours, in line heights, a pair may be in each round."""
MOST_PAIRS = 100_000
"""Pairs of a line and a place that are weighed; a full page has a few hundred."""
SHORTEST_SINGLE = 3
"""So many letters are enough for what stands once on the page and once in the reading, far from all else: "112"."""


class Match(NamedTuple):
    """A line, or a part of it, in the reading: `runs` of letters that are the same, in both orders ascending."""

    line: int
    runs: tuple[Run, ...]


@dataclass(slots=True)
class Matching:
    """What came of it: the matches in the order of the reading, and the folded lines they count in.

    `compared` counts how often a line was held against a place, `used` are the lines that found one.
    """

    matches: list[Match]
    folded: list[Folded]
    compared: int = 0
    used: set[int] = field(default_factory=set)


def match_lines(spoken: Spoken, lines: Sequence[Line]) -> Matching:
    """Find the lines' letters in a reading."""
    return _Matcher(spoken, lines).match()


class _Matcher:
    """Gives the letters of a reading to lines, each once."""

    def __init__(self, spoken: Spoken, lines: Sequence[Line]) -> None:
        self._spoken = spoken
        self._boxes = [line.box for line in lines]
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
        self._claims: list[Claim] = []
        self._weighed = 0
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
        compared = self._seeds.compared + self._weighed
        return Matching(matches, self._folded, compared, {match.line for match in matches})

    # -- what can stand in one place only

    def _take_certain(self, stretches: Sequence[Stretch]) -> list[tuple[Stretch, list[Candidate]]]:
        """Take what is certain; return what is not, with the places that are known for it."""
        said = Counter(stretch.text for stretch in stretches)
        certain: list[Claim] = []
        unsure: list[tuple[Stretch, list[Candidate]]] = []
        for stretch in stretches:
            candidates = [found for found in self._seeds.candidates(stretch) if not self._is_taken(found)]
            whole = len(stretch.text) if said[stretch.text] == 1 else 0
            alone = bool(candidates) and all(_is_worse(other, candidates[0], whole) for other in candidates[1:])
            if alone and len(stretch.text) >= SHORTEST_FUZZY:
                certain.append(Claim(stretch, candidates[0]))
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
        waiting = self._take_single(unsure)
        for reach in ROUNDS:
            around = self._around()
            pairs: list[tuple[float, int, int, Claim]] = []
            if self._weighed > MOST_PAIRS:
                break
            for number, (stretch, known) in enumerate(waiting):
                for candidate in self._possible(stretch, known, around):
                    self._weighed += 1
                    cost = around.cost(stretch, candidate)
                    if cost <= reach:
                        pairs.append((cost, number, candidate.start, Claim(stretch, candidate)))
            pairs.sort(key=lambda pair: pair[:3])
            done: set[int] = set()
            for _, number, _, claim in pairs:
                if number not in done and self._take(claim):
                    done.add(number)
            waiting = [pair for number, pair in enumerate(waiting) if number not in done]
        lost = not self._claims
        for stretch, known in waiting:
            if len(stretch.text) >= SHORTEST_FUZZY or lost:
                any(self._take(Claim(stretch, found)) for found in self._possible(stretch, known, None))

    def _take_single(self, unsure: Sequence[tuple[Stretch, list[Candidate]]]) -> list[tuple[Stretch, list[Candidate]]]:
        """Take what is short, but stands once on the page and once in the reading; return the rest."""
        said = Counter(stretch.text for stretch in self._stretches)
        rest = []
        for stretch, known in unsure:
            starts = self._whole.get(stretch.text, [])
            single = len(starts) == said[stretch.text] == 1 and len(stretch.text) >= SHORTEST_SINGLE
            found = self._seeds.exactly_at(stretch, starts[0]) if single else None
            if found is None or not self._take(Claim(stretch, found)):
                rest.append((stretch, known))
        return rest

    def _possible(self, stretch: Stretch, known: Sequence[Candidate], around: Around | None) -> Iterator[Candidate]:
        """Give the places where a stretch may stand: those its seeds showed, and those where it stands as it is."""
        yield from (candidate for candidate in known if not self._is_taken(candidate))
        if known:
            return
        starts = self._starts(stretch.text)
        if around is None:
            # Nothing tells but the order: the next place behind the last one that was given.
            index = bisect_left(starts, self._claims[-1].candidate.end) if self._claims else 0
            starts = (starts[index:] or starts)[: 2 * MOST_CANDIDATES]
        else:
            behind, before = around.ends(stretch.line)
            if len(starts) > 2 * MOST_CANDIDATES:
                starts = _near(starts, behind) + _near(starts, before)
            yield from self._going_on(stretch, behind, before)
        for at in dict.fromkeys(starts):
            found = self._seeds.exactly_at(stretch, at) if at >= 0 else None
            if found is not None and not self._is_taken(found):
                yield found

    def _going_on(self, stretch: Stretch, behind: int, before: int) -> Iterator[Candidate]:
        """Give what ends a text where the line before ended, or begins one where the line behind begins.

        "raw." as the last line of a paragraph is too short for a seed, and too common to be looked for.
        """
        size = len(stretch.text)
        if size >= SHORTEST_FUZZY or (size == 1 and not is_spaceless(stretch.text)):
            return
        for low, high in self._gaps(behind, before):
            found = self._seeds.nearly_at(stretch, low, high) if abs(high - low - size) <= 1 else None
            if found is not None and not self._is_taken(found):
                yield found

    def _gaps(self, behind: int, before: int) -> Iterator[tuple[int, int]]:
        """Give the rest of the text that is found up to `behind`, and the beginning of that found from `before` on."""
        if behind > 0:
            yield behind, self._spoken.pieces[self._spoken.index_at(behind - 1)].end
        if before >= 0:
            yield self._spoken.pieces[self._spoken.index_at(before)].start, before

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

    def _around(self) -> Around:
        return Around(self._claims, self._spoken, self._boxes, self._before)

    # -- what is given away

    def _is_taken(self, candidate: Candidate) -> bool:
        taken = self._taken.count(1, candidate.start, candidate.end)
        return taken * 3 > candidate.end - candidate.start

    def _take(self, claim: Claim) -> bool:
        """Give a stretch what is still free of its place; False where that is too little."""
        if self._is_taken(claim.candidate):
            return False
        runs = [free for run in claim.candidate.runs for free in self._free(run)]
        matched = sum(run.size for run in runs)
        if matched * 2 < claim.candidate.matched:
            return False
        for run in runs:
            self._taken[run.at : run.at + run.size] = b"\x01" * run.size
        self._claims.append(Claim(claim.stretch, Candidate(tuple(runs), matched)))
        return True

    def _free(self, run: Run) -> Iterator[Run]:
        """Give the parts of a run that nothing has taken."""
        at, end = run.at, run.at + run.size
        while (start := self._taken.find(0, at, end)) >= 0:
            at = self._taken.find(1, start, end)
            at = at if at >= 0 else end
            yield Run(run.line + start - run.at, start, at - start)


def _folded(lines: Sequence[Line]) -> list[Folded]:
    """Fold the lines, as many of them as are looked at."""
    folded: list[Folded] = []
    room = MOST_CHARACTERS
    for number, line in enumerate(lines):
        fits = number < MOST_LINES and len(line.text) <= room
        folded.append(fold(line.text) if fits else Folded("", []))
        room -= len(line.text) if fits else 0
    return folded


def _is_worse(other: Candidate, best: Candidate, whole: int) -> bool:
    """Tell whether another place is out of the question: it has much fewer letters, or not the `whole` where one has.

    Where several lines say the same, one of them may stand where the reading says nearly the same.
    """
    return other.matched < (whole if best.matched == whole else best.matched * NEARLY_AS_GOOD)


def _coverage(size: int, claims: Sequence[Claim]) -> list[int]:
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
    return list(starts[max(0, index - MOST_CANDIDATES // 2) : index + MOST_CANDIDATES // 2])
