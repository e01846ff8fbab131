"""What the stand-in for vLLM's server prints: the lines of vLLM 0.32, and the last words of servers that failed."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

PHASES = ("interpreter", "weights", "profiling", "page memory", "graphs", "serving")
"""In the order of a start, named as in `engine.server.state.StartPhase`."""

FRONT, CORE, WORKER = "APIServer", "EngineCore", "Worker"

CORE_LINES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "weights": (
        (WORKER, "worker/gpu/model_runner.py:392", "Loading model from scratch..."),
        (WORKER, "", "\rLoading safetensors checkpoint shards:   0% Completed | 0/2 [00:00<?, ?it/s]"),
        (WORKER, "", "\rLoading safetensors checkpoint shards:  50% Completed | 1/2 [00:00<00:00,  4.20it/s]"),
        (WORKER, "", "\rLoading safetensors checkpoint shards: 100% Completed | 2/2 [00:00<00:00,  4.31it/s]\n"),
        (WORKER, "model_loader/default_loader.py:502", "Loading weights took 0.46 seconds"),
        (WORKER, "worker/gpu/model_runner.py:425", "Model loading took 1.94 GiB memory and 0.734210 seconds"),
    ),
    "profiling": (
        (
            WORKER,
            "gpu/mm/encoder_runner.py:132",
            "Encoder cache will be initialized with a budget of 16384 tokens, and profiled with 1 image items of the "
            "maximum feature size.",
        ),
    ),
    "page memory": (
        (WORKER, "v1/worker/gpu_worker.py:760", "Available KV cache memory: 3.0 GiB"),
        (
            CORE,
            "v1/core/kv_cache_utils.py:2329",
            "GPU KV cache size: 32,768 tokens, Maximum concurrency for 16,384 tokens per request: 2.00x",
        ),
    ),
    "graphs": (
        (
            WORKER,
            "",
            "\rCapturing CUDA graphs (mixed prefill-decode, PIECEWISE):   0%|          | 0/2 [00:00<?, ?it/s]",
        ),
        (
            WORKER,
            "",
            "\rCapturing CUDA graphs (mixed prefill-decode, PIECEWISE): 100%|##########| 2/2 [00:00<00:00,  9.8it/s]\n",
        ),
        (WORKER, "worker/gpu/model_runner.py:1128", "Graph capturing finished in 1 secs, took 0.12 GiB"),
        (CORE, "v1/engine/core.py:403", "init engine (profile, create kv cache, warmup model) took 2.05 s"),
    ),
}
"""Phase -> who says it, from where, and what. An empty place: a progress bar, printed as it is."""

FAILURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "out of memory at start": (
        "weights",
        (
            "ValueError: Free memory on device cuda:0 (5.1/11.99 GiB) on startup is less than desired GPU memory "
            "utilization (0.9, 10.79 GiB). Decrease GPU memory utilization or reduce GPU memory used by other "
            "processes.",
        ),
    ),
    "out of memory while loading": (
        "weights",
        (
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 96.00 MiB. GPU 0 has a total capacity of "
            "7.79 GiB of which 61.50 MiB is free. Including non-PyTorch memory, this process has 3.12 GiB memory in "
            "use.",
        ),
    ),
    "no page memory": (
        "page memory",
        (
            "ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when "
            "initializing the engine.",
        ),
    ),
    "page too long": (
        "page memory",
        (
            "ValueError: To serve at least one request with the model's max seq len (16384), (1.5 GiB KV cache is "
            "needed, which is larger than the available KV cache memory (0.75 GiB). Based on the available memory, "
            "the estimated maximum model length is 8192. Try increasing `gpu_memory_utilization` or decreasing "
            "`max_model_len` when initializing the engine.",
        ),
    ),
    "damaged weights": (
        "weights",
        (
            "safetensors_rust.SafetensorError: Error while deserializing header: incomplete metadata, file not fully "
            "covered",
        ),
    ),
    "disk full": ("graphs", ("OSError: [Errno 28] No space left on device",)),
    "no permission": ("interpreter", ("PermissionError: [Errno 13] Permission denied: '/dev/nvidia0'",)),
    "vllm missing": (
        "interpreter",
        ("ModuleNotFoundError: No module named 'vllm'",),
    ),
    "no cuda": (
        "interpreter",
        ("RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG`",),
    ),
    "nothing said": ("weights", ()),
}
"""Name -> where it happens, and the last words before the server ends."""


class Voice:
    """Prints as vLLM's logger does: name and pid of the process, level, time, place."""

    def __init__(self, version: str = "0.32.0") -> None:
        self.version = version

    def say(self, name: str, place: str, text: str, *, level: str = "INFO", pid: int = 0) -> None:
        """Print one message; each of its lines gets the head, as in vLLM."""
        if not place:
            self.raw(text)
            return
        moment = time.strftime("%m-%d %H:%M:%S")
        for line in text.splitlines() or [""]:
            self.raw(f"({name} pid={pid or os.getpid()}) {level} {moment} [{place}] {line}\n")

    def raw(self, text: str) -> None:
        """Print as it is, at once, in one write, as several processes share the pipe."""
        os.write(1, text.encode())

    def front(self, model: str, options: Sequence[str]) -> None:
        """Say what the front process says before the engine is started."""
        self.say(FRONT, "serve/utils/api_utils.py:308", f"vLLM server version {self.version}, serving model {model}")
        self.say(FRONT, "serve/utils/api_utils.py:286", f"non-default args: {{{', '.join(map(repr, options))}}}")
        self.say(FRONT, "config/model.py:733", "Resolved architecture: HunYuanVLForConditionalGeneration")
        self.say(FRONT, "config/model.py:2152", "Using max model len 16384")
        self.say(FRONT, "config/scheduler.py:308", "Chunked prefill is enabled with max_num_batched_tokens=16384.")

    def core_begins(self) -> None:
        """Say what the core says first."""
        self.say(
            CORE, "v1/engine/core.py:134", f"Initializing a V1 LLM engine (v{self.version}) with config: model='…'"
        )

    def phase(self, phase: str, worker: int) -> None:
        """Say the lines of a phase, the worker's too: in vLLM their order is the same every time."""
        for name, place, text in CORE_LINES.get(phase, ()):
            self.say(name, place, text, pid=worker if name == WORKER else 0)

    def traceback(self, name: str, text: Sequence[str]) -> None:
        """Say how it failed, as a logged exception."""
        if name == CORE:
            self.say(name, "v1/engine/core.py:1510", "EngineCore failed to start.", level="ERROR")
        place = "v1/engine/core.py:1510" if name == CORE else "api_server/entry.py:185"
        head = 'Traceback (most recent call last):\n  File "…/vllm/v1/engine/core.py", line 1480, in run_engine_core'
        self.say(name, place, "\n".join([head, *text]), level="ERROR")

    def core_failed(self, code: int) -> None:
        """Say what the front says when the core did not come up: never the cause."""
        self.raw(
            f"({FRONT} pid={os.getpid()}) RuntimeError: Engine core initialization failed. See root cause above. "
            f"Failed core proc(s): {{'EngineCore': {code}}}\n"
        )

    def serving(self, address: str) -> None:
        """Say that the doors are open."""
        self.say(FRONT, "api_server/entry.py:140", f"Starting vLLM server on {address}")
        self.say(FRONT, "launchers/launcher.py:186", "Available routes are:")
        self.raw(f"({FRONT} pid={os.getpid()}) INFO:     Application startup complete.\n")
