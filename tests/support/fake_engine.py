"""An engine for windows in tests: the façade's own face, its plans real, everything else as the test says."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import Any

from engine.engine_errors import Remedy, RemedyKind
from engine.errors import DiglotError
from engine.events import EngineChanged, EngineLogged, EngineMeasured, EventBus, OverviewChanged
from engine.server.cards import Card, GpuProcess, Reason, Survey
from engine.server.metrics import Sample
from engine.server.overview import Overview
from engine.server.plan import Needs, Plan, make_plan, needs_of_version
from engine.server.self_check import CheckReport
from engine.server.state import ServerState, ServerStatus
from engine.settings import EngineSettings

GIB = 1 << 30
OWN_PID = 4242

BLENDER = GpuProcess(100, "blender", round(2.6 * GIB))
DESKTOP = GpuProcess(101, "gnome-shell", round(0.4 * GIB))


def card(total: float = 12.0, *others: GpuProcess, uuid: str = "GPU-1", name: str = "NVIDIA RTX 4070") -> Card:
    """Return a card of so many GiB; who uses it besides us is named."""
    taken = sum(process.bytes or 0 for process in others)
    size = round(total * GIB)
    return Card(uuid, name, 0, size, size - taken, "580.95", "13.0", (8, 9), tuple(others))


def sample(
    at: float | None = None, *, running: int = 0, waiting: int = 0, memory: float = 0.0, into: float = 0, out: float = 0
) -> Sample:
    """Return a measurement."""
    return Sample(time.monotonic() if at is None else at, running, waiting, memory, into, out)


class FakeEngine:
    """Does at once what it is asked, keeps what it was asked in `calls`, and says what the test lets it say."""

    def __init__(
        self, *cards: Card, state: ServerState = ServerState.STOPPED, reason: Reason = Reason.NO_LIBRARY
    ) -> None:
        self.events = EventBus()
        self.calls: list[tuple[str, Any]] = []
        self.fails: DiglotError | None = None
        self.holds: asyncio.Event | None = None
        self.status = ServerStatus(state)
        self.settings = EngineSettings()
        self.plan: Plan | None = None
        self.start_seconds: float | None = 50.0
        self.needs: Needs | None = needs_of_version("1.5")
        self._lines: list[str] = []
        self._samples: list[Sample] = []
        survey = Survey(cards) if cards else Survey((), reason)
        self._next = Overview(survey, cards[0] if cards else None, None, None)
        self.overview: Overview | None = None

    # -- what the test says

    def become(self, state: ServerState, **more: Any) -> None:
        """Be in this state and tell it."""
        self.status = ServerStatus(state, **more)
        if state is ServerState.READY and not self.status.remote:
            self.plan = self.plan or self.plan_for(self.settings.budget_bytes)
        elif not self.status.running:
            self.plan = None
        self.events.publish(EngineChanged(self.status))

    def measure(self, told: Sample, used: int | None = None) -> None:
        """Measure something and tell it."""
        self._samples.append(told)
        self.events.publish(EngineMeasured(told, used))

    def print(self, *lines: str) -> None:
        """Say something in the log."""
        self._lines += lines
        self.events.publish(EngineLogged(lines))

    def find(self, *cards: Card) -> None:
        """Find these cards at the next look."""
        chosen = next((each for each in cards if each.uuid == self.settings.card), cards[0] if cards else None)
        self._next = Overview(Survey(cards), chosen, None, None)

    def _with_ours(self, found: Card | None) -> Card | None:
        if found is None or self.plan is None:
            return found
        ours = GpuProcess(OWN_PID, "VLLM::EngineCore", self.plan.budget_bytes)
        left = found.free_bytes - self.plan.budget_bytes
        return dataclasses.replace(found, free_bytes=left, processes=(ours, *found.processes))

    # -- what the window asks

    def log_lines(self) -> tuple[str, ...]:
        return tuple(self._lines)

    def samples(self) -> tuple[Sample, ...]:
        return tuple(self._samples)

    async def refresh(self) -> Overview:
        held = self.plan.budget_bytes if self.plan is not None else 0
        self.overview = dataclasses.replace(
            self._next,
            card=self._with_ours(self._next.card),
            held_bytes=held,
            own_pids=frozenset({OWN_PID}) if held else frozenset(),
        )
        self.events.publish(OverviewChanged(self.overview))
        return self.overview

    def plan_for(self, budget_bytes: int | None) -> Plan | None:
        found = self.overview.card if self.overview is not None else None
        if found is None or self.needs is None:
            return None
        held = self.plan.budget_bytes if self.plan is not None else 0
        return make_plan(
            self.needs,
            total_bytes=found.total_bytes,
            free_bytes=min(found.total_bytes, found.free_bytes + held),
            budget_bytes=budget_bytes,
            max_tokens=self.settings.max_tokens,
        )

    async def change(self, **changes: Any) -> None:
        await self._did("change", changes)
        self.settings = dataclasses.replace(self.settings, **changes)
        if "card" in changes:
            self.find(*self._next.survey.cards)

    async def start(self) -> None:
        await self._did("start")
        self.become(ServerState.STARTING)
        self.become(ServerState.READY)

    async def stop(self) -> None:
        await self._did("stop")
        self.become(ServerState.STOPPED)

    async def sleep(self) -> None:
        await self._did("sleep")
        self.become(ServerState.ASLEEP)

    async def wake(self) -> None:
        await self._did("wake")
        self.become(ServerState.READY)

    async def restart(self) -> None:
        await self._did("restart")
        self.become(ServerState.STOPPED)
        self.become(ServerState.STARTING)
        self.become(ServerState.READY)

    async def check(self) -> CheckReport:
        await self._did("check")
        self.become(ServerState.READY, checked=True)
        return CheckReport(4, 4, 4, 4, (), 4, reads=True)

    async def apply(self, remedy: Remedy) -> None:
        await self._did("apply", remedy)
        if remedy.kind is RemedyKind.USE_BUDGET:
            self.settings = dataclasses.replace(self.settings, budget_bytes=remedy.value)

    async def close(self) -> None:
        await self._did("close")

    async def _did(self, what: str, told: Any = None) -> None:
        self.calls.append((what, told))
        if self.holds is not None:
            await self.holds.wait()
        if self.fails is not None:
            raise self.fails
