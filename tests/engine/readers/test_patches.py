from __future__ import annotations

import cv2
import numpy as np

from engine.readers.patches import new_among, patches_outside
from engine.readers.pixels import Pixels

NOTHING = np.zeros((0, 4, 2), np.float32)


def paper(*words: tuple[int, int]) -> Pixels:
    picture = np.full((2300, 1600, 3), 255, np.uint8)
    for x, y in words:
        cv2.putText(picture, "word", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3)
    return picture


def square(x: float, y: float, side: float) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]


def test_lonely_ink_is_a_patch_and_what_was_found_is_none() -> None:
    picture = paper((200, 300), (900, 2200))
    first, second = patches_outside(picture, NOTHING) or []
    assert first.left < 200 and first.top < 270 and first.right > 280 and first.bottom > 300
    (left,) = patches_outside(picture, np.array([square(180, 240, 130)], np.float32)) or []
    assert left == second


def test_paper_grain_specks_and_rules_are_no_patches() -> None:
    picture = paper()
    picture -= np.random.default_rng(1).integers(0, 12, (2300, 1600, 1)).astype(np.uint8)
    picture[500:503, 100:1500] = 0
    picture[100:2200, 50:53] = 0
    picture[1200:1203, 800:803] = 0
    assert patches_outside(picture, NOTHING) == []


def test_a_page_full_of_ink_is_not_looked_at_piece_by_piece() -> None:
    assert (
        patches_outside(paper(*[(x, y) for x in range(50, 1500, 220) for y in range(60, 2300, 160)]), NOTHING) is None
    )


def test_a_line_is_new_where_no_better_one_is() -> None:
    known = [np.array(square(0, 0, 50), np.float32)]
    seen = [np.array(square(*place), np.float32) for place in ((5, 5, 40), (100, 100, 40), (101, 101, 40))]
    assert new_among(seen, [0.9, 0.7, 0.8], known) == [2]
