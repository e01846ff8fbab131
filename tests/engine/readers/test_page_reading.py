"""One page read with a model: every task, every way, live and whole, and what happens when it goes wrong."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from typing import Any

import pytest

from engine.errors import DiglotError, TaskNotSupported, UsageError
from engine.output.blocks import PageResult, WarningCode
from engine.readers.hunyuan import HunyuanReader
from engine.readers.reader import ReadingDone, ReadingPartly, ReadingProgress, ReadingRequest
from engine.tasks.task import Task, TaskOrder, Way
from tests.support.asked_pages import LINES, PAGE, events_of, order, page_of, read, texts
from tests.support.model_server import Says, model_server
from tests.support.paper import Paper, line

DOCUMENT = (
    "# Invoice 1037\n\nCustomer Ada\n\n"
    "<table><tr><td>Item</td><td>Price</td></tr><tr><td>Paper</td><td>5.50</td></tr></table>\n\n$$ E=mc^{2} $$"
)
TRANSLATION = "图中的文字是:\nGood morning.\n\nGood night.\n翻译成中文为:\n早上好。\n\n晚安。"


# -- the tasks -----------------------------------------------------------------------------------------------------


def test_it_can_do_what_its_models_can() -> None:
    reader = HunyuanReader(lambda: None, pages_at_once=lambda: 3)  # type: ignore[arg-type, return-value]

    assert reader.tasks == frozenset(Task)
    assert set(reader.targets) == {"zh", "en"}
    assert reader.pages_at_once == 4


@pytest.mark.slow
def test_what_it_can_do_is_what_the_model_can_that_was_met() -> None:
    async def go() -> frozenset[Task]:
        with model_server("Hello") as server:
            reader = HunyuanReader(server.seats(model_version="1.0"), pages_at_once=lambda: 1)
            await events_of(reader, ReadingRequest(Paper(LINES), 1))
            await reader.close()
            return reader.tasks

    assert Task.LAYOUT not in asyncio.run(go())


@pytest.mark.parametrize("task", list(Task))
def test_every_task_is_asked_in_the_models_own_words(task: Task) -> None:
    with model_server("Total: 5") as server:
        result = page_of(read(server, order=order(task)))

    (request,) = server.requests
    assert request.prompt and result.task == task.value
    assert result.raw_text == "Total: 5"
    assert not request.stream  # vLLM 0.32 notices a loop itself


def test_a_translation_has_both_sides() -> None:
    with model_server(TRANSLATION) as server:
        result = page_of(read(server, order=order(Task.TRANSLATION)))

    assert texts(result) == ["Good morning.", "Good night."]
    assert [block.text for block in result.translation] == ["早上好。", "晚安。"]  # type: ignore[union-attr]
    assert result.language == "zh" and len(result.pairs) == 2


def test_fields_come_in_the_order_of_asking() -> None:
    with model_server('```json\n{"Date": "2026-11-25", "Total": "￥77.10"}\n```') as server:
        result = page_of(read(server, order=order(Task.FIELDS)))

    assert [(field.name, field.value) for field in result.fields] == [("Total", "￥77.10"), ("Date", "2026-11-25")]


def test_a_question_is_answered_in_words_that_stand_nowhere() -> None:
    with model_server("0 The quick brown fox") as server:
        result = page_of(read(server, Paper(LINES, layered=True), order=order(Task.QUESTION)))

    assert not result.blocks[0].placed and not result.doubts


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"order": TaskOrder(Task.TRANSLATION, target_language="fr")}, TaskNotSupported, "Chinese"),
        ({"order": TaskOrder(Task.TRANSLATION)}, UsageError, "into which language"),
        ({"order": TaskOrder(Task.FIELDS)}, UsageError, "no field was named"),
        ({"order": TaskOrder(Task.QUESTION)}, UsageError, "no question"),
        ({"order": order(Task.FIELDS), "way": Way.PLAIN}, TaskNotSupported, "plain text is no answer"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_drawn(
    asked: dict[str, Any], error: type[DiglotError], words: str
) -> None:
    paper = Paper(LINES)
    with model_server("x") as server, pytest.raises(error) as caught:
        read(server, paper, **asked)

    assert words in str(caught.value)
    assert not paper.drawn and not server.requests


def test_a_figure_alone_is_asked_again_for_its_words() -> None:
    with model_server(
        lambda asked: Says("<pFig></pFig><quad>(1,1),(9,9)</quad>" if "markdown" in asked.prompt else "words")
    ) as server:
        events = read(server, live=True)

    assert texts(page_of(events)) == ["words"]
    told = [event for event in events if isinstance(event, ReadingPartly)]
    assert told  # and of what was thrown away nothing
    assert all("words".startswith("".join(texts(event.result))) for event in told)


def test_what_was_mended_is_said_where_it_may_be_wrong() -> None:
    table = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>"
    with model_server(f"{table}\n\n<face>x</face> and text") as server:
        result = page_of(read(server))

    mended = {warning.detail for warning in result.warnings if warning.code is WarningCode.MENDED}
    assert {"table_unclosed 1", "table_tags 1"} <= mended
    assert not any(detail.startswith("stray_tags") for detail in mended)


def test_a_page_says_who_read_it() -> None:
    async def go() -> str:
        reader = HunyuanReader(server.seats(), name="https://ocr.house", pages_at_once=lambda: 1)
        try:
            return page_of(await events_of(reader, ReadingRequest(Paper(LINES), 1))).reader
        finally:
            await reader.close()

    with model_server("words") as server:
        assert asyncio.run(go()) == "https://ocr.house"


# -- live and whole ------------------------------------------------------------------------------------------------


def test_a_page_in_view_is_told_while_it_is_read_and_ends_as_if_it_had_been_asked_whole() -> None:
    hold = threading.Event()
    with model_server(lambda _: Says(PAGE + "\n\n" + DOCUMENT, hold=hold)) as server:

        async def go() -> tuple[list[Any], PageResult]:
            reader = HunyuanReader(server.seats(), pages_at_once=lambda: 4)
            events = []
            async with aclosing(reader.read(ReadingRequest(Paper(LINES), 1, live=True))) as reading:
                async for event in reading:
                    if isinstance(event, ReadingPartly) and event.finished:
                        hold.set()
                    events.append(event)
            whole = page_of(await events_of(reader, ReadingRequest(Paper(LINES), 1)))
            await reader.close()
            return events, whole

        events, whole = asyncio.run(go())

    result = page_of(events)
    told = [event for event in events if isinstance(event, ReadingPartly)]
    assert len(told) > 1
    before = 0
    for event in told:
        assert before <= event.finished <= len(event.result.blocks)
        assert event.result.blocks[: event.finished] == result.blocks[: event.finished]
        before = event.finished
    assert told[-1].finished == len(result.blocks)
    assert result.blocks == whole.blocks and result.raw_text == whole.raw_text
    asked = [(request.stream, "坐标" in request.prompt) for request in server.requests]
    assert asked == [(True, False), (False, True), (False, False)]  # the second one is for the places


def test_a_fast_answer_is_told_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.readers.asking_pictures.TOLD_EVERY_S", 60.0)
    with model_server(lambda _: Says(PAGE, piece=1)) as server:
        events = read(server, live=True)

    told = [event for event in events if isinstance(event, ReadingPartly)]
    assert len(told) <= 3  # the first words, the last words, and all of it
    assert texts(page_of(events)) == [each.text for each in LINES]


def test_a_page_behind_tells_nothing_before_it_is_read() -> None:
    with model_server(PAGE) as server:
        events = read(server)

    assert [type(event) for event in events] == [ReadingDone]
    assert not any(isinstance(event, ReadingProgress) for event in events)  # nobody knows how far it is


def test_a_loop_is_noticed_where_the_server_would_not_and_the_request_closed() -> None:
    hold = threading.Event()  # never set: the server would go on for ever
    text = "The total is " + "five " * 8000
    with model_server(lambda _: Says(text, hold=hold, piece=40)) as server:
        result = page_of(read(server, seat={"server_version": "0.16.1"}))
        assert server.cut.wait(10)

    assert server.requests[0].stream
    assert [warning.code for warning in result.warnings] == [WarningCode.LOOPED]
    assert len(texts(result)[0]) < 200
    assert not [thread for thread in threading.enumerate() if thread.name == "side-loop-child"]


def test_an_answer_without_room_to_end_says_so() -> None:
    with model_server(lambda _: Says("Half a", finish="length")) as server:
        result = page_of(read(server))

    assert [warning.code for warning in result.warnings] == [WarningCode.CUT_OFF]


@pytest.mark.parametrize("how", ["live", "whole", "aside"])
def test_a_page_that_nobody_wants_any_more_is_closed_at_the_server(how: str) -> None:
    with model_server(lambda _: Says(PAGE, hold=threading.Event())) as server:

        async def go() -> None:
            version = "0.16.1" if how == "aside" else "0.32.0"
            reader = HunyuanReader(server.seats(server_version=version), pages_at_once=lambda: 4)
            request = ReadingRequest(Paper(LINES), 1, live=how == "live")
            reading = asyncio.create_task(events_of(reader, request))
            await asyncio.to_thread(server.begun.wait, 10)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            assert await asyncio.to_thread(server.cut.wait, 10)
            await reader.close()

        asyncio.run(go())

    assert not [thread for thread in threading.enumerate() if thread.name == "side-loop-child"]


ENGLISH = [
    line(text, 60 + 20.0 * row)
    for row, text in enumerate(
        (
            "The keeper of the lighthouse counted the gulls that came with the evening wind,",
            "and wrote down what he saw. This is the only record of the winter that was kept.",
        )
    )
]


@pytest.mark.parametrize(
    ("paper", "from_language", "for_documents"),
    [
        (Paper(ENGLISH, layered=True), "", True),  # its own text is English
        (Paper(ENGLISH), "", False),  # nobody knows
        (Paper(ENGLISH, layered=True), "de", False),  # a person knows better
        (Paper(ENGLISH), "en", True),
    ],
)
def test_an_english_page_is_translated_with_the_words_for_english_documents(
    paper: Paper, from_language: str, for_documents: bool
) -> None:
    wanted = TaskOrder(Task.TRANSLATION, target_language="zh", source_language=from_language)
    with model_server(TRANSLATION) as server:
        read(server, paper, order=wanted)

    assert server.requests[0].prompt.startswith("先解析文档") == for_documents
