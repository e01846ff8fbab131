"""The answers about a page's upper and lower half become one; what both have heard of a line on the cut goes once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TypeVar

from engine.output.answer import Answer, Mend, Mended
from engine.output.blocks import (
    AnyBlock,
    Caption,
    Code,
    Figure,
    Formula,
    Heading,
    Line,
    ListItem,
    Paragraph,
    Table,
)
from engine.readers.chat_answer import TokenSpan
from engine.readers.heard import Heard, PartlyHeard
from engine.readers.table_seam import is_cut, one_table

SEAM = 3
"""Blocks on either side of the cut that may say the same."""
REACH = 600
"""Characters on either side in which it is looked for: five lines of small print."""
LEAST_SHARED = 6
"""Characters that both must have in a row to have seen the same line; fewer are chance."""
LEAST_PART = 0.25
"""The same, as a part of what both halves show around the cut."""
SAME_PLACE = 0.5
"""Two places are one when they share so much of the smaller."""
BETWEEN = "\n\n"
"""What stands between the halves where the raw answers follow one another."""

_Text = Heading | Paragraph | ListItem | Caption | Code
_Placed = TypeVar("_Placed", Line, AnyBlock)


def joined(first: Heard, second: Heard, *, overlapping: bool) -> Heard:
    """Return one answer made of two; takes some milliseconds.

    Args:
        first: What was heard about the upper half.
        second: What was heard about the lower half.
        overlapping: Both have seen the rows around the cut.
    """
    shift = len(first.answer.raw_text) + len(BETWEEN)
    moved = (TokenSpan(token.start + shift, token.end + shift, token.logprob) for token in second.tokens)
    answer = _joined(first.answer, second.answer, overlapping=overlapping)
    return Heard(answer, (*first.tokens, *moved))


def partly_joined(first: Heard | None, now: PartlyHeard, *, overlapping: bool) -> PartlyHeard:
    """Return what is heard so far of both, while the one or the other half is still being heard.

    `first` is None while that is the upper half. What may still change when the halves are joined is not finished.
    """
    blocks, finished = len(now.answer.blocks), now.finished
    if first is None:
        finished = min(finished, blocks)  # blocks of the lower half will stand before the translation
        if overlapping:
            return PartlyHeard(now.answer, max(0, finished - SEAM))
        goes_on = finished == blocks > 0 and isinstance(now.answer.blocks[-1], Table)
        return PartlyHeard(now.answer, finished - goes_on)  # the cut may go through it
    answer = _joined(first.answer, now.answer, overlapping=overlapping)
    before = len(first.answer.blocks)
    if overlapping:
        return PartlyHeard(answer, max(0, before - SEAM))
    said = finished - blocks
    before -= _may_go_on(first.answer.blocks, now.answer.blocks, min(finished, blocks))
    if said > 0 or (now.answer.translation and said == 0):
        before += len(first.answer.translation)
        before -= _may_go_on(first.answer.translation, now.answer.translation, said)
    return PartlyHeard(answer, before + finished)


def _may_go_on(above: Sequence[AnyBlock], below: Sequence[AnyBlock], finished: int) -> bool:
    """Tell whether the last block of the upper half is one with what was heard of the lower, or may become so."""
    return bool(above) and isinstance(above[-1], Table) and (not finished or is_cut(above[-1], below[0]))


def _joined(first: Answer, second: Answer, *, overlapping: bool) -> Answer:
    if first.fields:
        return _one_of_each(first, second)
    lines, kept = _without_same_places(first.lines, second.lines) if overlapping else (second.lines, None)
    shift = len(first.lines)
    below = [_shifted(block, shift, kept) for block in second.blocks]
    blocks = _put_together(first.blocks, below, overlapping=overlapping)
    translation = _put_together(first.translation, second.translation, overlapping=overlapping)
    return _with_rest(first, second, Answer(blocks, (*first.lines, *lines), translation))


def _one_of_each(first: Answer, second: Answer) -> Answer:
    """Take every field's value from the half that has one, the upper where both have."""
    fields, blocks = [], []
    said = {id(answer): iter(answer.blocks) for answer in (first, second)}
    for upper, lower in zip(first.fields, second.fields, strict=True):
        shown = {}
        for answer, value in ((first, upper), (second, lower)):
            if value.value is not None:  # every value has a block, in the same order
                shown[id(answer)] = next(said[id(answer)], None)
        taken, answer = (lower, second) if upper.value is None else (upper, first)
        fields.append(taken)
        block = shown.get(id(answer))
        if block is not None:
            blocks.append(block)
    return _with_rest(first, second, Answer(tuple(blocks), fields=tuple(fields)))


