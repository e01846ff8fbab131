"""Renders: page pictures are asked of the engine in order of need, and what is no longer wanted is called off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QImage, QPainter

from engine.errors import DiglotError

if TYPE_CHECKING:
    from engine.pages.image import PageImage

log = logging.getLogger(__name__)

STRIP_PIXELS = 1_000_000
"""Pixels are converted in strips of this many: Qt holds the interpreter while it converts one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A page picture somebody needs: the page and how many device pixels a page unit shall have."""

    number: int
    scale: float


DrawPage: TypeAlias = "Callable[[Wish], Awaitable[PageImage]]"


def to_qimage(image: PageImage) -> QImage:
    """Return the page in the format that Qt paints fastest; called in a thread, about 2 ms a megapixel."""
    target = QImage(image.width, image.height, QImage.Format.Format_RGB32)
    view, stride = memoryview(image.pixels), image.width * 3
    rows = max(1, STRIP_PIXELS // image.width)
    painter = QPainter(target)
    for top in range(0, image.height, rows):
        count = min(rows, image.height - top)
        part = view[top * stride : (top + count) * stride]
        painter.drawImage(QPoint(0, top), QImage(part, image.width, count, stride, QImage.Format.Format_RGB888))
    painter.end()
    return target


class Renders(QObject):
    """Fulfils the newest list of wishes, the first ones first, a few at a time.

    `ready` carries the Wish and its QImage, `failed` the Wish and the DiglotError. A failed page is not asked for
    again.
    """

    ready = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, draw: DrawPage, *, at_once: int = 2) -> None:
        super().__init__()
        self._draw = draw
        self._at_once = at_once
        self._wishes: list[Wish] = []
        self._tasks: dict[Wish, asyncio.Task[None]] = {}
        self._failures: set[int] = set()

    def want(self, wishes: Sequence[Wish]) -> None:
        """Replace the list of wishes; what is under way and not wanted any more is cancelled."""
        self._wishes = [wish for wish in wishes if wish.number not in self._failures]
        for wish, task in self._tasks.items():
            if wish not in self._wishes:
                task.cancel()
        self._start_some()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._tasks

    def _start_some(self) -> None:
        for wish in self._wishes:
            if len(self._tasks) >= self._at_once:
                return
            if wish not in self._tasks:
                self._tasks[wish] = asyncio.ensure_future(self._fulfil(wish))
                self._tasks[wish].add_done_callback(partial(self._over, wish))

    async def _fulfil(self, wish: Wish) -> None:
        try:
            picture = await asyncio.to_thread(to_qimage, await self._draw(wish))
        except DiglotError as error:
            self._failures.add(wish.number)
            self.failed.emit(wish, error)
        else:
            self.ready.emit(wish, picture)

    def _over(self, wish: Wish, task: asyncio.Task[None]) -> None:
        """Only now may the next one start: the limit counts what really runs."""
        del self._tasks[wish]
        if not task.cancelled():
            if (defect := task.exception()) is not None:
                log.error("Page %d could not be drawn", wish.number, exc_info=defect)
                self._failures.add(wish.number)
            if wish in self._wishes:
                self._wishes.remove(wish)
        self._start_some()
