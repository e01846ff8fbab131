"""The one border to SQLite: a writer on a thread of its own, readers beside it, and errors in words of ours.

Who writes does so in short transactions on one thread; SQLite's own lock, waited for a while, keeps processes apart.
What a transaction has committed is on the disk before anybody is told (`synchronous=FULL`), so it outlives a kill and a
power cut. Nothing here opens the file but through SQLite: closing such a handle would lose the locks of the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias, TypeVar

from engine.errors import Cancelled, DiskFull, OutputError, OutputNotWritable
from engine.store.errors import StoreDamaged, StoreError, StoreLocked, StoreUnreachable

Answer = TypeVar("Answer")
Connection: TypeAlias = sqlite3.Connection
Work: TypeAlias = Callable[[Connection], Answer]

BUSY_S = 30.0
"""How long to wait for another process. A file is rebuilt in that time, and no page's write takes more than a blink."""
READERS = 2
OLDEST_SQLITE = (3, 34)
MOST_WAL_BYTES = 8 << 20
LITTLE_SPACE = 1 << 20
"""With less free than this, an error of the disk is told as a full one: SQLite does not say which it was."""


class Database:
    """An open library file: transactions in, answers out. `write` and `read` may be called from any coroutine."""

    def __init__(self, file: Path) -> None:
        """Open the file, which is there. It blocks: call it on a thread. Raises what `in_words` does."""
        self._file = file
        self._change = threading.Condition()
        self._idle: list[Connection] = []
        self._reading = 0
        self._moving = False
        self._closed = False
        self._connection = connect(file)
        self._identity = _identity(file)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="diglot-store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="diglot-store-reader")

    @property
    def file(self) -> Path:
        """Where it lies now."""
        return self._file

    async def write(self, work: Work[Answer]) -> Answer:
        """Do `work` in a transaction of its own and return its answer once it is on the disk.

        Raises:
            StoreLocked: Another process writes and does not end.
            DiskFull: No space left; nothing of `work` was kept.
            StoreUnreachable: The drive gave an error, or the file went away.
            StoreDamaged: The file cannot be read.
            Cancelled: It was closed.
        """
        return await self._on(self._writer, lambda: self._written(work))

    async def read(self, work: Work[Answer]) -> Answer:
        """Do `work` on one unchanging view of the library. Raises what `write` does."""
        return await self._on(self._readers, lambda: self._read(work))

    async def beside(self, work: Work[Answer]) -> Answer:
        """Do `work` where the writes are done, between two of them, without a transaction around it."""
        return await self._on(self._writer, lambda: self._beside(work))

    def switch(self, file: Path, connection: Connection) -> None:
        """Go on with another file; only from within `beside`. The old one is closed when this returns."""
        with self._change:
            self._moving = True
            self._change.wait_for(lambda: self._reading == 0)
            old = [self._connection, *self._idle]
            self._idle.clear()
            self._file, self._connection, self._identity = file, connection, _identity(file)
            self._moving = False
            self._change.notify_all()
        for each in old:
            each.close()

    async def close(self) -> None:
        """Finish what was begun, then close; what comes later is `Cancelled`. Safe to call twice."""
        self._closed = True
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        while self._idle:
            self._idle.pop().close()
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()  # the last one of all processes folds the WAL into the file

    async def _on(self, executor: Executor, work: Callable[[], Answer]) -> Answer:
        if self._closed:
            raise Cancelled()
        return await asyncio.get_running_loop().run_in_executor(executor, work)

    def _written(self, work: Work[Answer]) -> Answer:
        with in_words(self._file):
            self._see_that_it_is_there()
            return transaction(self._connection, work)

    def _read(self, work: Work[Answer]) -> Answer:
        with in_words(self._file), self._reader() as connection:
            connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _beside(self, work: Work[Answer]) -> Answer:
        with in_words(self._file):
            self._see_that_it_is_there()
            return work(self._connection)

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Connection]:
        with self._change:
            self._change.wait_for(lambda: not self._moving)
            self._reading += 1
            connection = self._idle.pop() if self._idle else None
        try:
            self._see_that_it_is_there()
            if connection is None:
                connection = connect(self._file, only_read=True)
            yield connection
        except BaseException:
            if connection is not None:
                connection.close()
                connection = None
            raise
        finally:
            with self._change:
                self._reading -= 1
                if connection is not None:
                    self._idle.append(connection)
                self._change.notify_all()

    def _see_that_it_is_there(self) -> None:
        """SQLite would go on writing into a file that was removed, and all of it would be lost."""
        if _identity(self._file) != self._identity:
            raise StoreUnreachable(str(self._file), detail="the file was removed or replaced")


def what_is_missing() -> str:
    """Say what this system's SQLite cannot do that the library needs, "" where it can do all."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return f"SQLite {sqlite3.sqlite_version} is too old"
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5 (body)")
        except sqlite3.Error:
            return f"SQLite {sqlite3.sqlite_version} was built without FTS5"
    return ""


def connect(file: Path, *, only_read: bool = False) -> Connection:
    """Open a library file that is there, as every connection must be. Raises sqlite3.Error."""
    # mode=rw: a file that went away must not come back empty.
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in (
            "trusted_schema = OFF",  # what a file says it wants done when it is opened is not done
            "cell_size_check = ON",
            "foreign_keys = ON",
            "secure_delete = ON",  # what is deleted is overwritten
            "temp_store = MEMORY",  # nothing of a page goes into the system's temporary files
            "synchronous = FULL",
            f"journal_size_limit = {MOST_WAL_BYTES}",
            f"query_only = {'ON' if only_read else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def transaction(connection: Connection, work: Work[Answer]) -> Answer:
    """Do `work` in a transaction: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        answer = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise
    return answer


@contextlib.contextmanager
def in_words(place: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into errors of ours; `place` is what they are about."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a defect of ours
    except sqlite3.Error as problem:
        raise _translated(place, problem) from problem
    except OSError as problem:
        raise _translated_system(place, problem) from problem


def _translated(place: Path, problem: sqlite3.Error) -> OutputError:
    name, code = str(place), getattr(problem, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreLocked(name)
        case sqlite3.SQLITE_FULL:
            return DiskFull(name)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreDamaged(name)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return OutputNotWritable(name, detail="it can only be read from")
        case sqlite3.SQLITE_CANTOPEN:
            if not place.exists():
                return StoreUnreachable(name, detail="there is no such file")
            return OutputNotWritable(name, detail="it cannot be opened")
        case sqlite3.SQLITE_IOERR:
            return DiskFull(name) if _is_full(place) else StoreUnreachable(name, detail="the drive gave an error")
        case _:
            return StoreError(name, detail=getattr(problem, "sqlite_errorname", type(problem).__name__))


def _translated_system(place: Path, problem: OSError) -> OutputError:
    import errno

    name = str(place)
    if problem.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG):
        return DiskFull(name)
    if problem.errno in (errno.EIO, errno.ENXIO, errno.ENODEV, getattr(errno, "ESTALE", errno.EIO)):
        return StoreUnreachable(name, detail="the drive gave an error")
    return OutputNotWritable(name, detail=problem.strerror or "")


def _is_full(place: Path) -> bool:
    try:
        return shutil.disk_usage(place.parent).free < LITTLE_SPACE
    except OSError:
        return False


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino
