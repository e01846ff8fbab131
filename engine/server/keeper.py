"""Stands between Diglot and a server: outlives neither, and lets nothing of the server outlive itself.

Diglot does not start the server but this small program, which starts it and runs wherever the server runs: inside
bubblewrap, inside a container, inside WSL or directly beside the window. It is a program of its own because a signal
reaches none of those insides, while standard input does, and because the system tells nobody but a child that its
parent is gone. So one way of asking an engine to stop serves them all:

    a byte on standard input    i: SIGINT to all of the server's processes   t: SIGTERM   k: SIGKILL
    the end of standard input   Diglot is gone, however it ended: end everything, then leave
    SIGTERM, SIGINT, SIGHUP     the same

vLLM's front process leaves `VLLM::EngineCore` alive, with the card's memory, when it is killed. Orphans of that kind
become children of the keeper (`PR_SET_CHILD_SUBREAPER`), who ends them. Where a system has no such thing, and for what
has left its parents long ago, our mark in the environment of a process tells whose it is.

The server's output is not touched: it goes straight to where the keeper's goes. The keeper leaves when nothing of the
server is left, with its exit code, or 128 and the number of the signal that ended it.

It runs as a file, `python -I -S keeper.py -- COMMAND …`, on the engine's own interpreter: only the standard library of
CPython 3.10 and newer may be used, and nothing of Diglot. `keeper.py --sweep MARK` ends all processes that bear a mark.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

MARK = "DIGLOT_ENGINE"
"""The variable that says in the environment of every process of ours whose it is."""
SAYS = "[diglot keeper] "
"""How the keeper's own lines begin. The first is its process id, as seen where it runs."""
NOT_STARTED, NOT_ALLOWED = 127, 126
"""Exit codes for a server that could not be started at all, as shells have them."""

LEAVE_WITHIN_S = 2.0
"""How long what is left of a server may take after SIGTERM; nothing it holds is worth a longer wait."""
GONE_WITHIN_S = 10.0
"""How long killed processes are waited for: the kernel holds on to one whose driver does not answer."""
LOOK_EVERY_S = 0.02

SHARED = "/dev/shm/psm_"  # noqa: S108 - looked for, not made
"""How the names of Python's shared memory begin; vLLM passes pages from process to process in it."""

_HAS_PROC = os.path.isdir("/proc/self")
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36
_KILL = 9
_REQUESTS = {ord("i"): signal.SIGINT, ord("t"): signal.SIGTERM, ord("k"): _KILL}


