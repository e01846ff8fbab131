"""Forgetting: no text of what was forgotten is left in any file of the library, whatever comes in between."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import DiskFull
from engine.output.document import PageFailure
from engine.store import files, forgetting
from engine.store.library import Library
from engine.store.records import Correction, ReadingKey, Thumbnail, place_of_block
from engine.tasks.task import Task, TaskOrder
from tests.support.kept_library import bytes_in, opened, with_library
from tests.support.kept_pages import facts, page

GOING = replace(facts("zquestionable.pdf"), title="ztitle")
STAYING = facts("staying.pdf")
TRACES = [
    b"zsecret",
    b"ZSECRET",
    "绝密合同".encode(),
    b"zquestionable",
    b"ztitle",
    b"zcorrected",
    b"zfield",
    b"zdetail",
]
TRACES += ["绝 密 合 同".encode(), b"zthumbnail", GOING.sha256.encode()]


async def fill(library: Library, pages: int = 30) -> None:
    """Keep two documents, page by page in turn, with all that can belong to a document."""
    chance = random.Random(7)
    job = await library.begin_job(GOING, ReadingKey("cpu", TaskOrder(Task.FIELDS, fields=("zfield",))), [1, 2])
    await library.fail_page(job, PageFailure(1, "x", "y", 30, "zdetail"))
    await library.note(STAYING)
    for number in range(1, pages + 1):
        filler = " ".join(f"word{chance.randrange(500)}" for _ in range(chance.randrange(10, 300)))
        going = page(number, f"{filler} zsecret{number} 绝密合同", f"ZSECRET {filler}")
        await library.keep(GOING.sha256, going)
        await library.keep(STAYING.sha256, page(number, f"kept{number} {filler} 合同"))
        if number % 3 == 0:  # read again: rows move about in the file
            await library.keep(GOING.sha256, replace(going, seconds=number))
            await library.keep(GOING.sha256, replace(going, reader="text"))
    key = ReadingKey("cpu")
    await library.correct(GOING.sha256, 1, key, place_of_block(0), Correction("zcorrected", "zsecret1"))
    await library.keep_thumbnail(GOING.sha256, 1, Thumbnail(b"zthumbnail" * 100, 9, 9))


def traces_in(folder: Path) -> list[bytes]:
    data = bytes_in(folder)
    assert b"kept1" in data or not (folder / files.FILE).exists()
    return [trace for trace in TRACES if trace in data]


@pytest.mark.slow
def test_nothing_of_a_forgotten_document_is_left_in_any_file(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path) as library:
            await fill(library)
            before = await library.size()
            assert len(traces_in(tmp_path)) >= len(TRACES) - 1

            forgotten = await library.forget(GOING.sha256)

            assert (forgotten.documents, forgotten.wiped, forgotten.set_aside) == (1, True, ())
            assert traces_in(tmp_path) == []  # while it is open, in the WAL too
            assert (await library.search("zsecret1")).total == 0
            assert (await library.search("合同")).total == 30
            assert [each.facts for each in await library.documents()] == [STAYING]
            assert await library.jobs() == []
            assert (await library.size()).file_bytes < before.file_bytes
            assert len(await library.newest(STAYING.sha256, range(1, 31))) == 30
        assert traces_in(tmp_path) == []

    asyncio.run(run())


def test_what_is_not_there_is_forgotten_at_once(tmp_path: Path) -> None:
    forgotten = with_library(tmp_path, lambda library: library.forget("00" * 32))

    assert (forgotten.documents, forgotten.wiped) == (0, True)


def test_a_page_that_is_read_while_its_document_is_forgotten_is_not_kept(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await fill(library, 3)
        await library.forget(GOING.sha256)
        assert not await library.keep(GOING.sha256, page(4, "zsecret4"), job="any")
        assert traces_in(tmp_path) == []

    with_library(tmp_path, run)


@pytest.mark.slow
def test_everything_can_be_forgotten(tmp_path: Path) -> None:
    (tmp_path / files.FILE).write_bytes(b"zsecret in a damaged library" * 100)

    async def run(library: Library) -> None:
        await fill(library, 3)
        assert len((await library.forget(STAYING.sha256)).set_aside) == 1  # nobody can tell what is in there
        forgotten = await library.forget_everything()
        assert (forgotten.documents, forgotten.wiped, forgotten.set_aside) == (1, True, ())
        assert (await library.size()).documents == 0

    with_library(tmp_path, run)
    assert not any(trace in bytes_in(tmp_path) for trace in TRACES)


def test_forgetting_that_was_cut_short_is_finished_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die_in_between(library: Library) -> None:
        await fill(library, 10)
        with monkeypatch.context() as patch:
            patch.setattr(forgetting, "wipe", lambda connection, folder: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await library.forget(GOING.sha256)
        assert await library.document(GOING.sha256) is None

    with_library(tmp_path, die_in_between)
    assert traces_in(tmp_path) != []  # the test can fail

    with_library(tmp_path, Library.documents)
    assert traces_in(tmp_path) == []


def test_a_reader_in_another_library_only_puts_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "WIPED_WITHIN_S", 0.1)

    async def run() -> None:
        async with opened(tmp_path) as library:
            await fill(library, 10)
            async with opened(tmp_path) as other:
                going_on, looked = asyncio.Event(), asyncio.Event()
                loop = asyncio.get_running_loop()

                def look(connection: object) -> int:
                    (count,) = connection.execute("SELECT count(*) FROM readings").fetchone()  # type: ignore[attr-defined]
                    loop.call_soon_threadsafe(looked.set)
                    asyncio.run_coroutine_threadsafe(going_on.wait(), loop).result()
                    return int(count)

                looking = asyncio.create_task(other._database.read(look))
                await looked.wait()
                try:
                    forgotten = await library.forget(GOING.sha256)
                finally:
                    going_on.set()
                assert (forgotten.documents, forgotten.wiped) == (1, False)
                assert await looking > 0
        assert traces_in(tmp_path) == []  # closing made up for it

    asyncio.run(run())


@pytest.mark.slow
def test_a_full_disk_only_puts_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(connection: object, folder: Path) -> bool:
        raise DiskFull(str(folder))

    async def run(library: Library) -> None:
        await fill(library, 3)
        with monkeypatch.context() as patch:
            patch.setattr(forgetting, "wipe", full)
            assert not (await library.forget(GOING.sha256)).wiped
        assert (await library.forget_everything()).wiped

    with_library(tmp_path, run)
    assert not any(trace in bytes_in(tmp_path) for trace in TRACES)
