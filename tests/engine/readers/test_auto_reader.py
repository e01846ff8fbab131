from __future__ import annotations

import asyncio

import pytest

from engine.errors import NoTextLayer, TaskNotSupported
from engine.output.blocks import Origin, WarningCode
from engine.readers.auto import AutoReader
from engine.readers.cpu import CpuReader
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


def test_a_font_once_found_sound_is_not_looked_at_again() -> None:
    class CountingCpu(CpuReader):
        looked = 0

        async def check_lines(self, image, quads, *, subject):  # type: ignore[no-untyped-def]
            self.looked += 1
            return await super().check_lines(image, quads, subject=subject)

    async def read() -> int:
        from engine.pages.opening import open_source
        from engine.readers.reader import ReadingRequest

        cpu = CountingCpu()
        auto = AutoReader(TextReader(cpu), cpu)
        source = await open_source(drawn_pdf(LONG, pages=3), name="drawn")
        try:
            for number in (1, 2, 3):
                async for _ in auto.read(ReadingRequest(source, number)):
                    pass
        finally:
            await source.close()
            await cpu.close()
        return cpu.looked

    assert asyncio.run(read()) == 1
