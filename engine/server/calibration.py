"""What earlier starts have taught: how far the plan's estimates were off, kept for the next plan.

After a start, vLLM's log says what the weights took, what was left for the page memory and what the graphs took. The
differences are kept for each engine version, model version, card and maximum of pixels: the last three, of which the
middle one counts, and none may be larger than the plan can bear.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from engine.paths import paths
from engine.server.memory import (
    CONTEXT_BYTES,
    MOST_EXTRA_GRAPHS,
    MOST_EXTRA_WEIGHTS,
    MOST_EXTRA_WORKSPACE,
    Calibration,
    Correction,
)
from engine.server.plan import MEASURED_STARTS, Plan
from engine.settings import write_private

log = logging.getLogger(__name__)

VERSION = 1
MOST_ENTRIES = 64
"""The ones learned last are kept."""
MOST_FILE_BYTES = 64 << 10
MOST_NAME = 120
MOST_MAX_PIXELS = 1 << 32


class StartReport(Protocol):
    """What the log of a start told, in bytes and tokens; None where it did not say."""

    @property
    def weights_bytes(self) -> int | None:
        """What loading the model took."""

    @property
    def kv_bytes(self) -> int | None:
        """What was left for the page memory."""

    @property
    def kv_tokens(self) -> int | None:
        """How many tokens that holds."""

    @property
    def graphs_bytes(self) -> int | None:
        """What the CUDA graphs took."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a correction holds for; what was learned elsewhere says nothing here."""

    vllm_version: str
    model_version: str
    card: str  # its name: two cards of one kind behave alike


@dataclass(frozen=True, slots=True)
class Seen:
    """The last differences to the uncorrected estimates, in bytes, the newest last."""

    weights: tuple[int, ...] = ()
    workspace: tuple[int, ...] = ()
    graphs: tuple[int, ...] = ()

    @property
    def correction(self) -> Correction:
        """What the next plan adds."""
        return Correction(
            _middle(self.weights), _middle(self.workspace), _middle(self.graphs), measured=len(self.workspace)
        )


def learned(seen: Seen, plan: Plan, report: StartReport) -> Seen:
    """Return what is known after a start that was made by this plan, which was made with `seen`. Pure.

    What the log does not tell, or tells as nothing at all, teaches nothing.
    """
    before = seen.correction
    weights, graphs, workspace = seen.weights, seen.graphs, seen.workspace
    if report.weights_bytes:
        weights = _added(weights, before.weights_bytes + report.weights_bytes - plan.weights_bytes, MOST_EXTRA_WEIGHTS)
    if report.graphs_bytes and not plan.eager:
        graphs = _added(graphs, before.graphs_bytes + report.graphs_bytes - plan.graphs_bytes, MOST_EXTRA_GRAPHS)
    if report.kv_bytes and plan.measures:
        # vLLM gave the page memory what was left of its share; so the rest of the share is what everything else took.
        others = (report.weights_bytes or plan.weights_bytes) + (report.graphs_bytes or plan.graphs_bytes)
        took = plan.claimed_bytes - report.kv_bytes - others
        planned = plan.vision_bytes + plan.workspace_bytes - CONTEXT_BYTES
        workspace = _added(workspace, before.workspace_bytes + took - planned, MOST_EXTRA_WORKSPACE)
    return Seen(weights, workspace, graphs)


def load_calibration(circumstances: Circumstances, file: Path | None = None) -> Calibration:
    """Return what was learned under these circumstances; nothing where nothing was, or where it cannot be read."""
    wanted = _named(circumstances)
    return Calibration(
        tuple((pixels, seen.correction) for (entry, pixels), seen in _load(file).items() if entry == wanted)
    )


def record_start(circumstances: Circumstances, plan: Plan, report: StartReport, file: Path | None = None) -> None:
    """Keep what a start has taught. Where it cannot be written, the next plan is as good as this one was."""
    entries = _load(file)
    key = (_named(circumstances), plan.max_pixels)
    before = entries.pop(key, Seen())
    after = learned(before, plan, report)
    if after == before == Seen():
        return
    entries[key] = after
    kept = list(entries.items())[-MOST_ENTRIES:]
    told = {"version": VERSION, "starts": [_told(entry, pixels, seen) for (entry, pixels), seen in kept]}
    try:
        write_private(_file(file), json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    except OSError as problem:
        log.warning("What this start has taught could not be kept: %s", problem)


def _file(file: Path | None) -> Path:
    return paths().state / "calibration.json" if file is None else file


def _load(file: Path | None) -> dict[tuple[Circumstances, int], Seen]:
    try:
        with _file(file).open("rb") as stream:
            raw = stream.read(MOST_FILE_BYTES + 1)
        told = json.loads(raw) if len(raw) <= MOST_FILE_BYTES else None
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as problem:
        log.warning("What earlier starts have taught cannot be read (%s).", type(problem).__name__)
        return {}
    starts = told.get("starts") if isinstance(told, dict) and told.get("version") == VERSION else None
    found = [_understood(each) for each in starts] if isinstance(starts, list) else []
    return dict([each for each in found if each is not None][-MOST_ENTRIES:])


def _told(entry: Circumstances, pixels: int, seen: Seen) -> dict[str, Any]:
    return {**dataclasses.asdict(entry), "max_pixels": pixels, **dataclasses.asdict(seen)}


def _understood(raw: object) -> tuple[tuple[Circumstances, int], Seen] | None:
    """Take one entry of the file, or nothing of it: half of one would be worse than none."""
    if not isinstance(raw, dict):
        return None
    names = [raw.get(each) for each in ("vllm_version", "model_version", "card")]
    pixels = raw.get("max_pixels")
    if not all(isinstance(each, str) and len(each) <= MOST_NAME for each in names):
        return None
    if type(pixels) is not int or not 0 < pixels <= MOST_MAX_PIXELS:
        return None
    numbers = [
        _believed(raw.get(name), most)
        for name, most in (
            ("weights", MOST_EXTRA_WEIGHTS),
            ("workspace", MOST_EXTRA_WORKSPACE),
            ("graphs", MOST_EXTRA_GRAPHS),
        )
    ]
    weights, workspace, graphs = numbers
    if weights is None or workspace is None or graphs is None:
        return None
    return (Circumstances(*(str(each) for each in names)), pixels), Seen(weights, workspace, graphs)


def _believed(raw: object, most: int) -> tuple[int, ...] | None:
    if not isinstance(raw, list) or not all(type(each) is int for each in raw):
        return None
    return _kept(raw, most)


def _added(seen: tuple[int, ...], difference: int, most: int) -> tuple[int, ...]:
    return _kept((*seen, difference), most)


def _kept(differences: Iterable[int], most: int) -> tuple[int, ...]:
    return tuple(max(-most, min(each, most)) for each in differences)[-MEASURED_STARTS:]


def _middle(differences: tuple[int, ...]) -> int:
    """The middle one; of two the larger, as it is safer to have planned for more."""
    return sorted(differences)[len(differences) // 2] if differences else 0


def _named(circumstances: Circumstances) -> Circumstances:
    return Circumstances(
        circumstances.vllm_version[:MOST_NAME], circumstances.model_version[:MOST_NAME], circumstances.card[:MOST_NAME]
    )
