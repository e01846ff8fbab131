"""Who is in the library's folder: locks that the system takes back when their holder dies, in whatever way.

Everybody in the folder shares one lock. Whoever moves, sets aside or rebuilds the file takes it alone, which works only
when nobody else is there. A process that works at jobs holds a lock of its own besides, so that others can tell a job
that is being worked at from one that was interrupted.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from engine.store.errors import StoreLocked

LOCK = "library.lock"
SESSION = ".session-"
WAIT_S = 30.0
"""How long to wait at the door while somebody is alone in there."""
LOOK_EVERY_S = 0.05


class FileLock:
    """A lock on a file of its own. Nothing here waits; what the system says against it is an OSError."""

    def __init__(self, file: Path) -> None:
        """Take nothing yet."""
        self._file = file
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether it is ours, alone or shared."""
        return self._handle is not None

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock, or change how it is held; return whether that worked. A shared one is lost where it did not.

        Windows knows no shared locks on files; there an open file can be neither moved nor removed anyway.
        """
        while True:
            if self._handle is None:
                self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
            if not _lock(self._handle, shared=shared):
                self.release()
                return False
            if self._is_still(self._handle):
                return True
            self.release()  # its last holder removed it between our opening and our locking

    def release(self, *, remove: bool = False) -> None:
        """Give the lock back, and with `remove` leave no file. Does nothing where it is not held."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if remove:
            with contextlib.suppress(OSError):
                self._file.unlink()
        os.close(handle)
        if remove and sys.platform == "win32":
            with contextlib.suppress(OSError):
                self._file.unlink()

    def _is_still(self, handle: int) -> bool:
        try:
            there = os.stat(self._file, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(handle))


class Presence:
    """Our being in the library's folder. All of it blocks; use it on one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Enter nowhere yet; the folder is there."""
        self._folder = folder
        self._lock = FileLock(folder / LOCK)
        self._is_alone = False
        self._session = ""
        self._session_lock: FileLock | None = None

    def enter(self) -> None:
        """Share the folder with others. Raises StoreLocked where somebody stays alone in there for too long."""
        deadline = time.monotonic() + WAIT_S
        while not self._lock.take(shared=True):
            if time.monotonic() >= deadline:
                raise StoreLocked(str(self._folder), detail="it is being moved or rebuilt")
            time.sleep(LOOK_EVERY_S)
        self._sweep()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Be alone in the folder. Raises StoreLocked where somebody else is in there."""
        if self._is_alone:
            yield
            return
        with self._gate():
            if not self._lock.take():
                self.enter()
                raise StoreLocked(str(self._folder))
            self._is_alone = True
            try:
                yield
            finally:
                self._is_alone = False
                if self._lock.held:  # else the library was moved, and we with it
                    if sys.platform == "win32":
                        self._lock.release()
                    self.enter()

    def session(self, name: str = "") -> str:
        """Return the name under which we work at jobs, seen by others until we leave; `name` where one is brought."""
        if not self._session:
            name = name or secrets.token_hex(8)
            lock = FileLock(self._folder / f"{SESSION}{name}")
            while not lock.take():  # somebody looks whether we live, and is gone in a moment
                time.sleep(LOOK_EVERY_S)
            self._session, self._session_lock = name, lock
        return self._session

    @property
    def known_session(self) -> str:
        """The name under which we work at jobs, "" where we do not."""
        return self._session

    def lives(self, session: str) -> bool:
        """Tell whether the process that works under this name still does."""
        if session == self._session:
            return bool(session)
        return session.isalnum() and self._look(session, sweep=False)

    def leave(self, *, for_good: bool = False) -> None:
        """Go; with `for_good` no file of ours stays."""
        if self._session_lock is not None:
            self._session_lock.release(remove=True)
        self._session, self._session_lock = "", None
        self._lock.release(remove=for_good)

    def _sweep(self) -> None:
        """Remove what dead processes left."""
        for file in self._folder.glob(f"{SESSION}*"):
            name = file.name.removeprefix(SESSION)
            if name != self._session:
                self._look(name, sweep=True)

    def _look(self, session: str, *, sweep: bool) -> bool:
        """Tell whether a session's lock is held. Many may look at once: they share what its holder has alone."""
        file = self._folder / f"{SESSION}{session}"
        lock = FileLock(file)
        if not file.exists():
            return False
        if not lock.take(shared=sys.platform != "win32"):
            return True
        lock.release(remove=sweep)
        return False

    @contextlib.contextmanager
    def _gate(self) -> Iterator[None]:
        """Let only one at a time try to be alone: two who both wait for the other to leave would lose their places."""
        if sys.platform == "win32":
            yield
            return
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if not _lock(handle, shared=False):
                raise StoreLocked(str(self._folder))
            yield
        finally:
            os.close(handle)


def _lock(handle: int, *, shared: bool) -> bool:
    """Lock an open file without waiting; return whether it is ours now."""
    try:
        if sys.platform == "win32":
            import msvcrt

            if not shared:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
