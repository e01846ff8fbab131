"""RemoteWatch: looks now and then how busy a shared server is, while pages of ours are there and at no other time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from engine.engine_errors import RemoteUnreachable
from engine.errors import DiglotError
from engine.server.metrics import Metrics, Sample, parse_metrics, sample_between

if TYPE_CHECKING:
    from engine.server.client import EngineClient

log = logging.getLogger(__name__)

EVERY_S = 2.0
KEPT_SAMPLES = 150
"""Five minutes."""
NEEDED = "num_requests_running"
"""Without it a text of measurements is about something else."""


class RemoteWatch:
    """Asks for the measurements of one server; a server that has none for us is not asked again."""

    def __init__(self, client: Callable[[], EngineClient], *, every_s: float = EVERY_S) -> None:
        """Ask nobody yet.

        Args:
            client: Makes what asks the server.
            every_s: How long lies between two looks, at least.
        """
        self._client = client
        self._every_s = every_s
        self._samples: deque[Sample] = deque(maxlen=KEPT_SAMPLES)
        self._before: tuple[float, Metrics] | None = None
        self._pages = 0
        self._task: asyncio.Task[None] | None = None
        self._tells = True

    def samples(self) -> tuple[Sample, ...]:
        """Return what was measured in the last minutes, the oldest first."""
        return tuple(self._samples)

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[None]:
        """Have a page of ours at the server meanwhile."""
        self._pages += 1
        if self._task is None and self._tells:
            self._task = asyncio.create_task(self._look_on(), name="remote-watch")
        try:
            yield
        finally:
            self._pages -= 1
            task = self._task
            if not self._pages and task is not None:
                self._task = None
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _look_on(self) -> None:
        loop, client = asyncio.get_running_loop(), self._client()
        try:
            while self._tells:
                if self._before is not None and (left := self._before[0] + self._every_s - loop.time()) > 0:
                    await asyncio.sleep(left)
                await self._look(client)
        finally:
            await client.close()

    async def _look(self, client: EngineClient) -> None:
        loop = asyncio.get_running_loop()
        try:
            text = await client.metrics_text()
        except RemoteUnreachable:
            await asyncio.sleep(self._every_s)  # the pages themselves will say so, too
            return
        except DiglotError as problem:
            log.info("The shared server tells nothing of how busy it is (%s).", problem.title)
            self._tells = False
            return
        if NEEDED not in text:
            self._tells = False
            return
        now, metrics = loop.time(), await asyncio.to_thread(parse_metrics, text)
        before = self._before or (now, metrics)
        self._before = (now, metrics)
        self._samples.append(sample_between(before[1], metrics, at=now, seconds=now - before[0]))
