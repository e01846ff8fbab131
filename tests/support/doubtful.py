"""Readings with doubtful words, for the tests of the window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from engine.output.blocks import AnyBlock, Box, Cell, Doubt, DoubtKind, Line, PageResult, Paragraph, Table
from tests.support.readings import PageWriter

NUMBER = re.compile(r"\d[\d.,/]*\d")
SUM, NAME, CELL = 0, 1, 2
"""The doubts of `doubtful_page`, in its order."""


def doubtful_page(number: int = 1) -> PageResult:
    """Return a page with two doubtful words in its paragraph, the first of them grave, and one in a cell."""
    page = PageWriter()
    text = "😀 The total is 1 280,00 and is paid by Müller."
    page.blocks.append(Paragraph(page.box(), (page.line(text),), text))
    cells = (Cell(0, 0, "Item"), Cell(0, 1, "Amount"), Cell(1, 0, "Rent"), Cell(1, 1, "CNY 77.50", box=page.box(3)))
    page.blocks.append(Table(page.box(2).united(page.box(3)), (), 2, 2, cells, header_rows=1))
    at, name = text.index("1 280"), text.index("Müller")
    doubts = (
        Doubt(0, at, at + 8, DoubtKind.DISAGREES, other="1 260,00", by="text", grave=True, box=Box(120, 20, 170, 32)),
        Doubt(0, name, name + 6, DoubtKind.UNSURE, probability=0.43),
        Doubt(1, 4, 9, DoubtKind.DISAGREES, 1, 1, other="71.50", by="cpu", box=Box(300, 65, 340, 77)),
    )
    return replace(page.page(number), reader="vllm", doubts=doubts)


def with_doubts(result: PageResult, *, every: int = 1, most: int = 20) -> PageResult:
    """Return a page on which each number is in doubt, every second one gravely: a made-up second reader disagrees."""
    found = list(_doubts(result))[::every][:most]
    graded = [replace(doubt, grave=at % 2 == 0) for at, doubt in enumerate(found)]
    return replace(result, doubts=tuple(sorted(graded, key=lambda doubt: not doubt.grave)), reader="vllm")


def _doubts(result: PageResult) -> Iterator[Doubt]:
    for index, block in enumerate(result.blocks):
        if isinstance(block, Table):
            for cell in block.cells:
                yield from _in_text(result, index, cell.text, cell.lines, cell)
        else:
            yield from _in_text(result, index, _words(block), block.lines, None)


def _words(block: AnyBlock) -> str:
    return getattr(block, "text", "")


def _in_text(result: PageResult, index: int, text: str, numbers: tuple[int, ...], cell: Cell | None) -> Iterator[Doubt]:
    row, column = (cell.row, cell.column) if cell is not None else (None, None)
    for at, match in enumerate(NUMBER.finditer(text)):
        said = match.group()
        if at % 3 == 2:
            kind, other, by, probability = DoubtKind.UNSURE, None, "", 0.43
        else:
            kind, other, by, probability = DoubtKind.DISAGREES, said[:-1] + "6", "text" if at % 3 else "cpu", None
        box = next((_part(result.lines[n], said) for n in numbers if said in result.lines[n].text), None)
        yield Doubt(index, *match.span(), kind, row, column, other, by, probability, box=box)


def _part(line: Line, said: str) -> Box:
    start, box = line.text.index(said), line.box
    a, b = (place / len(line.text) * box.width + box.x0 for place in (start, start + len(said)))
    return Box(a, box.y0, b, box.y1)
