"""A plan keeps within its budget, more memory never brings less, and known cards get what a person would expect."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from engine.server.hardware import survey
from engine.server.memory import CONTEXT_BYTES, MIB, MOST_EXTRA_WORKSPACE, ModelFacts
from engine.server.plan import (
    Calibration,
    Correction,
    Needs,
    Plan,
    largest_that_fits,
    make_plan,
    marks,
    needs_of,
    needs_of_version,
    plan_as_json,
    tokens_of_page,
)
from engine.tasks.page_tokens import most_tokens
from tests.support import recorded_cards
from tests.support.recorded_cards import RecordedMachine

GIB = 1 << 30

needs_of_any = st.sampled_from(["1.0", "1.5"]).map(needs_of_version) | st.builds(
    Needs,
    weight_bytes=st.integers(1 * MIB, 4 * GIB),
    kv_bytes_per_token=st.integers(1024, 256 << 10),
    min_pixels=st.just(512**2),
    max_pixels=st.integers(1024**2, 5000**2),
    max_positions=st.integers(8192, 1 << 17),
    version=st.just("1.5"),
    draft_bytes=st.integers(0, GIB),
)
off = st.integers(-8 * GIB, 8 * GIB)
calibrations = st.lists(
    st.tuples(
        st.sampled_from([2048**2, 3072**2, 4096**2]), st.builds(Correction, off, off, off, measured=st.integers(0, 3))
    ),
    max_size=3,
).map(lambda entries: Calibration(tuple(entries)))
limits = st.none() | st.integers(1, 200_000)
permille = st.sampled_from(range(1001))  # evenly: an integer would mostly be a small one
totals = st.sampled_from([size * GIB - odd for size in (6, 8, 12, 16, 24, 48, 80) for odd in (0, 1, 350_123_456)])
totals |= st.integers(0, 96 * GIB)


@st.composite
def machines(draw: st.DrawFn) -> tuple[int, int, int]:
    """Total, free and budget, in bytes: mostly such as there are, now and then impossible."""
    total = draw(totals)
    free = total * draw(st.just(950) | st.sampled_from(range(1101))) // 1000
    return total, free, free * draw(st.sampled_from(range(1101))) // 1000


some_pages = st.integers(1, 40)


def flag(plan: Plan, name: str) -> str:
    return plan.flags[plan.flags.index(name) + 1]


def parts_of(plan: Plan) -> tuple[int, ...]:
    return (
        plan.weights_bytes,
        plan.vision_bytes,
        plan.workspace_bytes,
        plan.graphs_bytes,
        plan.page_memory_bytes,
        plan.spare_bytes,
    )


@settings(max_examples=300, deadline=None)
@given(
    needs=needs_of_any,
    machine=machines(),
    budget_given=st.booleans(),
    limit=limits,
    calibration=calibrations,
    pages=some_pages,
    exact=st.booleans(),
    measure=st.booleans(),
)
@pytest.mark.slow
def test_every_plan_holds_what_it_says(
    needs: Needs,
    machine: tuple[int, int, int],
    budget_given: bool,
    limit: int | None,
    calibration: Calibration,
    pages: int,
    exact: bool,
    measure: bool,
) -> None:
    total, free, budget = machine

    plan = make_plan(
        needs,
        total_bytes=total,
        free_bytes=free,
        budget_bytes=budget if budget_given else None,
        max_tokens=limit,
        calibration=calibration,
        most_pages=pages,
        exact_page_memory=exact,
        measure_first=measure,
    )

    assert sum(parts_of(plan)) == plan.budget_bytes
    assert min(parts_of(plan)) >= 0
    assert plan.fits is (plan.least_bytes <= plan.budget_bytes <= min(free, total))
    event(f"fits: {plan.fits}")
    if not plan.fits:
        assert (plan.pages_at_once, plan.max_tokens, plan.flags) == (0, 0, ())
        return
    assert 1 <= plan.pages_at_once <= min(32, pages)
    assert 6144 <= plan.max_tokens <= needs.max_positions
    held = plan.page_memory_bytes // needs.kv_bytes_per_token
    assert plan.max_tokens < held
    assert plan.pages_at_once * min(8192, plan.max_tokens) < held
    assert plan.spare_bytes >= 256 * MIB
    assert needs.min_pixels <= plan.max_pixels <= needs.max_pixels
    assert plan.max_batched_tokens >= most_tokens(plan.max_pixels)
    assert plan.max_batched_tokens >= plan.pages_at_once
    assert plan.vision_bytes >= 4 * plan.max_batched_tokens * 30_000


@settings(max_examples=300, deadline=None)
@given(
    needs=needs_of_any,
    machine=machines(),
    calibration=calibrations,
    exact=st.booleans(),
    measure=st.booleans(),
)
@pytest.mark.slow
def test_the_flags_alone_never_ask_for_more_than_the_budget(
    needs: Needs, machine: tuple[int, int, int], calibration: Calibration, exact: bool, measure: bool
) -> None:
    total, free, budget = machine
    plan = make_plan(
        needs,
        total_bytes=total,
        free_bytes=free,
        budget_bytes=budget,
        calibration=calibration,
        exact_page_memory=exact,
        measure_first=measure,
    )
    event(f"fits: {plan.fits}")
    if not plan.fits:
        return

    share = float(flag(plan, "--gpu-memory-utilization"))
    fixed = plan.weights_bytes + plan.vision_bytes + plan.workspace_bytes + plan.graphs_bytes

    assert 0 < share <= 1
    assert math.ceil(total * share) + CONTEXT_BYTES <= budget  # as vLLM computes it
    assert abs(share * total - plan.claimed_bytes) <= 1 + (0 if exact else plan.graphs_bytes)
    if "--kv-cache-memory-bytes" in plan.flags:
        assert exact
        assert int(flag(plan, "--kv-cache-memory-bytes")) + fixed <= budget
        assert not plan.measures
    else:
        assert plan.measures
    assert int(flag(plan, "--max-model-len")) == plan.max_tokens
    assert int(flag(plan, "--max-num-seqs")) == plan.pages_at_once
    assert int(flag(plan, "--max-num-batched-tokens")) == plan.max_batched_tokens
    assert json.loads(flag(plan, "--mm-processor-kwargs")) == {"max_pixels": plan.max_pixels}
    assert json.loads(flag(plan, "--limit-mm-per-prompt")) == {"image": 1, "video": 0}
    assert ("--enforce-eager" in plan.flags) is plan.eager is (plan.graphs_bytes == 0)


@settings(max_examples=300, deadline=None)
@given(
    needs=needs_of_any,
    total=totals,
    free_shares=st.tuples(permille, permille).map(sorted),
    budget_shares=st.tuples(permille, permille).map(sorted),
    limit=limits,
    calibration=calibrations,
    pages=some_pages,
)
@pytest.mark.slow
def test_more_never_brings_less(
    needs: Needs,
    total: int,
    free_shares: list[int],
    budget_shares: list[int],
    limit: int | None,
    calibration: Calibration,
    pages: int,
) -> None:
    free = [total * share // 1000 for share in free_shares]
    budget = [total * share // 1000 for share in budget_shares]

    def planned(free_bytes: int, budget_bytes: int | None) -> Plan:
        return make_plan(
            needs,
            total_bytes=total,
            free_bytes=free_bytes,
            budget_bytes=budget_bytes,
            max_tokens=limit,
            calibration=calibration,
            most_pages=pages,
        )

    def brings_less(more: Plan, less: Plan) -> bool:
        return (more.pages_at_once, more.fits) < (less.pages_at_once, less.fits) or (
            more.max_tokens < less.max_tokens or (less.fits and more.max_pixels < less.max_pixels)
        )

    event(f"pages: {planned(total, budget[0]).pages_at_once} and {planned(total, budget[1]).pages_at_once}")
    # more free memory, the budget the same
    assert not brings_less(planned(free[1], budget[0]), planned(free[0], budget[0]))
    # more budget, and all of it free
    assert not brings_less(planned(total, budget[1]), planned(total, budget[0]))
    # the recommended budget grows with what is free, and what it brings with it
    assert not brings_less(planned(free[1], None), planned(free[0], None))
    assert planned(free[1], None).budget_bytes >= planned(free[0], None).budget_bytes


@settings(max_examples=300, deadline=None)
@given(needs=needs_of_any, machine=machines(), limit=limits, calibration=calibrations, pages=some_pages)
@pytest.mark.slow
def test_the_marks_stand_in_order_and_keep_their_word(
    needs: Needs, machine: tuple[int, int, int], limit: int | None, calibration: Calibration, pages: int
) -> None:
    total, free, _ = machine
    memory: dict[str, Any] = {"total_bytes": total, "free_bytes": free}
    at = marks(needs, **memory, max_tokens=limit, calibration=calibration, most_pages=pages)

    def fits(budget: int, free_bytes: int) -> bool:
        plan = make_plan(
            needs,
            total_bytes=max(total, free_bytes),
            free_bytes=free_bytes,
            budget_bytes=budget,
            max_tokens=limit,
            calibration=calibration,
            most_pages=pages,
        )
        return plan.fits

    assert at.most <= free
    assert fits(at.least, at.least)
    assert not fits(at.least - 1, at.least)
    assert at.recommended <= at.most
    largest = largest_that_fits(needs, **memory, max_tokens=limit, calibration=calibration, most_pages=pages)
    if at.least <= min(free, total):
        assert at.least <= at.recommended
        assert fits(at.recommended, free)
        assert largest == at.most
        assert fits(largest, free)
    else:
        assert at.most < at.least
        assert largest == 0
    for mark in (at.least, at.recommended, at.most):
        assert mark == round(10 * mark / GIB) * GIB // 10  # a whole tenth of a GiB


@pytest.mark.parametrize("version", ["1.0", "1.5"])
def test_every_step_of_the_slider_brings_as_much_as_the_one_before(version: str) -> None:
    steps = [
        make_plan(needs_of_version(version), total_bytes=48 * GIB, free_bytes=46 * GIB, budget_bytes=tenth * GIB // 10)
        for tenth in range(461)
    ]

    brought = [(each.pages_at_once, each.max_tokens, each.max_pixels, not each.eager) for each in steps if each.fits]
    for less, more in itertools.pairwise(brought):
        assert all(after >= before for before, after in zip(less, more, strict=True))
    assert brought[0] == (1, 8192, 2048**2, False)
    assert brought[-1] == (32, 32768, needs_of_version(version).max_pixels, True)
    assert [each.fits for each in steps] == [False] * 46 + [True] * 415


@dataclass(frozen=True)
class Expected:
    """What a person who knows the card would expect: at the recommended budget, and with all that it can give."""

    recommended: float
    pages: int
    pixels: int
    most: float
    most_pages: int


MACHINES: dict[str, tuple[Callable[[], RecordedMachine], str, Expected]] = {
    "laptop-8": (recorded_cards.laptop_8, "1.5", Expected(5.6, 2, 2048, 6.8, 3)),
    "office-12": (recorded_cards.office_12, "1.5", Expected(8.0, 4, 3072, 10.0, 6)),
    "office-12-v1": (recorded_cards.office_12, "1.0", Expected(8.6, 6, 2048, 10.0, 7)),
    "office-16": (recorded_cards.office_16, "1.5", Expected(11.0, 8, 3072, 14.2, 10)),
    "workstation-24": (recorded_cards.workstation_24, "1.5", Expected(12.2, 8, 4096, 22.2, 21)),
    "workstation-24-v1": (recorded_cards.workstation_24, "1.0", Expected(10.2, 8, 2048, 22.2, 23)),
    "workstation-48": (recorded_cards.workstation_48, "1.5", Expected(12.2, 8, 4096, 46.0, 32)),
    "two-cards": (recorded_cards.two_cards, "1.5", Expected(12.2, 8, 4096, 22.6, 21)),
    "wsl-12": (recorded_cards.wsl, "1.5", Expected(8.0, 4, 3072, 9.8, 6)),
}


@pytest.mark.parametrize("name", MACHINES)
def test_known_cards_get_what_one_would_expect(name: str) -> None:
    machine, version, expected = MACHINES[name]
    card = survey(machine()).card("")
    assert card is not None
    memory: dict[str, Any] = {"total_bytes": card.total_bytes, "free_bytes": card.free_bytes}

    usual = make_plan(needs_of_version(version), **memory)
    most = make_plan(needs_of_version(version), **memory, budget_bytes=usual.most_bytes)

    assert usual.fits and most.fits
    assert (
        Expected(
            round(usual.budget_bytes / GIB, 1),
            usual.pages_at_once,
            round(usual.max_pixels**0.5),
            round(usual.most_bytes / GIB, 1),
            most.pages_at_once,
        )
        == expected
    )
    assert usual.max_tokens >= 16384
    assert not usual.eager


def test_a_card_that_others_hold_says_what_would_be_needed() -> None:
    card = survey(recorded_cards.cad_at_work()).card("")
    assert card is not None

    plan = make_plan(needs_of_version("1.5"), total_bytes=card.total_bytes, free_bytes=card.free_bytes)

    assert not plan.fits
    assert plan.most_bytes < card.free_bytes < plan.least_bytes
    assert round(plan.least_bytes / GIB, 1) == 4.6


def test_the_smallest_budget_reads_one_page_and_its_long_answer() -> None:
    needs = needs_of_version("1.5")
    least = marks(needs, total_bytes=8 * GIB, free_bytes=7 * GIB).least

    plan = make_plan(needs, total_bytes=8 * GIB, free_bytes=7 * GIB, budget_bytes=least)

    page = tokens_of_page(1654, 2339, needs.min_pixels, plan.max_pixels)  # A4 at 200 dpi
    assert (plan.pages_at_once, plan.eager, plan.max_pixels) == (1, True, 2048**2)
    assert page == 3871
    assert plan.max_tokens >= page + 128 + 4096


@pytest.mark.parametrize(
    ("budget", "size"), [(9 * GIB, (2339, 3307)), (9 * GIB, (2480, 3508)), (13 * GIB, (3307, 4677))]
)
def test_larger_budgets_read_larger_paper_as_it_is(budget: int, size: tuple[int, int]) -> None:
    needs = needs_of_version("1.5")

    plan = make_plan(needs, total_bytes=24 * GIB, free_bytes=22 * GIB, budget_bytes=budget)

    tokens = tokens_of_page(*size, needs.min_pixels, plan.max_pixels)
    assert tokens == tokens_of_page(*size, needs.min_pixels, needs.max_pixels)
    assert tokens + 4096 < plan.max_tokens


def test_more_free_than_asked_for_is_left_to_others() -> None:
    plan = make_plan(needs_of_version("1.5"), total_bytes=48 * GIB, free_bytes=46 * GIB, budget_bytes=44 * GIB)

    assert plan.pages_at_once == 32
    assert plan.spare_bytes > 10 * GIB


def test_a_budget_of_all_that_is_free_is_not_refused_by_vllm() -> None:
    """VLLM compares its share with what is free after CUDA has started, which costs some of it."""
    free = 7 * GIB
    plan = make_plan(needs_of_version("1.0"), total_bytes=8 * GIB, free_bytes=free, budget_bytes=free)

    assert plan.fits
    assert float(flag(plan, "--gpu-memory-utilization")) * 8 * GIB <= free - 600 * MIB


def test_a_budget_larger_than_what_is_free_does_not_fit_and_the_remedy_does() -> None:
    needs = needs_of_version("1.5")
    memory: dict[str, Any] = {"total_bytes": 8 * GIB, "free_bytes": 7 * GIB}

    plan = make_plan(needs, **memory, budget_bytes=int(7.5 * GIB))
    remedy = largest_that_fits(needs, **memory)

    assert not plan.fits
    assert round(remedy / GIB, 1) == 6.5
    assert make_plan(needs, **memory, budget_bytes=remedy).pages_at_once == 3


def test_the_reserve_gives_way_to_the_one_page_that_would_fit() -> None:
    needs = needs_of_version("1.5")

    at = marks(needs, total_bytes=6 * GIB, free_bytes=int(4.7 * GIB))

    assert at.most == at.recommended == at.least


@pytest.mark.parametrize("limit", [20_000, 30_001, 65_536, 131_072])
def test_the_users_length_is_kept_where_there_is_room(limit: int) -> None:
    needs = needs_of_version("1.5")

    plan = make_plan(needs, total_bytes=24 * GIB, free_bytes=22 * GIB, budget_bytes=21 * GIB, max_tokens=limit)

    assert plan.max_tokens == limit
    assert plan.page_memory_bytes >= limit * needs.kv_bytes_per_token


def test_a_length_that_needs_more_than_there_is_does_not_fit() -> None:
    needs = needs_of_version("1.5")
    memory: dict[str, Any] = {"total_bytes": 8 * GIB, "free_bytes": 7 * GIB}

    plan = make_plan(needs, **memory, budget_bytes=6 * GIB, max_tokens=65_536)

    assert not plan.fits
    assert plan.least_bytes > 9 * GIB


def test_a_short_length_keeps_out_pictures_that_would_not_fit_in_it() -> None:
    needs = needs_of_version("1.5")

    plan = make_plan(needs, total_bytes=24 * GIB, free_bytes=22 * GIB, budget_bytes=21 * GIB, max_tokens=12_000)

    assert plan.max_pixels == 2048**2
    assert plan.pages_at_once > 8


def test_a_shorter_length_than_a_page_is_not_taken() -> None:
    plan = make_plan(needs_of_version("1.0"), total_bytes=8 * GIB, free_bytes=7 * GIB, max_tokens=100)

    assert plan.max_tokens == 6144


def test_one_page_at_a_time_where_the_self_check_said_so() -> None:
    plan = make_plan(needs_of_version("1.5"), total_bytes=24 * GIB, free_bytes=22 * GIB, most_pages=1)

    assert plan.pages_at_once == 1
    assert flag(plan, "--max-num-seqs") == "1"
    assert plan.max_pixels == 4096**2  # what it may not read at once, it reads as large as it can


@pytest.mark.parametrize("measured", range(4))
def test_vllm_measures_until_three_starts_have_taught(measured: int) -> None:
    calibration = Calibration(((3072**2, Correction(measured=measured)),))

    def planned(measure_first: bool) -> Plan:
        return make_plan(
            needs_of_version("1.5"),
            total_bytes=12 * GIB,
            free_bytes=11 * GIB,
            budget_bytes=9 * GIB,
            calibration=calibration,
            measure_first=measure_first,
        )

    assert planned(measure_first=True).measures is (measured < 3)
    assert planned(measure_first=False).measures is False


def test_an_old_vllm_is_not_given_what_its_graphs_will_take() -> None:
    memory: dict[str, Any] = {"total_bytes": 12 * GIB, "free_bytes": 11 * GIB, "budget_bytes": 9 * GIB}

    old = make_plan(needs_of_version("1.5"), **memory, exact_page_memory=False)

    share = float(flag(old, "--gpu-memory-utilization")) * 12 * GIB
    assert "--kv-cache-memory-bytes" not in old.flags
    assert old.graphs_bytes > 0
    assert share + old.graphs_bytes + CONTEXT_BYTES <= 9 * GIB
    # what is left for the pages is what was planned for them, and what is spare
    rest = share - old.weights_bytes - old.vision_bytes - (old.workspace_bytes - CONTEXT_BYTES)
    assert rest >= old.page_memory_bytes


def test_what_was_learned_changes_the_plan() -> None:
    needs = needs_of_version("1.0")
    memory: dict[str, Any] = {"total_bytes": 12 * GIB, "free_bytes": 11 * GIB}
    worse = Calibration(((2048**2, Correction(workspace_bytes=GIB, measured=1)),))

    before = make_plan(needs, **memory, budget_bytes=8 * GIB)
    after = make_plan(needs, **memory, budget_bytes=8 * GIB, calibration=worse)

    assert after.workspace_bytes == pytest.approx(before.workspace_bytes + GIB, abs=32 * MIB)  # and a page less
    assert after.least_bytes == pytest.approx(before.least_bytes + GIB, abs=GIB // 10)
    assert after.pages_at_once < before.pages_at_once


def test_the_recommended_budget_is_enough_even_where_a_higher_rung_was_learned_to_be_cheaper() -> None:
    needs = needs_of_version("1.5")
    odd = Calibration(
        (
            (2048**2, Correction(workspace_bytes=2 * GIB)),
            (3072**2, Correction(weights_bytes=-GIB, workspace_bytes=-GIB, graphs_bytes=-GIB)),
        )
    )

    plan = make_plan(needs, total_bytes=8 * GIB, free_bytes=7 * GIB, calibration=odd, most_pages=1)

    assert plan.fits
    assert plan.budget_bytes == plan.recommended_bytes == plan.least_bytes


@settings(deadline=None)
@given(calibration=calibrations)
def test_no_report_however_wild_makes_a_plan_absurd(calibration: Calibration) -> None:
    needs = needs_of_version("1.5")

    plan = make_plan(needs, total_bytes=24 * GIB, free_bytes=22 * GIB, calibration=calibration)

    assert plan.fits
    assert plan.weights_bytes >= needs.weight_bytes // 2
    assert 2 * GIB < plan.least_bytes <= 4.6 * GIB + MOST_EXTRA_WORKSPACE + GIB
    assert plan.pages_at_once >= 4


def test_the_page_memory_that_came_of_it_says_how_many_pages_it_holds() -> None:
    plan = make_plan(needs_of_version("1.5"), total_bytes=12 * GIB, free_bytes=11 * GIB, budget_bytes=9 * GIB)

    assert plan.pages_at_once == 5
    assert plan.pages_in(5 * 8192 + 128) == 5
    assert plan.pages_in(5 * 8192) == 4  # one block is vLLM's own
    assert plan.pages_in(1000 * 8192) == 5
    assert plan.pages_in(0) == 1


def test_the_draft_model_takes_its_share() -> None:
    class Info:
        weight_bytes, kv_bytes_per_token, version = 2 * 996_208_112, 98_304, "1.5"
        min_pixels, max_pixels, max_positions = 512**2, 4096**2, 131_072

    info: ModelFacts = Info()

    assert needs_of(info) == needs_of_version("1.5")
    with_draft = needs_of(info, with_draft=True)
    assert with_draft.draft_bytes == 700 * MIB
    assert with_draft.kv_bytes_per_token == 98_304 + 20_480


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2\.0"):
        needs_of_version("2.0")


def test_the_plan_as_json_has_these_keys_and_no_others() -> None:
    plan = make_plan(needs_of_version("1.5"), total_bytes=12 * GIB, free_bytes=10 * GIB)

    told = json.loads(json.dumps(plan_as_json(plan, ["python", *plan.flags])))

    assert list(told) == ["fits", "pages_at_once", "max_tokens", "bytes", "argv"]
    parts = ["weights", "vision", "workspace", "graphs", "page_memory", "spare"]
    assert list(told["bytes"]) == [*parts, "budget", "least", "recommended", "most"]
    assert all(type(each) is int for each in told["bytes"].values())
    assert sum(told["bytes"][each] for each in parts) == told["bytes"]["budget"] == plan.budget_bytes
    assert told["argv"] == ["python", *plan.flags]
    assert (told["fits"], told["pages_at_once"], told["max_tokens"]) == (True, plan.pages_at_once, plan.max_tokens)
