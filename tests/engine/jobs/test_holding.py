"""What reads goes away in mid-job: no page is lost, none is read twice, and only the one that does the harm fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from engine.engine_errors import (
    CardLost,
    EngineAbsent,
    EngineBusy,
    EngineCrashed,
    EngineStalled,
    RemoteKeyRefused,
    RemoteUnreachable,
)
from engine.errors import DiglotError, PageDamaged
from engine.events import JobEnded, JobGoesOn, JobOutcome, JobPaused, PageFailed, PagePutBack
from engine.jobs import hold
from engine.jobs.job import Job, PageState
from tests.support.job_bench import DOCUMENT, OTHER, Bench, MortalReader, turns, until

AWAY = [EngineCrashed, EngineStalled, CardLost, RemoteUnreachable, EngineBusy]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reader that went away be tried again at once."""
    monkeypatch.setattr(hold, "HOLD_S", (0.002, 0.004))


def paused_by(bench: Bench, job: Job) -> list[type[DiglotError] | None]:
    told = [event for event in bench.events if isinstance(event, JobPaused) and event.job == job.id]
    return [None if event.error is None else type(event.error) for event in told]


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("error", AWAY)
def test_an_engine_that_goes_away_and_comes_back_costs_no_page(error: type[DiglotError]) -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(pages_at_once=4)
        job = bench.add(reader, 30)
        bench.after(8, lambda: setattr(reader, "away", error("somebody")))
        await until(lambda: job.paused)
        tries = len(reader.begun)
        await until(lambda: len(reader.begun) >= tries + 6)  # far more tries than a page may have setbacks
        assert reader.at_work <= 1 and job.paused and isinstance(job.error, error)
        assert job.progress.pages_per_second is None
        reader.away = None

        assert await job.wait() is JobOutcome.FINISHED
        assert sorted(reader.read_whole) == sorted(bench.kept) == list(range(1, 31))  # each once
        assert bench.failures() == []
        assert paused_by(bench, job) == [error]
        assert len(bench.told(JobGoesOn)) == 1
        assert bench.told(PagePutBack)
        assert job.error is None and not job.paused

    asyncio.run(scenario())


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("deadly", [{1}, {5}, {9}, {2, 7}, {1, 2}])
def test_a_page_that_ends_the_engine_whenever_it_is_read_fails_alone(deadly: set[int]) -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(pages_at_once=4, deadly=deadly)
        job = bench.add(reader, 9)

        # An engine that comes up again says so; with one page left, nothing else could.
        def comes_up(event: object) -> None:
            if isinstance(event, PagePutBack):
                asyncio.get_running_loop().call_soon(bench.queue.reader_is_back, reader)

        bench.bus.subscribe(comes_up)
        assert await job.wait() is JobOutcome.INCOMPLETE

        assert sorted(bench.failures()) == sorted(bench.failed) == sorted(deadly)
        assert sorted(reader.read_whole) == sorted(bench.kept) == sorted(set(range(1, 10)) - deadly)
        assert all(isinstance(page.error, EngineCrashed) for page in job.failures)
        for number in deadly:
            assert reader.beside[number][-1] == 0  # at the last it was read by itself
        others = [number for number in reader.begun if number not in deadly]
        assert max(others.count(number) for number in others) <= 4

    asyncio.run(scenario())


@pytest.mark.usefixtures("soon")
def test_a_deadly_page_fails_also_where_nobody_says_that_the_engine_is_back() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(pages_at_once=3, deadly={4})
        job = bench.add(reader, 8)

        assert await job.wait() is JobOutcome.INCOMPLETE

        assert [page.number for page in job.failures] == [4]
        assert sorted(bench.kept) == [1, 2, 3, 5, 6, 7, 8]

    asyncio.run(scenario())


@pytest.mark.usefixtures("soon")
def test_all_jobs_of_a_reader_are_held_with_it_and_those_of_others_go_on() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(away=EngineCrashed())
        held = [bench.add(reader, 5), bench.add(reader, 5, document=OTHER)]
        await until(lambda: all(job.paused for job in held))

        assert await bench.add(MortalReader(), 3).wait() is JobOutcome.FINISHED
        reader.away = None

        assert [await job.wait() for job in held] == [JobOutcome.FINISHED] * 2
        assert len(bench.told(JobGoesOn)) == 2

    asyncio.run(scenario())


