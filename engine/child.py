"""One helper process of ours: started at low priority and confined, asked over pipes, ended without a trace.

The page process and the OCR process both run in one of these. A `Child` owns a thread that starts the process and does
all blocking work on its pipes, so the loop of the app only ever sees finished answers. The thread lives exactly as long
as the process, because the kernel's "die with your parent" is tied to the *thread* that started the child.

On the wire, both ways, a frame is: two big-endian 32-bit lengths, a JSON object, raw bytes (pixels). One request is
answered by any number of notes (`"note": true`) and one final answer. A frame `{"op": "cancel"}` may come in between.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import functools
import importlib.util
import json
import logging
import os
import queue
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

HEADER = struct.Struct("!II")
MAX_HEADER_BYTES = 64 << 20
MAX_BLOB_BYTES = 1 << 30
KILL_AFTER_S = 2.0
"""How long a child may take to leave by itself after its input was closed."""

JsonObject = dict[str, Any]


class ChildDiedError(Exception):
    """The process ended before it answered; `describe` says how, without any of its output."""

    def __init__(self, name: str, returncode: int | None) -> None:
        super().__init__(f"the {name} process {_ending(returncode)}")
        self.returncode = returncode


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
    """What the process may take: address space in bytes, CPU seconds for its whole life (0: no limit), niceness."""

    memory_bytes: int = 0
    cpu_seconds: int = 0
    nice: int = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """A final answer: its JSON object and the raw bytes that came with it."""

    header: JsonObject
    blob: bytearray = field(default_factory=bytearray)


NoteHandler = Callable[[JsonObject], None]


@dataclass(slots=True)
class _Request:
    header: JsonObject
    blobs: Sequence[bytes | bytearray | memoryview]
    future: asyncio.Future[Reply]
    loop: asyncio.AbstractEventLoop
    on_note: NoteHandler | None


def _ending(returncode: int | None) -> str:
    if returncode is None:
        return "stopped answering"
    if returncode < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-returncode).name}"
    return f"ended with code {returncode}"


def write_frame(stream: IO[bytes], header: Mapping[str, Any], *blobs: bytes | bytearray | memoryview) -> None:
    """Write one frame and flush it; `blobs` are sent one after the other as one."""
    body = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    stream.write(HEADER.pack(len(body), sum(len(blob) for blob in blobs)) + body)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[JsonObject, bytearray]:
    """Read one frame.

    Raises:
        EOFError: the other end is gone.
        ValueError: the frame is larger than allowed or not JSON.
    """
    header_size, blob_size = HEADER.unpack(_read_exactly(stream, HEADER.size))
    if header_size > MAX_HEADER_BYTES or blob_size > MAX_BLOB_BYTES:
        raise ValueError("frame too large")
    header = json.loads(_read_exactly(stream, header_size))
    if not isinstance(header, dict):
        raise ValueError("frame is not an object")
    return header, _read_exactly(stream, blob_size)


def _read_exactly(stream: IO[bytes], size: int) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    filled = 0
    while filled < size:
        count = stream.readinto(view[filled:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        filled += count
    return buffer


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
        """Describe the process; `start` starts it.

        Args:
            name: What to call it in messages ("page", "OCR").
            module: Dotted name of the module that is run, which calls `serve`.
            limits: Memory, CPU time and priority.
            pass_fds: Open files it inherits under the same numbers.
            arguments: Further words of its command line.
            confine: Run it in bubblewrap where that works.
        """
        self.name = name
        self._module = module
        self._limits = limits or Limits()
        self._pass_fds = tuple(pass_fds)
        self._arguments = tuple(arguments)
        self.confined = confine and confinement_works()
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._write_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"{name}-child", daemon=True)
        self._dead = threading.Event()
        self.last_words: collections.deque[str] = collections.deque(maxlen=40)

    @property
    def pid(self) -> int | None:
        """Process id of what was started (bubblewrap's, where confined), None before that."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether it may still answer."""
        return self._thread.is_alive() and not self._dead.is_set()

    def start(self) -> None:
        """Start the process without waiting for it."""
        self._thread.start()

    async def ask(
        self,
        op: str,
        *blobs: bytes | bytearray | memoryview,
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
        self._requests.put(_Request({"op": op, **fields}, blobs, future, loop, on_note))
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.shield(future)
        except TimeoutError:
            self.kill()
            future.cancel()
            raise ChildHungError(f"the {self.name} process gave no answer in {timeout:g} s") from None
        except asyncio.CancelledError:
            if not future.done():
                future.add_done_callback(_swallow)
                self._send_cancel()
            raise

    def kill(self) -> None:
        """End the process at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def close(self) -> None:
        """Ask the process to leave, kill it if it does not, and wait until nothing of it is left."""
        self._requests.put(None)
        if self._thread.ident is None:
            return
        for _ in range(int(KILL_AFTER_S / 0.02)):
            if not self._thread.is_alive():
                return
            await asyncio.sleep(0.02)
        self.kill()
        await asyncio.to_thread(self._thread.join)

    def _send_cancel(self) -> None:
        process = self._process
        if process is None or process.stdin is None or not self._write_lock.acquire(blocking=False):
            return  # it is still being sent the request; its answer will be dropped
        try:
            with contextlib.suppress(OSError, ValueError):
                write_frame(process.stdin, {"op": "cancel"})
        finally:
            self._write_lock.release()

    # -- everything below runs in the child's own thread

    def _run(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=self._pass_fds if os.name == "posix" else (),
                close_fds=True,
                env=_environment(),
                creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )
        except OSError as problem:
            log.error("The %s process could not be started: %s", self.name, problem)
            self._fail_all()
            return
        assert self._process.stderr is not None
        listener = threading.Thread(
            target=self._listen, args=(self._process.stderr,), name=f"{self.name}-stderr", daemon=True
        )
        listener.start()
        try:
            while (request := self._requests.get()) is not None:
                if request.future.cancelled():
                    continue
                if not self._serve_one(request):
                    break
        finally:
            self._dead.set()
            self._end()
            listener.join()
            self._fail_all()

    def _serve_one(self, request: _Request) -> bool:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            with self._write_lock:
                write_frame(process.stdin, request.header, *request.blobs)
            while True:
                header, blob = read_frame(process.stdout)
                if not header.get("note"):
                    break
                if request.on_note is not None:
                    request.loop.call_soon_threadsafe(request.on_note, header)
        except (EOFError, OSError, ValueError):
            # Anything that is no answer (garbage included) ends this process; the owner starts another.
            self.kill()
            _settle(request, ChildDiedError(self.name, process.wait()))
            return False
        if "error" in header:
            _settle(request, ChildRefusedError(str(header["error"]), str(header.get("detail", ""))))
        else:
            _settle(request, Reply(header, blob))
        return True

    def _listen(self, stream: IO[bytes]) -> None:
        for raw in stream:
            self.last_words.append(raw.decode(errors="replace").rstrip())
        stream.close()

    def _end(self) -> None:
        process = self._process
        assert process is not None
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            process.wait(KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _fail_all(self) -> None:
        self._dead.set()
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


def _settle(request: _Request, outcome: Reply | Exception) -> None:
    def settle() -> None:
        if request.future.done():
            return
        if isinstance(outcome, Reply):
            request.future.set_result(outcome)
        else:
            request.future.set_exception(outcome)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        request.loop.call_soon_threadsafe(settle)


def _swallow(future: asyncio.Future[Reply]) -> None:
    if not future.cancelled():
        future.exception()


def _environment() -> dict[str, str]:
    """What a child may know: nothing of the user's session but where temporary files and locales are."""
    keep = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "DIGLOT_CHILD_FAULT")
    return {name: os.environ[name] for name in keep if name in os.environ}


# -- confinement --


def confinement() -> list[str]:
    """Return bubblewrap's command line: no network, no home folder, nothing to write, gone with its parent."""
    arguments = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for path in _visible_folders():
        arguments += ["--ro-bind", path, path]
    for path in ("/bin", "/lib", "/lib64", "/sbin"):
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            arguments += ["--ro-bind", path, path]
    return [*arguments, "--proc", "/proc", "--dev", "/dev", "--remount-ro", "/", "--chdir", "/", "--"]


def _visible_folders() -> list[str]:
    """Folders a helper must read to run Python and our packages, and no others."""
    folders = [Path("/usr"), Path("/etc/ld.so.cache"), Path(sys.prefix), Path(sys.base_prefix)]
    folders.append(Path(sysconfig.get_path("stdlib")))
    spec = importlib.util.find_spec("engine")
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent)
    seen: list[str] = []
    for folder in folders:
        path = str(folder.resolve())
        if os.path.exists(path) and not any(path == other or path.startswith(other + "/") for other in seen):
            seen.append(path)
    return seen


