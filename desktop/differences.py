"""Where two readings differ: by words, and character by character in scripts that put no spaces between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST_COMPARED = 100_000_000
"""Two stretches are compared word by word while the product of their lengths is smaller; beyond it they just differ."""

# Every character belongs to one token. Scripts without spaces between words are taken a character at a time.
_TOKEN = re.compile(
    r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+|\s+|.", re.DOTALL
)


class Span(NamedTuple):
    """Characters `start` to `end` of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of one text and what stands in its place in the other; either may be empty."""

    here: Span
    there: Span


def differences(here: str, there: str) -> list[Difference]:
    """Return where two texts differ, in order, none of them touching the next. Line by line first, then in words."""
    mine, yours = here.splitlines(keepends=True), there.splitlines(keepends=True)
    found: list[Difference] = []
    for lines in _unlike(mine, yours):
        inner = _in_words("".join(mine[slice(*lines.here)]), "".join(yours[slice(*lines.there)]))
        at, other = _length(mine[: lines.here.start]), _length(yours[: lines.there.start])
        found += [_moved(each, at, other) for each in inner]
    return found


def differing_characters(here: str, there: str) -> list[Difference]:
    """Return which characters of two short texts differ."""
    return list(_unlike(here, there))


def share_alike(here: str, there: str, found: Sequence[Difference]) -> float:
    """Return how much of the longer text is the same in the other, from 0.0 to 1.0."""
    longest = max(len(here), len(there))
    unlike = sum(max(each.here.end - each.here.start, each.there.end - each.there.start) for each in found)
    return 1.0 - min(1.0, unlike / longest) if longest else 1.0


def _in_words(here: str, there: str) -> list[Difference]:
    mine, yours = _TOKEN.findall(here), _TOKEN.findall(there)
    if len(mine) * len(yours) > MOST_COMPARED:
        return [Difference(Span(0, len(here)), Span(0, len(there)))]
    ends, other_ends = _places(mine), _places(yours)
    return [
        Difference(
            Span(ends[each.here.start], ends[each.here.end]),
            Span(other_ends[each.there.start], other_ends[each.there.end]),
        )
        for each in _unlike(mine, yours)
    ]


def _unlike(here: Sequence[str], there: Sequence[str]) -> Iterator[Difference]:
    """Yield the stretches of two sequences that are not the same, neighbours joined."""
    from rapidfuzz.distance import Indel  # loaded when two readings are first compared

    start = None
    place = other = 0
    for step in Indel.opcodes(here, there):
        if step.tag == "equal":
            if start is not None:
                yield Difference(Span(start[0], place), Span(start[1], other))
            start = None
        elif start is None:
            start = step.src_start, step.dest_start
        place, other = step.src_end, step.dest_end
    if start is not None:
        yield Difference(Span(start[0], place), Span(start[1], other))


def _places(tokens: Sequence[str]) -> list[int]:
    """Return where each token begins, and the end."""
    places = [0]
    for token in tokens:
        places.append(places[-1] + len(token))
    return places


def _length(pieces: Sequence[str]) -> int:
    return sum(map(len, pieces))


def _moved(each: Difference, at: int, other: int) -> Difference:
    here, there = each.here, each.there
    return Difference(Span(here.start + at, here.end + at), Span(there.start + other, there.end + other))
