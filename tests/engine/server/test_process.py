"""A server's process: its lines arrive, it ends when it is asked and when it is not, and nothing of it is ever left."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.engine_errors import EngineBroken, EngineNotPermitted
from engine.server import keeper
from engine.server.command import KEY
from engine.server.keeper import MARK
from engine.server.launched import LaunchedCommand
from engine.server.leftovers import marked, marker
from engine.server.lines import AT_ONCE
from engine.server.process import ServerProcess
from engine.server.sandbox import sandbox_works
from tests.support.children import left_of
from tests.support.engines import READY, SHORT, order_for, owned, running
from tests.support.stand_in_log import PHASES
from tests.support.stand_in_server import Behaviour

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="vLLM's stand-in needs POSIX")
confined = pytest.mark.skipif(not sandbox_works(), reason="bubblewrap does not work on this machine")
both = pytest.mark.parametrize("sandbox", [pytest.param(True, marks=confined), False], ids=["confined", "free"])


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a path so short that the engine keeps its temporary files there."""
    with tempfile.TemporaryDirectory(prefix="d") as folder:
        yield Path(folder)


# -- what it says


@both
@pytest.mark.slow
def test_its_lines_arrive_in_order_on_the_loop(tmp_path: Path, sandbox: bool) -> None:
    async def run() -> list[str]:
        async with running(tmp_path, sandbox=sandbox) as engine:
            return engine.lines

    told = asyncio.run(run())
    places = [next(n for n, line in enumerate(told) if text in line) for text in PHASE_TEXTS]
    assert places == sorted(places)
    assert not any(keeper.SAYS in line for line in told)


PHASE_TEXTS = (
    "Resolved architecture",
    "shards:  50%",
    "shards: 100%",
    "Loading weights took",
    "Available KV cache memory",
    "Graph capturing finished",
    READY,
)


@pytest.mark.slow
def test_a_flood_arrives_whole_in_portions_that_leave_the_loop_its_turns(tmp_path: Path) -> None:
    async def run() -> tuple[list[str], list[int]]:
        async with running(tmp_path, Behaviour(babble=5000), until="line 0 ") as engine:
            turns: list[int] = []
            while not any("line 4999 " in line for line in engine.lines):
                before = len(engine.lines)
                await asyncio.sleep(0)
                turns.append(len(engine.lines) - before)
            return engine.lines, turns

    told, turns = asyncio.run(run())
    babbled = [line for line in told if "Engine 000: line" in line]
    assert [int(line.split("line ")[1].split()[0]) for line in babbled] == list(range(5000))
    assert max(turns) <= AT_ONCE


@pytest.mark.slow
def test_the_last_words_are_there_when_its_end_is_told(tmp_path: Path) -> None:
    async def run() -> tuple[int, str]:
        async with running(tmp_path, Behaviour(failure="no page memory"), until="") as engine:
            return await engine.process.wait(), engine.lines[-1]

    code, last = asyncio.run(run())
    assert code == 1
    assert "Engine core initialization failed" in last


# -- how it is started


@both
@pytest.mark.slow
def test_it_is_given_the_environment_of_the_order_and_the_key_is_in_no_command_line(
    tmp_path: Path, sandbox: bool
) -> None:
    async def run() -> tuple[dict[str, str], list[list[str]], str]:
        async with running(tmp_path, sandbox=sandbox) as engine:
            front = engine.member("front")
            return front.environ(), [process.cmdline() for process in engine.family], engine.order.key

    environment, command_lines, key = asyncio.run(run())
    assert environment[KEY] == key
    assert environment[MARK].startswith("diglot:")
    assert environment["HOME"] == str(tmp_path / "home")
    assert len(command_lines) >= 4
    assert not any(key in word for words in command_lines for word in words)


