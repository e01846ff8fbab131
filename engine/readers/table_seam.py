"""A table that the cut of a page went through becomes one again; rows that both halves have seen go once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from engine.output.blocks import AnyBlock, Cell, Table

REACH_ROWS = 12
"""Rows on either side of the cut that both halves may show: six hundredths of a page of small print."""
CUT_ROWS = 1
"""So many rows beside those that both have may be half a row; more are rows of their own."""


def is_cut(above: AnyBlock, below: AnyBlock) -> bool:
    """Tell whether what ends the upper half goes on in what begins the lower: a table as wide with no head of its own.

    A head that is the same names the same columns: some models repeat what they have seen before.
    """
    if not (isinstance(above, Table) and isinstance(below, Table)) or above.column_count != below.column_count:
        return False
    head = below.header_rows
    return not head or _rows(below)[:head] == _rows(above)[:head]


def one_table(above: Table, below: Table, *, overlapping: bool) -> Table:
    """Return one table of two; `overlapping`: both may have seen the rows around the cut, and one cut through."""
    kept, start = above.row_count, below.header_rows
    if overlapping:
        upper, lower = _rows(above)[-REACH_ROWS:], _rows(below)[start : start + REACH_ROWS]
        match = SequenceMatcher(None, upper, lower, autojunk=False).find_longest_match()
        cut_above, cut_below = len(upper) - match.a - match.size, match.b
        if any(map(any, upper[match.a : match.a + match.size])) and max(cut_above, cut_below) <= CUT_ROWS:
            kept -= cut_above
            start += match.b + match.size
    shift = kept - start
    cells = [_within(cell, 0, kept) for cell in above.cells]
    cells += [_within(cell, start, below.row_count) for cell in below.cells]
    joined = [cell for cell in cells[: len(above.cells)] if cell is not None]
    joined += [replace(cell, row=cell.row + shift) for cell in cells[len(above.cells) :] if cell is not None]
    return replace(
        above,
        box=above.box.united(below.box),
        lines=(*above.lines, *below.lines),
        row_count=kept + below.row_count - start,
        cells=tuple(joined),
        header_rows=min(above.header_rows, kept),
        placed=above.placed and below.placed,
    )


def _rows(table: Table) -> Sequence[tuple[str, ...]]:
    """Return the rows' texts as far as two readings of a row agree on them."""
    return [tuple("".join(text.split()) for text in row) for row in table.rows()]


def _within(cell: Cell, start: int, end: int) -> Cell | None:
    """Return what of a cell is in the rows from `start` up to `end`, None where nothing is."""
    first, last = max(cell.row, start), min(cell.row + cell.row_span, end)
    return replace(cell, row=first, row_span=last - first) if first < last else None
