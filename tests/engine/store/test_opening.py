"""Opening: a library is made, brought up to date with a copy beside it, or set aside where it is damaged."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engine.errors import DiskFull, OutputNotWritable
from engine.store import files, opening, presence
from engine.store.errors import StoreDamaged, StoreError, StoreLocked, StoreNewer, StoreSetAside, StoreUnreachable
from engine.store.library import Library, open_library
from engine.store.opening import open_in
from engine.store.records import ReadingKey
from engine.store.schema import APPLICATION_ID, MIGRATIONS, version_of
from tests.support.kept_library import bytes_in, opened, with_library
from tests.support.kept_pages import facts, page

CONTRACT = facts("contract.pdf")


@contextlib.contextmanager
def file_of(folder: Path) -> Any:
    """Look into a closed library, or change it."""
    with contextlib.closing(sqlite3.connect(folder / files.FILE, isolation_level=None)) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "WAIT_S", 0.2)


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for others to leave."""
    monkeypatch.setattr(opening, "ALONE_WITHIN_S", 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with forty pages."""

    async def fill(library: Library) -> None:
        await library.note(CONTRACT)
        for number in range(1, 41):
            await library.keep(CONTRACT.sha256, page(number, f"number{number} " + "some more words " * 20))

    place = tmp_path / "library"
    with_library(place, fill)
    return place


async def pages_in(library: Library) -> int:
    return len(await library.newest(CONTRACT.sha256, range(1, 50)))


def test_a_new_library_is_of_todays_version(tmp_path: Path) -> None:
    with_library(tmp_path, Library.documents)

    with file_of(tmp_path) as connection:
        assert version_of(connection) == len(MIGRATIONS)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_many_may_open_a_new_library_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with contextlib.AsyncExitStack() as stack:
            libraries = await asyncio.gather(*(open_library(tmp_path) for _ in range(6)))
            for number, library in enumerate(libraries, 1):
                stack.push_async_callback(library.close)
                await library.note(CONTRACT)
                await library.keep(CONTRACT.sha256, page(number, "words"))
            assert [await pages_in(library) for library in libraries] == [6] * 6

    asyncio.run(run())


# -- a newer one, a foreign one


def test_a_library_of_a_newer_diglot_is_left_as_it_is(folder: Path) -> None:
    with file_of(folder) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (folder / files.FILE).read_bytes()

    with pytest.raises(StoreNewer, match="version 99"):
        asyncio.run(open_library(folder))

    assert (folder / files.FILE).read_bytes() == before
    assert sorted(each.name for each in folder.iterdir()) == ["library.db", "library.lock"]


def test_a_database_of_somebody_else_is_set_aside(tmp_path: Path) -> None:
    with file_of(tmp_path) as connection:
        connection.execute("CREATE TABLE recipes (soup TEXT)")

    notice = with_library(tmp_path, lambda library: asyncio.sleep(0, library.notice))

    assert isinstance(notice, StoreSetAside)
    with contextlib.closing(sqlite3.connect(notice.subject)) as connection:
        assert connection.execute("SELECT count(*) FROM recipes").fetchone() == (0,)


# -- damage


def with_zeros(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[8192:20480] = bytes(12288)
    file.write_bytes(data)


def with_noise(file: Path) -> None:
    data = bytearray(file.read_bytes())
    chance = random.Random(20_26)
    for start in range(4096, len(data), 4096):
        data[start : start + 64] = chance.randbytes(64)
    file.write_bytes(data)


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: 3 * 4096 + 100])


def as_noise(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(20_000))


def without_a_table(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 999999 WHERE name = 'readings'")


@pytest.mark.parametrize("damage", [with_zeros, with_noise, cut_off, as_noise, without_a_table])
def test_a_damaged_library_is_set_aside_and_a_new_one_begun(folder: Path, damage: Any) -> None:
    file = folder / files.FILE
    damage(file)
    damaged = file.read_bytes()

    async def look(library: Library) -> StoreSetAside:
        assert isinstance(library.notice, StoreSetAside)
        assert await pages_in(library) == 0
        await library.note(CONTRACT)
        assert await library.keep(CONTRACT.sha256, page(1, "anew"))
        assert (await library.size()).set_aside_bytes >= len(damaged)
        return library.notice

    notice = with_library(folder, look)

    aside = Path(notice.subject)
    assert aside.parent == folder and aside.name.startswith("library damaged 20")
    assert aside.read_bytes() == damaged  # nothing was deleted
    assert "set aside" in str(notice) and "Nothing was deleted" in str(notice)
    assert with_library(folder, pages_in) == 1
    assert with_library(folder, lambda library: asyncio.sleep(0, library.notice)) is None


def test_the_last_pages_of_a_damaged_library_are_kept_with_it(folder: Path, tmp_path: Path) -> None:
    killed = tmp_path / "killed"

    async def copy_while_open(library: Library) -> None:
        await library.keep(CONTRACT.sha256, page(41, "lastword"))
        subprocess.run(["cp", "-r", folder, killed], check=True)  # as a kill leaves it: the last page is in the WAL

    with_library(folder, copy_while_open)
    assert b"lastword" in (killed / f"{files.FILE}-wal").read_bytes()
    with_noise(killed / files.FILE)

    notice = with_library(killed, lambda library: asyncio.sleep(0, library.notice))

    assert isinstance(notice, StoreSetAside)
    assert b"lastword" in bytes_in(killed)


def test_what_lies_beside_a_damaged_library_is_set_aside_first(tmp_path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"{files.FILE}{end}").write_text(f"content{end}")

    aside = files.set_aside(tmp_path / files.FILE)

    assert {each.name.removeprefix(aside.name): each.read_text() for each in tmp_path.iterdir()} == {
        "": "content",
        "-wal": "content-wal",
        "-shm": "content-shm",
    }


def test_two_damaged_libraries_of_one_second_are_both_kept(tmp_path: Path) -> None:
    kept = set()
    for count in range(3):
        (tmp_path / files.FILE).write_bytes(b"not a library %d" % count * 50)
        notice = with_library(tmp_path, lambda library: asyncio.sleep(0, library.notice))
        assert notice is not None
        kept.add(notice.subject)

    assert len(kept) == 3 and all(Path(name).exists() for name in kept)


def test_who_only_looks_something_up_is_told_of_damage_and_sets_nothing_aside(folder: Path) -> None:
    as_noise(folder / files.FILE)

    with pytest.raises(StoreDamaged):
        asyncio.run(open_library(folder, check=False))

    assert files.set_aside_in(folder) == []


@pytest.mark.usefixtures("in_use")
def test_a_damaged_library_in_use_elsewhere_stays_where_it_is(folder: Path) -> None:
    async def run() -> None:
        async with opened(folder) as other:
            assert await pages_in(other) == 40
            # Written by another process: our own closing of the file would drop the locks that SQLite holds.
            damage = "import sys; open(sys.argv[1], 'r+b').write(b'x' * 100)"
            process = await asyncio.create_subprocess_exec("python3", "-c", damage, str(folder / files.FILE))
            assert await process.wait() == 0
            with pytest.raises(StoreLocked):
                await open_library(folder)

    asyncio.run(run())

    assert files.set_aside_in(folder) == []


def test_damage_that_is_met_later_is_told_in_words(folder: Path) -> None:
    with file_of(folder) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'readings'").fetchone()
    data = bytearray((folder / files.FILE).read_bytes())
    data[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    (folder / files.FILE).write_bytes(data)

    async def run() -> None:
        async with opened(folder, check=False) as library:
            with pytest.raises(StoreDamaged, match="deletes nothing"):
                await library.newest(CONTRACT.sha256, range(1, 41))
            with pytest.raises(StoreDamaged):
                await library.keep(CONTRACT.sha256, page(1, "words"))

    asyncio.run(run())


# -- a step from an older version


def add_colours(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE documents ADD COLUMN colour TEXT NOT NULL DEFAULT ''")
    connection.execute("UPDATE documents SET colour = 'red'")


def fail_half_way(connection: sqlite3.Connection) -> None:
    add_colours(connection)
    connection.execute("INSERT INTO documents (id) VALUES (1)")


def test_an_older_library_is_brought_up_to_date_with_a_copy_beside_it(folder: Path) -> None:
    newer = open_in(folder, migrations=(*MIGRATIONS, add_colours))
    asyncio.run(Library(newer).close())

    with file_of(folder) as connection:
        assert version_of(connection) == len(MIGRATIONS) + 1
        assert connection.execute("SELECT colour FROM documents").fetchall() == [("red",)]
        assert connection.execute("SELECT count(*) FROM readings").fetchone() == (40,)
    (copy,) = files.backups_in(folder)
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert version_of(connection) == len(MIGRATIONS)
        assert connection.execute("SELECT count(*) FROM readings").fetchone() == (40,)
    assert copy.stat().st_mode & 0o077 == 0
    assert not [each for each in folder.iterdir() if each.name.endswith(".part")]


def test_a_step_that_fails_changes_nothing(folder: Path) -> None:
    with pytest.raises(StoreError, match="could not do that"):
        open_in(folder, migrations=(*MIGRATIONS, fail_half_way))

    with file_of(folder) as connection:
        assert version_of(connection) == len(MIGRATIONS)
        assert "colour" not in [row[1] for row in connection.execute("PRAGMA table_info(documents)")]
    assert with_library(folder, pages_in) == 40


@pytest.mark.usefixtures("in_use")
def test_a_library_that_others_use_is_not_changed_under_them(folder: Path) -> None:
    async def run() -> None:
        async with opened(folder) as other:
            with pytest.raises(StoreLocked):
                await asyncio.to_thread(open_in, folder, migrations=(*MIGRATIONS, add_colours))
            assert await pages_in(other) == 40

    asyncio.run(run())

    with file_of(folder) as connection:
        assert version_of(connection) == len(MIGRATIONS)


def test_without_space_for_the_copy_nothing_is_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000}))

    with pytest.raises(DiskFull):
        open_in(folder, migrations=(*MIGRATIONS, add_colours))

    with file_of(folder) as connection:
        assert version_of(connection) == len(MIGRATIONS)
    assert files.backups_in(folder) == []


def test_forgetting_reaches_the_copy_too(folder: Path) -> None:
    async def run() -> None:
        library = Library(await asyncio.to_thread(open_in, folder, migrations=(*MIGRATIONS, add_colours)))
        assert (await library.size()).backup_bytes > 0
        assert b"number17" in bytes_in(folder)
        assert (await library.forget(CONTRACT.sha256)).wiped
        assert b"number17" not in bytes_in(folder)
        assert (await library.size()).backup_bytes == 0
        await library.close()

    asyncio.run(run())


# -- places that will not do


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a letter")

    with pytest.raises(OutputNotWritable):
        asyncio.run(open_library(tmp_path / "library"))

    assert (tmp_path / "library").read_text() == "a letter"


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / files.FILE).mkdir()

    with pytest.raises(OutputNotWritable):
        asyncio.run(open_library(tmp_path))


@pytest.mark.usefixtures("in_use")
def test_whoever_is_alone_in_there_is_waited_for(folder: Path) -> None:
    other = presence.Presence(folder)
    other.enter()
    with other.alone(), pytest.raises(StoreLocked, match="moved or rebuilt"):
        asyncio.run(open_library(folder))
    assert with_library(folder, pages_in) == 40
    other.leave()


def test_a_file_that_went_away_is_told_before_pages_are_lost(folder: Path) -> None:
    async def run() -> None:
        async with opened(folder) as library:
            (folder / files.FILE).rename(folder / "taken.db")
            for attempt in (library.keep(CONTRACT.sha256, page(41, "lost?")), library.documents()):
                with pytest.raises(StoreUnreachable, match="removed or replaced"):
                    await attempt

    asyncio.run(run())


def test_two_who_find_a_damaged_file_at_once_set_it_aside_once(folder: Path) -> None:
    as_noise(folder / files.FILE)

    async def run() -> list[object]:
        return await asyncio.gather(*(open_library(folder) for _ in range(2)), return_exceptions=True)

    answers = asyncio.run(run())

    libraries = [answer for answer in answers if isinstance(answer, Library)]
    for library in libraries:
        asyncio.run(library.close())
    assert len(libraries) == 2
    assert len(files.set_aside_in(folder)) == 1


def test_sessions_of_dead_processes_are_cleared_away(folder: Path) -> None:
    async def run(library: Library) -> list[str]:
        (folder / ".session-deadbeef").touch()
        await library.begin_job(CONTRACT, ReadingKey("cpu"), [1])
        async with opened(folder):
            return sorted(each.name for each in folder.glob(".session-*"))

    (left,) = with_library(folder, run)
    assert left != ".session-deadbeef"
