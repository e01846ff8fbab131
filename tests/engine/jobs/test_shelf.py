"""The shelf: a mapping as any other, exact whatever was packed meanwhile, and small with two thousand pages in it."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from dataclasses import replace

import pytest

from engine.jobs import shelf as room
from engine.jobs.shelf import OPEN_PAGES, ResultShelf
from engine.output.blocks import Doubt, DoubtKind, FieldValue, PageResult, Paragraph
from tests.support.fake_pages import page_saying


def full_page(number: int, lines: int = 60) -> PageResult:
    """Return a page as full as a contract's."""
    page = page_saying(number, "")
    line, box = page.lines[0], page.blocks[0].box
    texts = [f"clause {n} of page {number}: the parties agree on what follows, {n * number}" for n in range(lines)]
    return replace(
        page,
        blocks=tuple(Paragraph(box, (index,), text) for index, text in enumerate(texts)),
        lines=tuple(replace(line, text=text, score=0.98765) for text in texts),
        translation=page.blocks,
        fields=(FieldValue("Total", "12"),),
        doubts=(Doubt(0, 0, 4, DoubtKind.UNSURE, probability=0.12345),),
        raw_text="\n".join(texts),
    )


async def shelf_of(numbers: range | list[int], *, lines: int = 2) -> ResultShelf:
    shelf = ResultShelf()
    for number in numbers:
        await shelf.put(full_page(number, lines))
    return shelf


def test_it_is_a_mapping_in_the_order_of_reading() -> None:
    async def scenario() -> None:
        order = [7, 2, 9, *range(20, 60)]
        shelf = await shelf_of(order)

        assert list(shelf) == list(shelf.keys()) == order and len(shelf) == len(order)
        assert 7 in shelf and 8 not in shelf
        assert shelf.get(8) is None
        with pytest.raises(KeyError):
            shelf[8]
        assert [result.number for result in shelf.values()] == order
        assert dict(shelf) == {number: full_page(number, 2) for number in order}  # packed and back: not a bit is lost

    asyncio.run(scenario())


def test_a_newer_reading_takes_the_place_of_an_older_one_open_or_packed() -> None:
    async def scenario() -> None:
        shelf = await shelf_of(range(1, 60))
        newer = [page_saying(number, "newer") for number in (1, 59)]
        for result in newer:
            await shelf.put(result)

        assert [shelf[result.number] for result in newer] == newer
        assert list(shelf) == list(range(1, 60))

    asyncio.run(scenario())


def test_what_is_open_is_handed_out_as_it_is_and_the_rest_is_unpacked_once() -> None:
    async def scenario() -> None:
        shelf = await shelf_of(range(1, 60))
        assert shelf[59] is shelf[59]
        first = shelf[1]
        assert shelf[1] is first
        for number in range(2, 2 + OPEN_PAGES):  # others are looked at
            assert shelf[number].number == number
        assert shelf[1] is not first and shelf[1] == first

    asyncio.run(scenario())


def test_counting_and_numbers_unpack_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        shelf = await shelf_of(range(1, 60))
        monkeypatch.setattr(room, "unpack", None)
        assert len(shelf) == 59 and 3 in shelf and 3 in shelf.keys() and sorted(shelf)[0] == 1  # noqa: SIM118

    asyncio.run(scenario())


@pytest.mark.slow
def test_it_is_read_in_a_thread_while_pages_are_put_in() -> None:
    async def scenario() -> None:
        shelf = await shelf_of(range(1, 40))

        def read() -> int:
            return sum(len(result.lines) for _ in range(3) for result in shelf.values())

        reading = asyncio.ensure_future(asyncio.to_thread(read))
        number = 40
        while not reading.done():
            await shelf.put(full_page(number, 2))
            number += 1
        assert await reading >= 3 * 39 * 2

    asyncio.run(scenario())


@pytest.mark.slow
def test_two_thousand_pages_take_little() -> None:
    async def scenario() -> None:
        shelf = await shelf_of(range(1, 51), lines=60)
        gc.collect()
        tracemalloc.start()
        for number in range(51, 251):
            await shelf.put(full_page(number))
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert grown / 200 < 8 << 10  # for 2 000 pages less than 16 MB

    asyncio.run(scenario())
