"""Text lines become drafts of blocks: where a paragraph or a list item ends and the next one begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from engine.output.blocks import Box, Origin
from engine.output.columns import Leaf
from engine.output.joining import first_word, is_spaceless, text_width
from engine.output.marks import Mark, caption_mark, is_bare_mark, is_value, list_mark, names_chapter, roman_reading
from engine.output.rows import Piece, Placed, TextLine, text_line

_LABEL = re.compile(r"^[^\s:：]{1,12}(?:\s[^\s:：]{1,12})?[（(]?[^:：]{0,6}[:：]")
_SENTENCE_ENDS = frozenset(".!?。！？…:：;；؟")


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


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in one leaf: its left and right edge, the distance of line centres, and the body's size."""

    left: float
    right: float
    leading: float
    unit: float


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
    rights = _right_edges(run, leaf.box, unit)
    measure = _Measure(
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
        if current and (marks[number] is not None or _breaks(current, line, after, mark, measure)):
            done.append(Draft(tuple(current), leaf.box, mark))
            current, mark = [], None
        if not current:
            mark = marks[number]
        current.append(line)
    done.append(Draft(tuple(current), leaf.box, mark))
    return done


def _right_edges(run: Sequence[TextLine], box: Box, unit: float) -> list[float]:
    """Return for each line where full lines around it end.

    That is the edge that the long lines of the column reach, or for text that is set narrower (an abstract, a
    quotation) the edge its own lines reach.
    """
    long = sorted(line.box.x1 for line in run if line.box.width > 0.5 * box.width)
    column = long[-1 - len(long) // 12] if long else box.x1
    edges: list[float] = []
    for number, line in enumerate(run):
        near = [
            other
            for other in run[max(0, number - 4) : number + 5]
            if abs(other.box.x0 - line.box.x0) < 3 * unit and text_width(other.text) > 20
        ]
        own = max((other.box.x1 for other in near), default=column)
        full = [other for other in near if own - other.box.x1 < 0.12 * other.box.width]
        edges.append(own if len(full) >= 3 or (len(full) >= 2 and len(full) == len(near) > 1) else column)
    return edges


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


def _ends_sentence(text: str) -> bool:
    return bool(text) and text.rstrip("\"'”’）)」』 ")[-1:] in _SENTENCE_ENDS


def changes_size(one: TextLine, two: TextLine) -> bool:
    """Tell whether two lines are set in different sizes; recognised lines vary by themselves and need more proof."""
    small, large = sorted((one, two), key=lambda line: line.box.height)
    ratio = large.box.height / max(small.box.height, 1e-9)
    if one.pieces[0].origin is Origin.TEXT_LAYER and two.pieces[0].origin is Origin.TEXT_LAYER:
        return ratio > 1.1
    return ratio > 1.7 or (ratio > 1.25 and large.em > 1.15 * small.em)


def _breaks(
    current: Sequence[TextLine], line: TextLine, after: TextLine | None, mark: Mark | None, m: _Measure
) -> bool:
    """Tell whether `line` begins something new after the lines of `current`."""
    before, first = current[-1], current[0]
    if before.sealed or line.sealed or changes_size(before, line):
        return True
    distance = line.middle - before.middle
    size = (before.box.height + line.box.height) / 2
    if distance > max(1.3 * m.leading * max(1.0, size / (1.15 * m.unit)), m.leading + 0.3 * m.unit):
        return True
    if distance < 0.4 * m.unit or line.box.x0 >= before.box.x1 or line.box.x1 <= before.box.x0:
        return True
    text = line.text
    if names_chapter(text) and (_ends_sentence(before.text) or _room(before, line, m)):
        return True
    if _LABEL.match(text) and _LABEL.match(before.text) and len(current) == 1:
        return True
    certain = caption_mark(text)
    if certain is not None and certain.certain:
        return True
    if _lists_names(before, line) and size < 1.2 * m.unit:
        return True
    room = _room(before, line, m)
    if before.bold != line.bold and (room or _ends_sentence(before.text)):
        return True
    if _centred(before, line, m):
        return room and size < 1.2 * m.unit
    if mark is not None:
        hanging = line.box.x0 > first.box.x0 + 0.5 * m.unit
        if len(current) > 1:
            return line.box.x0 < current[1].box.x0 - 0.7 * m.unit
        return room if not hanging else room and _ends_sentence(before.text) and not text[:1].islower()
    return _breaks_by_indent(current, line, after, room, m) or (room and not _runs_on(before, line, m))


def _lists_names(one: TextLine, two: TextLine) -> bool:
    """Tell whether both are short entries, each beginning anew (an address, a menu), though one may fill its column."""
    return (
        max(text_width(one.text), text_width(two.text)) < 9
        and (one.text[:1].isupper() or one.text[:1].isdigit())
        and (two.text[:1].isupper() or two.text[:1].isdigit())
        and one.text.rstrip()[-1:] not in ",-"
    )


def _room(before: TextLine, line: TextLine, m: _Measure) -> bool:
    """Tell whether the first word of `line` would still have fitted at the end of `before`."""
    free = m.right - before.box.x1
    if _centred(before, line, m):
        free += before.box.x0 - m.left
    em = before.em
    return free > 1.25 * text_width(first_word(line.text)) * em + 1.0 * em


def _runs_on(before: TextLine, line: TextLine, m: _Measure) -> bool:
    """Tell whether a sentence goes on over a line that ended a little early."""
    free = m.right - before.box.x1
    if _ends_sentence(before.text):
        return False
    if is_spaceless(before.text[-1:] or " "):
        return free < min(5 * before.em, 0.2 * (m.right - m.left)) and is_spaceless(line.text[:1] or " ")
    early = free < 0.4 * (m.right - m.left) or text_width(before.text) >= 15 or before.box.height > 1.12 * m.unit
    return line.text[:1].islower() and early


def _centred(one: TextLine, two: TextLine, m: _Measure) -> bool:
    """Tell whether both lines stand on one axis, and clearly not on one left edge."""
    middles = abs(one.box.x0 + one.box.x1 - two.box.x0 - two.box.x1) / 2
    return middles < 0.5 * m.unit and abs(one.box.x0 - two.box.x0) > 0.8 * m.unit


def _breaks_by_indent(
    current: Sequence[TextLine], line: TextLine, after: TextLine | None, room: bool, m: _Measure
) -> bool:
    before = current[-1]
    step = (line.box.x0 - before.box.x0) / m.unit
    if step > 0.8:
        # An indented line begins a paragraph, unless it hangs under the first line of one that is still running.
        returns = after is None or after.box.x0 < line.box.x0 - 0.5 * m.unit
        if len(current) == 1 and not room and not _ends_sentence(before.text):
            return False
        return returns or room or len(current) > 1
    if step < -0.8 and len(current) > 1:
        return True
    return step < -0.8 and room


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
