"""The library: readings stand side by side, the newest comes first, what a person wrote outlives a new reading."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Cancelled, Defect
from engine.output.blocks import Box, PageResult
from engine.store import database
from engine.store.errors import StoreUnreachable
from engine.store.library import MOST_THUMBNAIL_BYTES, Library, begin_library, is_kept_in, library_folder, open_library
from engine.store.records import (
    Correction,
    KeptReading,
    ReadingKey,
    Thumbnail,
    order_from,
    order_key,
    place_of_block,
    place_of_cell,
    place_of_line,
)
from engine.tasks.task import Task, TaskOrder
from tests.support.kept_library import bytes_in, opened, with_library
from tests.support.kept_pages import facts, page, page_with_table

CONTRACT = facts("contract.pdf")
CPU = ReadingKey("cpu")
TO_GERMAN = TaskOrder(Task.TRANSLATION, target_language="de")


def test_a_page_comes_back_as_it_was_after_reopening(tmp_path: Path) -> None:
    read = page_with_table(7, [["Name", "Total"], ["Café", "1,234.56"]])

    async def keep(library: Library) -> bool:
        await library.note(CONTRACT)
        return await library.keep(CONTRACT.sha256, read)

    assert with_library(tmp_path, keep)
    kept = with_library(tmp_path, lambda library: library.newest(CONTRACT.sha256, [6, 7]))

    assert [(number, reading.result, reading.key) for number, reading in kept.items()] == [(7, read, CPU)]


def test_readings_of_every_reader_and_order_stand_side_by_side(tmp_path: Path) -> None:
    async def run(library: Library) -> list[KeptReading]:
        await library.note(CONTRACT)
        for result, order in (
            (page(1, "first"), TaskOrder()),
            (page(1, "own text", reader="text"), TaskOrder()),
            (page(1, "deutsch"), TO_GERMAN),
            (page(1, "english"), replace(TO_GERMAN, target_language="en")),
            (page(1, "again"), TaskOrder()),
        ):
            assert await library.keep(CONTRACT.sha256, result, order=order)
        return await library.readings(CONTRACT.sha256, 1)

    kept = with_library(tmp_path, run)

    assert [(each.key.reader, each.key.order, each.result.lines[0].text) for each in kept] == [
        ("cpu", TaskOrder(), "again"),
        ("cpu", replace(TO_GERMAN, target_language="en"), "english"),
        ("cpu", TO_GERMAN, "deutsch"),
        ("text", TaskOrder(), "own text"),
    ]


def test_the_newest_reading_of_each_page_is_the_last_one_made(tmp_path: Path) -> None:
    async def run(library: Library) -> dict[int, KeptReading]:
        await library.note(CONTRACT)
        for number in (1, 2):
            await library.keep(CONTRACT.sha256, page(number, f"picture {number}"))
        await library.keep(CONTRACT.sha256, page(1, "own text", reader="text"))
        return await library.newest(CONTRACT.sha256, range(1, 5))

    kept = with_library(tmp_path, run)

    assert {number: each.result.reader for number, each in kept.items()} == {1: "text", 2: "cpu"}


def test_the_newest_reading_for_one_task_is_found_behind_others(tmp_path: Path) -> None:
    async def run(library: Library) -> list[str]:
        await library.note(CONTRACT)
        await library.keep(CONTRACT.sha256, page(1, "words"))
        await library.keep(CONTRACT.sha256, page(1, "wörter"), order=TO_GERMAN)
        kept = [
            await library.newest(CONTRACT.sha256, [1], task=task)
            for task in (Task.DOCUMENT, Task.TRANSLATION, None, Task.TABLE)
        ]
        return [each[1].result.lines[0].text if each else "" for each in kept]

    assert with_library(tmp_path, run) == ["words", "wörter", "wörter", ""]


def test_nothing_is_kept_of_a_document_that_is_not_known(tmp_path: Path) -> None:
    assert not with_library(tmp_path, lambda library: library.keep(CONTRACT.sha256, page(1, "lost")))
    assert b"lost" not in bytes_in(tmp_path)


def test_a_document_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    renamed = replace(CONTRACT, name="copy.pdf", path="/media/copy.pdf")

    async def run(library: Library) -> None:
        await library.note(CONTRACT)
        await library.note(facts("other.pdf"))
        await library.note(renamed)
        await library.keep(CONTRACT.sha256, page(1, "a"))
        await library.keep(CONTRACT.sha256, page(1, "b", reader="text"))
        found = await library.documents()
        assert [each.facts for each in found] == [renamed, facts("other.pdf")]
        kept = await library.document(CONTRACT.sha256)
        assert kept is not None and kept == found[0]
        assert [(name.name, name.path) for name in kept.names] == [
            ("copy.pdf", "/media/copy.pdf"),
            ("contract.pdf", "/home/user/contract.pdf"),
        ]
        assert kept.pages_read == 1 and kept.first_seen <= kept.last_seen
        assert await library.documents(limit=1, offset=1) == found[1:]
        assert await library.document("00" * 32) is None

    with_library(tmp_path, run)


def test_names_that_are_no_text_are_kept_as_well_as_can_be(tmp_path: Path) -> None:
    odd = replace(CONTRACT, name="a\udcff.pdf", path="/x/a\udcff.pdf", title="\ud800")

    async def run(library: Library) -> str:
        await library.note(odd)
        kept = await library.document(odd.sha256)
        return "" if kept is None else kept.facts.name

    assert with_library(tmp_path, run) == "a?.pdf"


# -- what the person wrote


def test_a_correction_outlives_a_new_reading_and_is_found(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await library.note(CONTRACT)
        await library.keep(CONTRACT.sha256, page(1, "Invoce of Hansen", "Total"))
        written = Correction("Invoice of Hansen", "Invoce of Hansen", 1.0)
        assert await library.correct(CONTRACT.sha256, 1, CPU, place_of_block(0), written)

        assert (await library.search("invoice")).total == 1
        found = await library.search("invoice hansen")
        assert found.hits[0].snippet.text == "Invoice of Hansen"
        (kept,) = await library.readings(CONTRACT.sha256, 1)
        assert kept.corrections == {"block/0": written}
        assert kept.result == page(1, "Invoce of Hansen", "Total")  # the reading is what was read

        await library.keep(CONTRACT.sha256, page(1, "Invoce of Hansen", "Total"))
        assert (await library.search("invoice")).total == 1
        assert await library.correct(CONTRACT.sha256, 1, CPU, place_of_block(0), None)
        assert (await library.search("invoice")).total == 0

    with_library(tmp_path, run)


def test_corrections_of_cells_and_lines_are_found_too(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await library.note(CONTRACT)
        await library.keep(CONTRACT.sha256, page_with_table(1, [["Name", "O0"], ["a", "b"]]))
        lines = replace(page(2, "rnodern"), blocks=())
        await library.keep(CONTRACT.sha256, lines)
        await library.correct(CONTRACT.sha256, 1, CPU, place_of_cell(0, 0, 1), Correction("100"))
        await library.correct(CONTRACT.sha256, 2, CPU, place_of_line(0), Correction("modern"))

        assert [hit.box for hit in (await library.search("100")).hits] == [Box(100, 0, 190, 15)]
        assert [hit.number for hit in (await library.search("modern")).hits] == [2]
        assert (await library.search("rnodern")).total == 0

    with_library(tmp_path, run)


def test_a_correction_has_a_place_that_can_be(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        for place in ("", "block", "block/-1", "line/1/2", "cell/1/2", "block/1; DROP TABLE"):
            with pytest.raises(ValueError):
                await library.correct(CONTRACT.sha256, 1, CPU, place, Correction("x"))
        assert not await library.correct(CONTRACT.sha256, 1, CPU, place_of_block(0), Correction("x"))

    with_library(tmp_path, run)


# -- thumbnails and size


def test_thumbnails_are_small_and_counted(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        await library.note(CONTRACT)
        for number in (1, 3, 9):
            assert await library.keep_thumbnail(CONTRACT.sha256, number, Thumbnail(b"%d" % number * 1000, 90, 120))
        assert await library.keep_thumbnail(CONTRACT.sha256, 1, Thumbnail(b"n" * 500, 90, 120))
        huge = Thumbnail(bytes(MOST_THUMBNAIL_BYTES + 1), 9000, 12000)
        assert not await library.keep_thumbnail(CONTRACT.sha256, 1, huge)
        assert not await library.keep_thumbnail("00" * 32, 1, Thumbnail(b"x", 1, 1))
        assert await library.thumbnails(CONTRACT.sha256, 1, 5) == {
            1: Thumbnail(b"n" * 500, 90, 120),
            3: Thumbnail(b"3" * 1000, 90, 120),
        }
        size = await library.size()
        assert (size.thumbnail_bytes, size.documents, size.pages, size.readings) == (2500, 1, 0, 0)
        assert size.file_bytes > 2500

    with_library(tmp_path, run)


# -- orders


ORDERS = st.builds(
    TaskOrder,
    st.sampled_from(Task),
    st.sampled_from(["", "en", "zh-CN"]),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3).map(tuple),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    st.sampled_from(["", "zh"]),
)


@settings(max_examples=50, deadline=None)
@given(ORDERS)
def test_an_order_comes_back_from_its_key(order: TaskOrder) -> None:
    assert order_from(order.task.value, order_key(order)) == order
    assert (order_key(order) == "") == (replace(order, task=Task.DOCUMENT) == TaskOrder())


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=20) | st.recursive(st.none() | st.integers(), st.lists, max_leaves=3).map(str))
def test_a_key_that_is_none_is_refused(key: str) -> None:
    try:
        order_from("document", key)
    except ValueError:
        return
    assert key in ("", "{}") or key.strip() == "{}"


# -- the file


def test_an_sqlite_that_cannot_do_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.what_is_missing() == ""
    monkeypatch.setattr(database, "OLDEST_SQLITE", (99, 0))
    assert database.what_is_missing().endswith("is too old")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
def test_only_this_user_can_look_into_it(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "library"

    async def run() -> list[int]:
        async with opened(folder) as library:
            await library.begin_job(CONTRACT, CPU, [1])
            await library.keep(CONTRACT.sha256, page(1, "private"))
            return [stat.S_IMODE(file.stat().st_mode) for file in (folder, *folder.iterdir())]

    modes = asyncio.run(run())

    assert modes[0] == 0o700 and len(modes) == 6  # the file, its WAL and index of it, the lock, the session
    assert set(modes[1:]) == {0o600}


def test_it_lies_among_the_users_data_unless_put_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path))

    assert library_folder() == tmp_path / "data" / "library"
    assert library_folder("/media/stick/library") == Path("/media/stick/library")


def test_a_library_that_was_put_somewhere_and_is_gone_is_not_one_that_was_never_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path))
    stick = tmp_path / "stick"
    assert not is_kept_in(library_folder())
    with pytest.raises(StoreUnreachable, match="was put there"):
        is_kept_in(stick)

    assert asyncio.run(begin_library(stick)) is False
    assert is_kept_in(stick)
    assert asyncio.run(begin_library(stick)) is True


def test_closing_leaves_one_file_and_ends_what_comes_later(tmp_path: Path) -> None:
    async def run() -> None:
        library = await open_library(tmp_path)
        await library.begin_job(CONTRACT, CPU, [1])
        keeping = [asyncio.create_task(library.keep(CONTRACT.sha256, page(n, "words"))) for n in range(1, 9)]
        await asyncio.sleep(0)
        await library.close()
        assert all(await asyncio.gather(*keeping))  # what was begun is finished
        await library.close()
        with pytest.raises(Cancelled):
            await library.keep(CONTRACT.sha256, page(9, "late"))

    asyncio.run(run())

    assert sorted(file.name for file in tmp_path.iterdir()) == ["library.db", "library.lock"]
    assert len(with_library(tmp_path, lambda library: library.newest(CONTRACT.sha256, range(1, 20)))) == 8


def test_a_stopped_opening_leaves_no_lock_and_no_thread(tmp_path: Path) -> None:
    async def run() -> None:
        opening = asyncio.create_task(open_library(tmp_path))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        async with opened(tmp_path) as library:
            await library.move(tmp_path.with_name("elsewhere"))  # works only when nobody else is in there

    asyncio.run(run())


def test_a_reading_that_makes_no_sense_is_refused_before_it_counts_as_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sound = page(1, "secretword")
    wrong = replace(sound, blocks=(replace(sound.blocks[0], lines=(99,)),))

    async def run(library: Library) -> None:
        await library.note(CONTRACT)
        await library.keep(CONTRACT.sha256, page(1, "before"))
        with pytest.raises(Defect) as refused:
            await library.keep(CONTRACT.sha256, wrong)
        assert "secretword" not in str(refused.value)
        assert (await library.readings(CONTRACT.sha256, 1))[0].result == page(1, "before")

    with_library(tmp_path, run)
    assert "secretword" not in caplog.text


def test_a_row_that_was_tampered_with_is_left_out_and_named_without_its_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def keep(library: Library) -> None:
        await library.note(CONTRACT)
        await library.keep(CONTRACT.sha256, page(1, "secretword"))
        await library.keep(CONTRACT.sha256, page(1, "sound", reader="text"))

    async def look(library: Library) -> None:
        assert [each.result.reader for each in await library.readings(CONTRACT.sha256, 1)] == ["text"]
        assert list(await library.newest(CONTRACT.sha256, [1])) == [1]
        assert (await library.search("secretword")).hits == ()

    with_library(tmp_path, keep)
    with sqlite3.connect(tmp_path / "library.db") as file:
        file.execute("UPDATE readings SET body = replace(body, '\"quad\"', '\"quod\"') WHERE reader = 'cpu'")
    file.close()
    with caplog.at_level(logging.INFO):
        with_library(tmp_path, look)

    assert "cannot be understood" in caplog.text and "secretword" not in caplog.text


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["cpu", "text"]), st.text("abc合", min_size=1)), max_size=8)
)
def test_the_library_is_a_dictionary_of_the_newest(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[int, str, str]]
) -> None:
    expected: dict[tuple[int, str], PageResult] = {}

    async def run(library: Library) -> None:
        await library.note(CONTRACT)
        for number, reader, text in writes:
            result = page(number, text, reader=reader)
            expected[number, reader] = result
            await library.keep(CONTRACT.sha256, result)
        for number in range(1, 5):
            kept = await library.readings(CONTRACT.sha256, number)
            assert {(number, each.result.reader): each.result for each in kept} == {
                which: result for which, result in expected.items() if which[0] == number
            }
        size = await library.size()
        assert size.readings == len(expected)

    with_library(tmp_path_factory.mktemp("library"), run)
