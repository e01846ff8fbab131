"""PageFrame: where on the page the picture came from that a model was sent, and the way back to page units."""

from __future__ import annotations

from dataclasses import dataclass

from engine.output.blocks import Box, Point


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
