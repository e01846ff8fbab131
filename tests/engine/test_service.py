"""The façade: documents open and close cleanly, wrong wishes are refused in words, cancelling keeps what is read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.errors import Cancelled, NotFound, TaskNotSupported, UsageError
from engine.events import DocumentClosed, DocumentOpened, Event, JobEnded, JobOutcome
from engine.pages import opening
from engine.service import Document, Service
from engine.tasks.task import Task, TaskOrder
from tests.support.fake_pages import FakeReader, FakeSource


class Desk:
    """A service whose sources and readers are fakes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, reader: FakeReader | None = None, pages: int = 3) -> None:
        self.source = FakeSource(pages)
        self.reader = reader or FakeReader()
        self.events: list[Event] = []

        async def open_fake(target: object, *, password: str | None = None, name: str = "") -> FakeSource:
            return self.source

        monkeypatch.setattr(opening, "open_source", open_fake)
        self.service = Service()
        monkeypatch.setattr(self.service, "_reader", self._reader)
        self.service._readers._made["auto"] = self.reader
        self.service.subscribe(self.events.append)

    def _reader(self, name: str) -> FakeReader:
        return self.reader

    async def open(self) -> Document:
        return await self.service.open(Path("fake.pdf"))


def test_opening_reading_and_closing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        desk = Desk(monkeypatch)
        document = await desk.open()

        job = desk.service.read(document)
        assert await job.wait() is JobOutcome.FINISHED
        assert sorted(document.results) == [1, 2, 3]
        await desk.service.close_document(document)
        await desk.service.close_document(document)

        assert desk.source.closed == 1
        assert isinstance(desk.events[0], DocumentOpened)
        assert [event for event in desk.events if isinstance(event, DocumentClosed)] == [DocumentClosed(document.id)]
        await desk.service.close()

    asyncio.run(scenario())


def test_only_the_wanted_pages_are_read_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        desk = Desk(monkeypatch, pages=9)
        document = await desk.open()

        await desk.service.read(document, numbers=[7, 2, 7]).wait()

        assert desk.reader.begun == [7, 2]
        await desk.service.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("numbers", [[0], [4], [-1], []])
def test_pages_that_are_not_there_are_refused(monkeypatch: pytest.MonkeyPatch, numbers: list[int]) -> None:
    async def scenario() -> None:
        desk = Desk(monkeypatch)
        document = await desk.open()

        with pytest.raises(UsageError):
            desk.service.read(document, numbers=numbers)

        assert desk.reader.begun == []
        await desk.service.close()

    asyncio.run(scenario())


def test_a_task_that_the_reader_cannot_do_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        desk = Desk(monkeypatch)
        document = await desk.open()

        with pytest.raises(TaskNotSupported, match="translation"):
            desk.service.read(document, order=TaskOrder(Task.TRANSLATION))
        await desk.service.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (TaskOrder(Task.TRANSLATION, target_language="fr"), "Chinese .zh. and English .en., not into “fr”"),
        (TaskOrder(Task.TRANSLATION), "into which language"),
        (TaskOrder(Task.FIELDS), "no field was named"),
        (TaskOrder(Task.QUESTION, question=" "), "no question was asked"),
    ],
)
def test_what_no_model_can_do_is_refused_before_an_engine_is_started(
    monkeypatch: pytest.MonkeyPatch, order: TaskOrder, words: str
) -> None:
    async def scenario() -> None:
        desk = Desk(monkeypatch)
        document = await desk.open()

        monkeypatch.undo()  # the readers are the real ones
        with pytest.raises((TaskNotSupported, UsageError), match=words):
            desk.service.read(document, order=order, reader="vllm")
        assert not desk.service.engine.status.running
        await desk.service.close()

    asyncio.run(scenario())


def test_an_unknown_reader_is_refused_by_name() -> None:
    async def scenario() -> None:
        service = Service()
        with pytest.raises(UsageError, match="auto, cpu, text"):
            service.tasks_of("oracle")
        await service.close()

    asyncio.run(scenario())


def test_closing_a_document_stops_its_jobs_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        gate = asyncio.Semaphore(1)
        desk = Desk(monkeypatch, reader=FakeReader(gate=gate, slow_to_stop=5))
        document = await desk.open()
        job = desk.service.read(document)
        while not document.results:
            await asyncio.sleep(0)

        await desk.service.close_document(document)

        assert job.outcome is JobOutcome.CANCELLED
        assert desk.reader.at_work == 0
        ended = [index for index, event in enumerate(desk.events) if isinstance(event, JobEnded)]
        closed = [index for index, event in enumerate(desk.events) if isinstance(event, DocumentClosed)]
        assert ended < closed
        await desk.service.close()

    asyncio.run(scenario())


def test_the_page_being_looked_at_is_read_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        gate = asyncio.Semaphore(0)
        desk = Desk(monkeypatch, reader=FakeReader(gate=gate), pages=5)
        document = await desk.open()
        job = desk.service.read(document)
        await asyncio.sleep(0.01)

        desk.service.look_at(document, 4)
        for _ in range(5):
            gate.release()
        await job.wait()

        assert desk.reader.begun == [1, 4, 5, 2, 3]
        await desk.service.close()

    asyncio.run(scenario())


def test_the_end_closes_everything_and_may_come_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        desk = Desk(monkeypatch, reader=FakeReader(gate=asyncio.Semaphore(0)))
        document = await desk.open()
        job = desk.service.read(document)
        await asyncio.sleep(0)

        await desk.service.close()
        await desk.service.close()

        assert job.outcome is JobOutcome.CANCELLED
        assert desk.source.closed == 1
        assert desk.reader.closed == 1
        assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()

    asyncio.run(scenario())


def test_a_file_that_is_not_there_leaves_no_document(tmp_path: Path) -> None:
    async def scenario() -> None:
        service, events = Service(), list[Event]()
        service.subscribe(events.append)

        with pytest.raises(NotFound):
            await service.open(tmp_path / "none.pdf")

        assert events == []
        await service.close()

    asyncio.run(scenario())


def test_what_is_opened_while_the_service_closes_is_closed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        desk = Desk(monkeypatch)
        go_on = asyncio.Event()

        async def open_slowly(target: object, *, password: str | None = None, name: str = "") -> FakeSource:
            await go_on.wait()
            return desk.source

        monkeypatch.setattr(opening, "open_source", open_slowly)
        waiting = asyncio.ensure_future(desk.open())
        await asyncio.sleep(0)

        await desk.service.close()
        go_on.set()

        with pytest.raises(Cancelled):
            await waiting
        assert desk.source.closed == 1
        assert not any(isinstance(event, DocumentOpened) for event in desk.events)

    asyncio.run(scenario())
