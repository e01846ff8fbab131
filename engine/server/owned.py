"""One process of a server and the thread that owns it: started, read line by line, buried only after its whole family.

The thread lives exactly as long as the process, because the kernel's "die with your parent", by which bubblewrap and
the keeper go when the app does, is tied to the *thread* that started the child.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.engine_errors import EngineBroken, EngineNotPermitted
from engine.errors import DiskFull
from engine.paths import private_folder
from engine.private_place import make_private
from engine.server.keeper import MARK, SAYS
from engine.server.launched import LaunchedCommand, run_tool_here
from engine.server.leftovers import end, lives, marked
from engine.server.lines import LineFeed, LineSplitter
from engine.server.windows_job import CREATE_HALTED, Job

if TYPE_CHECKING:
    import psutil

AFTERWARDS_WITHIN_S = 20.0
READ_BYTES = 1 << 16
LOOK_EVERY_MS = 100
"""How often a process is looked at where the system cannot tell us that it has ended."""
ANNOUNCED = f"{SAYS}pid "
"""How the keeper's first line begins: from then on everything around the server stands."""
KILLED = -9
"""How a process ended that never was: as if it had been killed."""


class OwnedProcess:
    """A process and its thread. `over` is called on the loop when nothing of it is left and all lines are told."""

    def __init__(
        self,
        command: LaunchedCommand,
        marker: str,
        *,
        on_line: Callable[[str], None],
        over: Callable[[int], None],
    ) -> None:
        """Describe it; needs a running loop. `start` starts it."""
        self._command = command
        self._marker = marker
        self._over = over
        self._loop = asyncio.get_running_loop()
        self._feed = LineFeed(self._loop, on_line)
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._process: subprocess.Popen[bytes] | None = None
        self._job: Job | None = None
        self._burial = threading.Lock()
        self._doomed = False
        self._inside: psutil.Process | None = None
        self.inner_pid: int | None = None

    async def start(self) -> None:
        """Start it and return as soon as it is there, or raise what is to be said to a person."""
        threading.Thread(target=self._run, name="engine-child", daemon=True).start()
        try:
            await asyncio.shield(self._started)
        except asyncio.CancelledError:
            self.kill()
            raise

    def ask(self, request: bytes) -> bool:
        """Say a byte to the keeper; return whether it can have heard it."""
        process = self._process
        if process is None or process.stdin is None:
            return False
        with self._burial, contextlib.suppress(OSError, ValueError):
            return os.write(process.stdin.fileno(), request) == len(request)
        return False

    def kill(self) -> None:
        """Kill the process we started, and with it those of its group or job."""
        self._doomed = True
        process = self._process
        with self._burial:
            if process is None or process.returncode is not None:
                return
            # Also where it is dead itself: as long as it is not buried, the number is its group's and nobody else's.
            if sys.platform == "win32":
                if self._job is not None:
                    self._job.end()
            else:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)

    def family(self) -> list[psutil.Process]:
        """Return all its living processes: what descends from it, and what bears the marker."""
        import psutil

        found = set(marked(self._marker)) if self._marker else set()
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(psutil.Error):
                top = psutil.Process(process.pid)
                found |= {top, *top.children(recursive=True)}
        return [each for each in found if lives(each)]

    # -- everything below runs in the thread

    def _run(self) -> None:
        try:
            self._process = self._begun()
        except OSError as problem:
            self._settle(_explained(problem, self._command.argv[0]))
        else:
            self._settle(None)
        try:
            if self._process is not None:
                if self._doomed:
                    self.kill()
                self._read(self._process)
        finally:
            try:
                if self._process is not None:
                    self._bury(self._process)
                self._tidy_up()
            finally:
                code = KILLED if self._process is None else self._process.returncode
                told = _servers_code(code, kept=self._command.kept)
                self._feed.finish(lambda: self._over(told))

    def _begun(self) -> subprocess.Popen[bytes]:
        command = self._command
        for folder in command.folders:
            private_folder(folder)
        for file in command.stale:
            file.unlink(missing_ok=True)
        if command.temporary is not None:
            make_private(command.temporary)  # it may lie where everybody makes folders
            shutil.rmtree(command.temporary, ignore_errors=True)
            private_folder(command.temporary)
        self._job = Job()
        process = subprocess.Popen(
            command.argv,
            stdin=subprocess.PIPE if command.kept else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            close_fds=True,
            cwd=command.cwd,
            env=command.environment | ({MARK: self._marker} if self._marker else {}),
            start_new_session=os.name == "posix",  # Ctrl-C in a terminal is for us to hear, not for it
            creationflags=CREATE_HALTED | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._job.take_in(process)
        return process

    def _settle(self, problem: Exception | None) -> None:
        def settle() -> None:
            if self._started.done():
                return
            if problem is None:
                self._started.set_result(None)
            else:
                self._started.set_exception(problem)

        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(settle)

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        """Hand over its lines until it has ended. Who else may hold the output open is not waited for."""
        assert process.stdout is not None
        lines = LineSplitter()
        output = process.stdout.fileno()
        if sys.platform == "win32":
            threading.Thread(target=self._close_job_after, args=(process,), name="engine-job", daemon=True).start()
            while data := os.read(output, READ_BYTES):
                self._take(lines.feed(data))
        else:
            os.set_blocking(output, False)
            watch = _watch(process.pid)
            poll = select.poll()  # not select, which knows only the first 1024 files of a process
            poll.register(output, select.POLLIN)
            if watch is not None:
                poll.register(watch, select.POLLIN)
            try:
                readable, over = True, False
                while not over:
                    poll.poll(None if watch is not None else LOOK_EVERY_MS)
                    over = _returncode(process) is not None  # before the last look at what it said
                    if readable and not self._take_all(output, lines):
                        poll.unregister(output)
                        readable = False
            finally:
                if watch is not None:
                    os.close(watch)
        self._take(lines.finish())

    def _take_all(self, output: int, lines: LineSplitter) -> bool:
        """Take what there is to read; return whether more may come."""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(output, READ_BYTES):
                self._take(lines.feed(data))
                if len(data) < READ_BYTES:
                    return True
            return False
        return True

    def _take(self, lines: list[str]) -> None:
        if self.inner_pid is None and (first := next((each for each in lines if each.startswith(ANNOUNCED)), None)):
            lines.remove(first)
            with contextlib.suppress(ValueError):
                self.inner_pid = int(first.removeprefix(ANNOUNCED))
            self._find_inside()
        self._feed.put(lines)

    def _find_inside(self) -> None:
        """Note the first process inside bubblewrap: it is the last to go, and no child of ours then."""
        import psutil

        if self._command.confined and self._process is not None:
            with contextlib.suppress(psutil.Error, IndexError):
                self._inside = psutil.Process(self._process.pid).children()[0]

    def _close_job_after(self, process: subprocess.Popen[bytes]) -> None:
        """End what is left in a job when its first process has ended: it may hold the output open."""
        process.wait()
        if self._job is not None:
            self._job.close()

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """Kill what it left behind in its group, and only then let its number go."""
        self.kill()
        if sys.platform != "win32":
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        with self._burial:
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    def _tidy_up(self) -> None:
        """End what is left elsewhere (a keeper may have been killed, too), and remove what is not to stay."""
        if self._job is not None:
            self._job.close()
        inside = [self._inside] if self._inside is not None else []
        end(lambda: [*filter(lives, inside), *(marked(self._marker) if self._marker else [])])
        for words in self._command.afterwards if self._process is not None else ():
            run_tool_here(words, self._command.environment, within_s=AFTERWARDS_WITHIN_S)
        for file in self._command.stale:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        if self._command.temporary is not None:
            shutil.rmtree(self._command.temporary, ignore_errors=True)


def _explained(failure: OSError, program: str) -> Exception:
    """Give a failed start the words a person can use."""
    name = failure.filename if isinstance(failure.filename, str) else program
    detail = failure.strerror or type(failure).__name__
    if failure.errno in (errno.ENOSPC, errno.EDQUOT):
        error: Exception = DiskFull(name)
    elif failure.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        error = EngineNotPermitted(name, detail=detail)
    else:
        error = EngineBroken(name, detail=detail)
    error.__cause__ = failure
    return error


def _servers_code(code: int, *, kept: bool) -> int:
    """Return the server's own exit code: keeper and bubblewrap pass a signal on as 128 and its number."""
    return 128 - code if kept and 128 < code < 160 else code


def _watch(pid: int) -> int | None:
    """Return a file that can be read when a process has ended, where the system has such files (Linux)."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            return os.pidfd_open(pid)
    return None


def _returncode(process: subprocess.Popen[bytes]) -> int | None:
    """Return how a process ended, None while it runs. Unlike `poll` this does not bury it: its number stays its own."""
    if sys.platform == "win32":
        return process.poll()
    ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if ended is None:
        return None
    return int(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status)
