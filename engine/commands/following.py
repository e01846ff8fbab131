"""A job on its way: its progress and its waits are told, and the person can stop it at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from engine.commands.progress import ProgressReport
from engine.errors import Cancelled
from engine.events import Event, JobGoesOn, JobPaused, JobProgressed
from engine.exports.characters import one_line
from engine.jobs.job import Job
from engine.service import Service

Answer = TypeVar("Answer")

PATIENCE_S = 60.0
"""So long a command waits for an engine or a server that went away; a script should not hang for ever."""


async def follow(service: Service, job: Job, *, report: ProgressReport, stop: asyncio.Event, goes_on: bool) -> None:
    """Wait for the end of a job, or end it where the person stops it; with `goes_on` it can then be taken up again."""

    def heard(event: Event) -> None:
        match event:
            case JobProgressed(job=job.id, progress=progress):
                report.show(progress)
            case JobPaused(job=job.id, error=error) if error is not None:
                report.note(f"waiting: {one_line(error.title)}")
            case JobGoesOn(job=job.id):
                report.note("going on")

    unsubscribe = service.subscribe(heard)
    try:
        await unless_stopped(job.wait(), stop)
    except Cancelled:
        await service.cancel(job, goes_on=goes_on)
    finally:
        unsubscribe()
        report.clear()


async def unless_stopped(work: Coroutine[Any, Any, Answer], stop: asyncio.Event) -> Answer:
    """Wait for `work`; raise `Cancelled`, the work cancelled, where the person stops it first."""
    task = asyncio.create_task(work)
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Cancelled()
        return task.result()
    finally:
        stopped.cancel()
        task.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)
