"""Rows without rules between them: a tall row of a ruled table is divided where its text lines up in several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.output.blocks import Box
from engine.output.marks import is_value
from engine.output.rows import Piece, Row, visual_rows
from engine.output.tablework import PlannedCell, PlannedTable, planned_cell


def with_subrows(table: PlannedTable, *, unit: float) -> PlannedTable:
    """Return the table with every row divided that plainly holds several: three or more lines, figures among them."""
    cells: list[PlannedCell] = []
    added = 0
    for number in range(table.row_count):
        row = [cell for cell in table.cells if cell.row == number]
        crossed = any(cell.row < number < cell.row + cell.row_span for cell in table.cells)
        records = [] if crossed or any(cell.row_span > 1 for cell in row) else _records(row)
        if len(records) < 3:
            cells += [replace(cell, row=cell.row + added) for cell in row]
            continue
        for at, record in enumerate(records):
            cells += _sliced(row, record, records, at, number + added + at, unit)
        added += len(records) - 1
    return replace(table, row_count=table.row_count + added, cells=tuple(cells)) if added else table


def _records(cells: Sequence[PlannedCell]) -> list[list[Row]]:
    """Return the lines of a row grouped into records, none where the row is but one."""
    owner = {piece.index: number for number, cell in enumerate(cells) for piece in cell.pieces}
    lines = visual_rows(piece for cell in cells for piece in cell.pieces)
    if len(lines) < 3 or len(cells) < 2:
        return []
    held = [{owner[piece.index] for piece in line.pieces} for line in lines]
    if sum(len(one) > 1 for one in held) < 0.7 * len(lines):
        return []
    figures = [sum(is_value(piece.text) for piece in cell.pieces) >= max(2, 0.6 * len(cell.pieces)) for cell in cells]
    if not any(figures):
        return []
    records: list[list[Row]] = []
    for line, owners in zip(lines, held, strict=True):
        lone = len(owners) == 1 and not any(is_value(piece.text) for piece in line.pieces)
        if lone and records:
            records[-1].append(line)
        else:
            records.append([line])
    return records


def _sliced(
    cells: Sequence[PlannedCell],
    record: Sequence[Row],
    records: Sequence[Sequence[Row]],
    at: int,
    row: int,
    unit: float,
) -> list[PlannedCell]:
    """Return the cells of one record, each as high as the record."""
    taken = {piece.index for line in record for piece in line.pieces}
    sliced: list[PlannedCell] = []
    for cell in cells:
        top = cell.box.y0 if at == 0 else (records[at - 1][-1].box.y1 + record[0].box.y0) / 2
        bottom = cell.box.y1 if at + 1 == len(records) else (record[-1].box.y1 + records[at + 1][0].box.y0) / 2
        pieces: list[Piece] = [piece for piece in cell.pieces if piece.index in taken]
        box = Box(cell.box.x0, min(top, bottom), cell.box.x1, max(top, bottom))
        sliced.append(
            planned_cell((row, cell.column), (1, cell.column_span), box=box, inner=box, pieces=pieces, unit=unit)
        )
    return sliced