def _with_rest(first: Answer, second: Answer, answer: Answer) -> Answer:
    notes = (Mended(code, count) for code in Mend if (count := first.count(code) + second.count(code)))
    return replace(
        answer,
        notes=tuple(notes),
        raw_text=first.raw_text + BETWEEN + second.raw_text,
        looped=first.looped or second.looped,
        complete=first.complete and second.complete,
    )


def _shifted(block: AnyBlock, shift: int, kept: dict[int, int] | None) -> AnyBlock:
    """Let a block of the lower half point at its lines among all lines; `kept` says which of them are still there."""
    if not block.lines:
        return block
    own = block.lines if kept is None else [kept[index] for index in block.lines if index in kept]
    return replace(block, lines=tuple(index + shift for index in own))


def _without_same_places(first: Sequence[Line], second: Sequence[Line]) -> tuple[tuple[Line, ...], dict[int, int]]:
    """Return the lines of the lower half that the upper has not seen, and where each of them stands now."""
    left: list[Line] = []
    kept: dict[int, int] = {}
    edge = min((line.box.y0 for line in second), default=0.0)
    near = [line for line in first if line.box.y1 >= edge]
    for index, line in enumerate(second):
        if not any(_same_place(line, other) for other in near):
            kept[index] = len(left)
            left.append(line)
    return tuple(left), kept


def _same_place(one: Line | AnyBlock, other: Line | AnyBlock) -> bool:
    smaller = min(one.box.area, other.box.area)
    return smaller > 0 and one.box.overlap(other.box) >= SAME_PLACE * smaller


def _seamed(first: Sequence[AnyBlock], second: Sequence[AnyBlock]) -> tuple[AnyBlock, ...]:
    """Put the blocks of the halves together; text that both have around the cut stands there once."""
    upper, near = list(first[:-SEAM]), list(first[-SEAM:])
    below, rest = list(second[:SEAM]), list(second[SEAM:])
    below = [block for block in below if not (block.placed and any(_is_same(block, other) for other in near))]
    above, under = _texts(near)[-REACH:], _texts(below)[:REACH]
    match = SequenceMatcher(None, above, under, autojunk=False).find_longest_match()
    around = min(len(above) - match.a, match.b + match.size)
    shared = above[match.a : match.a + match.size].strip()
    if len(shared) < max(LEAST_SHARED, LEAST_PART * around):
        return (*upper, *near, *below, *rest)
    near, _ = _kept(near, len(_texts(near)) - len(above) + match.a + match.size, before=True)
    below, begun = _kept(below, match.b + match.size, before=False)
    if begun and below and near and isinstance(below[0], _Text) and isinstance(near[-1], _Text):
        one, other = near[-1], below.pop(0)
        near[-1] = replace(one, box=one.box.united(other.box), text=one.text + _text(other))
    return (*upper, *near, *below, *rest)


def _put_together(first: Sequence[AnyBlock], second: Sequence[AnyBlock], *, overlapping: bool) -> tuple[AnyBlock, ...]:
    if first and second and is_cut(first[-1], second[0]):
        above, below = first[-1], second[0]
        assert isinstance(above, Table) and isinstance(below, Table)
        return (*first[:-1], one_table(above, below, overlapping=overlapping), *second[1:])
    return _seamed(first, second) if overlapping else (*first, *second)


def _is_same(one: AnyBlock, other: AnyBlock) -> bool:
    return other.placed and type(one) is type(other) and _same_place(one, other)


def _texts(blocks: Sequence[AnyBlock]) -> str:
    return "".join(_text(block) + "\n" for block in blocks)


def _text(block: AnyBlock) -> str:
    match block:
        case Formula():
            return block.latex
        case Figure() | Heading() | Paragraph() | ListItem() | Caption() | Code():
            return block.text
        case _:
            return "\n"  # a table or a chart is never cut by characters: nothing goes on across it


def _kept(blocks: Sequence[AnyBlock], at: int, *, before: bool) -> tuple[list[AnyBlock], bool]:
    """Return what stands before, or after, a place in the texts of blocks, and whether one of them is divided by it."""
    kept: list[AnyBlock] = []
    divided, start = False, 0
    for block in blocks:
        text = _text(block)
        end = start + len(text)
        if start < at < end:
            inside = text[: at - start] if before else text[at - start :]
            if not isinstance(block, _Text):
                kept.append(block)
            elif inside.strip():
                divided = True
                kept.append(replace(block, text=inside))
        elif (end <= at) if before else (start >= at):
            kept.append(block)
        start = end + 1
    return kept, divided
