"""The library's tables, and how an older library becomes one of today: one function for each step.

Nothing here asks more than SQLite 3.34, which old systems have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3

Migration: TypeAlias = "Callable[[sqlite3.Connection], None]"

APPLICATION_ID = 0x4469676C
"""Says in the file's head whose it is ("Digl")."""

WIPE_WANTED = "wipe wanted"
"""A note that something was forgotten and may still leave traces in the free space of the file."""

MOVING = "moving"
"""A note that the library is on its way from one folder to another, and in which two places it may therefore lie."""


def _begin(connection: sqlite3.Connection) -> None:
    """Make the first tables.

    The index holds the words of `engine.store.words`, one space between them, so its tokenizer must take everything
    but spaces: left alone, unicode61 drops letters that are newer than its own tables. A row of it has the id of its
    reading. No trigger keeps the two together: what a file says it wants done is not done here (see `connect`).
    """
    for statement in (
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sha256 TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            unit TEXT NOT NULL,
            page_count INTEGER NOT NULL,
            size INTEGER NOT NULL,
            title TEXT NOT NULL,
            first_seen REAL NOT NULL,
            last_seen REAL NOT NULL
        )""",
        """CREATE TABLE names (
            document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
            name TEXT NOT NULL,
            path TEXT NOT NULL,
            seen REAL NOT NULL,
            PRIMARY KEY (document, name, path)
        ) WITHOUT ROWID""",
        """CREATE TABLE pages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            UNIQUE (document, number)
        )""",
        # The highest id is the newest reading: no clock is asked.
        """CREATE TABLE readings (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            page INTEGER NOT NULL REFERENCES pages ON DELETE CASCADE,
            reader TEXT NOT NULL,
            task TEXT NOT NULL,
            order_key TEXT NOT NULL,
            made REAL NOT NULL,
            body TEXT NOT NULL,
            UNIQUE (page, reader, task, order_key)
        )""",
        # Not tied to a reading's row: when the page is read again, what the person wrote stays.
        """CREATE TABLE corrections (
            page INTEGER NOT NULL REFERENCES pages ON DELETE CASCADE,
            reader TEXT NOT NULL,
            task TEXT NOT NULL,
            order_key TEXT NOT NULL,
            place TEXT NOT NULL,
            text TEXT NOT NULL,
            replaced TEXT NOT NULL,
            made REAL NOT NULL,
            PRIMARY KEY (page, reader, task, order_key, place)
        ) WITHOUT ROWID""",
        """CREATE TABLE thumbnails (
            page INTEGER PRIMARY KEY REFERENCES pages ON DELETE CASCADE,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            image BLOB NOT NULL
        )""",
        """CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
            task TEXT NOT NULL,
            order_key TEXT NOT NULL,
            reader TEXT NOT NULL,
            state TEXT NOT NULL,
            session TEXT NOT NULL,
            begun REAL NOT NULL,
            changed REAL NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX jobs_of_document ON jobs (document)",
        """CREATE TABLE job_pages (
            job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
            number INTEGER NOT NULL,
            place INTEGER NOT NULL,
            state TEXT NOT NULL,
            failure TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (job, number)
        ) WITHOUT ROWID""",
        "CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE VIRTUAL TABLE words USING fts5 (
            body, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
        )""",
    ):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _note_ways(connection: sqlite3.Connection) -> None:
    """Let a job remember in which way its pages are asked."""
    connection.execute("ALTER TABLE jobs ADD COLUMN way TEXT NOT NULL DEFAULT 'usual'")


MIGRATIONS: tuple[Migration, ...] = (_begin, _note_ways)
"""Step n brings a library from version n to n + 1; the version stands in the file's head. Only ever append."""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of an open library, 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring a library up to date, all steps in one transaction; another process may have been faster."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        missing = migrations[version_of(connection) :]
        for step in missing:
            step(connection)
        if missing:
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
