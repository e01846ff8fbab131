"""A line of the log: who says it, how serious it is, what it says; and what of it a person is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.log_lines import LINE_CHARS, SHOWN_CHARS, LogLine, log_lines, showable


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("plain", LogLine("", "", "plain")),
        (
            "(APIServer pid=4021) INFO 11-25 22:18:09 [v1/engine/core.py:12]   File x",
            LogLine("APIServer", "INFO", "  File x"),
        ),
        ("(EngineCore_DP0 pid=1) ERROR 11-25 22:18:09 [core.py:842] boom", LogLine("EngineCore_DP0", "ERROR", "boom")),
        ("(RayWorker pid=1, ip=10.0.0.1) boom", LogLine("RayWorker", "", "boom")),
        ("WARNING 11-25 22:18:09 [__init__.py:12] hm", LogLine("", "WARNING", "hm")),
        (
            "(APIServer pid=1) INFO:     Application startup complete.",
            LogLine("APIServer", "INFO", "Application startup complete."),
        ),
        ("ERROR:    [Errno 98] error", LogLine("", "ERROR", "[Errno 98] error")),
        ("2026-11-20 10:00:38,110 - INFO - autotuner.py:615 - x", LogLine("", "INFO", "autotuner.py:615 - x")),
        ("[rank0]:   File x", LogLine("", "", "  File x")),
        ("(EngineCore pid=1)   File x", LogLine("EngineCore", "", "  File x")),
        ("2026-11-20T10:00:01.118831485Z (EngineCore pid=1) x", LogLine("EngineCore", "", "x")),
        ("\x1b[0;36m(EngineCore pid=1)\x1b[0;0m INFO 11-25 22:18:09 [c.py:1] x", LogLine("EngineCore", "INFO", "x")),
        ("\x1b]0;title\x07x", LogLine("", "", "x")),
    ],
)
def test_what_stands_before_the_text_is_understood(raw: str, line: LogLine) -> None:
    assert list(log_lines(raw)) == [line]


@pytest.mark.parametrize(
    ("raw", "serious"),
    [
        ("Killed", True),
        ("(A pid=1) CRITICAL 11-25 22:18:09 [c.py:1] x", True),
        ("[E1125 22:20:11.118 ProcessGroupNCCL.cpp:1] x", True),
        ("[W1125 22:20:11.118 utils.cpp:68] Warning: NUMA", False),
        ("[rank0]:W0530 07:44:27.017000 284 torch/_inductor/utils.py:1731] Not enough SMs", False),
        ("/usr/lib/python3.11/multiprocessing/resource_tracker.py:254: UserWarning: leaked", False),
        ("(A pid=1) WARNING 11-25 22:18:09 [c.py:1] OSError: [Errno 28] No space left on device", False),
    ],
)
def test_what_is_serious_is_told_from_what_is_not(raw: str, serious: bool) -> None:
    (line,) = log_lines(raw)

    assert line.serious is serious


def test_a_bar_that_is_drawn_over_itself_is_many_lines() -> None:
    assert [line.text for line in log_lines("a: 1%\ra: 2%\r\ra: 3%\r\n")] == ["a: 1%", "a: 2%", "a: 3%"]


def test_of_an_endless_line_its_head_and_its_tail_are_read() -> None:
    lines = list(log_lines("head" + "x" * (1 << 20) + "\rtail"))

    assert lines[0].text.startswith("head")
    assert lines[-1].text == "tail"
    assert all(len(line.text) <= LINE_CHARS for line in lines)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("in /home/ada/.cache/vllm", "in ~/.cache/vllm"),
        ("'/Users/Ada/x' and /var/home/ada", "'~/x' and ~"),
        (r"C:\Users\Ada Lovelace\models\x", r"~\models\x"),
        ("/mnt/c/Users/ada/x", "~/x"),
        ("/root/.cache and /rootless", "~/.cache and /rootless"),
        ("a\tb\x00c\u202ed\n  e", "a b c d e"),
        ("api_key='s3cret-of-mine', x", "…', x"),
        ("Authorization: Bearer abcdef", "Authorization: …"),
        ("HunYuanVLForConditionalGeneration", "HunYuanVLForConditionalGeneration"),
        ("model-00002-of-00004.safetensors", "model-00002-of-00004.safetensors"),
        ("estimated 35056 tokens", "estimated 35056 tokens"),
    ],
)
def test_homes_keys_and_control_characters_are_not_shown(raw: str, shown: str) -> None:
    assert showable(raw) == shown


def test_the_own_home_is_not_shown_wherever_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/srv/people/ada"))

    assert showable("in /srv/people/ada/models") == "in ~/models"


@given(st.text())
def test_any_text_can_be_shown_in_a_line(text: str) -> None:
    shown = showable(text)

    assert shown == "" or shown.isprintable()
    assert len(shown) <= SHOWN_CHARS
    for line in log_lines(text):
        assert "\r" not in line.text and "\n" not in line.text
