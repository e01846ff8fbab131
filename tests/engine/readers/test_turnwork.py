"""Which way up a page stands is seen in its picture, with the real networks, where its lines run down or up."""

from __future__ import annotations

import asyncio

import pymupdf
import pytest

from engine.pages.opening import open_source
from engine.readers.cpu import CpuReader
from tests.support.drawn_pages import CHINESE, ENGLISH, drawn_pdf, picture_of

pytestmark = pytest.mark.slow


def turns(*documents: bytes) -> list[int]:
    """Return what is said of the first page of each."""

    async def go() -> list[int]:
        reader, said = CpuReader(workers=2), []
        try:
            for document in documents:
                source = await open_source(document, name="drawn")
                try:
                    image = await source.render(1, scale=1.0, max_pixels=8_000_000)
                    said.append(await reader.turn_of(image, subject="page 1"))
                finally:
                    await source.close()
        finally:
            await reader.close()
        return said

    return asyncio.run(go())


@pytest.mark.parametrize(
    "document", [drawn_pdf(ENGLISH), drawn_pdf(CHINESE, font="china-s")], ids=["english", "chinese"]
)
def test_a_page_on_its_side_is_turned_so_that_it_can_be_read(document: bytes) -> None:
    assert turns(*(picture_of(document, turned=turned) for turned in (0, 90, 270))) == [0, 270, 90]


def written_downwards() -> bytes:
    """A page of Chinese in columns from the right."""
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=400)
        for column, line in enumerate(CHINESE):
            for row, letter in enumerate(line):
                page.insert_text((240 - 50 * column, 60 + 20 * row), letter, fontname="china-s", fontsize=18)
        return bytes(document.tobytes())


def test_what_is_written_downwards_and_what_is_empty_stays_as_it_is() -> None:
    assert turns(picture_of(written_downwards()), picture_of(drawn_pdf([]))) == [0, 0]
