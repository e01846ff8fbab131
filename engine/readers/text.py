"""TextReader: takes a page's own text as it is, and has it laid out like any other lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from engine.errors import NoTextLayer, ReaderCrashed
from engine.output.schema import page_from_dict
from engine.pages.source import TextLayer
from engine.readers.cpu import CpuReader
from engine.readers.layers import layer_to_fields
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingRequest, refuse_unless_able
from engine.tasks.task import Task, TaskOrder


class TextReader:
    """Reads the text layer of born-digital pages. The laying out happens in the built-in reader's process."""

    name = "text"
    tasks = frozenset({Task.DOCUMENT, Task.TEXT, Task.TABLE})
    targets: tuple[str, ...] = ()
    pages_at_once = 3

    def __init__(self, cpu: CpuReader) -> None:
        """Share the process of `cpu`, which its owner closes."""
        self._process = cpu.process

    def check(self, order: TaskOrder) -> None:
        """Raise TaskNotSupported where it cannot do a task."""
        refuse_unless_able(self, order)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        """Read one page.

        Raises:
            TaskNotSupported: The task is none of `tasks`.
            NoTextLayer: The page has no text of its own.
            PageError: The page cannot be parsed.
            ReaderCrashed: Its text made the process die twice.
        """
        self.check(request.order)
        layer = await request.source.text_layer(request.number)
        if layer is None or not any(line.text.strip() for line in layer.lines):
            raise NoTextLayer(f"page {request.number}")
        yield await self.lay_out(request, layer)

    async def lay_out(self, request: ReadingRequest, layer: TextLayer) -> ReadingDone:
        """Make a page of a text layer. Raises `ReaderError`."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        size = await request.source.size(request.number)
        fields = await asyncio.to_thread(layer_to_fields, layer.lines, layer.rules, layer.figures)
        subject = f"page {request.number}"
        answer = await self._process.ask(
            "arrange",
            subject=subject,
            number=request.number,
            page=[size.width, size.height],
            unit=request.source.info.unit,
            task=request.task.value,
            **fields,
        )
        try:
            result = await asyncio.to_thread(page_from_dict, answer["page"])
        except (ValueError, KeyError) as problem:
            raise ReaderCrashed(subject, detail=str(problem)) from problem
        return ReadingDone(replace(result, seconds=loop.time() - began))

    async def close(self) -> None:
        """Nothing of its own to end."""
