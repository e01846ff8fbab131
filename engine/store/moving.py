"""The library is put elsewhere, whole or not at all: copied, compared, made the one in use, and then removed here."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import OutputNotWritable
from engine.output.values import as_object, text_at
from engine.paths import private_folder
from engine.store.database import Connection, connect, in_words
from engine.store.errors import StoreLocked, StorePlaceTaken
from engine.store.files import BESIDE, FILE, backups_in, copy_whole, remove_files, set_aside_in, sync_folder
from engine.store.presence import LOCK, Presence
from engine.store.schema import MOVING

if TYPE_CHECKING:
    from engine.store.opening import Opened

log = logging.getLogger(__name__)

OURS = (FILE, f".{FILE}.part", LOCK)


def move(
    opened: Opened,
    connection: Connection,
    to: Path,
    settle: Callable[[Path], None],
    progress: Callable[[float], None],
) -> tuple[Path, ...]:
    """Move an open library; from within `Database.beside`. Return what could not be removed from the old place.

    Until `settle` has noted the new place, all of it is at the old one; after that, all of it is at the new one.

    Raises:
        StorePlaceTaken: Something else lies there, or the place is the old one or inside it.
        StoreLocked: Another process uses the library.
        DiskFull: There is not enough space.
        OutputNotWritable: The new place cannot be written.
    """
    old = opened.database.file.parent
    with in_words(to):
        made = _make_place(to, old)
    try:
        with opened.presence.alone():
            _note(connection, old, to)
            presence, copy = _copy(connection, old, to, progress)
            try:
                if working_as := opened.presence.known_session:
                    presence.session(working_as)
                settle(to)
            except BaseException:
                copy.close()
                presence.leave(for_good=True)
                raise
            opened.database.switch(to / FILE, copy)
            gone, opened.presence = opened.presence, presence
            left = _clear(old)
            gone.leave(for_good=True)
            _forget_note(copy)
    except BaseException:
        if opened.database.file.parent != to:
            _clear(to)
            _remove_folders(made)
            with contextlib.suppress(sqlite3.Error):
                _forget_note(connection)
        raise
    with contextlib.suppress(OSError):
        old.rmdir()
    return tuple(left)


def finish(connection: Connection, folder: Path) -> None:
    """Where a move was cut short, remove what lies in the place that it was not, so that the library lies in one.

    Whoever is opened was settled on. The other one is removed only where it carries the same note: then it is a copy.
    """
    note = _noted(connection)
    if note is None:
        return
    here = folder.resolve()
    places = [Path(note["from"]), Path(note["to"])]
    other = next((place for place in places if place != here), None)
    if other is None or here not in places or not other.is_dir() or _remove_twin(other, note):
        _forget_note(connection)


def _remove_twin(folder: Path, note: dict[str, str]) -> bool:
    """Remove a copy that a move left; False where that must wait."""
    presence, file = Presence(folder), folder / FILE
    try:
        presence.enter()
        with presence.alone():
            if file.exists():
                with contextlib.closing(connect(file)) as connection:
                    if _noted(connection) != note:
                        return True  # somebody has begun another library there
            left = _clear(folder)
            presence.leave(for_good=True)
    except (OSError, sqlite3.Error, StoreLocked) as problem:
        log.warning("What a move left behind is still there (%s).", type(problem).__name__)
        return False
    finally:
        presence.leave()
    with contextlib.suppress(OSError):
        folder.rmdir()
    return not left


def _note(connection: Connection, old: Path, to: Path) -> None:
    places = {"move": secrets.token_hex(8), "from": str(old.resolve()), "to": str(to.resolve())}
    connection.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (MOVING, json.dumps(places)))


def _noted(connection: Connection) -> dict[str, str] | None:
    found = connection.execute("SELECT value FROM notes WHERE name = ?", (MOVING,)).fetchone()
    if found is None:
        return None
    try:
        told = as_object(json.loads(found[0]), MOVING)
        return {name: text_at(told, name) for name in ("move", "from", "to")}
    except (ValueError, RecursionError):
        return None


def _forget_note(connection: Connection) -> None:
    connection.execute("DELETE FROM notes WHERE name = ?", (MOVING,))


def _make_place(to: Path, old: Path) -> list[Path]:
    """Make the new folder where it is missing; return those that were made, the innermost first."""
    if not to.is_absolute():
        raise StorePlaceTaken(str(to), detail="its whole path is needed")
    target, source = to.resolve(), old.resolve()
    if target == source or source in target.parents:
        raise StorePlaceTaken(str(to), detail="the library lies there already")
    if to.exists():
        if not to.is_dir():
            raise StorePlaceTaken(str(to), detail="it is not a folder")
        if any(each.name not in (f".{FILE}.part", LOCK) for each in to.iterdir()):
            raise StorePlaceTaken(str(to), detail="the folder is not empty")
        if not os.access(to, os.W_OK | os.X_OK):
            raise OutputNotWritable(str(to))
        return []
    made = [each for each in (to, *to.parents) if not each.exists()]
    private_folder(to)
    return made


def _copy(
    connection: Connection, old: Path, to: Path, progress: Callable[[float], None]
) -> tuple[Presence, Connection]:
    """Copy all that belongs to the library, and open it in its new place."""
    presence = Presence(to)
    with in_words(to):
        presence.enter()
        try:
            for each in (*backups_in(old), *set_aside_in(old)):
                for end in ("", *BESIDE):
                    if Path(f"{each}{end}").exists():
                        shutil.copy2(f"{each}{end}", f"{to / each.name}{end}")
            copy_whole(connection, to / FILE, progress)
            copy = connect(to / FILE)
            copy.execute("PRAGMA journal_mode = WAL").fetchone()
        except BaseException:
            presence.leave(for_good=True)
            raise
    return presence, copy


def _clear(folder: Path) -> list[Path]:
    """Remove the library's files from a folder; return what could not be removed."""
    left = []
    for file in (*(folder / name for name in OURS), *backups_in(folder), *set_aside_in(folder)):
        try:
            remove_files(file)
        except OSError as problem:
            log.warning("%s could not be removed (%s).", file, problem.strerror)
            left.append(file)
    sync_folder(folder)
    return left


def _remove_folders(made: list[Path]) -> None:
    with contextlib.suppress(OSError):
        for folder in made:
            folder.rmdir()