@pytest.mark.slow
def test_nothing_reads_what_the_user_types_or_holds_files_of_the_app(tmp_path: Path) -> None:
    async def run() -> tuple[int, list[str]]:
        with open(tmp_path / "document.txt", "w"):
            async with running(tmp_path) as engine:
                front = engine.member("front")
                return os.getsid(front.pid), [file.path for file in front.open_files()]

    session, files = asyncio.run(run())
    assert session != os.getsid(0)
    assert not any(file.endswith("document.txt") for file in files)


@pytest.mark.slow
def test_the_socket_of_an_earlier_life_is_not_in_its_way(tmp_path: Path) -> None:
    async def run() -> None:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "e.sock").write_bytes(b"")
        async with running(tmp_path):
            pass

    asyncio.run(run())


@both
@pytest.mark.slow
def test_no_file_of_it_is_left_but_what_it_keeps(short_path: Path, sandbox: bool) -> None:
    tmp_path = short_path

    async def run() -> bool:
        async with running(tmp_path, sandbox=sandbox) as engine:
            temporary = engine.command.temporary
            there = temporary is not None and temporary.is_dir()
            await engine.process.stop()
            assert engine.process.returncode == 0
            return there

    assert asyncio.run(run()) is not sandbox
    assert list((tmp_path / "run").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: None, EngineBroken),
        (lambda path: (path.write_text("#!/bin/sh\n"), path.chmod(0o644)), EngineNotPermitted),
        (lambda path: (path.write_bytes(b"\x7fELF junk"), path.chmod(0o755)), EngineBroken),
    ],
    ids=["not there", "not executable", "not a program"],
)
def test_what_cannot_be_started_is_said_in_words(tmp_path: Path, make: object, error: type[Exception]) -> None:
    python = tmp_path / "python"
    make(python)  # type: ignore[operator]

    async def run() -> ServerProcess:
        command = LaunchedCommand([str(python), "-c", "pass"], {"PATH": "/usr/bin"})
        process = ServerProcess(command, on_line=print)
        with pytest.raises(error, match=str(python)):
            await process.start()
        await process.wait()
        await process.stop()
        return process

    assert asyncio.run(run()).returncode is not None


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    async def run() -> None:
        command = LaunchedCommand(["/bin/true"], {}, folders=(tmp_path / "file" / "home",))
        with pytest.raises(EngineBroken, match="file"):
            await ServerProcess(command, on_line=print).start()

    asyncio.run(run())


# -- how it ends


@both
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.slow
def test_it_can_be_stopped_in_every_phase(tmp_path: Path, sandbox: bool, phase: str) -> None:
    said = {"interpreter": "Chunked prefill", "weights": "Model loading took", "profiling": "Encoder cache"}
    said |= {"page memory": "GPU KV cache size", "graphs": "init engine", "serving": "init engine"}

    async def run() -> int:
        async with running(tmp_path, Behaviour(stall_at=phase), sandbox=sandbox, until=said[phase]) as engine:
            await engine.process.stop()
            return await engine.process.wait()

    # Asked, not killed. All are asked at once, and a front may see its core leave before it hears of it itself.
    assert asyncio.run(run()) in (-signal.SIGINT, 1)


@both
@pytest.mark.slow
def test_one_that_is_deaf_is_killed_with_all_it_begot(tmp_path: Path, sandbox: bool) -> None:
    async def run() -> int:
        async with running(tmp_path, Behaviour(deaf=True), sandbox=sandbox, ladder=SHORT) as engine:
            family = engine.family
            await engine.process.stop()
            assert left_of(family, within=0) == []
            return await engine.process.wait()

    assert asyncio.run(run()) == -signal.SIGKILL


@pytest.mark.slow
def test_one_that_is_deaf_to_the_first_request_hears_the_second(tmp_path: Path) -> None:
    async def run() -> int:
        async with running(tmp_path, Behaviour(deaf_to_int=True), ladder=SHORT) as engine:
            await engine.process.stop()
            return await engine.process.wait()

    assert asyncio.run(run()) == 0


