"""A line of foreign text, shown as it is, with the characters tinted that differ from another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.aligning import utf16_offsets
from desktop.theme import as_tip, difference_colour
from desktop.views.reading_style import is_rtl, safe

LARGER = 1.15


class MarkedLabel(QWidget):
    """One line, cut with an ellipsis where the room ends; what was cut can be read in its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._marks: Sequence[tuple[int, int]] = ()
        self._quiet = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    @property
    def marks(self) -> Sequence[tuple[int, int]]:
        """Which characters are tinted."""
        return self._marks

    def show_text(self, text: str, marks: Sequence[tuple[int, int]] = (), *, quiet: bool = False) -> None:
        """Show a text; `marks` are the characters to tint, `quiet` words are ours and not the page's."""
        self._text, self._marks, self._quiet = safe(text).replace("\u2028", " "), marks, quiet
        self.setAccessibleName(self._text)
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the height of a line."""
        return QSize(80, round(self.fontMetrics().height() * LARGER) + 4)

    def minimumSizeHint(self) -> QSize:
        """Ask for no width at all."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        del event
        font = QFont(self.font())
        if not self._quiet and font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * LARGER)
        rtl = is_rtl(self._text)
        layout = QTextLayout(self._text, font)
        option = layout.textOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        layout.setTextOption(option)
        layout.setFormats([self._tint(start, end) for start, end in self._marks if start < end])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(self.width())
        layout.endLayout()
        width = line.naturalTextWidth()
        painter = QPainter(self)
        role = QPalette.ColorRole.PlaceholderText if self._quiet else QPalette.ColorRole.WindowText
        painter.setPen(self.palette().color(role))
        self.setToolTip(as_tip(self._text) if width > self.width() else "")
        layout.draw(painter, QPointF(0.0, (self.height() - line.height()) / 2))
        if width > self.width():
            self._draw_ellipsis(painter, rtl=rtl)

    def _draw_ellipsis(self, painter: QPainter, *, rtl: bool) -> None:
        """Put it over what has no room."""
        ground, dots = self.palette().color(QPalette.ColorRole.Window), "…"
        wide = self.fontMetrics().horizontalAdvance(dots) + 4
        side = 0 if rtl else self.width() - wide
        painter.fillRect(side, 0, wide, self.height(), ground)
        painter.drawText(side, 0, wide, self.height(), int(Qt.AlignmentFlag.AlignCenter), dots)

    def _tint(self, start: int, end: int) -> QTextLayout.FormatRange:
        offsets = utf16_offsets(self._text)
        found = QTextLayout.FormatRange()
        found.start, found.length = offsets[start], offsets[end] - offsets[start]
        found.format = QTextCharFormat()
        found.format.setBackground(difference_colour(self.palette()))
        return found
