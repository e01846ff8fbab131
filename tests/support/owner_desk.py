"""An owner of the engine for tests: it answers at once, for ever, not at all, or with an error, as it is asked to."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from engine.engine_errors import NotEnoughMemory, Remedy, RemedyKind
from engine.owner.client import OwnerClient
from engine.owner.doors import Door, UnixDoor
from engine.owner.server import OwnerServer
from engine.private_place import Place

GREETING = struct.pack("!II", 2, 0) + b"{}"
"""The emptiest thing that is a message."""

Doors = Callable[[Place], Door]


class Desk:
    """What the owner of these tests can be asked."""

    def __init__(self) -> None:
        self.sent = 0
        self.at_work = 0
        self.blobs: list[bytes] = []

    async def count(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        for number in range(fields["to"]):
            yield {"number": number}

    async def echo(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield fields

    async def forever(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        self.at_work += 1
        try:
            while True:
                yield {"padding": "x" * fields.get("padding", 10)}
                self.sent += 1
        finally:
            await asyncio.sleep(0)  # tidying may take a turn of the loop
            self.at_work -= 1

    async def wait(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        self.at_work += 1
        try:
            yield {}
            await asyncio.Event().wait()
        finally:
            self.at_work -= 1

    async def fail(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield {"begun": True}
        raise NotEnoughMemory("card", detail="2 GiB", remedy=Remedy(RemedyKind.USE_BUDGET, 7))

    async def break_down(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield {"begun": True}
        raise KeyError("words of a page")

    async def lose_a_file(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield {"begun": True}
        raise FileNotFoundError("a file")

    async def say_too_much(self, fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield {"words": "x" * (3 << 20)}

    async def until_idle(self) -> None:
        async with asyncio.timeout(10):
            while self.at_work:
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def owner(runtime: Path, door: Doors = UnixDoor) -> AsyncIterator[tuple[Desk, OwnerClient]]:
    desk = Desk()
    names = ("count", "echo", "forever", "wait", "fail", "break_down", "lose_a_file", "say_too_much")
    server = OwnerServer({name: getattr(desk, name) for name in names}, runtime=runtime, door=door)
    try:
        await server.start()
        yield desk, OwnerClient(runtime=runtime, door=door)
    finally:
        await server.close()
    assert list(runtime.iterdir()) == []


async def all_of(client: OwnerClient, op: str, /, **fields: Any) -> list[dict[str, Any]]:
    return [reply async for reply in client.ask(op, **fields)]


def run(runtime: Path, test: Callable[[Desk, OwnerClient], Awaitable[None]], door: Doors = UnixDoor) -> None:
    async def with_owner() -> None:
        async with owner(runtime, door) as (desk, client):
            await test(desk, client)

    asyncio.run(asyncio.wait_for(with_owner(), 60))
