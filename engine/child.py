"""One helper process of ours: started at low priority and confined, asked over pipes, ended without a trace.

The page process and the OCR process both run in one of these. A `Child` owns a thread that starts the process and does
all blocking work on its pipes, so the loop of the app only ever sees finished answers. The thread lives exactly as long
as the process, because the kernel's "die with your parent" is tied to the *thread* that started the child.

The child's end, and what a frame looks like, is `engine.serving`.
"""

from __future__ import annotations

import asyncio
import collections
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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from engine.confinement import confinement, confinement_works
from engine.serving import (
    HEADER,
    MAX_BLOB_BYTES,
    REQUEST_ID,
    Answer,
    Blob,
    Call,
    Handler,
    JsonObject,
    Refusal,
    arguments,
    read_frame,
    serve,
    write_frame,
)

__all__ = [
    "HEADER",
    "Answer",
    "Call",
    "Child",
    "ChildDiedError",
    "ChildHungError",
    "ChildRefusedError",
    "Handler",
    "Limits",
    "Refusal",
    "Reply",
    "arguments",
    "confinement",
    "confinement_works",
    "read_frame",
    "serve",
    "write_frame",
]

log = logging.getLogger(__name__)

LEAVE_WITHIN_S = 0.5
"""How long a child may take to leave by itself after its input was closed; nothing it holds is worth a longer wait."""
PIPE_BYTES = 1 << 20
"""How much fits into a pipe: a page is megabytes, and every filling of the pipe is a turn of the scheduler."""
WORD_LENGTH = 500
"""So many bytes of a line of a child's stderr are kept: it may never write a line's end."""


class ChildDiedError(Exception):
    """The process ended before it answered; the message says how, without any of its output."""

    def __init__(self, name: str, returncode: int | None) -> None:
        super().__init__(f"the {name} process {_ending(returncode)}")
        self.returncode = returncode

    @property
    def killed(self) -> bool:
        """Whether somebody else ended it (SIGKILL: a person, or the kernel short of memory), not a fault of its own."""
        return self.returncode in (-9, 128 + 9)


class ChildHungError(Exception):
    """No answer within the time limit; the process was killed."""


class ChildRefusedError(Exception):
    """The process answered with an error of its own: a `code` from its vocabulary and a detail."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may take: address space in bytes, CPU seconds for its whole life (0: no limit), niceness.

    `answer_bytes` is the longest answer that is believed; more counts as the process's death.
    """

    memory_bytes: int = 0
    cpu_seconds: int = 0
    nice: int = 10
    answer_bytes: int = MAX_BLOB_BYTES


@dataclass(frozen=True, slots=True)
class Reply:
    """A final answer: its JSON object and the raw bytes that came with it."""

    header: JsonObject
    blob: bytearray = field(default_factory=bytearray)


NoteHandler = Callable[[JsonObject], None]


@dataclass(slots=True, eq=False, repr=False)  # no repr: a header may hold a password
class _Request:
    """One question. `begun`, `answered` and `unwanted` are each set by one thread only and never taken back."""

    number: int
    header: JsonObject
    blobs: Sequence[Blob]
    timeout: float
    future: asyncio.Future[Reply]
    loop: asyncio.AbstractEventLoop
    on_note: NoteHandler | None
    begun: bool = False
    answered: bool = False
    unwanted: bool = False
    timer: asyncio.TimerHandle | None = None


def _ending(returncode: int | None) -> str:
    if returncode is None:
        return "stopped answering"
    if returncode < 0 or 128 < returncode < 160:  # bubblewrap passes a signal on as 128 + its number
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-returncode if returncode < 0 else returncode - 128).name}"
    return f"ended with code {returncode}"


