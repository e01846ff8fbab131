"""Runs an installer or an interpreter to its end: its lines as they come, a look at the clock, nothing left of it.

For a thread, never for the loop. POSIX only, as vLLM is; on Windows all this happens inside WSL.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Cancelled
from engine.setup.background import Stop

TICK_S = 0.5
LONGEST_LINE = 4000
"""Characters; a longer line is cut."""
KEPT_LINES = 400


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: its code, or 128 and the number of the signal that killed it; and the last lines it wrote."""

    code: int
    lines: tuple[str, ...]


def run_tool(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    stop: Stop,
    on_line: Callable[[str], None] = lambda _: None,
    on_tick: Callable[[], None] = lambda: None,
    within_s: float | None = None,
    cwd: Path = Path("/"),
) -> Ended:
    """Run a command; return when it and everything it started has ended.

    Args:
        argv: The command. Nothing secret belongs into it: every user of the machine can read it.
        environment: All it is told of the world.
        stop: Asked to stop, the whole process group is killed at once.
        on_line: Gets each line, without its end; what a progress bar overwrites counts as a line.
        on_tick: Called about twice a second, whether there are lines or not.
        within_s: Killed when it takes longer. It then counts as killed.
        cwd: Where it runs; the root, so that nothing lying about is taken for a configuration.

    Raises:
        Cancelled: It was stopped.
    """
    stop.check()
    keeper = [sys.executable, "-I", "-X", "utf8", "-m", "engine.setup.keeper"]
    process = subprocess.Popen(
        [*keeper, *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        cwd=cwd,
        start_new_session=True,
    )
    lines: list[str] = []

    def take(line: str) -> None:
        if not line:
            return
        lines.append(line)
        del lines[:-KEPT_LINES]
        on_line(line)

    try:
        stop.when_asked(lambda: _kill(process))
        _listen(process, take, on_tick, None if within_s is None else time.monotonic() + within_s)
    finally:
        stop.when_asked(None)
        _kill(process)  # or what it started and left behind
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
    if stop.asked:
        raise Cancelled
    return Ended(code if code >= 0 else 128 - code, tuple(lines))


def _listen(
    process: subprocess.Popen[bytes], take: Callable[[str], None], on_tick: Callable[[], None], deadline: float | None
) -> None:
    """Read until the process has ended; what others still hold open of its output is not waited for."""
    assert process.stdout is not None
    out, rest = process.stdout.fileno(), b""
    ended, ticked = False, 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        while True:
            if selector.select(0 if ended else TICK_S):
                if not (piece := os.read(out, 1 << 16)):
                    break
                *whole, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
                for raw in whole:
                    take(_text(raw))
                rest = rest[: 4 * LONGEST_LINE]
            elif ended:
                break
            now = time.monotonic()
            if now - ticked >= TICK_S:
                ticked = now
                on_tick()
                ended = _has_ended(process)
            if deadline is not None and now > deadline:
                _kill(process)
    take(_text(rest))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")[:LONGEST_LINE].rstrip()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Tell without burying it: its number, and with it that of its group, stays its own."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
