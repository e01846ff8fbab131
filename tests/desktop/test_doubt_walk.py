"""The way through the doubtful words of a document, where their bubble stands, and what is cut out of the page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize

from desktop.bubble_place import Side, place_bubble
from desktop.cropping import cut, region_of
from desktop.doubt_walk import Step, Stop, next_stop
from engine.output.blocks import Box
from engine.pages.image import PageImage, PageSize

COUNTS = {2: 2, 3: 0, 5: 1}


def test_the_walk_goes_through_a_page_and_on_to_the_next_that_has_some() -> None:
    assert next_stop(COUNTS, None, 2, forward=True) == Step(Stop(2, 0))
    assert next_stop(COUNTS, Stop(2, 0), 2, forward=True) == Step(Stop(2, 1))
    assert next_stop(COUNTS, Stop(2, 1), 2, forward=True) == Step(Stop(5, 0))
    assert next_stop(COUNTS, Stop(5, 0), 5, forward=True) == Step(Stop(2, 0), wrapped=True)


def test_the_walk_goes_back_the_same_way() -> None:
    assert next_stop(COUNTS, Stop(5, 0), 5, forward=False) == Step(Stop(2, 1))
    assert next_stop(COUNTS, Stop(2, 1), 2, forward=False) == Step(Stop(2, 0))
    assert next_stop(COUNTS, Stop(2, 0), 2, forward=False) == Step(Stop(5, 0), wrapped=True)


def test_who_went_to_another_page_begins_there() -> None:
    assert next_stop(COUNTS, Stop(2, 0), 4, forward=True) == Step(Stop(5, 0))
    assert next_stop(COUNTS, Stop(5, 0), 4, forward=False) == Step(Stop(2, 1))
    assert next_stop(COUNTS, Stop(5, 0), 2, forward=False) == Step(Stop(2, 1))


def test_without_doubts_there_is_nowhere_to_go() -> None:
    assert next_stop({1: 0}, None, 1, forward=True) is None


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 3), min_size=1), st.integers(1, 9), st.booleans())
def test_every_word_is_met_once_before_one_comes_again(counts: dict[int, int], page: int, forward: bool) -> None:
    met: list[Stop] = []
    at: Stop | None = None
    for _ in range(sum(counts.values())):
        step = next_stop(counts, at, page, forward=forward)
        assert step is not None
        at, page = step.stop, step.stop.number
        met.append(at)
    assert sorted(met) == [Stop(number, index) for number in sorted(counts) for index in range(counts[number])]


def test_the_bubble_stands_below_the_word_if_it_can() -> None:
    room = QRect(0, 0, 800, 600)

    below = place_bubble(QRect(400, 100, 50, 16), QSize(300, 200), room)
    above = place_bubble(QRect(400, 500, 50, 16), QSize(300, 200), room)
    beside = place_bubble(QRect(400, 150, 50, 16), QSize(300, 500), room)

    assert [spot.side for spot in (below, above, beside) if spot] == [Side.BELOW, Side.ABOVE, Side.RIGHT]


@given(*[st.integers(0, 500)] * 2, *[st.integers(1, 300)] * 2, *[st.integers(1, 400)] * 2)
def test_the_bubble_never_covers_the_word_nor_leaves_the_window(
    x: int, y: int, w: int, h: int, bw: int, bh: int
) -> None:
    room, word = QRect(0, 0, 640, 480), QRect(x, y, w, h)

    spot = place_bubble(word, QSize(bw, bh), room)

    assert spot is None or (room.contains(spot.rect) and not spot.rect.intersects(word))


coordinates = st.floats(-2000, 3000)


@given(*[coordinates] * 4, *[st.floats(0.5, 3000)] * 2)
def test_what_is_shown_lies_on_the_page(
    x0: float, y0: float, x1: float, y1: float, width: float, height: float
) -> None:
    region = region_of(Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), width, height)

    assert -0.01 <= region.x0 <= region.x1 <= width + 0.01
    assert -0.01 <= region.y0 <= region.y1 <= height + 0.01
    assert region.area > 0


def test_the_word_is_in_the_middle_of_what_is_cut_out() -> None:
    pixels = bytearray(b"\xff" * (1000 * 1400 * 3))
    at = (300 * 1000 + 500) * 3
    pixels[at : at + 3] = b"\x00\x00\x00"  # one black pixel where the word stands
    page = PageImage(1000, 1400, bytes(pixels), PageSize(500, 700))

    crop = cut(page, Box(249.5, 149, 251, 151))

    centre = crop.word.center()
    found = [
        (x, y)
        for x in range(crop.image.width())
        for y in range(crop.image.height())
        if crop.image.pixelColor(x, y).red() < 9
    ]
    assert len(found) == 1
    assert abs(found[0][0] - centre.x()) < 2 and abs(found[0][1] - centre.y()) < 2
    assert crop.image.width() > 2 * crop.image.height()
