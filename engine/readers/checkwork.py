"""LinesInWork: a few lines of a page read alone, to compare them with what the page's own text says."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.readers.crew import Job
from engine.readers.models import Models

if TYPE_CHECKING:
    from engine.readers.pixels import Pixels


class LinesInWork:
    """Lines whose places are known. It goes before the pages in work: somebody waits for the verdict."""

    def __init__(self, ticket: int, pixels: Pixels, quads: Sequence[Sequence[Sequence[float]]]) -> None:
        """Prepare one job a line; `quads` in pixels, in reading direction."""
        self.ticket = ticket
        self.urgent = True
        self._pixels = pixels
        self._corners: npt.NDArray[np.float32] = np.array(quads, np.float32).reshape(-1, 4, 2)
        self._texts: dict[int, tuple[str, float]] = {}
        self.jobs: deque[Job] = deque(Job(partial(self._read, index)) for index in range(len(self._corners)))

    @property
    def left(self) -> float:
        """Nothing that another page should wait for."""
        return 0.0

    def state(self) -> dict[str, Any]:
        """Say how far it is."""
        if len(self._texts) == len(self._corners):
            return {"state": "done", "texts": [self._texts[index] for index in range(len(self._corners))]}
        return {"state": "working", "done": len(self._texts), "total": len(self._corners)}

    def drop(self) -> None:
        """Forget what was not begun."""
        self.jobs.clear()

    def _read(self, index: int, models: Models, alone: bool) -> Any:
        from engine.readers.recognise import cut

        reading = models.recogniser.read(cut(self._pixels, self._corners[index]))
        return partial(self._texts.__setitem__, index, (reading.text, reading.score))
