"""Real server processes for tests: the stand-in for vLLM's server, started as the app starts vLLM.

Run as a program it is an app in miniature that owns an engine, for tests that kill the app:

    python -m tests.support.engines FOLDER {free|confined} BEHAVIOUR-AS-JSON LINE-TO-WAIT-FOR
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from engine.server.command import StartOrder
from engine.server.launch import LaunchedCommand, NativeLaunch
from engine.server.leftovers import marker
from engine.server.process import Ladder, ServerProcess
from tests.support.stand_in_server import MODULE, Behaviour, install

READY = "Application startup complete."
SHORT = Ladder(interrupt_s=0.6, terminate_s=0.6, kill_s=1.0)
"""For tests of what does not end by being asked."""
WITHIN_S = 20.0

ORDER = StartOrder(
    python=Path("/opt/engine/bin/python"),
    model=Path("/data/HunyuanOCR"),
    flags=("--max-model-len", "16384"),
    token="t0ken",
    key="s3cret-key",
    home=Path("/home/u/.cache/diglot/engine"),
    socket=Path("/run/user/1000/diglot/e.sock"),
    marker="diglot:1:2:3:0123abcd",
)
"""For what is only looked at, not started."""
BY_PORT = replace(ORDER, socket=None, port=6688)


@dataclass
class Engine:
    """A server's process and what it has said."""

    process: ServerProcess
    command: LaunchedCommand
    order: StartOrder
    lines: list[str] = field(default_factory=list)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, line: str) -> None:
        """Take a line."""
        self.lines.append(line)
        self._heard.set()

    async def until(self, text: str) -> None:
        """Wait for a line that contains a text."""
        async with asyncio.timeout(WITHIN_S):
            while not any(text in line for line in self.lines):
                self._heard.clear()
                await self._heard.wait()

    @property
    def family(self) -> list[psutil.Process]:
        """All its processes."""
        return [psutil.Process(pid) for pid in self.process.family()]

    def member(self, name: str) -> psutil.Process:
        """One of its processes: "front", "core", "worker", "keeper", "bwrap"."""
        return next(process for process in self.family if role(process) == name)


def role(process: psutil.Process) -> str:
    """Say which process of an engine this is."""
    name, words = process.name(), process.cmdline()
    if name.startswith("VLLM::"):
        return {"VLLM::EngineCor": "core", "VLLM::Worker": "worker"}[name[:15]]
    if name == "bwrap":
        above = process.parent()
        return "init" if above is not None and above.name() == "bwrap" else "bwrap"
    if words[3:4] and words[3].endswith("keeper.py"):
        return "keeper"
    return "front" if MODULE in words and "--role" not in words else name


def order_for(folder: Path, behaviour: Behaviour | None = None) -> StartOrder:
    """Return an order that starts the stand-in; everything of it lies in a folder."""
    (folder / "model").mkdir(exist_ok=True, parents=True)
    return StartOrder(
        python=install(folder / "engine", behaviour or Behaviour()),
        model=folder / "model",
        flags=("--max-model-len", "8192"),
        token="0123abcd",
        key="a-key-that-nobody-knows",
        home=folder / "home",
        socket=folder / "run" / "e.sock",
        marker=marker(),
    )


def owned(order: StartOrder, *, sandbox: bool, ladder: Ladder | None = None) -> Engine:
    """Describe an engine that is not started yet."""
    command = NativeLaunch(sandbox=sandbox).command(order)
    found: list[Callable[[str], None]] = []
    process = ServerProcess(command, on_line=lambda line: found[0](line), ladder=ladder)
    engine = Engine(process, command, order)
    found.append(engine.hear)
    return engine


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    behaviour: Behaviour | None = None,
    *,
    sandbox: bool = False,
    ladder: Ladder | None = None,
    until: str = READY,
) -> AsyncIterator[Engine]:
    """Start an engine, wait for a line, and end it afterwards; nothing of it may be left."""
    engine = owned(order_for(folder, behaviour), sandbox=sandbox, ladder=ladder)
    await engine.process.start()
    try:
        if until:
            await engine.until(until)
        yield engine
    finally:
        await engine.process.kill()
        assert engine.process.family() == []


async def _be_an_app(folder: Path, sandbox: bool, behaviour: Behaviour, until: str) -> None:
    engine = owned(order_for(folder, behaviour), sandbox=sandbox)
    await engine.process.start()
    await engine.until(until)
    print(json.dumps({role(process): process.pid for process in engine.family}), flush=True)
    await engine.process.wait()


if __name__ == "__main__":
    asyncio.run(
        _be_an_app(Path(sys.argv[1]), sys.argv[2] == "confined", Behaviour(**json.loads(sys.argv[3])), sys.argv[4])
    )
