"""A page that went wrong is asked again where that can help: smaller where memory was the matter, and once."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from typing import Any

import pytest

from engine.engine_errors import EngineCrashed, NotEnoughMemory, PageTooLongForMemory
from engine.errors import DiglotError
from engine.output.blocks import WarningCode
from engine.readers.hunyuan import HunyuanReader
from engine.readers.reader import ReadingPartly, ReadingRequest
from tests.support.asked_pages import LINES, PAGE, page_of, read, texts
from tests.support.model_server import Says, model_server
from tests.support.paper import Paper

TOO_LONG = Says(status=400, refusal="This model's maximum context length is 100 tokens. However, you requested 200")


def test_a_page_too_large_for_the_memory_is_asked_once_more_smaller() -> None:
    answers = iter([TOO_LONG, Says("words")])
    with model_server(lambda _: next(answers)) as server:
        result = page_of(read(server))

    first, again = (request.size for request in server.requests)
    assert again[0] < first[0]
    assert WarningCode.SHRUNK in {warning.code for warning in result.warnings}


def test_a_page_that_is_too_large_even_then_fails() -> None:
    with model_server(lambda _: TOO_LONG) as server, pytest.raises(PageTooLongForMemory):
        read(server)

    assert len(server.requests) == 2


@pytest.mark.parametrize("cause", [NotEnoughMemory(), EngineCrashed(), None])
def test_an_engine_that_ran_out_of_memory_is_shown_the_page_smaller(
    cause: DiglotError | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.readers.page_reading.AGAIN_AFTER_S", 0.01)
    answers = iter([Says(status=500), Says("words")])
    with model_server(lambda _: next(answers)) as server:
        page_of(read(server, seat={"ended_by": lambda: cause}))

    first, again = (request.size for request in server.requests)
    assert (again[0] < first[0]) is isinstance(cause, NotEnoughMemory)


def test_a_fault_is_retried_once_and_then_goes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.readers.page_reading.AGAIN_AFTER_S", 0.01)
    with model_server(lambda _: Says(status=500)) as server, pytest.raises(EngineCrashed):
        read(server)

    assert len(server.requests) == 2


def test_what_was_told_stays_true_when_a_page_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.readers.page_reading.AGAIN_AFTER_S", 0.01)
    hold = threading.Event()
    answers = iter([Says(PAGE, hold=hold), Says("Something else."), Says("没有文字。")])
    with model_server(lambda _: next(answers)) as server:

        async def go() -> list[Any]:
            reader = HunyuanReader(server.seats(), pages_at_once=lambda: 4)
            events = []
            async with aclosing(reader.read(ReadingRequest(Paper(LINES), 1, live=True))) as reading:
                async for event in reading:
                    if isinstance(event, ReadingPartly) and event.finished and not hold.is_set():
                        server.http.drop()
                        hold.set()
                    events.append(event)
            await reader.close()
            return events

        events = asyncio.run(go())

    assert texts(page_of(events)) == ["Something else."]
    told = [event for event in events if isinstance(event, ReadingPartly)]
    assert told and all(PAGE.startswith("".join(texts(event.result)[:1])) for event in told)
