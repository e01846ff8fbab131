"""Straight lines drawn on a page (the rules of tables), found in its pixels; letters and dashes do not count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.readers.pixels import Pixels

SMOOTH = 9
"""Before the search the picture is smoothed by so many pixels along the rules sought: noise goes, rules stay."""
DARKER_BY = 12
"""A rule is darker than what lies on both sides of it by so much."""
THIN = 0.3
"""A rule is no thicker than so many text heights, at least LEAST_THIN and at most MOST_THIN pixels."""
LEAST_THIN, MOST_THIN = 7, 15
LARGE_TEXT = 30.0
"""Where lines are at least so high (pixels), runs are looked for in a picture of half the size: four times faster."""
GAP = 0.2
"""Breaks of so many text heights in a rule are healed, but never more than LARGEST_GAP pixels."""
LARGEST_GAP = 10
LEAST_LENGTH = 30
"""Pixels; and at least so many times the height of the text:"""
LEAST_HEIGHTS = 1.4
MOSTLY = 0.5
"""A vertical run that goes through lines of text for this part of its length belongs to the letters."""
LONGEST_STROKE = 5.0
"""A vertical run longer than so many text heights is a rule, whatever it goes through."""
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
    text_height = _text_height(boxes)
    search = _Search(
        shrink=2 if text_height >= LARGE_TEXT else 1,
        least=int(max(LEAST_LENGTH, LEAST_HEIGHTS * text_height)),
        thin=int(min(MOST_THIN, max(LEAST_THIN, THIN * text_height))),
        gap=int(min(LARGEST_GAP, GAP * text_height)) if text_height else LARGEST_GAP,
    )
    text = np.concatenate((boxes.min(axis=1), boxes.max(axis=1)), axis=1).reshape(-1, 4)
    rules = [
        PixelRule(x, y + high / 2, x + wide, y + high / 2)
        for x, y, wide, high in search.runs(grey)
        if not _is_dash(x, y, wide, high, text)
    ]
    for y, x, high, wide in search.runs(cv2.transpose(grey)):
        if not _is_stroke(x, y, wide, high, text):
            top, bottom = _without_letters(x + wide / 2, y, y + high, text)
            rules.append(PixelRule(x + wide / 2, top, x + wide / 2, bottom))
    return rules[:MOST_RULES]


def _text_height(quads: npt.NDArray[np.float32]) -> float:
    if len(quads) == 0:
        return 0.0
    sides = np.linalg.norm(quads[:, (1, 2)] - quads[:, (0, 1)], axis=2)
    return float(np.median(sides.min(axis=1)))


@dataclass(frozen=True, slots=True)
class _Search:
    """How runs are looked for: in a picture `shrink` times smaller; the other measures in pixels of the whole one."""

    shrink: int
    least: int
    thin: int
    gap: int

    def runs(self, grey: Any) -> list[tuple[int, int, int, int]]:
        """Return horizontal rules as (x, y, width, height) in pixels of the whole picture."""
        least, gap, thickest = self.least // self.shrink, self.gap // self.shrink + 1, self.thin // self.shrink
        smooth = cv2.blur(grey, (SMOOTH, 1))
        dips = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, np.ones((self.thin, 1), np.uint8))
        ink = cv2.compare(dips, DARKER_BY, cv2.CMP_GT)
        if self.shrink > 1:
            ink = cv2.dilate(ink, np.ones((2, 2), np.uint8), anchor=(0, 0))[::2, ::2]
        thick = cv2.dilate(ink, np.ones((2, 1), np.uint8))  # a rule may step by a pixel
        healed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
        runs = cv2.morphologyEx(healed, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
        joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((1, 2 * gap + 1), np.uint8))
        contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        found: list[tuple[int, int, int, int]] = []
        for contour in contours:
            x, y, wide, high = cv2.boundingRect(contour)
            thickness = cv2.countNonZero(joined[y : y + high, x : x + wide]) / wide
            slim = thickness <= thickest + 1 and wide >= 4 * thickness and high <= thickest + 1 + wide * 0.02
            if wide >= least and slim:
                found.append((x * self.shrink, y * self.shrink, wide * self.shrink, high * self.shrink))
        return found


def _is_dash(x: int, y: int, wide: int, high: int, text: npt.NDArray[np.float32]) -> bool:
    """Tell whether a horizontal run is made of text: a dash, the feet of 租金, words of two cells and what parts them.

    Such a run goes through lines of text and leaves them nowhere for as long as a rule must at least be.
    """
    if len(text) == 0:
        return False
    middle = y + high / 2
    tall = text[:, 3] - text[:, 1]
    inside = (middle > text[:, 1] + 0.08 * tall) & (middle < text[:, 3] - 0.08 * tall)
    reach = 0.3 * tall
    inside &= (text[:, 0] - reach < x + wide) & (text[:, 2] + reach > x)
    if not inside.any():
        return False
    bare = max(float(LEAST_LENGTH), LEAST_HEIGHTS * float(np.median(tall[inside])))
    reached = float(x)
    for start, end in sorted(zip((text[:, 0] - reach)[inside], (text[:, 2] + reach)[inside], strict=True)):
        if start - reached >= bare:
            return False
        reached = max(reached, float(end))
    return x + wide - reached < bare


def _is_stroke(x: int, y: int, wide: int, high: int, text: npt.NDArray[np.float32]) -> bool:
    """Tell whether a vertical run goes mostly through lines of text: an l, a bar, strokes of letters one above another.

    The rule between two columns, too, may pass through a line that was taken for one, but not through most.
    """
    if len(text) == 0:
        return False
    middle = x + wide / 2
    tall = text[:, 3] - text[:, 1]
    if high > LONGEST_STROKE * float(np.median(tall)):
        return False  # strokes of letters do not meet through so many lines; lines were taken for one across it
    through = (middle > text[:, 0] + 0.2 * tall) & (middle < text[:, 2] - 0.2 * tall)
    covered = np.minimum(text[:, 3], y + high) - np.maximum(text[:, 1], y)
    return bool(covered[through & (covered > 0)].sum() > MOSTLY * high)


def _without_letters(x: float, top: float, bottom: float, text: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Cut off an end that is no rule but the stroke of a letter above or below it."""
    first, last = top, bottom
    for left, high, right, low in text:
        if left + 0.2 * (low - high) < x < right - 0.2 * (low - high):
            # The ends are those the run came with: boxes of close lines overlap, and one would lead to the next.
            if high < first < low < bottom:
                top = max(top, float(low))
            elif top < high < last < low:
                bottom = min(bottom, float(high))
    return (top, bottom) if top < bottom else (first, last)
