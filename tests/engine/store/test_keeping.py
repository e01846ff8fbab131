"""What a job uses of the library: written down once, kept before it is announced, left open when it is to go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.errors import FileVanished, OutputNotWritable, PageDamaged
from engine.store.keeping import JobKeeper, LibraryDoor, facts_of
from engine.store.records import JobState, ReadingKey
from engine.tasks.task import Task, TaskOrder
from tests.support.fake_pages import FakeSource, page_saying
from tests.support.kept_library import opened

SHA256 = "ab" * 32
KEY = ReadingKey("auto", TaskOrder(Task.TRANSLATION, target_language="en"))


def test_a_job_is_written_down_with_its_first_page_and_once(tmp_path: Path) -> None:
    async def run() -> None:
        door = LibraryDoor(tmp_path)
        keeper = JobKeeper(door, FakeSource(page_count=4), KEY, [1, 2, 3])
        assert keeper.name == "" and not (tmp_path / "library.db").exists()  # nothing is opened before it is needed

        await asyncio.gather(*(keeper.keep(page_saying(number, f"page {number}")) for number in (1, 2)))
        await keeper.fail(3, PageDamaged("page 3"))

        library = await door()
        (job,) = await library.jobs()
        assert (job.id, job.order, job.reader) == (keeper.name, KEY.order, "auto")
        assert (job.total, job.done, len(job.failures), job.running) == (3, 2, 1, True)
        assert job.document == await facts_of(FakeSource(page_count=4))
        (kept,) = await library.readings(SHA256, 2)
        assert kept.key == ReadingKey("fake", KEY.order)  # who read it, not who was asked
        await keeper.end("incomplete")
        (job,) = await library.jobs()
        assert job.state is JobState.INCOMPLETE
        await door.close()
        await door.close()

    asyncio.run(run())


def test_a_job_that_was_not_ended_goes_on_under_its_name(tmp_path: Path) -> None:
    async def run() -> None:
        door = LibraryDoor(tmp_path)
        keeper = JobKeeper(door, FakeSource(), KEY, [1, 2, 3])
        await keeper.keep(page_saying(1, "before"))
        await door.close()

        door = LibraryDoor(tmp_path)
        left = await (await door()).take_up(keeper.name)
        again = JobKeeper(door, FakeSource(), KEY, left, taken_up=keeper.name)
        assert left == (2, 3)
        for number in left:
            await again.keep(page_saying(number, "after"))
        await again.end("finished")
        (job,) = await (await door()).jobs()
        assert (job.id, job.state, job.done) == (keeper.name, JobState.FINISHED, 3)
        await door.close()

    asyncio.run(run())


def test_a_page_that_is_stopped_while_the_job_is_written_down_leaves_no_second_job(tmp_path: Path) -> None:
    async def run() -> None:
        door = LibraryDoor(tmp_path)
        keeper = JobKeeper(door, FakeSource(), KEY, [1, 2])
        stopped = asyncio.create_task(keeper.keep(page_saying(1, "words")))
        await asyncio.sleep(0)
        stopped.cancel()
        await keeper.keep(page_saying(2, "words"))
        await keeper.end("cancelled")
        (job,) = await (await door()).jobs()
        assert (job.id, job.state, job.done) == (keeper.name, JobState.CANCELLED, 1)
        await door.close()

    asyncio.run(run())


def test_a_job_without_a_page_leaves_nothing_to_end(tmp_path: Path) -> None:
    async def run() -> None:
        door = LibraryDoor(tmp_path)
        await JobKeeper(door, FakeSource(), KEY, [1]).end("cancelled")
        assert not (tmp_path / "library.db").exists()
        await door.close()

    asyncio.run(run())


def test_a_library_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    async def run() -> None:
        place = tmp_path / "library"
        place.write_text("in the way")
        door = LibraryDoor(place)
        keeper = JobKeeper(door, FakeSource(), KEY, [1])
        for _ in range(2):
            with pytest.raises(OutputNotWritable):
                await keeper.keep(page_saying(1, "words"))
        place.unlink()
        await keeper.keep(page_saying(1, "words"))
        await door.close()
        async with opened(place) as library:
            assert len(await library.jobs()) == 1

    asyncio.run(run())


def test_one_library_is_opened_however_many_ask_and_one_who_gives_up_harms_nobody(tmp_path: Path) -> None:
    async def run() -> None:
        door = LibraryDoor(tmp_path)
        asking = [asyncio.create_task(door()) for _ in range(5)]
        await asyncio.sleep(0)
        asking[0].cancel()
        libraries = await asyncio.gather(*asking[1:])
        assert all(library is libraries[0] for library in libraries)
        await door.close()

    asyncio.run(run())


def test_a_document_that_went_away_is_told_and_nothing_is_written_down(tmp_path: Path) -> None:
    async def run() -> None:
        door = LibraryDoor(tmp_path)
        keeper = JobKeeper(door, FakeSource(hash_error=FileVanished("fake.pdf")), KEY, [1])
        with pytest.raises(FileVanished):
            await keeper.keep(page_saying(1, "words"))
        assert await (await door()).jobs() == []
        await door.close()

    asyncio.run(run())
