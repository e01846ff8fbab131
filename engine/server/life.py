"""One life of an engine: it comes up, proves that it is ours, is watched, sleeps and wakes, ends without a trace."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from engine.engine_errors import (
    CardLost,
    EngineCrashed,
    EngineError,
    EngineMixesPages,
    EngineStalled,
    Impostor,
    Remedy,
    RemedyKind,
)
from engine.errors import DiglotError
from engine.server.causes import cause_of
from engine.server.health import StartWatch, mixes_pages
from engine.server.metrics import Metrics, parse_metrics, sample_between
from engine.server.run import Life, Listener, Run, Wish
from engine.server.state import Ending, Endpoint, Outcome, ServerState, ServerStatus

if TYPE_CHECKING:
    from engine.server.client import EngineClient

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""How often a starting engine is asked whether it is there."""
WATCH_EVERY_S = 2.0
UNWELL_LIMIT = 5
"""So many looks in a row may go unanswered before a ready engine counts as stalled."""
SUSPENDED_S = 20.0
"""When the clock on the wall has run ahead of ours by so much, the computer has slept."""
KEPT_LINES = 2000
"""What is kept of a start's log to find the cause in, beside as many of its first lines."""

Answer = asyncio.Future[None]


class Clocks:
    """Time as it passes for us, and as the wall tells it; the two part when the computer sleeps."""

    def __init__(self, steady: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self.steady = steady
        self.wall = wall

    @property
    def drift(self) -> float:
        """How far the wall's clock is ahead."""
        return self.wall() - self.steady()


class Owner(Protocol):
    """What a life asks of the supervisor that owns it."""

    status: ServerStatus
    wishes: asyncio.Queue[tuple[Wish, Answer]]

    def tell(self, **changes: object) -> None:
        """Change the status and tell everyone."""
        ...

    def came_up(self, endpoint: Endpoint) -> None:
        """The engine is ready."""
        ...

    @property
    def in_use(self) -> bool:
        """Whether somebody is waiting for a page."""
        ...

    @property
    def distrusted(self) -> DiglotError | None:
        """Why the engine is to be ended, where a self-check has found that it must not be used."""
        ...

    @property
    def being_checked(self) -> bool:
        """Whether a self-check is under way, which finds out more than the log tells."""
        ...


class OneLife:
    """See an engine from its start to its end."""

    def __init__(
        self,
        run: Run,
        owner: Owner,
        listener: Listener,
        *,
        client: Callable[[Endpoint], EngineClient],
        clocks: Clocks,
        watch_every_s: float = WATCH_EVERY_S,
    ) -> None:
        """Prepare; `live` does it."""
        self._run = run
        self._owner = owner
        self._listener = listener
        self._make_client = client
        self._clocks = clocks
        self._watch_every_s = watch_every_s
        self._watch = StartWatch(history=run.history, clock=clocks.steady)
        self._lines = LogTail()
        self._mixing = False
        self._needed_at = 0.0

    async def live(self) -> Outcome:
        """Start one process, see it through to its end, and leave nothing of it."""
        try:
            life = await self._run.prepare(self._line_came)
        except DiglotError as error:
            return Outcome(Ending.EXITED, error=error)
        client = self._make_client(life.endpoint)
        ended: asyncio.Task[int] | None = None
        try:
            try:
                await life.process.start()
                ended = asyncio.create_task(life.process.wait())
                outcome = await self._come_up(life, client, ended) or await self._serve(client, ended)
            except DiglotError as error:
                outcome = Outcome(Ending.UNTRUSTED if isinstance(error, Impostor) else Ending.EXITED, error=error)
            if outcome.ending in (Ending.ASKED, Ending.IDLE):
                self._owner.tell(state=ServerState.STOPPING, phase=None, progress=None, step=None, seconds_left=None)
                await life.process.stop()
            return outcome
        finally:
            # Also where it has ended by itself: what it started may still be there, and hold memory.
            await _whatever_happens(life.process.kill())
            if ended is not None:
                ended.cancel()
                await asyncio.wait({ended})
            await client.close()
            life.clean_up()

    def _line_came(self, line: str) -> None:
        self._lines.add(line)
        self._listener.lines_came((line,))
        if self._owner.status.state is ServerState.STARTING:
            if self._watch.feed(line):
                self._tell_phase()
        elif mixes_pages(line) and not self._owner.being_checked and self._owner.status.checked is not False:
            self._mixing = True  # else a self-check knows, or will know, and has lowered the number of pages at once

    # -- coming up

    async def _come_up(self, life: Life, client: EngineClient, ended: asyncio.Task[int]) -> Outcome | None:
        """Wait until the engine answers and has proved to be ours. Return an outcome where it ended instead."""
        began = self._clocks.steady()
        while True:
            wish = await self._next_wish(ended, LOOK_EVERY_S)
            if wish is not None and wish[0] is Wish.STOP:
                wish[1].set_result(None)
                return Outcome(Ending.ASKED)
            if wish is not None:
                wish[1].set_exception(EngineError(detail="it is still starting"))
            if ended.done():
                return await self._ended_by_itself(ended)
            if self._watch.stalled(self._clocks.steady()):
                return Outcome(Ending.STALLED, error=EngineStalled(detail=f"while “{self._watch.phase}”"))
            self._tell_phase()
            if await _is_well(client):
                break
        if life.token not in await client.models():
            raise Impostor(detail="it does not know our token")
        self._listener.started(self._watch.report, self._clocks.steady() - began)
        self._owner.came_up(life.endpoint)
        return None

    def _tell_phase(self) -> None:
        watch = self._watch
        if self._owner.status.state is ServerState.STARTING:
            self._owner.tell(
                phase=watch.phase, progress=watch.progress, step=watch.step, seconds_left=watch.seconds_left
            )

    # -- being ready

    async def _serve(self, client: EngineClient, ended: asyncio.Task[int]) -> Outcome:
        """Watch a ready engine until it ends or is to end."""
        unwell = 0
        measured: tuple[float, Metrics] | None = None
        drift = self._clocks.drift
        self._needed_at = self._clocks.steady()
        while True:
            wish = await self._next_wish(ended, self._watch_every_s)
            if wish is not None and wish[0] is Wish.STOP:
                wish[1].set_result(None)
                return Outcome(Ending.ASKED)
            if wish is not None:
                await self._sleep_or_wake(client, *wish)
                continue
            if ended.done():
                return await self._card_lost() or await self._ended_by_itself(ended)
            if (distrusted := self._owner.distrusted) is not None:
                return Outcome(Ending.UNTRUSTED, error=distrusted)
            if self._mixing:
                error = EngineMixesPages(detail="its log says so", remedy=Remedy(RemedyKind.CHECK))
                return Outcome(Ending.UNTRUSTED, error=error)
            before, drift = drift, self._clocks.drift
            if abs(drift - before) > SUSPENDED_S:
                log.info("The computer slept; looking after the engine.")
                if (lost := await self._card_lost()) is not None:
                    return lost
                unwell = 0
            if not await _is_well(client):
                unwell += 1
                if unwell >= UNWELL_LIMIT:
                    return await self._card_lost() or await self._unwell()
                continue
            unwell = 0
            if self._owner.status.state is ServerState.READY:
                measured = await self._measure(client, measured)
                if await self._idle(client, measured):
                    return Outcome(Ending.IDLE)

    async def _next_wish(self, ended: asyncio.Task[int], within_s: float) -> tuple[Wish, Answer] | None:
        """Wait for a wish, the process's end or the time, whichever comes first."""
        asked = asyncio.ensure_future(self._owner.wishes.get())
        try:
            await asyncio.wait({asked, ended}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not asked.done():
                asked.cancel()
        return asked.result() if asked.done() and not asked.cancelled() else None

    async def _sleep_or_wake(self, client: EngineClient, wish: Wish, answer: Answer) -> None:
        state = self._owner.status.state
        try:
            if wish is Wish.SLEEP and state is ServerState.READY:
                await client.sleep()
                self._owner.tell(state=ServerState.ASLEEP)
            elif wish is Wish.WAKE and state is ServerState.ASLEEP:
                await client.wake()
                self._needed_at = self._clocks.steady()
                self._owner.tell(state=ServerState.READY)
        except DiglotError as error:
            answer.set_exception(error)
        else:
            answer.set_result(None)

    async def _measure(
        self, client: EngineClient, before: tuple[float, Metrics] | None
    ) -> tuple[float, Metrics] | None:
        """Ask for the metrics and tell the listener; a look that fails is made up for by the next."""
        try:
            now = (self._clocks.steady(), parse_metrics(await client.metrics_text()))
        except DiglotError:
            return before
        if before is not None:
            self._listener.sampled(sample_between(before[1], now[1], at=now[0], seconds=now[0] - before[0]))
        return now

    async def _idle(self, client: EngineClient, measured: tuple[float, Metrics] | None) -> bool:
        """Put an engine to sleep that nobody needs; tell whether it has to be stopped instead."""
        now = self._clocks.steady()
        at_work = measured is not None and measured[1].running + measured[1].waiting > 0
        if self._owner.in_use or at_work:
            self._needed_at = now
        if not self._run.idle_s or now - self._needed_at < self._run.idle_s:
            return False
        if not self._run.can_sleep:
            return True
        answer: Answer = asyncio.get_running_loop().create_future()
        await self._sleep_or_wake(client, Wish.SLEEP, answer)
        self._needed_at = now  # where it could not sleep it is tried again later, not every two seconds
        if (problem := answer.exception()) is not None:
            log.warning("The engine could not be put to sleep: %s", problem)
        return False

    # -- the end

    async def _ended_by_itself(self, ended: asyncio.Task[int]) -> Outcome:
        code = ended.result()
        error = await asyncio.to_thread(cause_of, self._lines.all(), code)
        return Outcome(Ending.KILLED if code < 0 else Ending.EXITED, code, error)

    async def _card_lost(self) -> Outcome | None:
        if self._run.card_is_there is None or await self._run.card_is_there():
            return None
        return Outcome(Ending.CARD_LOST, error=CardLost())

    async def _unwell(self) -> Outcome:
        error = await asyncio.to_thread(cause_of, self._lines.all(), None)
        known = not isinstance(error, EngineCrashed)
        return Outcome(Ending.STALLED, error=error if known else EngineStalled(detail=error.detail))


class LogTail:
    """The first lines of a start and its last ones: between them a log may be endless."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=KEPT_LINES)

    def add(self, line: str) -> None:
        """Keep a line."""
        if len(self._first) < KEPT_LINES:
            self._first.append(line)
        else:
            self._last.append(line)

    def all(self) -> list[str]:
        """Return what is kept, in order."""
        return [*self._first, *self._last]


async def _is_well(client: EngineClient) -> bool:
    """Tell whether the engine answers as it should. Raises Impostor: somebody else answers."""
    try:
        return await client.healthy()  # it has to prove itself before it is shown the key
    except (EngineStalled, EngineCrashed):
        return False


async def _whatever_happens(work: Awaitable[None]) -> None:
    """See a piece of cleaning up through to its end, also where the one who waits for it is cancelled."""
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
        except Exception:
            break
    if not task.cancelled() and (problem := task.exception()) is not None:
        log.error("Something of the engine could not be ended: %s", problem)
    if cancelled:
        raise asyncio.CancelledError
