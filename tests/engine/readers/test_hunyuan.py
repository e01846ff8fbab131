"""Pages are read with HunyuanOCR through whoever owns an engine; with a stand-in for vLLM's server."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.engine_errors import EngineAbsent, EngineCrashed
from engine.events import JobOutcome, JobPaused
from engine.output.blocks import Formula, Heading, PageResult, Table, WarningCode
from engine.server.state import ServerState
from engine.service import Service
from engine.tasks.task import Task, TaskOrder
from tests.support.command import diglot, pdf_with_text
from tests.support.engine_home import set_up
from tests.support.stand_in_server import Behaviour

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="vLLM's stand-in needs POSIX"),
    pytest.mark.slow,
]
DOCUMENT = (
    "# Invoice 1037\n\nCustomer Ada\n\n"
    "<table><tr><td>Item</td><td>Price</td></tr><tr><td>Paper</td><td>5.50</td></tr></table>\n\n$$ E=mc^{2} $$"
)
SPOTTED = "<ref>Invoice 1037</ref><quad>(100,50),(500,100)</quad>"


def read(
    home: Path, patch: pytest.MonkeyPatch, file: Path, behaviour: Behaviour, **how: Any
) -> tuple[JobOutcome | None, dict[int, PageResult]]:
    """Read a document with the engine of a home of its own."""
    patch.setenv("DIGLOT_HOME", str(set_up(home, behaviour)))

    async def go() -> tuple[JobOutcome | None, dict[int, PageResult]]:
        service = Service()
        try:
            document = await service.open(file)
            outcome = await service.read(document, reader="vllm", **how).wait()
            return outcome, dict(document.results)
        finally:
            await service.close()

    return asyncio.run(go())


def test_a_document_becomes_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pdf_with_text(tmp_path / "a.pdf", *(f"page {number}" for number in range(5)))

    outcome, results = read(tmp_path / "home", monkeypatch, file, Behaviour(answer=DOCUMENT))

    assert outcome is JobOutcome.FINISHED
    assert sorted(results) == [1, 2, 3, 4, 5]
    for result in results.values():
        assert result.reader == "vllm" and not result.warnings
        heading, paragraph, table, formula = result.blocks
        assert isinstance(heading, Heading) and heading.text == "Invoice 1037"
        assert isinstance(table, Table) and table.rows() == [["Item", "Price"], ["Paper", "5.50"]]
        assert isinstance(formula, Formula) and formula.latex == "E=mc^{2}"
        assert not paragraph.placed  # the model says what stands there, not where


def test_spotted_lines_stand_where_they_were_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pdf_with_text(tmp_path / "a.pdf", "Invoice 1037")

    _, results = read(tmp_path / "home", monkeypatch, file, Behaviour(answer=SPOTTED), order=TaskOrder(Task.SPOTTING))

    result = results[1]
    (line,) = result.lines
    assert line.text == "Invoice 1037"
    expected = (0.1 * result.width, 0.05 * result.height, 0.5 * result.width, 0.1 * result.height)
    assert line.box == pytest.approx(expected, abs=1.0)
    assert result.blocks


def test_a_model_that_repeats_itself_is_cut_off_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = pdf_with_text(tmp_path / "a.pdf", "words")

    _, results = read(tmp_path / "home", monkeypatch, file, Behaviour(answer="The total is " + "five " * 4000))

    assert [warning.code for warning in results[1].warnings] == [WarningCode.LOOPED]
    assert len(results[1].blocks[0].text) < 200  # type: ignore[union-attr]


def test_an_engine_that_dies_costs_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pdf_with_text(tmp_path / "a.pdf", *(f"page {number}" for number in range(12)))
    monkeypatch.setattr("engine.readers.page_reading.AGAIN_AFTER_S", 1.0)
    monkeypatch.setenv("DIGLOT_HOME", str(set_up(tmp_path / "home", Behaviour(answer=DOCUMENT, answer_seconds=0.3))))

    async def go() -> None:
        service = Service()
        try:
            await service.engine.start()
            document = await service.open(file)
            job = service.read(document, reader="vllm")
            while service.engine.status.state is not ServerState.READY or not job.progress.done:
                await asyncio.sleep(0.01)
            cores = [each for each in psutil.Process().children(recursive=True) if "core" in each.cmdline()]
            async with service.engine.seat() as seat:
                assert seat.ended_by is not None and seat.ended_by() is None
                cores[0].kill()
                assert await job.wait() is JobOutcome.FINISHED
                assert isinstance(seat.ended_by(), EngineCrashed)
            assert sorted(document.results) == list(range(1, 13))
            assert service.engine.status.restarts == 1
        finally:
            await service.close()

    asyncio.run(go())


def test_without_an_engine_a_job_waits_and_says_for_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path))
    file = pdf_with_text(tmp_path / "a.pdf", "words")

    async def go() -> None:
        service = Service()
        paused: asyncio.Queue[JobPaused] = asyncio.Queue()
        service.subscribe(lambda event: paused.put_nowait(event) if isinstance(event, JobPaused) else None)
        try:
            document = await service.open(file)
            job = service.read(document, reader="vllm")
            told = await paused.get()
            assert told.job == job.id and isinstance(told.error, EngineAbsent)
            await service.cancel(job)
        finally:
            await service.close()

    asyncio.run(go())


def test_the_command_starts_an_engine_for_its_pages_and_ends_it(tmp_path: Path) -> None:
    set_up(tmp_path / ".home", Behaviour(answer=DOCUMENT))
    pdf_with_text(tmp_path / "a.pdf", "one", "two")

    ended = diglot("read", "--reader", "vllm", "a.pdf", cwd=tmp_path)

    assert ended.code == 0, ended.err
    assert ended.out.count("# Invoice 1037") == 2
    assert "starting the engine" in ended.err
    assert diglot("engine", "status", cwd=tmp_path).code == 98
