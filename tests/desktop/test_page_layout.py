"""Where pages stand: nothing overlaps, nothing jumps, and what is at a place can be found again."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.views.page_layout import GAP, Fit, PageLayout, Zoom
from engine.pages.image import PageSize

sizes = st.lists(st.builds(PageSize, st.floats(1, 5000), st.floats(1, 5000)), min_size=1, max_size=30)
zooms = st.builds(Zoom, st.sampled_from(Fit), st.floats(0.01, 50))
viewports = st.tuples(st.floats(1, 4000), st.floats(1, 4000))


def laid_out(pages: list[PageSize], zoom: Zoom, viewport: tuple[float, float]) -> PageLayout:
    layout = PageLayout(len(pages), "pt")
    layout.set_sizes(1, pages)
    layout.set_view(zoom, *viewport)
    return layout


@given(sizes, zooms, viewports)
def test_pages_stand_under_one_another_without_touching(
    pages: list[PageSize], zoom: Zoom, viewport: tuple[float, float]
) -> None:
    layout = laid_out(pages, zoom, viewport)

    rects = [layout.rect(number) for number in range(1, len(pages) + 1)]

    for upper, lower in itertools.pairwise(rects):
        assert lower.y == pytest.approx(upper.y + upper.height + GAP)
    assert layout.height == pytest.approx(rects[-1].y + rects[-1].height + GAP)
    assert all(rect.x >= 0 and rect.x + rect.width <= layout.width + 1e-6 for rect in rects)


@given(sizes, zooms, viewports, st.floats(0, 1), st.floats(0, 1), zooms)
def test_a_spot_is_found_again_after_zooming(
    pages: list[PageSize],
    zoom: Zoom,
    viewport: tuple[float, float],
    across: float,
    down: float,
    other: Zoom,
) -> None:
    layout = laid_out(pages, zoom, viewport)
    x, y = across * layout.width, down * layout.height
    spot = layout.spot(x, y)

    layout.set_view(other, *viewport)
    layout.set_view(zoom, *viewport)

    assert layout.where(spot) == pytest.approx((x, y), abs=0.01)


@given(sizes, zooms, viewports)
def test_the_page_at_a_place_is_the_one_that_stands_there(
    pages: list[PageSize], zoom: Zoom, viewport: tuple[float, float]
) -> None:
    layout = laid_out(pages, zoom, viewport)

    for number in range(1, len(pages) + 1):
        rect = layout.rect(number)
        assert layout.page_at(rect.y + rect.height / 2) == number


def test_sizes_that_become_known_do_not_move_the_pages_above() -> None:
    layout = PageLayout(100, "pt")
    layout.set_sizes(1, [PageSize(600, 800)])
    before = layout.rect(10)

    layout.set_sizes(50, [PageSize(600, 200)] * 10)

    assert layout.rect(10) == before
    assert layout.unknown(20, 20)
    assert not layout.unknown(50, 59)


def test_fitting_takes_the_whole_width_but_never_blows_a_snippet_up() -> None:
    layout = laid_out([PageSize(600, 800)], Zoom(Fit.WIDTH), (832, 600))
    assert layout.rect(1).width == pytest.approx(800)

    snippet = laid_out([PageSize(40, 10)], Zoom(Fit.WIDTH), (1000, 600))
    assert snippet.factor(1) == pytest.approx(4.0)

    whole = laid_out([PageSize(600, 800)], Zoom(Fit.PAGE), (2000, 428))
    assert whole.rect(1).height == pytest.approx(400)
