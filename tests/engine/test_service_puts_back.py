"""What a person wrote is taken back: what was read stands there again with its doubts, here and in the library."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from engine.output.blocks import Doubt, DoubtKind
from engine.output.corrections import Site, text_at
from engine.service import Document, Service
from engine.tasks.task import Task, TaskOrder
from tests.support.fake_pages import FakeReader, FakeSource

FIRST = Site(0)
ENGLISH = TaskOrder(Task.DOCUMENT, source_language="en")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.pages import opening

    async def open_fake(target: object, *, password: str | None = None, name: str = "") -> FakeSource:
        return FakeSource(page_count=2)

    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(opening, "open_source", open_fake)


async def opened(*, keeps: bool) -> tuple[Service, Document]:
    service = Service(keeps=keeps)
    service._readers._made |= {"auto": FakeReader()}
    return service, await service.open(Path("fake.pdf"))


def said(document: Document) -> str | None:
    return text_at(document.results[1], FIRST)


@pytest.mark.parametrize("keeps", [False, True])
def test_what_was_read_stands_there_again_with_its_doubts(keeps: bool) -> None:
    async def run() -> None:
        service, document = await opened(keeps=keeps)
        await service.read(document).wait()
        before = replace(document.results[1], doubts=(Doubt(0, 0, 4, DoubtKind.UNSURE),))
        await document.results.put(before)
        await service.correct(document, 1, FIRST, "leaf 1")
        assert document.results[1].doubts == ()

        assert await service.put_back(document, 1, "block/0")

        assert document.results[1] == before
        assert not await service.put_back(document, 1, "block/0"), "there is nothing more to take back"
        assert not await service.put_back(document, 2, "block/0")
        assert [kept.corrections for kept in await service.readings(document, 1)] == ([{}] if keeps else [])
        await service.close()

    asyncio.run(run())


def test_the_last_of_several_is_taken_back_alone() -> None:
    async def run() -> None:
        service, document = await opened(keeps=True)
        await service.read(document).wait()
        await document.results.put(replace(document.results[1], doubts=(Doubt(0, 0, 4, DoubtKind.UNSURE),)))
        await service.confirm(document, 1, FIRST, "page")
        await service.correct(document, 1, FIRST, "page 7")
        earlier = service.written(document, 1)["block/0"]
        await service.correct(document, 1, FIRST, "page 8")

        await service.put_back(document, 1, "block/0", earlier)

        assert said(document) == "page 7"
        (kept,) = await service.readings(document, 1)
        assert kept.corrections["block/0"] == earlier
        assert document.results[1].doubts == ()
        await service.put_back(document, 1, "kept/0")
        assert len(document.results[1].doubts) == 1, "what was said to be right is asked about again"
        assert said(document) == "page 7"
        await service.close()

    asyncio.run(run())


def test_a_correction_of_an_earlier_day_is_taken_back() -> None:
    async def first() -> None:
        service, document = await opened(keeps=True)
        await service.read(document).wait()
        await service.correct(document, 1, FIRST, "leaf 1")
        await service.close()

    async def second() -> None:
        service, document = await opened(keeps=True)
        await service.recall(document)
        assert said(document) == "leaf 1"
        assert await service.put_back(document, 1, "block/0")
        assert said(document) == "page 1"
        await service.close()

    async def third() -> None:
        service, document = await opened(keeps=True)
        await service.recall(document)
        assert said(document) == "page 1"
        await service.close()

    for day in (first, second, third):
        asyncio.run(day())


def test_the_newest_reading_is_what_comes_back() -> None:
    async def run() -> None:
        service, document = await opened(keeps=False)
        await service.read(document).wait()
        await service.correct(document, 1, FIRST, "leaf 1")
        await service.read(document, numbers=[1], order=ENGLISH).wait()
        assert said(document) == "page 1" and service.written(document, 1) == {}
        await service.read(document, numbers=[1]).wait()
        assert said(document) == "leaf 1"

        await service.put_back(document, 1, "block/0")

        assert said(document) == "page 1"
        await service.close()

    asyncio.run(run())


def test_a_reading_that_was_chosen_is_the_one_that_is_recalled_until_the_page_is_read_anew() -> None:
    async def choose() -> None:
        service, document = await opened(keeps=True)
        await service.read(document, numbers=[1]).wait()
        await service.read(document, numbers=[1], order=ENGLISH).wait()
        newer, older = await service.readings(document, 1)
        assert newer.key.order == ENGLISH

        await service.show_reading(document, older)

        chosen, other = await service.readings(document, 1)
        assert (chosen, other) == (older, newer), "when it was made stays as it was"
        assert (await (await service.library()).search("page")).total == 1, "it is found as before"
        await service.close()

    async def recall(expected: TaskOrder) -> None:
        service, document = await opened(keeps=True)
        assert await service.recall(document) == 1
        assert document.keys[1].order == expected
        await service.read(document, numbers=[1], order=ENGLISH).wait()
        await service.close()

    asyncio.run(choose())
    asyncio.run(recall(TaskOrder()))
    asyncio.run(recall(ENGLISH))
