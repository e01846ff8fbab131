"""The supervisor with real processes: it believes only its own engine, restarts within a budget and leaves nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import pytest

from engine.engine_errors import (
    EngineAbsent,
    EngineError,
    EngineMixesPages,
    EngineStalled,
    Impostor,
    NotEnoughMemory,
)
from engine.errors import Cancelled, DiglotError
from engine.server.client import EngineClient
from engine.server.health import StartReport
from engine.server.launch import NativeLaunch
from engine.server.life import Clocks
from engine.server.metrics import Sample
from engine.server.preparing import Preparation
from engine.server.run import Life, Run
from engine.server.state import MOVES, Ending, ServerState, ServerStatus, StartPhase
from engine.server.supervisor import RESTARTS, Supervisor
from tests.support.children import left_of
from tests.support.stand_in_server import Behaviour, install

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="vLLM's stand-in needs POSIX")


@dataclass
class Ears:
    """Notes everything that is told."""

    statuses: list[ServerStatus] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    starts: list[StartReport] = field(default_factory=list)

    def status_changed(self, status: ServerStatus) -> None:
        self.statuses.append(status)

    def lines_came(self, lines: Sequence[str]) -> None:
        self.lines.extend(lines)

    def sampled(self, sample: Sample) -> None:
        self.samples.append(sample)

    def started(self, report: StartReport, seconds: float) -> None:
        self.starts.append(report)

    @property
    def states(self) -> list[ServerState]:
        """The states in order, each once as long as it lasted."""
        seen: list[ServerState] = []
        for status in self.statuses:
            if not seen or seen[-1] is not status.state:
                seen.append(status.state)
        return seen


@dataclass
class Scene:
    """A supervisor with an engine that behaves as it is told."""

    supervisor: Supervisor
    ears: Ears
    run: Run
    lives: list[Life]

    def behave(self, behaviour: Behaviour, folder: Path) -> None:
        """Have the next start behave like this."""
        prepare = self.run.prepare
        assert isinstance(prepare, _Prepared)
        prepare.preparation = replace(prepare.preparation, python=install(folder, behaviour))


class _Prepared:
    def __init__(self, preparation: Preparation, lives: list[Life]) -> None:
        self.preparation = preparation
        self.lives = lives

    async def __call__(self, on_line: Callable[[str], None]) -> Life:
        life = await self.preparation(on_line)
        self.lives.append(life)
        return life


@asynccontextmanager
async def scene(
    folder: Path,
    behaviour: Behaviour | None = None,
    *,
    clocks: Clocks | None = None,
    can_sleep: bool = True,
    idle_s: float = 0.0,
    card: Callable[[], bool] | None = None,
) -> AsyncIterator[Scene]:
    """Prepare an engine and end it afterwards; nothing of it may be left."""
    ears = Ears()
    supervisor = Supervisor(ears, client=EngineClient, clocks=clocks, watch_every_s=0.1)
    supervisor.found(complete=True)
    model = folder / "model"
    model.mkdir(exist_ok=True)
    lives: list[Life] = []
    preparation = Preparation(
        launch=NativeLaunch(sandbox=False),
        python=install(folder / "engine", behaviour or Behaviour()),
        model=model,
        flags=("--max-model-len", "8192"),
        home=folder / "home",
        can_sleep=can_sleep,
    )

    async def card_is_there() -> bool:
        return card is None or card()

    run = Run(
        prepare=_Prepared(preparation, lives),
        pages_at_once=6,
        max_tokens=8192,
        can_sleep=can_sleep,
        idle_s=idle_s,
        card_is_there=card_is_there if card is not None else None,
    )
    family = {process.pid for process in psutil.Process().children(recursive=True)}
    try:
        yield Scene(supervisor, ears, run, lives)
    finally:
        await supervisor.close()
        left = [p for p in psutil.Process().children(recursive=True) if p.pid not in family]
        assert not left_of(left)


def state(here: Scene) -> ServerState:
    """Return where the engine stands now; what it was a moment ago says nothing."""
    return here.supervisor.status.state


async def until(holds: Callable[[], object], within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.01)


def pids(scene_: Scene, name: str) -> list[psutil.Process]:
    """Return the engine's processes of a kind, by what they call themselves."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if name in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.slow
