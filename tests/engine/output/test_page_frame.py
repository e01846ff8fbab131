"""Places of a model in page units: through crop, turn and resize, right to a pixel of the resized grid."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, Mend
from engine.output.blocks import Box, Point, Quad
from engine.output.page_frame import PageFrame
from tests.support.answers import read, sheet

TURNS = st.sampled_from([0, 90, 180, 270])


@pytest.mark.parametrize(
    ("turned", "corner"),
    [(0, Point(100, 50)), (90, Point(100, 250)), (180, Point(400, 250)), (270, Point(400, 50))],
)
def test_the_first_corner_of_the_picture_on_the_page(turned: int, corner: Point) -> None:
    frame = PageFrame(600, 800, Box(100, 50, 400, 250), turned)

    assert frame.to_page(0, 0) == corner


def test_a_whole_page_is_its_own_region() -> None:
    assert PageFrame(600, 800).area == Box(0, 0, 600, 800)


@given(TURNS, st.integers(1, 60), st.integers(1, 60), st.data())
def test_every_pixel_of_the_resized_grid_comes_back_to_where_it_was(
    turned: int, columns: int, rows: int, data: st.DataObject
) -> None:
    """A region is turned and squeezed to a grid of 32 pixels a step; each pixel is taken back to the page."""
    left, top = data.draw(st.floats(0, 300)), data.draw(st.floats(0, 300))
    region = Box(left, top, left + data.draw(st.floats(10, 300)), top + data.draw(st.floats(10, 300)))
    frame = PageFrame(600, 600, region, turned)
    width, height = 32 * columns, 32 * rows
    x, y = data.draw(st.integers(0, width)), data.draw(st.integers(0, height))

    place = frame.to_page(x / width, y / height)

    # The other way: into the region, turned clockwise, resized.
    across, down = (place.x - region.x0) / region.width, (place.y - region.y0) / region.height
    turned_places = {0: (across, down), 90: (1 - down, across), 180: (1 - across, 1 - down), 270: (down, 1 - across)}
    again = turned_places[turned]
    assert math.isclose(again[0] * width, x, abs_tol=1e-6)
    assert math.isclose(again[1] * height, y, abs_tol=1e-6)


@given(TURNS, st.tuples(*[st.integers(0, 1000)] * 4))
def test_a_spotted_line_begins_where_its_first_letter_is(turned: int, numbers: tuple[int, int, int, int]) -> None:
    left, right = sorted(numbers[:2])
    top, bottom = sorted(numbers[2:])
    frame = PageFrame(500, 700, Box(50, 60, 450, 360), turned)

    (line,) = read(
        f"<ref>a</ref><quad>({left},{top}),({right},{bottom})</quad>", AnswerForm.SPOTTING, frame=frame
    ).lines

    assert line.quad.a == frame.to_page(left / 1000, top / 1000)
    assert line.quad.b == frame.to_page(right / 1000, top / 1000)
    assert line.quad.c == frame.to_page(right / 1000, bottom / 1000)
    assert line.quad.d == frame.to_page(left / 1000, bottom / 1000)
    assert line.box.x0 >= 50 - 1e-9 and line.box.x1 <= 450 + 1e-9


def test_a_quad_that_leans_keeps_its_corners() -> None:
    paper = sheet()

    quad = paper.quad([(100, 120), (300, 100), (305, 140), (105, 160)])

    assert quad == Quad(Point(100, 120), Point(300, 100), Point(305, 140), Point(105, 160))
    assert not paper.notes


@pytest.mark.parametrize(
    ("corners", "box"),
    [
        ([(-5, 20), (1200, 1001)], Box(0, 20, 1000, 1000)),  # outside
        ([(300, 40), (100, 20)], Box(100, 20, 300, 40)),  # swapped
        ([(10, 20), (30, 40), (50, 60), (70, 80)], Box(10, 20, 30, 40)),  # no way round: a box and something more
    ],
)
def test_places_are_brought_inside(corners: list[tuple[float, float]], box: Box) -> None:
    quad = sheet().quad(corners)

    assert quad is not None and quad.box == box


def test_what_was_brought_inside_is_counted() -> None:
    answer = read("a(1,2),(3,4)b(1,2),(3,4000)c(9,9),(3,4)", AnswerForm.SPOTTING)

    assert answer.count(Mend.PLACES) == 2


def test_fewer_than_two_corners_are_no_place() -> None:
    assert sheet().quad([(1, 2)]) is None
