"""PageImage: one page as pixels, and the arithmetic that keeps it within its pixel budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

GRID = 32
"""Sides of a model's image are multiples of this many pixels (patch 16 × merge 2)."""


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page's size in page units: points for PDF pages, pixels for pictures."""

    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """One page as pixels: 8-bit RGB, row by row, no padding (`len(pixels) == width * height * 3`).

    `width`, `height` in pixels; `page` in page units, so `page.width / width` converts pixels to page units.
    `partly` says that a picture on the page is damaged and was drawn only in part.
    """

    width: int
    height: int
    pixels: bytes | bytearray | memoryview
    page: PageSize
    partly: bool = False

    def __post_init__(self) -> None:
        """Refuse a buffer that does not fit the size."""
        if self.width < 1 or self.height < 1 or len(self.pixels) != self.width * self.height * 3:
            raise ValueError(f"{len(self.pixels)} bytes are not {self.width} × {self.height} RGB pixels")


def fit(page: PageSize, *, max_pixels: int, scale: float, grid: int = 1) -> tuple[int, int]:
    """Return (width, height) in pixels for `page` drawn at `scale` pixels a unit, never above `max_pixels`.

    Both sides are at least one grid cell and multiples of `grid`; the aspect is kept as well as whole cells allow. A
    budget below one cell gives that one cell.

    Raises:
        ValueError: A side, the scale or the budget is not a positive finite number.
    """
    if not all(math.isfinite(number) and number > 0 for number in (page.width, page.height, scale, max_pixels)):
        raise ValueError("a page, its scale and its budget are positive numbers")
    area = page.width * page.height * scale * scale
    if area > max_pixels:
        scale *= math.sqrt(max_pixels / area)

    def side(length: float) -> int:
        return max(grid, round(length * scale / grid) * grid)

    width, height = side(page.width), side(page.height)
    while width * height > max_pixels and (width > grid or height > grid):
        if width >= height:
            width = max(grid, min(width - grid, max_pixels // height // grid * grid))
        else:
            height = max(grid, min(height - grid, max_pixels // width // grid * grid))
    return width, height
