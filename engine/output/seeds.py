"""Where in a reading a line of the page may stand: by the short stretches both share, then letter by letter.

All of it is bounded: what occurs too often says nothing and is no seed, a line has few candidates, and each of them is
compared within a window of about its own length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST_STRETCH = 400
"""Folded characters of a line that are compared at once; a longer line is taken in several stretches."""
SHORTEST_FUZZY = 6
"""Stretches of fewer characters are found only where they stand letter by letter."""
LEAST_DENSITY = 0.6
"""The share of letters that are the same where a stretch is said to stand; unlike texts share a third or less."""
LEAST_SHARE = 0.6
LEAST_PART = 0.3
LEAST_PART_LETTERS = 8
"""A stretch counts as found when this share of it is there, or a part that is long enough to be no accident."""
MOST_PLACES = 24
"""Places of the reading at which one seed may stand; one that stands at more says nothing."""
MOST_CANDIDATES = 4
_BUCKET = 8
"""Offsets of a stretch to the reading that differ by less count as one: letters were lost or put in between."""


class Run(NamedTuple):
    """`size` characters that are the same, from `line` in the stretch's line and from `at` in the reading."""

    line: int
    at: int
    size: int


class Stretch(NamedTuple):
    """A part of a line's folded text that begins at `offset`."""

    line: int
    offset: int
    text: str


class Candidate(NamedTuple):
    """A place where a stretch may stand; `matched` counts the letters that are the same."""

    runs: tuple[Run, ...]
    matched: int

    @property
    def start(self) -> int:
        """Where it begins in the reading."""
        return self.runs[0].at

    @property
    def end(self) -> int:
        """Where it ends in the reading."""
        return self.runs[-1].at + self.runs[-1].size


def stretches_of(texts: Iterable[str]) -> Iterator[Stretch]:
    """Give the lines' folded texts in stretches of a length that is compared at once."""
    for line, text in enumerate(texts):
        for offset in range(0, len(text), LONGEST_STRETCH):
            yield Stretch(line, offset, text[offset : offset + LONGEST_STRETCH])


