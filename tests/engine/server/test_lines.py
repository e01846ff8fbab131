"""Untrusted bytes become lines of clean text, and reach the loop in portions."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server import lines
from engine.server.lines import MAX_LINE_BYTES, LineFeed, LineSplitter


@given(st.binary(), st.lists(st.integers(0, 50)))
def test_any_bytes_become_lines_of_clean_text_however_they_arrive(raw: bytes, cuts: list[int]) -> None:
    splitter = LineSplitter()
    told: list[str] = []
    for size in cuts:
        told += splitter.feed(raw[:size])
        raw = raw[size:]
    told += splitter.feed(raw) + splitter.finish()
    for line in told:
        assert line
        assert not set(line) & {chr(code) for code in (*range(9), *range(10, 32), 127)}
        assert len(line) <= MAX_LINE_BYTES + 1


@given(st.lists(st.text("abc é中", min_size=1).map(str.strip).filter(bool), max_size=20), st.integers(1, 9))
def test_text_in_lines_comes_out_as_it_went_in(texts: list[str], step: int) -> None:
    splitter = LineSplitter()
    raw = "".join(f"{text}\n" for text in texts).encode()
    told = [line for at in range(0, len(raw), step) for line in splitter.feed(raw[at : at + step])]
    assert told + splitter.finish() == texts


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"\r 0%|  |", b"\r50%|# |", b"\r100%|##|\n", b"done\n"], [" 0%|  |", "50%|# |", "100%|##|", "done"]),
        ([b"one\r", b"\ntwo\r\n"], ["one", "two"]),
        ([b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07end\n"], ["red end"]),
        ([b"x" * 5000, b"x" * 5000, b"x" * 5000 + b"\nnext\n"], ["x" * MAX_LINE_BYTES + "…", "next"]),
        ([b"no end"], ["no end"]),
        ([b"\xff\xfe\n"], ["\ufffd\ufffd"]),
    ],
    ids=["progress bar", "split ending", "colours", "endless", "cut off", "not UTF-8"],
)
def test_lines_are_cut_where_a_person_would(pieces: list[bytes], expected: list[str]) -> None:
    splitter = LineSplitter()
    told = [line for piece in pieces for line in splitter.feed(piece)] + splitter.finish()
    assert told == expected


def test_a_bars_state_is_told_before_the_next_one_comes() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"\r50%|###   |") == ["50%|###   |"]


def test_lines_for_a_loop_that_is_too_busy_are_dropped_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_WAITING", 10)

    async def run() -> list[str]:
        told: list[str] = []
        over = asyncio.Event()
        feed = LineFeed(asyncio.get_running_loop(), told.append)
        feed.put([str(number) for number in range(25)])
        feed.finish(over.set)
        await over.wait()
        return told

    assert asyncio.run(run()) == ["… 15 lines left out …", *map(str, range(15, 25))]


def test_a_listener_with_a_fault_does_not_silence_the_engine(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> list[str]:
        told: list[str] = []
        over = asyncio.Event()

        def listen(line: str) -> None:
            told.append(line)
            raise KeyError(line)

        feed = LineFeed(asyncio.get_running_loop(), listen)
        feed.put(["one", "two"])
        feed.finish(over.set)
        await over.wait()
        return told

    assert asyncio.run(run()) == ["one", "two"]
    assert "could not be taken" in caplog.text
