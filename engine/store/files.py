"""The library's files on the disk: their names, private ones, whole copies, damaged ones set aside."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import DiskFull
from engine.store.errors import StoreDamaged
from engine.store.schema import version_of

if TYPE_CHECKING:
    from engine.store.database import Connection

FILE = "library.db"
SET_ASIDE = "library damaged "
BACKUP = "library before version "
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a file; it belongs to it."""
PAGES_AT_ONCE = 4096
"""SQLite's pages that are copied between two words about it."""


def is_there(folder: Path) -> bool:
    """Tell whether there is a library in a folder."""
    return (folder / FILE).is_file()


def backups_in(folder: Path) -> list[Path]:
    """Return the copies that were made before migrations."""
    return sorted(folder.glob(f"{BACKUP}*.db"))


def set_aside_in(folder: Path) -> list[Path]:
    """Return the damaged libraries that were set aside."""
    return sorted(folder.glob(f"{SET_ASIDE}*.db"))


def remove_all_set_aside(folder: Path) -> None:
    """Remove the damaged libraries that were set aside. Raises OSError."""
    for file in set_aside_in(folder):
        remove_files(file)


def file_bytes(file: Path) -> int:
    """Return the bytes of a file with what SQLite put beside it."""
    total = 0
    for each in (file, *(Path(f"{file}{end}") for end in BESIDE)):
        with contextlib.suppress(OSError):
            total += each.stat().st_size
    return total


def make_private_file(file: Path) -> None:
    """Make an empty file that only this user can read; one that is there is made so. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600))
    if os.name == "posix" and file.stat().st_mode & 0o077:
        file.chmod(0o600)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def remove_files(file: Path) -> None:
    """Remove a file with what SQLite put beside it. Raises OSError."""
    for each in (*(Path(f"{file}{end}") for end in BESIDE), file):
        each.unlink(missing_ok=True)


def set_aside(file: Path) -> Path:
    """Give a damaged file, and first what belongs to it, a name with the date. Nothing is deleted."""
    stamp = time.strftime("%Y-%m-%d %H.%M.%S")
    for count in range(1, 1000):
        name = f"{SET_ASIDE}{stamp}" + (f" ({count})" if count > 1 else "")
        aside = file.with_name(f"{name}.db")
        if not any(Path(f"{aside}{end}").exists() for end in ("", *BESIDE)):
            break
    # The new library must never meet the old one's WAL.
    for end in (*BESIDE, ""):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{file}{end}").replace(f"{aside}{end}")
    sync_folder(file.parent)
    return aside


def copy_whole(connection: Connection, file: Path, progress: Callable[[float], None] = lambda share: None) -> None:
    """Copy an open library into a new file, see that it arrived, and make it durable. Raises sqlite3.Error, OSError.

    The copy lies under a name of its own until it is whole. `progress` hears how much of it is written, 0 to 1.
    """
    part = file.with_name(f".{file.name}.part")
    needed = file_bytes(Path(connection.execute("PRAGMA database_list").fetchone()[2]))
    if shutil.disk_usage(file.parent).free < needed + (needed >> 4):
        raise DiskFull(str(file.parent))
    remove_files(part)
    try:
        make_private_file(part)
        copy = sqlite3.connect(part, isolation_level=None)
        try:
            connection.backup(
                copy,
                pages=PAGES_AT_ONCE,
                progress=lambda _status, left, total: progress(1.0 - left / total if total else 1.0),
            )
            if not is_sound(copy) or _contents(copy) != _contents(connection):
                raise StoreDamaged(str(file), detail="the copy is not what it was copied from")
        finally:
            copy.close()
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(file)
        sync_folder(file.parent)
    except BaseException:
        remove_files(part)
        raise


def is_sound(connection: Connection) -> bool:
    """Look the whole file over; no damage is found in what nobody ever reads."""
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def _contents(connection: Connection) -> tuple[int, ...]:
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
        for table in ("documents", "pages", "readings", "corrections", "jobs")
    ]
    return (version_of(connection), *counts)
