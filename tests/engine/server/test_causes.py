"""Why an engine failed: each known cause is found in what the real one logs, and nothing else is taken for one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.engine_errors import (
    CardLost,
    CudaMissing,
    DriverTooOld,
    EngineBroken,
    EngineCrashed,
    EngineNotPermitted,
    LaunchUnavailable,
    ModelIncomplete,
    NoFittingRelease,
    NotEnoughMemory,
    PageTooLongForMemory,
    PortTaken,
    WeightsDamaged,
    WrongArchitecture,
)
from engine.errors import DiglotError, DiskFull
from engine.server.causes import RULES, cause_of
from engine.server.log_lines import SHOWN_CHARS
from tests.support.causes import AGAIN, SET_UP, Cause, budget, check, length, remedy_of
from tests.support.vllm_logs import GOOD_STARTS, good_start, log_of, names

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
