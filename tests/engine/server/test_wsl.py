"""Launching in WSL: paths as they are called inside, its command line, and a fake wsl.exe with real processes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sys
from pathlib import Path

import psutil
import pytest

from engine.engine_errors import LaunchUnavailable
from engine.server import keeper
from engine.server.command import KEY
from engine.server.keeper import MARK
from engine.server.launch import WslLaunch
from engine.server.process import ServerProcess
from engine.server.wsl import path_inside, sweep_argv, wsl_argv
from tests.support import fake_wsl
from tests.support.children import left_of
from tests.support.engines import BY_PORT, READY, Engine, order_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins need POSIX")


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        (r"C:\Users\李 u\model", "/mnt/c/Users/李 u/model"),
        ("D:/model/", "/mnt/d/model"),
        ("C:\\", "/mnt/c"),
        (r"\\?\E:\model", "/mnt/e/model"),
        (r"\\wsl$\Debian\home\u\model", "/home/u/model"),
        (r"\\wsl.localhost\Ubuntu-24.04\home\u", "/home/u"),
        (r"\\WSL.LOCALHOST\Ubuntu", "/"),
        ("/home/u/engine/bin/python", "/home/u/engine/bin/python"),
        (r"\home\u\engine", "/home/u/engine"),
    ],
)
def test_a_path_reads_as_the_distribution_calls_it(outside: str, inside: str) -> None:
    assert path_inside(outside) == inside


def test_wsls_command_line() -> None:
    words = wsl_argv(dataclasses.replace(BY_PORT, model=Path(r"C:\models\HunyuanOCR")), "Ubuntu")
    assert words[:5] == ["wsl.exe", "--distribution", "Ubuntu", "--exec", "/usr/bin/env"]
    end = words.index("/opt/engine/bin/python")
    assert {"HF_HUB_OFFLINE=1", "TMPDIR=/tmp", "LD_LIBRARY_PATH=/usr/lib/wsl/lib"} <= set(words[5:end])
    assert not any(word.startswith((KEY, MARK)) for word in words)
    assert words[end + 1 : end + 5] == ["-I", "-S", path_inside(keeper.__file__), "--"]
    assert words[words.index("--model") + 1] == "/mnt/c/models/HunyuanOCR"
    assert words[words.index("--port") + 1] == "6688"
    assert sweep_argv(BY_PORT, "")[-3:] == [path_inside(keeper.__file__), "--sweep", BY_PORT.marker]


@pytest.mark.parametrize("utf16", [True, False])
def test_wsl_is_asked_for_its_distributions_in_whatever_letters_it_speaks(tmp_path: Path, utf16: bool) -> None:
    program = fake_wsl.install(tmp_path, "Ubuntu-24.04", "Debian", utf16=utf16)
    asyncio.run(WslLaunch("Debian", program=str(program)).check())
    asyncio.run(WslLaunch("", program=str(program)).check())
    with pytest.raises(LaunchUnavailable, match=r"WSL has only Ubuntu-24\.04, Debian"):
        asyncio.run(WslLaunch("Arch", program=str(program)).check())


def test_no_wsl_and_an_empty_one_are_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(LaunchUnavailable, match="not installed"):
        asyncio.run(WslLaunch("", program=str(tmp_path / "wsl.exe")).check())
    with pytest.raises(LaunchUnavailable, match="no Linux distribution"):
        asyncio.run(WslLaunch("", program=str(fake_wsl.install(tmp_path))).check())


@pytest.mark.parametrize("ending", ["stop", "client killed"])
@pytest.mark.slow
def test_an_engine_in_wsl_gets_its_key_by_name_and_ends_with_its_client(tmp_path: Path, ending: str) -> None:
    async def run() -> None:
        async with contextlib.AsyncExitStack() as stack:
            await live(stack)

    async def live(stack: contextlib.AsyncExitStack) -> None:
        order = dataclasses.replace(order_for(tmp_path), socket=None, port=free_port())
        launch = WslLaunch("Debian", program=str(fake_wsl.install(tmp_path / "bin", "Debian")))
        command = launch.command(order)
        found: list[Engine] = []
        process = ServerProcess(command, on_line=lambda line: found[0].hear(line))
        engine = Engine(process, command, order)
        found.append(engine)
        await process.start()
        stack.push_async_callback(process.kill)
        await engine.until(READY)
        assert engine.member("front").environ()[KEY] == order.key
        assert process.inner_pid == engine.member("keeper").pid
        assert not any(order.key in word for each in engine.family for word in each.cmdline())
        assert launch.endpoint(order).url == f"http://127.0.0.1:{order.port}"
        family = engine.family
        if ending == "stop":
            await process.stop()
        else:
            psutil.Process(next(each.pid for each in family if "fake_wsl.py" in " ".join(each.cmdline()))).kill()
            await process.wait()
        assert left_of(family, within=1) == []
        await launch.stop_inside(order)

    asyncio.run(run())


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