class Child:
    """The parent's end of one helper process. Requests are answered one at a time, in the order they were made."""

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
            limits: Memory, CPU time and priority.
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
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._write_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"{name}-child", daemon=True)
        self._dead = threading.Event()
        self._doomed = False
        self.last_words: collections.deque[str] = collections.deque(maxlen=40)

    @property
    def confined(self) -> bool:
        """Whether it runs in bubblewrap; without, the limits alone hold it."""
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
        return self._process is None or self._process.poll() is None

    def start(self) -> None:
        """Start the process without waiting for it."""
        self._thread.start()

    async def ask(
        self,
        op: str,
        *blobs: Blob,
        timeout: float,  # noqa: ASYNC109 - the timeout kills the process, it does not only stop the waiting
        on_note: NoteHandler | None = None,
        **fields: Any,
    ) -> Reply:
        """Ask and wait for the final answer. When the caller is cancelled, the process is told to stop this request.

        Raises:
            ChildDiedError: It ended before answering.
            ChildHungError: No answer within `timeout` seconds of its turn; it was killed.
            ChildRefusedError: It answered with an error of its own.
        """
        if not self.alive:
            raise ChildDiedError(self.name, self._process.poll() if self._process else None)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        number = next(self._numbers)
        request = _Request(number, {"op": op, **fields, REQUEST_ID: number}, blobs, timeout, future, loop, on_note)
        self._requests.put(request)
        if self._dead.is_set():
            self._fail_all()  # it died between the look and the put: nobody else would answer
        try:
            return await future
        except asyncio.CancelledError:
            request.unwanted = True
            self._send_cancel(request)
            raise

    def kill(self) -> None:
        """End the process, and everything it may have started, at once."""
        self._doomed = True
        process = self._process
        if process is None or process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()

    def dismiss(self) -> None:
        """Let the process leave without waiting for it, as `close` does with waiting. Needs no loop."""
        self._requests.put(None)

    async def close(self) -> None:
        """Let the process leave, kill it if it does not or is at work, and wait until nothing of it is left."""
        self._requests.put(None)
        if self._thread.ident is None:
            return
        for _ in range(int(LEAVE_WITHIN_S / 0.01)):
            if not self._thread.is_alive():
                return
            await asyncio.sleep(0.01)
        self.kill()
        await asyncio.to_thread(self._thread.join)

    def _send_cancel(self, request: _Request) -> None:
        """Tell the process, without ever waiting for it: a cancel that cannot be sent only costs its time."""
        process = self._process
        if not request.begun or request.answered or process is None or process.stdin is None:
            return
        if not self._write_lock.acquire(blocking=False):
            return  # it is just being sent; whoever sends it looks at `unwanted` afterwards
        try:
            with contextlib.suppress(OSError, ValueError):
                if os.name != "posix" or select.select([], [process.stdin], [], 0)[1]:
                    write_frame(process.stdin, {"op": "cancel", "of": request.number})
        finally:
            self._write_lock.release()

    def _time_out(self, request: _Request) -> None:
        if request.answered:
            return  # the answer is on its way to the loop
        self.kill()
        if not request.future.done():
            message = f"the {self.name} process gave no answer in {request.timeout:g} s"
            request.future.set_exception(ChildHungError(message))

    # -- everything below runs in the child's own thread

    def _run(self) -> None:
        try:
            self._process = process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=self._pass_fds if os.name == "posix" else (),
                close_fds=True,
                cwd="/" if os.name == "posix" else None,
                start_new_session=os.name == "posix",  # Ctrl-C in a terminal is for us to hear, not for it
                env=_environment(),
                creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )
        except OSError as problem:
            log.error("The %s process could not be started: %s", self.name, problem)
            self._dead.set()
            self._fail_all()
            return
        _widen(process.stdin)
        _widen(process.stdout)
        assert process.stderr is not None
        listener = threading.Thread(
            target=self._listen, args=(process.stderr,), name=f"{self.name}-stderr", daemon=True
        )
        listener.start()
        if self._doomed:
            self.kill()
        try:
            while (request := self._requests.get()) is not None:
                if not (request.unwanted or request.future.cancelled()) and not self._serve_one(request):
                    break
        finally:
            self._dead.set()
            self._end()
            listener.join(LEAVE_WITHIN_S)
            self._fail_all()

    def _serve_one(self, request: _Request) -> bool:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        _call_soon(request, self._begin, request)
        try:
            with self._write_lock:
                request.begun = True
                write_frame(process.stdin, request.header, *request.blobs)
            request.blobs = ()
            if request.unwanted:
                with self._write_lock:
                    write_frame(process.stdin, {"op": "cancel", "of": request.number})
            while True:
                header, blob = read_frame(process.stdout, max_blob=self._limits.answer_bytes)
                if not header.get("note"):
                    break
                if request.on_note is not None:
                    _call_soon(request, _note, request, header)
        except ValueError:
            # What is no answer ends this process as well; the owner starts another.
            self.kill()
            self._end()
            _settle(request, ChildDiedError(self.name, None))
            return False
        except (EOFError, OSError):
            self._end()
            _settle(request, ChildDiedError(self.name, process.returncode))
            return False
        if "error" in header:
            _settle(request, ChildRefusedError(str(header["error"])[:40], str(header.get("detail", ""))[:200]))
        else:
            _settle(request, Reply(header, blob))
        return True

    def _begin(self, request: _Request) -> None:
        if not request.answered:
            request.timer = request.loop.call_later(request.timeout, self._time_out, request)

    def _listen(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            while raw := stream.readline(WORD_LENGTH):
                self.last_words.append(raw.decode(errors="replace").rstrip())
        stream.close()

    def _end(self) -> None:
        """Close the pipes, give it a moment to leave, and make sure that it has left."""
        process = self._process
        assert process is not None
        with self._write_lock:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        try:
            process.wait(LEAVE_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            process.wait()
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # what it started and left behind

    def _fail_all(self) -> None:
        returncode = self._process.returncode if self._process else None
        while True:
            try:
                request = self._requests.get_nowait()
            except queue.Empty:
                return
            if request is not None:
                _settle(request, ChildDiedError(self.name, returncode))

    def _command(self) -> list[str]:
        python = [sys.executable, "-I", "-X", "utf8", "-m", self._module]
        limits = [str(self._limits.memory_bytes), str(self._limits.cpu_seconds), str(self._limits.nice)]
        return [*(confinement() if self.confined else []), *python, *limits, *self._arguments]


def _widen(pipe: IO[bytes] | None) -> None:
    """Let more fit into a pipe where the system allows it (Linux, up to what this user has left)."""
    if pipe is not None and sys.platform.startswith("linux"):
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _call_soon(request: _Request, callback: Callable[..., object], *words: object) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        request.loop.call_soon_threadsafe(callback, *words)


def _note(request: _Request, header: JsonObject) -> None:
    if request.on_note is not None and not request.future.done():
        request.on_note(header)


def _settle(request: _Request, outcome: Reply | Exception) -> None:
    def settle() -> None:
        if request.timer is not None:
            request.timer.cancel()
        if request.future.done():
            return
        if isinstance(outcome, Reply):
            request.future.set_result(outcome)
        else:
            request.future.set_exception(outcome)

    request.answered = True
    _call_soon(request, settle)


def _environment() -> dict[str, str]:
    """What a child may know: nothing of the user's session but where temporary files and locales are."""
    keep = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "DIGLOT_CHILD_FAULT")
    return {name: os.environ[name] for name in keep if name in os.environ}
