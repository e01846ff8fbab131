"""The setup as a list of steps: each is looked at, taken, skipped or cancelled by itself, and fails by itself."""

from __future__ import annotations

import asyncio
import datetime
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.engine_errors import LicenceNotAccepted, NoFittingRelease
from engine.errors import Cancelled, Defect, DiglotError, DiskFull, UsageError
from engine.events import Event, SetupChanged, SetupProgressed
from engine.settings import LaunchKind
from engine.setup.progress import CopyProgress
from engine.setup.steps import Step, StepState, StepStatus

if TYPE_CHECKING:
    from engine.local_engine import LocalEngine
    from engine.server.overview import Overview
    from engine.setup.releases import Release

GIB = 1 << 30
MODEL_ROOM_BYTES = 5 * GIB
"""What a checkpoint takes while it is copied in, with room to spare."""


@dataclass(frozen=True, slots=True)
class SetupChoice:
    """What a person chose for a step.

    `kit` is the folder of an engine kit, `from_index` takes the engine from the package index instead. `model` is a
    folder, a drive or an archive, `manifest` a list of hashes to compare it with; `download_from` is "huggingface" or
    "modelscope". `release` names a row of the table of releases; "" takes the best that fits.
    """

    kit: Path | None = None
    from_index: bool = False
    release: str = ""
    model: Path | None = None
    manifest: Path | None = None
    download_from: str = ""
    accept_licence: bool = False


