"""The few numbers of /metrics: read from what the real one says, whatever else stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.metrics import Metrics, parse_metrics, sample_between

FIXTURES = Path(__file__).parents[2] / "fixtures"


def text_of(name: str) -> str:
    return (FIXTURES / f"{name}.txt").read_text("utf-8")


def test_what_the_real_one_said_after_two_pages() -> None:
    metrics = parse_metrics(text_of("vllm_metrics"))

    assert (metrics.running, metrics.waiting, metrics.page_memory) == (0, 0, 0.0)
    assert (metrics.prompt_tokens, metrics.generation_tokens, metrics.preemptions) == (142, 800, 0)
    assert {reason: count for reason, count in metrics.finished.items() if count} == {"length": 2}
    assert metrics.asleep is False


def test_what_a_busy_one_says() -> None:
    metrics = parse_metrics(text_of("vllm_metrics_busy"))

    assert metrics == Metrics(
        running=3,
        waiting=2,
        page_memory=0.4375,
        prompt_tokens=22_310,
        generation_tokens=1860,
        finished={"stop": 7, "length": 1, "abort": 2, "error": 0, "repetition": 0},
        preemptions=1,
        asleep=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("vllm:kv_cache_usage_perc", 0.5), ("vllm:gpu_cache_usage_perc", 0.5), ("vllm_kv_cache_usage_perc", 0.5)],
)
def test_the_page_memory_has_had_several_names(name: str, value: float) -> None:
    assert parse_metrics(f'{name}{{model_name="HunyuanOCR"}} {value}').page_memory == value


def test_where_a_name_and_its_old_one_stand_together_they_are_not_added() -> None:
    text = 'vllm:gpu_cache_usage_perc{engine="0"} 0.25\nvllm:kv_cache_usage_perc{engine="0"} 0.25\n'

    assert parse_metrics(text).page_memory == 0.25


def test_several_engines_are_one() -> None:
    # given two engines behind one server, the second of them asleep
    text = "\n".join(
        f'{name}{{engine="{engine}",model_name="a}}b\\"c{{"{more}}} {value} 1700000000000'
        for engine, (running, usage, awake) in enumerate([(3, 0.2, 1), (1, 0.6, 0)])
        for name, more, value in [
            ("vllm:num_requests_running", "", running),
            ("vllm:kv_cache_usage_perc", "", usage),
            ("vllm:request_success_total", ',finished_reason="stop"', 10),
            ("vllm:engine_sleep_state", ',sleep_state="awake"', awake),
            ("vllm:engine_sleep_state", ',sleep_state="weights_offloaded"', 1 - awake),
        ]
    )

    # then what they do is added up, and together they are awake
    metrics = parse_metrics(text)
    assert metrics.running == 4
    assert metrics.page_memory == pytest.approx(0.4)
    assert metrics.finished == {"stop": 20}
    assert metrics.asleep is False
    assert parse_metrics(text.replace('"awake"} 1 ', '"awake"} 0.0 ')).asleep is True


def test_names_that_only_look_alike_do_not_count() -> None:
    text = """
        # TYPE vllm:num_requests_running gauge
        # vllm:num_requests_running 7
        vllm:num_requests_running_by_reason 7
        vllm:num_requests_waiting_by_reason{reason="capacity"} 2.0
        xvllm:num_requests_running 7
    """
    lines = [line.strip() for line in text.splitlines()]
    lines += [
        "vllm:prompt_tokens_created 1.7e9",
        "vllm:iteration_tokens_total_sum 9",
        "vllm:prompt_tokens_by_source_total 9",
    ]

    assert parse_metrics("\n".join(lines)) == Metrics()


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "-3", "x", "", "1e400", "0x10"])
def test_a_value_that_is_none_is_passed_over(value: str) -> None:
    text = f"vllm:num_requests_running {value}\nvllm:prompt_tokens_total {value}\nvllm:kv_cache_usage_perc {value}\n"

    assert parse_metrics(text + "vllm:num_requests_waiting 1.0") == Metrics(waiting=1)


def test_the_page_memory_is_never_more_than_all_of_it() -> None:
    assert parse_metrics("vllm:kv_cache_usage_perc 1.7").page_memory == 1.0


def test_speeds_are_what_was_counted_in_between() -> None:
    earlier = Metrics(prompt_tokens=1000, generation_tokens=100)
    later = Metrics(running=2, waiting=1, page_memory=0.5, prompt_tokens=5000, generation_tokens=500)

    sample = sample_between(earlier, later, at=77.0, seconds=2.0)

    assert (sample.at, sample.running, sample.waiting, sample.page_memory) == (77.0, 2, 1, 0.5)
    assert (sample.tokens_in_per_s, sample.tokens_out_per_s) == (2000.0, 200.0)


@pytest.mark.parametrize("seconds", [2.0, 0.0, -1.0])
def test_an_engine_that_was_started_anew_has_no_negative_speed(seconds: float) -> None:
    sample = sample_between(
        Metrics(prompt_tokens=9, generation_tokens=9),
        Metrics(prompt_tokens=3, generation_tokens=3),
        at=1.0,
        seconds=seconds,
    )

    assert (sample.tokens_in_per_s, sample.tokens_out_per_s) == (0.0, 0.0)


@given(st.integers(0, 1 << 70), st.integers(0, 1 << 70), st.floats(allow_nan=False, allow_infinity=False))
def test_a_speed_is_never_negative(earlier: int, later: int, seconds: float) -> None:
    before, after = Metrics(generation_tokens=earlier), Metrics(generation_tokens=later)

    assert sample_between(before, after, at=0.0, seconds=seconds).tokens_out_per_s >= 0.0


labels = st.dictionaries(
    st.sampled_from(["model_name", "engine", "finished_reason", "sleep_state", "le"]), st.text(max_size=12), max_size=4
)


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


@given(st.lists(st.tuples(labels, st.integers(0, 10_000)), max_size=6))
@pytest.mark.slow
def test_whatever_the_labels_say_the_values_are_added_up(series: list[tuple[dict[str, str], int]]) -> None:
    # given lines as Prometheus's own format has them, with any text in the labels
    lines = [
        "vllm:generation_tokens_total{"
        + ",".join(f'{name}="{escaped(value)}"' for name, value in each.items())
        + f"}} {count}"
        for each, count in series
    ]

    assert parse_metrics("\n".join(lines)).generation_tokens == sum(count for _, count in series)


words = st.sampled_from(
    [
        "vllm:",
        "num_requests_running",
        "request_success_total",
        "{",
        "}",
        '"',
        "\\",
        "=",
        ",",
        " ",
        "1",
        "e",
        "\n",
        "finished_reason",
    ]
)


@given(st.text() | st.lists(words, max_size=40).map("".join))
def test_any_text_can_be_read(text: str) -> None:
    metrics = parse_metrics(text)

    assert metrics.running >= 0 and metrics.prompt_tokens >= 0 and 0.0 <= metrics.page_memory <= 1.0
    assert all(count >= 0 for count in metrics.finished.values())


@pytest.mark.parametrize("part", ['a="', "\\", "{", '"', "x", 'a="b",', "vllm:num_requests_running{"])
def test_a_line_of_a_megabyte_is_read_in_one_go(part: str) -> None:
    line = "vllm:num_requests_running{" + part * ((1 << 20) // len(part))

    assert parse_metrics(f"{line}\nvllm:num_requests_waiting 1").waiting == 1
