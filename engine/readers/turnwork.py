"""TurnInWork: which way up a page stands whose lines do not run across: it lies on a side, or is written downwards.

A few lines are read from either side. Chinese in columns reads well from one of them too, its letters lying: single
letters of a line are therefore read as the line is, and as they stand on the page.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.output.joining import is_spaceless
from engine.readers.crew import Job
from engine.readers.models import Models
from engine.readers.orientation import PLAUSIBLE, best_turn, in_reading_direction, lies, probes

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.readers.pixels import Corners, Pixels
    from engine.readers.recognise import Reading

QUARTERS = (270, 90)
"""Turns in degrees clockwise. Tables on their side are mostly bound so that the first of them is right."""
DOWNWARDS = 270
"""The turn after which columns read like lines. The networks know their letters standing and lying; those of a page
that lies on this side they know only lying."""
LETTERS = 4
"""So many of a line are read alone."""


class _Probe(NamedTuple):
    """How a line reads, and how many of its letters are the same alone: as the line lies, and as the page stands."""

    score: float
    lying: int
    standing: int


class TurnInWork:
    """A page that is only looked at. It goes before the pages in work: somebody waits to send it."""

    def __init__(self, ticket: int, pixels: Pixels) -> None:
        """Prepare to find its lines."""
        self.ticket = ticket
        self.urgent = True
        self._pixels = pixels
        self._probes: dict[int, list[_Probe]] = {turn: [] for turn in QUARTERS}
        self._wanted = 0
        self._turned: int | None = None
        self.jobs: deque[Job] = deque([Job(self._detect, heavy=True)])

    @property
    def left(self) -> float:
        """Nothing that another page should wait for."""
        return 0.0

    def state(self) -> dict[str, Any]:
        """Say how far it is; at last, by how many degrees the page is to be turned clockwise."""
        if self._turned is not None:
            return {"state": "done", "turned": self._turned}
        return {"state": "working", "done": self._done, "total": self._wanted}

    def drop(self) -> None:
        """Forget what was not begun."""
        self.jobs.clear()

    @property
    def _done(self) -> int:
        return sum(map(len, self._probes.values()))

    def _detect(self, models: Models, alone: bool) -> Callable[[], None]:
        return partial(self._note_lines, models.detector(alone=alone).look(self._pixels).quads)

    def _read(self, turn: int, corners: Corners, models: Models, alone: bool) -> Callable[[], None]:
        line = in_reading_direction(corners, turn)
        reading = self._reading(models, line)
        lying = standing = 0
        for letter, place in _letters(reading.text.strip(), line) if turn == DOWNWARDS else ():
            lying += self._reading(models, place).text.strip() == letter
            standing += self._reading(models, in_reading_direction(place, -turn)).text.strip() == letter
        return partial(self._note_probe, turn, _Probe(reading.score, lying, standing))

    def _reading(self, models: Models, corners: Corners) -> Reading:
        from engine.readers.recognise import cut

        return models.recogniser.read(cut(self._pixels, corners))

    def _note_lines(self, found: Corners) -> None:
        chosen = probes(in_reading_direction(found, QUARTERS[0])) if len(found) and lies(found) else []
        if not chosen:
            self._turned = 0
            return
        self._wanted = len(chosen) * len(QUARTERS)
        self.jobs.extend(Job(partial(self._read, turn, found[index])) for turn in QUARTERS for index in chosen)

    def _note_probe(self, turn: int, probe: _Probe) -> None:
        self._probes[turn].append(probe)
        if self._done < self._wanted:
            return
        means = {turn: sum(each.score for each in known) / len(known) for turn, known in self._probes.items()}
        best = best_turn(tuple(means.items()))
        read = self._probes[best]
        columns = best == DOWNWARDS and 2 * sum(each.standing for each in read) > sum(each.lying for each in read)
        # A script that the networks do not know reads badly from either side: such a page stays as it is.
        self._turned = 0 if columns or means[best] < PLAUSIBLE else best


def _letters(text: str, line: Corners) -> Iterator[tuple[str, Corners]]:
    """Yield some letters of a line and where they are, if it is of a script whose letters are all of one width."""
    if not text or not all(map(is_spaceless, text)):
        return
    a, b, c, d = line
    for index in range(0, len(text), max(1, -(-len(text) // LETTERS))):
        start, end = index / len(text), (index + 1) / len(text)
        yield text[index], np.stack((a + (b - a) * start, a + (b - a) * end, d + (c - d) * end, d + (c - d) * start))