@functools.cache
def confinement_works() -> bool:
    """Tell whether bubblewrap is there and may do its work on this machine (asked once, about 5 ms)."""
    if not sys.platform.startswith("linux") or shutil.which("bwrap") is None:
        return False
    try:
        return subprocess.run([*confinement(), "true"], capture_output=True, timeout=5, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


# -- the child's end --


class Refusal(Exception):  # noqa: N818 - it is an answer, not a defect
    """Raised by a handler to answer with an error code of the child's vocabulary."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class Call:
    """One request as the child sees it."""

    def __init__(self, header: JsonObject, blob: bytearray, out: IO[bytes]) -> None:
        self.op = str(header["op"])
        self.fields = header
        self.blob = blob
        self._out = out
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the parent no longer wants the answer."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Note that the parent no longer wants the answer."""
        self._cancelled.set()

    def note(self, **fields: Any) -> None:
        """Tell the parent something before the final answer."""
        write_frame(self._out, {"note": True, **fields})


Answer = tuple[JsonObject, Sequence[bytes | bytearray | memoryview]]
Handler = Callable[[Call], Answer]


def arguments() -> list[str]:
    """Return the words that the parent's `arguments` gave this process."""
    return sys.argv[4:]


def serve(handler: Handler) -> None:
    """Run the child's end: apply the limits, then answer requests until the parent closes the pipe.

    A handler returns (header, blobs) or raises `Refusal`; any other exception is a defect of ours, answered as
    "defect" with the exception's type and no text of the page.
    """
    _limit_ourselves()
    stdin, stdout = _private_pipes()
    calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
    current: list[Call] = []
    threading.Thread(target=_receive, args=(stdin, stdout, calls, current), daemon=True).start()
    while (call := calls.get()) is not None:
        try:
            header, blobs = handler(call)
        except Refusal as refusal:
            header, blobs = {"error": refusal.code, "detail": refusal.detail}, ()
        except MemoryError:
            header, blobs = {"error": "memory"}, ()
        except Exception as defect:
            import traceback

            traceback.print_exc()
            header, blobs = {"error": "defect", "detail": type(defect).__name__}, ()
        current.remove(call)
        try:
            write_frame(stdout, header, *blobs)
        except OSError:
            break
    os._exit(0)


def _receive(stdin: IO[bytes], stdout: IO[bytes], calls: queue.SimpleQueue[Call | None], current: list[Call]) -> None:
    for header, blob in _frames(stdin):
        if header.get("op") == "cancel":
            for call in tuple(current):
                call.cancel()
        else:
            call = Call(header, blob, stdout)
            current.append(call)
            calls.put(call)
    # The parent is gone. Do not wait for a handler that may be deep in native code.
    os._exit(0)


def _frames(stdin: IO[bytes]) -> Iterator[tuple[JsonObject, bytearray]]:
    with contextlib.suppress(EOFError, OSError, ValueError):
        while True:
            yield read_frame(stdin)


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes for frames alone: whatever a library prints goes to stderr."""
    stdin = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    stdout = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return stdin, stdout


def _limit_ourselves() -> None:
    memory_bytes, cpu_seconds, nice = (int(word) for word in sys.argv[1:4])
    if os.name != "posix":
        return
    import resource

    if nice:
        with contextlib.suppress(OSError):
            os.nice(nice)
    if memory_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    if cpu_seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform.startswith("linux"):
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
