"""Runs: rows that follow one another and fit one set of columns, grown from the row with the most pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.output.chunks import ChunkRow, Columns


@dataclass(slots=True)
class Run:
    """Rows that fit one set of columns; `places[i]` tells the columns of the chunks of row `first + i`."""

    first: int
    rows: list[ChunkRow]
    places: list[list[tuple[int, int]]]
    columns: Columns


def grow(chunked: Sequence[ChunkRow | None], used: Sequence[bool], seed: int, unit: float) -> Run:
    """Take in rows below and above the seed as long as they fit its columns and stand near enough."""
    start = chunked[seed]
    assert start is not None
    columns = Columns(unit, [(chunk.box.x0, chunk.box.x1) for chunk in start.chunks])
    taken: dict[int, ChunkRow] = {seed: start}
    for step in (1, -1):
        before, number = start, seed + step
        while 0 <= number < len(chunked):
            row = chunked[number]
            gap = 0.0 if row is None else max(row.box.y0 - before.box.y1, before.box.y0 - row.box.y1)
            if row is None or used[number] or gap > 2.2 * unit or gap < -0.6 * unit:
                break
            if len(row.chunks) == 1 and (step < 0 or row.chunks[0].box.width > 0.5 * columns.width):
                break
            if columns.places(row) is None:
                break
            taken[number] = row
            before, number = row, number + step
    # Columns have grown meanwhile, so every row is asked again where its chunks stand.
    numbers = sorted(taken)
    kept: list[int] = []
    for number in numbers[numbers.index(seed) :: -1]:
        if columns.places(taken[number]) is None:
            break
        kept.insert(0, number)
    for number in numbers[numbers.index(seed) + 1 :]:
        if columns.places(taken[number]) is None:
            break
        kept.append(number)
    rows: list[ChunkRow] = []
    places: list[list[tuple[int, int]]] = []
    for number in kept:
        place = columns.places(taken[number])
        if place is None:
            return Run(seed, [], [], columns)
        rows.append(taken[number])
        places.append(place)
    return _with_heads_over_figures(Run(kept[0] if kept else seed, rows, places, columns))


def _with_heads_over_figures(run: Run) -> Run:
    """Make one column of two that no row has both of, where one holds a single entry.

    So it is with a head that begins at the left over figures that end at the right.
    """
    holders: list[set[int]] = [set() for _ in run.columns.spans]
    for number, places in enumerate(run.places):
        for first, last in places:
            for column in range(first, last + 1):
                holders[column].add(number)
    becomes: list[int] = []
    spans: list[tuple[float, float]] = []
    for column, span in enumerate(run.columns.spans):
        before = column - 1
        alone = column > 0 and min(len(holders[before]), len(holders[column])) == 1
        near = column > 0 and span[0] - spans[-1][1] < 5 * run.columns.unit
        if alone and near and not holders[before] & holders[column] and len(holders[before] | holders[column]) > 2:
            spans[-1] = (spans[-1][0], span[1])
            holders[column] |= holders[before]
        else:
            spans.append(span)
        becomes.append(len(spans) - 1)
    if len(spans) == len(run.columns.spans):
        return run
    merged = [[(becomes[first], becomes[last]) for first, last in places] for places in run.places]
    return Run(run.first, run.rows, merged, Columns(run.columns.unit, spans))


def trimmed(run: Run, unit: float) -> Run:
    """Leave off rows of one chunk at the end, unless they are the rest of a cell that ran over."""
    rows, places = run.rows, run.places
    while len(rows) > 1 and len(rows[-1].chunks) == 1:
        distance = rows[-1].middle - rows[-2].middle
        above = [chunk for chunk, place in zip(rows[-2].chunks, places[-2], strict=True) if place == places[-1][0]]
        if distance < 1.6 * unit and above and places[-1][0][0] > 0 and not rows[-1].chunks[0].value:
            break
        rows, places = rows[:-1], places[:-1]
    return Run(run.first, rows, places, run.columns)
