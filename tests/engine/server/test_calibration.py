"""What a start reports is believed as far as is good for the next plan, and nothing in the file can do harm."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.server.calibration import Circumstances, Seen, learned, load_calibration, record_start
from engine.server.memory import (
    CONTEXT_BYTES,
    MIB,
    MOST_EXTRA_GRAPHS,
    MOST_EXTRA_WEIGHTS,
    MOST_EXTRA_WORKSPACE,
    Calibration,
    Correction,
)
from engine.server.plan import Plan, make_plan, needs_of_version

GIB = 1 << 30
HERE = Circumstances("0.28.1", "1.0", "NVIDIA GeForce RTX 4070")


@dataclass(frozen=True)
class Report:
    """What `engine.server.health` reads out of a log."""

    weights_bytes: int | None = None
    kv_bytes: int | None = None
    kv_tokens: int | None = None
    graphs_bytes: int | None = None


def planned(
    calibration: Calibration | None = None, *, version: str = "1.0", budget: int = 9 * GIB, measure_first: bool = True
) -> Plan:
    plan = make_plan(
        needs_of_version(version),
        total_bytes=12 * GIB,
        free_bytes=11 * GIB,
        budget_bytes=budget,
        calibration=calibration,
        measure_first=measure_first,
    )
    assert plan.fits
    return plan


@dataclass(frozen=True)
class Reality:
    """What the parts really take, and what vLLM does with a plan."""

    weights: int
    others: int  # vision and workspace, without CUDA's own
    graphs: int

    def report(self, plan: Plan) -> Report:
        kv_bytes = plan.page_memory_bytes
        if plan.measures:
            kv_bytes = plan.claimed_bytes - self.weights - self.others - self.graphs
        return Report(self.weights, kv_bytes, kv_bytes // 98_304, 0 if plan.eager else self.graphs)


def test_a_start_as_planned_changes_nothing() -> None:
    plan = planned()
    reality = Reality(plan.weights_bytes, plan.vision_bytes + plan.workspace_bytes - CONTEXT_BYTES, plan.graphs_bytes)

    seen = learned(Seen(), plan, reality.report(plan))

    assert seen.correction == Correction(measured=1)


@pytest.mark.parametrize("others", [int(0.8 * GIB), int(2.4 * GIB)])
@pytest.mark.parametrize("graphs", [int(0.2 * GIB), int(0.9 * GIB)])
def test_plans_become_what_the_starts_have_shown(others: int, graphs: int, tmp_path: Path) -> None:
    file = tmp_path / "state" / "calibration.json"
    reality = Reality(int(1.9 * GIB), others, graphs)

    for start in range(4):
        plan = planned(load_calibration(HERE, file))
        assert plan.measures is (start < 3)
        record_start(HERE, plan, reality.report(plan), file)

    plan = planned(load_calibration(HERE, file))
    took = plan.vision_bytes + plan.workspace_bytes - CONTEXT_BYTES
    assert not plan.measures
    assert plan.weights_bytes == pytest.approx(reality.weights, abs=4 * MIB)
    assert plan.graphs_bytes == pytest.approx(graphs, abs=32 * MIB)  # it grows with the pages, which became others
    assert took == pytest.approx(others, abs=16 * MIB)


def test_the_middle_of_three_starts_counts_and_of_two_the_larger() -> None:
    assert Seen(workspace=(5,)).correction.workspace_bytes == 5
    assert Seen(workspace=(5, 300)).correction.workspace_bytes == 300
    assert Seen(workspace=(300, 5)).correction.workspace_bytes == 300
    assert Seen(workspace=(300, 5, 7)).correction.workspace_bytes == 7
    assert Seen().correction == Correction()


def test_one_start_that_another_program_spoiled_is_outvoted(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    honest = Reality(int(1.9 * GIB), int(2.0 * GIB), int(0.3 * GIB))
    spoiled = Reality(int(1.9 * GIB), int(3.9 * GIB), int(0.3 * GIB))

    for reality in (honest, spoiled, honest):
        plan = planned(load_calibration(HERE, file))
        record_start(HERE, plan, reality.report(plan), file)

    ((_, correction),) = load_calibration(HERE, file).by_max_pixels
    fresh = planned()
    expected = honest.others - (fresh.vision_bytes + fresh.workspace_bytes - CONTEXT_BYTES)
    assert correction.workspace_bytes == pytest.approx(expected, abs=16 * MIB)


@pytest.mark.parametrize("report", [Report(), Report(0, 0, 0, 0)])
def test_a_log_that_tells_nothing_teaches_nothing(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"

    record_start(HERE, planned(), report, file)

    assert learned(Seen((1,), (2,), (3,)), planned(), report) == Seen((1,), (2,), (3,))
    assert not file.exists()


def test_page_memory_that_was_ordered_says_nothing_about_the_rest() -> None:
    plan = planned(measure_first=False)

    seen = learned(Seen(), plan, Report(kv_bytes=plan.page_memory_bytes))

    assert seen == Seen()


def test_graphs_are_not_learned_from_a_start_without_them() -> None:
    plan = planned(budget=int(4.7 * GIB))
    assert plan.eager

    assert learned(Seen(), plan, Report(graphs_bytes=GIB)).graphs == ()


reported = st.none() | st.integers(-(1 << 62), 1 << 62)


@settings(deadline=None)
@given(reports=st.lists(st.builds(Report, reported, reported, reported, reported), max_size=6), first=st.booleans())
@pytest.mark.slow
def test_wild_reports_stay_within_bounds(reports: list[Report], first: bool) -> None:
    seen = Seen()

    for report in reports:
        plan = planned(Calibration(((2048**2, seen.correction),)), budget=11 * GIB, measure_first=first)
        seen = learned(seen, plan, report)

    assert max(map(abs, seen.weights), default=0) <= MOST_EXTRA_WEIGHTS
    assert max(map(abs, seen.workspace), default=0) <= MOST_EXTRA_WORKSPACE
    assert max(map(abs, seen.graphs), default=0) <= MOST_EXTRA_GRAPHS
    assert max(map(len, (seen.weights, seen.workspace, seen.graphs))) <= 3


def test_what_was_learned_elsewhere_says_nothing_here(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    plan = planned()
    report = Report(weights_bytes=plan.weights_bytes + 7)

    record_start(HERE, plan, report, file)

    assert load_calibration(HERE, file) == Calibration(((plan.max_pixels, Correction(weights_bytes=7)),))
    for other in (
        Circumstances("0.29.1", HERE.model_version, HERE.card),
        Circumstances(HERE.vllm_version, "1.5", HERE.card),
        Circumstances(HERE.vllm_version, HERE.model_version, "NVIDIA GeForce RTX 4090"),
    ):
        assert load_calibration(other, file) == Calibration()


def test_each_maximum_of_pixels_is_learned_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    small, large = planned(version="1.5", budget=6 * GIB), planned(version="1.5", budget=9 * GIB)

    record_start(HERE, small, Report(weights_bytes=small.weights_bytes + 1), file)
    record_start(HERE, large, Report(weights_bytes=large.weights_bytes + 2), file)

    calibration = load_calibration(HERE, file)
    assert calibration.at(2048**2).weights_bytes == 1
    assert calibration.at(3072**2).weights_bytes == 2
    assert calibration.at(4096**2) == Correction()


def test_the_file_is_private_and_does_not_grow_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    plan = planned()

    for number in range(70):
        card = f"card {number} " + "x" * 1000
        record_start(Circumstances("v", "1.5", card), plan, Report(weights_bytes=plan.weights_bytes + number + 1), file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size < 64 << 10
    assert len(json.loads(file.read_text())["starts"]) == 64
    assert load_calibration(Circumstances("v", "1.5", "card 5 " + "x" * 1000), file) == Calibration()
    last = load_calibration(Circumstances("v", "1.5", "card 69 " + "x" * 1000), file)
    assert last.at(plan.max_pixels).weights_bytes == 70


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    file = tmp_path / "state" / "calibration.json"

    record_start(HERE, planned(), Report(weights_bytes=2 * GIB), file)

    assert load_calibration(HERE, file) == Calibration()


GOOD: dict[str, Any] = {
    "vllm_version": "0.28.1",
    "model_version": "1.0",
    "card": "NVIDIA GeForce RTX 4070",
    "max_pixels": 3072**2,
    "weights": [1],
    "workspace": [2],
    "graphs": [3],
}


def test_a_good_entry_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(json.dumps({"version": 1, "starts": [GOOD]}))

    assert load_calibration(HERE, file).at(3072**2) == Correction(1, 2, 3, measured=1)


@pytest.mark.parametrize(
    "change",
    [
        {"max_pixels": True},
        {"max_pixels": -1},
        {"max_pixels": 1 << 40},
        {"max_pixels": "9437184"},
        {"weights": [1.5]},
        {"weights": [True]},
        {"weights": None},
        {"weights": {"1": 2}},
        {"card": None},
        {"card": "x" * 121},
        {"model_version": 1.5},
    ],
)
def test_a_bad_entry_is_left_out_and_the_others_are_taken(change: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    other = {**GOOD, "max_pixels": 2048**2}
    file.write_text(json.dumps({"version": 1, "starts": [{**GOOD, **change}, 5, None, [], other]}))

    assert load_calibration(HERE, file) == Calibration(((2048**2, Correction(1, 2, 3, measured=1)),))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 60_000,
        b"null",
        b'{"version": 2, "starts": []}',
        b'{"version": 1, "starts": 7}',
        b'{"version": 1, "starts": [' + b"1" * 5000 + b"]}",
        b'{"version": 1, "starts": []}' + b" " * 70_000,
    ],
)
def test_a_damaged_file_counts_as_none(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_bytes(raw)

    assert load_calibration(HERE, file) == Calibration()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*GOOD, "x"]), inner, max_size=8),
    max_leaves=12,
)
wild_numbers = st.lists(st.integers(-(1 << 70), 1 << 70), max_size=9)
wild_entries = st.fixed_dictionaries(
    {
        **{name: st.just(GOOD[name]) for name in ("vllm_version", "model_version", "card")},
        "max_pixels": st.sampled_from([2048**2, 3072**2, 4096**2]) | st.integers(),
        "weights": wild_numbers,
        "workspace": wild_numbers,
        "graphs": wild_numbers,
    }
)


@settings(max_examples=200, deadline=None)
@given(starts=json_values | st.lists(wild_entries | json_values, max_size=5))
@pytest.mark.slow
def test_whatever_the_file_says_a_large_card_still_reads(
    starts: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "wild.json"
    file.write_text(json.dumps({"version": 1, "starts": starts}))

    calibration = load_calibration(HERE, file)
    plan = make_plan(
        needs_of_version("1.5"), total_bytes=24 * GIB, free_bytes=22 * GIB, calibration=calibration, measure_first=True
    )

    assert plan.fits
    assert plan.pages_at_once >= 4
    assert plan.least_bytes < 8.2 * GIB
