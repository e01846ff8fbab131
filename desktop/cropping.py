"""Crops: the part of a page around a word, drawn large enough to be read, without holding up the window."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage

from desktop.rendering import DrawPage, Wish
from engine.errors import DiglotError
from engine.output.blocks import Box, Unit

if TYPE_CHECKING:
    from engine.pages.image import PageImage

log = logging.getLogger(__name__)

ASPECT = 0.24
"""Height of a crop to its width."""
HEIGHTS = 11.0
"""A crop is so many letters' heights wide at least: the words around it help to read the one in question."""
AROUND = 3.0
SCALE_PT = 4.0
"""Pixels a point: enough for the small print, on screens of any sort."""
MOST_PIXELS = 9_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A part of a page, and in its pixels the place that it is about."""

    image: QImage
    word: QRectF


def region_of(box: Box, width: float, height: float) -> Box:
    """Return what is shown around a place on a page of `width` × `height`; of something high, its upper part.

    It is as high as `ASPECT` tells, but at the edges of the page, and lies within the page.
    """
    tall = max(box.height, height / 200)
    across = min(width, max(box.width + AROUND * min(tall, width / 20), HEIGHTS * min(tall, width / 8)))
    down = min(height, across * ASPECT)
    x = max(0.0, min((box.x0 + box.x1 - across) / 2, width - across))
    top = (box.y0 + box.y1 - down) / 2 if box.height <= down else box.y0 - down * 0.1
    y = max(0.0, min(top, height - down))
    return Box(x, y, x + across, y + down)


class Crops(QObject):
    """Draws one crop at a time; the newest wish wins. The page that was drawn last is kept for the next word on it."""

    ready = Signal(object)  # Crop
    failed = Signal()  # the page cannot be drawn

    def __init__(self, parent: QObject, draw: DrawPage, unit: Unit) -> None:
        super().__init__(parent)
        self._draw = draw
        self._scale = SCALE_PT if unit == "pt" else 1.0
        self._page: tuple[int, PageImage] | None = None
        self._task: asyncio.Task[None] | None = None

    def want(self, number: int, box: Box) -> None:
        """Draw the place on a page; `ready` or `failed` follows."""
        self.stop()
        self._task = asyncio.ensure_future(self._make(number, box))

    def stop(self) -> None:
        """Call off what is under way."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def forget(self) -> None:
        """Let the page go too."""
        self.stop()
        self._page = None

    async def _make(self, number: int, box: Box) -> None:
        try:
            if self._page is None or self._page[0] != number:
                self._page = None
                self._page = number, await self._draw(Wish(number, self._scale))
            crop = await asyncio.to_thread(cut, self._page[1], box)
        except DiglotError:
            self.failed.emit()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("A part of page %d could not be shown", number)
            self.failed.emit()
        else:
            self.ready.emit(crop)


def cut(page: PageImage, box: Box) -> Crop:
    """Cut the surroundings of a place out of a page that has been drawn; called in a thread."""
    region = region_of(box, page.page.width, page.page.height)
    ratio_x, ratio_y = page.width / page.page.width, page.height / page.page.height
    left, top = int(region.x0 * ratio_x), int(region.y0 * ratio_y)
    width = max(1, min(page.width - left, round(region.width * ratio_x)))
    height = max(1, min(page.height - top, round(region.height * ratio_y)))
    stride = page.width * 3
    rows = memoryview(page.pixels)[top * stride : (top + height) * stride]
    part = b"".join(bytes(rows[at * stride + left * 3 : at * stride + (left + width) * 3]) for at in range(height))
    image = QImage(part, width, height, width * 3, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
    word = QRectF(box.x0 * ratio_x - left, box.y0 * ratio_y - top, box.width * ratio_x, box.height * ratio_y)
    return Crop(image, word)
