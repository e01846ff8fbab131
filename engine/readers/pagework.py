"""PageInWork: one page in the OCR process, from pixels to a finished result, cut into jobs for the crew."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.output.blocks import Line, Origin, Point, Quad, Rule, Unit
from engine.output.schema import page_to_dict
from engine.readers.compose import compose, unknown_share
from engine.readers.crew import Job
from engine.readers.frame import Frame, skew_of
from engine.readers.models import Models
from engine.readers.orientation import SURE, best_turn, in_reading_direction, lies, probes
from engine.tasks.task import Task

if TYPE_CHECKING:
    from engine.readers.pixels import Corners, Pixels
    from engine.readers.recognise import Reading

Note = Callable[[], None]

LEAST_WEIGHT = 6.0
"""Even the shortest line costs as much as one this many times longer than high."""
LEAST_KNOWABLE = 4.0
"""Lines of so many heights in all are needed to say that a script is not known; a page of dirt has none."""
STRAY_SCORE = 0.3
"""A single character read with less than this is dirt."""
ODD = 1.5
"""A rectangle this many times higher than long (in the page's reading direction) is looked at from other sides too."""


@dataclass(frozen=True, slots=True)
class PageOrder:
    """What is to be read: `pixels` (height, width, 3) RGB of a page of `width` × `height` page units."""

    ticket: int
    number: int
    pixels: Pixels
    width: float
    height: float
    unit: Unit
    task: Task
    shrunk: str = ""


class PageInWork:
    """A page's state between the jobs."""

    def __init__(self, order: PageOrder) -> None:
        self.ticket = order.ticket
        self.urgent = False
        self.jobs: deque[Job] = deque([Job(self._detect, heavy=True)])
        self._order = order
        self._began = time.monotonic()
        self._dropped = False
        self._detected = False
        self._corners: Corners = np.zeros((0, 4, 2), np.float32)
        self._turned = 0
        self._first_turn = 0
        self._readings: dict[int, tuple[Reading, Corners]] = {}
        self._weights: list[float] = []
        self._probes: list[int] = []
        self._scores: dict[int, dict[int, float]] = {}
        self._rules: list[Rule] | None = None
        self._skew = 0.0
        self._settled = False
        self._composing = False
        self._result: dict[str, Any] | None = None

    # -- what the crew asks, with its lock held

    @property
    def left(self) -> float:
        """Which share of the lines is still to be read, by length."""
        if not self._detected:
            return 1.0
        if self._result is not None or not self._weights:
            return 0.0
        done = sum(self._weights[index] for index in tuple(self._readings))
        return 1.0 - done / sum(self._weights)

    def state(self) -> dict[str, Any]:
        """Say how far the page is."""
        if self._result is not None:
            return {"state": "done", "page": self._result}
        return {"state": "working", "done": len(self._readings), "total": len(self._weights)}

    def drop(self) -> None:
        """Forget all jobs not yet begun."""
        self._dropped = True
        self.jobs.clear()

    # -- the jobs: each computes, and returns what notes the outcome

    def _detect(self, models: Models, alone: bool) -> Note:
        from engine.readers.gutters import split_at_gutters

        found = split_at_gutters(self._order.pixels, models.detector(alone=alone).look(self._order.pixels).quads)
        return partial(self._note_lines, found)

    def _read(self, index: int, turned: int, models: Models, alone: bool) -> Note:
        if self._dropped or turned != self._turned:
            return _nothing
        reading, corners = self._read_from_all_sides(models, self._corners[index])
        return partial(self._note_reading, index, turned, reading, corners)

    def _try_turned(self, index: int, turned: int, models: Models, alone: bool) -> Note:
        corners = np.roll(self._corners[index], (turned - self._first_turn) // 90, axis=0)
        score = _read_line(models, self._order.pixels, corners).score
        return partial(self._note_probe, turned, index, score)

    def _find_rules(self, models: Models, alone: bool) -> Note:
        from engine.readers.rules import find_rules

        rules: list[Rule] = []
        if self._order.task is not Task.TEXT:
            order = self._order
            high, wide = order.pixels.shape[:2]
            found = find_rules(order.pixels, self._corners, skew=self._skew)
            across, down = order.width / wide, order.height / high
            rules = [Rule(rule.x0 * across, rule.y0 * down, rule.x1 * across, rule.y1 * down) for rule in found]
        return partial(self._note_rules, rules)

    def _compose(self, models: Models, alone: bool) -> Note:
        order = self._order
        lines = [
            Line(reading.text.strip(), self._page_quad(corners), min(1.0, reading.score), Origin.PICTURE)
            for _, (reading, corners) in sorted(self._readings.items())
            if reading.text.strip() and not (reading.score < STRAY_SCORE and len(reading.text.strip()) == 1)
        ]
        result = compose(
            lines,
            rules=self._rules or [],
            frame=Frame(order.width, order.height, self._turned, self._skew),
            number=order.number,
            unit=order.unit,
            task=order.task,
            unknown=self._unknown_share(),
            shrunk=order.shrunk,
            seconds=time.monotonic() - self._began,
        )
        return partial(self._note_result, page_to_dict(result))

    def _read_from_all_sides(self, models: Models, corners: Corners) -> tuple[Reading, Corners]:
        """Read a line; one that stands across the page's direction is tried upright, then from either side."""
        along, across = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
        if across <= ODD * along:
            return _read_line(models, self._order.pixels, corners), corners
        sides = [np.roll(corners, shift, axis=0) for shift in ((0, -1, 1) if across < 3 * along else (-1, 1))]
        tried: list[tuple[Reading, Corners]] = []
        for side in sides:
            tried.append((_read_line(models, self._order.pixels, side), side))
            if tried[-1][0].score >= SURE:
                break
        return max(tried, key=lambda pair: pair[0].score)

    # -- noting, with the crew's lock held

    def _note_lines(self, found: Corners) -> None:
        self._turned = self._first_turn = 270 if lies(found) else 0
        self._corners = in_reading_direction(found, self._turned)
        lengths = np.linalg.norm(self._corners[:, 1] - self._corners[:, 0], axis=1)
        heights = np.linalg.norm(self._corners[:, 3] - self._corners[:, 0], axis=1)
        self._weights = [float(weight) for weight in np.maximum(lengths / np.maximum(heights, 1.0), LEAST_WEIGHT)]
        self._skew = skew_of([self._page_quad(corners) for corners in self._corners], self._turned)
        self._probes = probes(self._corners)
        self._settled = not self._probes
        self._detected = True
        rest = sorted(set(range(len(found))) - set(self._probes), key=lambda index: -self._weights[index])
        self._queue(Job(partial(self._read, index, self._turned)) for index in (*self._probes, *rest))
        self._queue([Job(self._find_rules)])

    def _note_reading(self, index: int, turned: int, reading: Reading, corners: Corners) -> None:
        if turned != self._turned:
            return
        self._readings[index] = (reading, corners)
        if index in self._probes and not self._settled:
            self._note_probe(turned, index, reading.score)
        self._finish_if_ready()

    def _note_probe(self, turned: int, index: int, score: float) -> None:
        """Note how a probe reads at some turn; with all of them known, decide which way up the page is."""
        scores = self._scores.setdefault(turned, {})
        scores[index] = score
        if len(scores) < len(self._probes):
            return
        if turned == self._first_turn and sum(scores.values()) >= SURE * len(scores):
            self._settled = True
        elif turned == self._first_turn:
            opposite = (turned + 180) % 360
            self._queue((Job(partial(self._try_turned, probe, opposite)) for probe in self._probes), first=True)
        else:
            means = [(turn, sum(known.values()) / len(known)) for turn, known in self._scores.items()]
            self._settled = True
            self._turn_to(best_turn(means))
        self._finish_if_ready()

    def _turn_to(self, turned: int) -> None:
        """Start the lines again, the page now turned by `turned`."""
        if turned == self._turned:
            return
        self._corners = np.roll(self._corners, (turned - self._turned) // 90, axis=1)
        self._turned = turned
        self._readings.clear()
        self.jobs.clear()
        order = sorted(range(len(self._weights)), key=lambda index: -self._weights[index])
        self._queue(Job(partial(self._read, index, turned)) for index in order)
        if self._rules is None:
            self._queue([Job(self._find_rules)])

    def _note_rules(self, rules: list[Rule]) -> None:
        self._rules = rules
        self._finish_if_ready()

    def _finish_if_ready(self) -> None:
        ready = self._settled and len(self._readings) == len(self._weights) and self._rules is not None
        if ready and not self._composing:
            self._composing = True
            self._queue([Job(self._compose)], first=True)

    def _note_result(self, result: dict[str, Any]) -> None:
        self._result = result

    def _queue(self, jobs: Iterable[Job], *, first: bool = False) -> None:
        if self._dropped:
            return
        if first:
            self.jobs.extendleft(reversed(list(jobs)))
        else:
            self.jobs.extend(jobs)

    def _unknown_share(self) -> float:
        read: list[tuple[str, float, float]] = []
        for reading, corners in self._readings.values():
            height = max(1.0, float(np.linalg.norm(corners[3] - corners[0])))
            read.append((reading.text, reading.score, float(np.linalg.norm(corners[1] - corners[0])) / height))
        return unknown_share(read) if sum(length for _, _, length in read) >= LEAST_KNOWABLE else 0.0

    def _page_quad(self, corners: Corners) -> Quad:
        order = self._order
        high, wide = order.pixels.shape[:2]
        return Quad(*(Point(float(x) * order.width / wide, float(y) * order.height / high) for x, y in corners))


def _nothing() -> None:
    """Note nothing."""


def _read_line(models: Models, pixels: Pixels, corners: Corners) -> Reading:
    from engine.readers.recognise import cut

    return models.recogniser.read(cut(pixels, corners))
