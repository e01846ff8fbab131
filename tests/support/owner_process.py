"""A process that wants to be the owner: `python -m tests.support.owner_process RUNTIME KIND GO [ROUNDS]`.

It waits until the file GO is there, says on one line what became of it, and ends when its input does. Asked `slowly`,
it answers for ever; the file it is given then is there for as long as it does.
With ROUNDS it becomes the owner and leaves again, so many times, and says how often it met another owner in its reign.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from engine.engine_errors import OwnedElsewhere
from engine.owner.lock import OwnerKind
from engine.owner.server import OwnerServer


async def pid(fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    yield {"pid": os.getpid()}


async def slowly(fields: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    mark = Path(fields["mark"])
    mark.touch()
    try:
        for number in range(1_000_000):
            yield {"number": number}
            await asyncio.sleep(0.02)
    finally:
        mark.unlink()


async def main(runtime: Path, kind: OwnerKind, go: Path) -> None:
    while not go.exists():
        time.sleep(0.0005)
    server = OwnerServer({"pid": pid, "slowly": slowly}, kind=kind, runtime=runtime)
    try:
        await server.start()
        print("owner", flush=True)
        await asyncio.to_thread(sys.stdin.read)
    except OwnedElsewhere as error:
        print(f"elsewhere {error.detail}", flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await server.close()


async def reign(runtime: Path, kind: OwnerKind, go: Path, rounds: int) -> None:
    while not go.exists():
        time.sleep(0.0005)
    throne, reigns, met = runtime.with_name("throne"), 0, 0
    while reigns < rounds:
        server = OwnerServer({}, kind=kind, runtime=runtime)
        try:
            await server.start()
        except OwnedElsewhere:
            await server.close()
            continue
        reigns += 1
        try:
            throne.touch(exist_ok=False)
            await asyncio.sleep(0.001)
            throne.unlink()
        except OSError:
            met += 1
        await server.close()
    print(f"met {met}", flush=True)


if __name__ == "__main__":
    words = Path(sys.argv[1]), OwnerKind(sys.argv[2]), Path(sys.argv[3])
    asyncio.run(reign(*words, int(sys.argv[4])) if sys.argv[4:] else main(*words))
