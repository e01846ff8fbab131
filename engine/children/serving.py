"""The child's end of a helper process: apply the limits, answer requests, leave when the parent does; and the frames.

On the wire, both ways, a frame is: two big-endian 32-bit lengths, a JSON object, raw bytes (pixels). One request is
answered by one frame. A frame `{"op": "cancel"}` may come before that.

This file imports as little as it can: every millisecond here is paid before the first page is seen.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

HEADER = struct.Struct("!II")
MAX_HEADER_BYTES = 64 << 20
MAX_BLOB_BYTES = 1 << 30
REQUEST_ID = "#"
"""Key under which the parent numbers its requests, so that a cancel finds the one it is meant for."""

JsonObject = dict[str, Any]
Blob = bytes | bytearray | memoryview


def write_frame(stream: IO[bytes], header: Mapping[str, Any], *blobs: Blob) -> None:
    """Write one frame and flush it; `blobs` are sent one after the other as one."""
    body = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    stream.write(HEADER.pack(len(body), sum(memoryview(blob).nbytes for blob in blobs)) + body)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_frame(
    stream: IO[bytes], *, max_header: int = MAX_HEADER_BYTES, max_blob: int = MAX_BLOB_BYTES
) -> tuple[JsonObject, bytearray]:
    """Read one frame.

    Raises:
        EOFError: the other end is gone.
        ValueError: the frame is larger than allowed or not a JSON object.
    """
    header_size, blob_size = HEADER.unpack(_read_exactly(stream, HEADER.size))
    if header_size > max_header or blob_size > max_blob:
        raise ValueError("frame too large")
    try:
        header = json.loads(_read_exactly(stream, header_size))
    except RecursionError:
        raise ValueError("frame is nested too deeply") from None
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


class Refusal(Exception):
    """Raised by a handler to answer with an error code of the child's vocabulary."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class Call:
    """One request as the child sees it."""

    def __init__(self, header: JsonObject, blob: bytearray) -> None:
        self.id = header.pop(REQUEST_ID, None)
        self.op = str(header["op"])
        self.fields = header
        self.blob = blob
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the parent no longer wants the answer."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Note that the parent no longer wants the answer."""
        self._cancelled.set()


Answer = tuple[JsonObject, Sequence[Blob]]
Handler = Callable[[Call], Answer]


def arguments() -> list[str]:
    """Return the words that the parent's `arguments` gave this process."""
    return sys.argv[3:]


def serve(handler: Handler, *, prepare: Callable[[], None] | None = None) -> None:
    """Run the child's end: apply the limits, then answer requests until the parent closes the pipe.

    A handler returns (header, blobs) or raises `Refusal`; any other exception is a defect of ours, answered as
    "defect" with the exception's type and where it arose, and no text of the page. `prepare` runs under the limits
    before the first request: imports that are needed anyway.
    """
    _limit_ourselves()
    stdin, stdout = _private_pipes()
    calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
    current: list[Call] = []
    threading.Thread(target=_receive, args=(stdin, calls, current), daemon=True).start()
    if prepare is not None:
        prepare()
    while True:
        call = calls.get()
        header, blobs = _answer(handler, call)
        current.remove(call)
        try:
            write_frame(stdout, header, *blobs)
        except OSError:
            os._exit(0)
        del call, header, blobs  # a page's pixels must not wait here for the next request


def _answer(handler: Handler, call: Call) -> Answer:
    try:
        return handler(call)
    except Refusal as refusal:
        return {"error": refusal.code, "detail": refusal.detail}, ()
    except MemoryError:
        return {"error": "memory"}, ()
    except Exception as defect:
        # The type and the place, not the message: that may quote the page.
        return {"error": "defect", "detail": f"{type(defect).__name__} {_place_of(defect)}"}, ()


def _place_of(defect: Exception) -> str:
    where = defect.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f"in {os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where is not None else ""


def _receive(stdin: IO[bytes], calls: queue.SimpleQueue[Call], current: list[Call]) -> None:
    try:
        for header, blob in _frames(stdin):
            if header.get("op") == "cancel":
                for call in tuple(current):
                    if call.id == header.get("of"):
                        call.cancel()
            else:
                call = Call(header, blob)
                current.append(call)
                calls.put(call)
    finally:
        # The parent is gone, or there is no room for what it sends. Nobody waits for a handler deep in native code.
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
    memory_bytes, nice = (int(word) for word in sys.argv[1:3])
    if os.name != "posix":
        return
    import resource

    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if memory_bytes:
        limits.append((resource.RLIMIT_AS, memory_bytes))
    for which, most in limits:
        with contextlib.suppress(OSError, ValueError):  # an administrator may have set a lower one
            resource.setrlimit(which, (most, most))
    if nice:
        with contextlib.suppress(OSError):
            os.nice(nice)
    if sys.platform.startswith("linux"):
        import ctypes

        from engine.children.restraint import restrain_ourselves

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        restrain_ourselves()
