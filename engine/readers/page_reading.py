"""One page read with a model, from the question to the finished reading: asked, asked again, placed and doubted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.engine_errors import NotEnoughMemory, PageTooLongForMemory
from engine.errors import DiglotError
from engine.output.blocks import AnyBlock, Line, PageResult
from engine.readers.asking_pages import PageAsker, PageHeard
from engine.readers.heard import PartlyHeard
from engine.readers.making_pages import (
    NO_OPINION,
    NOT_ON_THE_PAGE,
    Opinion,
    made,
    placed_share,
    so_far,
    turned_otherwise,
)
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingPartly, ReadingRequest
from engine.tasks.task import Task, Way

if TYPE_CHECKING:
    from engine.readers.seat import Seat, Seats
    from engine.readers.second import SecondReader

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 6.0
"""vLLM's front process stays for five seconds when its core has died; only then is the engine started again."""
RAN_OUT = (NotEnoughMemory, PageTooLongForMemory)
"""An engine that ended so may well read the same page with fewer pixels."""
PLACED_BY_SPOTTING = frozenset({Task.DOCUMENT, Task.TEXT, Task.TABLE, Task.TRANSLATION, Task.FIELDS})
WELL_PLACED = 0.5
"""With less of the reading placed by other readers' lines, the model is asked where the lines stand. Only for a page in
view: it takes as long as the reading itself."""


class PageReading:
    """Reads pages for a reader, each on its own."""

    def __init__(self, reader: str, seats: Seats, second: SecondReader | None) -> None:
        """Ask nobody yet.

        Args:
            reader: Who reads, as it stands in the readings.
            seats: Gives the right to ask.
            second: Reads the same pages meanwhile, for places and for doubt.
        """
        self.only_waiting = 0
        """Pages that want nothing more of the server."""
        self._reader = reader
        self._seats = seats
        self._second = second
        self._asker = PageAsker(None if second is None else second.turn_of)

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
        began = asyncio.get_running_loop().time()
        size = await request.source.size(request.number)
        heard: PageHeard | None = None
        told: ReadingPartly | None = None
        async with self._second_opinion(request) as asked, aclosing(self._heard(request)) as events:
            async for event in events:
                if isinstance(event, PartlyHeard):
                    told = ReadingPartly(so_far(request, size, event.answer, reader=self._reader), event.finished)
                    yield told
                else:
                    heard = event
            assert heard is not None
            if request.live:
                page = so_far(request, size, heard.heard.answer, reader=self._reader)
                if told is None or _all_of(page)[: told.finished] == _all_of(told.result)[: told.finished]:
                    yield ReadingPartly(page, len(_all_of(page)))  # to be seen before the second reader is done
            opinion = await asked()
            heard = await self._turned(request, heard, opinion) or heard
        places = await self._places(request, heard, opinion)
        seconds = asyncio.get_running_loop().time() - began
        finish = partial(made, request, size, heard, opinion, places, reader=self._reader, seconds=seconds)
        yield ReadingDone(await asyncio.to_thread(finish))

    async def _turned(self, request: ReadingRequest, heard: PageHeard, opinion: Opinion) -> PageHeard | None:
        """Ask about a page once more that is upside down, as the other reader found, where little was understood.

        That is not seen before: such lines run across like any. None where nothing is better than what was heard.
        """
        turned = await asyncio.to_thread(turned_otherwise, request, heard, opinion)
        if turned is None:
            return None
        again: PageHeard | None = None
        try:
            async with aclosing(self._heard(replace(request, live=False), turned)) as events:
                async for event in events:
                    again = event if isinstance(event, PageHeard) else again
        except DiglotError as problem:
            log.warning("Page %d is read, but not turned: %s", request.number, problem.title)
        return again

    async def _heard(
        self, request: ReadingRequest, turned: int | None = None
    ) -> AsyncGenerator[PartlyHeard | PageHeard]:
        """Ask, and ask again where that can help. What was told of a page stays true: it is told once."""
        live, smaller, again = request.live, request.way is Way.SMALLER, True
        while True:
            seat: Seat | None = None
            try:
                async with (
                    self._seats() as seat,
                    aclosing(self._asker.ask(request, seat, live=live, smaller=smaller, turned=turned)) as events,
                ):
                    async for event in events:
                        live = live and not isinstance(event, PartlyHeard)
                        yield event
                return
            except PageTooLongForMemory:
                if smaller:
                    raise
                smaller = True
            except DiglotError as error:
                if not (again and error.retryable):
                    raise
                again = False
                await asyncio.sleep(AGAIN_AFTER_S)
                ended_by = seat.ended_by() if seat is not None and seat.ended_by is not None else None
                smaller = smaller or isinstance(ended_by, RAN_OUT)

    @asynccontextmanager
    async def _second_opinion(self, request: ReadingRequest) -> AsyncIterator[Callable[[], Awaitable[Opinion]]]:
        """Let the second reader read meanwhile; yields what waits for it, and gives it up where that takes too long."""
        second = self._second
        if second is None or request.task in NOT_ON_THE_PAGE:
            yield _nobody
            return
        reading = asyncio.create_task(second.lines_of(request.source, request.number))

        async def asked() -> Opinion:
            meanwhile = None if request.live else second.meanwhile(request.source, request.number)
            if meanwhile is not None:
                return Opinion(*meanwhile)  # the model is faster than the pictures are read; it is not held up
            self.only_waiting += 1
            try:
                return Opinion(*await reading)
            except DiglotError as problem:
                log.warning("Page %d has no second reading: %s", request.number, problem.title)
                return NO_OPINION
            except Exception:
                log.exception("The second reading of page %d ended in a defect", request.number)
                return NO_OPINION
            finally:
                self.only_waiting -= 1

        try:
            yield asked
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _places(self, request: ReadingRequest, heard: PageHeard, opinion: Opinion) -> tuple[Line, ...]:
        """Return the lines that the model sees and where, for a page in view that nobody else can read."""
        answer = heard.heard.answer
        if not request.live or request.task not in PLACED_BY_SPOTTING or opinion.by == "text" or not answer.blocks:
            return ()
        if await asyncio.to_thread(placed_share, request, heard, opinion.lines) >= WELL_PLACED:
            return ()
        try:
            async with self._seats() as seat:
                return await self._asker.spotted(request, seat, heard)
        except DiglotError as problem:
            log.warning("Page %d is read, but not placed: %s", request.number, problem.title)
            return ()

    async def close(self) -> None:
        """End what is open."""
        await self._asker.close()


def _all_of(page: PageResult) -> tuple[AnyBlock, ...]:
    return (*page.blocks, *page.translation)


async def _nobody() -> Opinion:
    return NO_OPINION
