"""What is drawn on a PDF page beside its text, in the page process: the lines of tables and the places of pictures."""

from __future__ import annotations

import itertools
from typing import Any

import pymupdf

SMALLEST_FIGURE = 8.0
"""Points; smaller pictures are dots, bullets and tracking pixels."""
SHORTEST_RULE = 3.0
THICKEST_RULE = 3.0
STRAIGHT = 0.6
"""Points a line may lean and still count as horizontal or vertical."""
MOST_DRAWINGS = 20_000
"""A page with more drawn things than this is a map or a plot, not a table."""


def rules_of(page: Any, turn: Any, shown: Any) -> list[list[float]]:
    """Return the straight lines drawn on a page as [x0, y0, x1, y1], as shown: `turn` brings them there."""
    found: dict[tuple[float, ...], None] = {}
    drawings: list[dict[str, Any]] = []

    def take(drawing: dict[str, Any]) -> None:
        if len(drawings) <= MOST_DRAWINGS:  # the rest is not kept; to stop MuPDF here would crash it
            drawings.append(drawing)

    page.get_cdrawings(callback=take)
    if len(drawings) > MOST_DRAWINGS:
        return []
    for drawing in drawings:
        stroked = "s" in drawing["type"] and drawing.get("stroke_opacity", 1.0) > 0
        filled = "f" in drawing["type"] and drawing.get("fill_opacity", 1.0) > 0
        for item in drawing["items"]:
            for x0, y0, x1, y1 in _strokes(item, stroked=stroked, filled=filled):
                start, end = pymupdf.Point(x0, y0) * turn, pymupdf.Point(x1, y1) * turn
                rule = _straight(start, end, shown)
                if rule is not None:
                    found[rule] = None
    return [list(rule) for rule in found]


def _strokes(item: tuple[Any, ...], *, stroked: bool, filled: bool) -> list[tuple[float, float, float, float]]:
    """Return the straight lines that can be seen of one drawn thing, before the page is turned."""
    match item[0]:
        case "l" if stroked:
            return [(*item[1], *item[2])]
        case "re":
            x0, y0, x1, y1 = item[1]
            width, height = abs(x1 - x0), abs(y1 - y0)
            if min(width, height) <= THICKEST_RULE and (stroked or filled):
                middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
                return [(x0, middle_y, x1, middle_y) if width >= height else (middle_x, y0, middle_x, y1)]
            if stroked:
                return [(x0, y0, x1, y0), (x1, y0, x1, y1), (x0, y1, x1, y1), (x0, y0, x0, y1)]
        case "qu" if stroked:
            upper_left, upper_right, lower_left, lower_right = item[1]
            around = (upper_left, upper_right, lower_right, lower_left, upper_left)
            return [(*a, *b) for a, b in itertools.pairwise(around)]
    return []


def _straight(start: Any, end: Any, shown: Any) -> tuple[float, ...] | None:
    """Return a line clipped to the page and made exactly horizontal or vertical, None where it is neither or short."""
    x0, x1 = sorted((start.x, end.x))
    y0, y1 = sorted((start.y, end.y))
    if y1 - y0 <= STRAIGHT and x1 - x0 > y1 - y0:
        y0 = y1 = (y0 + y1) / 2
    elif x1 - x0 <= STRAIGHT:
        x0 = x1 = (x0 + x1) / 2
    else:
        return None
    if x1 < shown.x0 or x0 > shown.x1 or y1 < shown.y0 or y0 > shown.y1:
        return None
    x0, x1 = max(x0, shown.x0), min(x1, shown.x1)
    y0, y1 = max(y0, shown.y0), min(y1, shown.y1)
    if max(x1 - x0, y1 - y0) < SHORTEST_RULE:
        return None
    return (round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))


def figures_of(page: Any, turn: Any, shown: Any) -> list[list[float]]:
    """Return the places of embedded pictures as [x0, y0, x1, y1], as shown."""
    figures: dict[tuple[float, ...], None] = {}
    for picture in page.get_image_info():
        box = pymupdf.Rect(picture["bbox"]) * turn
        box.intersect(shown)
        if not box.is_empty and min(box.width, box.height) >= SMALLEST_FIGURE:
            figures[tuple(round(side, 2) for side in box)] = None
    return [list(box) for box in figures]
