"""How large a picture of a page is sent, so that the model leaves it as it is."""

from __future__ import annotations

import math
from typing import Protocol

from engine.output.blocks import Box
from engine.output.page_frame import PageFrame
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


def halves(page: PageSize, *, at: float | None = None, turned: int = 0, overlap: float = 0.06) -> tuple[Box, Box]:
    """Cut a page into the upper and the lower half of its print: it runs across when the page is turned so.

    `at` is where no print is in the way, as a share of the height from the top of the turned page: there they meet.
    Without it they share `overlap` of the height around the middle, so that a line on the cut is whole in one of them.
    """
    middle, more = (0.5, overlap / 2) if at is None else (at, 0.0)
    frame = PageFrame(page.width, page.height, turned=turned)
    return frame.part(0.0, middle + more), frame.part(middle - more, 1.0)
