"""A queue whose events and results are kept, and a reader that goes away and comes back as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field

from engine.engine_errors import EngineCrashed
from engine.errors import DiglotError, OutputError
from engine.events import DocumentId, Event, EventBus, JobId, PageFailed, PageFinished
from engine.jobs.job import Job
from engine.jobs.queue import JobQueue
from engine.output.blocks import PageResult
from engine.readers.reader import Reader, ReadingDone, ReadingEvent, ReadingRequest, refuse_unless_able
from engine.tasks.task import Task, TaskOrder
from tests.support.fake_pages import FakeSource, page_saying

DOCUMENT = DocumentId(1)
OTHER = DocumentId(2)


class Bench:
    """A queue with one place where everything is kept; `full` says what the disk answers instead."""

    def __init__(self, *, patience_s: float | None = None) -> None:
        self.bus = EventBus()
        self.events: list[Event] = []
        self.bus.subscribe(self.events.append)
        self.queue = JobQueue(self.bus, patience_s=patience_s)
        self.kept: dict[int, PageResult] = {}
        self.tried_to_keep: list[int] = []
        self.failed: list[int] = []
        self.ends: list[str] = []
        self.full: OutputError | None = None
        self._ids = iter(range(1, 100))

    def add(
        self, reader: Reader, pages: int = 3, *, source: FakeSource | None = None, document: DocumentId = DOCUMENT
    ) -> Job:
        source = source or FakeSource(pages)
        job = Job(JobId(next(self._ids)), document, source, tuple(range(1, source.page_count + 1)))
        return self.queue.add(job, reader, keeper=self)

    async def keep(self, result: PageResult) -> None:
        self.tried_to_keep.append(result.number)
        await asyncio.sleep(0)
        if self.full is not None:
            raise self.full
        self.kept[result.number] = result

    async def fail(self, number: int, error: DiglotError) -> None:
        self.failed.append(number)

    async def end(self, outcome: str) -> None:
        self.ends.append(outcome)

    def after(self, count: int, action: Callable[[], None]) -> None:
        """Do something at the very moment when so many pages have been announced."""

        def hear(event: Event) -> None:
            if isinstance(event, PageFinished) and len(self.finished()) == count:
                action()

        self.bus.subscribe(hear)

    def told(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]

    def finished(self) -> list[int]:
        return [event.number for event in self.events if isinstance(event, PageFinished)]

    def failures(self) -> list[int]:
        return [event.number for event in self.events if isinstance(event, PageFailed)]


async def until(met: Callable[[], object], *, within_s: float = 20.0) -> None:
    """Let the loop turn until something is so."""
    async with asyncio.timeout(within_s):
        while not met():
            await asyncio.sleep(0.001)


async def turns(count: int = 50) -> None:
    """Let the loop turn so often that whatever could happen at once has happened."""
    for _ in range(count):
        await asyncio.sleep(0)


@dataclass
class MortalReader:
    """Reads page N as "page N" in some turns of the loop, as an engine that dies does.

    While `away` is set, every page ends with it at once. A page of `deadly` ends the engine: it and all pages that are
    being read then end with `EngineCrashed`, and the engine is there again for the next.
    """

    pages_at_once: int = 4
    away: DiglotError | None = None
    deadly: Iterable[int] = ()
    turns: int = 5
    name: str = "mortal"
    tasks: frozenset[Task] = frozenset({Task.DOCUMENT})
    targets: tuple[str, ...] = ()
    begun: list[int] = field(default_factory=list)
    read_whole: list[int] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    beside: dict[int, list[int]] = field(default_factory=dict)  # how many others were being read when it began
    at_work: int = 0
    lives: int = 0

    def check(self, order: TaskOrder) -> None:
        refuse_unless_able(self, order)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent, None]:
        number = request.number
        self.begun.append(number)
        if request.live:
            self.live.append(number)
        self.beside.setdefault(number, []).append(self.at_work)
        self.at_work += 1
        try:
            life = self.lives
            for turn in range(self.turns):
                await asyncio.sleep(0)
                if self.away is not None:
                    raise self.away
                if number in self.deadly and turn == self.turns // 2:
                    self.lives += 1
                if life != self.lives:
                    raise EngineCrashed(f"page {number}")
            self.read_whole.append(number)
            yield ReadingDone(page_saying(number, f"page {number}"))
        finally:
            self.at_work -= 1

    async def close(self) -> None:
        pass
