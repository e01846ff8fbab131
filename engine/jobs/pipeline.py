"""One page from start to end: the picture in DESIGN section 3, as code."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from engine.errors import DiglotError, ReaderCrashed
from engine.events import EventBus, PageFailed, PageFinished, PagePartly, PageProgressed, PageStarted
from engine.jobs.job import Job, PageWork
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingPartly, ReadingProgress, ReadingRequest

if TYPE_CHECKING:
    from engine.output.blocks import PageResult
    from engine.readers.reader import Reader

log = logging.getLogger(__name__)


class Keeper(Protocol):
    """Where what a job reads is kept. Nothing is announced before it is there."""

    async def keep(self, result: PageResult) -> None:
        """Keep a result; it is kept when this returns. Raises `OutputError` where it cannot be; ask again then."""
        ...

    async def fail(self, number: int, error: DiglotError) -> None:
        """Note that a page could not be read. Raises `OutputError` where it cannot be noted."""
        ...

    async def end(self, outcome: str) -> None:
        """Note how the job ended. Raises `OutputError` where it cannot be noted."""
        ...


async def read_page(
    job: Job,
    page: PageWork,
    reader: Reader,
    *,
    live: bool,
    events: EventBus,
    answered: Callable[[], None] = lambda: None,
) -> PageResult:
    """Ask the reader for one page and tell how far it is.

    Args:
        job: Whose page it is.
        page: Which one.
        reader: Who reads it.
        live: Somebody looks at it.
        events: Who hears how far it is.
        answered: Called when the reader has given a part of its answer.

    Raises:
        DiglotError: The page could not be read; where it `holds_jobs`, it is not the page's fault.
    """
    events.publish(PageStarted(job.id, job.document, page.number))
    request = ReadingRequest(job.source, page.number, order=job.order, way=job.way, live=live)
    async with aclosing(reader.read(request)) as reading:  # type: ignore[type-var]
        result = await _whole(reading, job, page, events, answered)
    return replace(result, source_hash=await job.source.content_hash())


def announce(job: Job, page: PageWork, result: PageResult, *, events: EventBus) -> None:
    """Tell that a page is read. Call it when its result is kept, and not before: what was announced is never lost."""
    job.finish(page)
    events.publish(PageFinished(job.id, job.document, page.number, result))


async def give_up(job: Job, page: PageWork, error: DiglotError, *, events: EventBus, keeper: Keeper) -> None:
    """Note that a page could not be read, and tell it; the job goes on."""
    try:
        await keeper.fail(page.number, error)
    except DiglotError as problem:  # it counts as not read yet, and is read again
        log.warning("A failed page could not be noted (%s).", problem.title)
    job.finish(page, error)
    events.publish(PageFailed(job.id, job.document, page.number, error))


async def _whole(
    reading: AsyncIterator[ReadingEvent], job: Job, page: PageWork, events: EventBus, answered: Callable[[], None]
) -> PageResult:
    async for event in reading:
        match event:
            case ReadingDone(result=result):
                return result
            case ReadingPartly(result=result, finished=finished):
                answered()
                events.publish(PagePartly(job.id, job.document, page.number, result, finished))
            case ReadingProgress(done=done, total=total):
                if done:
                    answered()
                events.publish(PageProgressed(job.id, job.document, page.number, done, total))
    raise ReaderCrashed(f"page {page.number}", detail="no result")