def crashed_for_good() -> EngineCrashed:
    error = EngineCrashed()
    error.for_good = True
    return error


@pytest.mark.parametrize("error", [EngineAbsent, RemoteKeyRefused, crashed_for_good])
def test_what_no_waiting_mends_is_tried_again_only_when_somebody_says_so(
    error: Callable[[], DiglotError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold, "HOLD_S", (0.0, 0.0))

    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(away=error())
        job = bench.add(reader, 3)
        await until(lambda: job.paused)
        tried = len(reader.begun)
        await asyncio.sleep(0.02)
        assert len(reader.begun) == tried

        bench.queue.go_on(job.id)
        await until(lambda: len(reader.begun) == tried + 1)
        await turns()
        assert job.paused and paused_by(bench, job) == [type(error())]  # nothing new to tell

        reader.away = None
        bench.queue.reader_is_back(reader)
        assert await job.wait() is JobOutcome.FINISHED

    asyncio.run(scenario())


def test_a_pause_by_the_person_outranks_a_hold() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(away=EngineCrashed())
        job = bench.add(reader, 3)
        await until(lambda: job.paused)
        bench.queue.pause(job.id)
        assert paused_by(bench, job) == [EngineCrashed, None]
        reader.away, tried = None, len(reader.begun)
        bench.queue.reader_is_back(reader)
        await turns()
        assert len(reader.begun) == tried

        bench.queue.go_on(job.id)

        assert await job.wait() is JobOutcome.FINISHED
        assert paused_by(bench, job) == [EngineCrashed, None, EngineCrashed]

    asyncio.run(scenario())


@pytest.mark.usefixtures("soon")
def test_a_page_that_fails_by_itself_says_nothing_of_the_reader() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(pages_at_once=1, away=EngineCrashed())
        job = bench.add(reader, 4)
        await until(lambda: job.paused)
        stands: list[bool] = []

        def hear(event: object) -> None:
            if isinstance(event, PageFailed):
                stands.append(job.paused)
                reader.away = None

        bench.bus.subscribe(hear)
        reader.away = PageDamaged("a page")

        assert await job.wait() is JobOutcome.INCOMPLETE
        assert stands == [True]  # it was not taken for a sign that the engine is back
        assert len(bench.kept) == 3

    asyncio.run(scenario())


def test_quitting_in_mid_hold_leaves_the_job_open() -> None:
    async def scenario() -> None:
        bench, reader = Bench(), MortalReader(away=EngineCrashed())
        job = bench.add(reader, 5)
        await until(lambda: job.paused)

        await bench.queue.close()

        assert job.outcome is JobOutcome.CANCELLED and job.error is None
        assert bench.ends == [] and bench.failures() == []
        assert {page.state for page in job.pages.values()} == {PageState.DROPPED}
        assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()

    asyncio.run(scenario())


@pytest.mark.usefixtures("soon")
def test_a_job_is_halted_when_patience_is_over_and_can_be_taken_up() -> None:
    async def scenario() -> None:
        bench, reader = Bench(patience_s=0.05), MortalReader()
        job = bench.add(reader, 40)
        bench.after(10, lambda: setattr(reader, "away", RemoteUnreachable("ocr.house")))

        assert await job.wait() is JobOutcome.HALTED

        assert isinstance(job.error, RemoteUnreachable)
        assert bench.ends == []  # the library offers it again
        assert bench.told(PageFailed) == [] and bench.failed == []
        assert job.progress.done == len(bench.kept)
        (ended,) = (event for event in bench.events if isinstance(event, JobEnded))
        assert ended.outcome is JobOutcome.HALTED

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [EngineAbsent, crashed_for_good])
def test_patience_is_not_spent_where_waiting_is_of_no_use(error: Callable[[], DiglotError]) -> None:
    async def scenario() -> None:
        bench, reader = Bench(patience_s=1000.0), MortalReader(away=error())
        jobs = [bench.add(reader, 9), bench.add(reader, 9, document=OTHER)]

        assert [await job.wait() for job in jobs] == [JobOutcome.HALTED] * 2
        assert all(type(job.error) is type(error()) for job in jobs)
        assert len(reader.begun) <= 4
        assert {event.document for event in bench.told(JobEnded) if isinstance(event, JobEnded)} == {DOCUMENT, OTHER}

    asyncio.run(scenario())
