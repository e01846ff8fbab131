"""The estimate: it says nothing before it can, and then neither a burst nor the last pages lead it astray."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.pace import Pace


def simulated(seconds: list[float], slots: int) -> list[tuple[float, float, float | None]]:
    """Read pages of these lengths in so many slots; return, at each end, time, true rest, and the rest as estimated."""
    pace, now = Pace(), 0.0
    waiting, flights = list(seconds), list[tuple[float, float]]()  # (ends at, began at)
    told = []
    while waiting or flights:
        while waiting and len(flights) < slots:
            flights.append((now + waiting.pop(0), now))
        ends, began = min(flights)
        now = ends
        pace.note(ends - began, len(flights))
        flights.remove((ends, began))
        while waiting and len(flights) < slots:
            flights.append((now + waiting.pop(0), now))
        told.append((now, pace.left(len(waiting), [now - since for _, since in flights])))
    return [(at, now - at, left) for at, left in told]


@pytest.mark.parametrize("slots", [1, 4, 12, 32])
@pytest.mark.parametrize("total", [40, 200])
def test_pages_of_equal_length_are_estimated_rightly_from_early_on(slots: int, total: int) -> None:
    told = simulated([3.0] * total, slots)
    said = [(true, left) for _, true, left in told if left is not None]
    assert len(said) >= len(told) - slots // 2 - 1
    for true, left in said:
        assert left == pytest.approx(true, abs=3.1)  # within one page: a burst is no speed


@pytest.mark.parametrize("slots", [1, 8, 24])
def test_pages_of_all_lengths_are_estimated_within_a_third_or_one_long_page(slots: int) -> None:
    lengths = [1.0 + (7 * n % 11) / 2 for n in range(240)]
    told = simulated(lengths, slots)
    middle = [(true, left) for _, true, left in told[len(told) // 4 : len(told) * 3 // 4]]
    for true, left in middle:
        assert left == pytest.approx(true, rel=0.34, abs=max(lengths))


def test_nothing_is_said_before_half_of_those_in_flight_have_ended() -> None:
    pace = Pace()
    assert (pace.rate(8), pace.left(50, [1.0] * 8)) == (None, None)
    for _ in range(3):
        pace.note(2.0, 8)
    assert pace.rate(8) is None
    pace.note(2.0, 8)
    assert pace.rate(8) == pytest.approx(4.0)
    assert pace.left(40, [0.0] * 8) == pytest.approx(12.0)
    pace.forget()
    assert pace.rate(8) is None


def test_the_last_page_is_not_over_at_once() -> None:
    pace = Pace()
    for _ in range(20):
        pace.note(30.0, 10)
    assert pace.left(0, [5.0]) == pytest.approx(25.0)
    assert pace.left(0, [90.0]) == 0.0
    assert pace.left(0, []) == 0.0


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(1, 500)), max_size=60),
    st.integers(0, 10_000),
    st.lists(st.floats(0, 1e6), max_size=40),
)
def test_whatever_was_noted_the_estimate_is_a_number_or_nothing(
    noted: list[tuple[float, int]], waiting: int, under_way: list[float]
) -> None:
    pace = Pace()
    for seconds, together in noted:
        pace.note(seconds, together)
    rate, left = pace.rate(len(under_way)), pace.left(waiting, under_way)
    assert rate is None or rate > 0
    assert left is None or left >= -1e-6 * max(1.0, sum(under_way))