class LocalSetup:
    """Brings engine and model onto this machine, a step at a time. Use it on one loop; close it at the end."""

    def __init__(self, engine: LocalEngine, publish: Callable[[Event], None]) -> None:
        """Look at nothing yet."""
        self._engine = engine
        self._publish = publish
        self._found = {step: StepStatus(step, StepState.OPEN) for step in Step}
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()

    @property
    def steps(self) -> tuple[StepStatus, ...]:
        """How every step stands, in order."""
        return tuple(self._found[step] for step in Step)

    @property
    def working(self) -> Step | None:
        """The step that is being taken."""
        return next((each.step for each in self.steps if each.state is StepState.WORKING), None)

    async def look(self) -> tuple[StepStatus, ...]:
        """Find out how every step stands; what was skipped stays so, what is being taken is left alone."""
        async with self._looking:  # one that ends late must not put an older state back
            overview = await self._engine.refresh()
            free = await asyncio.to_thread(_free_bytes)
            for found in (
                _card(overview),
                _driver(overview),
                _space(overview, free),
                _engine_there(overview),
                _weights(overview),
                self._licence(),
                self._started(),
                self._checked(),
            ):
                before = self._found[found.step]
                keep = before.state is StepState.WORKING or (
                    found.state is StepState.OPEN and before.state in (StepState.SKIPPED, StepState.FAILED)
                )
                if not keep:
                    self._found[found.step] = found
            self._tell()
            return self.steps

    async def take(self, step: Step, choice: SetupChoice | None = None) -> None:
        """Take one step and see it through to its end.

        Raises:
            DiglotError: It failed; its status says so too.
            Cancelled: It was given up.
            UsageError: Another step is being taken, or the choice does not say enough.
        """
        if self.working is not None:
            raise UsageError(str(step), detail=f"“{self.working}” is not finished")
        self._set(StepStatus(step, StepState.WORKING))
        task = self._task = asyncio.ensure_future(self._do(step, choice or SetupChoice()))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            self._set(StepStatus(step, StepState.OPEN))
            if (asking := asyncio.current_task()) is not None and asking.cancelling():
                raise
            raise Cancelled() from None
        except Cancelled:
            self._set(StepStatus(step, StepState.OPEN))
            raise
        except DiglotError as error:
            self._set(StepStatus(step, StepState.FAILED, error=error))
            raise
        except Exception as defect:
            self._set(StepStatus(step, StepState.FAILED, error=Defect(detail=type(defect).__name__)))
            raise
        finally:
            self._task = None
        self._set(StepStatus(step, StepState.DONE))
        await self.look()

    def skip(self, step: Step) -> None:
        """Leave a step out; it can still be taken later."""
        if self._found[step].state is not StepState.WORKING:
            self._set(StepStatus(step, StepState.SKIPPED, self._found[step].found))

    async def cancel(self) -> None:
        """Give up the step that is being taken; what is half-made is removed or goes on next time."""
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Give up what is under way."""
        await self.cancel()

    def releases(self) -> tuple[Release, ...]:
        """Return the table of releases, with what was really run of each."""
        from engine.setup.releases import load_releases

        return load_releases()

    # -- the steps

    async def _do(self, step: Step, choice: SetupChoice) -> None:
        match step:
            case Step.ENGINE:
                await self._install(choice)
            case Step.WEIGHTS:
                await self._import(choice)
            case Step.LICENCE:
                await self._accept(choice)
            case Step.START:
                await self._engine.start()
            case Step.CHECK:
                await self._engine.start()
                await self._engine.check()
            case Step.CARD | Step.DRIVER | Step.SPACE:
                await self._engine.refresh()

    async def _install(self, choice: SetupChoice) -> None:
        """Build the engine's environment from a kit or, if the user pressed that button, from the index."""
        from engine.server.planning import environments_folder
        from engine.setup.installing import SourceKind, WheelSource
        from engine.setup.runtime import BuildOrder, build_environment, remove_environment

        if (choice.kit is None) == (not choice.from_index):
            raise UsageError(detail="choose an engine kit, or say that the package index may be used")
        release = await self._release(choice)
        source = WheelSource(SourceKind.INDEX if choice.kit is None else SourceKind.KIT, choice.kit)
        environment = await build_environment(
            BuildOrder(release, environments_folder(), source), on_progress=self._progress(Step.ENGINE)
        )
        before = (self._engine.overview or await self._engine.refresh()).environment
        await self._engine.change(environment=str(environment.folder))
        if before is not None and before.folder.parent == environment.folder.parent and not self._engine.status.running:
            await asyncio.to_thread(remove_environment, before)  # gigabytes that nobody will use again

    async def _release(self, choice: SetupChoice) -> Release:
        """Return the release that the user names, the one a kit brings, or the one that fits the card best."""
        from engine.setup.kit import read_kit
        from engine.setup.releases import choose_release, release_named

        if choice.release:
            return release_named(choice.release)
        if choice.kit is not None:
            return release_named((await asyncio.to_thread(read_kit, choice.kit)).release)
        card = (self._engine.overview or await self._engine.refresh()).card
        if card is None:
            raise NoFittingRelease(detail="there is no card to choose one for; name the release")
        return choose_release(card.driver, capability=card.capability)

    async def _import(self, choice: SetupChoice) -> None:
        """Copy the model in from where the user says."""
        from engine.server.planning import models_folder
        from engine.setup.download import HubName, download_model
        from engine.setup.importing import import_model
        from engine.setup.licence import check_accepted

        progress = self._progress(Step.WEIGHTS)
        if choice.model is not None:
            model = await import_model(choice.model, models_folder(), manifest=choice.manifest, on_progress=progress)
        elif choice.download_from:
            check_accepted(self._engine.settings.licence_accepted)
            model = await download_model(HubName(choice.download_from), models_folder(), on_progress=progress)
        else:
            raise UsageError(detail="choose the folder, the drive or the archive that holds the model")
        await self._engine.change(model=str(model.folder))

    async def _accept(self, choice: SetupChoice) -> None:
        from engine.setup.licence import consent

        if not choice.accept_licence:
            raise LicenceNotAccepted()
        await self._engine.change(licence_accepted=consent(datetime.date.today()))

    def _progress(self, step: Step) -> Callable[[CopyProgress], None]:
        return lambda progress: self._publish(SetupProgressed(step, progress))

    # -- how things stand

    def _licence(self) -> StepStatus:
        from engine.setup.licence import is_accepted

        accepted = self._engine.settings.licence_accepted
        if not is_accepted(accepted):
            return StepStatus(Step.LICENCE, StepState.OPEN)
        return StepStatus(Step.LICENCE, StepState.DONE, accepted)

    def _started(self) -> StepStatus:
        status = self._engine.status
        done = status.running and status.phase is None
        seconds = self._engine.start_seconds
        return StepStatus(
            Step.START, StepState.DONE if done else StepState.OPEN, f"{seconds:.0f} s" if done and seconds else ""
        )

    def _checked(self) -> StepStatus:
        status = self._engine.status
        if status.checked is None:
            return StepStatus(Step.CHECK, StepState.OPEN)
        return StepStatus(Step.CHECK, StepState.DONE, str(status.pages_at_once))

    def _set(self, status: StepStatus) -> None:
        self._found[status.step] = status
        self._tell()

    def _tell(self) -> None:
        self._publish(SetupChanged(self.steps))


