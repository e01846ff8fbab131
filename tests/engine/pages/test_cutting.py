"""A page is cut in two between its lines, as they are drawn or as it names them."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.pages.cutting import LEAST_FREE, REACH, cut_of, gap_between
from engine.pages.image import PageImage, PageSize
from engine.pages.turning import as_picture, turned_by
from tests.support.paper import A4, Paper, line

WORDS = "The quick brown fox jumps over the lazy dog near the river bank."
CROWDED = [line("Hq(jM)g|" * 5, 40 + 11.0 * row, x=60) for row in range(70)]
CROWDED += [line("Hq(jM)g|" * 5, 45 + 11.0 * row, x=300) for row in range(70)]


def cut(paper: Paper) -> float | None:
    """Return where an upright page is cut, in points."""
    found = asyncio.run(cut_of(paper, 1))
    assert found.turned == 0
    return None if found.at is None else found.at * A4.height


def test_the_cut_runs_between_two_lines() -> None:
    lines = [line(f"{number} {WORDS}", 60 + 16.0 * number) for number in range(44)]

    at = cut(Paper(lines))

    assert at is not None and abs(at - 421) < 20
    assert not any(each.box.y0 + 1 < at < each.box.y1 - 1 for each in lines)


def test_a_high_gap_near_the_middle_is_better_than_a_low_one_in_it() -> None:
    lines = [line(WORDS, 60 + 16.0 * number) for number in range(20)]
    lines += [line(WORDS, 400 + 16.0 * number) for number in range(20)]

    at = cut(Paper(lines))

    assert at is not None and 375 < at < 400


def test_rules_that_run_down_the_page_are_no_print() -> None:
    lines = [line(WORDS, 60 + 16.0 * number) for number in range(44)]

    assert cut(Paper(lines, rules=(50.0, 300.0, 550.0))) is not None


def test_print_without_a_gap_is_not_cut() -> None:
    assert cut(Paper(CROWDED)) is None


def test_an_empty_page_is_cut_in_the_middle() -> None:
    assert cut(Paper()) == pytest.approx(A4.height / 2, abs=5)


class OnItsSide(Paper):
    """The same paper, put in turned by a quarter: its top is at the left."""

    async def render(
        self, number: int, *, scale: float, max_pixels: int, grid: int = 1, urgent: bool = False
    ) -> PageImage:
        image = await super().render(number, scale=scale, max_pixels=max_pixels)
        turned = turned_by(as_picture(image), 270)
        return PageImage(turned.width, turned.height, turned.tobytes(), PageSize(A4.height, A4.width))

    async def size(self, number: int) -> PageSize:
        return PageSize(A4.height, A4.width)


def test_a_page_on_its_side_is_cut_between_its_lines() -> None:
    lines = [line(f"{number} {WORDS}", 60 + 16.0 * number) for number in range(44)]
    shown: list[PageImage] = []

    async def look(image: PageImage) -> int:
        shown.append(image)
        return 90

    upright = asyncio.run(cut_of(Paper(lines), 1, look=look))
    assert upright.turned == 0 and not shown
    found = asyncio.run(cut_of(OnItsSide(lines), 1, look=look))
    assert found.turned == 90 and len(shown) == 1
    assert found.at == pytest.approx(upright.at, abs=0.01)
    assert asyncio.run(cut_of(OnItsSide(lines), 1, turned=90)) == found


boxes = st.lists(st.tuples(st.floats(-50, 900), st.floats(0.1, 60)), max_size=60)


@given(boxes)
def test_a_gap_between_lines_holds_none_of_them(rows: list[tuple[float, float]]) -> None:
    lines = [line("words", y, height=height) for y, height in rows]

    gap = gap_between(lines, PageSize(595, 842))

    if gap is not None:
        assert 0.5 - REACH <= gap.top < gap.bottom <= 0.5 + REACH
        assert gap.bottom - gap.top >= LEAST_FREE
        for each in lines:
            assert each.box.y1 / 842 <= gap.top or each.box.y0 / 842 >= gap.bottom
