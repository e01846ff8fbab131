"""One helper process of ours: started at low priority and confined, asked over pipes, ended without a trace.

The page process and the OCR process both run in one of these. A `Child` owns a thread that starts the process and does
all blocking work on its pipes, so the loop of the app only ever sees finished answers. The thread lives exactly as long
as the process, because the kernel's "die with your parent" is tied to the *thread* that started the child.

The child's end, and what a frame looks like, is `engine.children.serving`. What a child prints goes nowhere, as
it may quote a page.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from engine.children.confinement import confinement, confinement_works
from engine.children.question import ChildDiedError, ChildHungError, ChildRefusedError, Question, Reply
from engine.children.serving import MAX_BLOB_BYTES, REQUEST_ID, Blob, read_frame, write_frame

__all__ = ["Child", "ChildDiedError", "ChildHungError", "ChildRefusedError", "Limits", "Reply"]

log = logging.getLogger(__name__)

LEAVE_WITHIN_S = 0.5
"""How long a child may take to leave by itself after its input was closed; nothing it holds is worth a longer wait."""
GONE_WITHIN_S = 10.0
"""How long a killed one is waited for: the kernel holds on to a process whose drive does not answer."""
PIPE_BYTES = 1 << 20
"""How much fits into a pipe: a page is megabytes, and every filling of the pipe is a turn of the scheduler."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may take: address space in bytes (0: no limit), niceness.

    `answer_bytes` is the longest answer that is believed; more counts as the process's death.
    """

    memory_bytes: int = 0
    nice: int = 10
    answer_bytes: int = MAX_BLOB_BYTES

    @property
    def words(self) -> list[str]:
        """What `engine.children.serving` expects first on the command line."""
        return [str(self.memory_bytes), str(self.nice)]


class Child:
    """The parent's end of one helper process. Questions are answered one at a time, in the order they were asked."""

    def __init__(
        self,
        name: str,
        module: str,
        *,
        limits: Limits | None = None,
        pass_fds: Sequence[int] = (),
        arguments: Sequence[str] = (),
        confine: bool = True,
    ) -> None:
        """Describe the process; `start` starts it. Neither needs a running loop.

        Args:
            name: What to call it in messages ("page", "OCR").
            module: Dotted name of the module that is run, which calls `serve`.
            limits: Memory and priority.
            pass_fds: Open files it inherits under the same numbers.
            arguments: Further words of its command line, which every user of the machine can see.
            confine: Run it in bubblewrap where that works.
        """
        self.name = name
        self._module = module
        self._limits = limits or Limits()
        self._pass_fds = tuple(pass_fds)
        self._arguments = tuple(arguments)
        self._confine = confine
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._write_lock = threading.Lock()
        self._burial = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"{name}-child", daemon=True)
        self._dead = threading.Event()
        self._doomed = False

    @property
    def confined(self) -> bool:
        """Whether it runs in bubblewrap; without, the limits and `engine.children.restraint` alone hold it."""
        return self._confine and confinement_works()

    @property
    def pid(self) -> int | None:
        """Process id of what was started (bubblewrap's, where confined), None before that."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether it may still answer."""
        if not self._thread.is_alive() or self._dead.is_set():
            return False
        return self._process is None or _returncode(self._process) is None

    def start(self) -> None:
        """Start the process without waiting for it."""
        self._thread.start()

    async def ask(
        self,
        op: str,
        *blobs: Blob,
        timeout: float,  # noqa: ASYNC109 - the timeout kills the process, it does not only stop the waiting
        **fields: Any,
    ) -> Reply:
        """Ask and wait for the answer. When the caller is cancelled, the process is told to stop this request.

        Raises:
            ChildDiedError: It ended before answering.
            ChildHungError: No answer within `timeout` seconds of its turn; it was killed.
            ChildRefusedError: It answered with an error of its own.
        """
        if not self.alive:
            raise ChildDiedError(self.name, _returncode(self._process) if self._process else None)
        loop = asyncio.get_running_loop()
        number = next(self._numbers)
        header = {"op": op, **fields, REQUEST_ID: number}
        question = Question(number, header, blobs, timeout, loop, loop.create_future())
        self._questions.put(question)
        if self._dead.is_set():
            self._fail_all()  # it died between the look and the put: nobody else would answer
        try:
            return await question.future
        except asyncio.CancelledError:
            question.unwanted = True
            self._send_cancel(question)
            raise

    def kill(self) -> None:
        """End the process, and everything it may have started, at once."""
        self._doomed = True
        process = self._process
        with self._burial:
            if process is None or process.returncode is not None:
                return
            # Also where it is dead itself: as long as it is not buried, the number is its group's and nobody else's.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if os.name == "posix":
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()

    def dismiss(self) -> None:
        """Let the process leave without waiting for it, as `close` does with waiting. Needs no loop."""
        self._questions.put(None)

    async def close(self) -> None:
        """Let the process leave, kill it if it does not or is at work, and wait until nothing of it is left."""
        self.dismiss()
        if self._thread.ident is None:
            return
        try:
            for _ in range(int(LEAVE_WITHIN_S / 0.01)):
                if not self._thread.is_alive():
                    return
                await asyncio.sleep(0.01)
        finally:
            self.kill()  # also where the closing itself is cancelled
        await asyncio.to_thread(self._thread.join, GONE_WITHIN_S)
        if self._thread.is_alive():
            log.error("The %s process was killed and is still there.", self.name)

    def _send_cancel(self, question: Question) -> None:
        """Tell the process, without ever waiting for it: a cancel that cannot be sent only costs its time."""
        process = self._process
        if not question.begun or question.answered or process is None or process.stdin is None:
            return
        if not self._write_lock.acquire(blocking=False):
            return  # it is just being sent; whoever sends it looks at `unwanted` afterwards
        try:
            with contextlib.suppress(OSError, ValueError):
                if os.name != "posix" or select.select([], [process.stdin], [], 0)[1]:
                    write_frame(process.stdin, {"op": "cancel", "of": question.number})
        finally:
            self._write_lock.release()

    def _time_out(self, question: Question) -> None:
        if question.answered:
            return  # the answer is on its way to the loop
        self.kill()
        if not question.future.done():
            message = f"the {self.name} process gave no answer in {question.timeout:g} s"
            question.future.set_exception(ChildHungError(message))

    # -- everything below runs in the child's own thread

    def _run(self) -> None:
        try:
            process = None if self._doomed else self._started()
            if process is None:
                return
            self._process = process
            if self._doomed:
                self.kill()
            while (question := self._questions.get()) is not None:
                if not (question.unwanted or question.future.cancelled()) and not self._serve_one(process, question):
                    break
        finally:
            self._dead.set()
            try:
                if self._process is not None:
                    self._end(self._process)
            finally:
                self._fail_all()

    def _started(self) -> subprocess.Popen[bytes] | None:
        try:
            process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=self._pass_fds if os.name == "posix" else (),
                close_fds=True,
                cwd="/" if os.name == "posix" else None,
                start_new_session=os.name == "posix",  # Ctrl-C in a terminal is for us to hear, not for it
                env=_environment(),
                creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )
        except OSError as problem:
            log.error("The %s process could not be started: %s", self.name, problem)
            return None
        _widen(process.stdin)
        _widen(process.stdout)
        return process

    def _serve_one(self, process: subprocess.Popen[bytes], question: Question) -> bool:
        """Put one question and hand over its outcome; return whether the process can be asked again."""
        assert process.stdin is not None and process.stdout is not None
        question.start_clock(self._time_out)
        try:
            with self._write_lock:
                question.begun = True
                write_frame(process.stdin, question.header, *question.blobs)
            question.blobs = ()
            if question.unwanted:
                with self._write_lock:
                    write_frame(process.stdin, {"op": "cancel", "of": question.number})
            header, blob = read_frame(process.stdout, max_blob=self._limits.answer_bytes)
        except (ValueError, MemoryError):
            # What is no answer, or one we have no room for, ends this process as well; the owner starts another.
            self.kill()
            self._end(process)
            question.settle(ChildDiedError(self.name, None))
            return False
        except (EOFError, OSError):
            self._end(process)
            question.settle(ChildDiedError(self.name, process.returncode))
            return False
        if "error" in header:
            question.settle(ChildRefusedError(str(header["error"])[:40], str(header.get("detail", ""))[:200]))
        else:
            question.settle(Reply(header, blob))
        return True

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Close the pipes, give it a moment to leave, and make sure that it has left. The second time does nothing."""
        if process.returncode is not None:
            return
        with self._write_lock:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        deadline = time.monotonic() + LEAVE_WITHIN_S
        while _returncode(process) is None and time.monotonic() < deadline:
            time.sleep(0.002)
        self.kill()  # or what it started and left behind
        if os.name == "posix":
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        with self._burial:
            process.wait()

    def _fail_all(self) -> None:
        returncode = self._process.returncode if self._process else None
        while True:
            try:
                question = self._questions.get_nowait()
            except queue.Empty:
                return
            if question is not None:
                question.settle(ChildDiedError(self.name, returncode))

    def _command(self) -> list[str]:
        python = [sys.executable, "-I", "-X", "utf8", "-m", self._module]
        return [*(confinement() if self.confined else []), *python, *self._limits.words, *self._arguments]


def _returncode(process: subprocess.Popen[bytes]) -> int | None:
    """Return how a process ended, None while it runs. Unlike `poll` this does not bury it: its number stays its own."""
    if os.name != "posix" or process.returncode is not None:
        return process.poll()
    with contextlib.suppress(ChildProcessError):  # buried in this very moment
        end = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if end is None:
            return None
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status
    return process.returncode


def _widen(pipe: IO[bytes] | None) -> None:
    """Let more fit into a pipe where the system allows it (Linux, up to what this user has left)."""
    if pipe is not None and sys.platform.startswith("linux"):
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _environment() -> dict[str, str]:
    """What a child may know: nothing of the user's session but where temporary files and locales are."""
    keep = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "DIGLOT_CHILD_FAULT")
    return {name: os.environ[name] for name in keep if name in os.environ}
