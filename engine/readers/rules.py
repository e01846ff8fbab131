"""Straight lines drawn on a page (the rules of tables), found in its pixels; letters and dashes do not count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.readers.detect import Pixels

NEIGHBOURHOOD = 31
DARKER_BY = 14
"""A pixel is ink when it is darker than its neighbourhood by so much."""
GAP = 7
"""Breaks of so many pixels in a rule are healed."""
THICKEST = 12
"""What is thicker is no rule but a bar or a picture."""
LEAST_LENGTH = 30
MOST_RULES = 2000


@dataclass(frozen=True, slots=True)
class PixelRule:
    """A straight line in pixels of the straightened page, horizontal or vertical."""

    x0: float
    y0: float
    x1: float
    y1: float


def find_rules(picture: Pixels, quads: npt.NDArray[np.float32], *, skew: float = 0.0) -> list[PixelRule]:
    """Find horizontal and vertical rules.

    Args:
        picture: The page as shown, RGB.
        quads: The lines of text on it, (n, 4, 2) in its pixels; they set the size below which nothing is a rule.
        skew: By how many degrees the lines fall; the picture is straightened by it first.
    """
    grey: Any = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    high, wide = grey.shape
    boxes = quads
    if skew:
        matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), skew, 1.0)
        grey = cv2.warpAffine(grey, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        boxes = quads @ matrix[:, :2].T.astype(np.float32) + matrix[:, 2].astype(np.float32)
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, NEIGHBOURHOOD, DARKER_BY)
    text_height = _text_height(boxes)
    least = int(max(LEAST_LENGTH, 1.25 * text_height))
    text = (
        np.concatenate((boxes.min(axis=1), boxes.max(axis=1)), axis=1) if len(boxes) else np.zeros((0, 4), np.float32)
    )
    flat = _runs(ink, least)
    rules = [PixelRule(x, y + h / 2, x + w, y + h / 2) for x, y, w, h in flat if not _is_dash(x, y, w, h, text)]
    upright = _runs(np.ascontiguousarray(ink.T), least)
    rules += [PixelRule(y + h / 2, x, y + h / 2, x + w) for x, y, w, h in upright if not _is_stroke(y, x, h, w, text)]
    return rules[:MOST_RULES]


def _text_height(quads: npt.NDArray[np.float32]) -> float:
    if len(quads) == 0:
        return 0.0
    sides = np.linalg.norm(quads[:, (1, 2)] - quads[:, (0, 1)], axis=2)
    return float(np.median(sides.min(axis=1)))


def _runs(ink: Any, least: int) -> list[tuple[int, int, int, int]]:
    """Return horizontal runs of ink at least `least` long as (x, y, width, height); wobble of a pixel is allowed."""
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    healed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, GAP), np.uint8))
    runs = cv2.morphologyEx(healed, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((1, 2 * GAP + 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found: list[tuple[int, int, int, int]] = []
    for x, y, wide, high, area in stats[1:count].tolist():
        thickness = area / wide
        if thickness <= THICKEST + 2 and wide >= 4 * thickness and high <= THICKEST + 2 + wide * 0.02:
            found.append((x, y, wide, high))
    return found


def _is_dash(x: int, y: int, wide: int, high: int, text: npt.NDArray[np.float32]) -> bool:
    """Tell whether a horizontal run stands in the middle of a line of text without passing its ends: a dash, a 一."""
    if len(text) == 0:
        return False
    middle = y + high / 2
    tall = text[:, 3] - text[:, 1]
    inside = (middle > text[:, 1] + 0.2 * tall) & (middle < text[:, 3] - 0.2 * tall)
    slack = 0.3 * tall
    return bool((inside & (x >= text[:, 0] - slack) & (x + wide <= text[:, 2] + slack)).any())


def _is_stroke(x: int, y: int, wide: int, high: int, text: npt.NDArray[np.float32]) -> bool:
    """Tell whether a vertical run stands within a line of text: an l, a bar, a bracket."""
    if len(text) == 0:
        return False
    slack = 0.25 * (text[:, 3] - text[:, 1])
    within = (y >= text[:, 1] - slack) & (y + high <= text[:, 3] + slack)
    return bool((within & (x >= text[:, 0] - slack) & (x + wide <= text[:, 2] + slack)).any())
