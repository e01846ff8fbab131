from __future__ import annotations

import cv2
import numpy as np

from engine.readers.gutters import split_at_gutters
from engine.readers.pixels import Pixels, Quads


def quad(x0: float, y0: float, x1: float, y1: float) -> list[list[float]]:
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


def page(rows: int, *, joined: int, gap: int = 30) -> tuple[Pixels, Quads]:
    """Two columns of bars for words, 400 pixels wide each; row `joined` is boxed as one line."""
    picture = np.full((60 + 36 * rows, 1000, 3), 250, np.uint8)
    boxes = []
    for row in range(rows):
        top = 30 + 36 * row
        for left in (60, 460 + gap):
            for word in range(8):
                at = left + 50 * word
                cv2.rectangle(picture, (at, top + 6), (at + 40, top + 20), (20, 20, 20), -1)
        ends = (60 - 4, 450 + 4), (460 + gap - 4, 850 + gap + 4)
        if row == joined:
            boxes.append(quad(ends[0][0], top, ends[1][1], top + 26))
        else:
            boxes += [quad(start, top, end, top + 26) for start, end in ends]
    return picture, np.array(boxes, np.float32)


def test_a_line_across_two_columns_is_cut_in_the_white_between_them() -> None:
    picture, quads = page(9, joined=4)
    split = split_at_gutters(picture, quads)
    assert len(split) == len(quads) + 1
    left, right = split[8], split[9]
    assert 450 < left[1][0] < right[0][0] < 492
    assert (left[0] == quads[8][0]).all() and (right[1] == quads[8][1]).all()


def test_a_line_with_ink_in_the_gutter_stays_whole() -> None:
    # given: a heading across both columns
    picture, quads = page(9, joined=4)
    cv2.rectangle(picture, (440, 30 + 36 * 4 + 6), (500, 30 + 36 * 4 + 20), (20, 20, 20), -1)
    assert len(split_at_gutters(picture, quads)) == len(quads)


def test_lines_of_one_column_are_left_alone() -> None:
    picture, quads = page(9, joined=4)
    whole = quads[[8]] + np.array([[[0, 36.0 * row]] for row in range(-4, 5)], np.float32)
    assert (split_at_gutters(picture, whole) == whole).all()
    nothing = np.zeros((0, 4, 2), np.float32)
    assert len(split_at_gutters(picture, nothing)) == 0
