"""Drafts become blocks: which of them are headings, captions, list items or paragraphs."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from engine.output.blocks import Origin
from engine.output.joining import join_lines, text_width
from engine.output.levels import with_heading_levels, with_item_levels
from engine.output.marks import MarkStyle, caption_mark, heading_depth, is_value, list_mark, names_chapter
from engine.output.paragraphs import Draft
from engine.output.roles import Named, Role
from engine.output.rows import Piece, Placed, TextLine, text_line

_ROMAN = re.compile(r"^[IVX]{1,5}\.\s+")
_WORDS = re.compile(r"^[^\d:：*/]+$")
_EQUATION = re.compile(r"\s=\s")
_LABELLED = re.compile(r"^[^:：]{1,30}[:：]\s*\S")


@dataclass(frozen=True, slots=True)
class _Body:
    """How the page's running text is set: height of its lines, width of its em (page units), and whether it is bold."""

    size: float
    em: float
    bold: bool


def name_drafts(items: Sequence[Draft | Placed], *, unit: float, tabled: Sequence[Piece] = ()) -> list[Named | Placed]:
    """Give every draft its role.

    Args:
        items: The drafts, in reading order.
        unit: The page's line height.
        tabled: What stands in tables; on a page of hardly anything else it is the body that headings are larger than.
    """
    running = [line for item in items if isinstance(item, Draft) for line in item.lines]
    if sum(len(piece.text) for piece in tabled) > 2 * sum(len(line.text) for line in running):
        running += [text_line([piece], unit=unit) for piece in tabled]
    body = _body(running, unit)
    named: list[Named | Placed] = []
    for number, item in enumerate(items):
        if isinstance(item, Placed):
            named.append(item)
            continue
        text = join_lines([line.text for line in item.lines])
        beside = [*items[max(0, number - 1) : number], *items[number + 1 : number + 2]]
        caption = caption_mark(text)
        if (
            caption is not None
            and len(item.lines) <= 8
            and (caption.certain or (len(item.lines) <= 2 and any(isinstance(one, Placed) for one in beside)))
        ):
            named.append(Named(item, Role.CAPTION, text))
        elif _is_heading(item, text, body):
            named.append(Named(item, Role.HEADING, text))
        elif item.mark is not None:
            rest = join_lines([item.mark.text, *[line.text for line in item.lines[1:]]])
            named.append(Named(item, Role.LIST_ITEM, rest))
        else:
            named.append(Named(item, Role.PARAGRAPH, text))
    return with_item_levels(
        with_heading_levels(_with_numbered_headings(named), scale=lambda draft: _scale(draft, body)), unit=unit
    )


def _body(lines: Sequence[TextLine], unit: float) -> _Body:
    """Return the size that most letters of the page are set in."""
    if not lines:
        return _Body(unit, unit, False)
    weights = sorted((line.box.height, len(line.text)) for line in lines)
    half, seen, size = sum(weight for _, weight in weights) / 2, 0.0, unit
    for height, weight in weights:
        seen += weight
        if seen >= half:
            size = height
            break
    near = [line for line in lines if 0.85 * size <= line.box.height <= 1.15 * size]
    em = median([line.em for line in near] or [size])
    letters = sum(len(line.text) for line in lines)
    return _Body(size, em, 2 * sum(len(line.text) for line in lines if line.bold) > letters)


def _scale(draft: Draft, body: _Body) -> float:
    """Return how much larger than the running text the draft is set.

    The height of a recognised line says little by itself ("ace" is lower than "Ågp"), so its width counts as well.
    """
    height = draft.size / body.size
    if draft.lines[0].pieces[0].origin is Origin.TEXT_LAYER:
        return height
    width = median(line.em for line in draft.lines) / max(body.em, 1e-9)
    telling = min(height, width) > 1.03 and sum(text_width(line.text) for line in draft.lines) >= 4
    return math.sqrt(height * width) if telling else min(height, width)


def _larger(draft: Draft, body: _Body) -> bool:
    """Tell whether the draft is set clearly larger than the running text."""
    exact = draft.lines[0].pieces[0].origin is Origin.TEXT_LAYER
    return _scale(draft, body) > (1.12 if exact else 1.18)


def _scattered(draft: Draft) -> bool:
    """Tell whether recognised pieces stand apart in one row like the words of a menu or the buttons of a window."""
    return any(
        two.origin is Origin.PICTURE and two.box.x0 - one.box.x1 > 0.7 * draft.size
        for line in draft.lines
        for one, two in pairwise(line.pieces)
    )


