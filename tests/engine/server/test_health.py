"""How far a start is: phases, progress, what is reported and what counts as silence, from the real one's lines."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.health import PATIENCE_S, USUAL_S, StartHistory, StartWatch, mixes_pages
from engine.server.state import PHASES, StartPhase
from tests.support.vllm_logs import GOOD_STARTS, good_start, log_of, names

GIB = 1 << 30
ALL_PHASES = list(PHASES)
EAGER_ON_GPU = [phase for phase in PHASES if phase is not StartPhase.GRAPHS]
EAGER_ON_CPU = [phase for phase in EAGER_ON_GPU if phase is not StartPhase.PROFILING]

CORE = "(EngineCore pid=7) INFO 11-20 10:00:18"
BEGINNINGS = {
    StartPhase.WEIGHTS: f"{CORE} [gpu_model_runner.py:5040] Starting to load model /m...",
    StartPhase.PROFILING: f"{CORE} [model_runner.py:425] Model loading took 1.87 GiB memory and 4.613822 seconds",
    StartPhase.PAGE_MEMORY: f"{CORE} [gpu_worker.py:760] Available KV cache memory: 2.14 GiB",
    StartPhase.GRAPHS: "Capturing CUDA graphs (PIECEWISE):   0%|          | 0/67 [00:00<?, ?it/s]",
    StartPhase.SERVING: f"{CORE} [core.py:403] init engine (profile, create kv cache, warmup model) took 66.30 s",
}
OPEN = "INFO:     Application startup complete."


class Clock:
    """A clock that is told what time it is."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def watch_at(phase: StartPhase, *, history: StartHistory | None = None, clock: Clock | None = None) -> StartWatch:
    """Return a watch whose start has just reached this phase."""
    watch = StartWatch(history=history, clock=clock or Clock())
    for each in PHASES[1 : PHASES.index(phase) + 1]:
        assert watch.feed(BEGINNINGS[each])
    assert watch.phase is phase
    return watch


def shard(done: int, of: int) -> str:
    percent = f"{100 * done // of:3d}%"
    return f"Loading safetensors checkpoint shards: {percent} Completed | {done}/{of} [00:01<00:03,  1.04it/s]"


def graph(done: int, of: int, kind: str = "mixed prefill-decode, PIECEWISE") -> str:
    return f"Capturing CUDA graphs ({kind}): {100 * done // of:3d}%|█▊        | {done}/{of} [00:01<00:06,  8.53it/s]"


@pytest.mark.parametrize(
    ("name", "phases"),
    [
        ("started_read_slept_stopped", EAGER_ON_CPU),
        ("core_killed_while_serving", EAGER_ON_CPU),
        ("gpu_start_new_runner", ALL_PHASES),
        ("gpu_start_old_runner", ALL_PHASES),
        ("gpu_start_eager", EAGER_ON_GPU),
    ],
)
def test_a_start_goes_through_its_phases_in_order(name: str, phases: list[StartPhase]) -> None:
    # given the log of a start that came up, line by line
    watch = StartWatch(clock=Clock())
    seen = [watch.phase]
    for line in good_start(name):
        watch.feed(line)
        seen.append(watch.phase)

    # then it is seen in each phase, and at the end the doors are open
    assert [phase for phase, _ in itertools.groupby(seen)] == phases
    assert watch.progress == 1.0


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("port_taken", StartPhase.INTERPRETER),
        ("tokenizer_missing", StartPhase.INTERPRETER),
        ("weights_cut", StartPhase.WEIGHTS),
        ("gpu_out_of_memory", StartPhase.PROFILING),
        ("too_long_for_memory", StartPhase.PAGE_MEMORY),
    ],
)
def test_a_start_that_failed_stays_where_it_was(name: str, phase: StartPhase) -> None:
    watch = StartWatch(clock=Clock())
    for line in log_of(name):
        watch.feed(line)

    assert watch.phase is phase
    assert watch.progress < 1.0


def test_what_a_start_reports_is_read() -> None:
    watch = StartWatch(clock=Clock())
    for line in good_start("gpu_start_new_runner"):
        watch.feed(line)

    # then the graphs that were only tried before the page memory was known do not count
    report = watch.report
    assert report.weights_bytes == round(1.87 * GIB)
    assert report.kv_bytes == round(2.14 * GIB)
    assert report.kv_tokens == 23_360
    assert report.graphs_bytes == round(0.19 * GIB)
    assert report.consumed_bytes == round(2.69 * GIB)
    assert report.peak_bytes == round(1.64 * GIB)
    assert report.max_model_len == 16_384


