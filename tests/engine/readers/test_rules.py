from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.readers.pixels import Pixels, Quads
from engine.readers.rules import PixelRule, find_rules

NOTHING = np.zeros((0, 4, 2), np.float32)


def paper(noise: float = 0.0) -> Pixels:
    white = np.full((600, 800, 3), 245, np.uint8)
    if not noise:
        return white
    dirt = np.random.default_rng(7).normal(0, noise, white.shape)
    return np.clip(white + dirt, 0, 255).astype(np.uint8)


def text_boxes(*places: tuple[int, int, int, int]) -> Quads:
    return np.array([[[a, b], [c, b], [c, d], [a, d]] for a, b, c, d in places], np.float32)


def near(rules: list[PixelRule], x0: float, y0: float, x1: float, y1: float, by: float = 10) -> bool:
    wanted = (x0, y0, x1, y1)
    return any(
        all(abs(have - want) <= by for have, want in zip((r.x0, r.y0, r.x1, r.y1), wanted, strict=True)) for r in rules
    )


@pytest.mark.parametrize("noise", [0.0, 12.0])
def test_the_grid_of_a_table_is_found_line_for_line(noise: float) -> None:
    picture = paper(noise)
    for y in (100, 160, 220):
        cv2.line(picture, (100, y), (700, y), (0, 0, 0), 2)
    for x in (100, 300, 700):
        cv2.line(picture, (x, 100), (x, 220), (90, 90, 90), 1)
    rules = find_rules(picture, text_boxes((120, 115, 260, 145)))
    assert len(rules) == 6
    assert near(rules, 100, 160, 700, 160)
    assert near(rules, 300, 100, 300, 220)


def test_a_rule_with_small_breaks_is_one_rule() -> None:
    picture = paper()
    for x in range(100, 700, 60):
        cv2.line(picture, (x, 300), (x + 55, 300), (0, 0, 0), 2)
    assert len(find_rules(picture, NOTHING)) == 1


def test_letters_dashes_and_underscores_in_text_are_no_rules() -> None:
    picture = paper()
    cv2.putText(picture, "HIL lll ---- T|T", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 3)
    cv2.line(picture, (150, 285), (230, 285), (0, 0, 0), 3)
    assert find_rules(picture, text_boxes((90, 250, 560, 325))) == []


def test_words_of_neighbouring_cells_that_touch_their_border_are_no_rule() -> None:
    # given: two words whose strokes run on at one height, the border between their cells joining them
    picture = paper()
    cv2.line(picture, (100, 300), (198, 300), (0, 0, 0), 3)
    cv2.line(picture, (198, 300), (300, 300), (0, 0, 0), 3)
    cv2.line(picture, (200, 200), (200, 400), (0, 0, 0), 2)
    # when
    rules = find_rules(picture, text_boxes((95, 270, 192, 330), (208, 270, 305, 330)))
    # then: the border alone is left
    assert [rule for rule in rules if rule.y0 == rule.y1] == []
    assert near(rules, 200, 200, 200, 400, by=12)


def test_a_rule_that_runs_on_beyond_the_text_it_touches_is_kept() -> None:
    picture = paper()
    cv2.line(picture, (100, 300), (700, 300), (0, 0, 0), 2)
    assert near(find_rules(picture, text_boxes((120, 265, 300, 310))), 100, 300, 700, 300)


def test_a_border_that_words_of_two_cells_were_joined_across_is_found_whole() -> None:
    # given: dense rows whose boxes overlap, each taken for one line across the border
    picture = paper()
    cv2.line(picture, (300, 100), (300, 500), (0, 0, 0), 2)
    lines = [(150, 100 + 40 * row, 450, 145 + 40 * row) for row in range(10)]
    assert near(find_rules(picture, text_boxes(*lines)), 300, 100, 300, 500, by=45)


def test_a_picture_and_a_dark_bar_are_no_rules() -> None:
    picture = paper()
    cv2.rectangle(picture, (100, 100), (700, 180), (20, 20, 20), -1)
    assert not [rule for rule in find_rules(picture, NOTHING) if 105 < rule.y0 < 175 and 105 < rule.x0 < 695]


def test_a_skewed_rule_is_found_in_the_straightened_page() -> None:
    picture = paper()
    fall = np.tan(np.radians(2.0))
    cv2.line(picture, (100, round(300 - 300 * fall)), (700, round(300 + 300 * fall)), (0, 0, 0), 2)
    rules = find_rules(picture, NOTHING, skew=2.0)
    assert len(rules) == 1
    assert near(rules, 100, 300, 700, 300)
