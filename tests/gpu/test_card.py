"""What only a real card can show: the plan against what vLLM really takes, sleep, and no memory left after a kill.

    make gpu-test MODEL=/path/to/HunyuanOCR [ENGINE=/path/to/an/engine/environment]

Without MODEL the tiny model of the tests is served: it shows start, sleep and what is left, but nothing of the plan.
These tests were never part of `make test`, and as long as the README says so, nobody has run them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.engine_errors import EngineBroken
from engine.server.cards import Card
from engine.server.hardware import survey, survey_cards
from engine.server.state import ServerState
from engine.service import Service
from tests.support.real_home import CORE, FRONT, engine_processes, named, set_up_real
from tests.support.tiny_model import tiny_model

GIB = 1 << 30
NOISE_BYTES = GIB // 4
"""What other programs may take or give back meanwhile."""
READY_WITHIN_S = 900.0
FREED_WITHIN_S = 10.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not survey().cards, reason="there is no NVIDIA card"),
    pytest.mark.skipif(not os.environ.get("ENGINE"), reason="ENGINE does not name an engine's environment"),
]


@asynccontextmanager
async def running(home: Path, patch: pytest.MonkeyPatch, **settings: object) -> AsyncIterator[Service]:
    """Start the engine on the card with the recommended budget, or the one in `settings`."""
    python = Path(os.environ["ENGINE"]) / "bin" / "python"
    model = Path(os.environ["MODEL"]) if os.environ.get("MODEL") else tiny_model(python)
    patch.setenv("DIGLOT_HOME", str(set_up_real(home, python, model, **settings)))
    service = Service()
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await service.engine.start()
        yield service
    finally:
        await service.close()


async def card() -> Card:
    found = (await survey_cards()).card("")
    assert found is not None
    return found


async def until_free(wanted: int) -> bool:
    """Wait until so much is free on the card, within what noise there is; tell whether it came to that."""
    for _ in range(int(FREED_WITHIN_S / 0.25)):
        if (await card()).free_bytes >= wanted - NOISE_BYTES:
            return True
        await asyncio.sleep(0.25)
    return False


def test_it_takes_no_more_than_its_budget_and_about_what_was_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        before = await card()
        async with running(tmp_path, monkeypatch) as service:
            plan = service.engine.plan
            assert plan is not None
            taken = before.free_bytes - (await card()).free_bytes
            print(f"budget {plan.budget_bytes / GIB:.2f} GiB, taken {taken / GIB:.2f} GiB")
            print(f"planned {plan}")
            print("told: " + "\n      ".join(line for line in service.engine.log_lines() if "GiB" in line))
            assert taken <= plan.budget_bytes + NOISE_BYTES
            assert service.engine.status.checked is True

    asyncio.run(go())


def test_asleep_it_gives_its_memory_back_and_awake_it_reads_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        async with running(tmp_path, monkeypatch) as service:
            awake = (await card()).free_bytes
            await service.engine.sleep()
            assert service.engine.status.state is ServerState.ASLEEP
            asleep = (await card()).free_bytes
            print(f"asleep it gives {(asleep - awake) / GIB:.2f} GiB back")
            assert asleep > awake + GIB
            await service.engine.wake()
            assert (await service.engine.check()).passed

    asyncio.run(go())


@pytest.mark.parametrize("name", [FRONT, CORE])
def test_killed_it_holds_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async def no_second_life(*_: object) -> None:
        raise EngineBroken(detail="one life is enough for this test")

    async def go() -> None:
        before = (await card()).free_bytes
        async with running(tmp_path, monkeypatch) as service:
            monkeypatch.setattr("engine.server.preparing.Preparation.__call__", no_second_life)
            named(engine_processes(), name).kill()
            assert await until_free(before)
            await _until(lambda: service.engine.status.state is ServerState.FAILED)

    asyncio.run(go())


def test_stopped_it_holds_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        before = (await card()).free_bytes
        async with running(tmp_path, monkeypatch) as service:
            await service.engine.stop()
            assert await until_free(before)

    asyncio.run(go())


async def _until(holds: Callable[[], object], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.05)
