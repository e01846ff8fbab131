"""How long the phases of earlier starts took: kept in a small file, so that the next start can say how far it is."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.paths import paths
from engine.server.state import PHASES, StartPhase
from engine.settings import write_private

log = logging.getLogger(__name__)

VERSION = 1
KEPT_STARTS = 5
"""So many starts of one engine and model are kept; the newest come last."""
KEPT_KEYS = 20
LONGEST_S = 24 * 3600.0
MOST_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class StartHistory:
    """How long each phase is likely to take, in seconds; 0 for one that did not happen (graphs, run eagerly)."""

    seconds: Mapping[StartPhase, float]

    @property
    def total(self) -> float:
        """How long a whole start is likely to take."""
        return sum(self.seconds.values())


def history_file() -> Path:
    """Return where it lies."""
    return paths().state / "engine-starts.json"


async def recall_starts(key: str, *, file: Path | None = None) -> StartHistory | None:
    """Return what earlier starts took. None where there was none, or what was kept cannot be read.

    Args:
        key: What was started, as far as it matters for the time: release, model, with graphs or without.
        file: Where it is kept, if not in the usual place.
    """
    return await asyncio.to_thread(_recall, key, file or history_file())


async def keep_start(key: str, seconds: Mapping[StartPhase, float], *, file: Path | None = None) -> None:
    """Keep how long the phases of a start took. Where it cannot be written, the next start guesses a little worse."""
    await asyncio.to_thread(_keep, key, dict(seconds), file or history_file())


def _recall(key: str, file: Path) -> StartHistory | None:
    starts = _read(file).get(key)
    if not starts:
        return None
    # The lower median: the first start of all compiles, and takes minutes that none of the later ones will.
    return StartHistory({phase: statistics.median_low(start[phase] for start in starts) for phase in PHASES})


def _keep(key: str, seconds: Mapping[StartPhase, float], file: Path) -> None:
    kept = _read(file)
    start = {phase: _seconds(seconds.get(phase, 0.0)) for phase in PHASES}
    earlier = kept.pop(key, [])
    kept[key] = [*earlier, start][-KEPT_STARTS:]  # popped and put back: the key used last comes last
    newest = dict(list(kept.items())[-KEPT_KEYS:])
    told = {"version": VERSION, "starts": {name: [_rounded(one) for one in each] for name, each in newest.items()}}
    try:
        write_private(file, json.dumps(told, indent=1) + "\n")
    except OSError as problem:
        log.warning("How long the engine took to start could not be kept (%s).", type(problem).__name__)


def _read(file: Path) -> dict[str, list[dict[StartPhase, float]]]:
    """Read the file as far as it is understood; anything else counts as never kept."""
    try:
        if file.stat().st_size > MOST_BYTES:
            return {}
        untrusted = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as problem:
        log.warning("How long earlier starts took cannot be read (%s).", type(problem).__name__)
        return {}
    untrusted_starts = untrusted.get("starts") if isinstance(untrusted, dict) else None
    if not isinstance(untrusted_starts, dict) or untrusted.get("version") != VERSION:
        return {}
    kept = {key: _starts(value) for key, value in untrusted_starts.items()}
    return {key: starts for key, starts in kept.items() if starts}


def _starts(untrusted: Any) -> list[dict[StartPhase, float]]:
    if not isinstance(untrusted, list):
        return []
    starts = [one for one in untrusted if isinstance(one, dict)][-KEPT_STARTS:]
    return [{phase: _seconds(one.get(phase.value)) for phase in PHASES} for one in starts]


def _seconds(untrusted: Any) -> float:
    if isinstance(untrusted, bool) or not isinstance(untrusted, int | float):
        return 0.0
    if isinstance(untrusted, int):
        return float(min(max(untrusted, 0), int(LONGEST_S)))
    return min(max(untrusted, 0.0), LONGEST_S) if math.isfinite(untrusted) else 0.0


def _rounded(start: Mapping[StartPhase, float]) -> dict[str, float]:
    return {phase.value: round(seconds, 2) for phase, seconds in start.items()}
