"""Pipe tables of Markdown: rows of cells with bars between, the second row telling that the first names the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.output.blocks import AnyBlock
from engine.output.cell_grid import RawCell, tables_of
from engine.output.html_tables import cell_text
from engine.output.pictures import Picture, figures
from engine.output.sheet import Sheet

_BAR = re.compile(r"(?<!\\)\|")


def is_row(line: str) -> bool:
    """Tell whether a line looks like a row: it begins and ends with a bar."""
    line = line.strip()
    return len(line) > 1 and line[0] == "|" and line[-1] == "|"


def is_rule(line: str) -> bool:
    """Tell whether a line is the rule below the names of the columns (`|---|:--:|`)."""
    return "-" in line and "|" in line and not line.strip().strip("|-: \t")


def pipe_table(lines: Sequence[str], sheet: Sheet) -> list[AnyBlock]:
    """Return lines of a pipe table as a table, and the pictures that stand in its cells."""
    pictures: list[Picture] = []
    rows: list[list[RawCell]] = []
    header_rows = 0
    for line in lines:
        if is_rule(line):
            header_rows = header_rows or len(rows)
            continue
        cells: list[RawCell] = []
        for raw in _cells(line):
            text, inside = cell_text(raw, sheet)
            pictures += inside
            cells.append(RawCell(text))
        rows.append(cells)
    placed = tuple(Picture("", picture.quad) for picture in pictures)
    return [*tables_of(rows, sheet, header_rows=header_rows if header_rows == 1 else 0), *figures(placed, sheet)]


def _cells(line: str) -> list[str]:
    line = line.strip()
    line = line.removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    return [cell.replace("\\|", "|") for cell in _BAR.split(line)]
