"""The bridge: many events become few signals, other documents are not heard, errors come up with their key."""

from __future__ import annotations

import asyncio

import pytest

from desktop.bridge import LINES_KEPT, Bridge
from desktop.models.pages import PagesModel, PageStatus, ReadState
from engine.errors import Cancelled, NotFound
from engine.events import (
    DocumentId,
    EngineChanged,
    EngineLogged,
    EngineMeasured,
    JobEnded,
    JobId,
    JobOutcome,
    JobProgressed,
    OverviewChanged,
    PageFailed,
    PageFinished,
    PagePartly,
    PageProgressed,
    PagePutBack,
    PageStarted,
    Progress,
    SetupChanged,
)
from engine.server.cards import Reason, Survey
from engine.server.overview import Overview
from engine.server.state import ServerState, ServerStatus
from tests.support.desk import until
from tests.support.fake_engine import sample
from tests.support.readings import plain_page

MINE, OTHER, JOB = DocumentId(1), DocumentId(2), JobId(3)


@pytest.mark.qloop
async def test_five_hundred_events_become_a_few_signals() -> None:
    bridge = Bridge()
    bridge.watch(MINE)
    told: list[tuple[PageStatus, ...]] = []
    bridge.pages_changed.connect(told.append)

    for step in range(500):
        bridge.hear(PageProgressed(JOB, MINE, step % 5 + 1, step, 500))
    await until(lambda: told)
    await asyncio.sleep(0.1)

    assert len(told) == 1
    assert [page.number for page in told[0]] == [1, 2, 3, 4, 5]
    assert told[0][-1].fraction == pytest.approx(499 / 500)


@pytest.mark.qloop
async def test_the_end_comes_after_everything_before_it() -> None:
    bridge = Bridge()
    bridge.watch(MINE)
    heard: list[str] = []
    bridge.pages_changed.connect(lambda _pages: heard.append("pages"))
    bridge.progress_changed.connect(lambda _progress: heard.append("progress"))
    bridge.job_ended.connect(lambda _event: heard.append("end"))

    bridge.hear(PageStarted(JOB, MINE, 1))
    bridge.hear(JobProgressed(JOB, MINE, Progress(0, 0, 2)))
    bridge.hear(JobEnded(JOB, MINE, JobOutcome.CANCELLED, Progress(0, 0, 2)))
    await asyncio.sleep(0.1)

    assert heard == ["pages", "progress", "end"]


@pytest.mark.qloop
async def test_another_document_is_not_heard() -> None:
    bridge = Bridge()
    bridge.watch(MINE)
    told: list[object] = []
    bridge.pages_changed.connect(told.append)
    bridge.page_failed.connect(told.append)

    bridge.hear(PageStarted(JOB, OTHER, 1))
    bridge.hear(PageFailed(JOB, OTHER, 1, NotFound()))
    await asyncio.sleep(0.1)

    assert told == []


@pytest.mark.qloop
async def test_of_the_page_in_view_alone_the_newest_words_come_and_none_after_its_end() -> None:
    bridge = Bridge()
    bridge.watch(MINE)
    bridge.look_at(2)
    told: list[PagePartly] = []
    states: list[ReadState] = []
    bridge.page_partly.connect(told.append)
    bridge.pages_changed.connect(lambda pages: states.extend(page.state for page in pages))

    for count in range(1, 50):
        for number in (1, 2):
            bridge.hear(PagePartly(JOB, MINE, number, plain_page(number, *["words"] * count), count - 1))
    await until(lambda: told)
    await asyncio.sleep(0.1)
    assert [(event.number, event.finished) for event in told] == [(2, 48)]

    bridge.hear(PagePartly(JOB, MINE, 2, plain_page(2, "words"), 0))
    bridge.hear(PageFinished(JOB, MINE, 2, plain_page(2, "words")))
    await until(lambda: ReadState.DONE in states)
    bridge.hear(PagePartly(JOB, MINE, 2, plain_page(2, "words"), 0))
    bridge.hear(PagePutBack(JOB, MINE, 2))
    await until(lambda: ReadState.WAITING in states)
    bridge.hear(PagePartly(JOB, MINE, 2, plain_page(2, "words"), 0))
    bridge.look_at(3)
    await asyncio.sleep(0.1)
    assert len(told) == 1


@pytest.mark.qloop
async def test_the_engine_is_heard_whatever_is_open_and_only_its_newest_state() -> None:
    bridge = Bridge()
    told: list[object] = []
    bridge.engine_changed.connect(told.append)
    bridge.engine_measured.connect(lambda measured, used: told.append((measured, used)))
    bridge.engine_logged.connect(told.append)
    bridge.overview_changed.connect(told.append)
    overview, last = Overview(Survey((), Reason.NO_CARD), None, None, None), sample(9.0)

    for step in range(200):
        bridge.hear(EngineChanged(ServerStatus(ServerState.STARTING, progress=step / 200)))
        bridge.hear(EngineLogged((f"line {step}",)))
        bridge.hear(EngineMeasured(sample(float(step)), step))
    bridge.hear(EngineChanged(ServerStatus(ServerState.READY)))
    bridge.hear(EngineMeasured(last, None))
    bridge.hear(OverviewChanged(overview))
    bridge.hear(SetupChanged(()))
    await until(lambda: told)
    await asyncio.sleep(0.1)

    lines = tuple(f"line {step}" for step in range(200))
    assert told == [overview, ServerStatus(ServerState.READY), (last, None), lines]


@pytest.mark.qloop
async def test_a_flood_of_log_lines_leaves_the_last_ones() -> None:
    bridge = Bridge()
    told: list[tuple[str, ...]] = []
    bridge.engine_logged.connect(told.append)

    bridge.hear(EngineLogged(tuple(str(number) for number in range(LINES_KEPT + 10))))
    await until(lambda: told)

    assert (len(told[0]), told[0][0]) == (LINES_KEPT, "10")


@pytest.mark.qloop
async def test_errors_come_up_with_their_key_and_being_stopped_does_not() -> None:
    bridge = Bridge()
    heard: list[tuple[Exception, str]] = []
    bridge.failed.connect(lambda error, key: heard.append((error, key)))

    async def fail(error: Exception) -> None:
        raise error

    missing = NotFound("x.pdf")
    bridge.start(fail(missing), key="open")
    bridge.start(fail(Cancelled()), key="read")
    await until(lambda: heard)
    await asyncio.sleep(0.02)

    assert heard == [(missing, "open")]


@pytest.mark.qloop
async def test_closing_ends_what_still_runs() -> None:
    bridge = Bridge()
    task = bridge.start(asyncio.sleep(3600))

    await bridge.close()

    assert task.cancelled()


def test_the_model_tells_its_views_once_for_many_pages(qapp: object) -> None:
    del qapp
    model = PagesModel()
    model.reset(10)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))

    model.update([PageStatus(3, ReadState.DONE), PageStatus(7, ReadState.FAILED, error=NotFound()), PageStatus(99)])
    model.update([PageStatus(3, ReadState.DONE)])

    assert told == [(2, 6)]
    assert list(model.failures()) == [7]
    model.set_waiting(range(8, 11))
    model.drop_waiting()
    assert {model.status(number).state for number in (8, 9, 10)} == {ReadState.UNREAD}
    assert model.status(3).state is ReadState.DONE
