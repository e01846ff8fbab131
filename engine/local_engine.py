"""The engine as one thing to a front: what is on the machine, what it may take, its life, whether it reads rightly."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from engine.engine_errors import (
    EngineAbsent,
    EngineMisreads,
    LicenceNotAccepted,
    OwnedElsewhere,
    Remedy,
    RemedyKind,
)
from engine.errors import DiglotError
from engine.events import EngineChanged, EngineLogged, EngineMeasured, Event, OverviewChanged
from engine.server.asking import checked, client_of, proof_of
from engine.server.life import Clocks
from engine.server.overview import Overview
from engine.server.state import Endpoint, ServerState, ServerStatus
from engine.server.supervisor import Supervisor
from engine.settings import EngineSettings, Settings, change_settings, load_settings

if TYPE_CHECKING:
    from engine.readers.seat import Seat
    from engine.server.health import StartReport
    from engine.server.metrics import Sample
    from engine.server.plan import Plan
    from engine.server.planning import PlannedRun
    from engine.server.self_check import CheckReport
    from engine.shared_server import SharedServer

log = logging.getLogger(__name__)

KEPT_LINES = 5000
KEPT_SAMPLES = 150
"""Five minutes, one every two seconds."""
GATHER_LINES_S = 0.1


class LocalEngine:
    """What a front asks of the engine. Use it on one loop; close it at the end. Nothing runs before it is asked to."""

    def __init__(self, publish: Callable[[Event], None], *, clocks: Clocks | None = None) -> None:
        """Start nothing yet.

        Args:
            publish: Takes the events; see `engine.events`.
            clocks: The time; tests bring their own.
        """
        self.overview: Overview | None = None
        self.plan: Plan | None = None
        self.start_seconds: float | None = None
        self.before_start: Callable[[], Awaitable[None]] | None = None
        """Awaited before our own engine is started: there is one owner per user."""
        self.borrow: Callable[[], contextlib.AbstractAsyncContextManager[Seat]] | None = None
        """Gives a seat at the engine of another process of this user, which owns it."""
        self._publish = publish
        self._settings: Settings | None = None
        self._supervisor = Supervisor(self, client=client_of, clocks=clocks)
        self._planned: PlannedRun | None = None
        self._remote: SharedServer | None = None
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._new_lines: list[str] = []
        self._samples: deque[Sample] = deque(maxlen=KEPT_SAMPLES)
        self._tasks: set[asyncio.Task[None]] = set()
        self._cleared = False
        self._ends = 0
        self._ended_by: DiglotError | None = None
        self._proving = asyncio.Lock()
        """Held while an engine starts or is checked: no page is read with one that may mix pages up, and none disturbs
        the check."""

    # -- what there is to see

    @property
    def status(self) -> ServerStatus:
        """How the engine stands; that of the shared server while one is used."""
        return self._remote.status if self._remote is not None else self._supervisor.status

    @property
    def settings(self) -> EngineSettings:
        """What the user has chosen; read from the disk at the first look."""
        if self._settings is None:
            self._settings = load_settings()
        return self._settings.engine

    def log_lines(self) -> tuple[str, ...]:
        """Return the engine's last lines. They are foreign text."""
        return tuple(self._lines)

    def samples(self) -> tuple[Sample, ...]:
        """Return what was measured in the last minutes, the oldest first; of the shared server while one is used."""
        return self._remote.samples() if self._remote is not None else tuple(self._samples)

    # -- looking and choosing

    async def refresh(self) -> Overview:
        """Look at cards, engine and model anew; the first time, end what a killed Diglot may have left behind."""
        from engine.server.planning import look_around

        if not self._cleared:
            await self._clear_leftovers()
        ready = self.plan is not None and self._supervisor.status.state is ServerState.READY
        serving = self.plan.budget_bytes if ready and self.plan is not None else 0
        overview = await look_around(await self._loaded(), serving_bytes=serving)
        self.overview = overview
        self._supervisor.found(complete=overview.complete)
        self._publish(OverviewChanged(overview))
        return overview

    def plan_for(self, budget_bytes: int | None) -> Plan | None:
        """Return what a budget would give; None where there is no card or no model to plan for. Immediate."""
        from engine.server.planning import plan_within

        if self.overview is None:
            return None
        return plan_within(self.overview, self.settings, budget_bytes=budget_bytes)

    async def change(self, **changes: Any) -> None:
        """Choose something else (fields of `EngineSettings`) and keep it. What runs goes on as it is.

        Raises:
            DiskFull, OutputNotWritable: The choice holds for now, but could not be kept.
        """
        engine = dataclasses.replace(await self._loaded(), **changes)
        assert self._settings is not None
        self._settings = dataclasses.replace(self._settings, engine=engine)
        if self.overview is not None:
            self._publish(OverviewChanged(self.overview))
        await asyncio.to_thread(change_settings, lambda kept: dataclasses.replace(kept, engine=engine))

    async def apply(self, remedy: Remedy) -> None:
        """Do what an error's button says. `SET_UP` is for the front to do."""
        match remedy.kind:
            case RemedyKind.USE_BUDGET:
                await self.change(budget_bytes=remedy.value)
                await self.restart()
            case RemedyKind.USE_LENGTH:
                await self.change(max_tokens=remedy.value)
                await self.restart()
            case RemedyKind.START_AGAIN:
                await self.restart()
            case RemedyKind.CHECK:
                await self.start()
                await self.check()
            case RemedyKind.SET_UP:
                pass

    async def _loaded(self) -> EngineSettings:
        if self._settings is None:
            self._settings = await asyncio.to_thread(load_settings)
        return self._settings.engine

    # -- its life

    async def start(self) -> None:
        """Start the engine and wait until it is ready and, the first time, has been through its self-check.

        Raises:
            EngineError: It cannot be started or did not come up; the status says so too.
            Cancelled: It was stopped meanwhile.
        """
        settings = await self._loaded()
        if settings.use_remote:
            await self._start_remote()
            return
        self._remote = None
        async with self._proving:
            if self.before_start is not None:
                await self.before_start()
            if not self._supervisor.status.running:
                await self._plan_start(settings)
            assert self._planned is not None
            planned = self._planned
            await self._supervisor.start(planned.run)
            if self._supervisor.status.checked is None:
                await self._take_check(planned)

    async def _plan_start(self, settings: EngineSettings) -> None:
        """Look at the machine as it is now, and plan the start."""
        from engine.server.planning import plan_start, with_own_plugin
        from engine.setup.licence import is_accepted

        await self._clear_leftovers()
        overview = await self.refresh()
        if not overview.complete:
            raise EngineAbsent(remedy=Remedy(RemedyKind.SET_UP))
        if not is_accepted(settings.licence_accepted):
            raise LicenceNotAccepted(remedy=Remedy(RemedyKind.SET_UP))
        self._planned = await plan_start(await with_own_plugin(overview), settings)
        self.plan = self._planned.plan
        self._samples.clear()

    async def _clear_leftovers(self) -> None:
        """End engines that outlived the Diglot which started them: they hold the card's memory for nobody."""
        from engine.server.launch import launch_for

        self._cleared = True  # a look soon after need not search all processes again
        if ended := await launch_for(await self._loaded()).clear_leftovers():
            log.warning("%d processes of an engine had outlived their Diglot and were ended.", ended)

    async def stop(self) -> None:
        """Stop the engine and wait until nothing of it is left. A failed one is forgotten."""
        if self._remote is not None:
            self._remote = None
            self._publish(EngineChanged(self.status))
            return
        await self._supervisor.stop()

    async def sleep(self) -> None:
        """Let the engine give its graphics memory back, or stop it where it cannot sleep."""
        await self._supervisor.sleep()

    async def wake(self) -> None:
        """Wake a sleeping engine."""
        await self._supervisor.wake()

    async def restart(self) -> None:
        """Stop it if it runs, and start it with what is chosen now."""
        await self.stop()
        await self.start()

    @contextlib.asynccontextmanager
    async def use(self) -> AsyncIterator[Endpoint]:
        """Use the engine for a page; a sleeping one is woken first.

        Raises:
            EngineError: There is none, or it does not come up.
        """
        if self._remote is not None:
            yield self._remote.endpoint
            return
        async with self._proving:
            pass
        async with self._supervisor.use() as endpoint:
            yield endpoint

    @contextlib.asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """Give the right to have one page read. An engine that does not run yet is started; one that failed is not.

        A shared server that could not be reached is looked for again: that costs nobody anything.

        Raises:
            EngineError: There is none, or it does not come up.
        """
        if self._remote is None and not self.status.running and (await self._loaded()).use_remote:
            self._remote = self._shared_server()
        if self._remote is not None:
            async with self._remote.seat() as seat:
                yield seat
            return
        status = self.status
        if status.state is ServerState.FAILED and status.error is not None:
            raise status.error
        if not status.running:
            try:
                await self.start()
            except OwnedElsewhere:
                if self.borrow is None:
                    raise
                async with self.borrow() as borrowed:
                    yield borrowed
                return
        async with self.use() as endpoint:
            yield self._seat_at(endpoint)

    def _seat_at(self, endpoint: Endpoint) -> Seat:
        from engine.readers.seat import Seat

        assert self.plan is not None
        overview = self.overview
        model = overview.model if overview is not None else None
        environment = overview.environment if overview is not None else None
        return Seat(
            endpoint,
            self.plan.max_tokens,
            self.plan.max_pixels,
            model_version=str(model.version) if model is not None else "",
            server_version=environment.vllm_version if environment is not None else "",
            prove=proof_of(endpoint),
            ended_by=self._end_from_now(),
        )

    def _end_from_now(self) -> Callable[[], DiglotError | None]:
        """Return what tells why the engine ended since now, None while it did not."""
        before = self._ends
        return lambda: self._ended_by if self._ends > before else None

    async def check(self) -> CheckReport:
        """Let the engine read known pages, alone and together, and lower the number of pages at once until it is right.

        Raises:
            EngineMisreads: It does not even read them rightly alone; it is ended.
            EngineError: It does not run, or did not answer.
        """
        if self._remote is not None:
            return await checked(self._remote.endpoint, self.status.pages_at_once)
        async with self._proving:
            if self._planned is None:
                raise EngineAbsent(detail="it does not run")
            return await self._check(self._planned)

    async def _check(self, planned: PlannedRun) -> CheckReport:
        from engine.server.planning import keep_report

        async with self._supervisor.use() as endpoint:
            with self._supervisor.checking() as progress:
                report = await checked(endpoint, planned.plan.pages_at_once, progress)
        if not report.reads:
            error = EngineMisreads(
                detail=f"{report.right_alone} of {report.pages} known pages were right",
                remedy=Remedy(RemedyKind.SET_UP),
            )
            await self._supervisor.distrust(error)
            raise error
        self._supervisor.take_check(pages_at_once=report.pages_at_once, right=report.passed)
        await keep_report(planned, report)
        return report

    async def _take_check(self, planned: PlannedRun) -> None:
        """Take over what an earlier self-check of this very engine said, or make one."""
        from engine.server.planning import recall_report

        known = await recall_report(planned)
        if known is None:
            await self._check(planned)
        else:
            pages = min(known.pages_at_once, self._supervisor.status.pages_at_once)
            self._supervisor.take_check(pages_at_once=max(1, pages), right=known.right)

    # -- a shared server

    async def _start_remote(self) -> None:
        """Look whether the shared server can be used. Nothing of ours is started, and nothing falls back to us."""
        await self._supervisor.stop()
        self._remote = self._shared_server()
        await self._remote.start()

    def _shared_server(self) -> SharedServer:
        from engine.shared_server import SharedServer

        def tell(status: ServerStatus) -> None:
            if self._remote is server:
                self._publish(EngineChanged(status))

        server = SharedServer(self.settings.remote, tell=tell)
        return server

    # -- what the supervisor tells

    def status_changed(self, status: ServerStatus) -> None:
        """Pass on how the engine stands."""
        if status.error is not None and status.error is not self._ended_by:
            self._ends, self._ended_by = self._ends + 1, status.error
        if self._remote is None:
            self._publish(EngineChanged(status))

    def lines_came(self, lines: Sequence[str]) -> None:
        """Gather lines of the log; fronts hear of them ten times a second at most."""
        self._lines.extend(lines)
        if not self._new_lines:
            asyncio.get_running_loop().call_later(GATHER_LINES_S, self._tell_lines)
        self._new_lines.extend(lines)

    def _tell_lines(self) -> None:
        lines, self._new_lines = tuple(self._new_lines[-KEPT_LINES:]), []
        self._publish(EngineLogged(lines))

    def sampled(self, sample: Sample) -> None:
        """Keep a measurement and pass it on with what the card says."""
        self._samples.append(sample)
        self._begin(self._tell_sample(sample))

    async def _tell_sample(self, sample: Sample) -> None:
        from engine.server.planning import memory_in_use

        used = await memory_in_use(self.overview)
        self._publish(EngineMeasured(sample, used))

    def started(self, report: StartReport, seconds: float) -> None:
        """Learn from a start for the next one."""
        from engine.server.planning import learn

        self.start_seconds = seconds
        if self._planned is not None:
            if report.kv_tokens and (pages := self._planned.plan.pages_in(report.kv_tokens)):
                self._supervisor.tell(pages_at_once=pages)
            self._begin(learn(self._planned, report))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End everything; afterwards nothing of the engine is left."""
        await self._supervisor.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
