"""The second reader: a page's own text where it is sound, its picture where not, and never many pictures at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest

from engine.errors import ReaderCrashed
from engine.output.blocks import Line, Origin, PageResult, PageWarning, WarningCode
from engine.pages.image import PageImage
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingProgress, ReadingRequest
from engine.readers.second import AutoSecondReader
from tests.support.paper import Paper, line

TEXT = [
    line(f"The quick brown fox jumps over the lazy dog, {number} times", 60 + 16.0 * number, origin=Origin.TEXT_LAYER)
    for number in range(30)
]


@dataclass
class Pictures:
    """Reads pictures as it is told, and lets the test decide when one is done."""

    lines: tuple[Line, ...] = (line("seen in the picture", 60.0),)
    warnings: tuple[PageWarning, ...] = ()
    agrees: bool = True
    error: Exception | None = None
    gate: asyncio.Event | None = None
    pages_at_once: int = 2
    reading: list[int] = field(default_factory=list)
    most: int = 0
    cancelled: int = 0

    async def warm_up(self) -> None:
        pass

    async def check_lines(self, image: PageImage, quads: list[list[list[float]]], *, subject: str) -> list[str]:
        down = image.height / image.page.height
        tops = [round(min(y for _, y in quad) / down) for quad in quads]
        return [
            next(each.text for each in TEXT if abs(each.box.y0 - top) <= 1) if self.agrees else "@@" for top in tops
        ]

    async def turn_of(self, image: PageImage, *, subject: str) -> int:
        return 90

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        self.reading.append(request.number)
        self.most = max(self.most, len(self.reading))
        try:
            yield ReadingProgress(0, 1)
            if self.gate is not None:
                await self.gate.wait()
            if self.error is not None:
                raise self.error
            result = PageResult(request.number, 595, 842, "pt", "cpu", (), self.lines, self.warnings)
            yield ReadingDone(result)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.reading.remove(request.number)


def opinion(pictures: Pictures, paper: Paper) -> tuple[tuple[Line, ...], str]:
    return asyncio.run(AutoSecondReader(pictures).lines_of(paper, 1))


def test_a_sound_text_layer_speaks_for_itself() -> None:
    pictures = Pictures()

    lines, by = opinion(pictures, Paper(TEXT, layered=True))

    assert by == "text" and lines == tuple(TEXT) and not pictures.most


def test_a_text_layer_that_says_something_else_than_the_page_is_not_heard() -> None:
    lines, by = opinion(Pictures(agrees=False, lines=tuple(TEXT)), Paper(TEXT, layered=True))

    assert by == "cpu" and lines


def test_a_page_without_text_of_its_own_is_read_from_its_picture() -> None:
    lines, by = opinion(Pictures(), Paper(TEXT))

    assert by == "cpu" and [each.text for each in lines] == ["seen in the picture"]


def test_who_cannot_read_the_script_says_nothing() -> None:
    pictures = Pictures(warnings=(PageWarning(WarningCode.SCRIPT_NOT_COVERED),))

    assert opinion(pictures, Paper(TEXT)) == ((), "")
    assert opinion(Pictures(lines=()), Paper(TEXT)) == ((), "")


def test_an_error_is_the_callers() -> None:
    with pytest.raises(ReaderCrashed):
        opinion(Pictures(error=ReaderCrashed("page 1")), Paper(TEXT))


def test_few_pictures_are_read_at_once_and_who_waits_can_be_told() -> None:
    async def go() -> None:
        pictures = Pictures(gate=asyncio.Event())
        second, paper = AutoSecondReader(pictures, at_once=2), Paper(TEXT, page_count=5)
        assert pictures.gate is not None
        reading = [asyncio.create_task(second.lines_of(paper, number)) for number in range(1, 6)]
        while len(pictures.reading) < 2 or second.meanwhile(paper, 5) is None:
            await asyncio.sleep(0)
        assert [second.meanwhile(paper, number) for number in range(1, 6)] == [None, None, *[((), "")] * 3]
        assert second.meanwhile(Paper(TEXT), 5) is None

        reading[3].cancel()  # one that waits, and one that is being read
        reading[0].cancel()
        await asyncio.gather(reading[0], reading[3], return_exceptions=True)
        while len(pictures.reading) < 2:
            await asyncio.sleep(0)
        assert second.meanwhile(paper, 4) is None and pictures.cancelled == 1

        pictures.gate.set()
        done = await asyncio.gather(*reading, return_exceptions=True)
        assert [isinstance(each, tuple) for each in done] == [False, True, True, False, True]
        assert pictures.most == 2 and not pictures.reading
        assert all(second.meanwhile(paper, number) is None for number in range(1, 6))

    asyncio.run(go())


def test_the_little_text_of_its_own_is_to_be_had_while_the_picture_waits() -> None:
    async def go() -> None:
        pictures = Pictures(gate=asyncio.Event())
        few = TEXT[:2]
        second, paper = AutoSecondReader(pictures, at_once=1), Paper(few, layered=True, page_count=2)
        reading = [asyncio.create_task(second.lines_of(paper, number)) for number in (1, 2)]
        while len(pictures.reading) < 1 or second.meanwhile(paper, 2) is None:
            await asyncio.sleep(0)

        assert second.meanwhile(paper, 2) == (tuple(few), "text") and second.meanwhile(paper, 1) is None

        assert pictures.gate is not None
        pictures.gate.set()
        await asyncio.gather(*reading)
        assert second.meanwhile(paper, 2) is None

    asyncio.run(go())


def test_a_text_that_was_not_confirmed_is_not_to_be_had_meanwhile() -> None:
    async def go() -> None:
        pictures = Pictures(gate=asyncio.Event(), agrees=False)
        second, paper = AutoSecondReader(pictures, at_once=1), Paper(TEXT, layered=True, page_count=4)
        reading = [asyncio.create_task(second.lines_of(paper, number)) for number in range(1, 5)]
        told = None
        while told is None:
            await asyncio.sleep(0)
            told = next(filter(None, (second.meanwhile(paper, number) for number in range(1, 5))), None)
        assert told == ((), "")
        for each in reading:
            each.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

    asyncio.run(go())
