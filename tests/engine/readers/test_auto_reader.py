from __future__ import annotations

import asyncio

import pymupdf
import pytest

from engine.errors import NoTextLayer, TaskNotSupported
from engine.output.blocks import Origin, PageResult, WarningCode
from engine.pages.opening import open_source
from engine.readers.auto import AutoReader
from engine.readers.cpu import CpuReader
from engine.readers.reader import ReadingDone, ReadingRequest
from engine.readers.text import TextReader
from engine.tasks.task import Task
from tests.support.drawn_pages import (
    CHINESE,
    ENGLISH,
    drawn_pdf,
    picture_of,
    scan_with_layer,
    scan_with_stamp,
    with_wrong_unicode,
)
from tests.support.readers import codes, ocr_processes, read_all, read_one

pytestmark = pytest.mark.slow

LONG = [f"{number}. {line}" for number in range(2) for line in ENGLISH[:4]]


def test_a_good_text_layer_is_taken_as_it_is() -> None:
    english, chinese = asyncio.run(read_all("auto", [drawn_pdf(LONG), drawn_pdf(CHINESE * 4, font="china-s", size=9)]))
    for result in (english, chinese):
        assert result.reader == "text"
        assert not result.warnings
        assert all(line.origin is Origin.TEXT_LAYER and line.score == 1.0 for line in result.lines)
    assert [line.text for line in english.lines] == LONG


def test_a_layer_that_says_something_else_than_the_page_is_not_believed() -> None:
    (result,) = asyncio.run(read_all("auto", [with_wrong_unicode(drawn_pdf(ENGLISH))]))
    assert result.reader == "cpu"
    assert codes(result) == {WarningCode.TEXT_LAYER_UNSOUND}
    assert [line.text for line in result.lines] == list(ENGLISH)


def test_an_invisible_layer_is_taken_where_it_is_right_and_left_where_it_is_wrong() -> None:
    wrong = ["Thc 1ightbouse kccper c0unted l,Z84 guIls", "bcforc thc slorm rcachcd lhc harb0ur waI1."] * 2
    good, bad = asyncio.run(read_all("auto", [scan_with_layer(LONG, LONG), scan_with_layer(ENGLISH, wrong)]))
    assert good.reader == "text"
    assert [line.text for line in good.lines] == LONG
    assert bad.reader == "cpu"
    assert WarningCode.TEXT_LAYER_UNSOUND in codes(bad)
    assert [line.text for line in bad.lines] == list(ENGLISH)


def test_a_scan_with_a_stamp_is_read_whole() -> None:
    (result,) = asyncio.run(read_all("auto", [scan_with_stamp(ENGLISH, "Page 7")]))
    assert result.reader == "cpu"
    assert WarningCode.TEXT_LAYER_UNSOUND in codes(result)
    assert {*ENGLISH, "Page 7"} <= {line.text for line in result.lines}


def test_a_page_with_little_text_of_its_own_and_nothing_else_keeps_it() -> None:
    (result,) = asyncio.run(read_all("auto", [drawn_pdf(["Part One"])]))
    assert result.reader == "text"
    assert [line.text for line in result.lines] == ["Part One"]


def test_a_picture_is_read_without_a_word_about_text_layers() -> None:
    (result,) = asyncio.run(read_all("auto", [picture_of(drawn_pdf(ENGLISH))]))
    assert result.reader == "cpu"
    assert not result.warnings


def test_the_text_reader_refuses_a_page_without_text_and_a_task_it_cannot_do() -> None:
    with pytest.raises(NoTextLayer):
        asyncio.run(read_all("text", [picture_of(drawn_pdf(ENGLISH))]))
    with pytest.raises(TaskNotSupported):
        asyncio.run(read_all("text", [drawn_pdf(ENGLISH)], task=Task.QUESTION))


def test_the_text_reader_loads_no_networks() -> None:
    async def read() -> list[str]:
        cpu = CpuReader()
        try:
            await read_one(TextReader(cpu), drawn_pdf(ENGLISH))
            (process,) = ocr_processes()
            return [mapped.path for mapped in process.memory_maps()]
        finally:
            await cpu.close()

    maps = asyncio.run(read())
    assert maps
    assert not [path for path in maps if "onnxruntime" in path or "cv2" in path]


class CountingCpu(CpuReader):
    """Counts how often lines were looked at."""

    looked = 0

    async def check_lines(self, image, quads, *, subject):  # type: ignore[no-untyped-def]
        self.looked += 1
        return await super().check_lines(image, quads, subject=subject)


def read_pages(document: bytes) -> tuple[list[PageResult], int]:
    """Read the pages of a document one after the other; return the results and how often lines were looked at."""

    async def read() -> tuple[list[PageResult], int]:
        cpu = CountingCpu()
        auto = AutoReader(TextReader(cpu), cpu)
        source = await open_source(document, name="drawn")
        results: list[PageResult] = []
        try:
            for number in range(1, source.info.page_count + 1):
                async for event in auto.read(ReadingRequest(source, number)):
                    if isinstance(event, ReadingDone):
                        results.append(event.result)
        finally:
            await source.close()
            await cpu.close()
        return results, cpu.looked

    return asyncio.run(read())


def test_a_font_once_found_sound_is_not_looked_at_again() -> None:
    _, looked = read_pages(drawn_pdf(LONG, pages=3))
    assert looked == 1


def test_a_font_that_lies_is_looked_at_on_two_pages() -> None:
    results, looked = read_pages(with_wrong_unicode(drawn_pdf(LONG, pages=3)))
    assert [result.reader for result in results] == ["cpu", "cpu", "cpu"]
    assert [[line.text for line in result.lines] for result in results] == [LONG, LONG, LONG]
    assert looked == 2


def test_print_too_small_to_check_on_a_huge_page_is_trusted_there_and_on_the_other_pages() -> None:
    with pymupdf.open() as document:
        for side in (14_400, 800):
            page = document.new_page(width=side, height=side)
            for row, line in enumerate(LONG):
                page.insert_text((50, 80 + 20 * row), line, fontsize=11)
        made = bytes(document.tobytes())
    results, looked = read_pages(made)
    assert [result.reader for result in results] == ["text", "text"]
    assert [[line.text for line in result.lines] for result in results] == [LONG, LONG]
    assert not any(result.warnings for result in results)
    assert looked == 1


def test_one_odd_page_neither_loses_its_text_nor_condemns_the_next() -> None:
    with pymupdf.open(stream=drawn_pdf(LONG, pages=2)) as document:
        document[0].draw_rect(document[0].rect, fill=(1, 1, 1))  # the text is there and cannot be seen
        made = bytes(document.tobytes())
    (odd, plain), _ = read_pages(made)
    assert [line.text for line in odd.lines] == LONG
    assert codes(odd) == {WarningCode.TEXT_LAYER_UNCONFIRMED}
    assert plain.reader == "text"
    assert not plain.warnings
