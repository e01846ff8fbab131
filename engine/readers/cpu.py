"""CpuReader: the built-in reader. It asks a page's picture of its source and lets the OCR process read it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from engine.errors import ReaderCrashed
from engine.output.blocks import PageResult, PageWarning, WarningCode
from engine.output.schema import page_from_dict
from engine.pages.image import PageImage, PageSize
from engine.readers.ocr_process import STALL_S, OcrProcess, Work
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingProgress, ReadingRequest, refuse_unless_able
from engine.tasks.task import Task, TaskOrder

DPI = 200
"""Resolution at which pages of a PDF are read; pictures are read as they are."""
MAX_PIXELS = 14_000_000
SHRUNK_BELOW = 0.7
"""A page drawn at less than this part of the wished scale carries a warning."""
PAGES_AT_ONCE = 2
"""While one page is read, the next is drawn and its lines are found."""


class CpuReader:
    """Recognises the lines of a page's picture on the CPU and lays them out. Nothing to set up, nothing downloaded."""

    name = "cpu"
    tasks = frozenset({Task.DOCUMENT, Task.TEXT, Task.TABLE})
    targets: tuple[str, ...] = ()
    pages_at_once = PAGES_AT_ONCE

    def __init__(self, *, workers: int | None = None, stall_s: float = STALL_S) -> None:
        """Start nothing yet.

        Args:
            workers: How many cores to use; all by default.
            stall_s: After how many seconds without any progress the OCR process counts as hung.
        """
        self.process = OcrProcess(workers=workers, stall_s=stall_s)

    async def warm_up(self) -> None:
        """Start the OCR process and load the networks ahead of the first page. Raises `ReaderMissing`."""
        await self.process.warm_up()

    def check(self, order: TaskOrder) -> None:
        """Raise TaskNotSupported where it cannot do a task."""
        refuse_unless_able(self, order)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        """Read one page, telling progress.

        Raises:
            TaskNotSupported: The task is none of `tasks`.
            PageError: The page cannot be drawn.
            ReaderCrashed: The OCR process died on this page twice.
            ReaderTimedOut: It hung on this page twice.
            ReaderMissing: It is not installed completely.
        """
        self.check(request.order)
        began = asyncio.get_running_loop().time()
        work, warnings = await self._order(request)
        async with aclosing(self.process.work(work)) as states:
            async for state in states:
                if state["state"] == "done":
                    result = await _decoded(state["page"], work.subject)
                    seconds = asyncio.get_running_loop().time() - began
                    yield ReadingDone(replace(result, warnings=(*result.warnings, *warnings), seconds=seconds))
                    return
                yield ReadingProgress(int(state["done"]), int(state["total"]))

    async def check_lines(self, image: PageImage, quads: list[list[list[float]]], *, subject: str) -> list[str]:
        """Read some lines of a picture, given their corners in its pixels in reading direction; return their texts."""
        if not quads:
            return []
        fields = {"width": image.width, "height": image.height, "quads": quads}
        async with aclosing(self.process.work(Work("check", fields, image.pixels, subject))) as states:
            async for state in states:
                if state["state"] == "done":
                    return [str(text) for text, _ in state["texts"]]
        raise ReaderCrashed(subject, detail="no answer")

    async def turn_of(self, image: PageImage, *, subject: str) -> int:
        """Return by how many degrees a page whose lines run down or up is to be turned clockwise, 0 if that is unclear.

        Raises:
            ReaderError: One of its kinds.
        """
        fields = {"width": image.width, "height": image.height}
        async with aclosing(self.process.work(Work("turn", fields, image.pixels, subject))) as states:
            async for state in states:
                if state["state"] == "done":
                    return int(state["turned"])
        raise ReaderCrashed(subject, detail="no answer")

    async def close(self) -> None:
        """End the OCR process."""
        await self.process.close()

    async def _order(self, request: ReadingRequest) -> tuple[Work, list[PageWarning]]:
        """Return what the OCR process is to do, and what is known of the picture beforehand."""
        source, number = request.source, request.number
        unit = source.info.unit
        wished = DPI / 72 if unit == "pt" else 1.0
        image = await source.render(number, scale=wished, max_pixels=MAX_PIXELS)
        fields = {
            "number": number,
            "width": image.width,
            "height": image.height,
            "page": [image.page.width, image.page.height],
            "unit": unit,
            "task": request.task.value,
            "shrunk": _shrunk(image, image.page, wished),
        }
        harmed = PageWarning(WarningCode.PARTLY_DRAWN, "a picture on this page is damaged and was drawn in part")
        return Work("put", fields, image.pixels, f"page {number}"), [harmed] if image.partly else []


def _shrunk(image: PageImage, page: PageSize, wished: float) -> str:
    """Say it when the page is drawn much smaller than wished."""
    scale = math.sqrt(image.width * image.height / (page.width * page.height))
    if scale >= SHRUNK_BELOW * wished:
        return ""
    return f"the page is very large and was drawn at {scale / wished:.0%} of the usual size; small print may be missing"


async def _decoded(page: object, subject: str) -> PageResult:
    try:
        return await asyncio.to_thread(page_from_dict, page)
    except ValueError as problem:
        raise ReaderCrashed(subject, detail=str(problem)) from problem
