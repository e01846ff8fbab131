"""Supervisor: owns the engine: takes wishes, keeps the state, and lets a dead engine live again within a budget.

An engine that dies after it was ready is started again, three times in ten minutes; then it has failed, with the cause
that its log tells. An engine that never came up has failed at once: the next try would end the same way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.engine_errors import (
    CardLost,
    EngineAbsent,
    EngineCrashed,
    EngineMisreads,
    EngineMixesPages,
    Impostor,
    PortTaken,
)
from engine.errors import Cancelled, DiglotError
from engine.server.life import WATCH_EVERY_S, Answer, Clocks, OneLife
from engine.server.run import Listener, Run, Wish
from engine.server.state import MOVES, Ending, Endpoint, Outcome, ServerState, ServerStatus, StartPhase

if TYPE_CHECKING:
    from engine.server.client import EngineClient

log = logging.getLogger(__name__)

RESTARTS = 3
RESTARTS_WITHIN_S = 600.0
"""An engine that dies more often than this will die again; a person has to look."""
HOPELESS = (CardLost, Impostor, EngineMisreads, EngineMixesPages)
"""After these another start would not be better."""


class Supervisor:
    """Owns at most one engine at a time. Use it on one loop; `close` it at the end."""

    def __init__(
        self,
        listener: Listener,
        *,
        client: Callable[[Endpoint], EngineClient],
        clocks: Clocks | None = None,
        watch_every_s: float = WATCH_EVERY_S,
    ) -> None:
        """Start nothing yet.

        Args:
            listener: Who is told.
            client: Makes what asks a server.
            clocks: The time; tests bring their own.
            watch_every_s: How often a ready engine is looked at.
        """
        self.status = ServerStatus(ServerState.ABSENT)
        self.outcome: Outcome | None = None
        self.wishes: asyncio.Queue[tuple[Wish, Answer]] = asyncio.Queue()
        self._listener = listener
        self._client = client
        self._clocks = clocks or Clocks()
        self._watch_every_s = watch_every_s
        self._run: Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._up: Answer | None = None
        self._deaths: deque[float] = deque(maxlen=RESTARTS)
        self._endpoint: Endpoint | None = None
        self.distrusted: DiglotError | None = None
        self._users = 0
        self._checks = 0

    # -- what is there

    def found(self, *, complete: bool) -> None:
        """Say whether engine and weights are on this machine; a running engine is not touched by it."""
        state = self.status.state
        if complete and state is ServerState.ABSENT:
            self.tell(state=ServerState.STOPPED)
        elif not complete and state in (ServerState.STOPPED, ServerState.FAILED):
            self.tell(state=ServerState.ABSENT, error=None)

    @property
    def endpoint(self) -> Endpoint | None:
        """Where the engine is asked; None while it is neither ready nor asleep."""
        return self._endpoint if self.status.state in (ServerState.READY, ServerState.ASLEEP) else None

    @property
    def in_use(self) -> bool:
        """Whether somebody is waiting for a page."""
        return self._users > 0

    @property
    def being_checked(self) -> bool:
        """Whether a self-check is under way."""
        return self._checks > 0

    @contextlib.contextmanager
    def checking(self) -> Iterator[Callable[[int, int], None]]:
        """Let a self-check find out what an engine mixes up, instead of ending it at its log's first word of it.

        Yields what is told how many of how many answers there are.
        """
        self._checks += 1
        try:
            yield lambda done, total: self.tell(check_progress=done / max(1, total))
        finally:
            self._checks -= 1
            self.tell(check_progress=None)

    async def distrust(self, error: DiglotError) -> None:
        """End an engine that must not be used; it has failed then."""
        if self._task is not None and not self._task.done():
            self.distrusted = error
            await asyncio.wait({self._task})

    def take_check(self, *, pages_at_once: int, right: bool) -> None:
        """Take over what a self-check found."""
        self.tell(pages_at_once=pages_at_once, checked=right)

    # -- wishes

    async def start(self, run: Run) -> None:
        """Start an engine and wait until it is ready. One that is running already is left as it is.

        Raises:
            EngineError: It did not come up; the status says so too.
            DiskFull: It had no room to start in.
            Cancelled: It was stopped meanwhile.
        """
        if self.status.state is ServerState.ABSENT:
            raise EngineAbsent()
        if self.status.state is ServerState.STOPPING and self._task is not None:
            await asyncio.wait({self._task})
        if self._task is None or self._task.done():
            self._run = run
            self._deaths.clear()
            self.distrusted = None
            self._up = _awaited()
            self._tell_starting(
                restarts=0, error=None, checked=None, pages_at_once=run.pages_at_once, max_tokens=run.max_tokens
            )
            self._task = asyncio.create_task(self._live(run), name="engine-life")
        assert self._up is not None
        await asyncio.shield(self._up)
        if self.status.state is ServerState.ASLEEP:
            await self.wake()

    async def stop(self) -> None:
        """Stop the engine and wait until nothing of it is left. A failed one is forgotten."""
        if self._task is None or self._task.done():
            if self.status.state is ServerState.FAILED:
                self.tell(state=ServerState.STOPPED, error=None)
            return
        await self._ask(Wish.STOP)
        await asyncio.wait({self._task})

    async def sleep(self) -> None:
        """Let the engine give its graphics memory back, or stop it where it cannot sleep."""
        if self._run is not None and not self._run.can_sleep:
            await self.stop()
        elif self.status.state is ServerState.READY:
            await self._ask(Wish.SLEEP)

    async def wake(self) -> None:
        """Wake a sleeping engine."""
        if self.status.state is ServerState.ASLEEP:
            await self._ask(Wish.WAKE)

    @contextlib.asynccontextmanager
    async def use(self) -> AsyncIterator[Endpoint]:
        """Use the engine for a page: a sleeping one is woken, one that was stopped for idling is started again.

        Raises:
            EngineError: There is none, or it does not come up.
        """
        self._users += 1
        try:
            if self.status.state is ServerState.STARTING and self._up is not None:
                await asyncio.shield(self._up)
            elif self._run is not None and self._idled:
                await self.start(self._run)
            await self.wake()
            if self.endpoint is None:
                raise self.status.error or EngineAbsent(detail=str(self.status.state))
            yield self.endpoint
        finally:
            self._users -= 1

    async def close(self) -> None:
        """End everything; afterwards nothing of the engine is left."""
        task = self._task
        if task is None or task.done():
            return
        try:
            await self.stop()
        except asyncio.CancelledError:
            task.cancel()  # whoever closes is in a hurry: its life ends with a kill
            await asyncio.wait({task})
            raise

    @property
    def _idled(self) -> bool:
        stopped = self.status.state is ServerState.STOPPED
        return stopped and self.outcome is not None and self.outcome.ending is Ending.IDLE

    async def _ask(self, wish: Wish) -> None:
        """Put a wish to the life that is going on and wait until it is fulfilled, or that life is over."""
        answer = _awaited()
        self.wishes.put_nowait((wish, answer))
        assert self._task is not None
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
        elif wish is not Wish.STOP:
            raise self.status.error or EngineCrashed()

    # -- lives

    async def _live(self, run: Run) -> None:
        """Let the engine live, and live again within its budget, until somebody stops it or it has failed."""
        ever_ready = False
        while True:
            life = OneLife(
                run,
                self,
                self._listener,
                client=self._client,
                clocks=self._clocks,
                watch_every_s=self._watch_every_s,
            )
            try:
                outcome = await life.live()
            except asyncio.CancelledError:
                self._finish(Outcome(Ending.ASKED))
                raise
            except Exception:
                # A defect of ours must not leave the panel at "starting" for ever.
                log.exception("The engine's life ended in a defect")
                outcome = Outcome(Ending.EXITED, error=EngineCrashed(detail="a fault in Diglot; see its log"))
            self._endpoint = None
            assert self._up is not None
            ever_ready = ever_ready or self._up.done()
            log.info("The engine ended: %s", outcome.describe())
            if outcome.ending in (Ending.ASKED, Ending.IDLE) or not self._may_live_again(
                outcome, ever_ready=ever_ready
            ):
                self._finish(outcome)
                return
            if self._up.done():
                self._up = _awaited()  # whoever wants to use the engine waits for this start now
            self._tell_starting(restarts=self.status.restarts + 1, error=outcome.error)

    def _may_live_again(self, outcome: Outcome, *, ever_ready: bool) -> bool:
        if isinstance(outcome.error, HOPELESS) or not (ever_ready or isinstance(outcome.error, PortTaken)):
            return False
        now = self._clocks.steady()
        recent = [at for at in self._deaths if now - at < RESTARTS_WITHIN_S]
        self._deaths.append(now)
        return len(recent) < RESTARTS

    def came_up(self, endpoint: Endpoint) -> None:
        """Take note that the engine is ready; its life calls this."""
        self._endpoint = endpoint
        self.tell(state=ServerState.READY, phase=None, progress=None, step=None, seconds_left=None, error=None)
        if self._up is not None and not self._up.done():
            self._up.set_result(None)

    def _finish(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._endpoint = None
        failed = outcome.ending not in (Ending.ASKED, Ending.IDLE)
        error = (outcome.error or EngineCrashed()) if failed else None
        if error is not None:
            error.for_good = True  # no page starts it again
        if not failed and self.status.state is not ServerState.STOPPING:
            self.tell(state=ServerState.STOPPING)
        end = ServerState.FAILED if failed else ServerState.STOPPED
        self.tell(state=end, phase=None, progress=None, step=None, seconds_left=None, error=error)
        if self._up is not None and not self._up.done():
            self._up.set_exception(error or Cancelled())
        while not self.wishes.empty():
            wish, answer = self.wishes.get_nowait()
            if not answer.done() and wish is Wish.STOP:
                answer.set_result(None)
            elif not answer.done():
                answer.set_exception(error or Cancelled())

    # -- telling

    def _tell_starting(self, **changes: object) -> None:
        self.tell(state=ServerState.STARTING, phase=StartPhase.INTERPRETER, progress=0.0, step=None, **changes)

    def tell(self, **changes: object) -> None:
        """Change the status and tell the listener, if it is a change."""
        status = replace(self.status, **changes)  # type: ignore[arg-type]
        if status == self.status:
            return
        before, now = self.status.state, status.state
        assert now is before or now in MOVES[before], f"{before} → {now}"
        self.status = status
        self._listener.status_changed(status)


def _awaited() -> Answer:
    """Return a future whose exception may go unheard: the status tells it too."""
    future: Answer = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: None if done.cancelled() else done.exception())
    return future
