"""Breaks: whether a line begins something new after the lines above it, by space, indent, width, size and weight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.output.blocks import Box, Origin
from engine.output.joining import first_word, is_spaceless, text_width
from engine.output.marks import Mark, caption_mark, is_bare_mark, list_mark, names_chapter
from engine.output.rows import TextLine

_LABEL = re.compile(r"^[^\s:：]{1,12}(?:\s[^\s:：]{1,12})?[（(]?[^:：]{0,6}[:：]")

_LEADS = re.compile(r"(?:\.{4,}|(?:\. ){3,}|…{2,}|[·_]{4,})\s*(?:\d{1,4}|[ivxlc]{1,6})$")
"""The end of an entry in a list of contents."""
_ADDRESS = re.compile(r"^(?:\S+@\S+|https?://\S+|www\.\S+)$")
_SENTENCE_ENDS = frozenset(".!?。！？…:：;；؟")


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in one leaf: the column it stands in, its edges, the distance of line centres, the body's size."""

    column: Box
    left: float
    right: float
    leading: float
    unit: float


def right_edges(run: Sequence[TextLine], box: Box, unit: float) -> list[float]:
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


def _ends_sentence(text: str) -> bool:
    return bool(text) and text.rstrip("\"'”’）)」』 ")[-1:] in _SENTENCE_ENDS


def changes_size(one: TextLine, two: TextLine) -> bool:
    """Tell whether two lines are set in different sizes; recognised lines vary by themselves and need more proof."""
    small, large = sorted((one, two), key=lambda line: line.box.height)
    ratio = large.box.height / max(small.box.height, 1e-9)
    if one.pieces[0].origin is Origin.TEXT_LAYER and two.pieces[0].origin is Origin.TEXT_LAYER:
        return ratio > 1.1
    return ratio > 1.7 or (ratio > 1.25 and large.em > 1.15 * small.em)


def breaks(current: Sequence[TextLine], line: TextLine, after: TextLine | None, mark: Mark | None, m: Measure) -> bool:
    """Tell whether `line` begins something new after the lines of `current`."""
    before, first = current[-1], current[0]
    if before.sealed or line.sealed or changes_size(before, line) or _LEADS.search(before.text):
        return True
    if _goes_on_large(before, line, mark, m):
        return False
    if _ADDRESS.match(line.text) and text_width(before.text) < 15:
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
        return room and size < 1.2 * m.unit and not (line.text[:1].islower() and not _ends_sentence(before.text))
    if mark is not None:
        hanging = line.box.x0 > first.box.x0 + 0.5 * m.unit
        if line.box.x0 > _item_text(first, mark) + 1.3 * m.unit:
            return True  # further in than the item's own text: an item below it, whose bullet is drawn
        if len(current) > 1:
            ended = room and _ends_sentence(before.text) and text[:1].isupper()
            return ended or line.box.x0 < current[1].box.x0 - 0.7 * m.unit
        if not hanging:
            return room and not _runs_on(before, line, m)
        return room and _ends_sentence(before.text) and not text[:1].islower()
    return _breaks_by_indent(current, line, after, room, m) or (room and not _runs_on(before, line, m))


def _item_text(first: TextLine, mark: Mark) -> float:
    """Return where about the text of a list item begins, after its mark."""
    if len(first.pieces) > 1 and is_bare_mark(first.pieces[0].text):
        return first.pieces[1].box.x0
    return first.box.x0 + (text_width(mark.marker) + 1.0) * first.em


def _goes_on_large(before: TextLine, line: TextLine, mark: Mark | None, m: Measure) -> bool:
    """Tell whether a title goes on in a second line, wherever its first was broken."""
    size = min(before.box.height, line.box.height)
    seen = Origin.PICTURE in (before.pieces[0].origin, line.pieces[0].origin)
    # Recognised lines vary in height; the width of their letters is to be trusted more.
    large = size > 1.1 * m.unit and min(before.em, line.em) > 1.05 * m.unit if seen else size > 1.3 * m.unit
    if mark is not None or not large:
        return False
    if _ends_sentence(before.text) or list_mark(line.text) is not None or names_chapter(line.text):
        return False
    aligned = abs(line.box.x0 - before.box.x0) < 0.5 * m.unit or _centred(before, line, m)
    return aligned and line.box.y0 - before.box.y1 < 0.6 * size


def _lists_names(one: TextLine, two: TextLine) -> bool:
    """Tell whether both are short entries, each beginning anew (an address, a menu), though one may fill its column."""
    return (
        max(text_width(one.text), text_width(two.text)) < 9
        and (one.text[:1].isupper() or one.text[:1].isdigit())
        and (two.text[:1].isupper() or two.text[:1].isdigit())
        and one.text.rstrip()[-1:] not in ",-"
    )


def _room(before: TextLine, line: TextLine, m: Measure) -> bool:
    """Tell whether the first word of `line` would still have fitted at the end of `before`."""
    free = m.right - before.box.x1
    if _centred(before, line, m):  # the widest of some centred lines is no measure of the room there was
        free = max(m.right, m.column.x1) - before.box.x1 + before.box.x0 - min(m.left, m.column.x0)
    em = before.em
    return free > 1.25 * text_width(first_word(line.text)) * em + 1.0 * em


def _runs_on(before: TextLine, line: TextLine, m: Measure) -> bool:
    """Tell whether a sentence goes on over a line that ended a little early."""
    free = m.right - before.box.x1
    if _ends_sentence(before.text):
        return False
    if is_spaceless(before.text[-1:] or " "):
        return free < min(5 * before.em, 0.2 * (m.right - m.left)) and is_spaceless(line.text[:1] or " ")
    early = free < 0.4 * (m.right - m.left) or text_width(before.text) >= 15 or before.box.height > 1.12 * m.unit
    return line.text[:1].islower() and early


def _centred(one: TextLine, two: TextLine, m: Measure) -> bool:
    """Tell whether both lines stand on one axis, and clearly not on one left edge."""
    middles = abs(one.box.x0 + one.box.x1 - two.box.x0 - two.box.x1) / 2
    return middles < 0.5 * m.unit and abs(one.box.x0 - two.box.x0) > 0.8 * m.unit


def _breaks_by_indent(
    current: Sequence[TextLine], line: TextLine, after: TextLine | None, room: bool, m: Measure
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
