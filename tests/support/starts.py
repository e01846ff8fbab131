"""A start of the engine, line by line, and a clock that is told what time it is."""

from __future__ import annotations

from engine.server.health import StartHistory, StartWatch
from engine.server.state import PHASES, StartPhase

CORE = "(EngineCore pid=7) INFO 11-20 10:00:18"
BEGINNINGS = {
    StartPhase.WEIGHTS: f"{CORE} [gpu_model_runner.py:5040] Starting to load model /m...",
    StartPhase.PROFILING: f"{CORE} [model_runner.py:425] Model loading took 1.87 GiB memory and 4.613822 seconds",
    StartPhase.PAGE_MEMORY: f"{CORE} [gpu_worker.py:760] Available KV cache memory: 2.14 GiB",
    StartPhase.GRAPHS: "Capturing CUDA graphs (PIECEWISE):   0%|          | 0/67 [00:00<?, ?it/s]",
    StartPhase.SERVING: f"{CORE} [core.py:403] init engine (profile, create kv cache, warmup model) took 66.30 s",
}
OPEN = "INFO:     Application startup complete."


class Clock:
    """A clock that is told what time it is."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def watch_at(phase: StartPhase, *, history: StartHistory | None = None, clock: Clock | None = None) -> StartWatch:
    """Return a watch whose start has just reached this phase."""
    watch = StartWatch(history=history, clock=clock or Clock())
    for each in PHASES[1 : PHASES.index(phase) + 1]:
        assert watch.feed(BEGINNINGS[each])
    assert watch.phase is phase
    return watch


def shard(done: int, of: int) -> str:
    percent = f"{100 * done // of:3d}%"
    return f"Loading safetensors checkpoint shards: {percent} Completed | {done}/{of} [00:01<00:03,  1.04it/s]"


def graph(done: int, of: int, kind: str = "mixed prefill-decode, PIECEWISE") -> str:
    return f"Capturing CUDA graphs ({kind}): {100 * done // of:3d}%|█▊        | {done}/{of} [00:01<00:06,  8.53it/s]"
