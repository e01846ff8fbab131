"""The plot of the last minutes: what it keeps, how often it paints, what it says to those who do not see it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPaintEvent
from pytestqt.qtbot import QtBot

from desktop.views.engine_live import NOTHING, LiveView
from desktop.views.rate_plot import KEPT, WINDOW_S, RatePlot, nice_top
from tests.support.fake_engine import GIB, sample


class CountingPlot(RatePlot):
    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's own name
        self.painted += 1
        super().paintEvent(event)


@pytest.fixture
def plot(qtbot: QtBot) -> CountingPlot:
    made = CountingPlot()
    qtbot.addWidget(made)
    made.resize(340, made.sizeHint().height())
    made.show()
    qtbot.waitUntil(lambda: made.painted > 0)
    return made


def test_five_minutes_are_shown_and_no_more_is_kept_than_that_takes(plot: CountingPlot) -> None:
    for at in range(0, 4000, 2):
        plot.add(sample(float(at)))

    assert len(plot._samples) == KEPT
    assert plot.samples[0].at == 3998 - WINDOW_S
    assert plot.samples[-1].at == 3998


@pytest.mark.slow
def test_many_samples_are_painted_together(plot: CountingPlot, qtbot: QtBot) -> None:
    before = plot.painted
    for at in range(200):
        plot.add(sample(float(at), into=at, out=at / 2))
    qtbot.wait(100)

    assert plot.painted - before <= 1
    qtbot.waitUntil(lambda: plot.painted - before == 2, timeout=5000)
    assert plot.accessibleDescription() == "now 199 in and 100 out, at most 199"


def test_lines_gaps_and_a_single_point_can_be_drawn(plot: CountingPlot) -> None:
    seen = [plot.grab().toImage()]
    for samples in (
        [sample(0.0, into=50, out=20)],
        [sample(float(at), into=50, out=20) for at in range(0, 300, 2)],
        [sample(float(at), into=50, out=20) for at in (*range(0, 100, 2), *range(200, 300, 2))],
        [sample(float(at), into=float("inf"), out=20) for at in range(0, 300, 2)],
    ):
        plot._samples.clear()
        plot._samples.extend(samples)
        seen.append(plot.grab().toImage())

    assert all(one != other for index, one in enumerate(seen) for other in seen[:index])


@pytest.mark.parametrize(("value", "top"), [(0, 100), (100, 100), (101, 200), (430, 500), (1234, 2000), (1e12, 5e8)])
def test_the_scale_ends_with_a_round_number(value: float, top: float) -> None:
    assert nice_top(value) == top


def test_figures_are_told_and_taken_back(qtbot: QtBot) -> None:
    live = LiveView()
    qtbot.addWidget(live)
    height = live.sizeHint().height()

    live.show_sample(sample(running=4, waiting=2, memory=0.37, into=1234.4, out=345.6), round(7.9 * GIB))

    assert [value.text() for value in live.values] == [
        *("7.9 GiB, by all programs", "37 %", "4 being read, 2 waiting", "1\u00a0234 in, 346 out")
    ]
    assert live.values[2].accessibleName() == "Pages at once: 4 being read, 2 waiting"
    live.show_sample(sample(), None)
    assert live.values[0].text() == NOTHING
    live.show_nothing()
    assert [value.text() for value in live.values] == [NOTHING] * 4
    assert live.sizeHint().height() == height
