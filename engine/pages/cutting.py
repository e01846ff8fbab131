"""Where a page can be cut in two without cutting a line of print: between its lines as drawn, or as it names them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from engine.pages.print_height import DrawnPrint, drawn_print, ink_of, ink_shares
from engine.pages.turning import as_picture, turn_of_layer, turned_by

if TYPE_CHECKING:
    from PIL import Image

    from engine.output.blocks import Line
    from engine.pages.image import PageImage, PageSize
    from engine.pages.source import PageSource
    from engine.pages.turning import Look

REACH = 0.15
"""How far from its middle a page may be cut, as a share of its height: the halves are to be halves."""
LOOK_DPI = 100
LOOK_PIXELS = 2_000_000
"""So large is the page drawn to look for free rows; print can be told from paper and nothing more is needed."""
LEAST_FREE = 0.004
"""A gap is one that is at least so high, as a share of the page's height: 3 points of A4."""
INKED = 6
"""Of 255: a row of a strip with more ink than this has print in it."""
RULE = 0.5
"""A column that is dark over more than this of the part looked at is a rule of a table, or the edge of a frame."""


class Gap(NamedTuple):
    """Free rows, from `top` to `bottom`, in shares of the page's height."""

    top: float
    bottom: float


class Cut(NamedTuple):
    """Where a page can be cut near its middle, and by how many degrees it is turned clockwise to be read.

    `at` is a share of its height when it is turned so, from the top; None where nothing tells.
    """

    at: float | None
    turned: int


async def cut_of(source: PageSource, number: int, *, look: Look | None = None, turned: int | None = None) -> Cut:
    """Return where a page can be cut so that its halves can be read.

    Args:
        source: The document.
        number: The page, from 1.
        look: Looks at a picture whose lines do not run across and says how to turn it.
        turned: By how many degrees to turn it clockwise, where that is known.

    Raises:
        PageError: The page cannot be drawn.
    """
    scale = LOOK_DPI / 72 if source.info.unit == "pt" else 1.0
    image = await source.render(number, scale=scale, max_pixels=LOOK_PIXELS)
    layer = await source.text_layer(number)
    if turned is None:
        turned = turn_of_layer(layer, await source.size(number))
    if turned is None:
        sideways = look is not None and (await asyncio.to_thread(_print_drawn, image)).sideways
        turned = await look(image) if look is not None and sideways else 0
    gap = await asyncio.to_thread(_gap_drawn, image, turned)
    if gap is None and layer is not None and layer.lines and not turned:
        gap = gap_between(layer.lines, await source.size(number))
    return Cut(None if gap is None else (gap.top + gap.bottom) / 2, turned)


def gap_between(lines: Sequence[Line], page: PageSize) -> Gap | None:
    """Return the best gap near the middle that the places of lines leave free."""
    taken = sorted((line.box.y0 / page.height, line.box.y1 / page.height) for line in lines)
    free, reached = [], 0.5 - REACH
    for top, bottom in [*taken, (0.5 + REACH, 1.0)]:
        if top > reached:
            free.append(Gap(reached, min(top, 0.5 + REACH)))
        reached = max(reached, bottom)
        if reached >= 0.5 + REACH:
            break
    return best_of(free)


def best_of(gaps: Sequence[Gap]) -> Gap | None:
    """Return the gap to cut in: a high one is rather between paragraphs than in one, a near one makes equal halves."""
    wide = [gap for gap in gaps if gap.bottom - gap.top >= LEAST_FREE]
    return max(wide, key=lambda gap: (gap.bottom - gap.top) - abs((gap.top + gap.bottom) / 2 - 0.5) / 5, default=None)


def _print_drawn(image: PageImage) -> DrawnPrint:
    return drawn_print(as_picture(image))


def _gap_drawn(image: PageImage, turned: int) -> Gap | None:
    return gap_in(turned_by(as_picture(image), turned))


def gap_in(picture: Image.Image) -> Gap | None:
    """Return the best gap near the middle of a page's picture: rows without ink but for rules that run down."""
    from PIL import Image

    first, last = int(picture.height * (0.5 - REACH)), int(picture.height * (0.5 + REACH))
    if last - first < 2 or picture.width < 2:
        return None
    ink = ink_of(picture).crop((0, first, picture.width, last))
    columns = ink.resize((ink.width, 1), Image.Resampling.BOX).tobytes()
    for x, share in enumerate(columns):
        if share > RULE * 255:
            ink.paste(0, (max(0, x - 1), 0, min(ink.width, x + 2), ink.height))
    shares = ink_shares(ink)
    rows = shares.tobytes()
    free = [max(rows[y * shares.width : (y + 1) * shares.width]) < INKED for y in range(shares.height)]
    gaps, start = [], None
    for y, is_free in enumerate([*free, False]):
        if is_free and start is None:
            start = y
        elif not is_free and start is not None:
            gaps.append(Gap((first + start) / picture.height, (first + y) / picture.height))
            start = None
    return best_of(gaps)
