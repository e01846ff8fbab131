"""Starts programs with a window for the bench: on one display of our own, in a home of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.harness import ROOT, BenchError

MARK = "DIGLOT_MARK"
LIMIT_S = 60.0


@contextmanager
def stage() -> Iterator[dict[str, str]]:
    """Give an environment for window programs: a fresh home, and a virtual display or, without Xvfb, none."""
    with tempfile.TemporaryDirectory(prefix="diglot-bench-") as folder:
        home = Path(folder)
        runtime = home / "runtime"
        runtime.mkdir(mode=0o700)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "DIGLOT_", "QT_"))
        }
        environment |= {"HOME": folder, "XDG_RUNTIME_DIR": str(runtime)}
        environment.pop("WAYLAND_DISPLAY", None)
        if shutil.which("Xvfb") is None:
            yield environment | {"QT_QPA_PLATFORM": "offscreen"}
            return
        read_end, write_end = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
            pass_fds=[write_end],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        try:
            with os.fdopen(read_end) as answer:
                display = answer.readline().strip()
            if not display:
                raise BenchError("the virtual display did not start")
            yield environment | {"DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()
            server.wait()


def platform_of(environment: Mapping[str, str]) -> str:
    """Say in words what the windows were shown on."""
    return "under Xvfb" if environment["QT_QPA_PLATFORM"] == "xcb" else "offscreen"


def seconds_to_mark(command: Sequence[str], mark: str, environment: Mapping[str, str]) -> float:
    """Start a program and return the seconds from just before its start to the moment it says in its mark."""
    begin = time.monotonic()
    done = run_program(command, environment)
    for line in done.splitlines():
        words = line.split()
        if words[:2] == [MARK, mark]:
            return float(words[2]) - begin
    raise BenchError(f"{' '.join(command)} printed no “{MARK} {mark}” line")


def run_program(command: Sequence[str], environment: Mapping[str, str], *, limit_s: float = LIMIT_S) -> str:
    """Run a program to its end and return what it printed; a bad end is a `BenchError` with its last words."""
    try:
        done = subprocess.run(
            list(command), cwd=ROOT, env=dict(environment), capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{' '.join(command)} did not end within {limit_s:g} s") from error
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-600:]}")
    return done.stdout


def python(*arguments: str) -> list[str]:
    """Return a command that runs this Python."""
    return [sys.executable, *arguments]
