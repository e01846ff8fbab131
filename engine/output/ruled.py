"""Ruled tables: lines of text are put into the cells of the grids that are drawn on the page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.output.blocks import Box, Line, Point, Quad
from engine.output.grids import Grid, GridCell, Strokes, find_grids
from engine.output.joining import char_width, is_spaceless
from engine.output.rows import Piece
from engine.output.subrows import with_subrows
from engine.output.tablework import PlannedCell, PlannedTable, guess_header_rows, planned_cell

_MOST_GRIDS = 64
_MOST_STRUCK = 200
"""Limits for hostile pages: grids looked at, and lines of text that one rule is held against."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a line's text and the cell it belongs to; `quad` is where it stands."""

    cell: int
    text: str
    quad: Quad


@dataclass(slots=True)
class _Filled:
    """What stands in a grid: the parts of each line, and the pairs of cells that one word of a line runs across."""

    parts: dict[int, list[_Part]] = field(default_factory=dict)
    bridged: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RuledTables:
    """The tables found, the page's lines with those split that ran across a border, and the lines still free.

    Pieces in the tables and the numbers in `free` count in `lines`.
    """

    tables: tuple[PlannedTable, ...]
    lines: tuple[Line, ...]
    free: tuple[int, ...]


def ruled_tables(lines: Sequence[Line], rules: Strokes, *, unit: float) -> RuledTables:
    """Find the grids among `rules` and put the lines that stand in them into their cells.

    A frame round running text, boxes that only divide the page, and lattices without text are left alone.
    """
    work = list(lines)
    free = set(range(len(work)))
    tables: list[PlannedTable] = []
    grids = find_grids(_between_lines(rules, lines), unit=unit)[:_MOST_GRIDS]
    taken: list[Box] = []
    for grid in grids:
        if any(box.overlap(grid.box) > 0.5 * grid.box.area for box in taken):
            continue  # a small grid within a cell of a table: its text belongs to that cell
        filled = _assign(grid, work, free, unit)
        grid, parts = _without_false_borders(grid, filled), filled.parts
        if not _is_table(grid, parts, [other for other in grids if other is not grid], unit):
            continue
        tables.append(_fill(grid, parts, work, free, unit))
        taken.append(grid.box)
    return RuledTables(tuple(tables), tuple(work), tuple(sorted(free)))


def _between_lines(rules: Strokes, lines: Sequence[Line]) -> Strokes:
    """Leave out what runs through the middle of text: strokes of letters, and words that were struck out."""
    boxes = sorted(line.box for line in lines)
    boxes.sort(key=lambda box: box.y0)
    tops = [box.y0 for box in boxes]
    tallest = max((box.height for box in boxes), default=0.0)
    kept = []
    for stroke in rules.across:
        low, high = bisect_right(tops, stroke.at - tallest), bisect_right(tops, stroke.at)
        struck = sum(
            max(0.0, min(stroke.end, box.x1) - max(stroke.start, box.x0))
            for box in boxes[max(low, high - _MOST_STRUCK) : high]
            if box.y0 + 0.2 * box.height < stroke.at < box.y1 - 0.28 * box.height
        )
        if struck < 0.5 * (stroke.end - stroke.start):
            kept.append(stroke)
    return Strokes(tuple(kept), rules.down)


def _assign(grid: Grid, lines: Sequence[Line], free: set[int], unit: float) -> _Filled:
    """Return for every line in the grid its parts, one for each cell it runs through."""
    places = [[0] * (len(grid.xs) - 1) for _ in range(len(grid.ys) - 1)]
    for number, cell in enumerate(grid.cells):
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                places[row][column] = number
    filled = _Filled()
    for index in sorted(free):
        line = lines[index]
        box = line.box
        middle = (box.y0 + box.y1) / 2
        if (
            not grid.box.y0 < middle < grid.box.y1
            or min(box.x1, grid.box.x1) - max(box.x0, grid.box.x0) < 0.5 * box.width
        ):
            continue
        faces = places[bisect_right(grid.ys, middle) - 1]
        slack = 0.45 * min(box.height, unit)
        first = min(max(bisect_right(grid.xs, box.x0 + slack) - 1, 0), len(faces) - 1)
        last = min(max(bisect_right(grid.xs, max(box.x1 - slack, box.x0 + slack)) - 1, first), len(faces) - 1)
        cells = [faces[first]]
        cuts: list[float] = []
        for column in range(first + 1, last + 1):
            if faces[column] != cells[-1]:
                cells.append(faces[column])
                cuts.append(grid.xs[column])
        if len(cells) == 2 and _cuts_a_word(line, cuts[0]):
            near = cells[0] if cuts[0] - box.x0 >= box.x1 - cuts[0] else cells[1]
            filled.parts[index] = [_Part(near, line.text, line.quad)]
            filled.bridged.append((index, cells[0], cells[1]))
        else:
            filled.parts[index] = _split(line, cells, cuts)
    return filled