@pytest.mark.slow
@both
@pytest.mark.parametrize("forgets", [False, True], ids=["marked", "unmarked"])
def test_nothing_escapes_by_leaving_parent_group_and_session(tmp_path: Path, sandbox: bool, forgets: bool) -> None:
    behaviour = Behaviour(escapee=True, escapee_forgets=forgets)

    async def run() -> None:
        async with running(tmp_path, behaviour, sandbox=sandbox) as engine:
            family = engine.family
            assert any(process.name() == "escapee" for process in family)
            await engine.process.stop()
            assert left_of(family, within=0) == []

    asyncio.run(run())


@both
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.slow
def test_a_crash_in_any_phase_leaves_nothing_and_tells_its_code(tmp_path: Path, sandbox: bool, phase: str) -> None:
    behaviour = Behaviour(crash_at=phase, exit_code=3, last_words="RuntimeError: so it goes")

    async def run() -> tuple[int, str]:
        async with running(tmp_path, behaviour, sandbox=sandbox, until="") as engine:
            code = await engine.process.wait()
            assert engine.process.family() == []
            return code, "\n".join(engine.lines)

    code, said = asyncio.run(run())
    assert code == (3 if phase in ("interpreter", "serving") else 1)
    assert "so it goes" in said


@both
@pytest.mark.slow
def test_kill_ends_everything_at_once(tmp_path: Path, sandbox: bool) -> None:
    async def run() -> int:
        async with running(tmp_path, sandbox=sandbox) as engine:
            family = engine.family
            await engine.process.kill()
            assert left_of(family, within=0) == []
            return await engine.process.wait()

    assert asyncio.run(run()) == -signal.SIGKILL


@pytest.mark.slow
def test_stopping_twice_at_once_and_again_does_no_harm(tmp_path: Path) -> None:
    async def run() -> None:
        async with running(tmp_path) as engine:
            await asyncio.gather(engine.process.stop(), engine.process.stop(), engine.process.kill())
            await engine.process.stop()
            await engine.process.kill()

    asyncio.run(run())


def test_stopping_what_was_never_started_is_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        engine = owned(order_for(tmp_path), sandbox=False)
        await engine.process.stop()
        await engine.process.kill()
        assert engine.process.family() == []

    asyncio.run(run())


@pytest.mark.slow
@both
def test_whoever_gives_up_stopping_leaves_a_kill_behind(tmp_path: Path, sandbox: bool) -> None:
    async def run() -> None:
        async with running(tmp_path, Behaviour(deaf=True), sandbox=sandbox) as engine:
            stopping = asyncio.create_task(engine.process.stop())
            await asyncio.sleep(0.1)
            stopping.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stopping
            await engine.process.wait()

    asyncio.run(run())


@pytest.mark.slow
def test_two_engines_of_one_app_do_not_end_each_other(tmp_path: Path) -> None:
    async def run() -> None:
        async with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
            await one.process.stop()
            assert [process.name() for process in two.family if process.name().startswith("VLLM")] != []
            assert two.process.returncode is None

    asyncio.run(run())


@pytest.mark.slow
def test_the_thread_goes_with_its_process(tmp_path: Path) -> None:
    async def run() -> None:
        async with running(tmp_path):
            assert any(thread.name == "engine-child" for thread in threading.enumerate())

    asyncio.run(run())
    deadline = time.monotonic() + 5
    while any(thread.name == "engine-child" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_marker_that_is_given_apart_reaches_the_process_too(tmp_path: Path) -> None:
    async def run() -> int:
        order = dataclasses.replace(order_for(tmp_path), marker="")
        command = owned(order, sandbox=False).command
        mark = marker()
        process = ServerProcess(command, on_line=lambda line: None, marker=mark)
        await process.start()
        found = len(marked(mark))
        await process.kill()
        return found

    assert asyncio.run(run()) >= 1
