"""Making a page's document in slices, so that a page full of cells does not hold up the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QFont

from desktop.views.reading_builder import Builder
from desktop.views.reading_style import Ink
from engine.output.blocks import PageResult

SLICE_S = 0.006
"""A page that takes no longer is there at once; others take another slice each turn of the loop."""


class ReadingPress(QObject):
    """Makes one document at a time; asking for the next one gives up the one before."""

    made = Signal(object)  # ReadingDocument

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] = iter(())
        self._done: Callable[[], object] | None = None
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether a document is still to come."""
        return self._done is not None

    def make(self, result: PageResult, font: QFont, ink: Ink) -> None:
        """Begin, and end at once where there is little to do."""
        builder = Builder(result, font, ink)
        self.run(builder.steps(), lambda: self.made.emit(builder.finished()))

    def run(self, steps: Iterator[None], done: Callable[[], object]) -> None:
        """Take the steps of another maker in slices, and call `done` after the last one."""
        self._steps, self._done, self._rested = steps, done, False
        self._go_on()

    def stop(self) -> None:
        """Give up what is in the making."""
        self._steps, self._done = iter(()), None
        self._more.stop()

    def _go_on(self) -> None:
        stop = time.perf_counter() + SLICE_S
        for _ in self._steps:
            if time.perf_counter() > stop:
                self._more.start()
                return
        if time.perf_counter() > stop - SLICE_S * 0.8 and not self._rested:
            self._rested = True  # laying it out takes a turn of its own
            self._more.start()
            return
        done, self._done = self._done, None
        self._more.stop()
        assert done is not None
        done()
