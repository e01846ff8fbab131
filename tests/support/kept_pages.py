"""Pages for a library: readings with real blocks and lines, documents to keep them under."""

from __future__ import annotations

import hashlib

from engine.output.blocks import AnyBlock, Box, Cell, Line, PageResult, Paragraph, Quad, Table
from engine.store.records import DocumentFacts

WIDTH, HEIGHT = 595.0, 842.0


def facts(name: str = "contract.pdf", pages: int = 10) -> DocumentFacts:
    """Return a document whose hash follows from its name."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return DocumentFacts(sha256, name, "pdf", "pt", pages, path=f"/home/user/{name}", title="A title", size=1234)


def line_box(index: int) -> Box:
    """Return where the line of this index stands."""
    return Box(72.0, 100.0 + 20 * index, 500.0, 112.0 + 20 * index)


def page(number: int, *paragraphs: str, reader: str = "cpu") -> PageResult:
    """Return a page of paragraphs; a line break within one is a line of its own on the page."""
    lines: list[Line] = []
    blocks: list[AnyBlock] = []
    for text in paragraphs:
        indices = []
        for part in text.split("\n"):
            indices.append(len(lines))
            lines.append(Line(part, Quad.from_box(line_box(len(lines)))))
        box = line_box(indices[0]).united(line_box(indices[-1]))
        blocks.append(Paragraph(box, tuple(indices), text.replace("\n", " ")))
    return PageResult(number, WIDTH, HEIGHT, "pt", reader, tuple(blocks), tuple(lines), seconds=0.5)


def page_with_table(number: int, rows: list[list[str]]) -> PageResult:
    """Return a page that holds one table."""
    cells = tuple(
        Cell(row, column, text, box=Box(100.0 * column, 20.0 * row, 100.0 * column + 90, 20.0 * row + 15))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    table = Table(Box(0, 0, 400, 200), (), len(rows), len(rows[0]), cells, 1, True)
    return PageResult(number, WIDTH, HEIGHT, "pt", "cpu", (table,))
