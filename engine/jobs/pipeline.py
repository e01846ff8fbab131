"""One page from start to end: the picture in DESIGN section 3, as code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from engine.errors import DiglotError, ReaderCrashed
from engine.events import EventBus, PageFailed, PageFinished, PageProgressed, PageStarted
from engine.jobs.job import Job, PageState, PageWork
from engine.readers.reader import ReadingDone, ReadingRequest

if TYPE_CHECKING:
    from engine.output.blocks import PageResult
    from engine.readers.reader import Reader

Keep: TypeAlias = "Callable[[int, PageResult], None]"


async def read_page(job: Job, page: PageWork, reader: Reader, *, events: EventBus, keep: Keep) -> None:
    """Read one page: ask the reader, keep the result, tell the fronts. An error is the page's own and ends here."""
    page.move(PageState.READING)
    events.publish(PageStarted(job.id, job.document, page.number))
    try:
        result = await _reading(job, page, reader, events)
        result = replace(result, source_hash=await job.source.content_hash())
    except DiglotError as error:
        job.finish(page, error)
        events.publish(PageFailed(job.id, job.document, page.number, error))
        return
    keep(page.number, result)  # before it is announced: what was announced is never lost
    job.finish(page)
    events.publish(PageFinished(job.id, job.document, page.number, result))


async def _reading(job: Job, page: PageWork, reader: Reader, events: EventBus) -> PageResult:
    request = ReadingRequest(job.source, page.number, job.task)
    async with aclosing(reader.read(request)) as reading:  # type: ignore[type-var]
        async for event in reading:
            if isinstance(event, ReadingDone):
                return event.result
            events.publish(PageProgressed(job.id, job.document, page.number, event.done, event.total))
    raise ReaderCrashed(f"page {page.number}", detail="no result")
