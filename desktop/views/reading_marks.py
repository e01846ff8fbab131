"""What is marked in the reading: the hits of a search, and the place that is lit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from desktop.places import Hit, Place
from desktop.theme import difference_colour, is_dark
from desktop.views.reading_document import ReadingDocument
from desktop.views.reading_geometry import rect_of


def hit_selections(
    reading: ReadingDocument, hits: Sequence[Hit], current: Hit | None, palette: QPalette
) -> list[QTextEdit.ExtraSelection]:
    """Return the marks of the hits on this page; all lines of the current one are marked more strongly."""
    selections = []
    last: tuple[Hit, int] | None = None  # the end of the current one, which may run on in the next line
    for hit in hits:
        found = reading.range_of_hit(hit)
        if found is None:
            continue
        runs_on = last is not None and hit.spot is None and hit.line != last[0].line and found[0] - last[1] in (0, 1)
        last = (hit, found[1]) if hit == current or runs_on else None
        letters = QTextCharFormat()
        ground, ink = hit_colours(palette, current=last is not None)
        letters.setBackground(ground)
        letters.setForeground(ink)
        cursor = QTextCursor(reading.document)
        cursor.setPosition(found[0])
        cursor.setPosition(found[1], QTextCursor.MoveMode.KeepAnchor)
        selection = QTextEdit.ExtraSelection()
        selection.cursor = cursor
        selection.format = letters
        selections.append(selection)
    return selections


def hit_colours(palette: QPalette, *, current: bool) -> tuple[QColor, QColor]:
    """Return the ground and the ink of what was found."""
    dark = is_dark(palette)
    ground = QColor("#ff8000" if current else "#b08900" if dark else "#ffe066")
    return ground, QColor("#ffffff" if dark and not current else "#1c1f23")


def word_selection(reading: ReadingDocument, found: tuple[int, int], palette: QPalette) -> QTextEdit.ExtraSelection:
    """Return the mark of the one doubtful word that is looked at."""
    selection = QTextEdit.ExtraSelection()
    selection.cursor = QTextCursor(reading.document)
    selection.cursor.setPosition(found[0])
    selection.cursor.setPosition(found[1], QTextCursor.MoveMode.KeepAnchor)
    selection.format.setBackground(difference_colour(palette))
    return selection


def paint_lit(painter: QPainter, reading: ReadingDocument, lit: Place, accent: QColor) -> None:
    """Tint a block, and in it more strongly its line or its cell; the painter is in the document's coordinates."""
    accent = QColor(accent)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    whole = Place(lit.number, lit.block)
    rect = rect_of(reading, lit if lit.block is None else whole)
    if rect is not None and not rect.isEmpty():
        accent.setAlpha(26)
        painter.setBrush(accent)
        painter.drawRoundedRect(rect.adjusted(-6, -3, 6, 3), 4, 4)
    finer = rect_of(reading, lit) if lit != whole else None
    if finer is not None and not finer.isEmpty():
        accent.setAlpha(46)
        painter.setBrush(accent)
        painter.drawRect(finer) if lit.row is not None else painter.drawRoundedRect(finer, 3, 3)
