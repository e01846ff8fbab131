"""Corridors: the white strips that run down between columns, and which of them is the best place to cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from engine.output.blocks import Box, Origin
from engine.output.joining import text_width
from engine.output.marks import caption_mark, is_bare_mark, is_section_number, is_value
from engine.output.rows import Item, Piece, Placed, Row, hull, ink

_OPEN_CORRIDORS = 48
"""At most this many white corridors are followed and weighed at a time; those with the fewest rows are dropped."""
_CLEARLY = 1.05
"""So much better a shorter corridor must be than a longer one."""
_NARROWEST, _NARROW = 0.4, 0.8
"""Line heights; what is narrower than the second must part two columns of running text to be believed."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """A white strip from x0 to x1 that runs through the rows from `first` to `last`, both included."""

    x0: float
    x1: float
    first: int
    last: int


def best_corridor(rows: Sequence[Row], *, unit: float, box: Box) -> Corridor | None:
    """Return the corridor that parts the rows into columns best, None where they read straight across."""
    best, best_score = None, 0.0
    inner = [one for one in _corridors(rows, unit=unit, box=box) if one.x0 >= box.x0 and one.x1 <= box.x1]
    inner.sort(key=lambda one: (one.first - one.last, one.first, one.x0, one.x1))
    for corridor in inner[:_OPEN_CORRIDORS]:
        trimmed = _trimmed(rows, corridor, unit=unit)
        if trimmed is None:
            continue
        score = _score(rows, trimmed, unit=unit)
        if score > _CLEARLY * best_score:  # the longer ones come first, and are not given up for a hair's breadth
            best, best_score = trimmed, score
    return best


def _corridors(rows: Sequence[Row], *, unit: float, box: Box) -> list[Corridor]:
    """Follow the white strips between items from row to row; every strip is told when something blocks it."""
    narrowest = _NARROWEST * unit
    found: list[Corridor] = []
    opened: dict[tuple[float, float], int] = {}
    for number, row in enumerate(rows):
        gaps: list[tuple[float, float]] = []
        edge = box.x0 - unit
        for item in row.items:
            start, end = ink(item)
            if start - edge >= narrowest:
                gaps.append((edge, start))
            edge = max(edge, end)
        if box.x1 + unit - edge >= narrowest:
            gaps.append((edge, box.x1 + unit))
        going: dict[tuple[float, float], int] = dict.fromkeys(gaps, number)
        for (x0, x1), first in opened.items():
            whole = passed = False
            for gap0, gap1 in gaps:
                left, right = max(x0, gap0), min(x1, gap1)
                if right - left < narrowest:
                    continue
                passed = True
                whole = whole or (left == x0 and right == x1)
                going[left, right] = min(first, going.get((left, right), first))
            if not passed and number - first > 5 and _overshoots(row, x0, x1, unit):
                going[x0, x1] = min(first, going.get((x0, x1), first))
            elif not whole and number - first > 1:
                found.append(Corridor(x0, x1, first, number - 1))
        if len(going) > _OPEN_CORRIDORS:
            going = dict(sorted(going.items(), key=lambda pair: (pair[1], pair[0]))[:_OPEN_CORRIDORS])
        opened = going
    found += [Corridor(x0, x1, first, len(rows) - 1) for (x0, x1), first in opened.items() if len(rows) - first > 1]
    return found


def _overshoots(row: Row, x0: float, x1: float, unit: float) -> bool:
    """Tell whether the boxes of a row reach into a white strip, but none of them across it.

    A recognised line is now and then boxed a little longer than it is.
    """
    return x1 - x0 < 2 * unit and all(
        isinstance(item, Piece)
        and item.origin is Origin.PICTURE
        and (ink(item)[1] <= x1 + 0.2 * unit or ink(item)[0] >= x0 - 0.2 * unit)
        for item in row.items
    )


def is_left(item: Item, middle: float) -> bool:
    """Tell whether the item stands at the start side of a corridor."""
    return item.box.x0 + item.box.x1 <= 2 * middle


def _sides(rows: Sequence[Row], corridor: Corridor) -> tuple[list[Item], list[Item]]:
    """Return what stands at the start side and at the end side of the corridor."""
    middle = (corridor.x0 + corridor.x1) / 2
    left: list[Item] = []
    right: list[Item] = []
    for row in rows[corridor.first : corridor.last + 1]:
        for item in row.items:
            (left if is_left(item, middle) else right).append(item)
    return left, right


def _trimmed(rows: Sequence[Row], corridor: Corridor, *, unit: float) -> Corridor | None:
    """Return the corridor without the rows at its ends that stand beside nothing; None where no columns are left.

    Rows before the first row of the other column stay with their own column unless a clear gap parts them from it.
    """
    middle = (corridor.x0 + corridor.x1) / 2
    first, last = corridor.first, corridor.last

    def sides(row: Row) -> tuple[bool, bool]:
        return is_left(row.items[0], middle), not is_left(row.items[-1], middle)

    tops: list[float | None] = [None, None]
    bottoms: list[float | None] = [None, None]
    for row in rows[first : last + 1]:
        for side in range(2):
            if sides(row)[side]:
                tops[side] = row.box.y0 if tops[side] is None else tops[side]
                bottoms[side] = row.box.y1
    if tops[0] is None or tops[1] is None:
        return None
    first, last = _without_strays(rows, first, last, lambda row: all(sides(row)), unit=unit)
    while first < last and not all(sides(rows[first])):
        gap = rows[first + 1].box.y0 - rows[first].box.y1
        if gap < 1.2 * unit or not _level(rows[first + 1 : last + 1], middle, unit, top=True):
            break
        first += 1
    while last > first and not all(sides(rows[last])):
        gap = rows[last].box.y0 - rows[last - 1].box.y1
        if gap < 1.2 * unit or not _level(rows[first:last], middle, unit, top=False):
            break
        last -= 1
    return Corridor(corridor.x0, corridor.x1, first, last) if last > first else None


def _without_strays(
    rows: Sequence[Row], first: int, last: int, two_sided: Callable[[Row], bool], *, unit: float
) -> tuple[int, int]:
    """Leave off rows at the ends that belong to what stands above or below them.

    Such are the short last line of a paragraph that runs across the columns, and the heading of one that follows them.
    """

    def gap(number: int) -> float:
        return rows[number + 1].box.y0 - rows[number].box.y1

    if first > 0:
        number, tight = first, gap(first - 1)
        while number < last and not two_sided(rows[number]):
            if gap(number) > tight + 0.3 * unit:
                first = number + 1
                break
            number += 1
        if first < last and _names_placed(rows[first], rows[first - 1]):
            first += 1
    if last + 1 < len(rows):
        if first < last and _names_placed(rows[last], rows[last + 1]):
            last -= 1
        number, tight = last, gap(last)
        while number > first and not two_sided(rows[number]):
            if gap(number - 1) > max(tight + 0.3 * unit, 0.8 * unit):
                last = number - 1
                break
            number -= 1
    return first, last


def _names_placed(row: Row, neighbour: Row) -> bool:
    """Tell whether a row is the caption of a table or a figure that runs across the columns."""
    if len(row.items) != 1 or not isinstance(row.items[0], Piece) or isinstance(neighbour.items[0], Piece):
        return False
    return caption_mark(row.items[0].text) is not None


def _level(rows: Sequence[Row], middle: float, unit: float, *, top: bool) -> bool:
    """Tell whether the columns at both sides of `middle` begin (or end) at about the same height."""
    ordered = rows if top else rows[::-1]
    left = next((item for row in ordered[:4] for item in row.items if is_left(item, middle)), None)
    right = next((item for row in ordered[:4] for item in row.items if not is_left(item, middle)), None)
    if left is None or right is None:
        return False
    one, two = (left.box.y0, right.box.y0) if top else (left.box.y1, right.box.y1)
    return abs(one - two) < 1.5 * unit


def _score(rows: Sequence[Row], corridor: Corridor, *, unit: float) -> float:
    """Return how good a cut between columns the corridor is; 0.0 where it is none."""
    left, right = _sides(rows, corridor)
    if not left or not right:
        return 0.0
    one, two = hull(left), hull(right)
    shared = min(one.y1, two.y1) - max(one.y0, two.y0)
    shorter = min(one.height, two.height)
    gap = (two.x0 - one.x1) / unit
    if shared < 0.4 * shorter or shared <= 0:
        return 0.0
    lines = min(_weight(left, unit), _weight(right, unit))
    if gap < _NARROW and not _parts_text(left, right, corridor, unit):
        return 0.0
    needed = 2.0 if gap >= 3 else 3.0 if gap >= 1.8 else 4.0
    if lines < needed and not _beside_notes(left, right, gap, unit):
        return 0.0
    if _bound(rows[corridor.first : corridor.last + 1], corridor):
        return 0.0
    return shared / unit * (1.0 + min(gap, 4.0) / 8.0)


def _beside_notes(left: Sequence[Item], right: Sequence[Item], gap: float, unit: float) -> bool:
    """Tell whether one side is running text on an edge of its own and the other a few notes in its margin."""
    main = left if len(left) > len(right) else right
    edges = sorted(item.box.x0 for item in main)
    usual = edges[len(edges) // 2]
    on_edge = sum(abs(edge - usual) < 0.5 * unit for edge in edges)
    return gap > 1.2 and len(main) >= 8 and on_edge >= 0.8 * len(main) and hull(main).width > 15 * unit


def _parts_text(left: Sequence[Item], right: Sequence[Item], corridor: Corridor, unit: float) -> bool:
    """Tell whether a narrow corridor has text on both sides: lines that end at it and lines that begin at it."""
    ending = [one for one in left if isinstance(one, Piece) and one.box.x1 > corridor.x0 - 1.5 * unit]
    begun = [one for one in right if isinstance(one, Piece) and one.box.x0 < corridor.x1 + 0.7 * unit]
    if len(ending) < 4 or len(begun) < 5:
        return False
    return any(
        median(one.box.width for one in side) > 7 * unit and median(text_width(one.text) for one in side) >= 8
        for side in (ending, begun)
    )


def _weight(items: Sequence[Item], unit: float) -> float:
    """Return how many lines of text the items are worth; a table or a figure counts by its height."""
    return sum(1.0 if isinstance(item, Piece) else max(1.0, item.box.height / unit) for item in items)


def _bound(rows: Sequence[Row], corridor: Corridor) -> bool:
    """Tell whether the two sides belong together row by row (labels and values, a list of contents) and read across."""
    middle = (corridor.x0 + corridor.x1) / 2
    paired = values = labels = lefts = rights = 0
    for row in rows:
        left = [item for item in row.items if is_left(item, middle)]
        right = [item for item in row.items if not is_left(item, middle)]
        if any(isinstance(item, Placed) for item in row.items):
            continue
        lefts += bool(left)
        rights += bool(right)
        if left and right:
            paired += 1
            one, two = left[-1], right[0]
            assert isinstance(one, Piece) and isinstance(two, Piece)
            values += is_value(two.text) or is_value(one.text)
            labels += one.text.rstrip().endswith((":", "：", "...", "…", "．．")) or (
                is_bare_mark(one.text) or is_section_number(one.text)
            )
    return paired > 0 and paired >= 0.6 * min(lefts, rights) and 2 * max(values, labels) > paired
