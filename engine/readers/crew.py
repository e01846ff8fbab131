"""Crew: the threads of the OCR process, and who of them does what next.

Each thread runs one small job at a time: find the lines of a page, read one line, look for rules, put the page
together. Lines are read on one core each, which uses the machine best; only finding the lines of the only page in work
may take all cores. While the second half of a page's lines is read, the next page's lines are already being found, so
that no core waits at the seam.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from engine.readers.models import Models, ModelsMissingError

log = logging.getLogger(__name__)

EARLY = 0.5
"""The next page's detection starts when this share of the pages before it is left to read."""


@dataclass(frozen=True, slots=True)
class Job:
    """One step. `run` computes, told whether it has the machine for itself, and returns what notes the outcome.

    Only the noting happens under the crew's lock, so a work needs no lock of its own. `heavy` marks the step that finds
    a page's lines.
    """

    run: Callable[[Models, bool], Callable[[], None]]
    heavy: bool = False


class Work(Protocol):
    """Something in work: a page, or a few lines to check."""

    ticket: int
    urgent: bool

    @property
    def jobs(self) -> deque[Job]:
        """What can be done now, in order; threads take from the left while they hold the crew's lock."""
        ...

    @property
    def left(self) -> float:
        """Which share of it is still to be done."""
        ...

    def state(self) -> dict[str, Any]:
        """Say how far it is; `state` is "working" or "done"."""
        ...

    def drop(self) -> None:
        """Forget all jobs not yet begun."""
        ...


class Place:
    """A work on the crew's table, with how it failed if it did."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.running = 0
        self.error: tuple[str, str] | None = None


class WorkFailed(Exception):
    """A work cannot be finished: `code` is "missing" or "defect"."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class Crew:
    """`workers` threads over a table of works, served in the order they came, urgent ones first."""

    def __init__(self, models: Models, *, workers: int) -> None:
        """Start the threads; they load the networks at once."""
        self._models = models
        self._changed = threading.Condition()
        self._places: dict[int, Place] = {}
        for index in range(workers):
            threading.Thread(target=self._run, args=(index,), name=f"crew-{index}", daemon=True).start()

    def add(self, work: Work) -> None:
        """Put a work on the table."""
        with self._changed:
            self._places[work.ticket] = Place(work)
            self._changed.notify_all()

    def drop(self, ticket: int) -> None:
        """Take a work off the table; jobs already begun end by themselves and are forgotten."""
        with self._changed:
            place = self._places.pop(ticket, None)
            if place is not None:
                place.work.drop()
            self._changed.notify_all()

    def wait(self, ticket: int, seconds: float) -> dict[str, Any]:
        """Return a work's state as soon as it is done, or as it stands after `seconds`; a done work leaves the table.

        Raises:
            WorkFailed: It cannot be finished.
            KeyError: There is no such work on the table.
        """
        with self._changed:
            place = self._places[ticket]
            self._changed.wait_for(lambda: place.error is not None or place.work.state()["state"] == "done", seconds)
            state = place.work.state()
            if place.error is not None or state["state"] == "done":
                self._places.pop(ticket, None)
            if place.error is not None:
                raise WorkFailed(*place.error)
            return state

    def _run(self, index: int) -> None:
        self._warm(index)
        while True:
            with self._changed:
                while (chosen := self._choose()) is None:
                    self._changed.wait()
                place, job, alone = chosen
                place.running += 1
            self.run_one(place, job, alone)

    def run_one(self, place: Place, job: Job, alone: bool) -> None:
        """Do one job and note what came of it, a failure too."""
        try:
            note = job.run(self._models, alone)
            with self._changed:
                note()
        except ModelsMissingError as missing:
            self._fail(place, "missing", str(missing))
        except ImportError as missing:
            self._fail(place, "missing", missing.name or type(missing).__name__)
        except Exception as defect:  # a thread of the crew must outlive any page
            log.exception("A job ended in a defect")
            self._fail(place, "defect", type(defect).__name__)
        finally:
            with self._changed:
                place.running -= 1
                self._changed.notify_all()

    def _fail(self, place: Place, code: str, detail: str) -> None:
        with self._changed:
            place.error = (code, detail)
            place.work.drop()

    def _warm(self, index: int) -> None:
        try:
            if index == 0:
                self._models.detector(alone=True)
            elif index == 1:
                self._models.recogniser  # noqa: B018 - loading it is the point
        except Exception as problem:  # the first job meets it again, and its page can tell
            log.warning("A network could not be loaded: %s", type(problem).__name__)

    def _choose(self) -> tuple[Place, Job, bool] | None:
        """Take the next job off the table; called with the lock held."""
        places = sorted(self._places.values(), key=lambda place: not place.work.urgent)  # stable: the oldest first
        idle = not any(place.running for place in places)
        light: Place | None = None
        ahead = 0.0
        for place in places:
            jobs = place.work.jobs
            if jobs and not jobs[0].heavy:
                light = light or place
            elif jobs and (light is None or ahead <= EARLY):
                return place, jobs.popleft(), idle and light is None
            ahead += place.work.left
        return None if light is None else (light, light.work.jobs.popleft(), False)
