"""Parts of a line: where on the page some of its characters stand, by how wide characters are set."""

from __future__ import annotations

from itertools import accumulate

from engine.output.blocks import Box, Line, Point, Quad
from engine.output.joining import char_width, is_rtl

ASIDE, DOWN = 0.4, 3.0
"""Columns of one row may be far apart, and still belong together; rows are close, and do not."""


def part_of(line: Line, start: int, end: int) -> Box:
    """Return about where the characters `start` to `end` of a line stand."""
    if start <= 0 and end >= len(line.text):
        return line.box
    widths = list(accumulate(map(char_width, line.text), initial=0.0))
    whole = widths[-1]
    if whole <= 0.0:
        return line.box
    first, last = widths[max(0, start)] / whole, widths[min(end, len(line.text))] / whole
    if is_rtl([line.text]) and line.quad.a.x <= line.quad.b.x:
        first, last = 1.0 - last, 1.0 - first  # its corners are named as if it ran from left to right
    a, b, c, d = line.quad
    return Quad(_between(a, b, first), _between(a, b, last), _between(d, c, last), _between(d, c, first)).box


def gap(one: Box, other: Box) -> float:
    """Return how far two boxes are from one another, in line heights, a step down and one aside each by its weight."""
    across = max(0.0, other.x0 - one.x1, one.x0 - other.x1)
    down = max(0.0, other.y0 - one.y1, one.y0 - other.y1)
    height = max(min(one.height, one.width), min(other.height, other.width), 1e-6)
    return (ASIDE * across + DOWN * down) / height


def _between(one: Point, other: Point, share: float) -> Point:
    return Point(one.x + (other.x - one.x) * share, one.y + (other.y - one.y) * share)
