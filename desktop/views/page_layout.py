"""PageLayout: where each page of a long document stands in the scrolled column; plain arithmetic, no widget.

Lengths are logical pixels with the origin at the top left of the column, page sizes are page units.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from engine.output.blocks import Unit
from engine.pages.image import PageSize

A4 = PageSize(595.0, 842.0)
GAP = 14.0
MARGIN = 16.0
MIN_FACTOR, MAX_FACTOR = 0.05, 16.0
MAX_FIT_FACTOR = 4.0
"""Fitting never blows a page up beyond this: a small snippet stays a small snippet."""


class Fit(StrEnum):
    """How the zoom is chosen."""

    WIDTH = "width"
    PAGE = "page"
    FACTOR = "factor"


@dataclass(frozen=True, slots=True)
class Zoom:
    """The zoom: fitted, or `factor` (1.0 is 100 %: a point is 1/72 inch at 96 dpi, a picture's pixel is a pixel)."""

    fit: Fit = Fit.WIDTH
    factor: float = 1.0


class Spot(NamedTuple):
    """A place in the document that does not depend on the zoom: a page, and fractions of its width and height."""

    number: int
    across: float
    down: float


class Rect(NamedTuple):
    """A page's rectangle in the column."""

    x: float
    y: float
    width: float
    height: float


class PageLayout:
    """Page sizes (estimated until known), the zoom, and the rectangles that follow from them."""

    def __init__(self, count: int, unit: Unit) -> None:
        self.count = count
        self._unit_factor = 96 / 72 if unit == "pt" else 1.0
        self._sizes: list[PageSize | None] = [None] * count
        self._estimate = A4
        self._zoom = Zoom()
        self._viewport = (800.0, 600.0)
        self._tops: list[float] = []
        self._width = 0.0
        self._place()

    @property
    def zoom(self) -> Zoom:
        """The zoom in use."""
        return self._zoom

    @property
    def height(self) -> float:
        """The whole column's height."""
        return self._tops[-1]

    @property
    def width(self) -> float:
        """The whole column's width, at least the viewport's."""
        return self._width

    def size(self, number: int) -> PageSize:
        """Return a page's size, an estimate where it is not known yet."""
        return self._sizes[number - 1] or self._estimate

    def unknown(self, first: int, last: int) -> bool:
        """Tell whether any page from `first` to `last` has only an estimated size."""
        return any(size is None for size in self._sizes[max(0, first - 1) : last])

    def set_sizes(self, first: int, sizes: Sequence[PageSize]) -> None:
        """Learn the true sizes of the pages from `first` on."""
        if sizes and all(size is None for size in self._sizes):
            self._estimate = sizes[0]
        self._sizes[first - 1 : first - 1 + len(sizes)] = sizes
        self._place()

    def set_view(self, zoom: Zoom, width: float, height: float) -> None:
        """Lay the pages out anew for a zoom and a viewport."""
        factor = min(MAX_FACTOR, max(MIN_FACTOR, zoom.factor))
        self._zoom = Zoom(zoom.fit, factor)
        self._viewport = (max(80.0, width), max(80.0, height))
        self._place()

    def factor(self, number: int) -> float:
        """Return the zoom factor a page is shown at, 1.0 for 100 %."""
        return self.scale(number) / self._unit_factor

    def scale(self, number: int) -> float:
        """Return logical pixels per page unit for a page."""
        return self._scale(self.size(number))

    def rect(self, number: int) -> Rect:
        """Return where a page stands in the column."""
        size, scale = self.size(number), self.scale(number)
        width = size.width * scale
        return Rect((self._width - width) / 2, self._tops[number - 1], width, size.height * scale)

    def page_at(self, y: float) -> int:
        """Return the page at a height of the column; the gap under a page belongs to it."""
        return min(self.count, max(1, bisect_right(self._tops, y)))

    def visible(self, top: float, bottom: float) -> range:
        """Return the pages that are at least partly between two heights."""
        return range(self.page_at(top), self.page_at(bottom) + 1)

    def spot(self, x: float, y: float) -> Spot:
        """Return what stands at a place of the column; places beside a page give fractions outside 0 to 1."""
        number = self.page_at(y)
        rect = self.rect(number)
        return Spot(number, (x - rect.x) / max(1e-6, rect.width), (y - rect.y) / max(1e-6, rect.height))

    def where(self, spot: Spot) -> tuple[float, float]:
        """Return the place (x, y) in the column where a spot stands now."""
        rect = self.rect(spot.number)
        return rect.x + spot.across * rect.width, rect.y + spot.down * rect.height

    def _scale(self, size: PageSize) -> float:
        if self._zoom.fit is Fit.FACTOR:
            return self._zoom.factor * self._unit_factor
        width, height = self._viewport
        scale = (width - 2 * MARGIN) / max(1.0, size.width)
        if self._zoom.fit is Fit.PAGE:
            scale = min(scale, (height - 2 * GAP) / max(1.0, size.height))
        return min(scale, MAX_FIT_FACTOR * self._unit_factor)

    def _place(self) -> None:
        y, widest, tops = GAP, 0.0, []
        last_size, step, across = None, 0.0, 0.0
        for size in self._sizes:
            size = size or self._estimate
            if size != last_size:  # most documents have one size: thousands of pages cost one multiplication
                scale = self._scale(size)
                last_size, step, across = size, size.height * scale + GAP, size.width * scale
                widest = max(widest, across)
            tops.append(y)
            y += step
        self._tops = [*tops, y]
        self._width = max(self._viewport[0], widest + 2 * MARGIN)