class Keeper:
    """The server's main process, and everything that descends from it or bears the mark."""

    def __init__(self, command: list[str], mark: str) -> None:
        self._command = command
        self._mark = mark
        self._main: int | None = None
        self._code: int | None = None
        self._gone = False
        self._shared: set[str] = set()

    def keep(self) -> int:
        """Start the server, pass on what is asked, and return its exit code once nothing of it is left."""
        wake, waker = os.pipe()
        for end in (wake, waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, self._lose)
        _control_process(_SET_CHILD_SUBREAPER, 1)
        _control_process(_SET_PDEATHSIG, signal.SIGTERM)
        try:
            process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, preexec_fn=_in_the_child)
        except OSError as problem:
            _say(f"cannot start {self._command[0]}: {problem.strerror}")
            return NOT_ALLOWED if isinstance(problem, PermissionError) else NOT_STARTED
        self._main = process.pid
        while self._code is None and not self._gone:
            ready, _, _ = select.select([0, wake], [], [])
            if wake in ready:
                os.read(wake, 1024)
                self._reap()
            if 0 in ready:
                self._listen()
        self._end_all()
        return NOT_STARTED if self._code is None else self._code

    def _lose(self, *_: object) -> None:
        self._gone = True

    def _listen(self) -> None:
        """Do what Diglot asks; what it does not say ends everything."""
        said = os.read(0, 64)
        self._gone = self._gone or not said
        for byte in said:
            if (wanted := _REQUESTS.get(byte)) is not None:
                self._signal_all(wanted)

    def _reap(self) -> None:
        """Bury the dead: our child, and orphans that became ours."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] == self._main:
                    code = os.waitstatus_to_exitcode(found[1])
                    self._code = code if code >= 0 else 128 - code

    def _signal_all(self, wanted: int) -> set[int]:
        """Signal everything of the server that lives, and return it."""
        found = self._family()
        for pid in found:
            if wanted != signal.SIGINT:
                self._shared |= _shared_memory_of(pid)  # nobody can tell any more when it is dead
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, wanted)
        return found

    def _end_all(self) -> None:
        """End what is left: first so that it can tidy up its shared memory, then by force."""
        began, wanted = time.monotonic(), int(signal.SIGTERM)
        self._signal_all(wanted)
        while time.monotonic() - began < LEAVE_WITHIN_S + GONE_WITHIN_S:
            self._reap()
            if time.monotonic() - began > LEAVE_WITHIN_S:
                wanted = _KILL  # again and again: a process may be begetting others meanwhile
            left = self._signal_all(wanted) if wanted == _KILL else self._family()
            if not left:
                self._free_shared_memory()
                return
            time.sleep(LOOK_EVERY_S)
        _say(f"still there: {sorted(self._family())}")

    def _free_shared_memory(self) -> None:
        """Remove what killed processes had no time to: it would hold main memory until the computer is restarted."""
        for path in self._shared:
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - a plain call is enough here

    def _family(self) -> set[int]:
        """Return all living processes that descend from us or bear the mark, but never our own forebears."""
        parents = _living()
        forebears = {os.getpid()}
        above = os.getppid()
        while above and above not in forebears:
            forebears.add(above)
            above = parents.get(above, 0)
        return {pid for pid in parents if pid not in forebears and self._is_kin(pid, parents)}

    def _is_kin(self, pid: int, parents: dict[int, int]) -> bool:
        if _descends(pid, os.getpid(), parents) or _bears(pid, self._mark):
            return True
        if _HAS_PROC or not self._main:
            return False
        with contextlib.suppress(OSError):  # no orphans come to us here, and marks cannot be read
            return os.getpgid(pid) == self._main
        return False


def sweep(mark: str) -> int:
    """End all processes that bear a mark and return how many there were."""
    keeper = Keeper([], mark)
    found = keeper._signal_all(signal.SIGTERM)
    keeper._end_all()
    return len(found)


def _living() -> dict[int, int]:
    """Return the id of each living process and of its parent; zombies do not live."""
    if not _HAS_PROC:
        return _living_by_ps()
    found: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:2]
                if state not in (b"Z", b"X"):
                    found[int(folder.name)] = int(parent)
    return found


def _living_by_ps() -> dict[int, int]:
    """Ask `ps` where there is no /proc (macOS)."""
    told = subprocess.run(["/bin/ps", "-axo", "pid=,ppid=,state="], capture_output=True, check=False).stdout
    rows = [line.split() for line in told.splitlines()]
    return {int(row[0]): int(row[1]) for row in rows if len(row) == 3 and not row[2].startswith(b"Z")}


def _descends(pid: int, forebear: int, parents: dict[int, int]) -> bool:
    seen = set()
    while pid not in seen and (above := parents.get(pid, 0)):
        if above == forebear:
            return True
        seen.add(pid)
        pid = above
    return False


def _bears(pid: int, mark: str) -> bool:
    """Tell whether a process was started with the mark. Those of other users cannot be asked, and are none of ours."""
    if not mark:
        return False
    with contextlib.suppress(OSError):
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False


def _shared_memory_of(pid: int) -> set[str]:
    """Return the pieces of Python's shared memory that a process has, which bear names that nobody else makes."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/maps").read_text("utf-8", errors="replace").splitlines()
        return {line[line.index("/") :] for line in lines if SHARED in line and not line.endswith("(deleted)")}
    return set()


def _in_the_child() -> None:
    """Between fork and exec: a group of its own, and gone when the keeper is killed with -9."""
    os.setpgid(0, 0)
    _control_process(_SET_PDEATHSIG, _KILL)


def _control_process(option: int, value: int) -> None:
    """Call Linux's prctl; elsewhere there is none, and the mark must do."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _say(text: str) -> None:
    """Say a line of our own in one write: the server writes to the same place."""
    with contextlib.suppress(OSError):
        os.write(1, f"{SAYS}{text}\n".encode())


def main(words: list[str]) -> int:
    """Be what the command line asks for."""
    if words[:1] == ["--sweep"] and len(words) == 2 and words[1]:
        _say(f"ended {sweep(words[1])}")
        return 0
    if words[:1] != ["--"] or len(words) < 2:
        _say("usage: keeper.py -- COMMAND … | --sweep MARK")
        return 2
    _say(f"pid {os.getpid()}")
    return Keeper(words[1:], os.environ.get(MARK, "")).keep()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
