"""What every way of launching makes of an order: a process that can be started, and where it will be asked."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.server import keeper
from engine.server.command import MODEL_NAME, StartOrder
from engine.server.state import Endpoint

KEEPER = Path(keeper.__file__)
"""The keeper's program. It must lie on the disk as a file, also where the app is packed."""
NOT_THERE = 127
"""The exit code of a tool that is not installed or could not be started, as shells have it."""
HUNG = 124
"""The exit code of a tool that gave no answer in time."""


@dataclass(frozen=True, slots=True)
class LaunchedCommand:
    """A process that can be started.

    Attributes:
        argv: The command line.
        environment: The whole environment.
        kept: An `engine.server.keeper` listens on its standard input.
        confined: Killing the process that is started ends everything in the same moment.
        cwd: The folder it is started in.
        folders: Made before, if they are not there.
        stale: Files removed before: vLLM does not start over the socket of an earlier life.
        temporary: A folder that is there as long as the process is.
        afterwards: Commands that end what may be left where nobody sees it from here; run after the process's end.
    """

    argv: list[str]
    environment: dict[str, str] = field(repr=False)
    kept: bool = True
    confined: bool = False
    cwd: Path | None = None
    folders: tuple[Path, ...] = ()
    stale: tuple[Path, ...] = ()
    temporary: Path | None = None
    afterwards: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """How a tool ended, and what it said on both outputs together."""

    code: int
    said: str


def keeper_words(python: str, program: str = KEEPER.as_posix()) -> list[str]:
    """Return how a keeper is called; the server's own command line follows."""
    return [python, "-I", "-S", program, "--"]


def local_endpoint(order: StartOrder) -> Endpoint:
    """Return where a server is asked that listens on this machine."""
    if order.socket is not None:
        return Endpoint("http://engine", order.key, MODEL_NAME, str(order.socket))
    return Endpoint(f"http://127.0.0.1:{order.port}", order.key, MODEL_NAME)


def folders_of(order: StartOrder) -> tuple[Path, ...]:
    """Return the folders that must be there before a server is started."""
    return (order.home, *([order.socket.parent] if order.socket is not None else []))


async def run_tool(words: Sequence[str], environment: Mapping[str, str], *, within_s: float = 20.0) -> Ran:
    """Run docker, podman or wsl for a moment; never raises for what the tool does."""
    return await asyncio.to_thread(run_tool_here, words, environment, within_s=within_s)


def run_tool_here(words: Sequence[str], environment: Mapping[str, str], *, within_s: float = 20.0) -> Ran:
    """Do the same in a thread that may wait."""
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            timeout=within_s,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as problem:
        return Ran(NOT_THERE, problem.strerror or type(problem).__name__)
    except subprocess.TimeoutExpired:
        return Ran(HUNG, "no answer in time")
    return Ran(done.returncode, _text(done.stdout))


def _text(raw: bytes) -> str:
    """Decode what a tool said: wsl.exe speaks UTF-16 to pipes, everybody else UTF-8."""
    return raw.decode("utf-16-le" if b"\0" in raw[:64] else "utf-8", "replace").lstrip("\ufeff").strip()
