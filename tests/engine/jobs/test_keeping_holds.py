"""A disk that is full in mid-job: what was read waits to be kept, nothing is read twice, and nothing is lost."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import DiskFull, OutputNotWritable
from engine.events import JobGoesOn, JobOutcome, JobPaused
from engine.jobs import hold
from tests.support.job_bench import DOCUMENT, Bench, MortalReader, turns, until


def test_a_full_disk_holds_the_job_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "HOLD_S", (0.002,))

    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(pages_at_once=3)
        job = bench.add(reader, 12)
        full = DiskFull("/library")
        bench.after(4, lambda: setattr(bench, "full", full))
        await until(lambda: job.paused)
        before = list(reader.begun)
        await until(lambda: len(bench.tried_to_keep) > 20)
        assert reader.begun == before and sorted(bench.finished()) == sorted(bench.kept)

        bench.full = None

        assert await job.wait() is JobOutcome.FINISHED
        assert sorted(bench.kept) == list(range(1, 13))
        assert sorted(reader.begun) == list(range(1, 13))  # nothing was read twice
        assert bench.failures() == []
        assert bench.told(JobPaused, JobGoesOn) == [JobPaused(job.id, DOCUMENT, full), JobGoesOn(job.id, DOCUMENT)]

    asyncio.run(scenario())


def test_the_person_may_have_it_tried_at_once() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(pages_at_once=3)
        bench.full = DiskFull("/library")
        job = bench.add(reader, 5)
        await until(lambda: job.paused)

        bench.queue.go_on(job.id)
        await turns()
        assert job.paused and bench.kept == {}
        bench.full = None
        bench.queue.go_on(job.id)

        assert await job.wait() is JobOutcome.FINISHED
        assert sorted(bench.kept) == [1, 2, 3, 4, 5]

    asyncio.run(scenario())


def test_a_library_that_can_take_nothing_is_gone_without_when_the_person_wishes_it() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(pages_at_once=2)
        bench.full = OutputNotWritable("/library")
        job = bench.add(reader, 5)
        await until(lambda: job.paused)
        assert bench.finished() == []

        bench.queue.go_on(job.id)

        assert await job.wait() is JobOutcome.FINISHED
        assert sorted(bench.finished()) == [1, 2, 3, 4, 5] and bench.kept == {}
        assert sorted(reader.begun) == [1, 2, 3, 4, 5]

    asyncio.run(scenario())


def test_a_full_disk_holds_up_no_other_job_of_the_reader() -> None:
    async def scenario() -> None:
        bench, other_bench, reader = Bench(), Bench(), MortalReader(pages_at_once=2)
        bench.full = DiskFull("/library")
        job = bench.add(reader, 5)
        await until(lambda: job.paused)

        free = Bench.add(other_bench, reader, 6)
        assert await free.wait() is JobOutcome.FINISHED
        await bench.queue.close()
        assert bench.ends == [] and job.outcome is JobOutcome.CANCELLED
        assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()

    asyncio.run(scenario())


def test_a_command_gives_up_on_a_full_disk_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "HOLD_S", (0.002,))

    async def scenario() -> None:
        bench = Bench(patience_s=0.03)
        bench.full = DiskFull("/library")
        job = bench.add(MortalReader(), 9)

        assert await job.wait() is JobOutcome.HALTED
        assert isinstance(job.error, DiskFull) and bench.ends == [] and bench.failures() == []

    asyncio.run(scenario())
