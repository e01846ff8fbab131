"""How many pages a server is asked together: what it can, whatever it measures, and never none."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from engine.readers.appetite import CROWD, FIRST_AT_SHARED, GOOD_ANSWERS, MOST_AT_SHARED, Appetite
from engine.server.metrics import Sample


@dataclass
class Measured:
    """What was measured so far."""

    loads: list[Sample] = field(default_factory=list)

    def add(self, running: int, waiting: int, memory: float = 0.5) -> None:
        self.loads.append(Sample(float(len(self.loads)), running, waiting, memory, 0.0, 0.0))


def shared(measured: Measured | None = None) -> Appetite:
    appetite = own(12, measured or Measured())
    appetite.begin(shared=True)
    return appetite


def own(planned: int, measured: Measured) -> Appetite:
    return Appetite(lambda: planned, lambda: measured.loads)


# -- an engine of our own --------------------------------------------------------------------------------------------


def test_our_own_engine_gets_what_it_was_planned_for() -> None:
    measured = Measured()
    appetite = own(12, measured)
    appetite.begin(shared=False)

    assert appetite.limit == 12
    for _ in range(10):
        measured.add(running=12, waiting=1)  # the one that begins when another ends
        assert appetite.limit == 12


def test_it_gets_less_when_pages_wait_for_longer_and_more_again_when_none_does() -> None:
    measured = Measured()
    appetite = own(12, measured)

    measured.add(running=5, waiting=7)
    assert appetite.limit == 12  # it may have been the moment
    measured.add(running=5, waiting=7)
    assert appetite.limit == 5
    for expected in (6, 7, 8):
        measured.add(running=5, waiting=0)
        assert appetite.limit == expected


def test_it_gets_less_before_its_page_memory_is_full() -> None:
    measured = Measured()
    appetite = own(6, measured)

    measured.add(running=6, waiting=0, memory=0.97)
    assert appetite.limit == 5
    measured.add(running=5, waiting=0, memory=0.9)
    assert appetite.limit == 5
    measured.add(running=5, waiting=0, memory=0.6)
    assert appetite.limit == 6


def test_what_was_measured_counts_once() -> None:
    measured = Measured()
    appetite = own(6, measured)
    measured.add(running=6, waiting=0, memory=0.97)

    assert [appetite.limit for _ in range(5)] == [5] * 5


def test_a_plan_that_changes_is_followed() -> None:
    planned = [12]
    appetite = Appetite(lambda: planned[0])

    planned[0] = 3
    assert appetite.limit == 3
    planned[0] = 0
    assert appetite.limit == 1


# -- a shared server ---------------------------------------------------------------------------------------------------


def test_a_shared_server_gets_a_few_pages_and_one_more_after_many_good_answers() -> None:
    appetite = shared()

    assert appetite.limit == FIRST_AT_SHARED
    for _ in range(GOOD_ANSWERS):
        appetite.answered()
    assert appetite.limit == FIRST_AT_SHARED + 1
    for _ in range(100 * GOOD_ANSWERS):
        appetite.answered()
    assert appetite.limit == MOST_AT_SHARED


def test_one_that_is_busy_gets_half_however_many_pages_it_refused_at_once() -> None:
    appetite = shared()
    for _ in range(4 * GOOD_ANSWERS):
        appetite.answered()
    turns = [appetite.begin(shared=True) for _ in range(8)]

    for turn in turns:
        appetite.refused(turn)
    assert appetite.limit == FIRST_AT_SHARED

    appetite.refused(appetite.begin(shared=True))
    assert appetite.limit == FIRST_AT_SHARED // 2


def test_one_that_is_measured_gets_more_only_while_it_has_what_it_may() -> None:
    measured = Measured()
    appetite = shared(measured)

    measured.add(running=1, waiting=0)
    assert appetite.limit == FIRST_AT_SHARED  # one page of ours is there: more are not wanted
    for _ in range(FIRST_AT_SHARED - 1):
        appetite.begin(shared=True)
    measured.add(running=4, waiting=0)
    assert appetite.limit == FIRST_AT_SHARED + 1
    for _ in range(10 * GOOD_ANSWERS):
        appetite.answered()
    assert appetite.limit == FIRST_AT_SHARED + 1  # its figures tell more than answers do


def test_others_who_fill_it_are_made_room_for() -> None:
    measured = Measured()
    appetite = shared(measured)

    for expected in (4, 3, 2, 1, 1):
        measured.add(running=30, waiting=9)
        assert appetite.limit == expected


def test_changing_to_our_own_engine_begins_anew() -> None:
    appetite = shared()

    appetite.begin(shared=False)
    assert appetite.limit == 12


# -- whatever happens --------------------------------------------------------------------------------------------------

loads = st.tuples(st.integers(0, 60), st.integers(0, 60), st.floats(0, 1))
happenings = st.lists(st.one_of(loads, st.sampled_from(["begin", "end", "answered", "refused"])), max_size=80)


@given(st.booleans(), st.integers(0, 40), happenings)
def test_it_is_never_fed_nothing_and_never_more_than_the_most(
    shared: bool, planned: int, happened: list[object]
) -> None:
    measured = Measured()
    appetite = own(planned, measured)
    turn = appetite.begin(shared=shared)

    for each in happened:
        match each:
            case "begin":
                turn = appetite.begin(shared=shared)
            case "end":
                appetite.end()
            case "answered":
                appetite.answered()
            case "refused":
                appetite.refused(turn)
            case (int(running), int(waiting), float(memory)):
                measured.add(running, waiting, memory)
        assert 1 <= appetite.limit <= (MOST_AT_SHARED if shared else max(1, planned))


@given(planned=st.integers(1, 40), can=st.integers(1, 40))
def test_it_settles_where_the_engine_has_what_it_can_and_few_wait(planned: int, can: int) -> None:
    # given: an engine that reads so many pages together, and a queue that always has another one
    measured = Measured()
    appetite = own(planned, measured)
    seen = []

    for _ in range(100):
        sent = appetite.limit + 1
        running = min(can, sent)
        measured.add(running, sent - running)
        seen.append((running, sent - running))

    for running, waiting in seen[10:]:
        assert running == min(can, planned + 1)  # never hungry
        assert waiting <= CROWD
