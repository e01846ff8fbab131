"""A reader for windows in tests that can do every task, as a model can, and answers at once or when it is let."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from desktop.app import Parts
from engine.output.blocks import Box, FieldValue, PageResult, Paragraph
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingPartly, ReadingRequest, refuse_unless_able
from engine.tasks.task import Task, TaskOrder

BOX = Box(50, 60, 300, 80)


class ModelReader:
    """Answers with what it was asked; a page that is looked at comes in by three pieces."""

    name = "vllm"
    tasks = frozenset(Task)
    targets = ("zh", "en")
    pages_at_once = 4

    def __init__(self) -> None:
        self.asked: list[tuple[int, TaskOrder]] = []
        self.holds: asyncio.Event | None = None

    def check(self, order: TaskOrder) -> None:
        refuse_unless_able(self, order)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        self.asked.append((request.number, request.order))
        whole = self.answer(request)
        if request.live:
            for count in range(1, len(whole.blocks) + 1):
                so_far = PageResult(request.number, 595, 842, "pt", self.name, whole.blocks[:count])
                yield ReadingPartly(so_far, count - 1)
                await asyncio.sleep(0.05)
        if self.holds is not None:
            await self.holds.wait()
        yield ReadingDone(whole)

    def answer(self, request: ReadingRequest) -> PageResult:
        order = request.order
        words = [f"{order.task} {number} of page {request.number}" for number in range(3)]
        blocks = tuple(Paragraph(BOX, text=text) for text in words)
        translates = order.task is Task.TRANSLATION
        return PageResult(
            request.number,
            595,
            842,
            "pt",
            self.name,
            () if order.task is Task.FIELDS else blocks,
            task=order.task,
            translation=tuple(Paragraph(BOX, text="译文") for _ in blocks) if translates else (),
            language=order.target_language,
            pairs=(0, 1, 2) if translates else (),
            fields=tuple(FieldValue(name, f"value of {name}", BOX) for name in order.fields),
            raw_text=f"raw {order.task}",
        )

    async def close(self) -> None:
        pass


def use(parts: Parts) -> ModelReader:
    """Let the window read with such a reader where it would read with HunyuanOCR."""
    reader = ModelReader()
    parts.service._readers._made["vllm"] = reader
    return reader
