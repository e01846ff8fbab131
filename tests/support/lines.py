"""Lines as a page has them, for tests: each so wide as its characters."""

from __future__ import annotations

from dataclasses import replace

from engine.output.blocks import AnyBlock, Box, Line, Paragraph, Quad, Table
from engine.output.joining import text_width

PAGE = Box(0.0, 0.0, 600.0, 800.0)
HEIGHT = 10.0


def line(text: str, x: float = 50.0, y: float = 50.0, *, score: float = 1.0) -> Line:
    """Return a line that begins at (x, y)."""
    box = Box(x, y, x + max(1.0, HEIGHT * text_width(text)), y + HEIGHT)
    return Line(text, Quad.from_box(box), score)


def column(*texts: str, x: float = 50.0, y: float = 50.0, step: float = 14.0) -> list[Line]:
    """Return lines below one another."""
    return [line(text, x, y + index * step) for index, text in enumerate(texts)]


def row(*texts: str, y: float, xs: tuple[float, ...] = (50.0, 150.0, 350.0, 450.0)) -> list[Line]:
    """Return the cells of a row, a line each."""
    return [line(text, x, y) for text, x in zip(texts, xs, strict=False)]


def said(text: str) -> Paragraph:
    """Return a paragraph without a place."""
    return Paragraph(PAGE, text=text, placed=False)


def unplaced(block: AnyBlock, area: Box = PAGE) -> AnyBlock:
    """Return a block as a model gives it: without its place, and without those of its cells."""
    block = replace(block, box=area, lines=(), placed=False)
    if isinstance(block, Table):
        return replace(block, cells=tuple(replace(cell, box=None, lines=()) for cell in block.cells))
    return block
