"""The samples: readings with their places taken away get them back, from their own lines and from a second reader's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import pytest

from engine.output.align import place_blocks
from engine.output.blocks import Box, PageResult, Table
from engine.output.doubt import doubts_of
from tests.support.lines import unplaced
from tests.support.reading import read_sample

pytestmark = pytest.mark.slow

BOTH = ["article.pdf", "invoice.pdf", "contract-zh.pdf", "tables.pdf"]
SCANS = [
    "invoice-scan.png",
    "contract-zh-scan.png",
    "letter-scan.png",
    "noisy-scan.jpg",
    "turned-scan.png",
    "screenshot.png",
]
OWN = [(name, reader) for name in BOTH for reader in ("text", "cpu")] + [(name, "cpu") for name in SCANS]


@cache
def reading(name: str, reader: str) -> tuple[PageResult, ...]:
    return tuple(read_sample(name, reader=reader))


@dataclass(slots=True)
class Score:
    """How blocks came back: how many there are, how many are placed right, and how many are placed wrong."""

    blocks: int = 0
    right: int = 0
    wrong: int = 0
    cells: int = 0
    cells_right: int = 0
    cells_wrong: int = 0
    overlap: float = 0.0


def shared(one: Box, other: Box) -> float:
    both = one.overlap(other)
    return both / max(one.area + other.area - both, 1e-6)


def middle_within(box: Box, within: Box) -> bool:
    return within.contains((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)


def score(pages: tuple[PageResult, ...], witnesses: tuple[PageResult, ...]) -> Score:
    """Take the places away, give them back by a witness's lines, and compare.

    A ruled table's cells are measured by their middles: a cell is as large as its frame, the words in it are not.
    """
    total = Score()
    for page, witness in zip(pages, witnesses, strict=True):
        area = Box(0, 0, page.width, page.height)
        placed = place_blocks([unplaced(block, area) for block in page.blocks], witness.lines).blocks
        for before, after in zip(page.blocks, placed, strict=True):
            # A figure has no words, so nothing can tell where it is; a mere "." is no word either.
            if not any(char.isalnum() for char in getattr(before, "text", "table")):
                continue
            same = shared(before.box, after.box)
            total.blocks += 1
            total.overlap += same if after.placed else 0.0
            total.right += after.placed and same >= 0.4
            total.wrong += after.placed and not (same >= 0.4 or middle_within(after.box, before.box))
            if isinstance(before, Table) and isinstance(after, Table):
                for cell, found in zip(before.cells, after.cells, strict=True):
                    if cell.text.strip() and cell.box:
                        fits = found.box is not None and middle_within(found.box, cell.box)
                        total.cells += 1
                        total.cells_right += fits
                        total.cells_wrong += found.box is not None and not fits
    return total


@pytest.mark.parametrize(("name", "reader"), OWN)
def test_a_readers_own_lines_give_its_blocks_their_places_back(name: str, reader: str) -> None:
    found = score(reading(name, reader), reading(name, reader))

    assert found.wrong == found.cells_wrong == 0
    assert found.right >= found.blocks - 1  # the number of a page may be too short to be found
    assert found.cells_right == found.cells
    assert found.overlap / found.blocks >= 0.85


@pytest.mark.parametrize("name", BOTH)
def test_the_lines_of_the_cpu_reader_place_the_blocks_of_the_text_layer(name: str) -> None:
    found = score(reading(name, "text"), reading(name, "cpu"))

    assert found.wrong == found.cells_wrong == 0
    assert found.right >= found.blocks - 1
    assert found.cells_right == found.cells
    # The two readers draw the box of a line differently: one by the font, the other by the ink.
    assert found.overlap / found.blocks >= 0.6


@pytest.mark.parametrize(("name", "reader"), OWN)
def test_a_reading_is_not_doubted_by_its_own_lines(name: str, reader: str) -> None:
    for page in reading(name, reader):
        assert doubts_of(page.blocks, raw_text="", tokens=(), second=page.lines, by=reader) == ()


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(("reader", "second"), [("text", "cpu"), ("cpu", "text")])
def test_two_good_readings_hardly_doubt_one_another(name: str, reader: str, second: str) -> None:
    doubts = [
        doubt
        for page, witness in zip(reading(name, reader), reading(name, second), strict=True)
        for doubt in doubts_of(page.blocks, raw_text="", tokens=(), second=witness.lines, by=second)
    ]
    assert len(doubts) <= 1
    assert not any(doubt.grave for doubt in doubts)


@pytest.mark.parametrize(("reader", "second"), [("text", "text"), ("text", "cpu"), ("cpu", "text"), ("cpu", "cpu")])
def test_every_wrong_digit_of_an_invoice_is_shown_and_nothing_else(reader: str, second: str) -> None:
    (page,), (witness,) = reading("invoice.pdf", reader), reading("invoice.pdf", second)
    area = Box(0, 0, page.width, page.height)
    bare = [unplaced(block, area) for block in page.blocks]
    tried = 0
    for number, block in enumerate(bare):
        for index, cell in enumerate(block.cells if isinstance(block, Table) else ()):
            long = sum(char.isdigit() for char in cell.text) >= 4 and cell.text[-1].isdigit()
            if not long or not isinstance(block, Table):
                continue
            wrong = cell.text[:-1] + str((int(cell.text[-1]) + 3) % 10)
            cells = (*block.cells[:index], replace(cell, text=wrong), *block.cells[index + 1 :])
            changed = [*bare[:number], replace(block, cells=cells), *bare[number + 1 :]]

            doubts = doubts_of(changed, raw_text="", tokens=(), second=witness.lines, by=second)

            assert [(doubt.block, doubt.row, doubt.column, doubt.grave) for doubt in doubts] == [
                (number, cell.row, cell.column, True)
            ], cell.text
            tried += 1
    assert tried > 30
