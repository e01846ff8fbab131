"""What a person writes in the place of what was read is shown at once, kept beside the reading, and holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from engine.output.blocks import Doubt, DoubtKind
from engine.output.corrections import Site, text_at
from engine.service import Document, Service
from tests.support.command import pdf_with_text

TEXT = "The total is 1280 and is paid by the tenant every month."
AFTER = TEXT.replace("1280", "1260")
FIRST = Site(0)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    return pdf_with_text(tmp_path / "book.pdf", TEXT, "The second page has words of its own, enough of them.")


async def read(service: Service, document: Document, *numbers: int) -> None:
    await service.read(document, numbers=numbers or None, reader="text").wait()


async def put_in_doubt(document: Document) -> None:
    """Let two words of the first page be doubtful."""
    at, name = TEXT.index("1280"), TEXT.index("tenant")
    doubts = (Doubt(0, at, at + 4, DoubtKind.UNSURE, grave=True), Doubt(0, name, name + 6, DoubtKind.UNSURE))
    await document.results.put(replace(document.results[1], doubts=doubts))


@pytest.mark.slow
def test_a_correction_is_shown_at_once_and_holds_when_the_page_is_read_again(book: Path) -> None:
    async def work() -> None:
        service = Service()
        document = await service.open(book)
        await read(service, document)
        await put_in_doubt(document)

        assert await service.correct(document, 1, FIRST, AFTER)

        assert text_at(document.results[1], FIRST) == AFTER
        assert [doubt.end - doubt.start for doubt in document.results[1].doubts] == [6]
        assert await service.confirm(document, 1, FIRST, "tenant")
        assert document.results[1].doubts == ()
        await read(service, document, 1)
        assert text_at(document.results[1], FIRST) == AFTER
        assert not await service.correct(document, 1, Site(99), "nothing stands there")
        assert not await service.correct(document, 1, Site(0, 1, 1), "that is no table")
        await service.close()

    asyncio.run(work())


@pytest.mark.slow
def test_corrections_made_at_once_are_all_there(book: Path) -> None:
    async def work() -> None:
        service = Service()
        document = await service.open(book)
        await read(service, document, 1)
        await put_in_doubt(document)

        await asyncio.gather(
            service.confirm(document, 1, FIRST, "tenant"),
            service.correct(document, 1, FIRST, AFTER),
            service.confirm(document, 1, FIRST, "month"),
        )

        assert text_at(document.results[1], FIRST) == AFTER
        assert document.results[1].doubts == ()
        await service.close()

    asyncio.run(work())


@pytest.mark.slow
def test_a_correction_is_there_on_the_next_day_and_is_found(book: Path) -> None:
    async def first() -> None:
        service = Service(keeps=True)
        document = await service.open(book)
        await read(service, document)
        await service.correct(document, 1, FIRST, TEXT.replace("1280", "1270"))
        await service.correct(document, 1, FIRST, AFTER)
        await service.confirm(document, 1, FIRST, "tenant")
        await service.close()

    async def second() -> None:
        service = Service(keeps=True)
        document = await service.open(book)
        assert await service.recall(document) == 2
        assert text_at(document.results[1], FIRST) == AFTER
        library = await service.library()
        assert (await library.search("1260")).total == 1
        (kept,) = await service.readings(document, 1)
        assert text_at(kept.result, FIRST) == TEXT, "the reading itself stays as it was"
        assert kept.corrections["block/0"].replaced == TEXT
        assert kept.corrections["kept/0"].text == "tenant"
        await service.close()

    async def third() -> None:
        service = Service(keeps=True)
        document = await service.open(book)
        await read(service, document)  # without looking at what was read before
        assert text_at(document.results[1], FIRST) == AFTER
        await service.close()

    for day in (first, second, third):
        asyncio.run(day())


@pytest.mark.slow
def test_an_older_reading_can_be_taken_in_its_place(book: Path) -> None:
    async def work() -> None:
        service = Service(keeps=True)
        document = await service.open(book)
        await read(service, document, 1)
        await service.correct(document, 1, FIRST, AFTER)
        await service.read(document, numbers=[1], reader="cpu").wait()
        assert document.results[1].reader == "cpu"
        older = next(kept for kept in await service.readings(document, 1) if kept.result.reader == "text")

        await service.show_reading(document, older)

        assert document.results[1].reader == "text"
        assert text_at(document.results[1], FIRST) == AFTER
        assert await service.correct(document, 1, FIRST, TEXT)
        (again,) = [kept for kept in await service.readings(document, 1) if kept.result.reader == "text"]
        assert again.corrections["block/0"].text == TEXT
        await service.close()

    asyncio.run(work())
