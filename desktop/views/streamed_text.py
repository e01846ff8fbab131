"""The text of a page that may still be read: it comes in at the end, and whoever reads it is not moved."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop.views.reading_document import ReadingDocument
from desktop.views.reading_geometry import rect_of_span
from desktop.views.reading_stream import ReadingStream
from desktop.views.reading_style import Ink
from desktop.views.reading_text import ReadingText
from engine.output.blocks import PageResult

NEAR_END = 4
"""Logical pixels before the end that still count as the end."""


class StreamedText(ReadingText):
    """Shows what is read so far with a quiet caret behind it. It follows only whoever has scrolled to the end."""

    shown = Signal()
    """Another document took the place of the one before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stream = ReadingStream(self._press, self)
        self._stream.grew.connect(self._grew)
        self._stream.made.connect(self._show)
        self._growing = False  # more is to come
        self._grown = False  # what is in view came in bit by bit
        self._follows = False

    @property
    def growing(self) -> bool:
        """Whether the page is still being read."""
        return self._growing

    def show_result(self, result: PageResult, font: QFont) -> None:
        """Show a page that is read; where it came in bit by bit, the same words stay where they are in view."""
        self._stream.stop()
        self._note_end()
        self._growing = False
        super().show_result(result, font)

    def show_partly(self, result: PageResult, finished: int, font: QFont) -> None:
        """Show what is read so far, of which the first `finished` blocks are sure to stay."""
        if not self._growing:
            self._wanted = None
        self._note_end()
        self._growing = True
        self._stream.show(result, finished, font, Ink.of(self.palette()))

    def _note_end(self) -> None:
        bar = self.verticalScrollBar()
        self._follows = self._grown and 0 < bar.maximum() <= bar.value() + NEAR_END

    def _grew(self, reading: ReadingDocument) -> None:
        self._reading = reading
        self.table.show(reading)
        self.doubts.show(reading)
        self._follow()

    def _show(self, reading: ReadingDocument) -> None:
        anchor = self._anchor() if self._grown and self._wanted is None else None
        same = self._reading is not None and self._reading.result.number == reading.result.number
        super()._show(reading)
        if same and self._follows and self._grown:
            self._follow()
        elif same and anchor is not None:
            self._return_to(*anchor)
        self._grown = self._growing
        self.shown.emit()

    def _follow(self) -> None:
        if self._follows:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _anchor(self) -> tuple[int, float] | None:
        """Return the first block that can be seen, and how far below the upper edge it begins."""
        top = self.verticalScrollBar().value()
        if self._reading is None or top <= 0:
            return None
        spans, layout = self._reading.spans, self._reading.document.documentLayout()
        middle = QPointF(self.viewport().width() / 2, top)
        at = layout.hitTest(middle, Qt.HitTestAccuracy.FuzzyHit)
        span = self._reading.span_at(at)
        if span is None:
            span = next((each for each in spans if each.end >= at), None)
        return (span.index, rect_of_span(self._reading, span).top() - top) if span is not None else None

    def _return_to(self, index: int, below: float) -> None:
        span = self._reading.span_of(index) if self._reading is not None else None
        if span is not None and self._reading is not None:
            self.verticalScrollBar().setValue(round(rect_of_span(self._reading, span).top() - below))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and a caret where the next words will stand."""
        super().paintEvent(event)
        if not self._growing or not self._grown:
            return
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        rect = QRectF(self.cursorRect(end))
        height = self.fontMetrics().ascent()
        rect = QRectF(rect.x() + 3, rect.bottom() - height - 2, height * 0.45, height)
        painter = QPainter(self.viewport())
        painter.setPen(Qt.PenStyle.NoPen)
        colour = self.palette().highlight().color()
        colour.setAlpha(140)
        painter.setBrush(colour)
        painter.drawRoundedRect(rect, 1.5, 1.5)
