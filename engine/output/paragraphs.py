"""Text lines become drafts of blocks: where a paragraph or a list item ends and the next one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from engine.output.blocks import Box
from engine.output.breaks import Measure, breaks, right_edges
from engine.output.columns import Leaf
from engine.output.marks import Mark, is_bare_mark, is_section_number, is_value, list_mark, roman_reading
from engine.output.rows import Piece, Placed, TextLine, text_line


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines that belong together, not yet told heading from paragraph.

    `mark` is set for a list item; `above` and `below` are the white space to the neighbours in line heights;
    `column` is the column it stands in, in the layout's frame.
    """

    lines: tuple[TextLine, ...]
    column: Box
    mark: Mark | None = None
    above: float = 9.0
    below: float = 9.0

    @property
    def bold(self) -> bool:
        """Tell whether every line is bold."""
        return all(line.bold for line in self.lines)

    @property
    def size(self) -> float:
        """The median height of its lines in page units."""
        return median(line.box.height for line in self.lines)


def leaf_lines(leaf: Leaf, *, unit: float, mirrored: bool) -> list[TextLine | Placed]:
    """Return the leaf's rows as text lines; what is far apart in a row stays apart, unless one completes the other."""
    lines: list[TextLine | Placed] = []
    for row in leaf.rows:
        group: list[Piece] = []
        groups: list[list[Piece]] = []
        for item in row.items:
            if isinstance(item, Placed):
                if group:
                    groups.append(group)
                    lines += [text_line(one, unit=unit, mirrored=mirrored) for one in groups]
                    group, groups = [], []
                lines.append(item)
                continue
            far = bool(group) and item.box.x0 - max(piece.box.x1 for piece in group) > 2.0 * unit
            if far and not (len(group) == 1 and is_bare_mark(group[0].text)):
                groups.append(group)
                group = []
            group.append(item)
        if group:
            groups.append(group)
        if len(groups) > 1 and _completes(groups):
            lines.append(text_line([p for one in groups for p in one], unit=unit, mirrored=mirrored, sealed=True))
        else:
            lines += [text_line(one, unit=unit, mirrored=mirrored, sealed=len(groups) > 1) for one in groups]
    return lines


def _completes(groups: Sequence[Sequence[Piece]]) -> bool:
    """Tell whether the row reads across: a label and its value, an entry and its page."""
    if len(groups) == 3 and len(groups[0]) == 1 and is_section_number(groups[0][0].text):
        groups = groups[1:]  # the number of a section, its title, its page
    if len(groups) != 2:
        return False
    one, two = groups[0][-1].text.rstrip(), groups[1][0].text
    return is_value(two) or is_value(one) or one.endswith((":", "：", "..", "…"))


def drafts(leaf: Leaf, *, unit: float, leading: float, mirrored: bool) -> list[Draft | Placed]:
    """Break a leaf into paragraphs and list items, in order. `leading` is the page's usual distance of line centres."""
    items = leaf_lines(leaf, unit=unit, mirrored=mirrored)
    result: list[Draft | Placed] = []
    run: list[TextLine] = []
    for item in [*items, None]:
        if isinstance(item, TextLine):
            run.append(item)
            continue
        if run:
            result += _break_run(run, leaf=leaf, unit=unit, leading=leading)
            run = []
        if item is not None:
            result.append(item)
    return _with_space(result, unit=unit)


def line_distances(lines: Sequence[TextLine | Placed], *, unit: float) -> list[float]:
    """Return the distances of the centres of lines that follow one another closely, in page units."""
    return [
        two.middle - one.middle
        for one, two in pairwise(lines)
        if isinstance(one, TextLine)
        and isinstance(two, TextLine)
        and 0.6 * unit < two.middle - one.middle < 2.6 * unit
        and max(one.box.height, two.box.height) < 1.3 * min(one.box.height, two.box.height)
    ]


def usual(distances: Sequence[float], otherwise: float) -> float:
    """Return the distance within paragraphs: the lower third, since paragraphs often stand further apart than lines."""
    return sorted(distances)[len(distances) // 3] if distances else otherwise


def _break_run(run: Sequence[TextLine], *, leaf: Leaf, unit: float, leading: float) -> list[Draft]:
    distances = line_distances(run, unit=unit)
    rights = right_edges(run, leaf.box, unit)
    measure = Measure(
        column=leaf.box,
        left=min(line.box.x0 for line in run),
        right=leaf.box.x1,
        leading=usual(distances, leading) if len(distances) >= 4 else leading,
        unit=unit,
    )
    marks = _believed(run, unit)
    done: list[Draft] = []
    current: list[TextLine] = []
    mark: Mark | None = None
    for number, line in enumerate(run):
        after = run[number + 1] if number + 1 < len(run) else None
        measure = replace(measure, right=rights[number - 1])
        if current and (marks[number] is not None or breaks(current, line, after, mark, measure)):
            done.append(Draft(tuple(current), leaf.box, mark))
            current, mark = [], None
        if not current:
            mark = marks[number]
        current.append(line)
    done.append(Draft(tuple(current), leaf.box, mark))
    return done


def _believed(run: Sequence[TextLine], unit: float) -> list[Mark | None]:
    """Return the list mark of each line where it is one.

    A bullet speaks for itself; a number, a letter or a dash only with a neighbour that counts on, at the same indent.
    """
    seen = [list_mark(line.text) for line in run]
    believed: list[Mark | None] = [mark if mark is not None and not mark.weak else None for mark in seen]
    last: dict[tuple[object, str], list[tuple[int, Mark]]] = {}
    for number, mark in enumerate(seen):
        if mark is None or not mark.weak:
            continue
        for reading in {mark: None, roman_reading(mark): None}:
            earlier = last.setdefault((reading.style, reading.shape), [])
            for other, known in reversed(earlier[-6:]):
                if reading.follows(known) and abs(run[other].box.x0 - run[number].box.x0) < 1.2 * unit:
                    believed[other] = believed[other] or known
                    believed[number] = believed[number] or reading
                    break
            earlier.append((number, reading))
    return believed


def _with_space(items: Sequence[Draft | Placed], *, unit: float) -> list[Draft | Placed]:
    """Note for every draft how much white space stands above and below it."""
    result = list(items)
    for number, item in enumerate(result):
        if not isinstance(item, Draft):
            continue
        top, bottom = item.lines[0].box.y0, item.lines[-1].box.y1
        above = below = 9.0
        if number:
            above = (top - _bottom(result[number - 1])) / unit
        if number + 1 < len(result):
            below = (_top(result[number + 1]) - bottom) / unit
        result[number] = replace(item, above=above, below=below)
    return result


def _top(item: Draft | Placed) -> float:
    return item.lines[0].box.y0 if isinstance(item, Draft) else item.box.y0


def _bottom(item: Draft | Placed) -> float:
    return item.lines[-1].box.y1 if isinstance(item, Draft) else item.box.y1
