"""The command `diglot engine`: plan, install, import a model, start and keep running, ask the owner."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from engine.commands.engine_arguments import (
    AskOptions,
    EngineOptions,
    ImportOptions,
    InstallOptions,
    PlanOptions,
    StartOptions,
    StatusOptions,
)
from engine.commands.engine_report import (
    check_lines,
    plan_lines,
    release_lines,
    status_line,
    status_words,
)
from engine.commands.exit_codes import ALL_READ
from engine.commands.interrupt import stopped_by_signals
from engine.commands.setup_progress import SetupReport
from engine.engine_errors import EngineMixesPages, NoCard, NoOwner
from engine.errors import Cancelled, DiglotError
from engine.events import EngineChanged, Event, SetupProgressed
from engine.local_setup import SetupChoice
from engine.owner.client import OwnerClient
from engine.owner.handlers import CHECK, STATUS, status_as_json
from engine.owner.lock import OwnerKind
from engine.owner.ownership import Ownership
from engine.server.state import ServerState
from engine.service import Service
from engine.setup.steps import Step

USABLE = (ServerState.READY, ServerState.ASLEEP)


def engine(options: EngineOptions) -> int:
    """Do what `diglot engine …` was asked for and return the exit code. Raises `DiglotError`."""
    match options:
        case PlanOptions():
            return asyncio.run(_plan(options))
        case InstallOptions(releases=True):
            _print(release_lines())
            return ALL_READ
        case InstallOptions():
            choice = SetupChoice(kit=options.kit, from_index=options.from_index, release=options.release)
            return asyncio.run(_take_steps([(Step.ENGINE, choice)], quiet=options.quiet))
        case ImportOptions():
            return asyncio.run(_take_steps(_import_steps(options), quiet=options.quiet))
        case StartOptions():
            return asyncio.run(_start(options))
        case StatusOptions(command="check"):
            return asyncio.run(_check(options))
        case StatusOptions():
            return asyncio.run(_status(options))
        case AskOptions():
            return asyncio.run(_ask(options))


# -- plan


async def _plan(options: PlanOptions) -> int:
    """Plan for the card that is given, or for this computer's."""
    from engine.server.memory import needs_of_version
    from engine.server.plan import make_plan, needs_of, plan_as_json
    from engine.server.planning import look_around
    from engine.settings import load_settings

    settings = load_settings().engine
    total, free, needs = options.total, options.free, needs_of_version(options.model_version or "1.5")
    if total is None or options.model_version is None:
        overview = await look_around(settings)
        if total is None and overview.card is None:
            raise NoCard(detail="say which one is meant with --total GIB")
        if total is None and overview.card is not None:
            total, free = overview.card.total_bytes, overview.card.free_bytes
        if options.model_version is None and overview.model is not None:
            needs = needs_of(overview.model)
    assert total is not None
    plan = make_plan(
        needs,
        total_bytes=total,
        free_bytes=total if free is None else free,
        budget_bytes=settings.budget_bytes if options.budget is None and options.total is None else options.budget,
        max_tokens=options.max_tokens,
    )
    _print([json.dumps(plan_as_json(plan, plan.flags), indent=2)] if options.json else plan_lines(plan))
    return ALL_READ


# -- the setup


def _import_steps(options: ImportOptions) -> list[tuple[Step, SetupChoice]]:
    licence = [(Step.LICENCE, SetupChoice(accept_licence=True))] if options.accept_licence else []
    choice = SetupChoice(model=options.source, download_from=options.download_from, manifest=options.manifest)
    return [*licence, (Step.WEIGHTS, choice)]


async def _take_steps(steps: list[tuple[Step, SetupChoice]], *, quiet: bool) -> int:
    service, report = Service(), SetupReport(quiet=quiet)

    def hear(event: Event) -> None:
        if isinstance(event, SetupProgressed):
            report.show_bytes(event.progress)

    service.subscribe(hear)
    stop = asyncio.Event()
    try:
        with stopped_by_signals(stop):
            for step, choice in steps:
                await _unless(stop, service.setup.take(step, choice))
                found = next(each.found for each in service.setup.steps if each.step is step)
                report.note(f"{step}: {found}" if found else f"{step}: done")
    finally:
        report.clear()
        await service.close()
    return ALL_READ


# -- the owner


async def _start(options: StartOptions) -> int:
    """Own the engine until Ctrl-C, or until another command stops it."""
    service, stop = Service(), asyncio.Event()
    report = SetupReport(quiet=options.quiet)
    owner = Ownership(service, kind=OwnerKind.COMMAND, stopped=stop.set)
    failed: list[DiglotError] = []

    def hear(event: Event) -> None:
        if isinstance(event, EngineChanged):
            report.show_status(event.status)
            if event.status.state is ServerState.FAILED and event.status.error is not None:
                failed.append(event.status.error)
                stop.set()

    try:
        await owner.claim()
        service.subscribe(hear)
        with stopped_by_signals(stop):
            if options.budget is not None:
                await service.engine.change(budget_bytes=options.budget)
            await _unless(stop, service.engine.start(), failed)
            report.say(status_line(status_as_json(service.engine.status)))
            await stop.wait()
            report.note("stopping the engine")
    finally:
        report.clear()
        await service.close()
        await owner.close()
    if failed:
        raise failed[-1]
    return ALL_READ


async def _unless(stop: asyncio.Event, work: Any, failed: list[DiglotError] | None = None) -> None:
    """Do the work, but give it up when a person stops it. Raises what the work raises, or `Cancelled`."""
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if doing.done():
        doing.result()
        return
    if failed:
        await doing  # it is ending by itself, with the same error
    doing.cancel()
    with contextlib.suppress(asyncio.CancelledError, DiglotError):
        await doing
    raise Cancelled()


async def _status(options: StatusOptions) -> int:
    """Say how the owner's engine stands; where there is no owner, what is set up on this machine."""
    try:
        status = await _last(OwnerClient().ask(STATUS))
    except NoOwner:
        service = Service()
        try:
            await service.engine.refresh()
            status = status_as_json(service.engine.status)
        finally:
            await service.close()
    _print([json.dumps(status, indent=2, ensure_ascii=False)] if options.json else status_words(status))
    return ALL_READ if status.get("state") in USABLE else NoOwner.exit_code


async def _check(options: StatusOptions) -> int:
    report = await _last(OwnerClient().ask(CHECK))
    _print([json.dumps(report, indent=2)] if options.json else check_lines(report))
    return ALL_READ if report.get("passed") is True else EngineMixesPages.exit_code


async def _ask(options: AskOptions) -> int:
    status = await _last(OwnerClient().ask(options.command))
    _print([status_line(status)])
    return ALL_READ


async def _last(replies: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    """Return the last of an owner's replies."""
    last: dict[str, Any] = {}
    async for reply in replies:
        last = reply
    return last


def _print(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.flush()
