"""A pause begins no further page and loses none; an end in mid-pause leaves the job to be taken up."""

from __future__ import annotations

import asyncio

from engine.events import JobEnded, JobGoesOn, JobOutcome, JobPaused, PageFinished
from engine.jobs.job import PageState
from tests.support.fake_pages import FakeReader
from tests.support.job_bench import DOCUMENT, OTHER, Bench, turns


def test_a_pause_lets_pages_end_and_begins_no_other() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        reader = FakeReader(pages_at_once=2, gate=gate)
        job = bench.add(reader, 6)
        await turns()

        bench.queue.pause(job.id)
        bench.queue.pause(job.id)
        assert job.paused and job.error is None
        for _ in range(4):
            gate.release()
        await turns()
        bench.queue.prefer(DOCUMENT, 5)
        await turns()
        assert reader.begun == [1, 2] and sorted(bench.kept) == [1, 2]
        assert (job.progress.pages_per_second, job.progress.seconds_left) == (None, None)

        bench.queue.go_on(job.id)
        assert not job.paused
        for _ in range(4):
            gate.release()
        assert await job.wait() is JobOutcome.FINISHED
        assert reader.begun == [1, 2, 5, 6, 3, 4]
        assert bench.told(JobPaused, JobGoesOn) == [
            JobPaused(job.id, DOCUMENT, None),
            JobGoesOn(job.id, DOCUMENT),
        ]

    asyncio.run(scenario())


def test_a_paused_job_leaves_its_slots_to_another() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), FakeReader()
        paused, other = bench.add(reader, 3), bench.add(reader, 3, document=OTHER)
        bench.queue.pause(paused.id)

        assert await other.wait() is JobOutcome.FINISHED
        assert {event.document for event in bench.events if isinstance(event, PageFinished)} == {OTHER}
        bench.queue.go_on(paused.id)
        assert await paused.wait() is JobOutcome.FINISHED

    asyncio.run(scenario())


def test_quitting_in_mid_pause_leaves_the_job_open() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(1)
        job = bench.add(FakeReader(gate=gate), 4)
        await turns()
        bench.queue.pause(job.id)

        await bench.queue.close()

        assert job.outcome is JobOutcome.CANCELLED and not job.paused
        assert bench.ends == []  # nobody noted an end: the library offers it again
        assert isinstance(bench.events[-1], JobEnded)
        assert [page.state for page in job.pages.values()].count(PageState.DROPPED) == 4 - len(bench.kept)
        assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()

    asyncio.run(scenario())


def test_what_is_wished_of_a_job_that_is_over_is_let_be() -> None:
    async def scenario() -> None:
        bench = Bench()
        job = bench.add(FakeReader(), 1)
        await job.wait()
        for wish in (bench.queue.pause, bench.queue.go_on, bench.queue.put_first):
            wish(job.id)
        assert bench.told(JobPaused, JobGoesOn) == []

    asyncio.run(scenario())
