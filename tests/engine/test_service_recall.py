"""What was read before comes back: readings of a document that is known, jobs that were interrupted, failed pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from engine.errors import PageDamaged, UsageError
from engine.events import Event, JobGoesOn, JobOutcome, JobPaused
from engine.pages import opening
from engine.service import Document, Service
from engine.settings import LibrarySettings, Settings, save_settings
from engine.store.errors import JobTaken
from engine.tasks.task import Task, TaskOrder, Way
from tests.support import bad_files
from tests.support.fake_pages import FakeReader, FakeSource


class Home:
    """A home with a library; each service in it is another start of the program. All documents are the same."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch, *, pages: int = 5) -> None:
        self.place = place
        monkeypatch.setenv("DIGLOT_HOME", str(place))
        self.pages = pages

        async def open_fake(target: object, *, password: str | None = None, name: str = "") -> FakeSource:
            return FakeSource(self.pages)

        monkeypatch.setattr(opening, "open_source", open_fake)

    @property
    def has_library(self) -> bool:
        return (self.place / "data" / "library" / "library.db").exists()

    def start(
        self, work: Callable[[Service, Document], Awaitable[None]], reader: FakeReader, *, keeps: bool = True
    ) -> list[Event]:
        """Open the document in a new service, work, and close everything; return what was told."""
        events: list[Event] = []

        async def run() -> None:
            service = Service(keeps=keeps)
            service.subscribe(events.append)
            service._readers._made |= {"auto": reader, "cpu": reader}
            try:
                await work(service, await service.open(Path("fake.pdf")))
            finally:
                await service.close()

        asyncio.run(run())
        return events


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return Home(tmp_path / "home", monkeypatch)


async def read_some(service: Service, document: Document) -> None:
    """Read pages 1 to 3."""
    await service.read(document, numbers=[1, 2, 3]).wait()


def test_a_document_that_is_known_brings_its_readings_back(home: Home) -> None:
    home.start(read_some, FakeReader())

    async def again(service: Service, document: Document) -> None:
        await service.read(document, numbers=[2], reader="cpu").wait()
        newer = document.results[2]
        assert await service.recall(document) == 2
        assert sorted(document.results) == [1, 2, 3]
        assert document.results[2] is newer  # what was read since stays
        assert document.results[3].lines[0].text == "page 3"
        assert await service.recall(document) == 0

    home.start(again, FakeReader(name="cpu"))


def test_readings_of_a_page_stand_side_by_side_the_newest_first(home: Home) -> None:
    async def work(service: Service, document: Document) -> None:
        await service.read(document, numbers=[1]).wait()
        await service.read(document, numbers=[1], order=TaskOrder(Task.DOCUMENT, source_language="en")).wait()
        kept = await service.readings(document, 1)
        assert [one.key.order.source_language for one in kept] == ["en", ""]
        assert await service.readings(document, 2) == []

    home.start(work, FakeReader())


def test_a_service_that_keeps_nothing_remembers_nothing_and_makes_no_library(home: Home) -> None:
    async def work(service: Service, document: Document) -> None:
        await read_some(service, document)
        assert await service.readings(document, 1) == []
        assert await service.recall(document) == 0
        assert await service.interrupted() == []

    home.start(work, FakeReader(), keeps=False)
    assert not home.has_library


def test_looking_for_what_was_read_before_makes_no_library(home: Home) -> None:
    async def work(service: Service, document: Document) -> None:
        assert await service.recall(document) == 0
        assert await service.interrupted() == []
        assert await service.readings(document, 1) == []

    home.start(work, FakeReader())
    assert not home.has_library


