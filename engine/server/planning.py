"""From what is on the machine and what the user has chosen to a planned run; and what is learned from it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from engine.engine_errors import CardLost, NotEnoughMemory, Remedy, RemedyKind
from engine.paths import paths
from engine.server.calibration import Circumstances, load_calibration, record_start
from engine.server.cards import error_of
from engine.server.check_records import CheckRecord, keep_check, recall_check
from engine.server.hardware import survey_cards
from engine.server.health import StartReport
from engine.server.launch import launch_for
from engine.server.leftovers import own_processes
from engine.server.memory import MAX_PAGES, needs_of
from engine.server.on_cpu import CPU_NAME, CPU_UUID, cpu_as_card, cpu_environment, plan_on_cpu
from engine.server.overview import Overview
from engine.server.plan import Plan, largest_that_fits, make_plan
from engine.server.preparing import Preparation
from engine.server.run import Run
from engine.server.self_check import CheckReport
from engine.server.start_history import keep_start, recall_starts
from engine.settings import EngineSettings
from engine.setup.environments import Environment, known_environments
from engine.setup.model import ModelInfo, examine_model, find_models
from engine.setup.releases import Device, load_releases, numbers, release_named
from engine.setup.runtime import plugin_is_current, renew_wheels

log = logging.getLogger(__name__)

GIB = 1 << 30
BYTES_SINCE = (0, 20)
"""The vLLM that is sure to know `--kv-cache-memory-bytes`."""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run, and what it was planned from."""

    run: Run
    plan: Plan
    circumstances: Circumstances
    history_key: str
    check_key: str


def environments_folder() -> Path:
    """Return where engines' own environments lie."""
    return paths().data / "engines"


def models_folder() -> Path:
    """Return where checkpoints lie."""
    return paths().data / "models"


def engine_home() -> Path:
    """Return the one folder that an engine may write: its caches."""
    return paths().cache / "engine"


# -- looking


async def look_around(settings: EngineSettings, *, serving_bytes: int = 0) -> Overview:
    """Look at cards, engines and models.

    Args:
        settings: What is chosen.
        serving_bytes: What our own engine has if it serves now; believed where the driver does not say it itself.
    """
    survey, (environment, model), own = await asyncio.gather(
        survey_cards(), asyncio.to_thread(what_is_set_up, settings), asyncio.to_thread(own_processes)
    )
    card = survey.card(settings.card)
    if environment is not None and _is_for_cpu(environment):
        card = cpu_as_card()
    held = card.held_by(own, unless_told=serving_bytes) if card is not None else 0
    seen = Overview(survey, card, model, environment, settings.launch, held, frozenset(own))
    return replace(seen, calibration=await asyncio.to_thread(load_calibration, circumstances_of(seen)))


def what_is_set_up(settings: EngineSettings) -> tuple[Environment | None, ModelInfo | None]:
    """Return engine and model as they lie on the disk; None for what is not there. Blocks for a moment."""
    return _environment(settings.environment), _model(settings.model)


def _environment(chosen: str) -> Environment | None:
    known = known_environments(environments_folder())
    if chosen:
        known = [each for each in known if each.folder == Path(chosen)] or known_environments(Path(chosen).parent)
        known = [each for each in known if each.folder == Path(chosen)]
    return known[0] if known else None


def _model(chosen: str) -> ModelInfo | None:
    from engine.errors import DiglotError

    try:
        if chosen:
            return examine_model(Path(chosen))
        found = find_models(models_folder())
    except DiglotError as problem:
        log.warning("The chosen model cannot be used: %s", problem)
        return None
    return found[0] if found else None


def _is_for_cpu(environment: Environment) -> bool:
    """Tell whether an engine computes on the processor; one whose release we no longer know runs on a card."""
    return any(each.key == environment.release and each.device is Device.CPU for each in load_releases())


def _takes_bytes(environment: Environment | None) -> bool:
    """Tell whether this vLLM can be given its page memory in bytes; what runs in a container is new enough."""
    return environment is None or numbers(environment.vllm_version) >= BYTES_SINCE


async def memory_in_use(overview: Overview | None) -> int | None:
    """Return how much of the engine's card is in use; None where nobody can tell."""
    card = overview.card if overview is not None else None
    if card is None or card.uuid == CPU_UUID:
        return None
    now = (await survey_cards()).card(card.uuid)
    return now.used_bytes if now is not None else None


# -- planning


def plan_within(overview: Overview, settings: EngineSettings, *, budget_bytes: int | None) -> Plan | None:
    """Return what a budget would give on the overview's card, when our own engine has given back what it holds."""
    card, model = overview.card, overview.model
    if card is None or model is None:
        return None
    plan = make_plan(
        needs_of(model),
        total_bytes=card.total_bytes,
        free_bytes=card.free_bytes + overview.held_bytes,
        budget_bytes=budget_bytes,
        max_tokens=settings.max_tokens,
        calibration=overview.calibration,
        most_pages=settings.pages_at_once_limit or MAX_PAGES,
        measure_first=True,
        exact_page_memory=_takes_bytes(overview.environment),
    )
    return plan_on_cpu(plan) if card.uuid == CPU_UUID else plan


