"""Blocks, lines and boxes as JSON and back: what a page in the JSON is made of.

Writing trusts the model; reading trusts nothing and raises `ValueError` on anything wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.output.blocks import (
    AnyBlock,
    Box,
    Caption,
    Cell,
    Chart,
    Code,
    Figure,
    Formula,
    Heading,
    Kind,
    Line,
    ListItem,
    Origin,
    Paragraph,
    Point,
    Quad,
    Table,
)
from engine.output.values import (
    JsonObject,
    as_number,
    as_object,
    integer_at,
    list_at,
    number_at,
    sound,
    text_at,
    truth_at,
)

# -- writing --


def line_to_dict(line: Line) -> JsonObject:
    """Return a line as it stands in the JSON."""
    written: JsonObject = {
        "text": sound(line.text),
        "quad": [[round(float(x), 2), round(float(y), 2)] for x, y in line.quad],
        "score": round(float(line.score), 3),
        "origin": line.origin.value,
    }
    if line.bold:
        written["bold"] = True
    return written


def block_to_dict(block: AnyBlock) -> JsonObject:
    """Return a block as it stands in the JSON."""
    written: JsonObject = {"kind": block.kind.value}
    match block:
        case Heading(text=text, level=level):
            written |= {"text": sound(text), "level": level}
        case Paragraph(text=text, rtl=rtl):
            written |= {"text": sound(text), "rtl": rtl}
        case ListItem(text=text, marker=marker, level=level):
            written |= {"text": sound(text), "marker": sound(marker), "level": level}
        case Table():
            written |= {
                "rows": [[sound(text) for text in row] for row in block.rows()],
                "cells": [_cell_to_dict(cell) for cell in block.cells],
                "header_rows": block.header_rows,
                "ruled": block.ruled,
            }
        case Formula(latex=latex):
            written["latex"] = sound(latex)
        case Chart(source=source, notation=notation):
            written |= {"source": sound(source), "notation": sound(notation)}
        case Caption(text=text) | Figure(text=text) | Code(text=text):
            written["text"] = sound(text)
    written["box"] = box_to_list(block.box)
    if not block.placed:
        written["placed"] = False
    written["lines"] = list(block.lines)
    return written


def _cell_to_dict(cell: Cell) -> JsonObject:
    return {
        "row": cell.row,
        "column": cell.column,
        "row_span": cell.row_span,
        "column_span": cell.column_span,
        "text": sound(cell.text),
        "box": None if cell.box is None else box_to_list(cell.box),
        "lines": list(cell.lines),
    }


def box_to_list(box: Box) -> list[float]:
    """Return the four sides, rounded to 0.01 page units."""
    return [round(float(side), 2) for side in box]


# -- reading --


def line_from_dict(obj: object) -> Line:
    """Read a line. Raises `ValueError` where it is none."""
    line = as_object(obj, "line")
    corners = list_at(line, "quad")
    if len(corners) != 4:
        raise ValueError("quad: not four corners")
    return Line(
        text=text_at(line, "text"),
        quad=Quad(*(_point(corner) for corner in corners)),
        score=number_at(line, "score", 0.0, 1.0),
        origin=Origin(text_at(line, "origin")),
        bold=truth_at(line, "bold") if "bold" in line else False,
    )


def block_from_dict(obj: object, line_count: int) -> AnyBlock:
    """Read a block of a page with so many lines. Raises `ValueError` where it is none."""
    block = as_object(obj, "block")
    read = _placed_block_from_dict(block, line_count)
    return replace(read, placed=truth_at(block, "placed")) if "placed" in block else read


def _placed_block_from_dict(block: Mapping[str, Any], line_count: int) -> AnyBlock:
    kind = Kind(text_at(block, "kind"))
    box = box_from_list(block.get("box"))
    lines = _indices(block, line_count)
    match kind:
        case Kind.HEADING:
            return Heading(box, lines, text_at(block, "text"), integer_at(block, "level", least=1))
        case Kind.PARAGRAPH:
            return Paragraph(box, lines, text_at(block, "text"), truth_at(block, "rtl"))
        case Kind.LIST_ITEM:
            level = integer_at(block, "level", least=0)
            return ListItem(box, lines, text_at(block, "text"), text_at(block, "marker"), level)
        case Kind.CAPTION:
            return Caption(box, lines, text_at(block, "text"))
        case Kind.TABLE:
            return _table_from_dict(block, box, lines, line_count)
        case Kind.FORMULA:
            return Formula(box, lines, text_at(block, "latex"))
        case Kind.FIGURE:
            return Figure(box, lines, text_at(block, "text"))
        case Kind.CHART:
            return Chart(box, lines, text_at(block, "source"), text_at(block, "notation"))
        case Kind.CODE:
            return Code(box, lines, text_at(block, "text"))


def _table_from_dict(block: Mapping[str, Any], box: Box, lines: tuple[int, ...], line_count: int) -> Table:
    rows = list_at(block, "rows")
    if not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        raise ValueError("rows: not a rectangle")
    row_count, column_count = len(rows), len(rows[0]) if rows else 0
    cells = tuple(_cell_from_dict(cell, line_count) for cell in list_at(block, "cells"))
    taken = bytearray(row_count * column_count)
    for cell in cells:
        if cell.row + cell.row_span > row_count or cell.column + cell.column_span > column_count:
            raise ValueError("cells: a cell past the edge of its table")
        for row in range(cell.row, cell.row + cell.row_span):
            first = row * column_count + cell.column
            if any(taken[first : first + cell.column_span]):
                raise ValueError("cells: two cells at one place")
            taken[first : first + cell.column_span] = b"\1" * cell.column_span
    header_rows = integer_at(block, "header_rows", least=0)
    if header_rows > row_count:
        raise ValueError("header_rows: more than there are rows")
    table = Table(box, lines, row_count, column_count, cells, header_rows, truth_at(block, "ruled"))
    if table.rows() != rows:
        raise ValueError("rows: they do not say what the cells say")
    return table


def _cell_from_dict(obj: object, line_count: int) -> Cell:
    cell = as_object(obj, "cell")
    return Cell(
        row=integer_at(cell, "row", least=0),
        column=integer_at(cell, "column", least=0),
        text=text_at(cell, "text"),
        row_span=integer_at(cell, "row_span", least=1),
        column_span=integer_at(cell, "column_span", least=1),
        box=None if cell.get("box") is None else box_from_list(cell["box"]),
        lines=_indices(cell, line_count),
    )


def _point(value: object) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("quad: a corner is not two numbers")
    return Point(as_number(value[0], "quad"), as_number(value[1], "quad"))


def box_from_list(value: object) -> Box:
    """Read the four sides of a box. Raises `ValueError` where they are none."""
    if not isinstance(value, list) or len(value) != 4:
        raise ValueError("box: not four numbers")
    box = Box(*(as_number(side, "box") for side in value))
    if box.x0 > box.x1 or box.y0 > box.y1:
        raise ValueError("box: its sides are the wrong way round")
    return box


def _indices(owner: Mapping[str, Any], count: int) -> tuple[int, ...]:
    values = list_at(owner, "lines")
    for value in values:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < count:
            raise ValueError("lines: not the number of a line of this page")
    return tuple(values)
