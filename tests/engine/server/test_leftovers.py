"""Leftovers are told by their marker: ours whose Diglot is gone, and never anybody else's."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.keeper import MARK
from engine.server.leftovers import clear_leftovers, end, leftovers, marked, marker, owner_is_gone
from tests.support.children import left_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")


@contextlib.contextmanager
def a_process(mark: str, *, script: str = "sleep 60") -> Iterator[psutil.Process]:
    """Run something that bears a mark ("": none), in a session of its own, as a server's processes are."""
    environment = {"PATH": os.environ["PATH"], **({MARK: mark} if mark else {})}
    with subprocess.Popen(["/bin/sh", "-c", f"{script} & wait"], env=environment, start_new_session=True) as process:
        try:
            found = psutil.Process(process.pid)
            while not found.children():
                pass
            yield found
        finally:
            for each in [*found.children(), found] if process.poll() is None else []:
                each.kill()


def mark_of_a_dead_owner() -> str:
    """A marker made by a process that has ended since."""
    code = "from engine.server.leftovers import marker; print(marker())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def test_what_a_dead_app_left_is_found_and_ended_with_its_children() -> None:
    mark = mark_of_a_dead_owner()
    with a_process(mark) as process:
        family = [process, *process.children()]
        assert set(leftovers(mark)) == {each.pid for each in family}
        assert {each.pid for each in family} <= set(leftovers())
        assert asyncio.run(clear_leftovers(mark)) == 2
        assert left_of(family, within=0) == []
    assert leftovers(mark) == []


@pytest.mark.slow
def test_one_that_does_not_hear_is_killed() -> None:
    mark = mark_of_a_dead_owner()
    with a_process(mark, script="trap '' TERM; sleep 60") as process:
        end(lambda: marked(mark), patience=0.2)
        assert left_of([process], within=0) == []


def test_what_a_living_app_owns_is_none_of_ours() -> None:
    mark = marker()
    with a_process(mark) as process:
        assert leftovers(mark) == []
        assert asyncio.run(clear_leftovers(mark)) == 0
        assert process.is_running()
        assert process in marked(mark)


def test_another_programs_server_is_never_touched() -> None:
    with a_process("") as process:
        asyncio.run(clear_leftovers())
        assert process.is_running()


@pytest.mark.parametrize(
    "mark",
    ["diglot:1", "diglot:x:1:1:0123abcd", "diglot:999999:1:1:0123abcd", "diglotter:1:1:1:01234567", "diglot:::: "],
    ids=["short", "no number", "another namespace", "another name", "empty"],
)
def test_a_marker_that_cannot_be_read_or_judged_from_here_is_left_alone(mark: str) -> None:
    with a_process(mark) as process:
        asyncio.run(clear_leftovers())
        assert process.is_running()


def test_a_new_process_with_the_owners_number_is_not_the_owner() -> None:
    name, pid, start, namespace, token = marker().split(":")
    assert not owner_is_gone(":".join([name, pid, start, namespace, token]))
    assert owner_is_gone(":".join([name, pid, str(int(start) - 1), namespace, token]))


def test_no_two_markers_are_alike() -> None:
    assert len({marker() for _ in range(100)}) == 100


@given(st.text(max_size=80) | st.from_regex(r"diglot:\d{0,12}:\d{0,22}:\d{0,12}:\w{0,9}"))
@pytest.mark.slow
def test_no_text_in_a_marker_does_any_harm(text: str) -> None:
    assert owner_is_gone(text) in (True, False)


def test_this_very_process_is_never_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = mark_of_a_dead_owner()
    code = f"import os; os.environ['{MARK}']; from engine.server.leftovers import leftovers; print(leftovers('{mark}'))"
    environment = {**os.environ, MARK: mark}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.strip() == "[]"
