"""Finds engines that outlived the Diglot which started them, and ends those and no others.

Every process of an engine carries a marker in its environment, which children inherit and nobody else can have:

    DIGLOT_ENGINE=diglot:PID:START:NAMESPACE:TOKEN

PID and START (when it was started, as the system counts) are those of the Diglot that owns the engine; together they
never come twice. NAMESPACE is the pid namespace in which the PID means something ("0" where there are none). TOKEN is
made up, one for each engine. A process is a leftover if it is ours by its user, its marker can be read, and its owner
would be seen from here but is not there any more. Another program's vLLM has no marker; another Diglot's has an owner.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.server.keeper import MARK

if TYPE_CHECKING:
    import psutil

MARKS = "diglot:"
"""How every marker begins."""
LEAVE_WITHIN_S = 2.0
"""How long a leftover may take after SIGTERM."""
GONE_WITHIN_S = 10.0
"""How long killed ones are waited for: the kernel holds on to a process whose driver does not answer."""
LOOK_EVERY_S = 0.02

_MARKER = re.compile(r"diglot:(\d{1,10}):(\d{1,20}):(\d{1,20}):[0-9a-f]{8}", re.ASCII)


def marker() -> str:
    """Return a marker for an engine that this process starts; no two are alike."""
    return f"{MARKS}{os.getpid()}:{_start_of(os.getpid())}:{_namespace()}:{secrets.token_hex(4)}"


def owner_is_gone(untrusted_marker: str) -> bool:
    """Tell whether the Diglot of a marker has ended. What cannot be read, or seen from here, counts as alive."""
    told = _MARKER.fullmatch(untrusted_marker)
    if told is None or told[3] != _namespace():
        return False
    return _start_of(int(told[1])) != int(told[2])


def marked(mark: str) -> list[psutil.Process]:
    """Return the living processes of this user with exactly this marker, but never this one. Blocks for some 10 ms."""
    return [process for process, found in _with_markers() if found == mark]


def leftovers(mark: str = MARKS) -> list[int]:
    """Return the ids of all leftovers whose marker begins with `mark`. Blocks for some 10 ms."""
    return [process.pid for process in _left_over(mark)]


async def clear_leftovers(mark: str = MARKS) -> int:
    """End all leftovers whose marker begins with `mark`; return how many processes that were."""
    return await asyncio.to_thread(end, lambda: _left_over(mark))


def end(find: Callable[[], list[psutil.Process]], *, patience: float = LEAVE_WITHIN_S) -> int:
    """End the processes that `find` returns, and those it returns later, until it finds none. Blocks.

    They are asked first, so that they can tidy up their shared memory, and killed after `patience` seconds.

    Returns:
        How many there were in all. One that even a kill does not end in time stays, and `find` goes on finding it.
    """
    import psutil

    seen: set[psutil.Process] = set()
    asked: set[psutil.Process] = set()
    began = time.monotonic()
    # One that is just dying shows its marker no more, but is there.
    while left := set(find()) | {process for process in seen if lives(process)}:
        spent = time.monotonic() - began
        if spent >= patience + GONE_WITHIN_S:
            break
        seen |= left
        for process in left if spent >= patience else left - asked:
            with contextlib.suppress(psutil.Error, OSError):
                process.kill() if spent >= patience else process.terminate()
        asked |= left
        time.sleep(LOOK_EVERY_S)
    return len(seen)


def own_processes() -> list[int]:
    """Return the ids of the processes of engines that this Diglot started and that live. Blocks for some 10 ms."""
    mine = marker().rsplit(":", 1)[0] + ":"
    return [process.pid for process, found in _with_markers() if found.startswith(mine)]


def lives(process: psutil.Process) -> bool:
    """Tell whether a process is there; one that is dead and not buried is not."""
    import psutil

    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    return False


def _left_over(mark: str) -> list[psutil.Process]:
    return [process for process, found in _with_markers() if found.startswith(mark) and owner_is_gone(found)]


def _with_markers() -> list[tuple[psutil.Process, str]]:
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or (hasattr(os, "getuid") and process.uids().real != os.getuid()):
                continue
            untrusted_marker = process.environ().get(MARK, "")
            if untrusted_marker.startswith(MARKS) and lives(process):
                found.append((process, untrusted_marker))
    return found


def _start_of(pid: int) -> int:
    """Return when a process was started: in the kernel's ticks on Linux, which no clock changes; 0: there is none."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, *rest = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            return 0 if state in (b"Z", b"X") else int(rest[18])
        return 0
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        return int(psutil.Process(pid).create_time() * 1000)
    return 0


def _namespace() -> str:
    with contextlib.suppress(OSError):
        return re.sub(r"\D", "", os.readlink("/proc/self/ns/pid")) or "0"
    return "0"