def _is_heading(draft: Draft, text: str, body: _Body) -> bool:
    width, depth = text_width(text), heading_depth(text)
    if not any(char.isalpha() for char in text) or len(draft.lines) > 4 or width > 90 or width < 1:
        return False
    ending = text.rstrip()[-1:]
    if ending in ",，;；、" or (ending in "。" and not _larger(draft, body)):
        return False
    if draft.mark is not None and draft.mark.style is MarkStyle.BULLET:
        return False
    if _scattered(draft) or _EQUATION.search(text):
        return False
    if _is_entry(draft, text, body):
        return False
    if _larger(draft, body) and (_scale(draft, body) > 1.5 or ending != "." or depth) and draft.above > -0.5:
        return True
    if draft.lines[0].sealed and not depth:
        return False
    short = len(draft.lines) <= 2 and width < 60 and ending not in ".:：!?！？"
    if draft.bold and not body.bold and short and draft.mark is None:
        return True
    if short and _in_capitals(draft, text):
        return True
    if not depth or not short or width > 40:
        return False
    if draft.bold and not body.bold:
        return True
    if draft.mark is not None and draft.mark.style in (MarkStyle.CJK, MarkStyle.CJK_ENCLOSED, MarkStyle.DOTTED):
        return len(draft.lines) == 1 and width < 25
    if draft.mark is not None:
        return False
    spaced = draft.above > 0.5
    mark = list_mark(text)
    if mark is None and not names_chapter(text):
        number, title = text.split(maxsplit=1)
        begun = len(number) == 1 and title[:1].isupper() and not _LABELLED.match(text)  # not "14 Mill Lane"
        return begun and spaced and draft.above > draft.below
    return len(draft.lines) == 1 and (spaced or names_chapter(text) or depth > 1)


def _in_capitals(draft: Draft, text: str) -> bool:
    """Tell whether one short line by itself is written in capitals alone ("REFERENCES", "II. MODEL")."""
    number = _ROMAN.match(text)
    title = text[number.end() :] if number else text
    letters = [char for char in title if char.isalpha()]
    if len(letters) < 5 or not all(map(str.isupper, letters)) or not _WORDS.match(title):
        return False
    apart = draft.above > (-0.5 if number else 0.5) and draft.below < 9
    return apart and len(draft.lines) == 1 and text_width(text) < 25


def _is_entry(draft: Draft, text: str, body: _Body) -> bool:
    """Tell whether a line that may look like a heading is an entry: a label with its value, a row of menu words."""
    scale, first = _scale(draft, body), draft.lines[0]
    if scale > 1.5 or names_chapter(text):
        return False
    if first.sealed and (not heading_depth(text) or is_value(first.pieces[-1].text)):
        return True
    if first.pieces[0].origin is Origin.PICTURE and scale < 1.4 and not heading_depth(text):
        return len(first.pieces) > 2 or draft.above < 0
    # Bold labels and days are not larger than their values ("Apologies: R. Tan", "3 June: Committee").
    return scale < 1.1 and _LABELLED.match(text) is not None and min(draft.above, draft.below) < 0.75


def _with_numbered_headings(named: Sequence[Named | Placed]) -> list[Named | Placed]:
    """Make headings of what looked like list items but carries text of its own ("1. Water", then a paragraph).

    At least two items of one kind, each short and each followed by a paragraph, are the headings of sections.
    """
    titles: dict[tuple[MarkStyle, str], list[int]] = {}
    others: Counter[tuple[MarkStyle, str]] = Counter()
    for number, item in enumerate(named):
        if not isinstance(item, Named) or item.role is not Role.LIST_ITEM or item.draft.mark is None:
            continue
        kind = (item.draft.mark.style, item.draft.mark.shape)
        after = named[number + 1] if number + 1 < len(named) else None
        short = (
            len(item.draft.lines) == 1 and text_width(item.text) < 22 and item.text.rstrip()[-1:] not in ".;,。；，:："
        )
        carries = isinstance(after, Named) and after.role is Role.PARAGRAPH and text_width(after.text) > 20
        if heading_depth(item.draft.lines[0].text) and short and carries:
            titles.setdefault(kind, []).append(number)
        else:
            others[kind] += 1
    result = list(named)
    for kind, numbers in titles.items():
        if len(numbers) >= 2 and others[kind] <= len(numbers) // 4:
            for number in numbers:
                item = result[number]
                assert isinstance(item, Named)
                result[number] = Named(item.draft, Role.HEADING, item.draft.lines[0].text)
    return result
