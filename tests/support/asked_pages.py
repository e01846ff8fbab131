"""One page asked of a model server: a printed page, what is told of it, and what it says at last."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

from engine.output.blocks import PageResult
from engine.readers.hunyuan import HunyuanReader
from engine.readers.reader import ReadingDone, ReadingRequest
from engine.tasks.task import Task, TaskOrder
from tests.support.model_server import ModelServer
from tests.support.paper import Paper, line

WORDS = "The quick brown fox jumps over the lazy dog near the river bank."
LINES = [line(f"{number} {WORDS}", 60 + 30 * number) for number in range(24)]
PAGE = "\n\n".join(each.text for each in LINES)


async def events_of(reader: HunyuanReader, request: ReadingRequest) -> list[Any]:
    events = []
    async with aclosing(reader.read(request)) as reading:
        async for event in reading:
            events.append(event)
    return events


def read(server: ModelServer, paper: Paper | None = None, *, seat: dict[str, Any] | None = None, **asked: Any) -> Any:
    """Read the first page and return all events."""

    async def go() -> list[Any]:
        reader = HunyuanReader(server.seats(**(seat or {})), pages_at_once=lambda: 4)
        try:
            return await events_of(reader, ReadingRequest(paper or Paper(LINES), 1, **asked))
        finally:
            await reader.close()

    return asyncio.run(go())


def page_of(events: list[Any]) -> PageResult:
    assert isinstance(events[-1], ReadingDone)
    result = events[-1].result
    assert isinstance(result, PageResult)
    return result


def texts(result: PageResult) -> list[str]:
    return [getattr(block, "text", "") for block in result.blocks]


def order(task: Task) -> TaskOrder:
    """Return an order for any task, with all that any of them takes."""
    return TaskOrder(task, target_language="zh-CN", fields=("Total", "Date"), question="Who pays?")
