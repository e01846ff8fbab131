"""Levels: how headings and list items stand under one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from engine.output.marks import heading_depth, list_mark, names_chapter
from engine.output.paragraphs import Draft
from engine.output.roles import Named, Role
from engine.output.rows import Placed


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


def with_heading_levels(named: Sequence[Named | Placed], *, scale: Callable[[Draft], float]) -> list[Named | Placed]:
    """Give headings their level: the larger the higher; of one size, the deeper numbered the lower.

    Headings numbered alike share one level, so that the small errors of recognised sizes do not tell them apart.
    `scale` tells how much larger than the running text a draft is set.
    """
    headings = [item for item in named if isinstance(item, Named) and item.role is Role.HEADING]
    scales = {id(item): max(1.0, scale(item.draft)) for item in headings}
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


def with_item_levels(named: Sequence[Named | Placed], *, unit: float) -> list[Named | Placed]:
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
