"""What earlier starts took: kept, found again, and never believed when the file is nonsense."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.server.start_history import KEPT_KEYS, KEPT_STARTS, LONGEST_S, StartHistory, keep_start, recall_starts
from engine.server.state import PHASES, StartPhase

KEY = "0.28.0 1.5 graphs"


def keep(key: str, seconds: dict[StartPhase, float], *, file: Path) -> None:
    asyncio.run(keep_start(key, seconds, file=file))


def recall(key: str, *, file: Path) -> StartHistory | None:
    return asyncio.run(recall_starts(key, file=file))


def took(seconds: float) -> dict[StartPhase, float]:
    return dict.fromkeys(PHASES, seconds)


def test_a_start_is_found_again_and_only_its_own(tmp_path: Path) -> None:
    # given a start that was kept, without graphs
    file = tmp_path / "state" / "starts.json"
    keep(KEY, {StartPhase.INTERPRETER: 12.345, StartPhase.WEIGHTS: 4.0}, file=file)

    # then it is found again, and phases that it did not have took no time
    history = recall(KEY, file=file)
    assert history is not None
    assert history.seconds[StartPhase.INTERPRETER] == pytest.approx(12.35, abs=0.01)
    assert history.seconds[StartPhase.GRAPHS] == 0.0
    assert history.total == pytest.approx(16.35, abs=0.01)
    assert recall("another", file=file) is None


def test_the_first_start_of_all_does_not_spoil_the_guess(tmp_path: Path) -> None:
    # given a start that compiled for minutes, and one that did not
    file = tmp_path / "starts.json"
    keep(KEY, took(200.0), file=file)
    keep(KEY, took(10.0), file=file)

    history = recall(KEY, file=file)
    assert history is not None
    assert history.seconds[StartPhase.PROFILING] == 10.0


def test_only_the_latest_starts_and_keys_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "starts.json"
    for number in range(KEPT_KEYS + 3):
        keep(f"engine {number}", took(1.0), file=file)
    for seconds in range(KEPT_STARTS + 2):
        keep("engine 5", took(float(seconds)), file=file)
    keep("the newest", took(1.0), file=file)

    kept = json.loads(file.read_text("utf-8"))["starts"]
    assert len(kept) == KEPT_KEYS
    assert list(kept)[-2:] == ["engine 5", "the newest"]
    assert [start["weights"] for start in kept["engine 5"]] == [2.0, 3.0, 4.0, 5.0, 6.0]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "starts.json"
    keep(KEY, took(1.0), file=file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_it_cannot_be_written_nothing_is_lost_but_the_guess(tmp_path: Path) -> None:
    # given a place that is a file where a folder should be
    (tmp_path / "state").write_text("", "utf-8")
    file = tmp_path / "state" / "starts.json"

    keep(KEY, took(1.0), file=file)

    assert recall(KEY, file=file) is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"version": 1}',
        '{"version": 1, "starts": []}',
        '{"version": 2, "starts": {"0.28.0 1.5 graphs": [{"weights": 1}]}}',
        '{"version": 1, "starts": {"0.28.0 1.5 graphs": {}}}',
        '{"version": 1, "starts": {"0.28.0 1.5 graphs": [1, "2", null]}}',
        '{"starts": {"0.28.0 1.5 graphs": [{"weights": 1}]}}',
        " " * (1 << 19),
    ],
)
def test_a_file_that_is_none_counts_as_never_kept(tmp_path: Path, content: str) -> None:
    file = tmp_path / "starts.json"
    file.write_text(content, "utf-8")

    assert recall(KEY, file=file) is None

    # and the next start is kept all the same
    keep(KEY, took(3.0), file=file)
    assert recall(KEY, file=file) is not None


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        ("1e999", 0.0),
        ("-5", 0.0),
        ("NaN", 0.0),
        ("true", 0.0),
        ('"7"', 0.0),
        ("1e9", LONGEST_S),
        ("9" * 400, LONGEST_S),
    ],
)
def test_a_time_that_cannot_be_is_not_believed(tmp_path: Path, told: str, believed: float) -> None:
    file = tmp_path / "starts.json"
    content = '{"version": 1, "starts": {"KEY": [{"weights": TOLD, "graphs": 2}]}}'
    file.write_text(content.replace("KEY", KEY).replace("TOLD", told), "utf-8")

    history = recall(KEY, file=file)

    assert history is not None
    assert history.seconds[StartPhase.WEIGHTS] == believed
    assert history.seconds[StartPhase.GRAPHS] == 2.0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(PHASES), inner),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.fixed_dictionaries({"version": st.just(1), "starts": st.dictionaries(st.just(KEY) | st.text(), json_values)}))
@pytest.mark.slow
def test_any_content_is_survived(tmp_path: Path, content: dict[str, Any]) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(content), "utf-8")

    history = recall(KEY, file=file)
    assert history is None or all(0.0 <= seconds <= LONGEST_S for seconds in history.seconds.values())

    keep(KEY, took(1.0), file=file)
    assert recall(KEY, file=file) is not None
