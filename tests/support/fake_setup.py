"""A setup for windows in tests: LocalSetup's own face, each step ending as the test has written it down beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import Cancelled, DiglotError, UsageError
from engine.events import SetupChanged, SetupProgressed
from engine.local_setup import SetupChoice
from engine.server.state import ServerState
from engine.setup.checkpoint import ModelInfo
from engine.setup.checkpoint_config import ModelVersion
from engine.setup.kit import Kit, KitFile, KitPart
from engine.setup.progress import CopyProgress
from engine.setup.releases import Release, load_releases
from engine.setup.steps import Step, StepState, StepStatus
from tests.support.fake_engine import GIB, FakeEngine

FOUND = {
    Step.CARD: "NVIDIA RTX 4070, 12.0 GiB",
    Step.DRIVER: "580.95, CUDA 13.0",
    Step.SPACE: "212.4 GiB",
    Step.ENGINE: "vLLM 0.28.0",
    Step.WEIGHTS: "HunyuanOCR 1.5, 1.9 GiB",
    Step.LICENCE: "tencent-hunyuan-community 2025-11-25, accepted 2026-11-20",
    Step.START: "48 s",
    Step.CHECK: "12",
}
"""What a usual machine has."""
LOOKED_AT = (Step.CARD, Step.DRIVER, Step.SPACE)


@dataclass
class Script:
    """How a step goes: what it tells on the way, what it waits for, and how it ends."""

    tells: Sequence[CopyProgress] = ()
    holds: asyncio.Event | None = None
    error: DiglotError | None = None
    ends: Callable[[], None] = field(default=lambda: None)
    """Called when it has gone well."""


class FakeSetup:
    """Takes steps as they were written down, and keeps which were taken with which choice."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.scripts: dict[Step, list[Script]] = {}
        self.taken: list[tuple[Step, SetupChoice]] = []
        self.looks = 0
        self.closed = False
        self.table = load_releases()
        self._found = {step: StepStatus(step, StepState.OPEN) for step in Step}
        self._task: asyncio.Task[None] | None = None

    # -- what the test says

    def stand(self, *steps: Step, state: StepState = StepState.DONE, error: DiglotError | None = None) -> None:
        """Let steps stand so, with what a usual machine has."""
        for step in steps:
            found = FOUND[step] if state is StepState.DONE else ""
            self._found[step] = StepStatus(step, state, found, error)
        self._tell()

    def write(self, step: Step, *scripts: Script) -> None:
        """Say how a step goes the next times; a step that nothing is said of goes well."""
        self.scripts.setdefault(step, []).extend(scripts)

    # -- what the window asks

    @property
    def steps(self) -> tuple[StepStatus, ...]:
        return tuple(self._found[step] for step in Step)

    @property
    def working(self) -> Step | None:
        return next((each.step for each in self.steps if each.state is StepState.WORKING), None)

    async def look(self) -> tuple[StepStatus, ...]:
        self.looks += 1
        await self.engine.refresh()
        if accepted := self.engine.settings.licence_accepted:
            self._found[Step.LICENCE] = StepStatus(Step.LICENCE, StepState.DONE, accepted)
        self._tell()
        return self.steps

    async def take(self, step: Step, choice: SetupChoice | None = None) -> None:
        if self.working is not None:
            raise UsageError(str(step), detail=f"“{self.working}” is not finished")
        self.taken.append((step, choice or SetupChoice()))
        self._set(StepStatus(step, StepState.WORKING))
        script = self.scripts[step].pop(0) if self.scripts.get(step) else Script()
        task = self._task = asyncio.ensure_future(self._go(step, script))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            self._set(StepStatus(step, StepState.OPEN))
            if (asking := asyncio.current_task()) is not None and asking.cancelling():
                raise
            raise Cancelled() from None
        except DiglotError as error:
            self._set(StepStatus(step, StepState.FAILED, error=error))
            raise
        finally:
            self._task = None
        self._set(StepStatus(step, StepState.DONE, FOUND[step]))
        await self.look()

    def skip(self, step: Step) -> None:
        if self._found[step].state is not StepState.WORKING:
            self._set(StepStatus(step, StepState.SKIPPED, self._found[step].found))

    async def cancel(self) -> None:
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def close(self) -> None:
        self.closed = True
        await self.cancel()

    def releases(self) -> tuple[Release, ...]:
        return self.table

    # --

    async def _go(self, step: Step, script: Script) -> None:
        for progress in script.tells:
            self.engine.events.publish(SetupProgressed(step, progress))
        await asyncio.sleep(0)
        if script.holds is not None:
            await script.holds.wait()
        if script.error is not None:
            raise script.error
        if step is Step.LICENCE:
            await self.engine.change(licence_accepted=FOUND[step])
        elif step is Step.START:
            self.engine.become(ServerState.READY, pages_at_once=12)
        elif step is Step.CHECK:
            self.engine.become(ServerState.READY, pages_at_once=12, checked=True)
        script.ends()

    def _set(self, status: StepStatus) -> None:
        self._found[status.step] = status
        self._tell()

    def _tell(self) -> None:
        self.engine.events.publish(SetupChanged(self.steps))


def model_info(folder: Path, *, version: ModelVersion = ModelVersion.V1_5, draft: bool = False) -> ModelInfo:
    """Return what is known of a model; nothing lies in its folder."""
    return ModelInfo(
        folder=folder,
        version=version,
        weight_bytes=2 * GIB,
        kv_bytes_per_token=98304,
        max_positions=131072,
        min_pixels=512 * 512,
        max_pixels=4096 * 4096,
        draft=folder / "dflash" if draft else None,
        shards=1,
        size_bytes=round(1.9 * GIB),
    )


def kit_info(folder: Path, release: str = "vllm-0.28.0") -> Kit:
    """Return what is known of a kit; nothing lies in its folder."""
    path = "wheels/vllm-0.28.0-cp312-cp312-linux_x86_64.whl"
    wheel = KitFile(path, 5 * GIB, "0" * 64, 9 * GIB, (KitPart(path, 5 * GIB, "0" * 64),))
    return Kit(
        folder=folder,
        release=release,
        platform="linux_x86_64",
        glibc="2.31",
        python="3.12",
        cuda="13.0",
        made="2026-11-20",
        wheels=(wheel,),
        interpreter=None,
        fingerprint="4f1c9b2e77d05a83" + "0" * 48,
    )
