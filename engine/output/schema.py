"""A page as JSON and back: what the child processes answer, and what stands under "pages" in a document.

`resources/schema.json` describes the same for those who read it with other tools. Coordinates are rounded to 0.01 page
units and scores to 0.001. Writing trusts the model; reading trusts nothing and raises `ValueError` on anything wrong.
Keys that this version does not know are ignored, so that a later version may add some without raising the number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

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
    PageResult,
    PageWarning,
    Paragraph,
    Point,
    Quad,
    Table,
    Unit,
    WarningCode,
)
from engine.output.values import (
    JsonObject,
    as_number,
    as_object,
    integer_at,
    list_at,
    number_at,
    one_of_at,
    positive_at,
    sound,
    text_at,
    truth_at,
)

SCHEMA_VERSION = 1


# -- writing --


def page_to_dict(result: PageResult) -> JsonObject:
    """Return one page as it stands in the JSON; `source_sha256` only where the page knows it."""
    page: JsonObject = {
        "number": result.number,
        "width": max(0.01, round(float(result.width), 2)),
        "height": max(0.01, round(float(result.height), 2)),
        "unit": result.unit,
        "reader": result.reader,
        "turned": result.turned,
        "seconds": round(float(result.seconds), 3),
        "blocks": [_block_to_dict(block) for block in result.blocks],
        "lines": [_line_to_dict(line) for line in result.lines],
        "warnings": [{"code": warning.code.value, "detail": sound(warning.detail)} for warning in result.warnings],
    }
    if result.source_hash:
        page["source_sha256"] = result.source_hash
    return page


def _line_to_dict(line: Line) -> JsonObject:
    written: JsonObject = {
        "text": sound(line.text),
        "quad": [[round(float(x), 2), round(float(y), 2)] for x, y in line.quad],
        "score": round(float(line.score), 3),
        "origin": line.origin.value,
    }
    if line.bold:
        written["bold"] = True
    return written


def _block_to_dict(block: AnyBlock) -> JsonObject:
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
    written["box"] = _box_to_list(block.box)
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
        "box": None if cell.box is None else _box_to_list(cell.box),
        "lines": list(cell.lines),
    }


def _box_to_list(box: Box) -> list[float]:
    return [round(float(side), 2) for side in box]


# -- reading --


def page_from_dict(obj: object) -> PageResult:
    """Read one page.

    Raises:
        ValueError: It is not one that `page_to_dict` could have written.
    """
    page = as_object(obj, "page")
    lines = tuple(_line_from_dict(line) for line in list_at(page, "lines"))
    turned = integer_at(page, "turned")
    if turned not in (0, 90, 180, 270):
        raise ValueError("turned: not 0, 90, 180 or 270")
    return PageResult(
        number=integer_at(page, "number", least=1),
        width=positive_at(page, "width"),
        height=positive_at(page, "height"),
        unit=cast(Unit, one_of_at(page, "unit", ("pt", "px"))),
        reader=text_at(page, "reader"),
        blocks=tuple(_block_from_dict(block, len(lines)) for block in list_at(page, "blocks")),
        lines=lines,
        warnings=tuple(_warning_from_dict(warning) for warning in list_at(page, "warnings")),
        seconds=number_at(page, "seconds", 0.0, math.inf),
        turned=turned,
        source_hash=text_at(page, "source_sha256") if "source_sha256" in page else "",
    )


def _warning_from_dict(obj: object) -> PageWarning:
    warning = as_object(obj, "warning")
    return PageWarning(WarningCode(text_at(warning, "code")), text_at(warning, "detail"))


def _line_from_dict(obj: object) -> Line:
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


def _block_from_dict(obj: object, line_count: int) -> AnyBlock:
    block = as_object(obj, "block")
    read = _placed_block_from_dict(block, line_count)
    return replace(read, placed=truth_at(block, "placed")) if "placed" in block else read


def _placed_block_from_dict(block: Mapping[str, Any], line_count: int) -> AnyBlock:
    kind = Kind(text_at(block, "kind"))
    box = _box(block.get("box"))
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
        box=None if cell.get("box") is None else _box(cell["box"]),
        lines=_indices(cell, line_count),
    )


def _point(value: object) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("quad: a corner is not two numbers")
    return Point(as_number(value[0], "quad"), as_number(value[1], "quad"))


def _box(value: object) -> Box:
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
