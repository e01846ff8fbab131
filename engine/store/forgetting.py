"""Forgetting: rows go at once, then every trace of them in the library's files."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.store.files import backups_in, remove_files
from engine.store.schema import WIPE_WANTED

if TYPE_CHECKING:
    from engine.store.database import Connection

WIPED_WITHIN_S = 5.0
"""How long to wait for readers that still look at what is being forgotten."""
LOOK_EVERY_S = 0.05


def forget_rows(connection: Connection, documents: Iterable[str]) -> int:
    """Drop documents with all that belongs to them, and note that their traces must go; return how many there were."""
    count = 0
    for sha256 in documents:
        connection.execute(
            """DELETE FROM words WHERE rowid IN (SELECT readings.id FROM readings
            JOIN pages ON pages.id = readings.page JOIN documents ON documents.id = pages.document WHERE sha256 = ?)""",
            (sha256,),
        )
        count += connection.execute("DELETE FROM documents WHERE sha256 = ?", (sha256,)).rowcount
    if count:
        want_wipe(connection)
    return count


def forget_all_rows(connection: Connection) -> int:
    """Drop all documents; return how many there were."""
    return forget_rows(connection, [sha256 for (sha256,) in connection.execute("SELECT sha256 FROM documents")])


def want_wipe(connection: Connection) -> None:
    """Note, in the same transaction, that traces must go: a kill in between only puts it off."""
    connection.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, '')", (WIPE_WANTED,))


def wipe_is_wanted(connection: Connection) -> bool:
    """Tell whether traces of something forgotten may still be there."""
    return connection.execute("SELECT 1 FROM notes WHERE name = ?", (WIPE_WANTED,)).fetchone() is not None


def wipe(connection: Connection, folder: Path) -> bool:
    """Remove every trace of what was dropped; not within a transaction. False where readers kept it from being done.

    The index keeps dropped words until its parts are merged; a rebuilt file has no free space in which anything could
    be left, and gives the disk back what it does not need; the WAL holds the old pages until it is cut to nothing.
    Copies made before a migration hold all of it.
    """
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.execute("PRAGMA temp_store = FILE")  # the rebuilt file may be large, and holds nothing forgotten
    try:
        connection.execute("VACUUM")
    finally:
        connection.execute("PRAGMA temp_store = MEMORY")
    for backup in backups_in(folder):
        remove_files(backup)
    if not _cut_wal(connection):
        return False
    connection.execute("DELETE FROM notes WHERE name = ?", (WIPE_WANTED,))
    return True


def _cut_wal(connection: Connection) -> bool:
    """Cut the WAL to nothing. Each try is short: while one waits for readers, nobody can write."""
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        deadline = time.monotonic() + WIPED_WITHIN_S
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_EVERY_S)
        return True
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience:d}")
