"""Writing into the models' folder: hashed as it grows, whole or not at all, and by one import at a time."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from engine.engine_errors import SetupError
from engine.errors import DiskFull, OutputError, OutputNotWritable
from engine.paths import private_folder

IMPORTING, REPLACED, DOWNLOADING = ".importing", ".replaced", ".downloading"
SPARE_BYTES = 64 << 20
"""So much must stay free on the disk: one that is full to the last byte hurts every other program."""
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class NewFile:
    """A file of ours that is being written. It is durable when the `with` ends, and `sha256` is then its hash."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing of that name may be there."""
        self.path = path
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Write at the end.

        Raises:
            DiskFull: No space left.
            OutputNotWritable: The system would not write.
        """
        try:
            self._stream.write(data)
        except OSError as problem:
            raise cannot_write(self.path, problem) from problem
        self._hash.update(data)

    def __enter__(self) -> NewFile:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = os.fdopen(os.open(self.path, _NEW_FILE, 0o644), "wb", buffering=1 << 20)
        except OSError as problem:
            raise cannot_write(self.path, problem) from problem
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
            return
        try:
            with self._stream:
                self._stream.flush()
                os.fsync(self._stream.fileno())
        except OSError as problem:
            raise cannot_write(self.path, problem) from problem


@contextlib.contextmanager
def staging(into: Path, name: str) -> Iterator[Path]:
    """Give a new, hidden folder in `into`, and take away whatever of it is left in the end.

    Raises:
        DiskFull, OutputNotWritable: It cannot be made.
    """
    folder = into / f".{name}{IMPORTING}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
    except OSError as problem:
        raise cannot_write(folder, problem) from problem
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(folder: Path, target: Path) -> None:
    """Give a finished folder its name. A folder of that name goes, and only when the new one stands.

    Raises:
        OutputNotWritable: The system would not; everything is as it was.
    """
    aside = target.parent / f".{target.name}{REPLACED}"
    try:
        _sync(folder)
        if target.exists():
            target.replace(aside)
        try:
            folder.replace(target)
        except OSError:
            if aside.exists():
                aside.replace(target)
            raise
        _sync(target.parent)
    except OSError as problem:
        raise cannot_write(target, problem) from problem
    shutil.rmtree(aside, ignore_errors=True)


def clear_leftovers(into: Path) -> None:
    """Take away what an import left that was cut off, and finish or undo a replacement that was."""
    for aside in into.glob(f".*{REPLACED}"):
        target = into / aside.name[1:].removesuffix(REPLACED)
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                aside.replace(target)
    for folder in into.glob(f".*{IMPORTING}"):
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def alone_in(into: Path) -> Iterator[None]:
    """Make the folder where need be, and be the only one that imports into it. Windows knows no such lock.

    Raises:
        SetupError: Another import is running there.
        DiskFull, OutputNotWritable: The folder cannot be made.
    """
    try:
        private_folder(into)
        handle = os.open(into, os.O_RDONLY) if os.name == "posix" else None
    except OSError as problem:
        raise cannot_write(into, problem) from problem
    if handle is None:
        yield
        return
    import fcntl

    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(str(into), detail="another import into this folder is running") from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)


def check_space(folder: Path, needed: int) -> None:
    """Raise `DiskFull` where the disk has not so many bytes, and say how many are missing."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        raise cannot_write(folder, problem) from problem
    missing = needed + SPARE_BYTES - free
    if missing > 0:
        raise DiskFull(str(folder), detail=f"{amount(missing)} more are needed")


def amount(size: int) -> str:
    """Write bytes for a person, rounded up."""
    unit, name = (1 << 30, "GiB") if size >= 1 << 30 else (1 << 20, "MiB")
    tenths = -(-size * 10 // unit)
    return f"{tenths // 10}.{tenths % 10} {name}"


def cannot_write(path: Path, problem: OSError) -> OutputError:
    """Return the error of ours for what the system said about writing."""
    if problem.errno in _FULL:
        return DiskFull(str(path.parent))
    detail = "it can only be read from" if problem.errno == errno.EROFS else problem.strerror or ""
    return OutputNotWritable(str(path), detail=detail)


def _sync(folder: Path) -> None:
    """Make names durable; some file systems cannot, and the files themselves are safe already."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):
                os.fsync(handle)
        finally:
            os.close(handle)
