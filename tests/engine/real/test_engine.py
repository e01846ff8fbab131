"""The real vLLM, started, read with, measured and stopped by Diglot itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from engine.events import EngineChanged, EngineMeasured, Event
from engine.output.answer import AnswerForm, FinishReason
from engine.output.blocks import PageResult, Table, WarningCode
from engine.output.dialect import Dialect
from engine.output.page_frame import PageFrame
from engine.output.stream import AnswerStream
from engine.server.client import EngineClient
from engine.server.metrics import Metrics, parse_metrics
from engine.server.sandbox import sandbox_works
from engine.server.self_check import CheckReport
from engine.server.state import Endpoint, ServerState, StartPhase
from engine.service import Service
from tests.support import engine_report
from tests.support.bills import SIZE
from tests.support.children import left_of
from tests.support.real_home import CORE, engine_processes, named, set_up_real
from tests.support.said import said
from tests.support.tiny_model import PARSE, Lesson, sample_lessons

pytestmark = [
    pytest.mark.slow,
    pytest.mark.engine,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="vLLM is for Linux"),
]
GONE_WITHIN_S = 5.0
READY_WITHIN_S = 300.0


@dataclass
class Seen:
    """What was seen of one life of the engine, from its start to its end."""

    phases: list[StartPhase] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)
    progress: list[float] = field(default_factory=list)
    ready: bool = False
    check: CheckReport | None = None
    answers: dict[int, int] = field(default_factory=dict)  # pages in flight -> right answers
    documents: dict[int, PageResult] = field(default_factory=dict)  # the bills, read as anybody reads them
    metrics: Metrics | None = None
    measured: int = 0
    reached_by_another_user: bool = True
    interfaces: set[str] = field(default_factory=set)
    told_key: list[str] = field(default_factory=list)
    log: tuple[str, ...] = ()
    left: list[psutil.Process] = field(default_factory=list)
    stopped: bool = False


@pytest.fixture(scope="module")
def whole_life(engine_python: Path, tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """One engine, in bubblewrap where that works, from start to stop, with everything that can be asked of it."""
    home = set_up_real(tmp_path_factory.mktemp("家"), engine_python, tiny_checkpoint)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGLOT_HOME", str(home))
        yield asyncio.run(_live_a_whole_life())


async def _live_a_whole_life() -> Seen:
    seen, service = Seen(), Service()

    def hear(event: Event) -> None:
        if isinstance(event, EngineChanged):
            status = event.status
            if status.phase is not None and status.phase not in seen.phases:
                seen.phases.append(status.phase)
            if status.step is not None:
                seen.steps.append(status.step)
            if status.progress is not None:
                seen.progress.append(status.progress)
        seen.measured += isinstance(event, EngineMeasured)

    service.subscribe(hear)
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await service.engine.start()
        seen.ready = service.engine.status.state is ServerState.READY
        seen.check = await service.engine.check()
        async with service.engine.use() as endpoint:
            await _read(seen, endpoint)
            seen.reached_by_another_user = await _knock_as_another_user(endpoint)
        seen.documents = await _read_as_anybody(service)
        seen.log = service.engine.log_lines()
        family = engine_processes()
        _look_inside(seen, family, endpoint)
        await service.engine.stop()
        seen.stopped = service.engine.status.state is ServerState.STOPPED
        seen.left = left_of(family, within=0.0)
    finally:
        await service.close()
    return seen


async def _read(seen: Seen, endpoint: Endpoint) -> None:
    lessons = sample_lessons()
    client = EngineClient(endpoint)
    try:
        for at_once in (1, 4, 12):
            turns = asyncio.Semaphore(at_once)

            async def ask(number: int, turns: asyncio.Semaphore = turns) -> bool:
                lesson = lessons[number]
                async with turns:
                    return await client.ask_page(lesson.page, lesson.prompt, max_tokens=400) == lesson.answer

            seen.answers[at_once] = sum(await asyncio.gather(*(ask(number) for number in range(len(lessons)))))
        seen.metrics = parse_metrics(await client.metrics_text())
    finally:
        await client.close()


async def _read_as_anybody(service: Service) -> dict[int, PageResult]:
    """Open the four bills and have them read with HunyuanOCR, all at once."""
    documents = [await service.open(lesson.page, name="bill.png") for lesson in _bills()]
    jobs = [service.read(document, reader="vllm") for document in documents]
    for job in jobs:
        await job.wait()
    return {number: document.results[1] for number, document in enumerate(documents) if document.results}


def _bills() -> list[Lesson]:
    return [lesson for lesson in sample_lessons() if lesson.prompt == PARSE]


async def _knock_as_another_user(endpoint: Endpoint) -> bool:
    """Tell whether another user gets as far as the socket."""
    assert endpoint.socket is not None
    if os.getuid() != 0:  # nobody else to be had: the folder's mode says it
        return bool(Path(endpoint.socket).parent.stat().st_mode & 0o077)
    knock = (
        "import os, socket, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: socket.socket(socket.AF_UNIX).connect(sys.argv[1])\n"
        "except PermissionError: sys.exit(13)"
    )  # it becomes nobody itself: nobody may not be allowed to run this Python
    command = [sys.executable, "-c", knock, endpoint.socket]
    tried = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    assert tried.returncode in (0, 13), tried.stderr
    return tried.returncode == 0


def _look_inside(seen: Seen, family: list[psutil.Process], endpoint: Endpoint) -> None:
    core = named(family, CORE)
    lines = Path(f"/proc/{core.pid}/net/dev").read_text("utf-8").splitlines()[2:]
    seen.interfaces = {line.split(":")[0].strip() for line in lines}
    said = [*seen.log, *(" ".join(process.cmdline()) for process in family)]
    seen.told_key = [line for line in said if endpoint.key in line]


@pytest.mark.engine_proof("start")
def test_it_starts_phase_by_phase_and_is_ready(whole_life: Seen) -> None:
    assert whole_life.ready
    order = [phase for phase in StartPhase if phase in whole_life.phases]
    assert whole_life.phases == order
    assert {StartPhase.INTERPRETER, StartPhase.WEIGHTS, StartPhase.PAGE_MEMORY} <= set(whole_life.phases)
    assert whole_life.progress == sorted(whole_life.progress)
    engine_report.note("start", "phases: " + ", ".join(whole_life.phases))


@pytest.mark.engine_proof("read")
def test_it_reads_pages_word_for_word(whole_life: Seen) -> None:
    assert whole_life.answers == {1: 12, 4: 12, 12: 12}  # pages in flight: right answers of 12
    assert whole_life.check is not None and whole_life.check.passed


@pytest.mark.engine_proof("read")
def test_documents_are_read_into_blocks_word_for_word(whole_life: Seen) -> None:
    assert len(whole_life.documents) == 4
    for number, lesson in enumerate(_bills()):
        told = AnswerStream(AnswerForm.DOCUMENT, dialect=Dialect(), frame=PageFrame(*SIZE))
        told.feed(lesson.answer)
        expected = told.finish(FinishReason.STOP)
        result = whole_life.documents[number]
        assert said(result.blocks) == said(expected.blocks)
        assert any(isinstance(block, Table) for block in result.blocks)
        # The tiny model is shown pages as small as stamps, which Diglot does not keep to itself.
        assert {warning.code for warning in result.warnings} <= {WarningCode.SHRUNK}


@pytest.mark.engine_proof("metrics")
def test_it_tells_how_busy_it_is(whole_life: Seen) -> None:
    assert whole_life.metrics is not None
    assert whole_life.metrics.generation_tokens > 0 and whole_life.metrics.prompt_tokens > 0
    assert whole_life.metrics.running == 0
    assert whole_life.measured > 0


@pytest.mark.engine_proof("sandbox")
def test_nothing_of_it_can_reach_the_network(whole_life: Seen) -> None:
    if not sandbox_works():
        pytest.skip("bubblewrap does not work here")
    assert whole_life.interfaces == {"lo"}


def test_no_other_user_gets_as_far_as_its_socket(whole_life: Seen) -> None:
    assert not whole_life.reached_by_another_user


def test_the_key_is_in_no_command_line_and_no_log(whole_life: Seen) -> None:
    assert whole_life.log and not whole_life.told_key


@pytest.mark.engine_proof("stop")
def test_stopped_nothing_of_it_is_left(whole_life: Seen) -> None:
    assert whole_life.stopped and not whole_life.left
