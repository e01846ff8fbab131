"""HunyuanReader: reads pages with HunyuanOCR, on the engine of this machine or on a shared server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from engine.engine_errors import EngineBusy
from engine.errors import DiglotError
from engine.readers.appetite import Appetite
from engine.readers.reader import ReadingEvent, ReadingRequest
from engine.readers.seat import Seat, Seats
from engine.tasks.task import Task, TaskOrder

if TYPE_CHECKING:
    from engine.readers.appetite import Load
    from engine.readers.page_reading import PageReading
    from engine.readers.second import SecondReader
    from engine.tasks.family import Family


class HunyuanReader:
    """Asks one page at a time for each that is read; the server takes them together."""

    def __init__(
        self,
        seats: Seats,
        *,
        name: str = "vllm",
        pages_at_once: Callable[[], int],
        second: SecondReader | None = None,
        loads: Callable[[], Sequence[Load]] = tuple,
    ) -> None:
        """Ask nobody yet.

        Args:
            seats: Gives the right to ask.
            name: By which people know it: "vllm", or the address of a shared server.
            pages_at_once: How many pages the engine is planned to read together, now.
            second: Reads the same pages meanwhile, for places and for doubt; its owner closes it.
            loads: How busy the server was in the last minutes, the oldest first; () where nobody measures it.
        """
        self.name = name
        self._seats = seats
        self._appetite = Appetite(pages_at_once, loads)
        self._second = second
        self._pages: PageReading | None = None
        self._family: Family | None = None

    @property
    def tasks(self) -> frozenset[Task]:
        """What the model can do that was met last; before one was, what any version can."""
        return frozenset(task for family in self._families() for task in family.tasks)

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages it translates into."""
        return tuple(dict.fromkeys(tag for family in self._families() for tag in family.targets))

    @property
    def pages_at_once(self) -> int:
        """As many as the server reads together, one that is being drawn meanwhile, and those it is done with."""
        done_with = self._pages.only_waiting if self._pages is not None else 0
        return self._appetite.limit + 1 + done_with

    def check(self, order: TaskOrder) -> None:
        """Say no to what none of its models can do; see `Reader.check`."""
        refusal: DiglotError | None = None
        for family in self._families():
            try:
                family.ask(order)
            except DiglotError as problem:
                refusal = refusal or problem  # the newest model's words
            else:
                return
        if refusal is not None:
            raise refusal

    def _families(self) -> tuple[Family, ...]:
        from engine.tasks.family import families

        return families() if self._family is None else (self._family,)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        """Read one page.

        A page that does not fit into the server's memory is asked once more with fewer pixels. What may have been the
        moment's fault is asked once more after a while.

        Raises:
            TaskNotSupported: The model cannot do it, or not in this way; the detail says what it can.
            UsageError: The order lacks names, a question or a language.
            PageError: The page cannot be drawn, or the server does not take it.
            EngineError: The engine did not do its work.
        """
        if self._pages is None:
            made = await asyncio.to_thread(_pages, self.name, self._noted_seat, self._second)
            self._pages = self._pages or made
        async with aclosing(self._pages.read(request)) as events:
            async for event in events:
                yield event

    @asynccontextmanager
    async def _noted_seat(self) -> AsyncIterator[Seat]:
        """Give a seat; keep in mind which model it is at, and how well the server takes its pages."""
        async with self._seats() as seat:
            self._family = seat.family
            turn = self._appetite.begin(shared=bool(seat.shared))
            try:
                yield seat
            except EngineBusy:
                self._appetite.refused(turn)
                raise
            else:
                self._appetite.answered()
            finally:
                self._appetite.end()

    async def close(self) -> None:
        """End what is open."""
        if self._pages is not None:
            await self._pages.close()


def _pages(reader: str, seats: Seats, second: SecondReader | None) -> PageReading:
    """Import what reads pages, which takes a twentieth of a second, and make it."""
    from engine.readers.page_reading import PageReading

    return PageReading(reader, seats, second)
