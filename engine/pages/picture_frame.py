"""How large a picture of a page is sent, and how places on that picture lead back to the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from engine.output.blocks import Box, Point
from engine.pages.image import PageSize, fit


class PictureLimits(Protocol):
    """What a model and its server ask of a picture: see `engine.tasks.family.PixelLimits`."""

    @property
    def grid(self) -> int:
        """Both sides are multiples of this many pixels."""
        ...

    @property
    def min_pixels(self) -> int:
        """A smaller picture is enlarged."""
        ...

    @property
    def max_pixels(self) -> int:
        """A larger one is not sent."""
        ...

    @property
    def longest_to_shortest(self) -> int:
        """A picture longer than this many times its width is refused."""
        ...


@dataclass(frozen=True, slots=True)
class PictureFrame:
    """Which part of a page a picture shows, and how it was turned.

    `width`, `height` of the whole page and `region` in page units. The region was turned clockwise by `turned` degrees
    (0, 90, 180 or 270). Coordinates run from 0 to `span` across and down the picture, whatever its size in pixels: so
    no resizing on the way to the model can shift them.
    """

    width: float
    height: float
    region: Box
    turned: int = 0
    span: float = 1000.0

    def to_page(self, x: float, y: float) -> Point:
        """Carry a place on the picture to the page; what lies outside of the picture is brought to its edge."""
        across, down = self._share(x), self._share(y)
        match self.turned:
            case 90:
                across, down = down, 1 - across
            case 180:
                across, down = 1 - across, 1 - down
            case 270:
                across, down = 1 - down, across
            case _:
                pass
        region = self.region
        return Point(region.x0 + across * region.width, region.y0 + down * region.height)

    def from_page(self, place: Point) -> tuple[float, float]:
        """Carry a place on the page to the picture; below 0 or above `span` where the picture does not show it."""
        across = (place.x - self.region.x0) / self.region.width
        down = (place.y - self.region.y0) / self.region.height
        match self.turned:
            case 90:
                across, down = 1 - down, across
            case 180:
                across, down = 1 - across, 1 - down
            case 270:
                across, down = down, 1 - across
            case _:
                pass
        return across * self.span, down * self.span

    def _share(self, coordinate: float) -> float:
        if math.isnan(coordinate):
            return 0.0
        return min(max(coordinate, 0.0), self.span) / self.span


def sent_size(width: float, height: float, *, scale: float, limits: PictureLimits) -> tuple[int, int]:
    """Return (width, height) in pixels for something of this size, drawn at `scale` pixels a unit.

    A picture of this size is looked at as it is: the model would neither shrink nor enlarge nor refuse it. So its cost
    is known, and what is readable here stays readable.
    """
    grid, ratio = limits.grid, limits.longest_to_shortest
    across, down = fit(PageSize(width, height), max_pixels=limits.max_pixels, scale=scale, grid=grid)
    if across * down < limits.min_pixels:
        grow = math.sqrt(limits.min_pixels / (width * height))
        across, down = (max(grid, math.ceil(side * grow / grid) * grid) for side in (width, height))
    if max(across, down) > ratio * min(across, down):
        shortest = math.ceil(max(across, down) / ratio / grid) * grid
        longest = min(max(across, down), limits.max_pixels // shortest // grid * grid)
        across, down = (longest, shortest) if across > down else (shortest, longest)
    return across, down


def halves(page: PageSize, *, overlap: float = 0.06) -> tuple[Box, Box]:
    """Cut a page in two across its longer side; a line on the cut is whole in one of them.

    `overlap` is the share of that side which both show.
    """
    if page.height >= page.width:
        middle, more = page.height / 2, page.height * overlap / 2
        return Box(0, 0, page.width, middle + more), Box(0, middle - more, page.width, page.height)
    middle, more = page.width / 2, page.width * overlap / 2
    return Box(0, 0, middle + more, page.height), Box(middle - more, 0, page.width, page.height)
