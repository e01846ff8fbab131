"""How large the print on a page is, measured on its ink: is the picture in which lines are sought large enough?"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from engine.readers.pixels import Pixels, Quads

BOXES = 24
"""So many lines are measured, from all over the page."""
SMALL_SHARE = 0.2
"""The print's size is that below which so many of the lines lie."""
LEAST_GLYPH = 3
"""Pixels; what is lower is dirt or a dot."""


def glyph_height(picture: Pixels, quads: Quads) -> float:
    """Return how high (in pixels) the letters of the small lines are, 0.0 where nothing can be measured."""
    step = max(1, len(quads) // BOXES)
    heights = [height for quad in quads[::step] if (height := _glyphs_of(picture, quad)) > 0]
    return float(np.quantile(heights, SMALL_SHARE)) if heights else 0.0


def _glyphs_of(picture: Pixels, quad: Any) -> float:
    left, top = np.maximum(np.floor(quad.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(quad.max(axis=0)).astype(int) + 1
    part = cv2.cvtColor(np.ascontiguousarray(picture[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    high, wide = part.shape
    if high < LEAST_GLYPH or wide < LEAST_GLYPH:
        return 0.0
    _, ink = cv2.threshold(part, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    if 2 * cv2.countNonZero(ink) > ink.size:
        ink = cv2.bitwise_not(ink)  # light letters on a dark ground
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    across = stats[1:, cv2.CC_STAT_HEIGHT] if wide >= high else stats[1:, cv2.CC_STAT_WIDTH]
    glyphs = across[(across >= LEAST_GLYPH) & (across < 0.9 * min(high, wide))]
    return float(np.median(glyphs)) if len(glyphs) else 0.0


def specks_outside(picture: Pixels, quads: Quads) -> int:
    """Count what looks like letters outside the lines that were found, in a large picture."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 20)
    cv2.fillPoly(ink, [np.round(quad).astype(np.int32) for quad in quads], 0)
    contours, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    count = 0
    for contour in contours:
        _, _, wide, high = cv2.boundingRect(contour)
        count += 5 <= high <= 40 and high <= 4 * wide and wide <= 3 * high
    return count
