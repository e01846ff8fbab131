"""kill -9 of each process of the real vLLM, in the middle of a job too, and of the Diglot that started it."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from engine.engine_errors import EngineBroken
from engine.events import EngineChanged, Event, JobOutcome, PageFailed, PageFinished
from engine.server.client import EngineClient
from engine.server.launch import NativeLaunch
from engine.server.sandbox import sandbox_works
from engine.server.state import ServerState
from engine.service import Service
from tests.support import engine_report
from tests.support.bills import bills_pdf
from tests.support.bills_read import bill_of, document_said
from tests.support.children import left_of
from tests.support.command import DIGLOT, diglot, environment
from tests.support.real_home import CORE, FRONT, WORKER, engine_processes, named, set_up_real
from tests.support.said import said
from tests.support.tiny_model import sample_lessons

pytestmark = [
    pytest.mark.slow,
    pytest.mark.engine,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="vLLM is for Linux"),
]
GONE_WITHIN_S = 5.0
READY_WITHIN_S = 300.0
PAGES = 16
KILLED_AFTER = 3
"""Pages that are finished when the engine is killed: others are in its hands then, and more still wait."""


@contextlib.contextmanager
def own_engine(home: Path, *, sandbox: bool, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have Diglot start its engine in this home, in bubblewrap or not."""
    patch.setenv("DIGLOT_HOME", str(home))
    patch.setattr("engine.server.planning.launch_for", lambda _: NativeLaunch(sandbox=sandbox))
    yield


async def _left_after_killing(service: Service, name: str, patch: pytest.MonkeyPatch) -> list[psutil.Process]:
    """Kill one process of a running engine at work, for good, and return what is left after a while."""
    family = engine_processes()
    patch.setattr("engine.server.preparing.Preparation.__call__", _no_further_life)
    async with service.engine.use() as endpoint:
        client = EngineClient(endpoint)
        lesson = sample_lessons()[0]
        working = [asyncio.ensure_future(client.ask_page(lesson.page, lesson.prompt, max_tokens=400)) for _ in range(4)]
        await asyncio.sleep(0.3)
        named(family, name).kill()
        await asyncio.gather(*working, return_exceptions=True)
        await client.close()
    left = await asyncio.to_thread(left_of, family, within=GONE_WITHIN_S)
    await _until(lambda: service.engine.status.state is ServerState.FAILED)
    return left


async def _no_further_life(*_: object) -> None:
    raise EngineBroken(detail="this life was its last")


async def _until(holds: Callable[[], object], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.05)


def _note_left(name: str, left: list[psutil.Process]) -> None:
    engine_report.note(name, f"left after {GONE_WITHIN_S:g} s: {len(left)}")


