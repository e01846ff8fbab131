"""Drafts become blocks: which of them are headings, captions, list items or paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

from engine.output.blocks import Origin
from engine.output.joining import join_lines, text_width
from engine.output.marks import MarkStyle, caption_mark, heading_depth, list_mark, names_chapter
from engine.output.paragraphs import Draft
from engine.output.rows import Placed, TextLine


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


def name_drafts(items: Sequence[Draft | Placed], *, unit: float) -> list[Named | Placed]:
    """Give every draft its role. `items` in reading order."""
    body = _body([line for item in items if isinstance(item, Draft) for line in item.lines], unit)
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
    return _with_item_levels(_with_heading_levels(named), unit=unit)


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
    em = median([line.box.width / max(text_width(line.text), 0.5) for line in near] or [size])
    letters = sum(len(line.text) for line in lines)
    return _Body(size, em, 2 * sum(len(line.text) for line in lines if line.bold) > letters)


def _larger(draft: Draft, body: _Body) -> bool:
    """Tell whether the draft is set clearly larger than the running text.

    The height of a recognised line says little by itself ("ace" is lower than "Ågp"), so its width must agree.
    """
    ratio = draft.size / body.size
    if draft.lines[0].pieces[0].origin is Origin.TEXT_LAYER:
        return ratio > 1.12
    em = median(line.box.width / max(text_width(line.text), 0.5) for line in draft.lines)
    return ratio > 1.18 and em > 1.12 * body.em


def _is_heading(draft: Draft, text: str, body: _Body) -> bool:
    width, depth = text_width(text), heading_depth(text)
    if not any(char.isalpha() for char in text) or len(draft.lines) > 4 or width > 90 or width < 1:
        return False
    ending = text.rstrip()[-1:]
    if ending in ",，;；、" or (ending in "。" and not _larger(draft, body)):
        return False
    if draft.mark is not None and draft.mark.style is MarkStyle.BULLET:
        return False
    if _larger(draft, body) and (draft.size > 1.5 * body.size or ending != "." or depth) and draft.above > -0.5:
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
        return spaced and text.split(maxsplit=1)[-1][:1].isupper() and draft.above > draft.below
    return len(draft.lines) == 1 and (spaced or names_chapter(text) or depth > 1)


def _with_heading_levels(named: Sequence[Named | Placed]) -> list[Named | Placed]:
    """Give headings their level: the larger the higher; of one size, the deeper numbered the lower."""
    headings = [item for item in named if isinstance(item, Named) and item.role is Role.HEADING]
    sizes: list[float] = []
    for size in sorted((item.draft.size for item in headings), reverse=True):
        if not sizes or size < 0.9 * sizes[-1]:
            sizes.append(size)

    def rank(item: Named) -> int:
        return next(number for number, size in enumerate(sizes) if item.draft.size >= 0.9 * size)

    shallowest: dict[int, int] = {}
    for item in headings:
        depth = heading_depth(item.text)
        if depth:
            shallowest[rank(item)] = min(depth, shallowest.get(rank(item), depth))
    result: list[Named | Placed] = []
    for one in named:
        if isinstance(one, Named) and one.role is Role.HEADING:
            depth = heading_depth(one.text)
            level = 1 + rank(one) + (depth - shallowest[rank(one)] if depth else 0)
            one = Named(one.draft, one.role, one.text, min(3, level))
        result.append(one)
    return result


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
