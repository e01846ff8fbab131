"""How far a starting engine is: phase, progress and what it reports about its memory, read from the lines of its log.

The signs are the first words of messages of vLLM 0.18 to 0.33, of both of its model runners and of its CPU build. Where
a version words a message differently, the next sign is waited for: phases may be skipped, and never go back.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.server.log_lines import LogLine, log_lines
from engine.server.start_history import StartHistory
from engine.server.state import PHASES, StartPhase

__all__ = ["StartHistory", "StartReport", "StartWatch", "mixes_pages"]

USUAL_S: Mapping[StartPhase, float] = {
    StartPhase.INTERPRETER: 20.0,
    StartPhase.WEIGHTS: 15.0,
    StartPhase.PROFILING: 40.0,
    StartPhase.PAGE_MEMORY: 8.0,
    StartPhase.GRAPHS: 15.0,
    StartPhase.SERVING: 4.0,
}
"""How the bar is divided before anything is known of this machine."""

PATIENCE_S: Mapping[StartPhase, float] = {
    StartPhase.INTERPRETER: 300.0,  # torch from a cold disk, with a virus scanner looking at each of its files
    StartPhase.WEIGHTS: 600.0,  # two gigabytes from a stick or a busy network drive, without a word in between
    StartPhase.PROFILING: 900.0,  # the first compilation on a weak processor
    StartPhase.PAGE_MEMORY: 900.0,  # kernels are warmed up here as well, and some are compiled on the spot
    StartPhase.GRAPHS: 300.0,
    StartPhase.SERVING: 300.0,
}
"""How long an engine may be silent before it counts as stalled."""
PATIENCE_TIMES = 3.0
"""Where this machine is known to be slow, it may be silent for so many times what the phase took."""

STEADY = 0.8
"""Up to here the bar moves as fast as the clock; then ever slower, so that it never stands at the end of a phase."""
GIB = 1 << 30

_ALARM = "Encoder returned a different number of tokens than expected"

_SIGNS: tuple[tuple[StartPhase, tuple[str, ...]], ...] = (
    (
        StartPhase.WEIGHTS,
        (
            "Starting to load model ",
            "Loading model from scratch",
            "Loading safetensors ",
            "Loading pt checkpoint shards",
            "Multi-thread loading ",
            "Loading weights took ",
        ),
    ),
    (
        StartPhase.PROFILING,
        (
            "Model loading took ",
            "Encoder cache will be initialized",
            "Starting torch.compile",
            "Dynamo bytecode transform time",
            "Directly load ",
            "Compiling a graph ",
            "torch.compile took",
            "torch.compile takes",
            "Initial profiling/warmup run",
            "Profiling CUDA graph memory",
            "Estimated CUDA graph memory",
            "Warming up model for the compilation",
        ),
    ),
    (
        StartPhase.PAGE_MEMORY,
        (
            "Available KV cache memory",
            "Initial free memory ",
            "Explicitly set (",  # the CPU build
            "Auto set (",
            "GPU KV cache size",
            "CPU KV cache size",
            "# GPU blocks",
            "# cuda blocks",
        ),
    ),
    (StartPhase.GRAPHS, ("Capturing CUDA graph", "Capturing encoder CUDA graph", "Graph capturing finished")),
    (
        StartPhase.SERVING,
        (
            "init engine (profile",
            "Supported tasks",
            "Supported_tasks",
            "Starting vLLM server ",
            "Starting vLLM API server ",
            "Available routes are",
            "Application startup complete",
        ),
    ),
)

_TAG = re.compile(r"\[[\w ./-]{1,60}\] ")  # "[vision] Dynamo bytecode …"
_STEP = re.compile(r"[^%|]{1,120}?:\s{1,4}\d{1,3}%[^/\n]{1,120}?\b(\d{1,7})/(\d{1,7}) \[")
_STEPPED = frozenset({StartPhase.WEIGHTS, StartPhase.GRAPHS})
_BAR_SHARE = {StartPhase.WEIGHTS: 0.9, StartPhase.GRAPHS: 0.5}
"""How much of what is left of a phase its next progress bar counts for: a draft model's weights come in a second bar,
and graphs are captured in two or three."""
_CHATTER = ("No available shared memory broadcast block", "Waiting for ")
"""What an engine says over and over while it hangs."""

_NUMBER = r"(-?\d{1,7}(?:\.\d{1,7})?)"
_COUNT = r"(\d{1,3}(?:,?\d{3}){0,4}|\d{1,12})"
_FACTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("weights_bytes", re.compile(rf"Model loading took {_NUMBER} GiB")),
    ("kv_bytes", re.compile(rf"Available KV cache memory: {_NUMBER} GiB")),
    ("kv_bytes", re.compile(rf"Initial free memory [\d.]{{1,12}} GiB, reserved {_NUMBER} GiB memory for KV")),
    ("kv_bytes", re.compile(rf"(?:Explicitly|Auto) set \({_NUMBER}/")),
    ("graphs_bytes", re.compile(rf"Graph capturing finished in [\d.]{{1,9}} secs?, took {_NUMBER} GiB")),
    (
        "consumed_bytes",
        re.compile(rf"Free memory on device .{{1,240}} Actual usage is {_NUMBER} GiB for consumed memory"),
    ),
    ("peak_bytes", re.compile(rf"Free memory on device .{{1,400}}, {_NUMBER} GiB for peak activation")),
    ("kv_tokens", re.compile(rf"[\w ]{{2,10}} KV cache size: {_COUNT} tokens")),
    ("max_model_len", re.compile(rf"Using max model len {_COUNT}\b")),
    ("max_model_len", re.compile(rf"(?:.{{1,80}}, )?Maximum concurrency for {_COUNT} tokens per request")),
)


@dataclass(frozen=True, slots=True)
class StartReport:
    """What a start told of itself; None where it did not.

    `consumed_bytes` is what weights and libraries took together, `peak_bytes` what the largest page took on top of it
    while it was tried; neither is told where the page memory was given in bytes. The sizes are rounded to 0.01 GiB by
    vLLM.
    """

    weights_bytes: int | None = None
    kv_bytes: int | None = None
    kv_tokens: int | None = None
    graphs_bytes: int | None = None
    consumed_bytes: int | None = None
    peak_bytes: int | None = None
    max_model_len: int | None = None
    seconds: Mapping[StartPhase, float] = field(default_factory=dict)


def mixes_pages(line: str) -> bool:
    """Return whether the line says that pages were given the words of others.

    vLLM prints it once in the life of a process, and may spend it on trying a page while it starts: a log without it
    proves nothing, and one with it before the engine serves accuses nobody. The self-check decides.
    """
    return _ALARM in line


class StartWatch:
    """Follow one start. Not for more than one, and from one thread only."""

    def __init__(self, *, history: StartHistory | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now.

        Args:
            history: How long earlier starts took.
            clock: Tells seconds, and stands still while the computer sleeps.
        """
        self.phase = StartPhase.INTERPRETER
        self.step: tuple[int, int] | None = None
        self._history = history
        self._clock = clock
        self._expected: Mapping[StartPhase, float] = history.seconds if history and history.total > 0 else USUAL_S
        self._spent: dict[StartPhase, float] = {}
        self._facts = StartReport()
        self._phase_began = self._heard_at = clock()
        self._bar_began_at = 0.0
        self._open = False
        self._furthest = 0.0

    def feed(self, line: str) -> bool:
        """Take a line of the log; return whether phase, step or report have changed."""
        before = (self.phase, self.step, self._facts, self._open)
        for each in log_lines(line):
            if not each.text.startswith(_CHATTER):
                self._heard_at = self._clock()
            self._take(each)
        return before != (self.phase, self.step, self._facts, self._open)

    @property
    def progress(self) -> float:
        """How far the whole start is, 0 to 1. It moves with the clock too, and never back."""
        whole = sum(self._expected.get(phase, 0.0) for phase in PHASES)
        here = PHASES.index(self.phase)
        done = sum(self._expected.get(phase, 0.0) for phase in PHASES[:here])
        share = self._expected.get(self.phase, 0.0)
        self._furthest = max(self._furthest, min(1.0, (done + share * self._within()) / whole))
        return self._furthest

    @property
    def seconds_left(self) -> float | None:
        """How long it may still take, judged by earlier starts; None where there were none."""
        if self._history is None or self._history.total <= 0:
            return None
        later = PHASES[PHASES.index(self.phase) + 1 :]
        here = self._expected.get(self.phase, 0.0) * (1.0 - self._within())
        return here + sum(self._expected.get(phase, 0.0) for phase in later)

    @property
    def report(self) -> StartReport:
        """What the start has told so far; the running phase's time is counted up to now."""
        running = self._spent.get(self.phase, 0.0) + self._clock() - self._phase_began
        return replace(self._facts, seconds={**self._spent, self.phase: running})

    def stalled(self, now: float) -> bool:
        """Return whether there has been no sign of life for too long."""
        known = self._history.seconds.get(self.phase, 0.0) if self._history else 0.0
        return now - self._heard_at > max(PATIENCE_S[self.phase], PATIENCE_TIMES * known)

    def _take(self, line: LogLine) -> None:
        text = line.text
        if match := _TAG.match(text):
            text = text[match.end() :]
        if (sign := _phase_of(text)) is not None:
            self._move(sign)
            if sign is self.phase and sign in _STEPPED and (match := _STEP.match(text)):
                self._set_step(int(match[1]), int(match[2]))
            if text.startswith("Application startup complete"):
                self._open = True
        for name, pattern in _FACTS:
            if match := pattern.match(text):
                self._learn(name, match[1])

    def _move(self, phase: StartPhase) -> None:
        here, there = PHASES.index(self.phase), PHASES.index(phase)
        # The newer model runner captures some graphs to see how large they are, before it knows its page memory.
        too_early = phase is StartPhase.GRAPHS and self.phase is not StartPhase.PAGE_MEMORY
        if there <= here or too_early:
            return
        now = self._clock()
        self._spent[self.phase] = now - self._phase_began
        self.phase, self.step = phase, None
        self._phase_began, self._bar_began_at = now, 0.0

    def _set_step(self, done: int, of: int) -> None:
        if of < 1 or done > of:
            return
        if self.step is not None and (self.step[1] != of or self.step[0] > done):
            self._bar_began_at += (1.0 - self._bar_began_at) * _BAR_SHARE[self.phase]
        self.step = (done, of)

    def _learn(self, name: str, number: str) -> None:
        if name == "graphs_bytes" and self.phase is not StartPhase.GRAPHS:
            return  # those that were only tried
        value = float(number.replace(",", ""))
        size = max(0, round(value * GIB)) if name.endswith("_bytes") else int(value)
        changes: dict[str, Any] = {name: size}
        self._facts = replace(self._facts, **changes)

    def _within(self) -> float:
        """How far the running phase is, 0 to 1."""
        if self._open:
            return 1.0
        expected = self._expected.get(self.phase, 0.0)
        elapsed = max(0.0, self._clock() - self._phase_began)
        passed = _creep(elapsed / expected) if expected > 0 else 1.0
        if self.step is None:
            return passed
        done, of = self.step
        share = (1.0 - self._bar_began_at) * _BAR_SHARE[self.phase]
        low = self._bar_began_at + share * done / of
        high = self._bar_began_at + share * (done + 1) / of if done < of else 1.0
        return min(max(passed, low), high)


def _phase_of(text: str) -> StartPhase | None:
    return next((phase for phase, signs in _SIGNS if text.startswith(signs)), None)


def _creep(passed: float) -> float:
    if passed <= STEADY:
        return passed
    return 1.0 - (1.0 - STEADY) * math.exp(-(passed - STEADY) / (1.0 - STEADY))