def test_it_comes_up_phase_by_phase_and_goes_without_a_trace(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            assert state(here) is ServerState.READY
            assert here.supervisor.status.pages_at_once == 6
            endpoint = here.supervisor.endpoint
            assert endpoint is not None and endpoint.socket is not None
            assert Path(endpoint.socket).exists()
            await here.supervisor.stop()
            assert here.ears.states == [
                *(ServerState.STOPPED, ServerState.STARTING, ServerState.READY),
                *(ServerState.STOPPING, ServerState.STOPPED),
            ]
            phases = [status.phase for status in here.ears.statuses if status.phase is not None]
            assert phases == sorted(phases, key=list(StartPhase).index)
            assert StartPhase.WEIGHTS in phases and StartPhase.PAGE_MEMORY in phases
            assert not Path(endpoint.socket).parent.exists()
            assert here.supervisor.endpoint is None
            assert len(here.ears.starts) == 1

    asyncio.run(go())


@pytest.mark.slow
def test_every_start_has_a_key_of_its_own_and_no_line_tells_it(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(record=True)) as here:
            for _ in range(2):
                await here.supervisor.start(here.run)
                await here.supervisor.stop()
            keys = [life.endpoint.key for life in here.lives]
            assert len(set(keys)) == 2 and len({life.token for life in here.lives}) == 2
            said = "\n".join([*here.ears.lines, repr(here.lives), repr(here.ears.statuses)])
            assert not any(key in said for key in keys)

    asyncio.run(go())


def test_a_start_can_be_stopped(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(phase_seconds=5.0)) as here:
            starting = asyncio.ensure_future(here.supervisor.start(here.run))
            await until(lambda: here.ears.lines)
            await here.supervisor.stop()
            with pytest.raises(Cancelled):
                await starting
            assert state(here) is ServerState.STOPPED

    asyncio.run(go())


@pytest.mark.slow
def test_stopping_twice_and_starting_twice_do_it_once(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await asyncio.gather(*(here.supervisor.start(here.run) for _ in range(3)))
            assert len(here.lives) == 1
            await asyncio.gather(*(here.supervisor.stop() for _ in range(3)))
            assert state(here) is ServerState.STOPPED

    asyncio.run(go())


@pytest.mark.slow
def test_a_start_is_not_given_up_by_the_one_who_no_longer_waits_for_it(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            impatient = asyncio.ensure_future(here.supervisor.start(here.run))
            await until(lambda: here.lives)
            impatient.cancel()
            await here.supervisor.start(here.run)
            assert state(here) is ServerState.READY and len(here.lives) == 1

    asyncio.run(go())


def test_without_an_engine_nothing_is_started(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            here.supervisor.found(complete=False)
            with pytest.raises(EngineAbsent):
                await here.supervisor.start(here.run)
            with pytest.raises(EngineAbsent):
                async with here.supervisor.use():
                    pass
            assert not here.lives

    asyncio.run(go())


@pytest.mark.parametrize("phase", ["interpreter", "weights", "profiling", "page memory"])
@pytest.mark.slow
def test_an_engine_that_never_came_up_has_failed_at_once(tmp_path: Path, phase: str) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(crash_at=phase)) as here:
            with pytest.raises(EngineError):
                await here.supervisor.start(here.run)
            assert state(here) is ServerState.FAILED
            assert here.supervisor.status.error is not None
            assert not here.supervisor.status.error.waiting_helps, "no page starts it again"
            assert len(here.lives) == 1
            await here.supervisor.stop()  # it is forgotten
            assert state(here) is ServerState.STOPPED
            assert here.supervisor.status.error is None

    asyncio.run(go())


@pytest.mark.slow
def test_one_that_is_silent_for_too_long_is_ended(tmp_path: Path) -> None:
    skipped = [0.0]
    clocks = Clocks(steady=lambda: asyncio.get_running_loop().time() + skipped[0])

    async def go() -> None:
        async with scene(tmp_path, Behaviour(stall_at="weights"), clocks=clocks) as here:
            starting = asyncio.ensure_future(here.supervisor.start(here.run))
            await until(lambda: here.ears.lines)
            while not starting.done():  # a line may still be on its way: then it is silent from there on
                skipped[0] += 24 * 3600.0
                await asyncio.sleep(0.2)
            with pytest.raises(EngineStalled):
                await starting
            outcome = here.supervisor.outcome
            assert outcome is not None and outcome.ending is Ending.STALLED

    asyncio.run(go())


@pytest.mark.slow
def test_somebody_else_in_its_place_is_not_believed(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(impostor=True)) as here:
            with pytest.raises(Impostor):
                await here.supervisor.start(here.run)
            assert state(here) is ServerState.FAILED
            assert ServerState.READY not in here.ears.states

    asyncio.run(go())


@pytest.mark.parametrize("name", ["front", "core"])
@pytest.mark.slow
def test_one_that_dies_lives_again(tmp_path: Path, name: str) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            victims = pids(here, f"--role {name}" if name != "front" else "--uds")
            assert victims
            victims[-1].kill()
            await until(lambda: len(here.lives) == 2 and state(here) is ServerState.READY)
            assert here.supervisor.status.restarts == 1
            assert here.supervisor.status.error is None
            assert len({life.endpoint.key for life in here.lives}) == 2
            async with here.supervisor.use() as endpoint:
                assert endpoint is here.lives[-1].endpoint

    asyncio.run(go())


@pytest.mark.slow
def test_after_three_restarts_in_ten_minutes_it_has_failed_with_the_cause(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(core_dies_after=1.0)) as here:
            await here.supervisor.start(here.run)
            await until(lambda: state(here) is ServerState.FAILED, within=40)
            assert len(here.lives) == 1 + RESTARTS
            assert isinstance(here.supervisor.status.error, DiglotError)
            with pytest.raises(DiglotError):
                async with here.supervisor.use():
                    pass

    asyncio.run(go())


@pytest.mark.slow
def test_one_whose_restart_fails_has_failed_in_the_end(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            here.behave(Behaviour(crash_at="interpreter"), tmp_path / "other")
            pids(here, "--role core")[-1].kill()
            await until(lambda: state(here) is ServerState.FAILED, within=40)
            assert len(here.lives) == 1 + RESTARTS

    asyncio.run(go())


@pytest.mark.slow
def test_stopping_in_the_moment_of_death_stops_it(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            pids(here, "--role core")[-1].kill()
            await here.supervisor.stop()
            assert state(here) is ServerState.STOPPED
            assert len(here.lives) <= 2

    asyncio.run(go())


@pytest.mark.slow
def test_one_that_is_deaf_and_has_children_that_escape_is_ended_all_the_same(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(deaf=True, escapee=True)) as here:
            await here.supervisor.start(here.run)
            await here.supervisor.stop()
            assert state(here) is ServerState.STOPPED

    asyncio.run(go())


@pytest.mark.slow
def test_one_that_says_it_is_ill_is_ended_and_started_anew(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(healthy_answers=3)) as here:
            await here.supervisor.start(here.run)
            here.behave(Behaviour(), tmp_path / "well")
            await until(lambda: len(here.lives) == 2 and state(here) is ServerState.READY)

    asyncio.run(go())


@pytest.mark.slow
def test_it_sleeps_and_wakes(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            await here.supervisor.sleep()
            assert state(here) is ServerState.ASLEEP
            async with here.supervisor.use() as endpoint:
                assert endpoint.socket is not None
                assert state(here) is ServerState.READY
            await here.supervisor.stop()
            assert state(here) is ServerState.STOPPED

    asyncio.run(go())


@pytest.mark.slow
def test_idle_it_sleeps_by_itself_but_not_while_it_is_used(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, idle_s=0.5) as here:
            await here.supervisor.start(here.run)
            async with here.supervisor.use():
                await asyncio.sleep(1.0)
                assert state(here) is ServerState.READY
            await until(lambda: state(here) is ServerState.ASLEEP)

    asyncio.run(go())


@pytest.mark.slow
def test_where_it_cannot_sleep_it_is_stopped_and_the_next_page_starts_it(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, can_sleep=False, idle_s=0.3) as here:
            await here.supervisor.start(here.run)
            await until(lambda: state(here) is ServerState.STOPPED)
            outcome = here.supervisor.outcome
            assert outcome is not None and outcome.ending is Ending.IDLE
            async with here.supervisor.use():
                assert state(here) is ServerState.READY
            assert len(here.lives) == 2

    asyncio.run(go())


@pytest.mark.slow
def test_one_that_was_stopped_by_a_person_is_not_started_by_a_page(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            await here.supervisor.stop()
            with pytest.raises(EngineAbsent):
                async with here.supervisor.use():
                    pass

    asyncio.run(go())


@pytest.mark.slow
def test_one_that_cannot_sleep_says_so_and_goes_on(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(cannot_sleep=True)) as here:
            await here.supervisor.start(here.run)
            with pytest.raises(EngineError):
                await here.supervisor.sleep()
            assert state(here) is ServerState.READY

    asyncio.run(go())


@pytest.mark.slow
def test_the_alarm_about_mixed_pages_puts_it_out_of_service(tmp_path: Path) -> None:
    alarm = "Encoder returned a different number of tokens than expected; padding or truncating to fit."

    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            here.lives[0].process._on_line(f"(EngineCore pid=7) WARNING {alarm}")  # type: ignore[attr-defined]
            await until(lambda: state(here) is ServerState.FAILED)
            assert isinstance(here.supervisor.status.error, EngineMixesPages)
            assert len(here.lives) == 1

    asyncio.run(go())


@pytest.mark.slow
def test_after_the_computer_slept_a_lost_card_is_noticed(tmp_path: Path) -> None:
    ahead, there = [0.0], [True]
    clocks = Clocks(
        steady=lambda: asyncio.get_running_loop().time(), wall=lambda: asyncio.get_running_loop().time() + ahead[0]
    )

    async def go() -> None:
        async with scene(tmp_path, clocks=clocks, card=lambda: there[0]) as here:
            await here.supervisor.start(here.run)
            ahead[0] = 3600.0  # it slept, and everything is well
            await asyncio.sleep(0.5)
            assert state(here) is ServerState.READY
            there[0], ahead[0] = False, 7200.0
            await until(lambda: state(here) is ServerState.FAILED)
            outcome = here.supervisor.outcome
            assert outcome is not None and outcome.ending is Ending.CARD_LOST
            assert len(here.lives) == 1

    asyncio.run(go())


@pytest.mark.slow
def test_what_the_log_says_is_the_cause(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(failure="out of memory at start")) as here:
            with pytest.raises(NotEnoughMemory) as error:
                await here.supervisor.start(here.run)
            assert error.value.remedy is not None
            assert "GiB" in error.value.detail

    asyncio.run(go())


@pytest.mark.slow
def test_metrics_are_sampled_while_it_is_ready(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            await here.supervisor.start(here.run)
            await until(lambda: len(here.ears.samples) > 1)
            assert all(0 <= sample.page_memory <= 1 for sample in here.ears.samples)

    asyncio.run(go())


@pytest.mark.slow
def test_closing_in_a_hurry_leaves_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path, Behaviour(deaf=True)) as here:
            await here.supervisor.start(here.run)
            closing = asyncio.ensure_future(here.supervisor.close())
            await asyncio.sleep(0.1)
            closing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await closing
            assert state(here) is ServerState.STOPPED

    asyncio.run(go())


def test_a_program_that_does_not_exist_is_a_failed_start(tmp_path: Path) -> None:
    async def go() -> None:
        async with scene(tmp_path) as here:
            (tmp_path / "engine" / "bin" / "python").unlink()
            with pytest.raises(DiglotError):
                await here.supervisor.start(here.run)
            assert state(here) is ServerState.FAILED

    asyncio.run(go())


def test_every_state_can_be_left_and_none_leads_to_nowhere() -> None:
    assert set(MOVES) == set(ServerState)
    for state, next_ones in MOVES.items():
        assert next_ones and state not in next_ones
