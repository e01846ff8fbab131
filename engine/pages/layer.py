"""The app's end of the text layer: what the page process says is in it is checked and becomes a `TextLayer`."""

from __future__ import annotations

import math
from typing import Any

from engine.output.blocks import Box, Line, Origin, Point, Quad, Rule
from engine.pages.source import FontUse, TextLayer

FARTHEST = 1e7
"""Page units; a place farther away is not believed."""


def layer_of(untrusted: Any) -> TextLayer | None:
    """Return the layer of an answer to `text`, None where the page has no text.

    What makes no sense is left out: a hostile page process can lie about its own page only.
    """
    if not isinstance(untrusted, dict):
        return None
    lines: list[Line] = []
    fonts: list[FontUse] = []
    for entry in _rows(untrusted.get("lines"), 13):
        text, font, size, visible, bold = entry[0], entry[9], entry[10], entry[11], entry[12]
        places = _numbers(entry[1:9])
        if places is None or not isinstance(text, str) or not isinstance(size, int | float):
            continue
        ax, ay, bx, by, cx, cy, dx, dy = places
        quad = Quad(Point(ax, ay), Point(bx, by), Point(cx, cy), Point(dx, dy))
        lines.append(Line(text, quad, 1.0, Origin.TEXT_LAYER, bold is True))
        fonts.append(FontUse(str(font)[:200], float(size), visible is True))
    if not lines:
        return None
    rules = tuple(Rule(*places) for row in _rows(untrusted.get("rules"), 4) if (places := _numbers(row)))
    figures = tuple(Box(*places) for row in _rows(untrusted.get("figures"), 4) if (places := _numbers(row)))
    return TextLayer(tuple(lines), tuple(fonts), rules, figures)


def _rows(untrusted: Any, length: int) -> list[list[Any]]:
    if not isinstance(untrusted, list):
        return []
    return [row for row in untrusted if isinstance(row, list) and len(row) == length]


def _numbers(untrusted: list[Any]) -> list[float] | None:
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in untrusted):
        return None
    if not all(math.isfinite(number) and abs(number) < FARTHEST for number in untrusted):
        return None
    return [float(number) for number in untrusted]
