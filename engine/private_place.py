"""Where owner and commands meet: a folder that only this user can enter, with a path short enough for a socket."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.engine_errors import EngineNotPermitted
from engine.paths import APP, paths, private_folder

LONGEST_SOCKET_PATH = 100
"""Bytes. Linux takes 107, macOS 103."""
SHARED_TEMPORARY = Path("/tmp")  # noqa: S108 - short on purpose; what lies there is made private and looked at first

SOCKET = "owner.sock"
LOCK = "owner.lock"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, and what the names of our files in it begin with."""

    folder: Path
    prefix: str = ""

    def file(self, name: str) -> Path:
        """Return one of our files there."""
        return self.folder / f"{self.prefix}{name}"


def meeting_place(runtime: Path | None = None) -> Place:
    """Return where owner and commands of this user meet; nothing is made.

    It is the runtime folder, or where that path is too long for a socket, a short one with names that follow from it,
    so that both sides find the same.
    """
    folder = paths().runtime if runtime is None else runtime
    if os.name != "posix" or len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH:
        return Place(folder)
    return Place(_short_folder(), f"{_short_name(folder)}-")


def short_stand_in(folder: Path) -> Path:
    """Return the folder that stands in for one whose path is too long or too odd for sockets; nothing is made."""
    return _short_folder() / _short_name(folder)


def make_private(folder: Path) -> None:
    """Make the folder, and see that it is this user's alone.

    Raises:
        EngineNotPermitted: It cannot be made, is a link, belongs to somebody else, or others may write into it.
    """
    try:
        for each in reversed(_to_look_at(folder)):
            private_folder(each)
            _look_at(each, shut=each == folder)
    except OSError as problem:
        raise EngineNotPermitted(str(folder), detail=problem.strerror or "") from problem


def _short_folder() -> Path:
    return SHARED_TEMPORARY / f"{APP}-{os.getuid() if os.name == 'posix' else 0}"


def _short_name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _to_look_at(folder: Path) -> list[Path]:
    """Return the folder, and those above it that lie in a place where everybody may make folders."""
    shared = {SHARED_TEMPORARY, Path(tempfile.gettempdir())}
    for depth, above in enumerate(folder.parents):
        if above in shared:
            return [folder, *folder.parents[:depth]]
    return [folder]


def _look_at(folder: Path, *, shut: bool) -> None:
    if os.name != "posix":
        return  # the user's own profile, which the system keeps others out of
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(handle)
        if found.st_uid != os.getuid():
            raise EngineNotPermitted(str(folder), detail="it belongs to another user")
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise EngineNotPermitted(str(folder), detail="others may write into it")
        if shut and found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            os.fchmod(handle, 0o700)  # it is ours, and nobody but us has written into it
    finally:
        os.close(handle)
