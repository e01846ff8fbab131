"""Lines that the network took for one across the white between two columns are cut there, where the ink allows it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.readers.pixels import Pixels, Quads

LONG = 15.0
"""Only lines of so many heights are looked at."""
NEAR = 14.0
"""Lines above and below within so many heights tell where columns begin and end."""
BEGUN, ENDED = 4, 3
"""So many of them must begin at one place, and so many end shortly before it."""
RAGGED = 2.5
"""How far before the next column (in heights) a line may end and still count."""
WHITE = 0.4
"""The white must be so many heights wide."""
SPECKS = 0.03
"""A column of pixels with less ink than this is white."""


def split_at_gutters(picture: Pixels, quads: Quads) -> Quads:
    """Return the lines, with those cut in two that run on from one column into the next.

    Args:
        picture: The page as shown, RGB.
        quads: Corners of the lines, (n, 4, 2) in its pixels, start-top first and clockwise, lines running across.
    """
    if len(quads) < BEGUN + ENDED:
        return quads
    low, high = quads.min(axis=1), quads.max(axis=1)
    tall = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    usual = float(np.median(tall))
    parts: list[npt.NDArray[np.float32]] = []
    for index, quad in enumerate(quads):
        cut = None
        if high[index, 0] - low[index, 0] > LONG * usual and tall[index] < 2 * usual:
            for place in _places(index, low, high, usual):
                cut = _white(picture, quad, place, usual)
                if cut is not None:
                    break
        parts += [quad] if cut is None else [_stretch(quad, 0.0, cut[0]), _stretch(quad, cut[1], 1.0)]
    return np.array(parts, np.float32).reshape(-1, 4, 2)


def _places(index: int, low: Quads, high: Quads, usual: float) -> list[float]:
    """Return where columns begin within a line, going by the lines near to it, the likeliest place first."""
    middle = (low[:, 1] + high[:, 1]) / 2
    near = np.abs(middle - middle[index]) < NEAR * usual
    near[index] = False
    inner = near & (low[:, 0] > low[index, 0] + 4 * usual) & (low[:, 0] < high[index, 0] - 4 * usual)
    found: list[tuple[int, float]] = []
    for place in np.unique(np.round(low[inner, 0])):
        begun = int((inner & (np.abs(low[:, 0] - place) < 0.4 * usual)).sum())
        ended = int((near & (high[:, 0] < place + 0.4 * usual) & (high[:, 0] > place - RAGGED * usual)).sum())
        crossing = int((near & (low[:, 0] < place - usual) & (high[:, 0] > place + usual)).sum())
        if begun >= BEGUN and ended >= ENDED and 5 * crossing < begun + ended:
            found.append((begun + ended, float(place)))
    return [place for _, place in sorted(found, reverse=True)[:3]]


def _white(picture: Pixels, quad: Any, place: float, usual: float) -> tuple[float, float] | None:
    """Return from which to which share of the line the white before `place` reaches, None where there is ink."""
    left, right = int(place - RAGGED * usual), int(place + 0.6 * usual)
    slope = (quad[1, 1] - quad[0, 1]) / max(quad[1, 0] - quad[0, 0], 1.0)
    top = float(quad[0, 1] + slope * (place - quad[0, 0]))
    depth = float(np.linalg.norm(quad[3] - quad[0]))
    first, last = int(top + 0.12 * depth), int(top + 0.88 * depth)
    part = picture[max(first, 0) : last, max(left, 0) : right]
    if part.size == 0:
        return None
    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    white = ink.mean(axis=0) < SPECKS
    best: tuple[int, int] = (0, 0)
    begun = 0
    for column, is_white in enumerate([*white, False]):
        if is_white:
            continue
        if column - begun > best[1] - best[0]:
            best = (begun, column)
        begun = column + 1
    if best[1] - best[0] < WHITE * usual:
        return None
    rim = 0.25 * (best[1] - best[0])
    long = max(float(quad[1, 0] - quad[0, 0]), 1.0)
    from_share = (max(left, 0) + best[0] + rim - float(quad[0, 0])) / long
    to_share = (max(left, 0) + best[1] - rim - float(quad[0, 0])) / long
    return (from_share, to_share) if 0.0 < from_share < to_share < 1.0 else None


def _stretch(quad: Any, start: float, end: float) -> npt.NDArray[np.float32]:
    """Return the part of a line between two shares of its length."""
    along_top, along_foot = quad[1] - quad[0], quad[2] - quad[3]
    corners = (
        quad[0] + start * along_top,
        quad[0] + end * along_top,
        quad[3] + end * along_foot,
        quad[3] + start * along_foot,
    )
    return np.array(corners, np.float32)
