"""Jobs in the library: what was interrupted can be taken up where it was left, once, and no page is read twice."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from engine.errors import PageDamaged
from engine.output.document import PageFailure
from engine.store import job_rows
from engine.store.errors import JobTaken
from engine.store.files import FILE
from engine.store.library import Library
from engine.store.opening import open_in
from engine.store.records import JobState, KeptJob, ReadingKey
from engine.store.schema import MIGRATIONS
from engine.tasks.task import Task, TaskOrder, Way
from tests.support.kept_library import opened, with_library
from tests.support.kept_pages import facts, page

CONTRACT = facts("contract.pdf", pages=9)
FIELDS = ReadingKey("vllm", TaskOrder(Task.FIELDS, fields=("Invoice number", "Total"), source_language="en"))


async def begun(library: Library, numbers: range = range(1, 6)) -> str:
    """Begin a job, keep its first two pages, let its third one fail."""
    job = await library.begin_job(CONTRACT, FIELDS, numbers)
    for number in numbers[:2]:
        await library.keep(CONTRACT.sha256, page(number, f"page {number}"), order=FIELDS.order, job=job)
    if len(numbers) > 2:
        await library.fail_page(job, PageFailure.of(numbers[2], PageDamaged("page 3", detail="no object")))
    return job


async def only_job(library: Library) -> KeptJob:
    (job,) = await library.jobs()
    return job


def test_a_job_says_how_far_it_is_and_that_it_runs(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        name = await begun(library)
        job = await only_job(library)
        assert job == await library.job(name)
        assert (job.id, job.document, job.order, job.reader) == (name, CONTRACT, FIELDS.order, "vllm")
        assert (job.state, job.running, job.interrupted) == (JobState.OPEN, True, False)
        assert (job.total, job.done, job.left) == (5, 2, 2)
        assert job.failures == (PageFailure.of(3, PageDamaged("page 3", detail="no object")),)
        assert await library.job("0" * 16) is None

    with_library(tmp_path, run)


def test_an_interrupted_job_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    name = with_library(tmp_path, begun)  # closed without its end: the power went

    async def run(library: Library) -> None:
        job = await only_job(library)
        assert job.interrupted and not job.running
        assert await library.take_up(name) == (4, 5)
        assert (await only_job(library)).running
        with pytest.raises(JobTaken):
            await library.take_up(name)
        for number in (4, 5):
            await library.keep(CONTRACT.sha256, page(number, f"page {number}"), order=FIELDS.order, job=name)
        await library.end_job(name, JobState.INCOMPLETE)
        job = await only_job(library)
        assert (job.state, job.done, job.left, job.interrupted) == (JobState.INCOMPLETE, 4, 0, False)
        with pytest.raises(JobTaken, match="all of its pages are read"):
            await library.take_up(name)

    with_library(tmp_path, run)


def test_pages_that_failed_are_read_again_only_when_that_is_wished(tmp_path: Path) -> None:
    name = with_library(tmp_path, begun)

    async def run(library: Library) -> None:
        assert await library.take_up(name, failed_too=True) == (3, 4, 5)
        await library.keep(CONTRACT.sha256, page(3, "mended"), order=FIELDS.order, job=name)
        job = await only_job(library)
        assert (job.done, job.left, job.failures) == (3, 2, ())

    with_library(tmp_path, run)


def test_pages_come_back_in_the_order_in_which_they_were_asked_for(tmp_path: Path) -> None:
    async def begin(library: Library) -> str:
        return await library.begin_job(CONTRACT, FIELDS, [7, 2, 9, 2, 1])

    name = with_library(tmp_path, begin)

    assert with_library(tmp_path, lambda library: library.take_up(name)) == (7, 2, 9, 1)


def test_it_is_remembered_how_its_pages_are_asked(tmp_path: Path) -> None:
    async def run(library: Library) -> list[Way]:
        names = [
            await library.begin_job(CONTRACT, FIELDS, [1]),
            await library.begin_job(CONTRACT, ReadingKey("vllm"), [1], Way.HALVES),
        ]
        return [job.way for name in names if (job := await library.job(name)) is not None]

    assert with_library(tmp_path, run) == [Way.USUAL, Way.HALVES]


def test_a_job_of_a_library_that_did_not_know_of_it_is_asked_as_usual(tmp_path: Path) -> None:
    async def begin() -> None:
        library = Library(await asyncio.to_thread(open_in, tmp_path, migrations=MIGRATIONS[:1]))
        await library.note(CONTRACT)
        await library.close()

    asyncio.run(begin())
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as old:
        old.execute("INSERT INTO jobs VALUES ('0' , 1, 'document', '', 'vllm', 'open', 'gone', 1.0, 1.0)")
        old.execute("INSERT INTO job_pages (job, number, place, state) VALUES ('0', 1, 0, 'waiting')")
        old.commit()

    job = with_library(tmp_path, only_job)

    assert (job.way, job.left, job.interrupted) == (Way.USUAL, 1, True)


def test_a_job_that_another_library_works_at_cannot_be_taken(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path) as window, opened(tmp_path) as command:
            name = await begun(window)
            assert (await only_job(command)).running
            for attempt in (command.take_up(name), command.drop_job(name), window.drop_job(name)):
                with pytest.raises(JobTaken, match="works at it"):
                    await attempt
            await window.close()
            assert (await only_job(command)).interrupted
            assert await command.take_up(name) == (4, 5)

    asyncio.run(run())


def test_of_two_who_take_it_at_once_one_gets_it(tmp_path: Path) -> None:
    name = with_library(tmp_path, begun)

    async def run() -> None:
        async with opened(tmp_path) as one, opened(tmp_path) as other:
            answers = await asyncio.gather(one.take_up(name), other.take_up(name), return_exceptions=True)
            assert [answer for answer in answers if not isinstance(answer, BaseException)] == [(4, 5)]
            assert sum(isinstance(answer, JobTaken) for answer in answers) == 1

    asyncio.run(run())


def test_a_cancelled_job_can_be_taken_up_and_a_dropped_one_is_gone(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        name = await begun(library)
        await library.end_job(name, JobState.CANCELLED)
        assert await library.take_up(name) == (4, 5)
        await library.end_job(name, JobState.CANCELLED)
        await library.drop_job(name)
        assert await library.jobs() == []
        with pytest.raises(JobTaken, match="There is no such job"):
            await library.take_up(name)
        assert len(await library.newest(CONTRACT.sha256, range(1, 9))) == 2  # what it read is kept

    with_library(tmp_path, run)


def test_open_jobs_come_first_and_old_ones_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_rows, "MOST_ENDED", 3)

    async def run(library: Library) -> None:
        still_open = await begun(library)
        ended = []
        for _ in range(6):
            ended.append(await begun(library, range(1, 3)))
            await library.end_job(ended[-1], JobState.FINISHED)
        last = await begun(library)
        assert [job.id for job in await library.jobs()] == [last, still_open, *ended[:2:-1]]
        assert [job.id for job in await library.jobs(limit=2, offset=1)] == [still_open, ended[-1]]

    with_library(tmp_path, run)


def test_a_page_kept_twice_in_a_job_counts_once(tmp_path: Path) -> None:
    async def run(library: Library) -> None:
        name = await begun(library)
        for _ in range(2):
            await library.keep(CONTRACT.sha256, page(4, "again"), order=FIELDS.order, job=name)
        job = await only_job(library)
        assert (job.done, job.left) == (3, 1)

    with_library(tmp_path, run)


def test_questions_and_fields_do_not_show_in_what_may_be_logged(tmp_path: Path) -> None:
    assert "Invoice number" not in repr(FIELDS)
