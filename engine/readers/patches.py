"""Ink that the look at the whole page passed over: the detection network misses a lonely word in much white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engine.readers.pixels import Pixels, Quads

VIEW_PIXELS = 960 * 680
"""Ink is sought in a picture of this size; an A4 page at 82 dpi."""
CONTRAST = 20
"""So far (of 255) ink differs from what is around it; grey text on white is ink, the grain of a scan is not."""
AROUND = 41
"""Side of the square (in pixels of the view) that tells what is around."""
REACH = (29, 13)
"""Ink nearer than this, across and down, belongs together: a line and the lines under it."""
LEAST_INK = 6
LEAST_SIDE = 4
"""Pixels of the view; what is smaller or thinner is dirt, a dot or a rule."""
LONG = 100
"""Straight ink of this length is a rule or a frame."""
MARGIN = 20
"""White left around a patch."""
MOST_PATCHES = 12
MOST_COVERED = 0.4
"""Patches that cover more of the page than this are a photograph or a page full of print."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of the picture worth a closer look, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int

    def cut(self, picture: Pixels) -> Pixels:
        """Cut it out."""
        return np.ascontiguousarray(picture[self.top : self.bottom, self.left : self.right])


def patches_outside(picture: Pixels, quads: Quads) -> list[Patch] | None:
    """Return where there is ink outside the lines that were found, None where it is too much to look at piece by piece.

    Args:
        picture: The page as shown, RGB.
        quads: Corners of the lines found, (n, 4, 2) in its pixels.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, (VIEW_PIXELS / (height * width)) ** 0.5)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    view = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (wide, high), interpolation=cv2.INTER_AREA)
    ink = (cv2.absdiff(view, cv2.blur(view, (AROUND, AROUND))) > CONTRAST).astype(np.uint8)
    ratio = np.array((wide / width, high / height), np.float32)
    for side in ((LONG, 1), (1, LONG)):
        ink -= cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(side, np.uint8))
    cv2.fillPoly(ink, [np.round(quad * ratio).astype(np.int32) for quad in quads], 0)
    near = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_RECT, REACH))
    _, labels = cv2.connectedComponents(near, connectivity=8)
    rows, columns = np.nonzero(ink)
    of = labels[rows, columns]
    found: list[Patch] = []
    covered = 0
    for label in np.flatnonzero(np.bincount(of) >= LEAST_INK):
        mine = of == label
        left, right = int(columns[mine].min()), int(columns[mine].max()) + 1
        top, bottom = int(rows[mine].min()), int(rows[mine].max()) + 1
        if max(right - left, bottom - top) < LEAST_SIDE or min(right - left, bottom - top) < 2:
            continue
        covered += (right - left) * (bottom - top)
        if len(found) == MOST_PATCHES or covered > MOST_COVERED * wide * high:
            return None
        found.append(
            Patch(
                max(0, int((left - MARGIN) / ratio[0])),
                max(0, int((top - MARGIN) / ratio[1])),
                min(width, int((right + MARGIN) / ratio[0]) + 1),
                min(height, int((bottom + MARGIN) / ratio[1]) + 1),
            )
        )
    return found


def new_among(quads: Sequence[Quads], scores: Sequence[float], known: Sequence[Quads]) -> list[int]:
    """Return which of `quads` are not among `known` yet: their middle lies in none of them, nor in an earlier one."""
    taken = [np.array(quad, np.float32) for quad in known]
    kept: list[int] = []
    for index in sorted(range(len(quads)), key=lambda at: -scores[at]):
        middle = quads[index].mean(axis=0)
        if any(cv2.pointPolygonTest(quad, (float(middle[0]), float(middle[1])), False) >= 0 for quad in taken):
            continue
        taken.append(quads[index])
        kept.append(index)
    return sorted(kept)
