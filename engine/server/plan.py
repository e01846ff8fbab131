"""The VRAM plan: bytes become weights, vision, workspace and page memory, pages at once, and vLLM's flags. Pure.

Two numbers are promised to a person: how many A4 pages are read at once, and how long one page may be. Everything else
follows from them and from what the parts cost (`engine.server.memory`); what is left over stays free for other
programs, as more page memory would not make anything faster.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.server.memory import (
    BLOCK_TOKENS,
    CONTEXT_BYTES,
    GIB,
    MAX_PAGES,
    MIB,
    PAGE_TOKENS,
    SPARE_BYTES,
    Calibration,
    Correction,
    Ladder,
    Needs,
    Parts,
    Rung,
    needs_of,
    needs_of_version,
)
from engine.tasks.page_tokens import tokens_of_page

__all__ = [
    "Calibration",
    "Correction",
    "Marks",
    "Needs",
    "Plan",
    "largest_that_fits",
    "make_plan",
    "marks",
    "needs_of",
    "needs_of_version",
    "plan_as_json",
    "tokens_of_page",
]

MEASURED_STARTS = 3
"""One may be wrong: another program took or gave memory back while vLLM measured. The middle of three is not."""
RECOMMENDED_PAGES = 8
"""Enough to keep a card busy; from here on, each page more at once brings less."""
LEAST_RESERVE_BYTES = 512 * MIB
MOST_RESERVE_BYTES = GIB
SHARES = 10_000
"""vLLM is told its share of the card in steps of a ten-thousandth: less than 10 MiB even on the largest cards."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks on the slider, in bytes and whole tenths of a GiB. `most` is below `least` where nothing fits."""

    least: int
    recommended: int
    most: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a budget. The six parts sum up to it, always.

    Where it does not fit, there are no flags, no pages and no length, and the parts show how far the bytes reach:
    the budget is below `least_bytes`, or more than the card has free.
    """

    fits: bool
    budget_bytes: int
    weights_bytes: int
    vision_bytes: int
    workspace_bytes: int
    graphs_bytes: int
    page_memory_bytes: int
    spare_bytes: int
    pages_at_once: int
    max_tokens: int
    max_pixels: int
    max_batched_tokens: int
    eager: bool
    least_bytes: int
    recommended_bytes: int
    most_bytes: int
    flags: tuple[str, ...]
    claimed_bytes: int = 0  # what vLLM is told it may take, its graphs with it, CUDA's own part aside
    measures: bool = False  # vLLM measures the rest and makes what is left of that its page memory

    def pages_in(self, kv_tokens: int) -> int:
        """Return how many pages at once a page memory of this size holds, as it turned out, at least one."""
        page_tokens = max(1, min(PAGE_TOKENS, self.max_tokens))
        return max(1, min(self.pages_at_once, (kv_tokens - BLOCK_TOKENS) // page_tokens))


def make_plan(
    needs: Needs,
    *,
    total_bytes: int,
    free_bytes: int,
    budget_bytes: int | None = None,
    max_tokens: int | None = None,
    calibration: Calibration | None = None,
    most_pages: int = MAX_PAGES,
    exact_page_memory: bool = True,
    measure_first: bool = False,
) -> Plan:
    """Turn a budget into a plan.

    Args:
        needs: The model.
        total_bytes: What the card has for programs.
        free_bytes: What of it is free now; with what our own engine holds, where one is running and will be replaced.
        budget_bytes: What the user gives; None takes the recommended.
        max_tokens: The user's limit for one page; None lets it follow from the memory.
        calibration: What earlier starts have taught.
        most_pages: More are not read at once, whatever there is room for: a self-check found where it ends.
        exact_page_memory: Whether this vLLM knows `--kv-cache-memory-bytes`.
        measure_first: Let vLLM measure, and size the page memory by what it found, until `MEASURED_STARTS` starts of
            this kind have taught us. Then an estimate that was wrong costs pages instead of the memory of others.
    """
    ladder = _ladder(needs, max_tokens, calibration, most_pages)
    at = _marks(ladder, total_bytes, free_bytes)
    budget = max(0, at.recommended if budget_bytes is None else budget_bytes)
    best = ladder.best(budget) if at.least <= budget <= min(free_bytes, total_bytes) else None
    if best is None:
        return _no_plan(ladder, budget, at)
    rung, pages = best
    parts = ladder.parts(rung, pages)
    taught = ladder.calibration.at(rung.max_pixels).measured >= MEASURED_STARTS
    exact = exact_page_memory and (taught or not measure_first)
    # The share that vLLM is told. It looks at the card after CUDA has started, so CUDA's part is taken off; else a
    # budget of all that is free would be refused. A vLLM too old to be given exact page memory is also too old to
    # count its graphs, which it captures on top.
    uncounted = 0 if exact_page_memory else parts.graphs
    # Rounded down, and a byte less, since vLLM multiplies in floating point and rounds up.
    share = (budget - CONTEXT_BYTES - uncounted - 1) * SHARES // total_bytes
    return Plan(
        fits=True,
        budget_bytes=budget,
        weights_bytes=parts.weights,
        vision_bytes=parts.vision,
        workspace_bytes=parts.workspace,
        graphs_bytes=parts.graphs,
        page_memory_bytes=parts.page_memory,
        spare_bytes=budget - (parts.total - SPARE_BYTES),
        pages_at_once=pages,
        max_tokens=ladder.length(rung, pages),
        max_pixels=rung.max_pixels,
        max_batched_tokens=rung.batched_tokens,
        eager=rung.eager,
        least_bytes=at.least,
        recommended_bytes=at.recommended,
        most_bytes=at.most,
        flags=_flags(rung, parts, pages, ladder.length(rung, pages), share, exact=exact),
        claimed_bytes=share * total_bytes // SHARES + uncounted,
        measures=not exact,
    )


def _flags(rung: Rung, parts: Parts, pages: int, length: int, share: int, *, exact: bool) -> tuple[str, ...]:
    flags = [
        # Always: with the model's own 131 072 the page memory alone would have to be 12 GiB.
        *("--max-model-len", str(length)),
        *("--max-num-seqs", str(pages)),
        *("--max-num-batched-tokens", str(rung.batched_tokens)),
        # Both, as neither is enough. The bytes are exact and make vLLM forget the share, but it still wants the share
        # to be free when it starts, and its own is 0.92: any other program on the card would stop it. So the share is
        # what we have, and if somebody took some of that meanwhile, vLLM says so at once instead of running out later.
        *("--gpu-memory-utilization", f"{share / SHARES:.4f}"),
        *(("--kv-cache-memory-bytes", str(parts.page_memory)) if exact else ()),
        *("--limit-mm-per-prompt", _compact({"image": 1, "video": 0})),
        # By this name: as `size`, it would be obeyed but not counted, and vLLM would reckon with larger pictures.
        *("--mm-processor-kwargs", _compact({"max_pixels": rung.max_pixels})),
        # No two pages begin alike, the picture comes first: keeping them would only cost memory.
        "--no-enable-prefix-caching",
        *("--mm-processor-cache-gb", "0"),
    ]
    return (*flags, "--enforce-eager") if rung.eager else tuple(flags)


def _no_plan(ladder: Ladder, budget: int, at: Marks) -> Plan:
    rung = ladder.rungs[0]
    wanted = ladder.parts(rung, 1)
    left, taken = budget, []
    for part in (wanted.weights, wanted.vision, wanted.workspace, wanted.graphs, wanted.page_memory):
        taken.append(min(part, left))
        left -= taken[-1]
    weights, vision, workspace, graphs, page_memory = taken
    return Plan(
        fits=False,
        budget_bytes=budget,
        weights_bytes=weights,
        vision_bytes=vision,
        workspace_bytes=workspace,
        graphs_bytes=graphs,
        page_memory_bytes=page_memory,
        spare_bytes=left,
        pages_at_once=0,
        max_tokens=0,
        max_pixels=rung.max_pixels,
        max_batched_tokens=rung.batched_tokens,
        eager=rung.eager,
        least_bytes=at.least,
        recommended_bytes=at.recommended,
        most_bytes=at.most,
        flags=(),
    )


def marks(
    needs: Needs,
    *,
    total_bytes: int,
    free_bytes: int,
    max_tokens: int | None = None,
    calibration: Calibration | None = None,
    most_pages: int = MAX_PAGES,
) -> Marks:
    """Return where the slider's marks stand; the arguments are those of `make_plan`."""
    return _marks(_ladder(needs, max_tokens, calibration, most_pages), total_bytes, free_bytes)


