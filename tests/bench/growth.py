"""How much memory a long job takes: what this process holds after page 200 of 2 000, and what it holds at the end."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

import psutil

from engine.events import Event, JobOutcome, PageFinished
from engine.service import Service
from tests.bench.harness import BenchError, Measure
from tests.bench.longpdf import LINES, long_pdf
from tests.bench.processes import python, run_program
from tests.support.real_home import set_up_shared
from tests.support.shared_stand_in import shared_stand_in
from tests.support.stand_in_behaviour import Behaviour

PAGES = 2000
SETTLED = 200
NOTED = (SETTLED, 800, 1400, PAGES)
LIMIT_S = 1200.0


def job_2000_pages_memory_growth_mb() -> Measure:
    """Megabytes that the process has grown by between page 200 and page 2 000."""
    with (
        tempfile.TemporaryDirectory(prefix="diglot-bench-") as name,
        shared_stand_in(Behaviour(answer=answer())) as server,
    ):
        home, file = set_up_shared(Path(name) / "home", server), Path(name) / "long.pdf"
        long_pdf(file, PAGES)
        environment = {**os.environ, "DIGLOT_HOME": str(home)}
        told = run_program(python("-m", "tests.bench.growth", str(file)), environment, limit_s=LIMIT_S)
    held = {int(pages): megabytes for pages, megabytes in json.loads(told).items()}
    between = ", ".join(f"{held[pages]:.0f} MB after {pages}" for pages in sorted(held))
    against = (
        f"memory of the process that reads {PAGES} pages and keeps them in the library ({between}); the answers are "
        "the stand-in server's, as only our own memory is looked at; flat is 0"
    )
    return Measure(round(held[PAGES] - held[SETTLED], 1), "MB", against)


def answer() -> str:
    """Return what the stand-in says of every page: what stands on them, and a table."""
    lines = "\n\n".join(f"Line {line}: the ferry leaves at noon and comes back at six." for line in range(LINES))
    rows = "".join(f"<tr><td>{row}</td><td>noon</td><td>{row * 37}.50</td></tr>" for row in range(12))
    return f"# The ferry\n\n{lines}\n\n<table>{rows}</table>"


async def _grow(file: Path) -> dict[int, float]:
    """Read all pages, and note what this process holds on the way."""
    process, held, done = psutil.Process(), {}, 0
    service = Service(keeps=True)

    def hear(event: Event) -> None:
        nonlocal done
        if isinstance(event, PageFinished):
            done += 1
            if done in NOTED:
                held[done] = process.memory_info().rss / 1e6

    service.subscribe(hear)
    try:
        document = await service.open(file)
        outcome = await service.read(document, reader="vllm").wait()
        if outcome is not JobOutcome.FINISHED or len(document.results) != PAGES:
            raise BenchError(f"the job ended {outcome} with {len(document.results)} pages")
        return held
    finally:
        await service.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_grow(Path(sys.argv[1])))))
