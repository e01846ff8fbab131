"""Why an engine failed: each known cause is found in what the real one logs, and nothing else is taken for one."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.engine_errors import (
    CardLost,
    CudaMissing,
    DriverTooOld,
    EngineBroken,
    EngineCrashed,
    EngineError,
    EngineNotPermitted,
    EngineStalled,
    LaunchUnavailable,
    ModelIncomplete,
    NoFittingRelease,
    NotEnoughMemory,
    PageTooLongForMemory,
    PortTaken,
    Remedy,
    RemedyKind,
    WeightsDamaged,
    WrongArchitecture,
)
from engine.errors import DiglotError, DiskFull
from engine.server.card_causes import LEAST_BUDGET_BYTES, RESERVE_BYTES, budget_within
from engine.server.causes import RULES, cause_of
from engine.server.log_lines import SHOWN_CHARS
from tests.support.vllm_logs import GOOD_STARTS, good_start, log_of, names

GIB = 1 << 30
SET_UP = Remedy(RemedyKind.SET_UP)
AGAIN = Remedy(RemedyKind.START_AGAIN)


@dataclass(frozen=True)
class Cause:
    """What is to be found in a log: the class, words of subject and detail, and the remedy."""

    kind: type[DiglotError]
    words: str = ""
    remedy: Remedy | None = None


def budget(tenths: int) -> Remedy:
    return Remedy(RemedyKind.USE_BUDGET, tenths * GIB // 10)


def length(tokens: int) -> Remedy:
    return Remedy(RemedyKind.USE_LENGTH, tokens)


CAUSES = {
    # Recorded from vLLM 0.32.0 on the processor
    "architecture_unknown": Cause(WrongArchitecture, "T5Stack", SET_UP),
    "config_broken": Cause(WeightsDamaged, "config.json", SET_UP),
    "disk_full": Cause(DiskFull),
    "flag_unknown": Cause(EngineBroken, "--no-such-flag", SET_UP),
    "model_folder_missing": Cause(ModelIncomplete, "not-there is missing", SET_UP),
    "model_type_unknown": Cause(WrongArchitecture, "hunyuan_xx", SET_UP),
    "not_in_this_version": Cause(WrongArchitecture, "HunYuanOCR2ForConditionalGeneration", SET_UP),
    "permission_denied": Cause(EngineNotPermitted, "~/.local/share/diglot/models/HunyuanOCR/model.safetensors"),
    "port_taken": Cause(PortTaken, "", AGAIN),
    "processor_missing": Cause(ModelIncomplete, "picture processor", SET_UP),
    "socket_taken": Cause(PortTaken, "", AGAIN),
    "tokenizer_missing": Cause(ModelIncomplete, "tokenizer", SET_UP),
    "too_long_for_memory": Cause(PageTooLongForMemory, "131072 tokens take 2.0 GiB", length(65408)),
    "too_long_for_model": Cause(PageTooLongForMemory, "131072 tokens, there is room for 8192", length(8192)),
    "vllm_missing": Cause(EngineBroken, "vLLM is not there", SET_UP),
    "weights_cut": Cause(WeightsDamaged, "incomplete metadata, file not fully covered", SET_UP),
    "weights_header": Cause(WeightsDamaged, ".safetensors", SET_UP),
    "weights_missing": Cause(ModelIncomplete, "no weights", SET_UP),
    "sleep_not_supported": Cause(EngineBroken, "Sleep mode is not supported", SET_UP),
    "socket_path_too_long": Cause(EngineCrashed, "the path of its socket is too long"),
    "weights_of_another_size": Cause(WeightsDamaged, "they do not fit the model", SET_UP),
    "core_killed_while_serving": Cause(EngineCrashed, "its core ended without a word"),
    # Composed from the sources, for want of a card
    "gpu_memory_taken": Cause(NotEnoughMemory, "5.8 GiB of 12.0 GiB are free, 10.8 GiB were asked for", budget(55)),
    "gpu_memory_taken_old": Cause(NotEnoughMemory, "1.2 GiB of 7.8 GiB are free"),
    "gpu_out_of_memory": Cause(NotEnoughMemory, "1.5 GiB more were needed, 0.4 GiB were free", budget(65)),
    "gpu_out_of_memory_wsl": Cause(NotEnoughMemory, "20 MiB more were needed, 0 MiB were free"),
    "gpu_no_page_memory": Cause(NotEnoughMemory, "weights and vision alone"),
    "gpu_too_long": Cause(PageTooLongForMemory, "12.0 GiB, 3.2 GiB are left for pages", length(35056)),
    "gpu_memory_moved": Cause(EngineCrashed, "another program gave graphics memory back", AGAIN),
    "driver_too_old": Cause(DriverTooOld, "CUDA up to 12.4", SET_UP),
    "driver_compat": Cause(DriverTooOld, "", SET_UP),
    "driver_updated": Cause(CudaMissing, "the driver was updated"),
    "no_cuda": Cause(CudaMissing, "libcuda.so"),
    "card_too_old": Cause(NoFittingRelease, "NVIDIA GeForce GTX 1080 Ti has compute capability 6.1"),
    "card_without_bfloat16": Cause(NoFittingRelease, "Quadro RTX 5000 has compute capability 7.5"),
    "rope_channels": Cause(WrongArchitecture, "4 multimodal RoPE channels", SET_UP),
    "not_inspected": Cause(WrongArchitecture, "HunYuanVLForConditionalGeneration", SET_UP),
    "library_missing": Cause(EngineBroken, "libcudart.so.13 is missing", SET_UP),
    "c_library_too_old": Cause(LaunchUnavailable, "GLIBC_2.34"),
    "no_compiler": Cause(LaunchUnavailable, "C compiler"),
    "no_nvcc": Cause(LaunchUnavailable, "nvcc"),
    "core_killed": Cause(EngineCrashed, "main memory is full"),
    "core_bus_error": Cause(DiskFull, "/dev/shm"),
    "serving_out_of_memory": Cause(NotEnoughMemory, "1.5 GiB more were needed", budget(65)),
    "serving_card_lost": Cause(CardLost, "unspecified launch failure"),
    "serving_assert": Cause(EngineCrashed, "device-side assert triggered"),
    "serving_quotes_a_page": Cause(EngineCrashed, "ValueError: could not decode … at … of 12"),
    "serving_request_failed": Cause(EngineCrashed, "it left with code 1"),
    "container_without_card": Cause(LaunchUnavailable, "could not select device driver"),
    "sandbox_forbidden": Cause(EngineNotPermitted, "bwrap: setting up uid map"),
}


def remedy_of(error: DiglotError) -> Remedy | None:
    return error.remedy if isinstance(error, EngineError) else None


def check(error: DiglotError, cause: Cause) -> None:
    assert type(error) is cause.kind, str(error)
    assert cause.words in f"{error.subject} {error.detail}"
    assert remedy_of(error) == cause.remedy


def test_every_log_at_hand_is_either_a_good_start_or_has_a_cause() -> None:
    assert {*CAUSES, *GOOD_STARTS} == set(names())


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_found_in_the_log(name: str) -> None:
    # given a log of a failure, when it is asked for its cause, then it is the root and not what followed from it
    check(cause_of(log_of(name), 1), CAUSES[name])


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_found_however_the_lines_are_dressed(name: str) -> None:
    # given the log as a container's clock, a terminal's colours and Windows' line ends would have it
    dressed = [f"2026-11-20T10:00:01.118831485Z \x1b[0;36m{line}\x1b[0m\r" for line in log_of(name)]

    # then the same is found; where the end of a line matters, it still is the end
    check(cause_of(dressed, 1), CAUSES[name])


@pytest.mark.parametrize("name", [name for name, cause in CAUSES.items() if cause.kind is not EngineCrashed])
def test_a_kill_after_the_failure_does_not_hide_it(name: str) -> None:
    # given that the front was killed while it was cleaning up
    check(cause_of(log_of(name), -9), CAUSES[name])


@pytest.mark.parametrize("name", CAUSES)
def test_a_home_folder_is_never_told(name: str) -> None:
    said = str(cause_of(log_of(name), 1))

    assert "ada" not in re.split(r"\W+", said)
    assert "site-packages" not in said


@pytest.mark.parametrize("returncode", [None, 0, 1, -9, -15])
@pytest.mark.parametrize("name", GOOD_STARTS)
def test_the_warnings_of_a_good_start_are_no_cause(name: str, returncode: int | None) -> None:
    # given an engine that came up, and was gone
    error = cause_of(good_start(name), returncode)

    # then nobody knows why, and nothing is offered
    assert type(error) is EngineCrashed
    assert remedy_of(error) is None


@pytest.mark.parametrize("name", GOOD_STARTS)
def test_no_line_of_a_good_start_is_a_cause(name: str) -> None:
    # given an engine that was killed at any moment of its start
    lines = good_start(name)
    for count in range(0, len(lines), 3):
        error = cause_of(lines[:count], -9)

        assert type(error) is EngineCrashed
        assert "main memory" in error.detail


def test_an_engine_that_was_stopped_says_nothing_but_its_code() -> None:
    error = cause_of(log_of("started_read_slept_stopped"), 3)

    assert type(error) is EngineCrashed
    assert error.detail == "it left with code 3"


@pytest.mark.parametrize("failure", ["gpu_memory_taken", "gpu_out_of_memory", "weights_cut", "port_taken"])
def test_what_failed_before_it_served_is_no_cause_of_a_later_death(failure: str) -> None:
    # given a start that overcame something, and served
    lines = [*log_of(failure), "INFO:     Application startup complete."]

    assert type(cause_of(lines, 1)) is EngineCrashed


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (-9, EngineCrashed, "main memory is full"),
        (137, EngineCrashed, "main memory is full"),
        (-4, EngineBroken, "this processor lacks an instruction"),
        (132, EngineBroken, "this processor lacks an instruction"),
        (-7, DiskFull, "/dev/shm"),
        (-11, EngineCrashed, "signal SIGSEGV"),
        (139, EngineCrashed, "signal SIGSEGV"),
        (-6, EngineCrashed, "signal SIGABRT"),
        (-60, EngineCrashed, "signal 60"),
        (126, EngineBroken, "cannot be started"),
        (127, EngineBroken, "is not there"),
        (1, EngineCrashed, "it left with code 1"),
        (-4000, EngineCrashed, "it left with code -4000"),
        (3221225477, EngineCrashed, "it left with code 3221225477"),
        (None, EngineCrashed, ""),
    ],
)
def test_without_a_word_the_exit_code_speaks(code: int | None, kind: type[DiglotError], words: str) -> None:
    error = cause_of([], code)

    assert type(error) is kind
    assert words in f"{error.subject} {error.detail}"


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


def test_the_line_of_a_frame_is_no_cause() -> None:
    # given a traceback that goes through code which could have complained of something else
    lines = [
        "Traceback (most recent call last):",
        '  File "/opt/vllm/launcher.py", line 9, in setup',
        '    raise OSError("[Errno 98] Address already in use") if taken else TypeError(kind)',
        "TypeError: int",
    ]

    check(cause_of(lines, 1), Cause(EngineCrashed, "TypeError: int"))


def test_of_two_causes_the_nearer_to_the_root_wins_then_the_earlier() -> None:
    seen_late = "RuntimeError: Failed to infer device type, please set the environment variable"
    root = "OSError: [Errno 98] Address already in use"
    other = "torch.OutOfMemoryError: CUDA out of memory."

    assert type(cause_of([seen_late, root], 1)) is PortTaken
    assert type(cause_of([root, other], 1)) is PortTaken
    assert type(cause_of([other, root], 1)) is NotEnoughMemory


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("The above exception was the direct cause of the following exception:", "KeyError: 'spam'"),
        ("During handling of the above exception, another exception occurred:", "RuntimeError: it has no spam"),
        ("", "RuntimeError: it has no spam"),
    ],
)
def test_of_a_chain_of_exceptions_the_telling_one_is_quoted(link: str, told: str) -> None:
    head = "Traceback (most recent call last):"
    lines = [head, "  File 'a'", "KeyError: 'spam'", "", link, "", head, "  File 'b'", "RuntimeError: it has no spam"]

    assert cause_of(lines, 1).detail == told


def test_of_several_processes_the_one_that_failed_first_is_quoted() -> None:
    # given a worker that fails, the core that hears of it, and the front that hears of the core
    def process(name: str, *lines: str) -> list[str]:
        return [f"({name} pid=7) ERROR 11-25 22:18:51 [core.py:1510] {line}" for line in lines]

    head = "Traceback (most recent call last):"
    lines = [
        *process(
            "Worker", "WorkerProc failed to start.", head, '  File "a.py", line 1, in a', "ZeroDivisionError: 1/0"
        ),
        *process("EngineCore", "EngineCore failed to start.", head, '  File "b.py", line 1, in b'),
        *process("EngineCore", "Exception: WorkerProc initialization failed. See stack trace for root cause."),
        head,
        '  File "c.py", line 1, in c',
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}",
    ]

    assert cause_of(lines, 1).detail == "ZeroDivisionError: 1/0"


def test_what_python_itself_ignores_is_not_quoted() -> None:
    lines = [
        "Traceback (most recent call last):",
        "  File 'a'",
        "LookupError: gone",
        "Exception ignored in: <function Socket.__del__ at 0x7f>",
        "Traceback (most recent call last):",
        "  File 'b'",
        "TypeError: 'NoneType' object is not callable",
    ]

    assert cause_of(lines, 1).detail == "LookupError: gone"


def test_an_exception_of_pydantic_is_quoted_with_what_it_says() -> None:
    lines = [
        "Traceback (most recent call last):",
        "  File 'a'",
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig",
        "  Value error, this and that [type=value_error]",
        "    For further information visit https://errors.pydantic.dev",
    ]

    assert cause_of(lines, 1).detail.endswith("ModelConfig: Value error, this and that [type=value_error]")


def test_a_line_is_quoted_where_there_is_no_exception() -> None:
    lines = ["ready", "terminate called after throwing", "  what():  unheard-of", "fatal: unheard-of thing", "bye"]

    assert cause_of(lines, 1).detail == "fatal: unheard-of thing"


def test_a_key_is_never_told() -> None:
    key = "mJ4x9Qv0bT7zL2kP5sR8wY1aC6dE3fGhUiNo-_AB"
    lines = ["Traceback (most recent call last):", "  File 'a'", f"OddError: api_key={key} and {key} and Bearer {key}"]

    assert key not in str(cause_of(lines, 1))


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


# -- the table, and text that nobody expects


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.mark)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_the_mark_of_a_rule_is_in_all_that_it_matches_and_its_error_can_be_built(rule, data) -> None:  # type: ignore[no-untyped-def]
    # given any line that the pattern matches
    line = data.draw(st.from_regex(rule.pattern))
    match = rule.pattern.search(line)
    assert match is not None

    # then the quick look would have let it pass, and it becomes an error with short words
    assert rule.mark in line
    error = rule.build(match)
    assert error.title and len(error.detail) <= 2 * SHOWN_CHARS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.mark)
def test_no_pattern_goes_wild(rule) -> None:  # type: ignore[no-untyped-def]
    # given lines that begin like a match over and over, or go on for ever: a wild pattern would never come back
    for filler in ("", " ", "a", "1", "1.", "(", "'", "['", "x ", "/a", "--a ", ": ", "a.so"):
        for line in (rule.mark * 2000 + filler, rule.mark + filler * 50_000, filler * 50_000 + rule.mark):
            assert isinstance(cause_of([line], 1), DiglotError)


pieces = st.sampled_from(
    [rule.mark for rule in RULES]
    + ["Traceback (most recent call last):", "  File 'x'", "(EngineCore pid=1) ERROR 11-25 22:18:51 [core.py:1] "]
    + ["During handling of the above exception", "INFO:     Application startup complete.", "\r", "\x1b[31m", "'", '"']
)
lines_of_anything = st.lists(st.lists(pieces | st.text(max_size=30), max_size=5).map("".join), max_size=20)


@given(lines_of_anything, st.none() | st.integers(-200, 300))
def test_any_text_has_a_cause_that_can_be_shown(lines: list[str], code: int | None) -> None:
    error = cause_of(lines, code)

    assert isinstance(error, DiglotError)
    assert str(error).isprintable()
    assert len(error.detail) <= 2 * SHOWN_CHARS


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(["ab ", "\r", "\x1b[", "(a pid=1) ", "Xid ", "'", "C:\\Users\\", "/home/", "1" * 40 + "a "]))
def test_a_line_of_a_megabyte_is_read_in_one_go(part: str) -> None:
    line = part * ((1 << 20) // len(part))

    assert isinstance(cause_of([line, "Traceback (most recent call last):", line], 1), DiglotError)