class Seeds:
    """The places in a reading of those short stretches that the lines have as well.

    Args:
        text: The reading, folded.
        lines: The folded lines that will be looked for.
    """

    def __init__(self, text: str, lines: Iterable[str]) -> None:
        self._text = text
        places: dict[str, list[int]] = {gram: [] for line in lines for _, gram in _grams(line)}
        for at, gram in _grams(text):
            found = places.get(gram)
            if found is not None and len(found) <= MOST_PLACES:
                found.append(at)
        self._places = {gram: found for gram, found in places.items() if 0 < len(found) <= MOST_PLACES}
        self.compared = 0  # how often letters were compared, for those who want to know what it costs

    def candidates(self, stretch: Stretch) -> list[Candidate]:
        """Return where the stretch may stand, the best place first."""
        votes: Counter[int] = Counter()
        for index, gram in _grams(stretch.text):
            for at in self._places.get(gram, ()):
                votes[(at - index) // _BUCKET] += 1
        found: list[Candidate] = []
        taken: set[int] = set()
        for bucket, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))[: 3 * MOST_CANDIDATES]:
            if taken.isdisjoint((bucket - 1, bucket, bucket + 1)):
                taken.add(bucket)
                candidate = self.compared_at(stretch, bucket * _BUCKET + _BUCKET // 2)
                if candidate is not None and all(apart(candidate, other) for other in found):
                    found.append(candidate)
                if len(taken) == MOST_CANDIDATES:
                    break
        return sorted(found, key=lambda candidate: -candidate.matched)

    def compared_at(self, stretch: Stretch, at: int, *, least: float = LEAST_DENSITY) -> Candidate | None:
        """Compare the stretch with the reading around `at`; None where they are not alike enough."""
        from rapidfuzz.distance import Levenshtein

        self.compared += 1
        size = len(stretch.text)
        slack = _BUCKET + size // 12
        low, high = max(0, at - slack), min(len(self._text), at + size + slack)
        operations = Levenshtein.opcodes(stretch.text, self._text[low:high])
        runs = [
            Run(stretch.offset + step.src_start, low + step.dest_start, step.src_end - step.src_start)
            for step in operations
            if step.tag == "equal"
        ]
        candidate = candidate_of(_without_islands(_drawn_together(runs, self._text)))
        return candidate if candidate is not None and _is_alike(candidate, size, least) else None

    def exactly_at(self, stretch: Stretch, at: int) -> Candidate | None:
        """Return the stretch's place where it stands letter by letter from `at`, None where it does not."""
        if not self._text.startswith(stretch.text, at):
            return None
        size = len(stretch.text)
        return Candidate((Run(stretch.offset, at, size),), size)

    def nearly_at(self, stretch: Stretch, low: int, high: int) -> Candidate | None:
        """Compare a short stretch with all of a gap in the reading; None where less than half of it is the same."""
        from rapidfuzz.distance import Levenshtein

        self.compared += 1
        runs = [
            Run(stretch.offset + step.src_start, low + step.dest_start, step.src_end - step.src_start)
            for step in Levenshtein.opcodes(stretch.text, self._text[low:high])
            if step.tag == "equal"
        ]
        candidate = candidate_of(runs)
        return candidate if candidate is not None and candidate.matched * 2 > len(stretch.text) else None


def candidate_of(runs: list[Run]) -> Candidate | None:
    """Return a place made of runs, None for none."""
    return Candidate(tuple(runs), sum(run.size for run in runs)) if runs else None


def apart(one: Candidate, other: Candidate) -> bool:
    """Tell whether two places do not share most of their letters."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared * 2 < min(one.end - one.start, other.end - other.start)


def _grams(text: str) -> Iterator[tuple[int, str]]:
    """Give the seeds of a text: two characters where it is Chinese, of which there are many, four elsewhere."""
    for at in range(len(text) - 1):
        size = 2 if text[at] >= "\u2e80" else 4
        gram = text[at : at + size]
        if len(gram) == size:
            yield at, gram


def _drawn_together(runs: list[Run], text: str) -> list[Run]:
    """Where letters stand in the reading that the line lacks, let the shorter of the runs beside them join the longer.

    An alignment may put the first word of a line at its like in the sentence before: as many letters are the same.
    """
    for _ in range(3):
        before = list(runs)
        for index in range(len(runs) - 1):
            runs[index], runs[index + 1] = _joined(runs[index], runs[index + 1], text)
        runs = [run for run in runs if run.size]
        if runs == before:
            break
    return runs


def _joined(one: Run, other: Run, text: str) -> tuple[Run, Run]:
    if other.line != one.line + one.size or not one.size or not other.size:
        return one, other
    moved = 0
    if one.size < other.size:
        while moved < one.size and text[one.at + one.size - 1 - moved] == text[other.at - 1 - moved]:
            moved += 1
    else:
        while moved > -other.size and text[other.at - moved] == text[one.at + one.size - moved]:
            moved -= 1
    return (
        Run(one.line, one.at, one.size - moved),
        Run(other.line - moved, other.at - moved, other.size + moved),
    )


def _without_islands(runs: list[Run]) -> list[Run]:
    """Leave out, at both ends, a letter or two that stand alone: any two texts share those."""
    first, last = 0, len(runs) - 1
    while first < last and runs[first].size < 3 and _gap(runs[first], runs[first + 1]) >= runs[first].size:
        first += 1
    while first < last and runs[last].size < 3 and _gap(runs[last - 1], runs[last]) >= runs[last].size:
        last -= 1
    return runs[first : last + 1]


def _gap(one: Run, other: Run) -> int:
    return max(other.line - one.line, other.at - one.at) - one.size


def _is_alike(candidate: Candidate, size: int, least: float) -> bool:
    first, last = candidate.runs[0], candidate.runs[-1]
    span = max(last.line + last.size - first.line, last.at + last.size - first.at)
    if size < SHORTEST_FUZZY:
        return candidate.matched == size
    long_enough = candidate.matched >= max(LEAST_PART_LETTERS, size * LEAST_PART)
    return candidate.matched >= span * least and (long_enough or candidate.matched >= size * LEAST_SHARE)
