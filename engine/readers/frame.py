"""Frame: the page turned upright and straightened, and the way back; skew measured from the lines themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.output.blocks import AnyBlock, Box, Line, Point, Quad, Rule, Table

LEAST_SKEW = 0.15
"""Degrees; less than this is not worth straightening (and is what rounding to pixels makes)."""
MOST_SKEW = 20.0
"""Degrees; more than this is no skew of a page but a line set at an angle."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page as shown (`width` × `height` page units) becomes upright.

    First it is straightened about its centre: `skew` is by how many degrees its lines fall (clockwise, y runs down).
    Then it is turned clockwise by `turned` degrees (0, 90, 180 or 270).
    """

    width: float
    height: float
    turned: int = 0
    skew: float = 0.0

    @property
    def upright_size(self) -> tuple[float, float]:
        """Width and height of the upright page in page units."""
        return (self.height, self.width) if self.turned in (90, 270) else (self.width, self.height)

    def to_upright(self, place: Point) -> Point:
        """Carry a place of the page as shown into the upright frame."""
        x, y = _rotated(place, -self.skew, self.width / 2, self.height / 2)
        match self.turned:
            case 90:
                return Point(self.height - y, x)
            case 180:
                return Point(self.width - x, self.height - y)
            case 270:
                return Point(y, self.width - x)
            case _:
                return Point(x, y)

    def to_page(self, place: Point) -> Point:
        """Carry a place of the upright frame back to the page as shown."""
        match self.turned:
            case 90:
                place = Point(place.y, self.height - place.x)
            case 180:
                place = Point(self.width - place.x, self.height - place.y)
            case 270:
                place = Point(self.width - place.y, place.x)
            case _:
                pass
        return _rotated(place, self.skew, self.width / 2, self.height / 2)

    def quad_to_upright(self, quad: Quad) -> Quad:
        """Carry a quad into the upright frame, its corners in the same order."""
        return Quad(*(self.to_upright(corner) for corner in quad))

    def quad_to_page(self, quad: Quad) -> Quad:
        """Carry a quad back to the page, within its edges."""
        return Quad(*(self._inside(self.to_page(corner)) for corner in quad))

    def box_to_page(self, box: Box) -> Box:
        """Return the upright box around what `box` covers on the page."""
        return self.quad_to_page(Quad.from_box(box)).box

    def rule_to_upright(self, rule: Rule) -> Rule:
        """Carry a rule of the straightened, not yet turned page into the upright frame."""
        turn = replace(self, skew=0.0)
        (x0, y0), (x1, y1) = turn.to_upright(Point(rule.x0, rule.y0)), turn.to_upright(Point(rule.x1, rule.y1))
        return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def line_to_page(self, line: Line) -> Line:
        """Carry a line back to the page."""
        return replace(line, quad=self.quad_to_page(line.quad))

    def block_to_page(self, block: AnyBlock) -> AnyBlock:
        """Carry a block, and the cells of a table, back to the page."""
        box = self.box_to_page(block.box)
        if isinstance(block, Table):
            cells = tuple(
                replace(cell, box=None if cell.box is None else self.box_to_page(cell.box)) for cell in block.cells
            )
            return replace(block, box=box, cells=cells)
        return replace(block, box=box)

    def _inside(self, place: Point) -> Point:
        return Point(min(max(place.x, 0.0), self.width), min(max(place.y, 0.0), self.height))


def _rotated(place: Point, degrees: float, centre_x: float, centre_y: float) -> Point:
    if degrees == 0.0:
        return place
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = place.x - centre_x, place.y - centre_y
    return Point(centre_x + cos * x - sin * y, centre_y + sin * x + cos * y)


def skew_of(quads: Sequence[Quad], turned: int = 0) -> float:
    """Return by how many degrees the lines fall from what a page turned by `turned` should show; 0.0 if unclear.

    Long lines count by their length, short ones not at all; the weighted median is taken.
    """
    angles: list[tuple[float, float]] = []
    for quad in quads:
        along = Point(quad.b.x - quad.a.x + quad.c.x - quad.d.x, quad.b.y - quad.a.y + quad.c.y - quad.d.y)
        across = math.hypot(quad.d.x - quad.a.x, quad.d.y - quad.a.y)
        length = math.hypot(*along) / 2
        if length < 4 * across:
            continue
        angle = (math.degrees(math.atan2(along.y, along.x)) + turned + 90.0) % 180.0 - 90.0
        if abs(angle) <= MOST_SKEW:
            angles.append((angle, length))
    if not angles:
        return 0.0
    angles.sort()
    half, passed = sum(length for _, length in angles) / 2, 0.0
    for angle, length in angles:
        passed += length
        if passed >= half:
            return angle if abs(angle) >= LEAST_SKEW else 0.0
    return 0.0
