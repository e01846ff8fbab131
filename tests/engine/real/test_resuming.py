"""The app is killed at twenty random moments of a job of 200 pages, and goes on each time where it was."""

from __future__ import annotations

import asyncio
import random
import re
import sys
from pathlib import Path

import httpx2
import psutil
import pytest

from engine.store.library import Library
from tests.support import engine_report
from tests.support.app_process import KilledApp, moments
from tests.support.bills import bills_pdf
from tests.support.bills_read import bill_of, document_said
from tests.support.kept_library import with_library
from tests.support.plain_vllm import PlainVllm
from tests.support.real_home import set_up_real, set_up_shared
from tests.support.said import said

pytestmark = [
    pytest.mark.slow,
    pytest.mark.engine,
    pytest.mark.usefixtures("long_lived"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="vLLM is for Linux"),
]
PAGES = 200
KILLS = 20
OF_THEM_WITH_ITS_OWN_ENGINE = 2
"""The engine dies with the app; a start of it takes so long that the others are made against the shared server."""
READ_BY_ITS_OWN_ENGINE = 6
SEED = 20_261_126


@pytest.mark.engine_proof("kill-app")
def test_killed_at_twenty_random_moments_it_loses_nothing_and_reads_nothing_twice(
    tmp_path: Path, engine_python: Path, tiny_checkpoint: Path, long_lived: PlainVllm
) -> None:
    home = set_up_real(tmp_path / ".home", engine_python, tiny_checkpoint)
    app = KilledApp(tmp_path, bills_pdf(tmp_path / "bills.pdf", PAGES), reader="vllm")
    chance = random.Random(SEED)
    kept: dict[int, int] = {}
    counts: list[int] = []
    left: list[psutil.Process] = []

    def killed(still_there: list[psutil.Process]) -> None:
        """Compare what is kept after a kill with what was kept before."""
        now = app.kept()
        assert now.items() >= kept.items(), "a finished page was lost, or read again"
        kept.update(now)
        counts.append(len(now))
        left.extend(still_there)

    killed(app.live_until_engine_starts())
    first, *others = moments(KILLS - 1, PAGES, chance=chance)
    killed(app.live_until(first._replace(pages=READ_BY_ITS_OWN_ENGINE)))
    set_up_shared(home, long_lived)
    asked_before = finished_requests(long_lived)
    for moment in others:
        killed(app.live_until(moment))
    assert app.live_to_the_end() == 0

    asked = finished_requests(long_lived) - asked_before
    (job,) = app.jobs()
    read_there = PAGES - counts[OF_THEM_WITH_ITS_OWN_ENGINE - 1]
    engine_report.note(
        "kill-app",
        f"kept at {len(counts)} kills: {counts}; in the end {len(app.kept())} of {PAGES}; "
        f"{asked:g} requests for the {read_there} pages that the shared server read",
    )
    assert (job["state"], job["pages"], job["done"], job["failed"]) == ("finished", PAGES, PAGES, [])
    assert app.kept().items() >= kept.items() and sorted(app.kept()) == list(range(1, PAGES + 1))
    assert len(counts) == KILLS and not left
    assert wrong_pages(home) == []
    assert (tmp_path / "read.md").read_text("utf-8").count("# Rechnung Nr.") == PAGES


def wrong_pages(home: Path) -> list[int]:
    """Return the kept pages that do not say, word for word, what stands on them."""

    async def look(library: Library) -> list[int]:
        (document,) = await library.documents()
        readings = await library.newest(document.facts.sha256, range(1, PAGES + 1))
        return [
            number
            for number, reading in readings.items()
            if said(reading.result.blocks) != document_said(bill_of(number))
        ]

    return with_library(home / "data" / "library", look)


def finished_requests(server: PlainVllm) -> float:
    """Return how many requests the server has answered to the end."""

    async def ask() -> str:
        async with server.client() as client:
            told: httpx2.Response = await client.get("/metrics")
            return told.text

    finished = r'^vllm:request_success_total\{[^}]*finished_reason="(?:stop|length|repetition)"[^}]*\} (\S+)$'
    return sum(float(count) for count in re.findall(finished, asyncio.run(ask()), re.MULTILINE))
