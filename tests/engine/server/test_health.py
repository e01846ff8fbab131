"""How far a start is: its phases and steps, and what it reports, from the real one's lines."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.health import StartWatch, mixes_pages
from engine.server.state import PHASES, StartPhase
from tests.support.starts import BEGINNINGS, Clock, graph, shard, watch_at
from tests.support.vllm_logs import GOOD_STARTS, good_start, log_of

GIB = 1 << 30
ALL_PHASES = list(PHASES)
EAGER_ON_GPU = [phase for phase in PHASES if phase is not StartPhase.GRAPHS]
EAGER_ON_CPU = [phase for phase in EAGER_ON_GPU if phase is not StartPhase.PROFILING]


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


def test_the_alarm_for_mixed_pages_is_known() -> None:
    lines = log_of("gpu_start_new_runner")

    assert [line for line in lines if mixes_pages(line)]
    assert not [line for name in GOOD_STARTS[:1] for line in log_of(name) if mixes_pages(line)]


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
