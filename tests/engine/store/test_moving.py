"""Moving: the library goes to another folder whole or not at all, and work goes on meanwhile."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import DiskFull, OutputNotWritable
from engine.store import files, moving
from engine.store.errors import StoreDamaged, StoreLocked, StorePlaceTaken
from engine.store.library import Library
from engine.store.records import ReadingKey
from tests.support.kept_library import bytes_in, opened, with_library
from tests.support.kept_pages import facts, page

CONTRACT = facts("contract.pdf")


async def fill(library: Library) -> str:
    job = await library.begin_job(CONTRACT, ReadingKey("cpu"), range(1, 100))
    for number in range(1, 21):
        await library.keep(CONTRACT.sha256, page(number, f"number{number}"), job=job)
    return job


async def pages_in(library: Library) -> int:
    return len(await library.newest(CONTRACT.sha256, range(1, 100)))


def test_it_goes_on_from_its_new_place_and_nothing_stays_behind(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "far" / "away"
    settled: list[Path] = []

    async def run() -> None:
        async with opened(old) as library:
            job = await fill(library)
            assert await library.move(new, settle=settled.append) == ()
            assert (settled, library.folder) == ([new], new)
            assert not old.exists()
            assert await pages_in(library) == 20
            await library.keep(CONTRACT.sha256, page(21, "number21"), job=job)
            assert (await library.search("number21")).total == 1
            async with opened(new) as other:  # the job is seen to be ours there too
                (kept,) = await other.jobs()
                assert kept.running and kept.done == 21

    asyncio.run(run())

    assert with_library(new, pages_in) == 21
    assert new.stat().st_mode & 0o077 == 0 and (new / files.FILE).stat().st_mode & 0o077 == 0


def test_pages_that_are_kept_while_it_moves_are_in_the_new_place(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"

    async def run() -> None:
        async with opened(old) as library:
            job = await fill(library)
            work = [library.keep(CONTRACT.sha256, page(number, "words"), job=job) for number in range(21, 41)]
            looks = [library.search("number7") for _ in range(20)]
            await asyncio.gather(*work[:10], *looks[:10], library.move(new), *work[10:], *looks[10:])

    asyncio.run(run())

    assert with_library(new, pages_in) == 40
    assert not old.exists()


def test_copies_and_damaged_libraries_go_with_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / files.FILE).write_bytes(b"damaged" * 100)
    (old / "somebody's notes.txt").write_text("not ours")

    async def run(library: Library) -> None:
        (old / f"{files.BACKUP}1.db").write_bytes(b"a copy")
        await library.move(new)
        assert b"damaged" in bytes_in(new) and (new / f"{files.BACKUP}1.db").read_bytes() == b"a copy"

    with_library(old, run)
    assert [each.name for each in old.iterdir()] == ["somebody's notes.txt"]


def test_it_says_how_far_the_copy_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PAGES_AT_ONCE", 8)
    told: list[float] = []

    async def run(library: Library) -> None:
        await fill(library)
        await library.move(tmp_path / "new", progress=told.append)

    with_library(tmp_path / "old", run)

    assert len(told) > 1 and told == sorted(told)
    assert 0.0 < told[0] < 1.0 and told[-1] == 1.0


def failing_copy(connection: sqlite3.Connection, file: Path, progress: Callable[[float], None]) -> None:
    file.with_name(f".{file.name}.part").write_bytes(b"half")
    raise OSError(28, "No space left on device")


def lost_page(connection: sqlite3.Connection, file: Path, progress: Callable[[float], None]) -> None:
    files.copy_whole(connection, file, progress)
    raise StoreDamaged(str(file))


@pytest.mark.parametrize(
    ("where", "change", "kind"),
    [
        ("copy_whole", failing_copy, DiskFull),
        ("copy_whole", lost_page, StoreDamaged),
    ],
)
def test_a_move_that_fails_leaves_it_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, change: object, kind: type[Exception]
) -> None:
    async def run(library: Library) -> None:
        await fill(library)
        monkeypatch.setattr(moving, where, change)
        with pytest.raises(kind):
            await library.move(tmp_path / "far" / "new", settle=lambda place: pytest.fail("not whole"))
        assert library.folder == tmp_path / "old"
        assert await library.keep(CONTRACT.sha256, page(21, "goes on"))
        assert not (tmp_path / "far").exists()

    with_library(tmp_path / "old", run)
    assert with_library(tmp_path / "old", pages_in) == 21


def test_where_the_new_place_cannot_be_noted_nothing_has_moved(tmp_path: Path) -> None:
    def refuse(place: Path) -> None:
        assert (place / files.FILE).exists()
        raise OutputNotWritable("settings.json")

    async def run(library: Library) -> None:
        await fill(library)
        with pytest.raises(OutputNotWritable, match="settings"):
            await library.move(tmp_path / "new", settle=refuse)
        assert library.folder == tmp_path / "old" and await pages_in(library) == 20
        assert not (tmp_path / "new").exists()

    with_library(tmp_path / "old", run)


def test_without_space_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(library: Library) -> None:
        await fill(library)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000}))
        with pytest.raises(DiskFull):
            await library.move(tmp_path / "new")
        assert not (tmp_path / "new").exists()

    with_library(tmp_path / "old", run)


def test_a_library_that_others_use_does_not_move(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "old") as library, opened(tmp_path / "old") as other:
            await fill(library)
            with pytest.raises(StoreLocked):
                await library.move(tmp_path / "new")
            assert await pages_in(other) == await pages_in(library) == 20
            await other.keep(CONTRACT.sha256, page(21, "words"))
            await other.close()
            await library.move(tmp_path / "new")
            assert await pages_in(library) == 21

    asyncio.run(run())


@pytest.mark.parametrize("place", ["old", "old/inside", "full", "file", "relative"])
def test_places_that_will_not_do(tmp_path: Path, place: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a letter.txt").write_text("Dear")
    (tmp_path / "file").write_text("a file")
    to = Path("relative") if place == "relative" else tmp_path / place

    async def run(library: Library) -> None:
        with pytest.raises(StorePlaceTaken):
            await library.move(to)
        assert library.folder == tmp_path / "old"

    with_library(tmp_path / "old", run)
    assert (tmp_path / "full" / "a letter.txt").read_text() == "Dear"
    assert not os.path.exists("relative") and not (tmp_path / "old" / "inside").exists()


def test_what_a_kill_left_in_the_new_place_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / f".{files.FILE}.part").write_bytes(b"half a copy")

    async def run(library: Library) -> None:
        await fill(library)
        await library.move(tmp_path / "new")
        assert await pages_in(library) == 20

    with_library(tmp_path / "old", run)
    assert b"half a copy" not in bytes_in(tmp_path / "new")


def test_two_moves_bring_it_home(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await fill(library)
        await library.move(tmp_path / "new")
        await library.move(tmp_path / "old")
        assert await pages_in(library) == 20

    with_library(tmp_path / "old", run)
    assert not (tmp_path / "new").exists()
