"""Starts the hostile child of `tests.support.hostile_child`, confined or not, and counts what is left of a child."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import psutil

from engine.children.child import Child, Limits
from engine.children.confinement import confinement
from tests.support import hostile_child


class HostileChild(Child):
    """A child whose code comes as text."""

    def _command(self) -> list[str]:
        code = Path(hostile_child.__file__).read_text()
        return [*(confinement() if self.confined else []), sys.executable, "-I", "-c", code, *self._limits.words]


@contextlib.asynccontextmanager
async def hostile(
    *, confine: bool = True, limits: Limits | None = None, pass_fds: Sequence[int] = ()
) -> AsyncIterator[HostileChild]:
    """Run one for as long as the block takes, and see that nothing of it is left."""
    child = HostileChild("hostile", "", limits=limits, confine=confine, pass_fds=pass_fds)
    child.start()
    try:
        yield child
    finally:
        family = descendants(child.pid)
        await child.close()
        left = left_of(family)
        for process in left:
            process.kill()
        assert not left, f"left behind: {left}"


def descendants(pid: int | None) -> list[psutil.Process]:
    """Return a process and everything it started."""
    try:
        process = psutil.Process(pid) if pid is not None else None
        return [process, *process.children(recursive=True)] if process is not None else []
    except psutil.NoSuchProcess:
        return []


def left_of(family: list[psutil.Process], *, within: float = 3.0) -> list[psutil.Process]:
    """Return who of a family still runs after a moment; a dead one whom init has not yet buried does not run."""

    def runs(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    deadline = time.monotonic() + within
    while (left := [process for process in family if runs(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left
