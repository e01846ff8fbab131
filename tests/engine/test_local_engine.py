"""The engine as a front sees it: planned, started, checked, stopped; with a stand-in for vLLM's server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.engine_errors import (
    EngineAbsent,
    EngineError,
    EngineMisreads,
    LicenceNotAccepted,
    NotEncrypted,
    Remedy,
    RemedyKind,
    RemoteUnreachable,
    WeightsDamaged,
)
from engine.events import EngineChanged, EngineLogged, EngineMeasured, Event, OverviewChanged
from engine.server.keeper import MARK
from engine.server.leftovers import marker
from engine.server.state import ServerState
from engine.service import Service
from engine.settings import LibrarySettings, RemoteSettings, change_settings, load_settings
from tests.support.engine_home import set_up
from tests.support.stand_in_server import Behaviour

MARKER = "from engine.server.leftovers import marker; print(marker())"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="vLLM's stand-in needs POSIX")


@asynccontextmanager
async def service(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    behaviour: Behaviour | None = None,
    *,
    bare: bool = False,
    **settings: Any,
) -> AsyncIterator[tuple[Service, list[Event]]]:
    """Run a service in a home of its own."""
    if not bare:
        set_up(home, behaviour, **settings)
    monkeypatch.setenv("DIGLOT_HOME", str(home))
    monkeypatch.setattr("engine.server.supervisor.WATCH_EVERY_S", 0.1)
    events: list[Event] = []
    made = Service()
    made.subscribe(events.append)
    try:
        yield made, events
    finally:
        await made.close()


async def until(holds: Callable[[], object], within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.mark.slow
def test_started_it_is_ready_and_has_been_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path / "家", monkeypatch) as (here, events):
            await here.engine.start()
            status = here.engine.status
            assert status.state is ServerState.READY
            assert status.checked is True
            assert status.pages_at_once > 0 and status.max_tokens > 0
            assert here.engine.start_seconds is not None
            await until(lambda: here.engine.log_lines())
            await here.engine.stop()
            assert here.engine.status.state is ServerState.STOPPED
            kinds = {type(event) for event in events}
            assert {EngineChanged, EngineLogged, OverviewChanged} <= kinds

    asyncio.run(go())


@pytest.mark.slow
def test_a_second_start_of_the_same_engine_is_not_checked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch) as (here, _):
            await here.engine.start()
            await here.engine.stop()
            asked: list[object] = []
            monkeypatch.setattr(here.engine, "_check", asked.append)
            await here.engine.start()
            assert here.engine.status.checked is True
            assert not asked

    asyncio.run(go())


@pytest.mark.slow
def test_an_engine_that_mixes_pages_gets_fewer_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    behaviour = Behaviour(mixes_above=3, answer_seconds=0.05)

    async def go() -> None:
        async with service(tmp_path, monkeypatch, behaviour) as (here, _):
            await here.engine.start()
            assert here.engine.status.checked is False
            assert here.engine.status.pages_at_once <= 3
            report = await here.engine.check()
            assert report.reads and not report.passed and report.mixed

    asyncio.run(go())


@pytest.mark.slow
def test_an_engine_that_does_not_read_is_ended_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch) as (here, events):
            set_up(tmp_path, Behaviour(), answers_rightly=False)
            with pytest.raises(EngineMisreads):
                await here.engine.start()
            assert here.engine.status.state is ServerState.FAILED
            assert isinstance(here.engine.status.error, EngineMisreads)
            seen = [event.status.check_progress for event in events if isinstance(event, EngineChanged)]
            assert 1.0 in seen and seen[-1] is None

    asyncio.run(go())


def test_nothing_is_started_without_engine_model_or_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path / "bare", monkeypatch, bare=True) as (here, _):
            assert here.engine.status.state is ServerState.ABSENT
            with pytest.raises(EngineAbsent) as absent:
                await here.engine.start()
            assert absent.value.remedy == Remedy(RemedyKind.SET_UP)
        async with service(tmp_path / "unaccepted", monkeypatch, licence_accepted="") as (here, _):
            with pytest.raises(LicenceNotAccepted):
                await here.engine.start()

    asyncio.run(go())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="marks are read in /proc")
def test_the_first_look_ends_what_a_killed_diglot_left_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.run([sys.executable, "-c", MARKER], capture_output=True, text=True, check=True).stdout.strip()
    left, ours = (
        subprocess.Popen(["sleep", "60"], env={MARK: mark}, start_new_session=True) for mark in (gone, marker())
    )

    async def go() -> None:
        async with service(tmp_path, monkeypatch) as (here, _):
            await here.engine.refresh()

    try:
        asyncio.run(go())
        assert left.wait(10) != 0
        assert ours.poll() is None
    finally:
        for process in (left, ours):
            process.kill()
            process.wait()


def test_a_budget_is_planned_at_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch) as (here, _):
            assert here.engine.plan_for(None) is None  # nothing was looked at yet
            await here.engine.refresh()
            plan = here.engine.plan_for(6 << 30)
            assert plan is not None and plan.fits and plan.pages_at_once > 0
            await here.engine.change(budget_bytes=6 << 30, idle_minutes=30)
        assert load_settings().engine.budget_bytes == 6 << 30
        assert load_settings().engine.idle_minutes == 30

    asyncio.run(go())


def test_what_is_chosen_for_the_library_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch) as (here, _):
            await here.engine.refresh()
            change_settings(lambda kept: replace(kept, library=LibrarySettings(folder="/far/away", keep=False)))
            await here.engine.change(idle_minutes=30)
        assert load_settings().library == LibrarySettings(folder="/far/away", keep=False)
        assert load_settings().engine.idle_minutes == 30

    asyncio.run(go())


@pytest.mark.slow
def test_a_failed_start_says_what_would_help_and_the_remedy_is_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch, Behaviour(failure="damaged weights")) as (here, _):
            with pytest.raises(EngineError) as failed:
                await here.engine.start()
            assert isinstance(failed.value, WeightsDamaged)
            assert here.engine.status.state is ServerState.FAILED
            assert here.engine.status.error is not None
            set_up(tmp_path)
            await here.engine.apply(Remedy(RemedyKind.USE_LENGTH, 4096))
            after = here.engine.status
            assert after.state is ServerState.READY
            assert here.engine.settings.max_tokens == 4096

    asyncio.run(go())


@pytest.mark.slow
def test_a_page_waits_until_the_engine_has_been_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch, Behaviour(answer_seconds=0.05)) as (here, _):
            starting = asyncio.ensure_future(here.engine.start())
            await until(lambda: here.engine.status.state is ServerState.STARTING)
            async with here.engine.use():
                assert here.engine.status.checked is True
            await starting

    asyncio.run(go())


@pytest.mark.slow
def test_two_checks_at_once_do_not_disturb_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch, Behaviour(mixes_above=2, answer_seconds=0.02)) as (here, _):
            await here.engine.start()
            first, second = await asyncio.gather(here.engine.check(), here.engine.check())
            assert first.reads and second.reads
            assert first.pages_at_once == second.pages_at_once == here.engine.status.pages_at_once

    asyncio.run(go())


@pytest.mark.slow
def test_measurements_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch) as (here, events):
            await here.engine.start()
            await until(lambda: any(isinstance(event, EngineMeasured) for event in events))
            assert here.engine.samples()

    asyncio.run(go())


@pytest.mark.slow
def test_a_page_uses_it_and_a_closed_service_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with service(tmp_path, monkeypatch) as (here, _):
            await here.engine.start()
            async with here.engine.use() as endpoint:
                assert endpoint.model == "HunyuanOCR"
        assert here.engine.status.state is ServerState.STOPPED

    asyncio.run(go())


def test_a_shared_server_that_cannot_be_used_is_never_replaced_by_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = RemoteSettings(url="https://127.0.0.1:9")

    async def go() -> None:
        async with service(tmp_path, monkeypatch, use_remote=True, remote=remote) as (here, events):
            with pytest.raises(RemoteUnreachable):
                await here.engine.start()
            assert here.engine.status.state is ServerState.FAILED
            assert here.engine.status.remote
            with pytest.raises(EngineError):
                async with here.engine.use():
                    pass
            assert not any(isinstance(event, EngineLogged) for event in events)  # nothing of ours was started

    asyncio.run(go())


def test_plain_http_to_another_machine_is_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        settings = RemoteSettings(url="http://192.0.2.7:8000")
        async with service(tmp_path, monkeypatch, use_remote=True, remote=settings) as (here, _):
            with pytest.raises(NotEncrypted):
                await here.engine.start()

    asyncio.run(go())
