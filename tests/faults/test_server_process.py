"""Whoever of an engine, or of the app, is killed with -9, and whenever: within five seconds nothing of it is left."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from engine.server.keeper import MARK
from engine.server.leftovers import MARKS, clear_leftovers, leftovers
from engine.server.sandbox import sandbox_works
from tests.support.children import left_of
from tests.support.engines import READY, role, running
from tests.support.stand_in_server import Behaviour

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="vLLM's stand-in needs POSIX"),
    pytest.mark.slow,
]
confined = pytest.mark.skipif(not sandbox_works(), reason="bubblewrap does not work on this machine")
both = pytest.mark.parametrize("how", [pytest.param("confined", marks=confined), "free"])

WITHIN_S = 5.0
"""What the product promises."""

MOMENTS = {
    "loading": (Behaviour(stall_at="weights"), "Model loading took"),
    "ready": (Behaviour(), READY),
    "stubborn": (Behaviour(deaf=True, escapee=True, worker_outlives_core=True), READY),
}
during = pytest.mark.parametrize("moment", MOMENTS)
VICTIMS = [("free", name) for name in ("front", "core", "worker", "keeper")]
VICTIMS += [("confined", name) for name in ("front", "core", "worker", "keeper", "bwrap", "init")]


@contextlib.contextmanager
def an_app(folder: Path, how: str, moment: str) -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process]]]:
    """Run an app that owns an engine, in a process of its own, up to a moment. Yields it and the engine's processes."""
    behaviour, until = MOMENTS[moment]
    words = [sys.executable, "-m", "tests.support.engines", str(folder), how]
    words += [json.dumps(dataclasses.asdict(behaviour)), until]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as app:
        try:
            assert app.stdout is not None
            told = json.loads(app.stdout.readline())
            family = [psutil.Process(pid) for pid in told.values()]
            assert {"keeper", "front", "core", "worker"} <= told.keys()
            yield app, family
        finally:
            app.kill()


def marked_by(owner: int) -> list[psutil.Process]:
    """All processes that bear a mark of an app."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK, "").startswith(f"{MARKS}{owner}:"):
                found.append(process)
    return found


@both
@pytest.mark.parametrize(
    ("moment", "ending"),
    [*((moment, "SIGKILL") for moment in MOMENTS), ("ready", "SIGTERM"), ("ready", "SIGSEGV"), ("ready", "SIGHUP")],
)
def test_an_app_that_is_killed_takes_its_engine_with_it(tmp_path: Path, how: str, moment: str, ending: str) -> None:
    with an_app(tmp_path, how, moment) as (app, family):
        app.send_signal(signal.Signals[ending])
        app.wait()
        assert left_of([*family, *marked_by(app.pid)], within=WITHIN_S) == []


@pytest.mark.parametrize(
    ("how", "victim"), [pytest.param(*each, marks=confined if each[0] == "confined" else ()) for each in VICTIMS]
)
@during
def test_whoever_of_an_engine_is_killed_nothing_stays(tmp_path: Path, how: str, moment: str, victim: str) -> None:
    behaviour, until = MOMENTS[moment]

    async def run() -> int:
        async with running(tmp_path, behaviour, sandbox=how == "confined", until=until) as engine:
            family = engine.family
            next(process for process in family if role(process) == victim).kill()
            if moment == "stubborn" and victim == "worker":
                return 1  # its core, which is deaf, does not mind; whoever watches the engine's health does
            async with asyncio.timeout(WITHIN_S):
                code = await engine.process.wait()
            assert left_of(family, within=0) == []
            return code

    code = asyncio.run(run())
    assert code == (-signal.SIGKILL if victim in ("front", "keeper", "bwrap", "init") else code)
    assert code != 0


@both
def test_app_and_keeper_killed_together_leave_at_most_what_the_next_start_finds(tmp_path: Path, how: str) -> None:
    with an_app(tmp_path, how, "ready") as (app, family):
        os.kill(app.pid, signal.SIGSTOP)  # so that it cannot sweep
        next(process for process in family if role(process) == "keeper").kill()
        app.kill()
        app.wait()
        time.sleep(0.2)
        stranded = left_of(family, within=0)
        mark = f"{MARKS}{app.pid}:"
        assert set(leftovers(mark)) == {process.pid for process in stranded}
        assert bool(stranded) is (how == "free")
        ended = asyncio.run(clear_leftovers(mark))
        assert ended == len(stranded)
        assert left_of(family, within=0) == []


@both
@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3])
def test_an_app_that_is_killed_while_it_starts_an_engine_leaves_nothing(tmp_path: Path, how: str, after: float) -> None:
    behaviour = json.dumps(dataclasses.asdict(Behaviour()))
    words = [sys.executable, "-c", _STARTS, str(tmp_path), how, behaviour]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as app:
        assert app.stdout is not None
        app.stdout.readline()  # it is about to
        time.sleep(after)
        app.kill()
        app.wait()
    deadline = time.monotonic() + WITHIN_S
    while left := [process for process in marked_by(app.pid) if _lives(process)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


_STARTS = """
import asyncio, json, sys
from pathlib import Path
from tests.support.engines import order_for, owned
from tests.support.stand_in_server import Behaviour

async def run():
    order = order_for(Path(sys.argv[1]), Behaviour(**json.loads(sys.argv[3])))
    engine = owned(order, sandbox=sys.argv[2] == "confined")
    print("now", flush=True)
    await engine.process.start()
    await engine.process.wait()

asyncio.run(run())
"""


@both
def test_an_app_that_ends_in_the_middle_leaves_nothing(tmp_path: Path, how: str) -> None:
    endings: list[Callable[[str], str]] = [
        lambda code: code.replace("await engine.process.wait()", "raise SystemExit(3)"),
        lambda code: code.replace("await engine.process.wait()", "__import__('os')._exit(3)"),
    ]
    for number, change in enumerate(endings):
        words = [sys.executable, "-c", change(_STARTS), str(tmp_path / str(number)), how, "{}"]
        app = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        assert app.wait(30) == 3
        assert left_of(marked_by(app.pid), within=WITHIN_S) == []


def _lives(process: psutil.Process) -> bool:
    return bool(left_of([process], within=0))
