"""A page is asked in another way: for its plain text, with fewer pixels, in two halves."""

from __future__ import annotations

import pytest

from engine.output.blocks import Box, WarningCode
from engine.readers.reader import ReadingPartly
from engine.tasks.task import Task, Way
from tests.support.asked_pages import LINES, order, page_of, read, texts
from tests.support.model_server import Request, Says, model_server
from tests.support.paper import Paper, line


def test_plain_asks_for_the_text() -> None:
    with model_server("words") as server:
        result = page_of(read(server, way=Way.PLAIN))

    assert server.requests[0].prompt == "提取图中的文字。"
    assert result.task == "document" and texts(result) == ["words"]


def test_smaller_sends_half_the_pixels_and_says_that_it_did() -> None:
    with model_server("words") as server:
        read(server)
        result = page_of(read(server, way=Way.SMALLER))

    (width, height), (less_wide, less_high) = (request.size for request in server.requests)
    assert 0.4 < less_wide * less_high / (width * height) < 0.6
    assert [warning.code for warning in result.warnings] == [WarningCode.SHRUNK]


@pytest.mark.slow
def test_halves_are_cut_where_no_line_runs_and_put_together_again() -> None:
    paper = Paper(LINES, rules=(50.0, 550.0))
    seen = []

    def told(request: Request) -> Says:
        seen.append(request)
        return Says("\n\n".join(each.text for each in (LINES[:11] if len(seen) == 1 else LINES[11:])))

    with model_server(told) as server:
        events = read(server, paper, way=Way.HALVES, live=True)

    result = page_of(events)
    assert texts(result) == [each.text for each in LINES]
    assert result.raw_text.count("quick brown fox") == len(LINES)
    upper, lower, *places = server.requests
    assert upper.stream and lower.stream
    assert not any(request.stream for request in places)
    told_of = [event.finished for event in events if isinstance(event, ReadingPartly)]
    assert told_of == sorted(told_of)


@pytest.mark.slow
def test_a_line_that_both_halves_show_stands_there_once() -> None:
    # given: print without any free row, and no text layer
    columns = [line("Hq(jM)g|" * 5, 40 + 11.0 * row, x=60) for row in range(70)]
    columns += [line("Hq(jM)g|" * 5, 45 + 11.0 * row, x=300) for row in range(70)]
    paper = Paper(columns)
    answers = iter(
        [
            "One paragraph.\n\nIt goes on with the price of 1,037.50 which is due in Nov",
            "on with the price of 1,037.50 which is due in November.\n\nAnother.",
        ]
    )
    with model_server(lambda _: Says(next(answers))) as server:
        result = page_of(read(server, paper, way=Way.HALVES))

    assert texts(result) == [
        "One paragraph.",
        "It goes on with the price of 1,037.50 which is due in November.",
        "Another.",
    ]
    assert result.blocks[1].box == Box(0, 0, 595, 842) or result.blocks[1].box.height > 421


def test_a_field_is_taken_from_the_half_that_has_it() -> None:
    answers = iter(['{"Total": "5", "Date": ""}', '{"Total": "6", "Date": "2026"}'])
    with model_server(lambda _: Says(next(answers))) as server:
        result = page_of(read(server, way=Way.HALVES, order=order(Task.FIELDS)))

    assert [(field.name, field.value) for field in result.fields] == [("Total", "5"), ("Date", "2026")]
    assert texts(result) == ["Total: 5", "Date: 2026"]
