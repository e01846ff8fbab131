"""The words at the foot of the window, and the list of pages beside it."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.models.pages import PagesModel, PageStatus, ReadState
from desktop.rendering import Wish
from desktop.views.progress_strip import ProgressStrip, round_rate, round_seconds
from desktop.views.thumbnails import Thumbnails
from engine.errors import NotFound
from engine.events import Progress
from engine.pages.image import PageImage, PageSize
from tests.support.desk import until

A4 = PageSize(595.0, 842.0)


def test_progress_is_told_in_one_line(qtbot: Any) -> None:
    strip = ProgressStrip()
    qtbot.addWidget(strip)

    strip.show_progress(Progress(34, 3, 200, pages_per_second=2.4, seconds_left=68.0))

    assert strip._words.text() == "37 of 200 pages · 3 failed · 2.4 pages/s · 1 min 10 s left"
    strip.show_progress(Progress(35, 3, 200, pages_per_second=9.0, seconds_left=18.0))
    assert strip._words.text().startswith("38 of 200 pages · 3 failed · 2.4 pages/s"), "the rest changes by the clock"
    strip._tick()
    assert "2.4 pages/s" not in strip._words.text()
    height = strip.height()
    strip.show_idle("All pages are read.")
    assert (strip._words.text(), strip.height()) == ("All pages are read.", height)


@pytest.mark.parametrize(("seconds", "said"), [(0.2, 1), (12.4, 12), (61.0, 60), (68.0, 70), (1000.0, 990)])
def test_times_are_rounded_as_people_say_them(seconds: float, said: int) -> None:
    assert round_seconds(seconds) == said


@pytest.mark.parametrize(("rate", "said"), [(0.423, "0.42"), (2.44, "2.4"), (37.2, "37")])
def test_rates_have_two_figures(rate: float, said: str) -> None:
    assert round_rate(rate) == said


@pytest.mark.qloop
async def test_small_pictures_are_drawn_only_for_rows_in_sight() -> None:
    asked: set[int] = set()

    async def draw(wish: Wish) -> PageImage:
        asked.add(wish.number)
        return PageImage(60, 85, bytes(60 * 85 * 3), A4)

    model = PagesModel()
    model.reset(2000)
    view = Thumbnails(model)
    view.resize(140, 600)
    view.show()
    view.show_document(draw)
    view.set_sizes(1, [A4] * 2000)

    await until(lambda: asked >= {1, 2, 3})
    await until(lambda: view._renders is not None and view._renders.idle)
    assert max(asked) <= 5
    view.set_current(1500)
    await until(lambda: 1500 in asked)
    await until(lambda: view.picture(1500) is not None)
    assert len(asked) < 20
    view.clear()
    assert view.cached_bytes == 0


@pytest.mark.qloop
async def test_every_state_looks_different() -> None:
    model = PagesModel()
    model.reset(1)
    view = Thumbnails(model)
    view.resize(140, 200)
    view.show()
    seen = []
    for status in (
        PageStatus(1),
        PageStatus(1, ReadState.WAITING),
        PageStatus(1, ReadState.READING, 0.1),
        PageStatus(1, ReadState.READING, 0.9),
        PageStatus(1, ReadState.DONE),
        PageStatus(1, ReadState.FAILED, error=NotFound()),
    ):
        model.update([status])
        seen.append(view.viewport().grab().toImage())

    assert all(one != other for index, one in enumerate(seen) for other in seen[:index])
    assert model.data(model.index(0), 3) == "Page 1: failed"  # Qt.ItemDataRole.ToolTipRole
