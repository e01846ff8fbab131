"""A process that reads a long document through service and library, to be killed.

It says which page was announced, one a line. The home is that of `DIGLOT_HOME`; a kept job of it is taken up.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from engine.events import Event, PageFinished
from engine.pages import opening
from engine.service import Service
from tests.support.fake_pages import FakeReader, FakeSource

ROOT = Path(__file__).parents[2]
PAGES = 200


def start(home: Path) -> subprocess.Popen[str]:
    """Start one at a home."""
    command = [sys.executable, "-m", "tests.support.job_process"]
    environment = {**os.environ, "DIGLOT_HOME": str(home)}
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)


async def _read() -> None:
    async def open_fake(target: object, *, password: str | None = None, name: str = "") -> FakeSource:
        return FakeSource(PAGES)

    opening.open_source = open_fake

    def hear(event: Event) -> None:
        if isinstance(event, PageFinished):
            print(event.number, flush=True)

    service = Service(keeps=True)
    service._readers._made["auto"] = FakeReader(pages_at_once=6)
    service.subscribe(hear)
    document = await service.open(Path("fake.pdf"))
    kept = await service.interrupted()
    job = await service.resume(document, kept[0].id) if kept else service.read(document)
    print(f"begun {len(job.numbers)}", flush=True)
    await job.wait()
    await service.close()


if __name__ == "__main__":
    asyncio.run(_read())
