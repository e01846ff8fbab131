"""How wide the columns of a table in a text are, so that its lines break between words and not within them.

Qt would break a word anywhere before it made another column narrower. Widths are in logical pixels.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from PySide6.QtGui import QFont, QFontMetricsF, QTextLength, QTextTable

from desktop.views.reading_style import CELL_SCALE
from engine.output.blocks import Cell

_WORD = re.compile(r"[^\s\-\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+-?|\S")
"""What holds together: a run of letters, up to a hyphen; Chinese may be broken anywhere."""
_BETWEEN = 1.0
"""The rule between two columns."""


class ColumnWidths:
    """What the cells of one table need: `least` without a broken word, and `most` without a broken line."""

    def __init__(self, columns: int, padding: float) -> None:
        self._pad = 2 * padding
        self._most = [self._pad] * columns
        self._words: list[set[float]] = [set() for _ in range(columns)]
        self._wide: list[tuple[Cell, float]] = []

    def add(self, cell: Cell, metrics: QFontMetricsF, *, unbroken: bool) -> None:
        """Take a cell into account; `unbroken` where it stands on one line whatever there is."""
        line = max(map(metrics.horizontalAdvance, cell.text.split("\n")))
        words = [line] if unbroken else [metrics.horizontalAdvance(word) for word in set(_WORD.findall(cell.text))]
        if cell.column_span > 1:
            self._wide.append((cell, max(words, default=0.0)))
            return
        self._most[cell.column] = max(self._most[cell.column], _whole(line) + self._pad)
        self._words[cell.column].update(words)

    def fitting(self, room: float) -> list[float] | None:
        """Return the width of each column in a text that is so wide, None where Qt may do as it likes.

        A word that is wider than the whole text will be broken; where all others do not fit, neither does the table.
        """
        count = len(self._most)
        room -= (count + 1) * _BETWEEN
        least = [
            _whole(max((word for word in words if word + self._pad <= room), default=0.0)) + self._pad
            for words in self._words
        ]
        for cell, width in self._wide:
            columns = range(cell.column, min(cell.column + cell.column_span, count))
            missing = _whole(width) + self._pad - sum(least[column] for column in columns)
            if width + self._pad <= room and missing > 0:
                for column in columns:
                    least[column] += math.ceil(missing / len(columns))
        most = [max(pair) for pair in zip(least, self._most, strict=True)]
        spare, wish = room - sum(least), sum(most) - sum(least)
        if wish <= spare:
            return None
        share = max(0.0, spare) / wish if wish > 0 else 0.0
        return [math.floor(low + (high - low) * share) for low, high in zip(least, most, strict=True)]


def cell_metrics(font: QFont) -> tuple[QFontMetricsF, QFontMetricsF]:
    """Return the measures of the letters in a cell of a text in this font, and of those in a header."""
    plain = QFont(font)
    if font.pointSizeF() > 0:
        plain.setPointSizeF(font.pointSizeF() * CELL_SCALE)
    else:
        plain.setPixelSize(round(font.pixelSize() * CELL_SCALE))
    header = QFont(plain)
    header.setWeight(QFont.Weight.DemiBold)
    return QFontMetricsF(plain), QFontMetricsF(header)


def set_widths(table: QTextTable, widths: Sequence[float] | None) -> None:
    """Give the columns of a table these widths, or let Qt choose; nothing is laid out where they have them."""
    shape = table.format()
    fixed, free = QTextLength.Type.FixedLength, QTextLength(QTextLength.Type.VariableLength, 0)
    wanted = [QTextLength(fixed, width) for width in widths] if widths is not None else [free] * table.columns()
    if shape.columnWidthConstraints() != wanted and (widths is not None or shape.columnWidthConstraints()):
        shape.setColumnWidthConstraints(wanted)
        table.setFormat(shape)


def _whole(width: float) -> float:
    return math.ceil(width) + 1 if width else 0.0