@pytest.mark.engine_proof("kill-front")
def test_its_front_killed_leaves_nothing(
    tmp_path: Path, engine_python: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = _killed(set_up_real(tmp_path, engine_python, tiny_checkpoint), FRONT, monkeypatch)
    _note_left("kill-front", left)
    assert not left


@pytest.mark.soak
@pytest.mark.parametrize("name", [CORE, WORKER])
def test_any_other_killed_without_a_sandbox_leaves_nothing(
    tmp_path: Path, engine_python: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert not _killed(set_up_real(tmp_path, engine_python, tiny_checkpoint), name, monkeypatch)


def _killed(home: Path, name: str, patch: pytest.MonkeyPatch) -> list[psutil.Process]:
    """Start an engine without a sandbox, kill one of its processes at work, and return what is left after a while."""

    async def go() -> list[psutil.Process]:
        service = Service()
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                await service.engine.start()
            return await _left_after_killing(service, name, patch)
        finally:
            await service.close()

    with own_engine(home, sandbox=False, patch=patch):
        return asyncio.run(go())


class JobWatch:
    """Hears what becomes of a job's pages, and what the engine is said to do meanwhile."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        self.finished: collections.Counter[int] = collections.Counter()
        self.failed: list[PageFailed] = []
        self.engine: list[ServerState] = []

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, PageFinished):
            self.finished[event.number] += 1
        elif isinstance(event, PageFailed):
            self.failed.append(event)
        elif isinstance(event, EngineChanged) and event.status.state not in self.engine[-1:]:
            self.engine.append(event.status.state)


@pytest.mark.engine_proof("kill-job", "kill-core", "kill-worker")
def test_its_core_killed_in_the_middle_of_a_job_costs_no_page(
    tmp_path: Path, engine_python: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its worker killed afterwards leaves nothing, either."""
    home = set_up_real(tmp_path / "home", engine_python, tiny_checkpoint)
    file = bills_pdf(tmp_path / "bills.pdf", PAGES)
    watch = JobWatch()

    async def go() -> tuple[JobOutcome, list[psutil.Process], list[int], list[psutil.Process]]:
        service = Service(keeps=True)
        service.subscribe(watch)
        try:
            document = await service.open(file)
            async with asyncio.timeout(READY_WITHIN_S):
                await service.engine.start()
            job = service.read(document, reader="vllm")
            await _until(lambda: len(watch.finished) >= KILLED_AFTER)
            first_life = engine_processes()
            named(first_life, CORE).kill()
            left_of_core = await asyncio.to_thread(left_of, first_life, within=GONE_WITHIN_S)
            async with asyncio.timeout(READY_WITHIN_S):
                outcome = await job.wait()
            wrong = [
                number
                for number in document.numbers
                if said(document.results[number].blocks) != document_said(bill_of(number))
            ]
            library = await service.library()
            kept = await library.newest(document.results[1].source_hash, document.numbers)
            assert sorted(kept) == list(document.numbers)
            return outcome, left_of_core, wrong, await _left_after_killing(service, WORKER, monkeypatch)
        finally:
            await service.close()

    with own_engine(home, sandbox=sandbox_works(), patch=monkeypatch):
        outcome, left_of_core, wrong, left_of_worker = asyncio.run(go())

    _note_left("kill-core", left_of_core)
    _note_left("kill-worker", left_of_worker)
    lost = sorted(set(range(1, PAGES + 1)) - set(watch.finished))
    engine_report.note(
        "kill-job", f"killed after {KILLED_AFTER} of {PAGES} pages; {len(lost)} lost, {len(watch.failed)} failed"
    )
    assert outcome is JobOutcome.FINISHED
    assert not watch.failed and not lost and not wrong
    assert set(watch.finished.values()) == {1}  # none was read twice
    assert watch.engine.count(ServerState.READY) == 2
    assert not left_of_core and not left_of_worker


# -- kill -9 of the app


@pytest.mark.soak
@pytest.mark.parametrize("moment", ["while it starts", "at work"])
def test_the_app_killed_leaves_nothing_of_the_engine(
    tmp_path: Path, engine_python: Path, tiny_checkpoint: Path, moment: str
) -> None:
    set_up_real(tmp_path / ".home", engine_python, tiny_checkpoint)
    with subprocess.Popen(
        [DIGLOT, "engine", "start", "--quiet"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(tmp_path / ".home"),
        start_new_session=True,
    ) as app:
        parent = psutil.Process(app.pid)
        checking: subprocess.Popen[bytes] | None = None
        try:
            _wait_for(lambda: _has(parent, CORE) if moment == "while it starts" else _is_ready(tmp_path), app)
            if moment == "at work":
                checking = subprocess.Popen(
                    [DIGLOT, "engine", "check"], cwd=tmp_path, env=environment(tmp_path / ".home")
                )
                time.sleep(1.0)
            family = parent.children(recursive=True)
            assert family
        finally:
            app.send_signal(signal.SIGKILL)
            app.wait()
        if checking is not None:
            assert checking.wait(60) != 0  # its owner is gone, and it says so
        assert not left_of(family, within=GONE_WITHIN_S)


def _has(parent: psutil.Process, name: str) -> bool:
    return any(name in " ".join(process.cmdline()[:1]) for process in engine_processes(parent))


def _is_ready(folder: Path) -> bool:
    status = json.loads(diglot("engine", "status", "--json", cwd=folder).out)
    return status["state"] == "ready" and status["checked"] is not None


def _wait_for(holds: Callable[[], bool], app: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not holds():
        assert app.poll() is None, "the app ended"
        assert time.monotonic() < deadline
        time.sleep(0.3)
