"""Rules become grids: lines drawn on the page are gathered into lattices, and these into cells with spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from engine.output.blocks import Box, Rule

_MOST_RULES = 6000
_MOST_PLACES = 40_000
_MOST_CROSSINGS = 600_000
"""Limits for hostile pages: past them the longest rules are kept, or the lattice is left alone."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A horizontal or vertical rule: it stands at `at` (y or x) and runs from `start` to `end` (x or y)."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class GridCell:
    """A face of the lattice."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A lattice of rules: `xs` and `ys` are its columns' and rows' borders, in page units, ascending."""

    box: Box
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Strokes:
    """The page's rules sorted into horizontal and vertical ones, close and touching ones made one."""

    across: tuple[Stroke, ...]
    down: tuple[Stroke, ...]


def strokes(rules: Sequence[Rule], *, unit: float) -> Strokes:
    """Sort rules by direction and merge what was drawn in parts, twice, or as the two edges of one thick line."""
    kept = rules
    if len(rules) > _MOST_RULES:
        kept = sorted(rules, key=lambda rule: -max(abs(rule.x1 - rule.x0), abs(rule.y1 - rule.y0)))[:_MOST_RULES]
    across: list[Stroke] = []
    down: list[Stroke] = []
    for rule in kept:
        wide, high = abs(rule.x1 - rule.x0), abs(rule.y1 - rule.y0)
        if not wide + high < float("inf"):
            continue
        slack = max(0.5 * unit, 0.02 * max(wide, high))
        if high <= slack and wide > 2 * high and wide > 0.3 * unit:
            across.append(Stroke((rule.y0 + rule.y1) / 2, min(rule.x0, rule.x1), max(rule.x0, rule.x1)))
        elif wide <= slack and high > 2 * wide and high > 0.3 * unit:
            down.append(Stroke((rule.x0 + rule.x1) / 2, min(rule.y0, rule.y1), max(rule.y0, rule.y1)))
    return Strokes(tuple(_merged(across, unit)), tuple(_merged(down, unit)))


def _merged(raw: Sequence[Stroke], unit: float) -> list[Stroke]:
    """Make one stroke of those at nearly the same place that overlap or nearly touch."""
    merged: list[Stroke] = []
    group: list[Stroke] = []

    def close() -> None:
        if not group:
            return
        at = sum(stroke.at for stroke in group) / len(group)
        group.sort(key=lambda stroke: (stroke.start, stroke.end))
        start, end = group[0].start, group[0].end
        for stroke in group[1:]:
            if stroke.start <= end + 0.6 * unit:
                end = max(end, stroke.end)
            else:
                merged.append(Stroke(at, start, end))
                start, end = stroke.start, stroke.end
        merged.append(Stroke(at, start, end))
        group.clear()

    for stroke in sorted(raw, key=lambda stroke: (stroke.at, stroke.start, stroke.end)):
        if group and (stroke.at - group[-1].at > 0.3 * unit or stroke.at - group[0].at > 0.6 * unit):
            close()
        group.append(stroke)
    close()
    return merged


def find_grids(found: Strokes, *, unit: float) -> list[Grid]:
    """Return the lattices of at least two cells, largest first; `unit` is the page's line height."""
    across, down = found.across, found.down
    if len(across) * len(down) > _MOST_CROSSINGS:
        share = (_MOST_CROSSINGS / (len(across) * len(down))) ** 0.5
        across = tuple(sorted(across, key=lambda one: one.start - one.end)[: max(1, int(len(across) * share))])
        down = tuple(sorted(down, key=lambda one: one.start - one.end)[: max(1, int(len(down) * share))])
    grids = []
    for lines_across, lines_down in _connected(across, down, unit):
        grid = _lattice(lines_across, lines_down, unit)
        if grid is not None:
            grids.append(grid)
    return sorted(grids, key=lambda grid: (-grid.box.area, grid.box))


