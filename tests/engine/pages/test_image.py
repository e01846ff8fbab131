"""The arithmetic of the pixel budget holds for every page and every budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.pages.image import GRID, PageImage, PageSize, fit

sides = st.floats(min_value=1e-3, max_value=1e6)


@given(
    width=sides,
    height=sides,
    scale=st.floats(1e-3, 100),
    most=st.integers(1, 10**9),
    grid=st.sampled_from([1, 8, GRID]),
)
def test_a_page_never_costs_more_than_its_budget(
    width: float, height: float, scale: float, most: int, grid: int
) -> None:
    drawn = fit(PageSize(width, height), max_pixels=most, scale=scale, grid=grid)

    assert drawn[0] % grid == drawn[1] % grid == 0
    assert min(drawn) >= grid
    assert drawn[0] * drawn[1] <= max(most, grid * grid)


@given(
    width=st.floats(50, 5000),
    ratio=st.floats(0.2, 5),
    scale=st.floats(0.2, 10),
    most=st.integers(100_000, 50_000_000),
)
def test_the_shape_of_the_page_is_kept(width: float, ratio: float, scale: float, most: int) -> None:
    page = PageSize(width, width * ratio)

    drawn_width, drawn_height = fit(page, max_pixels=most, scale=scale)

    across, down = drawn_width / page.width, drawn_height / page.height
    assert across == pytest.approx(down, rel=1.5 / min(drawn_width, drawn_height) + 0.01)
    assert max(across, down) <= scale + 1 / page.width + 1 / page.height


@given(scale=st.floats(0.5, 4))
def test_the_wished_scale_is_met_where_the_budget_allows(scale: float) -> None:
    assert fit(PageSize(600, 800), max_pixels=10**8, scale=scale) == (round(600 * scale), round(800 * scale))


@pytest.mark.parametrize(
    "page", [PageSize(0, 5), PageSize(5, -1), PageSize(float("nan"), 5), PageSize(5, float("inf"))]
)
def test_a_page_that_cannot_be_is_refused(page: PageSize) -> None:
    with pytest.raises(ValueError):
        fit(page, max_pixels=1000, scale=1)


@pytest.mark.parametrize(("scale", "most"), [(0, 100), (-1, 100), (float("nan"), 100), (1, 0)])
def test_a_budget_that_cannot_be_is_refused(scale: float, most: int) -> None:
    with pytest.raises(ValueError):
        fit(PageSize(5, 5), max_pixels=most, scale=scale)


def test_pixels_must_fit_their_size() -> None:
    with pytest.raises(ValueError):
        PageImage(2, 2, b"\0" * 11, PageSize(2, 2))
