"""The table of known causes: words that no log at hand has, what is offered, and that no pattern goes wild."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.engine_errors import (
    CardLost,
    CudaMissing,
    DriverTooOld,
    EngineBroken,
    EngineCrashed,
    EngineNotPermitted,
    EngineStalled,
    LaunchUnavailable,
    ModelIncomplete,
    NotEnoughMemory,
    PageTooLongForMemory,
    PortTaken,
    Remedy,
    WeightsDamaged,
)
from engine.errors import DiglotError, DiskFull
from engine.server.card_causes import LEAST_BUDGET_BYTES, RESERVE_BYTES, budget_within
from engine.server.cause_rule import Rule
from engine.server.causes import RULES, cause_of
from engine.server.log_lines import SHOWN_CHARS
from tests.support.causes import AGAIN, GIB, SET_UP, Cause, budget, check, length


@pytest.mark.parametrize(
    ("line", "kind", "words", "remedy"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.", NotEnoughMemory, "20 MiB", None),
        ("RuntimeError: CUDA error: out of memory", NotEnoughMemory, "", None),
        ("RuntimeError: CUDA Error: out of memory at cumem_allocator.cpp:62", NotEnoughMemory, "", None),
        ("CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", NotEnoughMemory, "", None),
        (
            "ValueError: The model's max seq len (131072) is larger than the maximum number of tokens that can be "
            "stored in KV cache (37136). Try increasing `gpu_memory_utilization` or decreasing `max_model_len`.",
            PageTooLongForMemory,
            "131072 tokens, there is room for 37136",
            length(37136),
        ),
        (
            "ValueError: To serve at least one request with the models's max seq len (32768), (3.00 GiB KV cache is "
            "needed, which is larger than the available KV cache memory (0.10 GiB). ",
            PageTooLongForMemory,
            "32768 tokens take 3.0 GiB, 102 MiB are left",
            None,
        ),
        (
            "ValueError: Available memory on node 0 (3.10/23.40 GiB) on startup is less than desired CPU memory "
            "utilization (0.92, 21.53 GiB). On the CPU backend, …",
            NotEnoughMemory,
            "3.1 GiB of 23.4 GiB",
            budget(28),
        ),
        (
            "ValueError: Available memory on node 0 (1.10/23.40 GiB) on kv cache allocation is less than requested "
            "memory for kv (4.0 GiB). Decrease --kv-cache-memory-bytes, …",
            NotEnoughMemory,
            "4.0 GiB were asked for",
            None,
        ),
        ("RuntimeError: CUDA driver version is insufficient for CUDA runtime version", DriverTooOld, "", SET_UP),
        ("CUDA error: cudaErrorInsufficientDriver", DriverTooOld, "", SET_UP),
        ("pynvml.NVMLError_LibraryNotFound: NVML Shared Library Not Found", CudaMissing, "NVML", None),
        ("RuntimeError: No CUDA GPUs are available", CudaMissing, "torch sees no card", None),
        ("RuntimeError: CUDA error: no CUDA-capable device is detected", CudaMissing, "shows no card", None),
        ("RuntimeError: CUDA error: CUDA-capable device(s) is/are busy or unavailable", CudaMissing, "to itself", None),
        ("[  812.1] NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.", CardLost, "Xid", None),
        ("pynvml.NVMLError_GpuIsLost: GPU is lost", CardLost, "", None),
        ("RuntimeError: CUDA error: the launch timed out and was terminated", CardLost, "timed out", None),
        ("RuntimeError: CUDA error: an illegal memory access was encountered", EngineCrashed, "illegal memory", None),
        (
            "RuntimeError: Error(s) in loading state_dict: size mismatch for model.layers.0.mlp.gate_proj.weight: "
            "copying a param with shape torch.Size([1]) from checkpoint",
            WeightsDamaged,
            "model.layers.0.mlp.gate_proj.weight",
            SET_UP,
        ),
        (
            "ValueError: Following weights were not initialized from checkpoint: {'model.norm.weight'}",
            WeightsDamaged,
            "model.norm.weight",
            SET_UP,
        ),
        (
            'FileNotFoundError: No such file or directory: "/home/ada/m/model-00002-of-00004.safetensors"',
            ModelIncomplete,
            "model-00002-of-00004.safetensors is missing",
            SET_UP,
        ),
        (
            "OSError: /home/ada/m does not appear to have a file named preprocessor_config.json. Checkout 'https://…'",
            ModelIncomplete,
            "preprocessor_config.json is missing",
            SET_UP,
        ),
        ("ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000)", PortTaken, "", AGAIN),
        ("OSError: [Errno 28] No space left on device: '/dev/shm/psm_1f2e'", DiskFull, "/dev/shm", None),
        ("OSError: [Errno 122] Disk quota exceeded: '/home/ada/.cache/vllm'", DiskFull, "~/.cache/vllm", None),
        ("PermissionError: [Errno 13] Permission denied: '/dev/nvidia0'", EngineNotPermitted, "/dev/nvidia0", None),
        ("PermissionError: [Errno 1] Operation not permitted: '/x'", EngineNotPermitted, "/x", None),
        ("/usr/bin/python3: No module named vllm.entrypoints.openai", EngineBroken, "vLLM is not there", SET_UP),
        ("PackageNotFoundError: No package metadata was found for vllm", EngineBroken, "vLLM is not there", SET_UP),
        ("ModuleNotFoundError: No module named 'zmq.asyncio'", EngineBroken, "zmq is missing", SET_UP),
        ("ModuleNotFoundError: No module named 'vllm_flash'", EngineBroken, "vllm_flash is missing", SET_UP),
        ("ImportError: /x/vllm/_C.abi3.so: undefined symbol: _ZN3c104cuda", EngineBroken, "_ZN3c104cuda", SET_UP),
        ("api_server.py: error: argument --dtype: invalid choice: 'x'", EngineBroken, "--dtype", SET_UP),
        ("Fatal Python error: init_fs_encoding: failed to get the Python codec", EngineBroken, "its Python", SET_UP),
        ("/tmp/x/main.c:5:10: fatal error: Python.h: No such file or directory", LaunchUnavailable, "headers", None),
        ("Error: localhost/vllm-openai:v0.28: image not known", LaunchUnavailable, "vllm-openai", None),
        ("RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory", EngineCrashed, "main memory", None),
        ("OSError: [Errno 12] Cannot allocate memory", EngineCrashed, "main memory", None),
        (
            "TimeoutError: Timed out waiting for engine core processes to start. This is often caused by …",
            EngineStalled,
            "",
            AGAIN,
        ),
    ],
)
def test_words_that_no_log_at_hand_has(line: str, kind: type[DiglotError], words: str, remedy: Remedy | None) -> None:
    # given the last line of a traceback, as PyTorch, CUDA, Python or an older vLLM words it
    lines = ["Traceback (most recent call last):", '  File "x.py", line 1, in <module>', "    fail()", line]

    check(cause_of(lines, 1), Cause(kind, words, remedy))


@pytest.mark.parametrize(
    ("free", "offered"),
    [(0, None), (LEAST_BUDGET_BYTES, None), (int(6.83 * GIB), 65), (12 * GIB, 117), (48 * GIB, 477)],
)
def test_a_budget_is_offered_in_tenths_and_keeps_something_back(free: int, offered: int | None) -> None:
    assert budget_within(free) == (None if offered is None else budget(offered))


@given(st.integers(min_value=-GIB, max_value=512 * GIB))
def test_a_budget_that_is_offered_always_fits(free: int) -> None:
    remedy = budget_within(free)

    if remedy is None:
        assert free < LEAST_BUDGET_BYTES + RESERVE_BYTES + GIB // 10
    else:
        assert LEAST_BUDGET_BYTES <= remedy.value <= free - RESERVE_BYTES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.mark)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_the_mark_of_a_rule_is_in_all_that_it_matches_and_its_error_can_be_built(
    rule: Rule, data: st.DataObject
) -> None:
    # given any line that the pattern matches
    line = data.draw(st.from_regex(rule.pattern))
    match = rule.pattern.search(line)
    assert match is not None

    # then the quick look would have let it pass, and it becomes an error with short words
    assert rule.mark in line
    error = rule.build(match)
    assert error.title and len(error.detail) <= 2 * SHOWN_CHARS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.mark)
def test_no_pattern_goes_wild(rule: Rule) -> None:
    # given lines that begin like a match over and over, or go on for ever: a wild pattern would never come back
    for filler in ("", " ", "a", "1", "1.", "(", "'", "['", "x ", "/a", "--a ", ": ", "a.so"):
        for line in (rule.mark * 2000 + filler, rule.mark + filler * 50_000, filler * 50_000 + rule.mark):
            assert isinstance(cause_of([line], 1), DiglotError)
