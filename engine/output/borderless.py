"""Tables without borders: rows whose pieces line up in columns, told from running text, forms and lists of contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from engine.output.blocks import Box
from engine.output.chunks import Chunk, ChunkRow, aligned, chunk_row, prose
from engine.output.grids import Stroke
from engine.output.joining import text_width
from engine.output.marks import is_bare_mark
from engine.output.rows import Piece, Row
from engine.output.runs import Run, grow, trimmed
from engine.output.tablework import FoundTable, PlannedCell, PlannedTable, guess_header_rows, planned_cell

_LEADERS = ("....", ". . .", "……", "·····", "____")


@dataclass(frozen=True, slots=True)
class Ladder:
    """Horizontal rules of one extent with text between them: the sign of a table ruled only across."""

    x0: float
    x1: float
    ys: tuple[float, ...]


def ladders(across: Sequence[Stroke], *, unit: float) -> list[Ladder]:
    """Return the groups of at least three horizontal rules that begin and end at the same places."""
    groups: list[list[Stroke]] = []
    latest: dict[tuple[int, int], list[Stroke]] = {}
    for stroke in sorted(across, key=lambda one: (one.at, one.start)):
        if stroke.end - stroke.start < 6 * unit:
            continue
        key = (round(stroke.start / (2 * unit)), round(stroke.end / (2 * unit)))
        near = [(key[0] + a, key[1] + b) for a in (0, -1, 1) for b in (0, -1, 1)]
        group = next(
            (
                latest[one]
                for one in near
                if one in latest
                and abs(latest[one][-1].start - stroke.start) < 1.5 * unit
                and abs(latest[one][-1].end - stroke.end) < 1.5 * unit
                and stroke.at - latest[one][-1].at < 30 * unit
            ),
            None,
        )
        if group is None:
            group = []
            groups.append(group)
        group.append(stroke)
        latest[key] = group
    return [
        Ladder(group[0].start, group[0].end, tuple(stroke.at for stroke in group))
        for group in groups
        if len(group) >= 3
    ]


def find_tables(
    rows: Sequence[Row], *, unit: float, rungs: Sequence[Ladder] = (), mirrored: bool = False
) -> list[FoundTable]:
    """Return the borderless tables among the rows of a region, top to bottom; what is in doubt is left as text."""
    chunked = [chunk_row(row, unit=unit) for row in rows]
    tried = [row is None or len(row.chunks) < 2 for row in chunked]
    seeds = sorted(
        (number for number, done in enumerate(tried) if not done),
        key=lambda number: (-len(chunked[number].chunks), number),  # type: ignore[union-attr]
    )
    used = [False] * len(rows)
    found: list[FoundTable] = []
    for seed in seeds:
        if tried[seed]:
            continue
        run = trimmed(grow(chunked, used, seed, unit), unit)
        for number in range(run.first, run.first + len(run.rows)):
            tried[number] = True
        tried[seed] = True
        ladder = _ladder_of(run, rungs, unit)
        if not _is_table(run, unit, ladder):
            continue
        for number in range(run.first, run.first + len(run.rows)):
            used[number] = True
        found.append(FoundTable(run.first, run.first + len(run.rows) - 1, _plan(run, unit, ladder, mirrored)))
    return sorted(found, key=lambda one: one.first)


def _ladder_of(run: Run, rungs: Sequence[Ladder], unit: float) -> Ladder | None:
    """Return the rules that frame the run above and below, if there are such."""
    if not run.rows:
        return None
    top, bottom = run.rows[0].box.y0, run.rows[-1].box.y1
    left, right = run.columns.spans[0][0], run.columns.spans[-1][1]
    for ladder in rungs:
        if ladder.x0 - unit < left and right < ladder.x1 + unit and right - left > 0.5 * (ladder.x1 - ladder.x0):
            inside = [y for y in ladder.ys if top - 2.5 * unit < y < bottom + 2.5 * unit]
            if len(inside) >= 3 and inside[0] < top + 0.5 * unit and inside[-1] > bottom - 0.5 * unit:
                return Ladder(ladder.x0, ladder.x1, tuple(inside))
    return None


def _is_table(run: Run, unit: float, ladder: Ladder | None) -> bool:
    """Weigh the evidence. Rules above and below count much; without them figures, short cells and labels must speak."""
    columns = len(run.columns.spans)
    multiple = [row for row in run.rows if len(row.chunks) > 1]
    if columns < 2 or len(multiple) < 2:
        return False
    held: list[list[Chunk]] = [[] for _ in range(columns)]
    for row, places in zip(run.rows, run.places, strict=True):
        for chunk, (first, last) in zip(row.chunks, places, strict=True):
            if first == last:
                held[first].append(chunk)
    if any(not chunks for chunks in held) or any(map(is_list, held[:2])):
        return False
    running = sum(prose(chunks, span) for chunks, span in zip(held, run.columns.spans, strict=True))
    records = False
    if running >= 2 or (running and any(_flows(chunks, multiple) for chunks in held)):
        records = _records(run)
        if not records:
            return False
    if columns > 2 and _contents(held[-1]) and len(held[-1]) >= 5:
        return False
    straight = sum(aligned(chunks, unit=unit) for chunks in held)
    if straight < columns - (columns > 2):
        return False
    if ladder is not None or records:
        return True
    filled = sum(len(row.chunks) for row in multiple) / (len(multiple) * columns)
    texts = [chunk.text for chunks in held for chunk in chunks]
    if sum(any(leader in text for leader in _LEADERS) for text in texts) * 3 > len(multiple):
        return False
    values = [sum(chunk.value for chunk in chunks) / len(chunks) for chunks in held]
    short = median(text_width(text) for text in texts) <= 8
    if columns == 2:
        if len(multiple) < 3 or _contents(held[1]):
            return False
        labels = sum(chunk.text.rstrip().endswith((":", "：")) for chunk in held[0]) / len(held[0])
        brief = all(text_width(chunk.text) <= 30 for chunk in held[0] + held[1])
        named = values[0] == 0 and all(text_width(chunk.text) <= 10 for chunk in held[0])
        bold = all(_bold(chunk) for chunk in held[0]) and not any(_bold(chunk) for chunk in held[1])
        paired = named and filled == 1 and (bold or (len(multiple) >= 4 and values[1] >= 0.25))
        return brief and filled > 0.8 and (values[1] >= 0.6 or labels >= 0.6 or paired)
    figures = sum(share >= 0.6 for share in values[1:])
    if len(multiple) == 2:
        return filled == 1 and figures >= 2 and short
    return filled >= 0.45 and (figures >= 1 or (short and filled >= 0.75))


def _bold(chunk: Chunk) -> bool:
    return all(piece.bold for piece in chunk.pieces)


def is_list(chunks: Sequence[Chunk]) -> bool:
    """Tell whether a first column holds nothing but list marks."""
    return 2 * sum(is_bare_mark(chunk.text) and not chunk.text[-1:].isdigit() for chunk in chunks) > len(chunks)


def _flows(chunks: Sequence[Chunk], rows: Sequence[ChunkRow]) -> bool:
    """Tell whether a column is running text beside a table: a full line in nearly every row, sentences going over."""
    if len(chunks) < 4 or len(chunks) < 0.8 * len(rows):
        return False
    going = sum(chunk.text[:1].islower() for chunk in chunks)
    return 3 * going > len(chunks) and median(text_width(chunk.text) for chunk in chunks) >= 10


def _records(run: Run) -> bool:
    """Tell whether rows of wrapped cells are told apart by short labels, beside each of which all cells begin anew."""
    starts = [number for number, places in enumerate(run.places) if places[0] == (0, 0)]
    if len(starts) < 3 or starts[0] != 0 or len(run.columns.spans) < 3:
        return False
    cells = 0
    begun = 0
    for number in starts:
        label, *others = run.rows[number].chunks
        if text_width(label.text) > 8 or len(others) < len(run.columns.spans) - 2:
            return False
        cells += len(others)
        begun += sum(not chunk.text[:1].islower() for chunk in others)
    return begun >= 0.9 * cells


def _contents(chunks: Sequence[Chunk]) -> bool:
    """Tell whether the column counts up like the page numbers of a list of contents."""
    numbers = [int(chunk.text) for chunk in chunks if chunk.text.isdecimal() and len(chunk.text) <= 4]
    return len(numbers) >= 4 and len(numbers) == len(chunks) and numbers == sorted(numbers)


def _plan(run: Run, unit: float, ladder: Ladder | None, mirrored: bool) -> PlannedTable:
    """Make rows of the table out of rows of the page: what only runs over belongs to the row above."""
    records: list[list[int]] = []
    for number in range(len(run.rows)):
        if records and _continues(run, records[-1], number, unit, ladder):
            records[-1].append(number)
        else:
            records.append([number])
    spans = run.columns.spans
    edges = [spans[0][0], *[(one[1] + two[0]) / 2 for one, two in pairwise(spans)], spans[-1][1]]
    cells: list[PlannedCell] = []
    for at, record in enumerate(records):
        top = min(run.rows[number].box.y0 for number in record)
        bottom = max(run.rows[number].box.y1 for number in record)
        held: dict[tuple[int, int], list[Piece]] = {}
        for number in record:
            for chunk, place in zip(run.rows[number].chunks, run.places[number], strict=True):
                held.setdefault(place, []).extend(chunk.pieces)
        held = _apart(held)
        covered = {column for first, last in held for column in range(first, last + 1)}
        for column in range(len(spans)):
            if column not in covered:
                held[column, column] = []
        for (first, last), pieces in sorted(held.items()):
            box = Box(edges[first], top, edges[last + 1], bottom)
            inner = Box(spans[first][0], top, spans[last][1], bottom)
            cells.append(
                planned_cell(
                    (at, first),
                    (1, last - first + 1),
                    box=box,
                    inner=inner,
                    pieces=pieces,
                    unit=unit,
                    mirrored=mirrored,
                )
            )
    box = Box(edges[0], run.rows[0].box.y0, edges[-1], run.rows[-1].box.y1)
    table = PlannedTable(box, len(records), len(spans), tuple(cells), ruled=ladder is not None)
    header = guess_header_rows(table)
    if ladder is not None:
        above = [at for at, record in enumerate(records) if run.rows[record[-1]].middle < ladder.ys[1]]
        header = len(above) if above and run.rows[0].middle > ladder.ys[0] and len(above) <= 3 else header
    return replace(table, header_rows=min(header, len(records) - 1))


def _apart(held: dict[tuple[int, int], list[Piece]]) -> dict[tuple[int, int], list[Piece]]:
    """Merge places that overlap, so that no two cells of a row cover the same column."""
    merged: dict[tuple[int, int], list[Piece]] = {}
    for (first, last), pieces in sorted(held.items()):
        if merged and (before := next(reversed(merged)))[1] >= first:
            merged[before[0], max(before[1], last)] = merged.pop(before) + pieces
        else:
            merged[first, last] = list(pieces)
    return merged


def _continues(run: Run, record: Sequence[int], number: int, unit: float, ladder: Ladder | None) -> bool:
    """Tell whether a row of the page only carries on the cells of the record above it."""
    row, before = run.rows[number], run.rows[record[-1]]
    if ladder is not None and len(ladder.ys) > 3:
        return not any(before.middle < y < row.middle for y in ladder.ys)
    here = set(run.places[number])
    above = {place for earlier in record for place in run.places[earlier]}
    if row.middle - before.middle > 1.7 * unit or not here <= above or len(here) >= len(above):
        return False
    if any(chunk.value for chunk in row.chunks):
        return False
    if all(first > 0 for first, _ in here):
        return True
    return len(here) == 1 and row.chunks[0].text[:1].islower()
