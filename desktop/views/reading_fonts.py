"""Which fonts a reading is set in: the forms of Chinese characters differ from country to country."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from PySide6.QtGui import QFont

from desktop.theme import CHINESE_FAMILIES, LATIN_FAMILIES
from engine.output.blocks import PageResult, Table, text_of

LARGER_PT = 1.0
"""Text to be read is set larger than buttons are."""
JAPANESE_FAMILIES = ("Noto Sans CJK JP", "Yu Gothic UI", "Hiragino Sans")
KOREAN_FAMILIES = ("Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo")
LOOKED_AT = 4000
"""So many characters of a page tell in which language it is."""


def font_for(result: PageResult, base: QFont, *, scale: float) -> QFont:
    """Return the font for a page's blocks: the window's own, `scale` times as large, with what its letters need."""
    font = QFont(base)
    wanted = families_for("".join(_some_text(result)))
    left_out = {*CHINESE_FAMILIES, *LATIN_FAMILIES} if wanted else CHINESE_FAMILIES
    latin = [family for family in font.families() if family not in left_out]
    font.setFamilies([*latin, *wanted])
    if font.pointSizeF() > 0:
        font.setPointSizeF((font.pointSizeF() + LARGER_PT) * scale)
    else:
        font.setPixelSize(round((font.pixelSize() + 1) * scale))
    return font


def families_for(text: str) -> tuple[str, ...]:
    """Choose the regional forms of Han characters by the letters beside them; none where there is no such character.

    Latin text alone is left to the window's own font: the curly quotes of a Chinese font are as wide as a character.
    """
    if re.search("[\u3040-\u30ff]", text):
        return JAPANESE_FAMILIES
    if re.search("[\uac00-\ud7a3]", text):
        return KOREAN_FAMILIES
    return CHINESE_FAMILIES if re.search("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]", text) else ()


def _some_text(result: PageResult) -> Iterator[str]:
    left = LOOKED_AT
    for text in itertools.chain(_block_texts(result), (line.text for line in result.lines)):
        yield text[:left]
        left -= len(text)
        if left <= 0:
            return


def _block_texts(result: PageResult) -> Iterator[str]:
    for block in result.blocks:
        if isinstance(block, Table):
            yield from (cell.text for cell in block.cells)
        else:
            yield text_of(block)
