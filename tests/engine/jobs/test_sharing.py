"""The slots of a reader: shared fairly, as many as it wants now, and the page being looked at before all others."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import PageDamaged
from engine.events import JobOutcome, PageFinished
from engine.jobs import queue
from engine.readers.reader import ReadingRequest
from tests.support.fake_pages import FakeReader
from tests.support.job_bench import DOCUMENT, OTHER, Bench, turns, until


@pytest.mark.parametrize("slots", [1, 3, 8])
def test_two_jobs_get_as_many_pages_as_each_other(slots: int) -> None:
    async def scenario() -> None:
        bench, reader = Bench(), FakeReader(pages_at_once=slots)
        counts = {DOCUMENT: 0, OTHER: 0}
        gaps: list[int] = []

        def hear(event: object) -> None:
            if isinstance(event, PageFinished):
                counts[event.document] += 1
                gaps.append(abs(counts[DOCUMENT] - counts[OTHER]))

        bench.bus.subscribe(hear)
        jobs = [bench.add(reader, 24, document=document) for document in (DOCUMENT, OTHER)]

        assert [await job.wait() for job in jobs] == [JobOutcome.FINISHED] * 2
        assert max(gaps) <= 1
        assert reader.most_at_work == slots

    asyncio.run(scenario())


def test_a_job_that_comes_later_shares_at_once_and_a_long_one_takes_the_rest() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        seen: list[tuple[int, int]] = []
        reader = FakeReader(pages_at_once=2, gate=gate, on_start=lambda r: seen.append((id(r.source), r.number)))
        long = bench.add(reader, 9)
        await turns()
        short = bench.add(reader, 2, document=OTHER)
        for _ in range(11):
            gate.release()
            await turns()

        assert [number for _, number in seen] == [1, 2, 1, 3, 2, 4, 5, 6, 7, 8, 9]
        assert [source == id(short.source) for source, _ in seen[:6]] == [False, False, True, False, True, False]
        assert await long.wait() is await short.wait() is JobOutcome.FINISHED

    asyncio.run(scenario())


def test_a_job_that_is_put_first_goes_before_the_others() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        reader = FakeReader(gate=gate)
        one, other = bench.add(reader, 3), bench.add(reader, 3, document=OTHER)
        await turns()  # page 1 of the first is under way
        bench.queue.put_first(other.id)
        for _ in range(6):
            gate.release()
            await turns()

        order = [event.document for event in bench.events if isinstance(event, PageFinished)]
        assert order == [DOCUMENT, OTHER, OTHER, OTHER, DOCUMENT, DOCUMENT]
        assert await one.wait() is await other.wait() is JobOutcome.FINISHED

    asyncio.run(scenario())


def test_a_reader_is_asked_anew_how_many_pages_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LOOK_AGAIN_S", 0.01)

    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        reader = FakeReader(pages_at_once=2, gate=gate)
        job = bench.add(reader, 12)
        await until(lambda: reader.at_work == 2)

        reader.pages_at_once = 5  # nothing has ended: the queue looks by itself
        await until(lambda: reader.at_work == 5)

        reader.pages_at_once = 1
        for _ in range(5):
            gate.release()
        await until(lambda: len(bench.kept) == 5)
        await turns()
        assert reader.at_work == 1
        for _ in range(7):
            gate.release()
        assert await job.wait() is JobOutcome.FINISHED

    asyncio.run(scenario())


def test_the_page_being_looked_at_begins_though_all_slots_are_taken_and_streams() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        live: list[int] = []
        reader = FakeReader(
            pages_at_once=2, gate=gate, on_start=lambda request: live.append(request.number) if request.live else None
        )
        job = bench.add(reader, 9)
        await turns()
        assert reader.begun == [1, 2]

        bench.queue.prefer(DOCUMENT, 6)
        await turns()
        assert reader.begun == [1, 2, 6]
        bench.queue.prefer(DOCUMENT, 8)  # one page goes beyond the slots, not two
        await turns()
        assert reader.begun == [1, 2, 6]

        gate.release()
        await turns()
        assert reader.begun == [1, 2, 6, 8]
        for _ in range(8):
            gate.release()
            await turns()
        assert reader.begun == [1, 2, 6, 8, 9, 3, 4, 5, 7]
        assert live == [6, 8]
        assert reader.most_at_work == 3
        assert await job.wait() is JobOutcome.FINISHED

    asyncio.run(scenario())


def test_a_job_begins_where_one_looks() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), FakeReader()
        requests: list[ReadingRequest] = []
        reader.on_start = requests.append
        bench.queue.prefer(DOCUMENT, 3)
        job = bench.add(reader, 4)

        await job.wait()

        assert reader.begun == [3, 4, 1, 2]
        assert [request.live for request in requests] == [True, False, False, False]

    asyncio.run(scenario())


def test_readers_do_not_wait_for_each_other() -> None:
    async def scenario() -> None:
        bench, gate = Bench(), asyncio.Semaphore(0)
        stuck = bench.add(FakeReader(gate=gate), 2)
        free = bench.add(FakeReader(errors={2: PageDamaged("page 2")}), 3, document=OTHER)

        assert await free.wait() is JobOutcome.INCOMPLETE
        assert stuck.outcome is None
        await bench.queue.close()

    asyncio.run(scenario())