def _cuts_a_word(line: Line, cut: float) -> bool:
    """Tell whether the border stands in the middle of one short word, where nobody would have drawn it."""
    text = line.text.strip()
    if len(text) > 24 or not all(char.isalpha() and not is_spaceless(char) for char in text):
        return False
    share = (cut - line.box.x0) / max(line.box.width, 1e-9)
    return 0.25 < share < 0.75


def _without_false_borders(grid: Grid, filled: _Filled) -> Grid:
    """Join neighbouring cells that hold one word between them and nothing else: the border was a stroke of a letter."""
    cells: dict[int, GridCell] = dict(enumerate(grid.cells))
    holders: dict[int, set[int]] = {}
    for index, parts in filled.parts.items():
        for part in parts:
            holders.setdefault(part.cell, set()).add(index)
    for index, left, right in filled.bridged:
        one, two = cells.get(left), cells.get(right)
        if one is None or two is None or (one.row, one.row_span) != (two.row, two.row_span):
            continue
        if holders.get(left, set()) | holders.get(right, set()) != {index}:
            continue
        box = one.box.united(two.box)
        cells[left] = GridCell(one.row, one.column, one.row_span, one.column_span + two.column_span, box)
        del cells[right]
        filled.parts[index] = [replace(part, cell=left) for part in filled.parts[index]]
    if len(cells) == len(grid.cells):
        return grid
    numbers = {old: new for new, old in enumerate(cells)}
    for index, parts in filled.parts.items():
        filled.parts[index] = [replace(part, cell=numbers[part.cell]) for part in parts]
    return Grid(grid.box, grid.xs, grid.ys, tuple(cells.values()))


def _split(line: Line, cells: Sequence[int], cuts: Sequence[float]) -> list[_Part]:
    """Split a line at the borders it runs across, the text in proportion and best between words."""
    if not cuts:
        return [_Part(cells[0], line.text, line.quad)]
    box = line.box
    widths = [char_width(char) for char in line.text]
    total = sum(widths) or 1.0
    parts: list[_Part] = []
    begun, from_share = 0, 0.0
    for cell, cut in zip(cells, [*cuts, box.x1], strict=True):
        share = min(1.0, max(from_share, (cut - box.x0) / max(box.width, 1e-9)))
        ended = len(line.text) if cut == box.x1 else max(begun, _cut_place(line.text, widths, share * total))
        text = line.text[begun:ended].strip()
        if text:
            parts.append(_Part(cell, text, _stretch(line.quad, from_share, share)))
            from_share = share
        begun = ended
    return parts