def _marks(ladder: Ladder, total_bytes: int, free_bytes: int) -> Marks:
    free = max(0, min(free_bytes, total_bytes))
    least = _tenths_up(ladder.least)
    # A desktop draws its windows with the same memory, and a browser or a CAD program wants more while it runs. vLLM
    # never gives any back; with the card full they would stutter or die.
    most = free - max(LEAST_RESERVE_BYTES, min(total_bytes // 16, MOST_RESERVE_BYTES))
    if most < least <= free:
        most = least  # one page read is worth more than the reserve
    most = _tenths_down(max(0, most))
    # Three quarters of the way: who needs more, moves the slider; but no more than keeps the card busy, and nothing
    # that would not buy another page.
    best = ladder.best(_tenths_down(least + max(0, most - least) * 3 // 4))
    assert best is not None  # `least` itself is enough for one page
    rung, pages = best
    recommended = _tenths_up(ladder.parts(rung, max(rung.from_pages, min(pages, RECOMMENDED_PAGES))).total)
    # What was learned may have made a higher rung cheaper than the lowest.
    return Marks(least=least, recommended=min(max(least, recommended), most), most=most)


def largest_that_fits(
    needs: Needs,
    *,
    total_bytes: int,
    free_bytes: int,
    max_tokens: int | None = None,
    calibration: Calibration | None = None,
    most_pages: int = MAX_PAGES,
) -> int:
    """Return the largest budget that what is free allows, in whole tenths of a GiB; 0 if not one page fits."""
    at = _marks(_ladder(needs, max_tokens, calibration, most_pages), total_bytes, free_bytes)
    return at.most if at.most >= at.least else 0


def plan_as_json(plan: Plan, argv: Sequence[str]) -> dict[str, Any]:
    """Return what `diglot engine plan --json` prints."""
    return {
        "fits": plan.fits,
        "pages_at_once": plan.pages_at_once,
        "max_tokens": plan.max_tokens,
        "bytes": {
            "weights": plan.weights_bytes,
            "vision": plan.vision_bytes,
            "workspace": plan.workspace_bytes,
            "graphs": plan.graphs_bytes,
            "page_memory": plan.page_memory_bytes,
            "spare": plan.spare_bytes,
            "budget": plan.budget_bytes,
            "least": plan.least_bytes,
            "recommended": plan.recommended_bytes,
            "most": plan.most_bytes,
        },
        "argv": list(argv),
    }


def _ladder(needs: Needs, max_tokens: int | None, calibration: Calibration | None, most_pages: int) -> Ladder:
    pages = max(1, min(most_pages, MAX_PAGES))
    return Ladder(needs, max_tokens=max_tokens, most_pages=pages, calibration=calibration or Calibration())


def _tenths_up(value: int) -> int:
    return -(-10 * value // GIB) * GIB // 10


def _tenths_down(value: int) -> int:
    return (10 * value + 9) // GIB * GIB // 10


def _compact(value: dict[str, int]) -> str:
    return json.dumps(value, separators=(",", ":"))