async def with_own_plugin(overview: Overview) -> Overview:
    """Bring our plug-in in the engine's environment up to date, as after an update of Diglot.

    Raises:
        InstallFailed, OwnedElsewhere, OutputNotWritable: That is not possible; an engine without it is never started.
    """
    environment = overview.environment
    if environment is None or await asyncio.to_thread(plugin_is_current, environment):
        return overview
    return replace(overview, environment=await renew_wheels(environment, release_named(environment.release)))


async def plan_start(overview: Overview, settings: EngineSettings) -> PlannedRun:
    """Plan a start with what is free now.

    Raises:
        NoCard, CardLost, EngineNotPermitted: There is no card to run on.
        NotEnoughMemory: The budget is not free; who holds it is named, and the largest that fits is offered.
    """
    card, model = overview.card, overview.model
    assert model is not None
    if card is None and overview.survey.cards:
        raise CardLost(detail="the chosen card is not there")
    if card is None:
        raise error_of(overview.survey)
    plan = plan_within(overview, settings, budget_bytes=settings.budget_bytes)
    assert plan is not None
    if not plan.fits:
        raise not_enough(overview, plan, settings)
    environment = overview.environment
    launch = launch_for(settings)
    on_cpu = card.uuid == CPU_UUID
    engine = environment.release if environment is not None else f"{settings.launch} {settings.image}"
    history_key = f"{engine} {model.version} {'eager' if plan.eager else 'graphs'}"
    can_sleep = launch.over_socket and not on_cpu
    prepare = Preparation(
        launch=launch,
        python=environment.python if environment is not None else Path("python3"),
        model=model.folder,
        flags=plan.flags,
        home=engine_home(),
        can_sleep=can_sleep,
        card="" if on_cpu else card.uuid,
        extra_environment=cpu_environment() if on_cpu else (),
    )

    async def card_is_there() -> bool:
        survey = await survey_cards()
        return any(each.uuid == card.uuid for each in survey.cards)

    return PlannedRun(
        run=Run(
            prepare=prepare,
            pages_at_once=plan.pages_at_once,
            max_tokens=plan.max_tokens,
            can_sleep=can_sleep,
            idle_s=settings.idle_minutes * 60.0,
            history=await recall_starts(history_key),
            card_is_there=None if on_cpu else card_is_there,
        ),
        plan=plan,
        circumstances=circumstances_of(overview),
        history_key=history_key,
        check_key=f"{engine} {environment.plugin_version if environment else ''} {model.version} {card.name}",
    )


def circumstances_of(overview: Overview) -> Circumstances:
    """Return what a lesson from a start holds for."""
    environment, model, card = overview.environment, overview.model, overview.card
    return Circumstances(
        vllm_version=environment.vllm_version if environment is not None else str(overview.launch),
        model_version=str(model.version) if model is not None else "",
        card=card.name if card is not None else "",
    )


def not_enough(overview: Overview, plan: Plan, settings: EngineSettings) -> NotEnoughMemory:
    """Say who holds the memory, and offer the largest budget that fits."""
    card, model = overview.card, overview.model
    assert card is not None and model is not None
    holders = sorted((each for each in card.processes if each.bytes), key=lambda each: -(each.bytes or 0))[:3]
    held = ", ".join(f"{each.name or each.pid} {(each.bytes or 0) / GIB:.1f} GiB" for each in holders)
    wanted = max(plan.budget_bytes, plan.least_bytes)
    detail = f"{wanted / GIB:.1f} GiB wanted, {card.free_bytes / GIB:.1f} GiB free on {card.name}"
    most = largest_that_fits(
        needs_of(model),
        total_bytes=card.total_bytes,
        free_bytes=card.free_bytes,
        max_tokens=settings.max_tokens,
        calibration=overview.calibration,
        most_pages=settings.pages_at_once_limit or MAX_PAGES,
    )
    remedy = Remedy(RemedyKind.USE_BUDGET, most) if most else None
    return NotEnoughMemory(detail=f"{detail}; {held}" if held else detail, remedy=remedy)


# -- learning


async def learn(planned: PlannedRun, report: StartReport) -> None:
    """Keep what a start has told, for the next one."""
    await keep_start(planned.history_key, report.seconds)
    if planned.circumstances.card != CPU_NAME:  # what a processor took says nothing about a card
        await asyncio.to_thread(record_start, planned.circumstances, planned.plan, report)


async def recall_report(planned: PlannedRun) -> CheckRecord | None:
    """Return what an earlier self-check of this engine said."""
    return await asyncio.to_thread(recall_check, planned.check_key)


async def keep_report(planned: PlannedRun, report: CheckReport) -> None:
    """Remember what a self-check said."""
    record = CheckRecord(report.passed, report.pages_at_once)
    await asyncio.to_thread(keep_check, planned.check_key, record)
