"""How a start's bar moves, how long it may still take, and what counts as silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.health import PATIENCE_S, USUAL_S, StartHistory, StartWatch
from engine.server.state import PHASES, StartPhase
from tests.support.starts import BEGINNINGS, CORE, OPEN, Clock, graph, shard, watch_at
from tests.support.vllm_logs import log_of, names


@pytest.mark.parametrize("phase", [phase for phase in PHASES[:-1] if phase is not StartPhase.GRAPHS])
def test_the_bar_creeps_with_the_clock_and_never_past_the_phase(phase: StartPhase) -> None:
    # given a start that stands in one phase, of which no steps are told
    clock = Clock()
    watch = watch_at(phase, clock=clock)
    begin = watch.progress
    end = watch_at(PHASES[PHASES.index(phase) + 1]).progress

    # when time passes, then it moves on, ever slower, and never beyond
    seen = [begin]
    for passed in (0.25, 0.5, 1.0, 2.0, 4.0, 1000.0):
        clock.now = 1000.0 + passed * USUAL_S[phase]
        seen.append(watch.progress)
    assert seen == sorted(seen)
    assert begin < seen[1] < seen[2] < seen[3] < seen[4] < end
    assert seen[-1] <= end + 1e-9


def test_the_bar_creeps_within_a_step_and_not_past_it() -> None:
    clock = Clock()
    watch = watch_at(StartPhase.WEIGHTS, clock=clock)
    watch.feed(shard(1, 4))
    clock.now += 10_000.0
    waited = watch.progress
    watch.feed(shard(2, 4))

    assert waited <= watch.progress < watch_at(StartPhase.PROFILING).progress


def test_the_bar_is_divided_as_earlier_starts_were() -> None:
    # given a machine where compiling takes nearly all of the time, and graphs are not captured
    history = StartHistory(
        dict.fromkeys(PHASES, 0.0)
        | {StartPhase.INTERPRETER: 10.0, StartPhase.PROFILING: 80.0, StartPhase.SERVING: 10.0}
    )

    assert watch_at(StartPhase.PROFILING, history=history).progress == pytest.approx(0.1)
    assert watch_at(StartPhase.SERVING, history=history).progress == pytest.approx(0.9)


def test_what_is_left_is_told_from_earlier_starts_and_not_guessed() -> None:
    clock = Clock()
    history = StartHistory(dict.fromkeys(PHASES, 10.0))
    watch = watch_at(StartPhase.PROFILING, history=history, clock=clock)

    assert history.total == 60.0
    assert watch.seconds_left == pytest.approx(40.0)
    clock.now += 5.0
    assert watch.seconds_left == pytest.approx(35.0)
    clock.now += 500.0
    assert watch.seconds_left == pytest.approx(30.0, abs=0.1)
    watch.feed(BEGINNINGS[StartPhase.SERVING])
    watch.feed(OPEN)
    assert watch.seconds_left == 0.0
    assert watch_at(StartPhase.PROFILING).seconds_left is None
    assert watch_at(StartPhase.PROFILING, history=StartHistory({})).seconds_left is None


def test_the_time_of_each_phase_is_reported() -> None:
    clock = Clock()
    watch = StartWatch(clock=clock)
    for seconds, phase in enumerate((StartPhase.WEIGHTS, StartPhase.PROFILING, StartPhase.PAGE_MEMORY), start=1):
        clock.now += seconds
        watch.feed(BEGINNINGS[phase])
    clock.now += 7.0

    assert watch.report.seconds == {
        StartPhase.INTERPRETER: 1.0,
        StartPhase.WEIGHTS: 2.0,
        StartPhase.PROFILING: 3.0,
        StartPhase.PAGE_MEMORY: 7.0,
    }


@pytest.mark.parametrize("phase", PHASES)
def test_silence_is_a_stall_after_a_time_that_the_phase_allows(phase: StartPhase) -> None:
    clock = Clock()
    watch = watch_at(phase, clock=clock)

    assert not watch.stalled(clock.now + PATIENCE_S[phase] - 1)
    assert watch.stalled(clock.now + PATIENCE_S[phase] + 1)


def test_any_word_is_a_sign_of_life_but_not_what_a_hanging_engine_says() -> None:
    clock = Clock()
    watch = watch_at(StartPhase.GRAPHS, clock=clock)
    limit = PATIENCE_S[StartPhase.GRAPHS]

    # when it says anything
    clock.now += limit - 1
    assert not watch.feed("(EngineCore pid=7) DEBUG 11-20 10:01:01 [x.py:1] something new")
    assert not watch.stalled(clock.now + limit - 1)

    # and when it only says that it waits
    clock.now += limit - 1
    watch.feed(
        f"{CORE} [shm_broadcast.py:681] No available shared memory broadcast block found in 60 seconds. "
        "This typically happens when some processes are hanging"
    )
    watch.feed(f"{CORE} [utils.py:1407] Waiting for 1 local, 0 remote core engine proc(s) to start.")
    watch.feed("\n")
    assert watch.stalled(clock.now + 2)


def test_a_slow_machine_is_given_more_time() -> None:
    history = StartHistory(dict.fromkeys(PHASES, 1000.0))
    clock = Clock()
    watch = watch_at(StartPhase.WEIGHTS, history=history, clock=clock)

    assert not watch.stalled(clock.now + 2900.0)
    assert watch.stalled(clock.now + 3100.0)


def moments() -> st.SearchStrategy[list[tuple[str, float]]]:
    """Lines of any start in any order, mixed with anything, and how much time passes after each."""
    known = [line for name in names() for line in log_of(name) if "pid=" in line or "%" in line]
    line = (
        st.sampled_from([*BEGINNINGS.values(), OPEN, shard(1, 4), shard(4, 4), graph(3, 67), *known[::9]]) | st.text()
    )
    return st.lists(st.tuples(line, st.floats(0, 400)), max_size=40)


@given(moments(), st.none() | st.fixed_dictionaries({phase: st.floats(0, 1e5) for phase in PHASES}))
def test_progress_never_goes_back_whatever_is_said(
    told: list[tuple[str, float]], seconds: dict[StartPhase, float] | None
) -> None:
    clock = Clock()
    watch = StartWatch(history=None if seconds is None else StartHistory(seconds), clock=clock)
    before, phase = watch.progress, watch.phase
    for line, passed in told:
        watch.feed(line)
        clock.now += passed

        assert before <= watch.progress <= 1.0
        assert PHASES.index(watch.phase) >= PHASES.index(phase)
        assert watch.step is None or 0 <= watch.step[0] <= watch.step[1]
        assert watch.seconds_left is None or watch.seconds_left >= 0.0
        assert all(spent >= 0 for spent in watch.report.seconds.values())
        before, phase = watch.progress, watch.phase
