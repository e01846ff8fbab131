"""PageFrame: where on the page the picture came from that a model was sent, and the way back to page units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.output.blocks import Box, Point, Quad


@dataclass(frozen=True, slots=True)
class PageFrame:
    """A region of a page as shown, turned clockwise by `turned` degrees (0, 90, 180, 270), then resized and sent.

    Models count in shares of the picture they see. A share of the picture is the same share of the region, whatever
    size it was resized to, even where rounding to the model's grid squeezed one side more than the other.

    Attributes:
        width: The page's width in page units.
        height: The page's height in page units.
        region: The part that was sent, in page units; None for the whole page.
        turned: How the part was turned to be sent.
    """

    width: float
    height: float
    region: Box | None = None
    turned: int = 0

    @property
    def area(self) -> Box:
        """The region that was sent, in page units."""
        return Box(0.0, 0.0, self.width, self.height) if self.region is None else self.region

    def to_page(self, across: float, down: float) -> Point:
        """Return the place on the page of a place in the picture, given in shares of its width and height (0 to 1)."""
        match self.turned:
            case 90:
                across, down = down, 1.0 - across
            case 180:
                across, down = 1.0 - across, 1.0 - down
            case 270:
                across, down = 1.0 - down, across
            case _:
                pass
        area = self.area
        return Point(area.x0 + across * area.width, area.y0 + down * area.height)

    def part(self, top: float, bottom: float) -> Box:
        """Return the place on the page of a part of the picture as wide as it is, between two shares of its height."""
        one, other = self.to_page(0.0, top), self.to_page(1.0, bottom)
        return Box(min(one.x, other.x), min(one.y, other.y), max(one.x, other.x), max(one.y, other.y))


def turn_words(turned: int) -> str:
    """Say how a page was turned, by 90, 180 or 270 degrees clockwise."""
    way = {90: "a quarter to the right", 180: "upside down", 270: "a quarter to the left"}[turned]
    return f"the page was turned {way} to read it"


def turn_of(quads: Sequence[Quad]) -> int:
    """Return the clockwise turn (0, 90, 180, 270) that sets most of the lines upright, by what is their top."""
    votes = dict.fromkeys((0, 90, 180, 270), 0.0)
    for quad in quads:
        down_x = quad.d.x - quad.a.x + quad.c.x - quad.b.x
        down_y = quad.d.y - quad.a.y + quad.c.y - quad.b.y
        length = math.hypot(quad.b.x - quad.a.x, quad.b.y - quad.a.y)
        upright = abs(down_y) >= abs(down_x)
        votes[(0 if down_y >= 0 else 180) if upright else (90 if down_x >= 0 else 270)] += length
    return max(votes, key=lambda turn: votes[turn])
