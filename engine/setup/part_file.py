"""A file that is being downloaded: it keeps what has come, over a broken connection and over the end of the program."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from engine.setup.background import Stop
from engine.setup.checkpoint_files import cannot_read
from engine.setup.storing import cannot_write

PART = ".part"
CHUNK_BYTES = 4 << 20


class PartFile:
    """What is there of a file so far, under its name with `.part` behind it, until it is whole and gets its name."""

    def __init__(self, target: Path, *, keep: bool) -> None:
        """Name the file. With `keep`, what an earlier run left of it is gone on with; else it starts anew."""
        self.target = target
        self._path = target.with_name(target.name + PART)
        self._keep = keep
        self._stream: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        """The hash of what is there."""
        return self._hash.hexdigest()

    def open(self, stop: Stop) -> None:
        """Open it, reading what is there once for its hash.

        Raises:
            DiskFull, OutputNotWritable, FileVanished: The disk would not.
        """
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        try:
            if self._keep and self.target.is_file() and not self._path.exists():
                self.target.replace(self._path)  # it was whole, and what came after it failed
            self._stream = os.fdopen(os.open(self._path, flags, 0o644), "r+b", buffering=0)
        except OSError as problem:
            raise cannot_write(self._path, problem) from problem
        if not self._keep:
            self.empty()
            return
        while True:
            stop.check()
            try:
                chunk = self._stream.read(CHUNK_BYTES)
            except OSError as problem:
                raise cannot_read(self._path, problem) from problem
            if not chunk:
                return
            self._hash.update(chunk)
            self.bytes += len(chunk)

    def write(self, data: bytes) -> None:
        """Write at the end.

        Raises:
            DiskFull, OutputNotWritable: The disk would not. What is there stays, and can be gone on with.
        """
        assert self._stream is not None
        left = memoryview(data)
        while left:
            try:
                written = self._stream.write(left)
            except OSError as problem:
                raise cannot_write(self._path, problem) from problem
            self._hash.update(left[:written])
            self.bytes += written
            left = left[written:]

    def empty(self) -> None:
        """Throw away what is there.

        Raises:
            OutputNotWritable: The disk would not.
        """
        assert self._stream is not None
        try:
            self._stream.seek(0)
            self._stream.truncate()
        except OSError as problem:
            raise cannot_write(self._path, problem) from problem
        self._hash = hashlib.sha256()
        self.bytes = 0

    def finish(self) -> None:
        """Make it durable and give it its name.

        Raises:
            DiskFull, OutputNotWritable: The disk would not.
        """
        assert self._stream is not None
        try:
            with self._stream:
                os.fsync(self._stream.fileno())
            self._path.replace(self.target)
        except OSError as problem:
            raise cannot_write(self.target, problem) from problem

    def close(self) -> None:
        """Let go of it, whether it is finished or not."""
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
