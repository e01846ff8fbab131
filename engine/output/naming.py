"""Drafts become blocks: which of them are headings, captions, list items or paragraphs."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median

from engine.output.blocks import Origin
from engine.output.joining import join_lines, text_width
from engine.output.marks import MarkStyle, caption_mark, heading_depth, is_value, list_mark, names_chapter
from engine.output.paragraphs import Draft
from engine.output.rows import Placed, TextLine

_EQUATION = re.compile(r"\s=\s")
_LABELLED = re.compile(r"^[^:：]{1,30}[:：]\s*\S")


class Role(Enum):
    """What a draft turned out to be."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list item"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Named:
    """A draft with its role; `level` counts from 1 for headings and from 0 for list items."""

    draft: Draft
    role: Role
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Body:
    """How the page's running text is set: height of its lines, width of its em (page units), and whether it is bold."""

    size: float
    em: float
    bold: bool


def name_drafts(
    items: Sequence[Draft | Placed], *, unit: float, tabled: Sequence[TextLine] = ()
) -> list[Named | Placed]:
    """Give every draft its role.

    Args:
        items: The drafts, in reading order.
        unit: The page's line height.
        tabled: What stands in tables; on a page of hardly anything else it is the body that headings are larger than.
    """
    running = [line for item in items if isinstance(item, Draft) for line in item.lines]
    mostly = sum(len(line.text) for line in tabled) > 2 * sum(len(line.text) for line in running)
    body = _body([*running, *tabled] if mostly else running, unit)
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
    return _with_item_levels(_with_heading_levels(_with_numbered_headings(named), body), unit=unit)


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
        return (
            spaced
            and not _LABELLED.match(text)
            and text.split(maxsplit=1)[-1][:1].isupper()
            and draft.above > draft.below
        )
    return len(draft.lines) == 1 and (spaced or names_chapter(text) or depth > 1)


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


def _numbering(text: str) -> str:
    """Return how the number of a heading is written, "" where it has none; headings written alike are of one level."""
    depth = heading_depth(text)
    if not depth:
        return ""
    mark = list_mark(text)
    if mark is not None:
        return f"{mark.style.name} {depth}"
    return (
        "chapter " + re.sub(r"[\d一二三四五六七八九十百零〇\s]+", "", text[:8])[:2]
        if names_chapter(text)
        else f"plain {depth}"
    )


def _with_heading_levels(named: Sequence[Named | Placed], body: _Body) -> list[Named | Placed]:
    """Give headings their level: the larger the higher; of one size, the deeper numbered the lower.

    Headings numbered alike share one level, so that the small errors of recognised sizes do not tell them apart.
    """
    headings = [item for item in named if isinstance(item, Named) and item.role is Role.HEADING]
    scales = {id(item): max(1.0, _scale(item.draft, body)) for item in headings}
    sizes: list[float] = []
    for size in sorted(scales.values(), reverse=True):
        if not sizes or size < 0.9 * sizes[-1]:
            sizes.append(size)

    def rank(item: Named) -> int:
        return next(number for number, size in enumerate(sizes) if scales[id(item)] >= 0.9 * size)

    shallowest: dict[int, int] = {}
    for item in headings:
        depth = heading_depth(item.text)
        if depth:
            shallowest[rank(item)] = min(depth, shallowest.get(rank(item), depth))
    titled = bool(headings) and not heading_depth(headings[0].text) and rank(headings[0]) == 0
    equals = [item for item in headings[1:] if rank(item) == 0]
    # Recognised sizes are not exact: numbered headings as large as the title above them are below it all the same.
    if titled and len(equals) >= 2 and all(heading_depth(item.text) for item in equals):
        shallowest[0] = shallowest.get(0, 1) - 1
    levels: dict[int, int] = {}
    alike: dict[str, Counter[int]] = {}
    # A page that begins in the midst of a document has no title; its section headings are no titles either.
    lowered = (
        bool(sizes) and sizes[0] < 1.4 and bool(named) and not (isinstance(named[0], Named) and id(named[0]) in scales)
    )
    for item in headings:
        depth = heading_depth(item.text)
        level = 1 + lowered + rank(item) + (depth - shallowest[rank(item)] if depth else 0)
        levels[id(item)] = level
        alike.setdefault(_numbering(item.text), Counter())[level] += 1
    result: list[Named | Placed] = []
    for one in named:
        if isinstance(one, Named) and one.role is Role.HEADING:
            shape = _numbering(one.text)
            level = min(alike[shape], key=lambda level: (-alike[shape][level], level)) if shape else levels[id(one)]
            one = Named(one.draft, one.role, one.text, min(3, level))
        result.append(one)
    return _without_gaps(result)


def _without_gaps(named: Sequence[Named | Placed]) -> list[Named | Placed]:
    """Let no level be left out between those that there are."""
    used = sorted({one.level for one in named if isinstance(one, Named) and one.role is Role.HEADING})
    becomes = {level: used[0] + number for number, level in enumerate(used)}
    return [
        Named(one.draft, one.role, one.text, becomes[one.level])
        if isinstance(one, Named) and one.role is Role.HEADING
        else one
        for one in named
    ]


def _with_item_levels(named: Sequence[Named | Placed], *, unit: float) -> list[Named | Placed]:
    """Give list items their level by how far they are indented within their list."""
    result: list[Named | Placed] = []
    indents: list[float] = []
    for one in named:
        if isinstance(one, Named) and one.role is Role.LIST_ITEM:
            start = one.draft.lines[0].box.x0
            if indents and abs(start - indents[0]) > 25 * unit:
                indents = []  # the list goes on in another column
            while indents and start < indents[-1] - 0.7 * unit:
                indents.pop()
            if not indents or start > indents[-1] + 0.7 * unit:
                indents.append(start)
            one = Named(one.draft, one.role, one.text, len(indents) - 1)
        else:
            indents = []
        result.append(one)
    return result
