from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.readers.detect import GRID, rectangles, second_scale, tile_spans
from engine.readers.pixels import Pixels, Quads

NOTHING = np.zeros((0, 4, 2), np.float32)


def written(letters: float) -> tuple[Pixels, Quads]:
    """Return a picture with ten lines of letters about so many pixels high, and where they are."""
    picture = np.full((1000, 1000, 3), 255, np.uint8)
    quads = []
    for y in range(80, 980, 90):
        cv2.putText(picture, "nouns and verbs", (40, y), cv2.FONT_HERSHEY_SIMPLEX, letters / 15, (0, 0, 0), 1)
        quads.append([[35, y - letters * 2], [900, y - letters * 2], [900, y + letters], [35, y + letters]])
    return picture, np.array(quads, np.float32)


def test_a_second_look_is_taken_where_the_letters_are_too_small_in_the_first() -> None:
    picture, quads = written(20)
    assert second_scale(picture, quads, 0.5) is None
    larger = second_scale(picture, quads, 0.1)
    assert larger is not None
    assert larger > 0.2


def test_a_blank_page_is_not_looked_at_twice_and_an_unclear_one_is() -> None:
    assert second_scale(np.full((500, 500, 3), 250, np.uint8), NOTHING, 0.4) is None
    picture, _ = written(5)
    assert second_scale(picture, NOTHING, 0.4) == 0.8
    assert second_scale(picture, NOTHING, 1.0) is None


def test_print_that_the_first_look_does_not_show_at_all_is_suspected_in_a_large_picture() -> None:
    picture, quads = written(20)
    for y in range(10, 990, 30):
        cv2.putText(picture, "n o u n s " * 8, (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1)
    assert second_scale(picture, quads[:1], 0.25) is not None


@given(st.integers(1, 400), st.integers(1, 6))
def test_tiles_cover_the_whole_side_overlap_and_lie_on_the_grid(cells: int, count: int) -> None:
    length = cells * GRID
    spans = tile_spans(length, min(count, cells))
    assert spans[0][0] == 0
    assert spans[-1][1] == length
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert start < end
    assert all(start % GRID == 0 and end % GRID == 0 and start < end for start, end in spans)


@pytest.mark.parametrize("fall", [0.0, 0.05])
def test_a_bright_band_becomes_a_rectangle_a_little_larger_than_itself(fall: float) -> None:
    heat = np.zeros((160, 320), np.float32)
    band = np.array([[40, 60], [280, 60 + 240 * fall], [280, 76 + 240 * fall], [40, 76]], np.int32)
    cv2.fillPoly(heat, [band], 0.9)
    found = rectangles(heat, 2.0, 2.0, 640, 320)
    assert len(found.quads) == 1
    assert found.scores[0] > 0.8
    quad = found.quads[0] / 2
    assert cv2.contourArea(quad) > 1.5 * cv2.contourArea(band.astype(np.float32))
    assert abs(quad[0][0] - 40) < 20
    assert abs((quad[1][1] - quad[0][1]) - (quad[1][0] - quad[0][0]) * fall) < 4


def test_dim_spots_and_specks_are_nothing() -> None:
    heat = np.full((160, 320), 0.2, np.float32)
    heat[50:52, 50:52] = 0.9
    heat[100:120, 50:200] = 0.4
    assert len(rectangles(heat, 1.0, 1.0, 320, 160).quads) == 0
