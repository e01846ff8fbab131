"""A window owns the engine: commands reach it, and a window that comes second does not start another."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from desktop.bridge import Bridge
from desktop.owned_engine import OwnedEngine
from engine.engine_errors import NoOwner, OwnedElsewhere
from engine.owner.client import OwnerClient
from engine.owner.lock import OwnerKind
from engine.service import Service
from tests.support.command import diglot
from tests.support.desk import until


@pytest.mark.qloop
async def test_commands_reach_the_windows_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / ".home"))
    service, bridge = Service(), Bridge()
    owned = OwnedEngine(service, bridge, claims=True)
    try:
        owned.take()
        told = ""
        async with asyncio.timeout(30):
            while not told:
                try:
                    told = (await OwnerClient().who()).kind
                except NoOwner:
                    await asyncio.sleep(0.02)
        assert told == OwnerKind.WINDOW
        ended = await asyncio.to_thread(lambda: diglot("engine", "status", "--json", cwd=tmp_path))
        assert json.loads(ended.out)["state"] == "absent"
    finally:
        await bridge.close()
        await service.close()
        await owned.close()
    with pytest.raises(NoOwner):
        await OwnerClient().who()


@pytest.mark.qloop
async def test_a_second_window_says_whose_it_is_instead_of_starting_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path))
    services, bridge = (Service(), Service()), Bridge()
    first, second = (OwnedEngine(service, bridge, claims=False) for service in services)
    failed: list[object] = []
    bridge.failed.connect(lambda error, _key: failed.append(error))
    try:
        with pytest.raises(Exception, match="set up"):  # it owns, and has nothing to start
            await first.take().start()
        bridge.start(second.take().start())
        await until(lambda: failed)
        assert isinstance(failed[0], OwnedElsewhere)
    finally:
        await bridge.close()
        for service in services:
            await service.close()
        await first.close()
        await second.close()
