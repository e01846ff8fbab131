from __future__ import annotations

import asyncio

import pymupdf
import pytest

from engine.errors import TaskNotSupported
from engine.output.blocks import Origin, WarningCode
from engine.output.page_frame import turn_of
from engine.readers.cpu import CpuReader
from engine.tasks.task import Task
from tests.support.drawn_pages import CHINESE, ENGLISH, drawn_pdf, picture_of, scan_with_stamp
from tests.support.readers import codes, read_all, read_one
from tests.support.scoring import character_errors

pytestmark = pytest.mark.slow


def test_english_and_chinese_lines_are_read_as_they_stand() -> None:
    english, chinese = asyncio.run(read_all("cpu", [drawn_pdf(ENGLISH), drawn_pdf(CHINESE, font="china-s")]))
    assert [line.text for line in english.lines] == list(ENGLISH)
    assert [line.text for line in chinese.lines] == list(CHINESE)
    for result in (english, chinese):
        assert result.reader == "cpu"
        assert result.unit == "pt"
        assert result.turned == 0
        assert not result.warnings
        assert all(line.origin is Origin.PICTURE and line.score > 0.9 for line in result.lines)


def test_lines_are_where_they_were_drawn() -> None:
    (result,) = asyncio.run(read_all("cpu", [drawn_pdf(ENGLISH)]))
    for row, line in enumerate(result.lines):
        baseline = 50 + row * 28
        assert abs(line.box.x0 - 30) < 6
        assert line.box.y0 < baseline - 7
        assert baseline - 2 < line.box.y1 < baseline + 9


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_page_is_read_and_its_places_are_those_of_the_page_as_shown(turned: int) -> None:
    picture = picture_of(drawn_pdf(ENGLISH), turned=turned)
    (result,) = asyncio.run(read_all("cpu", [picture]))
    assert [line.text for line in result.lines] == list(ENGLISH)
    assert result.turned == (360 - turned) % 360
    assert turn_of([line.quad for line in result.lines]) == result.turned
    assert (result.width > result.height) == (turned == 180)
    assert codes(result) == {WarningCode.TURNED}


@pytest.mark.parametrize("skew", [2.0, -2.0])
def test_a_skewed_page_is_read_in_order_with_slanting_quads(skew: float) -> None:
    (result,) = asyncio.run(read_all("cpu", [picture_of(drawn_pdf(ENGLISH), turned=skew)]))
    assert character_errors("\n".join(ENGLISH), "\n".join(line.text for line in result.lines)) < 0.01
    first = result.lines[0].quad
    assert (first.b.y - first.a.y) * skew > 0


def test_a_blank_page_says_that_it_is_blank() -> None:
    (result,) = asyncio.run(read_all("cpu", [drawn_pdf([])]))
    assert result.lines == ()
    assert result.blocks == ()
    assert codes(result) == {WarningCode.NOTHING_FOUND}


def sparse_page(*marks: tuple[float, float, str, float], ink: float = 0.0, paper: float = 1.0) -> bytes:
    """Return an A4 page with nothing on it but these: x, y, text, size."""
    with pymupdf.open() as document:
        page = document.new_page(width=595, height=842)
        page.draw_rect(page.rect, fill=(paper,) * 3, color=None)
        for x, y, text, size in marks:
            page.insert_text((x, y), text, fontsize=size, color=(ink,) * 3)
        return bytes(document.tobytes())


@pytest.mark.parametrize(
    ("page", "text"),
    [
        pytest.param(sparse_page((280, 400, "Appendix", 12)), ["Appendix"], id="word"),
        pytest.param(sparse_page((295, 810, "7", 10)), ["7"], id="page number"),
        pytest.param(
            sparse_page((72, 840, "Confidential draft of 3 May", 9)), ["Confidential draft of 3 May"], id="foot"
        ),
        pytest.param(sparse_page((72, 300, "Printed in Bologna", 6)), ["Printed in Bologna"], id="small"),
        pytest.param(sparse_page((272, 400, "Appendix", 12), ink=1.0, paper=0.07), ["Appendix"], id="white on dark"),
        pytest.param(sparse_page((272, 400, "Appendix", 12), ink=0.7), ["Appendix"], id="grey"),
        pytest.param(
            sparse_page(
                (72, 100, "Dear Ms Weaver,", 22), (72, 140, "Thank you.", 22), (72, 800, "Bologna, No. 12", 5.5)
            ),
            ["Dear Ms Weaver,", "Thank you.", "Bologna, No. 12"],
            id="letter with small foot",
        ),
    ],
)
def test_little_text_on_a_mostly_empty_page_is_read(page: bytes, text: list[str]) -> None:
    (result,) = asyncio.run(read_all("cpu", [page]))
    assert [line.text for line in result.lines] == text
    assert not result.warnings


def test_a_picture_that_is_cut_off_is_told() -> None:
    whole = scan_with_stamp(ENGLISH, "Page 7")
    with pymupdf.open(stream=whole) as document:
        ((xref, *_),) = document[0].get_images()
        colours = document.xref_get_key(xref, "ColorSpace")[1]
        document.update_stream(xref, document.xref_stream(xref)[: 300 * 800 * 3])
        document.xref_set_key(xref, "ColorSpace", colours)
        document.xref_set_key(xref, "DecodeParms", "null")
        cut = bytes(document.tobytes())
    sound, harmed = asyncio.run(read_all("cpu", [whole, cut]))
    assert codes(sound) == set()
    assert codes(harmed) == {WarningCode.PARTLY_DRAWN}
    assert 0 < len(harmed.lines) < len(sound.lines)


def test_text_is_running_text_and_a_page_without_a_table_says_so() -> None:
    (text,) = asyncio.run(read_all("cpu", [drawn_pdf(ENGLISH)], task=Task.TEXT))
    assert {block.kind for block in text.blocks} == {"paragraph"}
    (table,) = asyncio.run(read_all("cpu", [drawn_pdf(ENGLISH)], task=Task.TABLE))
    assert table.blocks == ()
    assert codes(table) == {WarningCode.NOTHING_FOUND}


def test_a_small_picture_is_read_as_it_is() -> None:
    snippet = picture_of(drawn_pdf(["Total due: 1,960.83 EUR"], width=200, height=80, size=12), dpi=96)
    (result,) = asyncio.run(read_all("cpu", [snippet]))
    assert [line.text for line in result.lines] == ["Total due: 1,960.83 EUR"]
    assert result.unit == "px"


def test_small_print_on_a_large_page_is_found() -> None:
    lines = [f"Item {number:03d} of the long list, checked by hand" for number in range(40)]
    (result,) = asyncio.run(read_all("cpu", [drawn_pdf(lines, size=6, width=1400, height=900)]))
    assert [line.text for line in result.lines] == lines


def test_what_it_cannot_do_is_refused_by_name() -> None:
    async def ask() -> None:
        reader = CpuReader()
        try:
            await read_one(reader, drawn_pdf(ENGLISH), task=Task.TRANSLATION)
        finally:
            await reader.close()

    with pytest.raises(TaskNotSupported, match="translation"):
        asyncio.run(ask())
