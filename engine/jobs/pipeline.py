"""One page from start to end: the picture in DESIGN section 3, as code."""

from __future__ import annotations

import logging
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from engine.errors import DiglotError, ReaderCrashed
from engine.events import EventBus, PageFailed, PageFinished, PagePartly, PageProgressed, PageStarted
from engine.jobs.job import Job, PageState, PageWork
from engine.readers.reader import ReadingDone, ReadingPartly, ReadingRequest

if TYPE_CHECKING:
    from engine.output.blocks import PageResult
    from engine.readers.reader import Reader

log = logging.getLogger(__name__)


class Keeper(Protocol):
    """Where what a job reads is kept. Nothing is announced before it is there."""

    async def keep(self, result: PageResult) -> None:
        """Keep a result; it is kept when this returns. Raises `OutputError` where it cannot be."""
        ...

    async def fail(self, number: int, error: DiglotError) -> None:
        """Note that a page could not be read. Raises `OutputError` where it cannot be noted."""
        ...

    async def end(self, outcome: str) -> None:
        """Note how the job ended. Raises `OutputError` where it cannot be noted."""
        ...


async def read_page(job: Job, page: PageWork, reader: Reader, *, events: EventBus, keeper: Keeper) -> None:
    """Read one page: ask the reader, keep the result, tell the fronts. An error is the page's own and ends here."""
    page.move(PageState.READING)
    events.publish(PageStarted(job.id, job.document, page.number))
    try:
        result = await _reading(job, page, reader, events)
        result = replace(result, source_hash=await job.source.content_hash())
        await keeper.keep(result)  # before it is announced: what was announced is never lost
    except DiglotError as error:
        try:
            await keeper.fail(page.number, error)
        except DiglotError as problem:  # it counts as not read yet, and is read again
            log.warning("A failed page could not be noted (%s).", problem.title)
        job.finish(page, error)
        events.publish(PageFailed(job.id, job.document, page.number, error))
        return
    job.finish(page)
    events.publish(PageFinished(job.id, job.document, page.number, result))


async def _reading(job: Job, page: PageWork, reader: Reader, events: EventBus) -> PageResult:
    request = ReadingRequest(job.source, page.number, order=job.order, way=job.way)
    async with aclosing(reader.read(request)) as reading:  # type: ignore[type-var]
        async for event in reading:
            if isinstance(event, ReadingDone):
                return event.result
            if isinstance(event, ReadingPartly):
                events.publish(PagePartly(job.id, job.document, page.number, event.result, event.finished))
            else:
                events.publish(PageProgressed(job.id, job.document, page.number, event.done, event.total))
    raise ReaderCrashed(f"page {page.number}", detail="no result")
