"""Jobs: every page ends in a state, the order follows the eyes, one bad page harms no other, a stop is a stop."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import Defect, FileVanished, PageDamaged, ReaderCrashed
from engine.events import (
    DocumentId,
    JobEnded,
    JobOutcome,
    JobProgressed,
    PageFailed,
    PageFinished,
    PageStarted,
)
from engine.jobs.job import MOVES, PageState, PageWork
from tests.support.fake_pages import FakeReader, FakeSource
from tests.support.job_bench import DOCUMENT, Bench


@pytest.mark.parametrize("start", PageState)
@pytest.mark.parametrize("end", PageState)
def test_a_page_moves_only_along_the_table(start: PageState, end: PageState) -> None:
    work = PageWork(1, start)
    if end in MOVES[start]:
        work.move(end)
        assert work.state is end
    else:
        with pytest.raises(ValueError, match="cannot go"):
            work.move(end)
        assert work.state is start


def test_every_page_is_read_kept_and_told() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), FakeReader(pages_at_once=2)
        job = bench.add(reader, 5)

        assert await job.wait() is JobOutcome.FINISHED

        assert reader.begun == [1, 2, 3, 4, 5]
        assert reader.most_at_work == 2
        assert sorted(bench.kept) == [1, 2, 3, 4, 5]
        assert all(result.source_hash == "ab" * 32 for result in bench.kept.values())
        assert [event.number for event in bench.events if isinstance(event, PageFinished)] == [1, 2, 3, 4, 5]
        assert isinstance(bench.events[-1], JobEnded)
        assert (job.progress.done, job.progress.failed, job.progress.total) == (5, 0, 5)

    asyncio.run(scenario())


def test_a_result_is_kept_before_it_is_announced() -> None:
    async def scenario() -> None:
        bench = Bench()
        seen: list[bool] = []
        bench.bus.subscribe(
            lambda event: seen.append(event.number in bench.kept) if isinstance(event, PageFinished) else None
        )

        await bench.add(FakeReader(), 2).wait()

        assert seen == [True, True]

    asyncio.run(scenario())


def test_failed_pages_do_not_stop_the_others() -> None:
    async def scenario() -> None:
        bench = Bench()
        reader = FakeReader(errors={1: PageDamaged("page 1"), 3: KeyError("a defect of ours")})
        job = bench.add(reader, 4)

        assert await job.wait() is JobOutcome.INCOMPLETE

        assert sorted(bench.kept) == [2, 4]
        assert [(page.number, type(page.error)) for page in job.failures] == [(1, PageDamaged), (3, Defect)]
        told = [event.number for event in bench.events if isinstance(event, PageFailed)]
        assert told == [1, 3]
        assert "a defect of ours" not in str(job.failures[1].error)

    asyncio.run(scenario())


def test_a_document_that_vanishes_after_reading_fails_the_page() -> None:
    async def scenario() -> None:
        bench = Bench()
        job = bench.add(FakeReader(), source=FakeSource(1, hash_error=FileVanished("fake.pdf")))

        assert await job.wait() is JobOutcome.INCOMPLETE

        assert isinstance(job.failures[0].error, FileVanished)
        assert bench.kept == {}

    asyncio.run(scenario())


def test_a_reader_that_says_nothing_is_an_error_of_the_page() -> None:
    async def scenario() -> None:
        job = Bench().add(FakeReader(silent=True), 1)

        assert await job.wait() is JobOutcome.INCOMPLETE
        assert isinstance(job.failures[0].error, ReaderCrashed)

    asyncio.run(scenario())


def test_the_page_being_looked_at_comes_first_and_its_followers_after_it() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        reader = FakeReader(gate=gate)
        job = bench.add(reader, 6)
        await asyncio.sleep(0.01)  # page 1 is at work

        bench.queue.prefer(DOCUMENT, 4)
        for _ in range(6):
            gate.release()
        await job.wait()

        assert reader.begun == [1, 4, 5, 6, 2, 3]

    asyncio.run(scenario())


def test_looking_at_a_page_that_is_read_already_goes_on_after_it() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        reader = FakeReader(gate=gate)
        job = bench.add(reader, 4)
        await asyncio.sleep(0.01)

        bench.queue.prefer(DOCUMENT, 1)
        bench.queue.prefer(DocumentId(99), 3)  # another document's page changes nothing here
        for _ in range(4):
            gate.release()
        await job.wait()

        assert reader.begun == [1, 2, 3, 4]

    asyncio.run(scenario())


def test_cancel_keeps_what_is_finished_and_waits_until_nothing_runs() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(2)
        reader = FakeReader(gate=gate, pages_at_once=2, slow_to_stop=5)
        job = bench.add(reader, 8)
        while len(bench.kept) < 2:
            await asyncio.sleep(0)

        await bench.queue.cancel(job.id)

        assert reader.at_work == 0
        assert job.outcome is JobOutcome.CANCELLED
        assert sorted(bench.kept) == [1, 2]
        states = [page.state for page in job.pages.values()]
        assert states == [PageState.DONE] * 2 + [PageState.DROPPED] * 6
        ended = [event for event in bench.events if isinstance(event, JobEnded)]
        assert [event.outcome for event in ended] == [JobOutcome.CANCELLED]
        assert bench.events[-1] is ended[0]

    asyncio.run(scenario())


def test_cancel_before_the_first_page_has_begun() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), FakeReader()
        job = bench.add(reader, 3)

        await bench.queue.cancel(job.id)

        assert job.outcome is JobOutcome.CANCELLED
        assert bench.kept == {}
        assert reader.at_work == 0

    asyncio.run(scenario())


def test_cancel_twice_and_after_the_end_is_harmless() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        job = bench.add(FakeReader(gate=gate, slow_to_stop=3), 2)
        await asyncio.sleep(0)

        await asyncio.gather(bench.queue.cancel(job.id), bench.queue.cancel(job.id))
        await bench.queue.cancel(job.id)

        assert job.outcome is JobOutcome.CANCELLED
        assert sum(isinstance(event, JobEnded) for event in bench.events) == 1

    asyncio.run(scenario())


def test_a_cancelled_page_that_finishes_all_the_same_is_not_counted_twice() -> None:
    async def scenario() -> None:
        bench = Bench()
        reader = FakeReader()
        job = bench.add(reader, 3)
        bench.bus.subscribe(
            lambda event: (
                job_stops.append(asyncio.ensure_future(bench.queue.cancel(job.id)))
                if isinstance(event, PageStarted) and event.number == 2
                else None
            )
        )
        job_stops: list[asyncio.Future[None]] = []

        assert await job.wait() is JobOutcome.CANCELLED
        await asyncio.gather(*job_stops)

        done = [page.number for page in job.pages.values() if page.state is PageState.DONE]
        assert done == sorted(bench.kept)
        assert job.progress.done == len(done)

    asyncio.run(scenario())


def test_jobs_that_share_a_reader_take_turns() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        reader = FakeReader(gate=gate)
        jobs = [bench.add(reader, 4, document=DocumentId(1)), bench.add(reader, 4, document=DocumentId(2))]
        finished: list[int] = []
        bench.bus.subscribe(lambda event: finished.append(event.document) if isinstance(event, PageFinished) else None)

        await asyncio.sleep(0.01)  # both have asked for their first page
        for _ in range(8):  # whoever asked first is served first
            gate.release()
            for _ in range(10):
                await asyncio.sleep(0)

        assert finished == [1, 2, 1, 2, 1, 2, 1, 2]
        assert [await job.wait() for job in jobs] == [JobOutcome.FINISHED] * 2

    asyncio.run(scenario())


def test_close_stops_every_job() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        readers = [FakeReader(gate=gate), FakeReader(gate=gate)]
        jobs = [bench.add(reader, 3, document=DocumentId(n)) for n, reader in enumerate(readers)]
        await asyncio.sleep(0)

        await bench.queue.close()

        assert [job.outcome for job in jobs] == [JobOutcome.CANCELLED] * 2
        assert all(reader.at_work == 0 for reader in readers)
        assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()

    asyncio.run(scenario())


def test_progress_counts_and_estimates() -> None:
    async def scenario() -> None:
        bench = Bench()
        job = bench.add(FakeReader(errors={2: PageDamaged("page 2")}), 3)
        assert job.progress.pages_per_second is None
        assert job.progress.seconds_left is None

        await job.wait()

        told = [event.progress for event in bench.events if isinstance(event, JobProgressed)]
        assert [(one.done, one.failed) for one in told] == [(1, 0), (1, 1), (2, 1)]
        assert told[-1].seconds_left == 0.0
        assert told[0].pages_per_second is not None and told[0].pages_per_second > 0

    asyncio.run(scenario())
