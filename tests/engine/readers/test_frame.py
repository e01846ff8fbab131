from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from engine.output.blocks import Box, Cell, Point, Quad, Rule, Table
from engine.output.page_frame import turn_of
from engine.readers.frame import Frame, skew_of

TURNS = st.sampled_from((0, 90, 180, 270))
SIDES = st.floats(10, 5000)
FRAMES = st.builds(Frame, SIDES, SIDES, TURNS, st.floats(-20, 20))
SHARES = st.floats(0, 1)


@given(FRAMES, SHARES, SHARES)
def test_a_place_carried_into_the_upright_frame_and_back_is_where_it_was(frame: Frame, x: float, y: float) -> None:
    place = Point(x * frame.width, y * frame.height)
    back = frame.to_page(frame.to_upright(place))
    assert math.dist(place, back) < 1e-6 * max(frame.width, frame.height)


@given(SIDES, SIDES, TURNS, SHARES, SHARES)
def test_without_skew_the_upright_page_holds_every_place(
    width: float, height: float, turned: int, x: float, y: float
) -> None:
    frame = Frame(width, height, turned)
    upright = frame.to_upright(Point(x * width, y * height))
    upright_width, upright_height = frame.upright_size
    assert -1e-6 <= upright.x <= upright_width + 1e-6
    assert -1e-6 <= upright.y <= upright_height + 1e-6


def test_a_page_turned_by_a_quarter_has_its_top_where_it_is_read() -> None:
    # Shown lying: the top of the text is at the left edge. Turned clockwise, the left edge becomes the top.
    frame = Frame(200, 100, turned=90)
    assert frame.upright_size == (100, 200)
    assert frame.to_upright(Point(0, 100)) == Point(0, 0)
    assert frame.to_upright(Point(200, 0)) == Point(100, 200)


@given(TURNS, st.floats(-15, 15), st.floats(0.1, 3))
def test_skew_is_measured_from_lines_whatever_the_turn(turned: int, skew: float, length_share: float) -> None:
    # given lines of an upright page, carried to a page as it is shown
    frame = Frame(1000, 1400, turned, skew)
    quads = [
        frame.quad_to_upright(Quad.from_box(Box(0, 0, 1, 1)))  # too short to count
    ] + [
        Quad(*(frame.to_page(corner) for corner in Quad.from_box(Box(100, y, 100 + 200 * length_share + 60, y + 12))))
        for y in range(100, 900, 40)
    ]
    # when their skew is measured, then it is the page's, or nothing where it is too little
    measured = skew_of(quads[1:], turned)
    assert measured == 0.0 if abs(skew) < 0.14 else abs(measured - skew) < 0.2


@given(TURNS, st.floats(-15, 15))
def test_the_turn_of_a_page_is_seen_from_the_tops_of_its_lines(turned: int, skew: float) -> None:
    frame = Frame(1000, 1400, turned, skew)
    quads = [frame.quad_to_page(Quad.from_box(Box(200, y, 500, y + 12))) for y in range(300, 800, 50)]
    assert turn_of(quads) == turned


def test_a_table_carried_back_takes_its_cells_along() -> None:
    frame = Frame(200, 100, turned=180)
    table = Table(
        Box(10, 10, 60, 30), row_count=1, column_count=1, cells=(Cell(0, 0, "x", box=Box(10, 10, 60, 30)), Cell(0, 0))
    )
    back = frame.block_to_page(table)
    assert isinstance(back, Table)
    assert back.box == Box(140, 70, 190, 90)
    assert back.cells[0].box == back.box
    assert back.cells[1].box is None


def test_a_horizontal_rule_of_a_lying_page_becomes_vertical() -> None:
    rule = Frame(200, 100, turned=90, skew=3.0).rule_to_upright(Rule(10, 50, 110, 50))
    assert rule == Rule(50, 10, 50, 110)
