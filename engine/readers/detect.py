"""Where the lines of text stand in a picture: the detection network, and the rectangles made of what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.readers.patches import Patch, new_among, patches_outside
from engine.readers.pixels import Pixels, Quads
from engine.readers.print_size import glyph_height, specks_outside

GRID = 32
"""The network wants sides that are multiples of this."""
FIRST_PIXELS = 960 * 680
"""Pixels of the first look: an A4 page at 82 dpi, which lost no line of ordinary print."""
MOST_PIXELS = 2_600_000
"""Pixels looked at in one piece; larger pictures are looked at in tiles, so that memory stays flat."""
SMALL_GLYPH = 3.4
"""Letters lower than this (in pixels of the look) are missed or run together: a second look is taken."""
WISHED_GLYPH = 5.0
"""Height of the letters in the second look."""
LARGE = 0.3
"""A picture shrunk to less than this may hold print that the first look does not show at all."""
SPECKS = 80
"""So many letter-like specks outside all lines found are such print."""
FEW = 8
"""With so few lines the page is mostly empty, and ink outside them is looked at by itself."""
TILE_OVERLAP = 96
INK = 0.3
"""From this probability on a pixel counts as text."""
SCORE = 0.5
"""Mean probability a rectangle must have."""
GROWTH = 1.6
"""The network marks the core of a line; the rectangle grows by area × growth ÷ perimeter on every side."""
BLANK = 40
"""With less between its lightest and its darkest pixel a picture is blank."""
LEAST_SIDE = 3.0
MOST_LINES = 3000


@dataclass(frozen=True, slots=True)
class Detection:
    """Rectangles around lines, corners as x, y in pixels of the whole picture, start-top first and clockwise.

    `quads` has the shape (n, 4, 2); for a rectangle higher than wide the corners still begin at the top left.
    """

    quads: Quads
    scores: tuple[float, ...]


class Detector:
    """The detection network in one session."""

    def __init__(self, model: Path, *, threads: int) -> None:
        """Load the network (about 0.1 s)."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def look(self, picture: Pixels) -> Detection:
        """Find the lines of an RGB picture of shape (height, width, 3), small print included."""
        height, width = picture.shape[:2]
        scale = min(1.0, (FIRST_PIXELS / (height * width)) ** 0.5)
        found = self._look_at_scale(picture, scale)
        if scale < 1.0 and len(found.quads) <= FEW:
            patches = patches_outside(picture, found.quads)
            if patches is not None:
                found = self._with_patches(picture, found, patches)
                if len(found.quads) == 0:
                    return found  # there is nothing but dirt
        wished = second_scale(picture, found.quads, scale)
        if wished is not None:
            second = self._look_at_scale(picture, wished)
            if len(second.quads) >= len(found.quads):
                return second
        return found

    def _with_patches(self, picture: Pixels, found: Detection, patches: Sequence[Patch]) -> Detection:
        """Add the lines that a closer look shows in these parts of the picture."""
        quads, scores = list(found.quads), list(found.scores)
        for patch in patches:
            part = patch.cut(picture)
            closer = self._look_at_scale(part, min(1.0, (FIRST_PIXELS / (part.shape[0] * part.shape[1])) ** 0.5))
            there = [quad + np.array((patch.left, patch.top), np.float32) for quad in closer.quads]
            for index in new_among(there, closer.scores, quads):
                quads.append(there[index])
                scores.append(closer.scores[index])
        return Detection(np.array(quads, np.float32).reshape(-1, 4, 2), tuple(scores))

    def _look_at_scale(self, picture: Pixels, scale: float) -> Detection:
        height, width = picture.shape[:2]
        wide, high = (max(GRID, round(side * scale / GRID) * GRID) for side in (width, height))
        small = picture
        if (wide, high) != (width, height):
            how = cv2.INTER_AREA if scale < 0.67 else cv2.INTER_LINEAR
            small = cv2.resize(picture, (wide, high), interpolation=how)
        heat = self._heat(small) if wide * high <= MOST_PIXELS else self._heat_of_tiles(small)
        return rectangles(heat, width / wide, height / high, width, height)

    def _heat(self, picture: Pixels) -> npt.NDArray[np.float32]:
        blob: Any = cv2.dnn.blobFromImage(picture, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
        heat: npt.NDArray[np.float32] = self._session.run(None, {self._input: blob})[0][0, 0]
        return heat

    def _heat_of_tiles(self, picture: Pixels) -> npt.NDArray[np.float32]:
        height, width = picture.shape[:2]
        heat = np.zeros((height, width), np.float32)
        rows, columns = -(-height // 1536), -(-width // 1536)
        for top, bottom in tile_spans(height, rows):
            for left, right in tile_spans(width, columns):
                part = self._heat(np.ascontiguousarray(picture[top:bottom, left:right]))
                np.maximum(heat[top:bottom, left:right], part, out=heat[top:bottom, left:right])
        return heat


def tile_spans(length: int, count: int) -> list[tuple[int, int]]:
    """Cut `length` (a multiple of the grid) into `count` overlapping spans whose sides lie on the grid."""
    step = length / count
    spans = []
    for index in range(count):
        start = max(0, int(index * step - TILE_OVERLAP) // GRID * GRID)
        end = min(length, -int(-((index + 1) * step + TILE_OVERLAP) // GRID) * GRID)
        spans.append((start, end))
    return spans


def second_scale(picture: Pixels, quads: Quads, scale: float) -> float | None:
    """Return the scale for a second look, None where the first (at `scale`) showed all print large enough."""
    if scale >= 1.0:
        return None
    if len(quads) == 0:
        return min(1.0, 2 * scale) if int(picture.max()) - int(picture.min()) > BLANK else None
    glyphs = glyph_height(picture, quads) * scale
    if 0.0 < glyphs < SMALL_GLYPH:
        return min(1.0, scale * WISHED_GLYPH / max(glyphs, 1.5))
    if scale < LARGE and specks_outside(picture, quads) > SPECKS:
        return min(1.0, 2 * scale)
    return None


def rectangles(heat: npt.NDArray[np.float32], ratio_x: float, ratio_y: float, width: int, height: int) -> Detection:
    """Turn the network's probabilities into rectangles in a picture of `width` × `height` pixels."""
    mask = cv2.dilate((heat > INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    quads: list[npt.NDArray[np.float32]] = []
    scores: list[float] = []
    for contour in contours[:MOST_LINES]:
        centre, (side_a, side_b), angle = cv2.minAreaRect(contour)
        if min(side_a, side_b) < LEAST_SIDE:
            continue
        score = _mean_inside(heat, cv2.boxPoints((centre, (side_a, side_b), angle)))
        if score < SCORE:
            continue
        grown = side_a * side_b * GROWTH / (2 * (side_a + side_b))
        corners = cv2.boxPoints((centre, (side_a + 2 * grown, side_b + 2 * grown), angle))
        corners[:, 0] = np.clip(corners[:, 0] * ratio_x, 0, width - 1)
        corners[:, 1] = np.clip(corners[:, 1] * ratio_y, 0, height - 1)
        quads.append(clockwise(corners))
        scores.append(score)
    return Detection(np.array(quads, np.float32).reshape(-1, 4, 2), tuple(scores))


def _mean_inside(heat: npt.NDArray[np.float32], corners: npt.NDArray[np.float32]) -> float:
    high, wide = heat.shape
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (wide - 1, high - 1))
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, (wide - 1, high - 1))
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [np.round(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(heat[top : bottom + 1, left : right + 1], mask)[0])


def clockwise(corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Order four corners of a rectangle: top left first, then clockwise."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)
