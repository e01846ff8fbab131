"""How small the print on a page is: from its text layer where it has one, else measured on its picture.

Only Pillow is used: it is small, lets other threads run while it works, and the app has it loaded anyway.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

    from engine.pages.source import TextLayer

LEAST_LETTERS = 12
"""So many letters in a smaller size are print that somebody wants to read; fewer are a note on a formula."""
TINIEST, HUGEST = 2.0, 200.0
"""Points. What claims to be smaller or larger says nothing about how the page is read."""

CELL = 16
"""Pixels of the squares whose mean is the paper."""
FAINTEST = 32
"""Grey levels by which ink is darker than the paper around it."""
STRIP = 96
"""Pixels across of the strips in which lines are sought: some letters wide, so that no slant blurs them."""
INKED = 6
"""Of 255: a row of a strip with more ink than this belongs to a line."""
LOWEST, HIGHEST = 5, 160
"""Pixels between which a run of such rows may be a line of print."""
FEWEST_RUNS = 20
SMALL_SHARE = 0.2
"""The print's size is that below which so much of the ink lies."""
LINE_OF_EM = 0.75
"""A line of print, from its capitals down, is about so high, measured in its font's size."""

_IS_INK = bytes(int(value >= FAINTEST) * 255 for value in range(256))
_IS_ROW = bytes(int(value >= INKED) for value in range(256))


def printed_size(layer: TextLayer) -> float:
    """Return the size of a page's smallest print in page units, 0.0 where its text layer does not say."""
    letters: dict[float, int] = {}
    for line, font in zip(layer.lines, layer.fonts, strict=True):
        if TINIEST <= font.size <= HUGEST:
            letters[font.size] = letters.get(font.size, 0) + len("".join(line.text.split()))
    seen = 0
    for size in sorted(letters):
        seen += letters[size]
        if seen >= LEAST_LETTERS:
            return size
    return 0.0


class DrawnPrint(NamedTuple):
    """The print in a picture: how many pixels its small print's size is (0.0: too little is found), and how it runs.

    `sideways`: its lines run down or up, not across.
    """

    size: float
    sideways: bool


def drawn_print(picture: Image.Image) -> DrawnPrint:
    """Measure the print in a picture."""
    from PIL import Image

    ink = ink_of(picture)
    across, down = ink_shares(ink), ink_shares(ink.transpose(Image.Transpose.TRANSPOSE))
    # Where lines run, full rows and empty ones take turns; along the other side all is much the same.
    sideways = _variance(down) > _variance(across)
    size = _line_height(down if sideways else across) / LINE_OF_EM
    return DrawnPrint(size, sideways and size > 0)


def ink_of(picture: Image.Image) -> Image.Image:
    """Return the picture with 255 where there is ink: darker than what is around it, or lighter on dark paper."""
    from PIL import Image, ImageChops

    grey = picture.convert("L")
    if sum(grey.histogram()[:128]) > grey.width * grey.height / 2:
        grey = ImageChops.invert(grey)
    paper = grey.reduce(CELL).resize(grey.size, Image.Resampling.BILINEAR)
    return ImageChops.subtract(paper, grey).point(list(_IS_INK))


def ink_shares(ink: Image.Image) -> Image.Image:
    """Return how much ink each row has in each of the strips: a picture as high as the page, one pixel for a strip."""
    from PIL import Image

    return ink.resize((max(1, ink.width // STRIP), ink.height), Image.Resampling.BOX)


def _variance(shares: Image.Image) -> float:
    counts = shares.histogram()
    mean = sum(value * count for value, count in enumerate(counts)) / sum(counts)
    return sum(count * (value - mean) ** 2 for value, count in enumerate(counts)) / sum(counts)


def _line_height(shares: Image.Image) -> float:
    """Return how high the small ones among the lines are, in pixels, 0.0 where there are too few."""
    from PIL import Image

    rows = shares.transpose(Image.Transpose.TRANSPOSE).tobytes().translate(_IS_ROW)
    runs = sorted(
        length
        for start in range(0, len(rows), shares.height)
        for run in re.finditer(b"\x01+", rows[start : start + shares.height])
        if LOWEST <= (length := run.end() - run.start()) <= HIGHEST
    )
    if len(runs) < FEWEST_RUNS:
        return 0.0
    passed, enough = 0, SMALL_SHARE * sum(runs)
    for length in runs:
        passed += length
        if passed >= enough:
            return float(length)
    return 0.0
