"""A text layer on its way into the OCR process, where it is laid out: to JSON fields and back."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from engine.output.blocks import Box, Line, Origin, Point, Quad, Rule

_RADICALS = str.maketrans(
    "⺝⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "月母民虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
) | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
"""Some programs write the signs of radicals for the characters that look like them; nobody finds those by typing."""


def layer_to_fields(lines: Sequence[Line], rules: Sequence[Rule], figures: Sequence[Box]) -> dict[str, list[list[Any]]]:
    """Return the fields `layer_from_fields` reads: numbers and strings in lists."""
    return {
        "lines": [[line.text, line.bold, *(number for corner in line.quad for number in corner)] for line in lines],
        "rules": [[rule.x0, rule.y0, rule.x1, rule.y1] for rule in rules],
        "figures": [list(figure) for figure in figures],
    }


def layer_from_fields(fields: Mapping[str, Any]) -> tuple[list[Line], list[Rule], list[Box]]:
    """Return lines of origin TEXT_LAYER, rules and figures."""
    lines = [
        Line(
            text if text.isascii() else text.translate(_RADICALS),
            Quad(Point(ax, ay), Point(bx, by), Point(cx, cy), Point(dx, dy)),
            origin=Origin.TEXT_LAYER,
            bold=bool(bold),
        )
        for text, bold, ax, ay, bx, by, cx, cy, dx, dy in fields["lines"]
    ]
    return lines, [Rule(*rule) for rule in fields["rules"]], [Box(*figure) for figure in fields["figures"]]
