from __future__ import annotations

import numpy as np
import pytest

from engine.readers.detect import clockwise
from engine.readers.orientation import best_turn, in_reading_direction, lies, probes


def boxes(*sizes: tuple[float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([[[0, 0], [w, 0], [w, h], [0, h]] for w, h in sizes], np.float32).reshape(-1, 4, 2)


def test_a_page_of_tall_rectangles_lies_and_one_of_wide_ones_does_not() -> None:
    assert lies(boxes((20, 300), (20, 200), (40, 20)))
    assert not lies(boxes((300, 20), (200, 20), (20, 40)))
    assert not lies(boxes())


def test_probes_are_lines_of_middling_length_and_never_single_characters() -> None:
    chosen = probes(boxes((20, 20), (500, 20), (100, 20), (110, 20), (120, 20), (900, 20), (15, 20)))
    assert {2, 3, 4} & set(chosen)
    assert not {0, 6} & set(chosen)
    assert len(chosen) == 3


def test_where_there_are_only_short_ones_the_longest_speak() -> None:
    assert probes(boxes((20, 20), (30, 20))) == [0, 1]
    assert probes(boxes()) == []


@pytest.mark.parametrize(("turned", "start"), [(0, (0, 0)), (90, (0, 10)), (180, (100, 10)), (270, (100, 0))])
def test_the_first_corner_is_where_the_line_begins(turned: int, start: tuple[int, int]) -> None:
    corners = in_reading_direction(boxes((100, 10)), turned)[0]
    assert tuple(corners[0]) == start


@pytest.mark.parametrize(
    ("scores", "turn"),
    [
        ([(0, 0.99), (180, 0.55)], 0),
        ([(0, 0.55), (180, 0.98)], 180),
        ([(270, 0.60), (90, 0.97)], 90),
        ([(0, 0.32), (180, 0.58)], 0),  # a script the networks do not know: leave the page as it is
        ([(0, 0.75), (180, 0.78)], 0),
    ],
)
def test_a_page_is_turned_only_for_a_clearly_better_reading(scores: list[tuple[int, float]], turn: int) -> None:
    assert best_turn(scores) == turn


def test_corners_are_put_in_order_from_the_top_left() -> None:
    shuffled = np.array([[100, 12], [0, 10], [100, 2], [0, 0]], np.float32)
    assert clockwise(shuffled).tolist() == [[0, 0], [100, 2], [100, 12], [0, 10]]
