"""The keeper by itself: it leaves with its server, ends it when the app is gone, and sweeps what bears a mark."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from engine.server import keeper
from engine.server.keeper import MARK
from engine.server.leftovers import marker
from tests.support.children import left_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="vLLM's stand-in needs POSIX")


def keep(*words: str, mark: str = "") -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], **({MARK: mark} if mark else {})}
    command = [sys.executable, "-I", "-S", keeper.__file__, *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill -11 $$", 139)])
def test_the_keeper_leaves_with_the_servers_code(script: str, code: int) -> None:
    with keep("--", "/bin/sh", "-c", script) as kept:
        assert kept.wait(10) == code


def test_the_keeper_says_what_cannot_be_started() -> None:
    with keep("--", "/nowhere/python") as kept:
        said = kept.communicate(timeout=10)[0].decode()
    assert kept.returncode == keeper.NOT_STARTED
    assert "cannot start /nowhere/python: No such file or directory" in said


@pytest.mark.parametrize("words", [[], ["--"], ["ls"], ["--sweep"], ["--sweep", ""]])
def test_the_keeper_runs_nothing_that_was_not_asked_clearly(words: list[str]) -> None:
    with keep(*words) as kept:
        assert kept.wait(10) == 2


@pytest.mark.parametrize("ending", ["closed input", "TERM", "HUP", "INT"])
def test_the_keeper_ends_everything_when_the_app_is_gone(ending: str) -> None:
    mark = marker()
    with keep("--", "/bin/sh", "-c", "sleep 60 & setsid sleep 60 & echo on; wait", mark=mark) as kept:
        assert kept.stdin is not None and kept.stdout is not None
        while b"on" not in kept.stdout.readline():
            pass
        family = [psutil.Process(kept.pid), *psutil.Process(kept.pid).children(recursive=True)]
        if ending == "closed input":
            kept.stdin.close()
        else:
            kept.send_signal(getattr(signal, f"SIG{ending}"))
        kept.wait(10)
        assert len(family) == 4
        assert left_of(family, within=0) == []


def test_a_sweep_ends_what_bears_the_mark_and_nothing_else() -> None:
    mine, others = marker(), marker()
    sleepers = [
        subprocess.Popen(["sleep", "60"], env={MARK: mark}, start_new_session=True) for mark in (mine, mine, others)
    ]
    try:
        with keep("--sweep", mine) as sweeping:
            said = sweeping.communicate(timeout=20)[0].decode()
        assert "ended 2" in said
        assert [sleeper.poll() is None for sleeper in sleepers] == [False, False, True]
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="shared memory has files on Linux alone")
def test_shared_memory_that_nobody_tidied_up_is_removed() -> None:
    script = (
        "import signal\n"
        "from multiprocessing import resource_tracker, shared_memory\n"
        "piece = shared_memory.SharedMemory(create=True, size=4096)\n"
        "resource_tracker.unregister(piece._name, 'shared_memory')\n"  # as if its tracker had been killed first
        "print(piece.name, flush=True)\n"
        "signal.pause()\n"
    )
    with keep("--", sys.executable, "-c", script, mark=marker()) as kept:
        assert kept.stdin is not None and kept.stdout is not None
        while not (name := kept.stdout.readline().strip()).startswith(b"psm_"):
            pass
        piece = Path("/dev/shm") / name.decode()
        assert piece.exists()
        kept.stdin.close()
        kept.wait(10)

    assert not piece.exists()