def test_what_was_interrupted_is_offered_and_taken_up_with_what_failed(home: Home) -> None:
    async def first(service: Service, document: Document) -> None:
        job = service.read(document, way=Way.SMALLER)
        while job.progress.done + job.progress.failed < 3:
            await asyncio.sleep(0.001)
        service.pause(job)

    gate = asyncio.Semaphore(3)
    home.start(first, FakeReader(gate=gate, errors={2: PageDamaged("page 2")}))

    async def second(service: Service, document: Document) -> None:
        (kept,) = await service.interrupted()
        assert (kept.done, len(kept.failures), kept.left) == (2, 1, 2)
        assert (kept.document.name, kept.document.page_count) == ("fake.pdf", 5)
        job = await service.resume(document, kept.id, failed_too=True)
        assert sorted(job.numbers) == [2, 4, 5] and (job.reader, job.way) == ("auto", Way.SMALLER)
        assert await service.interrupted() == []  # somebody is at it
        assert await job.wait() is JobOutcome.FINISHED
        with pytest.raises(JobTaken):
            await service.resume(document, kept.id)
        with pytest.raises(JobTaken):
            await service.resume(document, "no such job")

    home.start(second, FakeReader())


def test_failed_pages_are_read_again_under_the_name_of_their_job(home: Home) -> None:
    reader = FakeReader(errors={2: PageDamaged("page 2"), 4: PageDamaged("page 4")})

    async def work(service: Service, document: Document) -> None:
        job = service.read(document, order=TaskOrder(Task.DOCUMENT, source_language="en"))
        assert await job.wait() is JobOutcome.INCOMPLETE
        del reader.errors[4]
        again = service.retry_failed(document, job)
        assert again.numbers == (2, 4) and again.order == job.order and again.reader == job.reader
        assert await again.wait() is JobOutcome.INCOMPLETE
        reader.errors.clear()
        last = service.retry_failed(document, again)
        assert await last.wait() is JobOutcome.FINISHED
        (kept,) = await (await service.library()).jobs()
        assert (kept.done, kept.failures, kept.state) == (5, (), "finished")
        with pytest.raises(UsageError, match="no page failed"):
            service.retry_failed(document, last)

    home.start(work, reader)
    assert reader.begun == [1, 2, 3, 4, 5, 2, 4, 2]


def test_failed_pages_are_read_again_where_nothing_is_kept(home: Home) -> None:
    reader = FakeReader(errors={2: PageDamaged("page 2")})

    async def work(service: Service, document: Document) -> None:
        job = service.read(document)
        await job.wait()
        reader.errors.clear()
        assert await service.retry_failed(document, job).wait() is JobOutcome.FINISHED
        assert sorted(document.results) == [1, 2, 3, 4, 5]

    home.start(work, reader, keeps=False)


def test_pausing_going_on_and_putting_first_reach_the_queue(home: Home) -> None:
    async def work(service: Service, document: Document) -> None:
        job, other = service.read(document), service.read(document, numbers=[5, 4])
        service.put_first(other)
        service.pause(job)
        assert await other.wait() is JobOutcome.FINISHED
        assert job.progress.done == 0
        service.go_on(job)
        assert await job.wait() is JobOutcome.FINISHED

    reader = FakeReader()
    events = home.start(work, reader, keeps=False)
    assert reader.begun == [5, 4, 1, 2, 3, 4, 5]
    assert [type(event) for event in events if isinstance(event, JobPaused | JobGoesOn)] == [JobPaused, JobGoesOn]


@pytest.mark.slow
@pytest.mark.parametrize("wished", [False, True])
def test_a_document_that_took_a_password_is_kept_only_where_that_was_wished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wished: bool
) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    save_settings(Settings(library=LibrarySettings(keep_protected=wished)))
    secret = bad_files.encrypted_pdf(tmp_path / "secret.pdf", user="sesame")
    plain = bad_files.pdf(tmp_path / "plain.pdf", 1)

    async def run() -> list[str]:
        service = Service(keeps=True)
        try:
            for path in (secret, plain):
                document = await service.open(path, password="sesame")
                assert document.protected is (path is secret)
                assert await service.read(document, reader="text").wait() is not JobOutcome.CANCELLED
                readings = await service.readings(document, 1)
                assert bool(readings) <= (wished or path is plain)
                await service.close_document(document)
            return sorted(one.facts.name for one in await (await service.library()).documents())
        finally:
            await service.close()

    assert asyncio.run(run()) == (["plain.pdf", "secret.pdf"] if wished else ["plain.pdf"])