def _connected(
    across: Sequence[Stroke], down: Sequence[Stroke], unit: float
) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Return the groups of strokes that cross or touch one another."""
    parent = list(range(len(across) + len(down)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    order = sorted(range(len(down)), key=lambda number: down[number].at)
    places = [down[number].at for number in order]
    reach = 0.5 * unit
    for number, stroke in enumerate(across):
        low, high = bisect_left(places, stroke.start - reach), bisect_right(places, stroke.end + reach)
        for other in order[low:high]:
            if down[other].start - reach <= stroke.at <= down[other].end + reach:
                parent[root(number)] = root(len(across) + other)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for number, stroke in enumerate(across):
        groups.setdefault(root(number), ([], []))[0].append(stroke)
    for number, stroke in enumerate(down):
        groups.setdefault(root(len(across) + number), ([], []))[1].append(stroke)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _borders(places: Sequence[float], unit: float) -> list[float]:
    """Return the borders that the places stand for: those nearer to each other than half a line are one."""
    borders: list[list[float]] = []
    for place in sorted(places):
        if borders and place - borders[-1][-1] < 0.45 * unit and place - borders[-1][0] < 0.8 * unit:
            borders[-1].append(place)
        else:
            borders.append([place])
    return [sum(one) / len(one) for one in borders]


def _lattice(across: Sequence[Stroke], down: Sequence[Stroke], unit: float) -> Grid | None:
    """Make cells of strokes that hang together; a side that was left open is closed where the rules end."""
    xs = _borders([stroke.at for stroke in down], unit)
    ys = _borders([stroke.at for stroke in across], unit)
    for side in (0, 1):
        ends = sorted((stroke.end, stroke.start)[side] for stroke in across)
        edge = ends[-1] if side == 0 else ends[0]
        outside = edge - xs[-1] if side == 0 else xs[0] - edge
        agreeing = sum(abs(end - edge) < 1.5 * unit for end in ends)
        if outside > 0.9 * unit and agreeing >= 2:
            xs.insert(len(xs) if side == 0 else 0, edge)
            down = [*down, Stroke(edge, ys[0], ys[-1])]
        tips = sorted((stroke.end, stroke.start)[side] for stroke in down)
        tip = tips[-1] if side == 0 else tips[0]
        beyond = tip - ys[-1] if side == 0 else ys[0] - tip
        if beyond > 0.9 * unit and sum(abs(end - tip) < 1.5 * unit for end in tips) >= 2:
            ys.insert(len(ys) if side == 0 else 0, tip)
            across = [*across, Stroke(tip, xs[0], xs[-1])]
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns * rows < 2 or columns * rows > _MOST_PLACES:
        return None
    # A stroke too short to part any two places (a letter's, mostly) makes no row and no column.
    ys = [y for y, walls in zip(ys, _walls(across, ys, xs, unit), strict=True) if any(walls) or y in (ys[0], ys[-1])]
    xs = [x for x, walls in zip(xs, _walls(down, xs, ys, unit), strict=True) if any(walls) or x in (xs[0], xs[-1])]
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns * rows < 2:
        return None
    walls_across = _walls(across, ys, xs, unit)
    walls_down = _walls(down, xs, ys, unit)
    cells = _faces(walls_across, walls_down, xs, ys)
    if len(cells) < 2:
        return None
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), tuple(xs), tuple(ys), tuple(cells))


def _walls(lines: Sequence[Stroke], places: Sequence[float], steps: Sequence[float], unit: float) -> list[list[bool]]:
    """Return for every border in `places` which of its stretches between `steps` are really drawn."""
    walls = [[False] * (len(steps) - 1) for _ in places]
    for stroke in lines:
        near = min(
            range(max(0, bisect_left(places, stroke.at) - 1), min(len(places), bisect_left(places, stroke.at) + 1)),
            key=lambda number: abs(places[number] - stroke.at),
        )
        first = max(0, bisect_right(steps, stroke.start) - 1)
        for step in range(first, len(steps) - 1):
            low, high = steps[step], steps[step + 1]
            if low >= stroke.end:
                break
            if min(high, stroke.end) - max(low, stroke.start) >= min(0.6 * (high - low), high - low - 0.2 * unit):
                walls[near][step] = True
    return walls


def _faces(
    walls_across: list[list[bool]], walls_down: list[list[bool]], xs: Sequence[float], ys: Sequence[float]
) -> list[GridCell]:
    """Return the faces of the lattice, row by row: places without a wall between them are one cell."""
    columns, rows = len(xs) - 1, len(ys) - 1
    taken = [[False] * columns for _ in range(rows)]
    cells: list[GridCell] = []
    for row in range(rows):
        for column in range(columns):
            if taken[row][column]:
                continue
            wide = 1
            while column + wide < columns and not walls_down[column + wide][row] and not taken[row][column + wide]:
                wide += 1
            high = 1
            while row + high < rows and _opens(row + high, column, wide, walls_across, walls_down, taken):
                high += 1
            for covered in range(row, row + high):
                taken[covered][column : column + wide] = [True] * wide
            box = Box(xs[column], ys[row], xs[column + wide], ys[row + high])
            cells.append(GridCell(row, column, high, wide, box))
    return cells


def _opens(
    row: int,
    column: int,
    wide: int,
    walls_across: list[list[bool]],
    walls_down: list[list[bool]],
    taken: list[list[bool]],
) -> bool:
    """Tell whether a cell that reaches down to `row` takes in that row's places too."""
    places = range(column, column + wide)
    return (
        not any(walls_across[row][place] or taken[row][place] for place in places)
        and not any(walls_down[place][row] for place in places[1:])
        and (column + wide == len(taken[row]) or walls_down[column + wide][row])
    )