def _cut_place(text: str, widths: Sequence[float], wanted: float) -> int:
    """Return the place in `text` nearest to `wanted` ems, at a space where one is near."""
    reached, place = 0.0, len(text)
    for number, width in enumerate(widths):
        if reached + width / 2 >= wanted:
            place = number
            break
        reached += width
    reach = max(2, len(text) // 6)
    places = range(max(1, place - reach), min(len(text) - 1, place + reach) + 1)
    near = [at for at in places if text[at].isspace()]
    # In text without spaces a figure and an ideograph part best ("95.8%暑假", "12台960.00").
    near = near or [at for at in places if is_spaceless(text[at]) != is_spaceless(text[at - 1])]
    return min(near, key=lambda at: (abs(at - place), at)) if near else place


def _stretch(quad: Quad, start: float, end: float) -> Quad:
    """Return the part of a quad between two shares of its length."""

    def along(one: Point, two: Point, share: float) -> Point:
        return Point(one.x + (two.x - one.x) * share, one.y + (two.y - one.y) * share)

    return Quad(
        along(quad.a, quad.b, start),
        along(quad.a, quad.b, end),
        along(quad.d, quad.c, end),
        along(quad.d, quad.c, start),
    )


def _is_table(grid: Grid, parts: dict[int, list[_Part]], others: Sequence[Grid], unit: float) -> bool:
    """Tell whether the grid is a table rather than a frame, a note in a box or a division of the page."""
    counts: dict[int, int] = {}
    for line in parts.values():
        for part in line:
            counts[part.cell] = counts.get(part.cell, 0) + 1
    if len(counts) < 2:
        return False
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    most = max(counts.values())
    cut = sum(len(line) > 1 for line in parts.values())
    if cut * (5 if rows == 1 else 2) > len(parts):
        return False  # text runs on over these rules: they are no borders
    if rows == 1 or columns == 1:
        if columns == 1 and 3 * len(counts) < 2 * rows:
            return False  # the boxes of a form, one below the other
        return len(counts) >= (3 if columns == 1 else 2) and most <= (2 if columns == 1 else 4)
    if len(grid.cells) <= 4 and most > 12:
        return False
    for number, cell in enumerate(grid.cells):
        if cell.box.area > 0.6 * grid.box.area and counts.get(number, 0) > 8:
            return False
        inner = [other for other in others if cell.box.overlap(other.box) > 0.9 * other.box.area]
        if sum(other.box.area for other in inner) > 0.3 * grid.box.area and len(grid.cells) <= 8:
            return False  # a box that holds a table is not itself one
    return True


def _fill(grid: Grid, parts: dict[int, list[_Part]], work: list[Line], free: set[int], unit: float) -> PlannedTable:
    """Put the parts into their cells; lines that were split are replaced in `work`, their further parts appended."""
    held: dict[int, list[Piece]] = {}
    for index, line_parts in parts.items():
        free.discard(index)
        whole = work[index]
        for number, part in enumerate(line_parts):
            at = index if number == 0 else len(work)
            line = whole if len(line_parts) == 1 else replace(whole, text=part.text, quad=part.quad)
            if number == 0:
                work[index] = line
            else:
                work.append(line)
            held.setdefault(part.cell, []).append(Piece(at, line.box, line.text, line.bold, line.origin))
    cells: list[PlannedCell] = []
    for number, cell in enumerate(grid.cells):
        pieces = held.get(number, [])
        pad = min([0.6 * unit, *[max(0.0, piece.box.x0 - cell.box.x0) for piece in pieces]])
        inner = Box(cell.box.x0 + pad, cell.box.y0, max(cell.box.x1 - pad, cell.box.x0 + pad), cell.box.y1)
        cells.append(
            planned_cell(
                (cell.row, cell.column),
                (cell.row_span, cell.column_span),
                box=cell.box,
                inner=inner,
                pieces=pieces,
                unit=unit,
            )
        )
    table = PlannedTable(grid.box, len(grid.ys) - 1, len(grid.xs) - 1, tuple(cells), ruled=True)
    table = with_subrows(_without_bare_edges(table), unit=unit)
    return replace(table, header_rows=guess_header_rows(table))


def _without_bare_edges(table: PlannedTable) -> PlannedTable:
    """Leave off what is no row at the top or the bottom: an empty strip between two frames, or beyond a page break."""
    cells = list(table.cells)
    rows = table.row_count
    for first in (True, False):
        while rows > 2:
            at = 0 if first else rows - 1
            here = [cell for cell in cells if cell.row <= at < cell.row + cell.row_span]
            bare = len(here) == 1 and here[0].row_span == 1 and not here[0].text
            if not bare:
                break
            cells = [replace(cell, row=cell.row - first) for cell in cells if cell is not here[0]]
            rows -= 1
    return replace(table, row_count=rows, cells=tuple(cells)) if rows < table.row_count else table
