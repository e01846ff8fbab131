"""What a running engine measures: the few numbers of its /metrics that a person cares for, and how fast they grow.

The text is Prometheus's exposition format. Only the lines of the names below are read, of one engine or of several,
which are added up; anything else, and what cannot be parsed, is passed over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST_COUNTED = 1 << 62
"""A number beyond this is none."""

_LINE = re.compile(
    r"vllm[:_](?P<name>[a-z_]{1,80}+)"
    r"(?:\{(?P<labels>(?:[^\"{}\n]|\"(?:[^\"\\\n]|\\.)*+\")*+)\})?"
    r"[ \t]++(?P<value>[^\s]{1,40})"
)
_LABEL = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]{0,80})\s*+=\s*+\"(?P<value>(?:[^\"\\]|\\.)*+)\"")
_USAGE = ("kv_cache_usage_perc", "gpu_cache_usage_perc")  # today's name, and the one it had
_COUNTERS = frozenset({"prompt_tokens", "generation_tokens", "num_preemptions", "request_success"})
_NAMES = frozenset(
    {"num_requests_running", "num_requests_waiting", "engine_sleep_state", *_USAGE}
    | {f"{name}{ending}" for name in _COUNTERS for ending in ("", "_total")}
)


@dataclass(frozen=True, slots=True)
class Metrics:
    """One reading. Tokens, preemptions and finished requests are counted since the engine's start.

    `page_memory` is the part in use, 0 to 1. `finished` counts requests by how they ended ("stop", "length", "abort",
    "error", "repetition"). `asleep` is None where the engine does not tell.
    """

    running: int = 0
    waiting: int = 0
    page_memory: float = 0.0
    prompt_tokens: int = 0
    generation_tokens: int = 0
    finished: Mapping[str, int] = field(default_factory=dict)
    preemptions: int = 0
    asleep: bool | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """How busy an engine is: `at` is the monotonic clock's time, `page_memory` 0 to 1, speeds in tokens per second."""

    at: float
    running: int
    waiting: int
    page_memory: float
    tokens_in_per_s: float
    tokens_out_per_s: float


def parse_metrics(untrusted_text: str) -> Metrics:
    """Read the text of /metrics. What is missing counts as nothing."""
    told: dict[str, list[tuple[dict[str, str], float]]] = {}
    for name, labels, value in _series(untrusted_text):
        told.setdefault(name, []).append((labels, value))

    def total(name: str) -> int:
        return _whole(sum(value for _, value in told.get(name, ())))

    finished: dict[str, float] = {}
    for labels, value in told.get("request_success", ()):
        reason = labels.get("finished_reason", "")[:40]
        finished[reason] = finished.get(reason, 0.0) + value
    usage = [value for _, value in next((told[name] for name in _USAGE if name in told), ())]
    awake = [value > 0 for labels, value in told.get("engine_sleep_state", ()) if labels.get("sleep_state") == "awake"]
    return Metrics(
        running=total("num_requests_running"),
        waiting=total("num_requests_waiting"),
        # The mean: engines that share a server have equal memory.
        page_memory=min(1.0, sum(usage) / len(usage)) if usage else 0.0,
        prompt_tokens=total("prompt_tokens"),
        generation_tokens=total("generation_tokens"),
        finished={reason: _whole(value) for reason, value in finished.items()},
        preemptions=total("num_preemptions"),
        asleep=not any(awake) if awake else None,
    )


def sample_between(earlier: Metrics, later: Metrics, *, at: float, seconds: float) -> Sample:
    """Return how busy an engine was between two readings.

    Args:
        earlier: The reading before.
        later: This one. Where it counts less, the engine was started anew in between, and its speed is not known: 0.
        at: When it was taken, by the monotonic clock.
        seconds: How long lies between them; of no time, or less, the speed is not known either.
    """
    return Sample(
        at=at,
        running=later.running,
        waiting=later.waiting,
        page_memory=later.page_memory,
        tokens_in_per_s=_speed(earlier.prompt_tokens, later.prompt_tokens, seconds),
        tokens_out_per_s=_speed(earlier.generation_tokens, later.generation_tokens, seconds),
    )


def _series(untrusted_text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Give every line that is wanted: its name without vLLM's and without `_total`, its labels, its value."""
    for line in untrusted_text.split("\n"):
        match = _LINE.match(line)
        if match is None or match["name"] not in _NAMES:
            continue
        try:
            value = float(match["value"])
        except ValueError:
            continue
        if not math.isfinite(value) or value < 0:
            continue
        labels = {label["name"]: label["value"] for label in _LABEL.finditer(match["labels"] or "")}
        yield match["name"].removesuffix("_total"), labels, value


def _whole(value: float) -> int:
    return int(value) if value < MOST_COUNTED else 0


def _speed(earlier: int, later: int, seconds: float) -> float:
    return (later - earlier) / seconds if seconds > 0 and later > earlier else 0.0
