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
from engine.readers.auto import AutoReader
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingRequest
from engine.tasks.task import Task

if TYPE_CHECKING:
    from engine.pages.image import PageImage
    from engine.pages.source import PageSource, TextLayer
    from engine.readers.auto import PictureReader

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

    def waits(self, source: PageSource, number: int) -> bool:
        """Tell whether a page only waits for the reading of its picture to begin."""
        ...


class AutoSecondReader:
    """Lets the page's own text speak where it is sound, and the built-in reader where it is not."""

    def __init__(self, cpu: PictureReader, *, at_once: int = CPU_PAGES_AT_ONCE) -> None:
        """Use the built-in reader, which its owner closes.

        Args:
            cpu: Reads the pictures of pages.
            at_once: How many of them are being read together.
        """
        self._row = _Row(cpu, at_once)
        self._auto = AutoReader(_LayerLines(), self._row)

    async def lines_of(self, source: PageSource, number: int) -> tuple[tuple[Line, ...], str]:
        """Return the lines of a page, and who read them. See `SecondReader`."""
        request = ReadingRequest(source, number, Task.TEXT)
        async with aclosing(self._auto.read(request)) as events:
            async for event in events:
                if isinstance(event, ReadingDone):
                    unknown = any(w.code is WarningCode.SCRIPT_NOT_COVERED for w in event.result.warnings)
                    return ((), "") if unknown or not event.result.lines else (event.result.lines, event.result.reader)
        return (), ""

    def waits(self, source: PageSource, number: int) -> bool:
        """Tell whether a page only waits for the reading of its picture to begin."""
        return self._row.waiting[(id(source), number)] > 0


class _LayerLines:
    """Takes the lines of a page's own text as they are: nobody needs them laid out."""

    pages_at_once = 3

    async def lay_out(self, request: ReadingRequest, layer: TextLayer) -> ReadingDone:
        size = await request.source.size(request.number)
        lines = tuple(line for line in layer.lines if line.text.strip())
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
        page = (id(request.source), request.number)
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
