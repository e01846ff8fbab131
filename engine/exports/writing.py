"""A result becomes a file whole or not at all: written beside its place, made durable, then moved there."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from engine.errors import DiskFull, OutputError, OutputIsInput, OutputNotWritable
from engine.exports.formats import format_of

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_unfinished: set[Path] = set()


def write_whole(path: Path, data: str | bytes, *, inputs: Sequence[Path] = ()) -> None:
    """Put `data` into the file `path`, or leave everything as it was. A text is written as UTF-8.

    A symbolic link stays one: the file it points at is replaced. Permissions of a replaced file are kept.

    Args:
        path: The file to write; its folder must be there.
        data: The whole content.
        inputs: Files and folders that are being read; none of them is ever overwritten.

    Raises:
        OutputIsInput: `path` is one of the inputs, or may be a page in a folder that is one.
        OutputNotWritable: No permission, no such folder, a folder or a device at that place.
        DiskFull: No space left.
    """
    content = data.encode("utf-8", "replace") if isinstance(data, str) else data
    target = check_place(path, inputs=inputs)
    try:
        _write_and_move(target, content)
    except OSError as problem:
        raise translated(str(path), problem) from problem


def check_place(path: Path, *, inputs: Sequence[Path] = (), make_folder: bool = False) -> Path:
    """Return the file that writing `path` would really write (links followed), or raise what `write_whole` would.

    With `make_folder` its folder need not be there yet, if it can be made. That the disk will do is not known before.
    """
    name = str(path)
    try:
        target = path.resolve()
        refuse_inputs(target, inputs)
        if target.is_dir():
            raise OutputNotWritable(name, detail="a folder has this name")
        if target.exists() and not target.is_file():
            raise OutputNotWritable(name, detail="not an ordinary file")
        if target.exists() and not os.access(target, os.W_OK):
            raise OutputNotWritable(name, detail="the file there is protected against writing")
        folder = target.parent
        while make_folder and not folder.exists() and folder != folder.parent:
            folder = folder.parent
        if not folder.is_dir():
            raise OutputNotWritable(name, detail="there is no such folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OutputNotWritable(name, detail="you may not write in this folder")
    except (OSError, RuntimeError, ValueError) as problem:  # a loop of links; a name no file can have
        raise translated(name, problem) from problem
    return target


def try_folder(folder: Path) -> None:
    """See that a folder takes a new file, which is removed at once: there are places where no permission tells.

    Raises:
        OutputNotWritable: It does not.
        DiskFull: No space left.
    """
    temporary = folder / _temporary_name()
    try:
        os.close(os.open(temporary, _NEW_FILE, 0o600))
        temporary.unlink()
    except OSError as problem:
        raise translated(str(folder), problem) from problem


def abandon() -> None:
    """Remove what is being written at this moment: the process is about to leave without another word."""
    for temporary in tuple(_unfinished):
        with contextlib.suppress(OSError):
            temporary.unlink()


def refuse_inputs(target: Path, inputs: Sequence[Path]) -> None:
    """Raise `OutputIsInput` where writing `target` would change one of the inputs."""
    for given in inputs:
        same = False
        with contextlib.suppress(OSError):
            same = target.samefile(given)
            # In a folder that is being read, a file of the kinds that we write is no page.
            same = same or (format_of(target) is None and given.is_dir() and target.parent.samefile(given))
        if same:
            raise OutputIsInput(str(target))


def translated(name: str, problem: Exception) -> OutputError:
    """Return the error of ours for what the system said."""
    number = getattr(problem, "errno", None)
    if number in _FULL:
        return DiskFull(name)
    if number == errno.ENOENT:
        return OutputNotWritable(name, detail="there is no such folder")
    if number == errno.EROFS:
        return OutputNotWritable(name, detail="it can only be read from")
    if number == errno.ENAMETOOLONG:
        return OutputNotWritable(name, detail="the name is too long")
    return OutputNotWritable(name, detail=getattr(problem, "strerror", None) or "")


def _temporary_name() -> str:
    """Return a name that says whose it is, and stays short however long the target's is."""
    return f".diglot-{secrets.token_hex(6)}.part"


def _write_and_move(target: Path, content: bytes) -> None:
    temporary = target.parent / _temporary_name()
    _unfinished.add(temporary)
    try:
        handle = os.open(temporary, _NEW_FILE, 0o666)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            with contextlib.suppress(FileNotFoundError):
                temporary.chmod(target.stat().st_mode & 0o777)
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    finally:
        _unfinished.discard(temporary)
    if os.name == "posix":
        with contextlib.suppress(OSError):  # some file systems cannot; the file itself is safe already
            _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
