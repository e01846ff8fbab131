"""A library is opened: made where there is none, looked over, brought up to date, set aside where it is damaged."""

from __future__ import annotations

import contextlib
import logging
import random
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.paths import private_folder
from engine.store.database import Connection, Database, connect, in_words
from engine.store.errors import StoreDamaged, StoreError, StoreLocked, StoreNewer, StoreSetAside
from engine.store.files import BACKUP, FILE, copy_whole, is_sound, make_private_file, set_aside, sync_folder
from engine.store.forgetting import wipe, wipe_is_wanted
from engine.store.moving import finish
from engine.store.presence import Presence
from engine.store.schema import APPLICATION_ID, MIGRATIONS, Migration, migrate, version_of

log = logging.getLogger(__name__)

ALONE_WITHIN_S = 2.0
"""How long to try to be alone with a file that must be set aside or brought up to date."""
WAL_TRIES = 200
WAL_TRY_EVERY_S = 0.05


@dataclass(slots=True)
class Opened:
    """An open library: its file, our being in its folder, and what a person should be told about the opening."""

    database: Database
    presence: Presence
    notice: StoreError | None = None


def open_in(folder: Path, *, check: bool = True, migrations: Sequence[Migration] = MIGRATIONS) -> Opened:
    """Open the library in a folder. It blocks: call it on a thread.

    Args:
        folder: Where it lies; made where it is missing.
        check: Look the whole file over for damage. Without it damage shows when it is met.
        migrations: How an older library is brought up to date.

    Raises:
        StoreNewer: A newer version made it.
        StoreLocked: It is being moved or rebuilt, or another process keeps it from being brought up to date.
        OutputNotWritable: The folder or the file cannot be written.
        DiskFull: No space left.
        StoreUnreachable: The drive gave an error.
    """
    with in_words(folder):
        private_folder(folder)
    presence = Presence(folder)
    deadline = time.monotonic() + ALONE_WITHIN_S
    while True:
        try:
            with in_words(folder):
                presence.enter()
            return _opened(folder / FILE, presence, check=check, migrations=migrations)
        except StoreLocked:
            presence.leave()
            if time.monotonic() >= deadline:
                raise
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - so that of two who wait for each other one is first
        except BaseException:
            presence.leave()
            raise


def _opened(file: Path, presence: Presence, *, check: bool, migrations: Sequence[Migration]) -> Opened:
    notice = None
    try:
        _make_ready(file, presence, check=check, migrations=migrations)
    except StoreDamaged:
        if not check:
            raise
        notice = _begun_anew(file, presence, migrations)
    with in_words(file):
        return Opened(Database(file), presence, notice)


def _make_ready(file: Path, presence: Presence, *, check: bool, migrations: Sequence[Migration]) -> None:
    """Make the file where there is none, look it over, bring it up to date."""
    with in_words(file):
        make_private_file(file)
        with contextlib.closing(connect(file)) as connection:
            version = _known_version(connection, file, len(migrations))
            if check and version and not is_sound(connection):
                raise StoreDamaged(str(file))
            _use_wal(connection)
            if not version:
                migrate(connection, migrations)
                sync_folder(file.parent)
            elif version < len(migrations):
                with presence.alone():
                    copy_whole(connection, file.with_name(f"{BACKUP}{len(migrations)}.db"))
                    migrate(connection, migrations)
            _finish_what_was_cut_short(connection, file.parent)


def _finish_what_was_cut_short(connection: Connection, folder: Path) -> None:
    """Move and forget to the end, where somebody was stopped in the middle of it."""
    try:
        finish(connection, folder)
        if wipe_is_wanted(connection):
            wipe(connection, folder)
    except sqlite3.OperationalError as problem:  # no space for it, or others are at work: next time
        log.warning("The library could not be cleaned up (%s).", problem.sqlite_errorname)


def _known_version(connection: Connection, file: Path, newest: int) -> int:
    """Return the library's version, 0 for an empty file. Raises StoreNewer, and StoreDamaged for a foreign file."""
    connection.execute("BEGIN")  # one view: another process may be making the tables at this moment
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    version = version_of(connection)
    whose = connection.execute("PRAGMA application_id").fetchone()[0]
    connection.execute("ROLLBACK")
    if whose != APPLICATION_ID and (whose or version or tables):
        raise StoreDamaged(str(file), detail="it is not a library of Diglot")
    if version > newest:
        raise StoreNewer(str(file), detail=f"version {version}, this Diglot knows {newest}")
    return version


def _use_wal(connection: Connection) -> None:
    """Let readers and the writer work at the same time. SQLite does not wait here by itself."""
    for tries_left in reversed(range(WAL_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not tries_left:
                raise
        time.sleep(WAL_TRY_EVERY_S)


def _begun_anew(file: Path, presence: Presence, migrations: Sequence[Migration]) -> StoreSetAside | None:
    """Set a damaged file aside and begin a new one, unless another process has just done so."""
    with presence.alone():
        try:
            _make_ready(file, presence, check=True, migrations=migrations)
            return None
        except StoreDamaged:
            with in_words(file):
                aside = set_aside(file)
            _make_ready(file, presence, check=True, migrations=migrations)
            return StoreSetAside(str(aside))