def _card(overview: Overview) -> StepStatus:
    from engine.server.cards import CardFit, error_of

    card = overview.card
    if overview.launch is not LaunchKind.NATIVE and card is None:
        return StepStatus(Step.CARD, StepState.SKIPPED)
    if card is None:
        return StepStatus(Step.CARD, StepState.FAILED, error=error_of(overview.survey))
    found = f"{card.name}, {card.total_bytes / GIB:.1f} GiB"
    if card.fit in (CardFit.NO_BF16, CardFit.SPLIT):
        return StepStatus(Step.CARD, StepState.FAILED, found, NoFittingRelease(detail=f"{card.name}: {card.fit}"))
    return StepStatus(Step.CARD, StepState.DONE, found)


def _driver(overview: Overview) -> StepStatus:
    from engine.setup.releases import choose_release

    card = overview.card
    if card is None or not card.driver:
        return StepStatus(Step.DRIVER, StepState.DONE if card is not None else StepState.OPEN)
    try:
        choose_release(card.driver, capability=card.capability)
    except DiglotError as error:
        return StepStatus(Step.DRIVER, StepState.FAILED, card.driver, error)
    return StepStatus(Step.DRIVER, StepState.DONE, f"{card.driver}, CUDA {card.cuda}")


def _space(overview: Overview, free: int) -> StepStatus:
    from engine.setup.installing import Installer
    from engine.setup.order import room_needed
    from engine.setup.releases import choose_release

    needed = 0
    if overview.environment is None and overview.launch is LaunchKind.NATIVE:
        try:
            driver = overview.card.driver if overview.card is not None else ""
            needed += room_needed(choose_release(driver), None, Installer.UV)
        except NoFittingRelease:
            pass  # the step before says so
    if overview.model is None:
        needed += MODEL_ROOM_BYTES
    found = f"{free / GIB:.1f} GiB"
    if free < needed:
        error = DiskFull(detail=f"{needed / GIB:.1f} GiB needed, {found} free")
        return StepStatus(Step.SPACE, StepState.FAILED, found, error)
    return StepStatus(Step.SPACE, StepState.DONE, found)


def _engine_there(overview: Overview) -> StepStatus:
    environment = overview.environment
    if overview.launch is not LaunchKind.NATIVE:
        return StepStatus(Step.ENGINE, StepState.DONE, str(overview.launch))
    if environment is None:
        return StepStatus(Step.ENGINE, StepState.OPEN)
    return StepStatus(Step.ENGINE, StepState.DONE, f"vLLM {environment.vllm_version}")


def _weights(overview: Overview) -> StepStatus:
    model = overview.model
    if model is None:
        return StepStatus(Step.WEIGHTS, StepState.OPEN)
    return StepStatus(Step.WEIGHTS, StepState.DONE, f"HunyuanOCR {model.version}, {model.size_bytes / GIB:.1f} GiB")


def _free_bytes() -> int:
    from engine.paths import paths

    place = paths().data
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free
