"""kill -9 at any moment: of a helper process, and the job goes on; of the whole command, and nothing of it stays."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.children.confinement import confinement_works
from engine.events import Event, JobOutcome, PageFailed, PageFinished
from engine.service import Service
from tests.support import bad_files
from tests.support.children import left_of
from tests.support.command import DIGLOT, environment, pdf_of_scans
from tests.support.drawn_pages import ENGLISH, drawn_pdf

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes as Linux has them"),
]
KILLS = 10
LINES = [f"{number}. {ENGLISH[number % 5]}" for number in range(14)]


def helpers(module: str, parent: psutil.Process | None = None) -> list[psutil.Process]:
    """Return the processes below `parent` that run a module of ours, the wrapping by bubblewrap left out."""
    found = []
    for process in (parent or psutil.Process()).children(recursive=True):
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if module in words and "bwrap" not in words[0]:
            found.append(process)
    return found


def test_ten_kills_at_random_moments_cost_no_page() -> None:
    pages = 3 * KILLS
    chance = random.Random(20_09)

    async def run() -> tuple[JobOutcome, list[int], int]:
        service = Service()
        finished: set[int] = set()
        failed: list[int] = []

        def hear(event: Event) -> None:
            if isinstance(event, PageFinished):
                assert [line.text for line in event.result.lines] == LINES
                finished.add(event.number)
            elif isinstance(event, PageFailed):
                failed.append(event.number)

        service.subscribe(hear)
        document = await service.open(drawn_pdf(LINES, height=800, size=12, pages=pages), name="scan")
        job = service.read(document, reader="cpu")
        at_work = 0
        for turn in range(KILLS):
            # Two pages are in work at once, and each has one more try: a second kill waits until they are read.
            while len(finished) < 2 * turn + 1 and job.outcome is None:
                await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0, 0.4))
            victims = helpers(chance.choice(["engine.pages.worker", "engine.readers.cpu_worker"]))
            for victim in victims:
                at_work += job.outcome is None
                victim.kill()
            started = len(finished)
            while len(finished) < min(pages, started + 2) and job.outcome is None:
                await asyncio.sleep(0.01)
        outcome = await job.wait()
        await service.close()
        assert not helpers("engine.pages.worker") and not helpers("engine.readers.cpu_worker")
        assert finished == set(range(1, pages + 1))
        return outcome, failed, at_work

    outcome, failed, at_work = asyncio.run(run())

    assert (outcome, failed) == (JobOutcome.FINISHED, [])
    assert at_work == KILLS


def busy(parent: psutil.Process, module: str) -> list[psutil.Process]:
    """Wait until a helper computes; return the whole family."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for process in helpers(module, parent):
            try:
                before = sum(process.cpu_times()[:2])
                time.sleep(0.3)
                if sum(process.cpu_times()[:2]) - before > 0.1 and before > 0.4:
                    return parent.children(recursive=True)
            except psutil.Error:
                continue
        time.sleep(0.02)
    raise AssertionError("no helper went to work")


@pytest.mark.parametrize("confine", [True, False])
@pytest.mark.parametrize("module", ["engine.pages.worker", "engine.readers.cpu_worker"])
def test_the_command_killed_in_mid_page_leaves_nothing(tmp_path: Path, module: str, confine: bool) -> None:
    if confine and not confinement_works():
        pytest.skip("bubblewrap does not work on this machine")
    if module == "engine.pages.worker":
        bad_files.heavy_pdf(tmp_path / "a.pdf", paths=200_000)
    else:
        pdf_of_scans(tmp_path / "a.pdf", 40)
    changes = {} if confine else {"PATH": str(tmp_path)}
    command = [str(DIGLOT), "read", "a.pdf", "--reader", "cpu", "-o", "a.md"]
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.DEVNULL, env=environment(tmp_path / ".home", **changes)
    ) as running:
        family = busy(psutil.Process(running.pid), module)
        assert any("bwrap" in process.name() for process in family) is confine
        running.kill()

    assert not left_of(family, within=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".home", "a.pdf"]


@pytest.mark.parametrize("ignored", [False, True])
def test_a_closed_terminal_stops_it_unless_it_was_told_to_stay(tmp_path: Path, ignored: bool) -> None:
    pdf_of_scans(tmp_path / "a.pdf", 8 if ignored else 60)
    keep = "trap '' HUP INT; " if ignored else ""
    with subprocess.Popen(
        ["sh", "-c", f'{keep}exec "$0" read a.pdf --reader cpu -o a.md', DIGLOT],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        env=environment(tmp_path / ".home"),
        start_new_session=True,
    ) as running:
        family = busy(psutil.Process(running.pid), "engine.readers.cpu_worker")
        running.send_signal(signal.SIGHUP)
        if ignored:
            running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=100)

    assert running.returncode == (0 if ignored else 130), said.decode()
    assert not left_of(family)
    assert not list(tmp_path.glob(".diglot-*"))
