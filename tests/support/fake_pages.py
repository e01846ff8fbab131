"""Fakes for tests of jobs, service and command line: a document without a file, and a reader that obeys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from engine.errors import DiglotError
from engine.output.blocks import Box, Line, PageResult, Paragraph, Quad
from engine.pages.image import PageImage, PageSize
from engine.pages.source import SourceInfo, SourceKind, TextLayer
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingProgress, ReadingRequest, refuse_unless_able
from engine.tasks.task import Task, TaskOrder

A4 = PageSize(595.0, 842.0)


@dataclass
class FakeSource:
    """A document of empty A4 pages; counts what is asked of it."""

    page_count: int = 3
    name: str = "fake.pdf"
    hash_error: Exception | None = None
    closed: int = 0

    @property
    def info(self) -> SourceInfo:
        return SourceInfo(self.name, SourceKind.PDF, self.page_count, "pt")

    async def content_hash(self) -> str:
        if self.hash_error is not None:
            raise self.hash_error
        return "ab" * 32

    async def size(self, number: int) -> PageSize:
        return A4

    async def sizes(self, first: int, last: int) -> list[PageSize]:
        return [A4] * (last - first + 1)

    async def render(
        self, number: int, *, scale: float, max_pixels: int, grid: int = 1, urgent: bool = False
    ) -> PageImage:
        return PageImage(1, 1, b"\0\0\0", A4)

    async def text_layer(self, number: int) -> TextLayer | None:
        return None

    async def close(self) -> None:
        self.closed += 1


def page_saying(number: int, text: str) -> PageResult:
    """Return a page with one paragraph of one line."""
    box = Box(10.0, 10.0, 100.0, 20.0)
    line = Line(text, Quad.from_box(box))
    return PageResult(number, A4.width, A4.height, "pt", "fake", (Paragraph(box, (0,), text),), (line,))


@dataclass
class FakeReader:
    """Reads page N as "page N", in the order it is asked; `errors` says which pages fail, and how.

    With a `gate`, no page is finished before a permit is released; `slow_to_stop` keeps a cancelled page busy for that
    many turns of the loop.
    """

    name: str = "fake"
    tasks: frozenset[Task] = frozenset({Task.DOCUMENT})
    targets: tuple[str, ...] = ()
    pages_at_once: int = 1
    errors: dict[int, Exception] = field(default_factory=dict)
    gate: asyncio.Semaphore | None = None
    slow_to_stop: int = 0
    silent: bool = False
    on_start: Callable[[ReadingRequest], None] | None = None
    begun: list[int] = field(default_factory=list)
    at_work: int = 0
    most_at_work: int = 0
    closed: int = 0

    def check(self, order: TaskOrder) -> None:
        refuse_unless_able(self, order)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent, None]:
        self.begun.append(request.number)
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        try:
            if self.on_start is not None:
                self.on_start(request)
            yield ReadingProgress(0, 1)
            if self.gate is not None:
                await self.gate.acquire()
            else:
                await asyncio.sleep(0)
            if request.number in self.errors:
                raise self.errors[request.number]
            if not self.silent:
                yield ReadingDone(page_saying(request.number, f"page {request.number}"))
        finally:
            for _ in range(self.slow_to_stop):
                await asyncio.sleep(0)
            self.at_work -= 1

    async def close(self) -> None:
        self.closed += 1


def named_error(error: type[DiglotError]) -> DiglotError:
    """Return an error as a reader would raise it."""
    return error("page")
