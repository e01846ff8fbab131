"""SecondReader: what another reader has on the same page, to place what a model read and to doubt it where they differ.

That is the page's own text where it is sound, and the built-in reader's reading of the picture where it is not. The
built-in reader takes seconds for a page and a good card a fraction of one: few of its readings are under way at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from engine.output.blocks import Line, PageResult, WarningCode
from engine.readers.auto import AutoReader, JudgedLayer, PictureReader, Verdict
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingRequest
from engine.tasks.task import Task

if TYPE_CHECKING:
    from engine.pages.image import PageImage
    from engine.pages.source import PageSource, TextLayer
CPU_PAGES_AT_ONCE = 2
"""As many as the built-in reader works on: one is read while the next is drawn and looked over. More would only wait,
and a page that a person reads with the built-in reader itself would wait behind them."""


class SecondReader(Protocol):
    """Reads lines beside a model."""

    async def lines_of(self, source: PageSource, number: int) -> tuple[tuple[Line, ...], str]:
        """Return the lines of a page, and who read them: "text" its own text, "cpu" the picture; ((), "") for nobody.

        Raises:
            PageError: The page cannot be drawn or parsed.
            ReaderError: The picture could not be read.
        """
        ...

    def meanwhile(self, source: PageSource, number: int) -> tuple[tuple[Line, ...], str] | None:
        """Return what can be had at once of a page whose picture only waits to be read; None where none waits.

        That is the little text of its own that such a page may have, with "text", or else nothing: ((), "").
        """
        ...

    async def turn_of(self, image: PageImage, *, subject: str) -> int:
        """Return by how many degrees a page whose lines run down or up is to be turned clockwise, 0 if that is unclear.

        Raises:
            ReaderError: The picture could not be read.
        """
        ...


class PictureAndTurnReader(PictureReader, Protocol):
    """Reads the pictures of pages, and tells which way up they stand; `CpuReader` is one."""

    async def turn_of(self, image: PageImage, *, subject: str) -> int:
        """Return by how many degrees a page whose lines run down or up is to be turned clockwise."""
        ...


class AutoSecondReader:
    """Lets the page's own text speak where it is sound, and the built-in reader where it is not."""

    def __init__(self, cpu: PictureAndTurnReader, *, at_once: int = CPU_PAGES_AT_ONCE) -> None:
        """Use the built-in reader, which its owner closes.

        Args:
            cpu: Reads the pictures of pages.
            at_once: How many of them are being read together.
        """
        self._cpu = cpu
        self._row = _Row(cpu, at_once)
        self._auto = AutoReader(_LayerLines(), self._row)
        self._scant: dict[tuple[int, int], tuple[Line, ...]] = {}

    async def lines_of(self, source: PageSource, number: int) -> tuple[tuple[Line, ...], str]:
        """Return the lines of a page, and who read them. See `SecondReader`."""
        request = ReadingRequest(source, number, Task.TEXT)
        judged = await self._auto.judged(request)
        if judged.verdict is Verdict.SCANT:
            self._scant[_key(source, number)] = judged.lines()
        try:
            async with aclosing(self._auto.read_judged(request, judged)) as events:
                async for event in events:
                    if isinstance(event, ReadingDone):
                        return _said(event.result)
        finally:
            self._scant.pop(_key(source, number), None)
        return (), ""

    def meanwhile(self, source: PageSource, number: int) -> tuple[tuple[Line, ...], str] | None:
        """Return what can be had at once of a page whose picture only waits to be read. See `SecondReader`."""
        key = _key(source, number)
        if not self._row.waiting[key]:
            return None
        lines = self._scant.get(key, ())
        return lines, "text" if lines else ""

    async def turn_of(self, image: PageImage, *, subject: str) -> int:
        """Return by how many degrees a page is to be turned clockwise. See `SecondReader`."""
        return await self._cpu.turn_of(image, subject=subject)


class _LayerLines:
    """Takes the lines of a page's own text as they are: nobody needs them laid out."""

    pages_at_once = 3

    async def lay_out(self, request: ReadingRequest, layer: TextLayer) -> ReadingDone:
        size = await request.source.size(request.number)
        lines = JudgedLayer(Verdict.SOUND, layer).lines()
        unit = request.source.info.unit
        return ReadingDone(PageResult(request.number, size.width, size.height, unit, "text", lines=lines))


class _Row:
    """The built-in reader with a row before it."""

    def __init__(self, cpu: PictureReader, at_once: int) -> None:
        self._cpu = cpu
        self._turns = asyncio.Semaphore(at_once)
        self.waiting: Counter[tuple[int, int]] = Counter()

    @property
    def pages_at_once(self) -> int:
        return self._cpu.pages_at_once

    async def warm_up(self) -> None:
        await self._cpu.warm_up()

    async def check_lines(self, image: PageImage, quads: list[list[list[float]]], *, subject: str) -> list[str]:
        return await self._cpu.check_lines(image, quads, subject=subject)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        page = _key(request.source, request.number)
        self.waiting[page] += 1
        try:
            await self._turns.acquire()
        finally:
            self.waiting[page] -= 1
            self.waiting += Counter()  # forgets who is at zero
        try:
            async with aclosing(self._cpu.read(request)) as events:
                async for event in events:
                    yield event
        finally:
            self._turns.release()


def _key(source: PageSource, number: int) -> tuple[int, int]:
    return id(source), number


def _said(result: PageResult) -> tuple[tuple[Line, ...], str]:
    """Return the lines of a page and who read them; nobody's where its script is none that the reader knows."""
    unknown = any(warning.code is WarningCode.SCRIPT_NOT_COVERED for warning in result.warnings)
    return ((), "") if unknown or not result.lines else (result.lines, result.reader)
