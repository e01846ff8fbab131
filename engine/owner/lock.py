"""The lock that makes one process the owner. The system takes it back when its holder dies, in whatever way."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.engine_errors import EngineNotPermitted, OwnedElsewhere
from engine.private_place import LOCK, Place

NAMED_WITHIN_S = 0.5
"""How long a new holder may take to write down who it is."""
MOST_BYTES = 4096
LOCKED_BYTE = 1 << 30
"""Windows keeps others from reading what is locked: this byte lies far behind what they want to read."""


class OwnerKind(StrEnum):
    """What owns the engine."""

    WINDOW = "window"
    COMMAND = "engine start"


@dataclass(frozen=True, slots=True)
class OwnerInfo:
    """Who owns the engine; the process id is 0 where it is not known."""

    kind: str
    pid: int

    def __str__(self) -> str:
        """Say it for a person."""
        return f"{self.kind}, process {self.pid}" if self.pid else self.kind


def info_of(untrusted_info: Any) -> OwnerInfo:
    """Return who somebody says to be."""
    told = untrusted_info if isinstance(untrusted_info, dict) else {}
    kind, pid = told.get("kind"), told.get("pid")
    known = isinstance(kind, str) and kind in set(OwnerKind)
    right = isinstance(pid, int) and not isinstance(pid, bool) and 0 < pid < 1 << 32
    return OwnerInfo(str(kind) if known else "another process", pid if isinstance(pid, int) and right else 0)


class OwnerLock:
    """Held by at most one process of this user. All of it blocks, for a moment."""

    def __init__(self, place: Place) -> None:
        """Take nothing yet; the place is there, and private."""
        self._file = place.file(LOCK)
        self._folder = place.folder
        self._handles: list[int] = []

    def take(self, kind: OwnerKind) -> None:
        """Become the owner.

        Raises:
            OwnedElsewhere: Another process is, and lives.
            EngineNotPermitted: The file cannot be made.
        """
        try:
            handle = self._taken()
            os.ftruncate(handle, 0)
            os.write(handle, json.dumps({"kind": kind, "pid": os.getpid()}).encode())
        except OSError as problem:
            self.release()
            raise EngineNotPermitted(str(self._file), detail=problem.strerror or "") from problem

    def release(self) -> None:
        """Let others become the owner, and leave no file. Does nothing where it is not held."""
        if not self._handles:
            return
        with contextlib.suppress(OSError):
            self._file.unlink()  # still held: whoever waits for this very file sees that it is gone and makes another
        while self._handles:
            os.close(self._handles.pop())
        if sys.platform == "win32":  # there a file that is open stays; if another has opened it by now, it is theirs
            with contextlib.suppress(OSError):
                self._file.unlink()

    def _taken(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        while True:
            handle = os.open(self._file, flags, 0o600)
            if not _lock(handle):
                try:
                    raise OwnedElsewhere(detail=str(_holder(handle)))
                finally:
                    os.close(handle)
            if self._is_still(handle):
                break
            os.close(handle)  # its last holder removed it between our opening and our locking
        self._handles.append(handle)
        self._keep_folder()
        return handle

    def _is_still(self, handle: int) -> bool:
        try:
            there = os.stat(self._file, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(handle))

    def _keep_folder(self) -> None:
        """Keep systemd from clearing the folder away where it lies among temporary files: it spares what is locked."""
        if sys.platform != "win32":
            import fcntl

            with contextlib.suppress(OSError):
                handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                self._handles.append(handle)
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _lock(handle: int) -> bool:
    """Lock an open file without waiting; return whether it is ours now."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(handle: int) -> OwnerInfo:
    """Read who holds the lock.

    A holder that was killed left its name in the file: until the new one has written its own, the old one is no answer.
    """
    import psutil  # here: most starts meet nobody

    deadline = time.monotonic() + NAMED_WITHIN_S
    while True:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            holder = info_of(json.loads(os.read(handle, MOST_BYTES)))
        except (ValueError, RecursionError):
            holder = info_of(None)
        if holder.pid and psutil.pid_exists(holder.pid):
            return holder
        if time.monotonic() >= deadline:
            return info_of(None)
        time.sleep(0.01)
