"""How a reading is set: its colours, its measures, and what tells one sort of text from another."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette

from engine.output.blocks import AnyBlock, ListItem

DOUBTFUL_BELOW = 0.8
"""Lines with a lower score are underlined."""
CELLS_SHOWN = 400
"""Of a table with more cells than this the text shows the first rows; the tab of the tables has them all."""
MONO_FAMILIES = ("DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", "Consolas", "Menlo")
CELL_SCALE = 0.93
UNBROKEN_EM, UNBROKEN_CJK_EM = 14, 6
HEADING_SCALE = (1.55, 1.3, 1.15, 1.05)

# Same length before and after, so that places can be counted through: breaks become Qt's line separator, what Qt keeps
# for itself and what cannot be shown becomes a space.
_SAFE: dict[int, str] = {
    **dict.fromkeys(range(32), " "),
    **dict.fromkeys(map(ord, "\n\r\v\f\x85"), "\u2028"),
    ord("\t"): "\t",
    **dict.fromkeys((0x2029, 0xFDD0, 0xFDD1, 0xFFFC, 0xFFFE, 0xFFFF), " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of the reading, made from the palette, light or dark."""

    base: QColor
    quiet: QColor
    rule: QColor
    header: QColor
    doubt: QColor
    grave: QColor
    """Under a word that does harm where it is wrong."""
    grave_ground: QColor

    @classmethod
    def of(cls, palette: QPalette) -> Ink:
        """Mix the colours from the palette in use."""
        text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        dark = base.lightness() < 128
        doubt, grave = QColor("#ff9e57" if dark else "#c2410c"), QColor("#ff7b72" if dark else "#b3141d")
        quiet, rule, header = (_mixed(base, text, share) for share in (0.66, 0.25, 0.07))
        return cls(base, quiet, rule, header, doubt, grave, _mixed(base, grave, 0.16 if dark else 0.1))


def _mixed(under: QColor, over: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        under.redF() + (over.redF() - under.redF()) * share,
        under.greenF() + (over.greenF() - under.greenF()) * share,
        under.blueF() + (over.blueF() - under.blueF()) * share,
    )


def safe(text: str) -> str:
    """Make text harmless for a text document, without changing its length in characters."""
    return text.translate(_SAFE)


def is_rtl(text: str) -> bool:
    """Tell by its first strong letter whether a text reads from right to left."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def hangs(blocks: Sequence[AnyBlock], font: QFont, em: float) -> dict[int, float]:
    """Return for each list item how far its text hangs in: room for the widest marker of its level in its list."""
    metrics = QFontMetricsF(font)
    found: dict[int, float] = {}
    for is_item, run in itertools.groupby(enumerate(blocks), key=lambda pair: isinstance(pair[1], ListItem)):
        items = [(index, block) for index, block in run if isinstance(block, ListItem)] if is_item else []
        widest: dict[int, float] = {}
        for _, item in items:
            width = max(em * 1.3, metrics.horizontalAdvance(safe(item.marker)) + em * 0.5)
            widest[item.level] = max(width, widest.get(item.level, 0.0))
        found.update({index: widest[item.level] for index, item in items})
    return found


def is_one_word(text: str) -> bool:
    """Tell whether a cell is a number or a short word, which would be spoilt by a break in its middle.

    Chinese has no spaces and may be broken anywhere: of it, only what is a few characters long is one word.
    """
    wide = sum(1.0 if character >= "\u2e80" else 0.55 for character in text)
    most = UNBROKEN_CJK_EM if has_cjk(text) else UNBROKEN_EM
    return wide <= most and not any(character.isspace() for character in text.strip())


def has_cjk(text: str) -> bool:
    """Tell whether a text has Chinese, Japanese or Korean characters."""
    return any("\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" for character in text)
