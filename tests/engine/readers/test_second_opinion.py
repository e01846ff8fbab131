"""A page read with a model and beside it by another reader: placed by the one's lines, doubted where they differ."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import threading
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.errors import ReaderCrashed
from engine.output.blocks import DoubtKind, Line, Origin, PageResult, Point, Quad, WarningCode
from engine.pages.image import PageImage
from engine.pages.source import PageSource
from engine.readers.hunyuan import HunyuanReader
from engine.readers.reader import ReadingDone, ReadingPartly, ReadingRequest
from engine.tasks.task import Task, TaskOrder
from tests.support.model_server import ModelServer, Request, Says, model_server
from tests.support.paper import Paper, line

LINES = (line("Invoice 1037 of November", 60), line("Total amount due 5.50 EUR", 100), line("Thank you very much", 140))
PAGE = "\n\n".join(each.text for each in LINES)
SPOTTED = "<ref>Счёт номер</ref><quad>(100,50),(500,70)</quad><ref>Итого к оплате</ref><quad>(100,90),(500,110)</quad>"


@dataclass
class Second:
    """Has these lines at once, or when it is let, or fails."""

    lines: tuple[Line, ...] = LINES
    by: str = "cpu"
    gate: asyncio.Event | None = None
    waiting: bool = False
    own_text: tuple[Line, ...] = ()
    turned: int = 0
    looked_at: list[str] = field(default_factory=list)
    error: Exception | None = None
    asked: int = 0
    cancelled: int = 0

    async def lines_of(self, source: PageSource, number: int) -> tuple[tuple[Line, ...], str]:
        self.asked += 1
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return self.lines, self.by

    async def turn_of(self, image: PageImage, *, subject: str) -> int:
        self.looked_at.append(subject)
        return self.turned

    def meanwhile(self, source: PageSource, number: int) -> tuple[tuple[Line, ...], str] | None:
        return (self.own_text, "text" if self.own_text else "") if self.waiting else None


def read(server: ModelServer, second: Second, **asked: Any) -> PageResult:
    async def go() -> PageResult:
        reader = HunyuanReader(server.seats(), pages_at_once=lambda: 4, second=second)
        try:
            async with aclosing(reader.read(ReadingRequest(Paper(LINES), 1, **asked))) as events:
                async for event in events:
                    if isinstance(event, ReadingDone):
                        return event.result
        finally:
            await reader.close()
        raise AssertionError("no result")

    return asyncio.run(go())


@pytest.mark.parametrize("by", ["text", "cpu"])
@pytest.mark.parametrize("live", [True, False])
def test_blocks_stand_where_the_other_readers_lines_are(by: str, live: bool) -> None:
    with model_server(PAGE) as server:
        result = read(server, Second(by=by), live=live)

    assert len(server.requests) == 1
    assert result.lines == LINES
    assert [(block.placed, block.lines) for block in result.blocks] == [(True, (0,)), (True, (1,)), (True, (2,))]
    assert not result.doubts


def test_where_the_readers_differ_both_readings_are_told() -> None:
    with model_server(PAGE.replace("5.50", "5.80")) as server:
        result = read(server, Second())

    (doubt,) = result.doubts
    assert doubt.kind is DoubtKind.DISAGREES and doubt.by == "cpu" and doubt.grave
    assert doubt.other is not None and "5.50" in doubt.other
    assert "5.80" in result.blocks[doubt.block].text[doubt.start : doubt.end]  # type: ignore[union-attr]


def test_what_the_model_was_unsure_of_is_told_without_a_second_reader() -> None:
    with model_server(lambda _: Says(PAGE, logprob=-3.0)) as server:
        result = read(server, Second(lines=(), by=""))

    assert result.doubts and {doubt.kind for doubt in result.doubts} == {DoubtKind.UNSURE}
    assert all(doubt.probability is not None and doubt.probability < 0.1 for doubt in result.doubts)


def test_a_translation_stands_beside_its_source() -> None:
    answer = f"图中的文字是:\n{PAGE}\n翻译成中文为:\n十一月发票1037\n\n应付总额5.50欧元\n\n非常感谢"
    with model_server(answer) as server:
        result = read(server, Second(), order=TaskOrder(Task.TRANSLATION, target_language="zh"))

    assert result.pairs == (0, 1, 2)
    assert [block.box for block in result.translation] == [block.box for block in result.blocks]
    assert all(block.placed for block in result.translation)


def test_a_fields_value_is_found_on_the_page() -> None:
    with model_server('{"Total": "5.50"}') as server:
        result = read(server, Second(), order=TaskOrder(Task.FIELDS, fields=("Total", "Date")))

    total, date = result.fields
    assert total.box is not None and 90 < total.box.y0 < 120 and date.value is None


def test_the_name_of_a_field_is_the_persons_and_nothing_on_the_page_disagrees_with_it() -> None:
    with model_server('{"Invoices": "1037", "Payable": "5.60"}') as server:
        result = read(server, Second(by="text"), order=TaskOrder(Task.FIELDS, fields=("Invoices", "Payable")))

    number, total = result.blocks
    assert number.placed and number.box == result.fields[0].box
    assert not total.placed and result.fields[1].box is None
    assert not result.doubts


@pytest.mark.parametrize("live", [True, False])
def test_a_fields_value_that_stands_otherwise_on_the_page_is_doubted(live: bool) -> None:
    second = Second(lines=(line("Invoice: 4711-0815", 60), line("Total: 1,200.00 EUR", 100), line("To Ada Byron", 140)))
    answer = '{"Invoice": "4711-0815", "Total": "1,280.00 EUR", "To": "ADA BYRON"}'
    with model_server(answer) as server:
        result = read(server, second, live=live, order=TaskOrder(Task.FIELDS, fields=("Invoice", "Total", "To")))

    (doubt,) = result.doubts
    assert doubt.kind is DoubtKind.DISAGREES and doubt.grave and (doubt.by, doubt.other) == ("cpu", "1,200.00 EUR")
    assert result.blocks[doubt.block].text[doubt.start : doubt.end] == "1,280.00 EUR"  # type: ignore[union-attr]
    assert doubt.box == result.fields[1].box is not None


def test_what_a_reader_was_unsure_of_is_no_word_against_a_fields_value() -> None:
    second = Second(lines=(dataclasses.replace(line("Total: 1,200.00 EUR", 100), score=0.4),))
    with model_server('{"Total": "1,280.00 EUR"}') as server:
        result = read(server, second, order=TaskOrder(Task.FIELDS, fields=("Total",)))

    assert not result.doubts


def test_the_models_own_lines_are_kept_and_the_other_reader_only_doubts_them() -> None:
    spotted = "<ref>Invoice 1038 of November</ref><quad>(100,70),(400,84)</quad>"
    with model_server(spotted) as server:
        result = read(server, Second(), order=TaskOrder(Task.SPOTTING))

    assert [each.text for each in result.lines] == ["Invoice 1038 of November"]
    assert result.blocks[0].box == result.lines[0].box
    assert result.doubts[0].kind is DoubtKind.DISAGREES and result.doubts[0].other == "1037"


def test_a_question_is_no_matter_for_another_reader() -> None:
    second = Second()
    with model_server("Ada") as server:
        read(server, second, order=TaskOrder(Task.QUESTION, question="Who?"))

    assert not second.asked


# -- not held up -----------------------------------------------------------------------------------------------------


def read_while_the_picture_waits(second: Second) -> PageResult:
    async def go() -> PageResult:
        second.gate = asyncio.Event()
        reader = HunyuanReader(server.seats(), pages_at_once=lambda: 4, second=second)
        async with aclosing(reader.read(ReadingRequest(Paper(LINES), 1))) as events:
            async for event in events:
                assert isinstance(event, ReadingDone)
                result = event.result
        await reader.close()
        return result

    with model_server(PAGE) as server:
        return asyncio.run(go())


def test_a_page_behind_goes_without_where_the_reading_of_its_picture_has_not_begun() -> None:
    second = Second(waiting=True)

    result = read_while_the_picture_waits(second)

    assert not result.lines and len(result.blocks) == 3 and second.cancelled == 1


def test_a_page_behind_is_placed_by_the_little_text_of_its_own_meanwhile() -> None:
    second = Second(waiting=True, own_text=LINES)

    result = read_while_the_picture_waits(second)

    assert result.lines == LINES and all(block.placed for block in result.blocks) and second.cancelled == 1


def test_a_page_in_view_is_seen_at_once_and_waits_for_the_other_reader() -> None:
    async def go() -> None:
        second = Second(waiting=True, gate=asyncio.Event())
        assert second.gate is not None
        reader = HunyuanReader(server.seats(), pages_at_once=lambda: 4, second=second)
        done = None
        async with aclosing(reader.read(ReadingRequest(Paper(LINES), 1, live=True))) as events:
            async for event in events:
                if isinstance(event, ReadingPartly) and event.finished == 3:
                    assert done is None
                    second.gate.set()
                done = event.result if isinstance(event, ReadingDone) else None
        await reader.close()
        assert done is not None and done.lines == LINES

    with model_server(PAGE) as server:
        asyncio.run(go())


def test_a_page_that_only_waits_for_the_other_reader_keeps_no_place_at_the_server() -> None:
    async def go() -> None:
        second = Second(gate=asyncio.Event())
        assert second.gate is not None
        reader = HunyuanReader(server.seats(), pages_at_once=lambda: 4, second=second)
        before = reader.pages_at_once

        async def reading() -> None:
            async with aclosing(reader.read(ReadingRequest(Paper(LINES), 1))) as events:
                async for _ in events:
                    pass

        task = asyncio.create_task(reading())
        while reader.pages_at_once == before:
            await asyncio.sleep(0.001)
        assert reader.pages_at_once == before + 1
        second.gate.set()
        await task
        assert reader.pages_at_once == before
        await reader.close()

    with model_server(PAGE) as server:
        asyncio.run(go())


@pytest.mark.parametrize("error", [ReaderCrashed("page 1"), KeyError("a fault of ours")])
def test_a_second_reader_that_fails_costs_no_page(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with model_server(PAGE) as server, caplog.at_level(logging.WARNING):
        result = read(server, Second(error=error))

    assert len(result.blocks) == 3 and not result.lines
    assert "Invoice" not in caplog.text and caplog.records


def test_the_second_reader_is_cancelled_with_the_page() -> None:
    async def go() -> None:
        second = Second(gate=asyncio.Event())
        reader = HunyuanReader(server.seats(), pages_at_once=lambda: 4, second=second)

        async def reading() -> None:
            async with aclosing(reader.read(ReadingRequest(Paper(LINES), 1))) as events:
                async for _ in events:
                    pass

        task = asyncio.create_task(reading())
        await asyncio.to_thread(server.begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert second.cancelled == 1
        await reader.close()

    with model_server(lambda _: Says(PAGE, hold=threading.Event())) as server:
        asyncio.run(go())


# -- places for pages that nobody else can read ------------------------------------------------------------------------


def russian(request: Request) -> Says:
    return Says(SPOTTED if "坐标" in request.prompt else "Счёт номер\n\nИтого к оплате")


@pytest.mark.parametrize(
    ("second", "live", "asked"),
    [
        (Second(lines=(), by=""), True, 2),
        (Second(lines=(line("CMT HOMEP", 50), line("MTOPO K OTTATE", 90))), True, 2),
        (Second(lines=(), by=""), False, 1),  # it would take as long again as the reading
        (Second(lines=(line("something else", 50, origin=Origin.TEXT_LAYER),), by="text"), True, 1),
    ],
)
def test_a_page_in_view_that_no_other_can_read_is_placed_by_the_model(second: Second, live: bool, asked: int) -> None:
    with model_server(russian) as server:
        result = read(server, second, live=live)

    assert len(server.requests) == asked
    if asked == 2:
        assert all(block.placed for block in result.blocks)
        assert [each.text for each in result.lines] == ["Счёт номер", "Итого к оплате"]
    assert not [doubt for doubt in result.doubts if doubt.by == "cpu"]


def test_a_page_whose_places_cannot_be_had_is_read_all_the_same() -> None:
    def told(request: Request) -> Says:
        return Says(status=500) if "坐标" in request.prompt else russian(request)

    with model_server(told) as server:
        result = read(server, Second(lines=(), by=""), live=True)

    assert len(result.blocks) == 2 and not result.blocks[0].placed


# -- upside down -----------------------------------------------------------------------------------------------------


def upside_down(each: Line) -> Line:
    """The same line where it stands on a page that was put in the other way round."""
    a, b, c, d = (Point(595 - corner.x, 842 - corner.y) for corner in each.quad)
    return Line(each.text, Quad(a, b, c, d), origin=each.origin)


TURNED_LINES = tuple(map(upside_down, LINES))


@pytest.mark.parametrize("live", [True, False])
def test_a_page_that_the_other_reader_found_upside_down_is_turned_and_asked_again(live: bool) -> None:
    answers = iter([Says("pəuɹnʇ sɐʍ ʇᴉ"), Says(PAGE)])
    with model_server(lambda _: next(answers)) as server:
        result = read(server, Second(lines=TURNED_LINES), live=live)

    assert [getattr(block, "text", "") for block in result.blocks] == PAGE.split("\n\n")
    assert result.turned == 180 and [warning.code for warning in result.warnings] == [WarningCode.TURNED]
    assert all(block.placed and block.box == each.box for block, each in zip(result.blocks, TURNED_LINES, strict=True))
    assert len(server.requests) == 2 and server.requests[0].picture != server.requests[1].picture


def test_a_page_that_the_model_reads_upside_down_as_well_is_asked_once() -> None:
    with model_server(PAGE) as server:
        result = read(server, Second(lines=TURNED_LINES))

    assert len(server.requests) == 1 and result.turned == 0 and len(result.blocks) == 3


def test_what_was_heard_first_stays_where_the_turned_page_cannot_be_asked() -> None:
    answers = iter([Says("pəuɹnʇ sɐʍ ʇᴉ"), Says(status=400, refusal="no")])
    with model_server(lambda _: next(answers)) as server:
        result = read(server, Second(lines=TURNED_LINES))

    assert [getattr(block, "text", "") for block in result.blocks] == ["pəuɹnʇ sɐʍ ʇᴉ"] and result.turned == 0