def test_older_words_and_the_processor_s_are_read_too() -> None:
    reports = {}
    for name in ("gpu_start_old_runner", "gpu_start_eager", "started_read_slept_stopped"):
        watch = StartWatch(clock=Clock())
        for line in good_start(name):
            watch.feed(line)
        reports[name] = watch.report

    old, eager, cpu = reports.values()
    assert (old.weights_bytes, old.kv_tokens, old.graphs_bytes) == (round(1.8661 * GIB), 38_432, round(0.26 * GIB))
    assert (eager.kv_bytes, eager.kv_tokens, eager.graphs_bytes) == (2 * GIB, 21_840, None)
    assert (cpu.weights_bytes, cpu.kv_bytes, cpu.max_model_len) == (None, GIB, 8192)


def test_steps_are_counted_within_a_phase() -> None:
    watch = watch_at(StartPhase.WEIGHTS)
    assert watch.step is None

    # when a bar is drawn line by line, or many times over one line
    assert watch.feed(shard(3, 4))
    assert watch.step == (3, 4)
    watch = watch_at(StartPhase.PAGE_MEMORY)
    assert watch.feed("\r".join(graph(done, 67) for done in range(13)))

    # then its last state counts, and a bar that is drawn again changes nothing
    assert watch.phase is StartPhase.GRAPHS
    assert watch.step == (12, 67)
    assert not watch.feed(graph(12, 67))


@pytest.mark.parametrize(
    "line", [shard(5, 4), shard(0, 1).replace("0/1", "0/0"), "Loading safetensors: 3/4", graph(1, 2)]
)
def test_a_step_that_is_none_is_passed_over(line: str) -> None:
    watch = watch_at(StartPhase.WEIGHTS)
    watch.feed(line)

    assert watch.step is None


def test_a_second_bar_goes_on_where_the_first_ended() -> None:
    # given a clock that stands still, so that only the bars move the progress
    watch = watch_at(StartPhase.PAGE_MEMORY)
    seen = []
    for line in (
        graph(0, 19),
        graph(10, 19),
        graph(19, 19),
        graph(0, 11, "decode, FULL"),
        graph(11, 11, "decode, FULL"),
    ):
        watch.feed(line)
        seen.append(watch.progress)

    # then the graphs take more than one bar, and no bar takes all that is left
    assert seen == sorted(seen)
    assert seen[1] < seen[2] < seen[4]
    assert seen[4] < watch_at(StartPhase.SERVING).progress


def test_graphs_that_are_only_tried_do_not_end_the_profiling() -> None:
    watch = watch_at(StartPhase.PROFILING)

    assert not watch.feed(graph(1, 19))
    assert not watch.feed(
        "(EngineCore pid=7) INFO 11-20 10:01:01 [m.py:1] Graph capturing finished in 2 secs, took 0.21 GiB"
    )
    assert watch.phase is StartPhase.PROFILING


def test_a_phase_never_goes_back() -> None:
    watch = watch_at(StartPhase.PAGE_MEMORY)

    for line in (BEGINNINGS[StartPhase.WEIGHTS], shard(1, 4), BEGINNINGS[StartPhase.PROFILING]):
        watch.feed(line)

    assert watch.phase is StartPhase.PAGE_MEMORY
    assert watch.step is None


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


def test_the_alarm_for_mixed_pages_is_known() -> None:
    lines = log_of("gpu_start_new_runner")

    assert [line for line in lines if mixes_pages(line)]
    assert not [line for name in GOOD_STARTS[:1] for line in log_of(name) if mixes_pages(line)]


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


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_line_can_be_fed(line: str) -> None:
    StartWatch(clock=Clock()).feed(line)
    mixes_pages(line)


@pytest.mark.parametrize(
    "part", ["a", "\r", shard(1, 2) + "\r", "[x] ", "1/1 [", "%|", "Free memory on device ", "\x1b[0"]
)
def test_a_line_of_a_megabyte_is_read_in_one_go(part: str) -> None:
    watch = watch_at(StartPhase.WEIGHTS)
    watch.feed(part * ((1 << 20) // len(part)))

    assert watch.phase is StartPhase.WEIGHTS
