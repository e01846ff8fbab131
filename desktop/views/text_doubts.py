"""TextDoubts: the doubtful words in the text that is shown: which is looked at, and which is under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtWidgets import QTextEdit

from desktop.views.reading_document import ReadingDocument
from desktop.views.reading_doubts import doubt_ranges
from desktop.views.reading_geometry import rect_of_words
from desktop.views.reading_marks import word_selection

Range = tuple[int, int]


class TextDoubts(QObject):
    """Belongs to the view of a text; positions are those of its document, points those of its viewport."""

    chosen = Signal(int)
    """Which of the page's doubtful words was clicked."""
    moved = Signal()
    """The doubtful word that is looked at has come into view, or stands elsewhere in it now."""
    gone = Signal()
    """The text is another: no word is looked at any more."""

    def __init__(self, view: QTextEdit) -> None:
        super().__init__(view)
        self._view = view
        self._reading: ReadingDocument | None = None
        self._ranges: list[Range | None] | None = None
        self.current: int | None = None

    def show(self, reading: ReadingDocument) -> None:
        """Take over another document; none of its words is looked at."""
        looked = self.current is not None
        self._reading, self._ranges, self.current = reading, None, None
        if looked:
            self.gone.emit()

    @property
    def shows_current(self) -> bool:
        """Whether the word looked at is in the document; a long table is cut off there."""
        return self.range_of(self.current) is not None

    def range_of(self, index: int | None) -> Range | None:
        """Return where a doubtful word stands, None for one that is not shown. They are found when first asked for."""
        if index is None or self._reading is None:
            return None
        if self._ranges is None:
            self._ranges = doubt_ranges(self._reading)
        return self._ranges[index] if index < len(self._ranges) else None

    def selections(self) -> list[QTextEdit.ExtraSelection]:
        """Return the mark of the word that is looked at, if there is one."""
        found = self.range_of(self.current)
        if found is None or self._reading is None:
            return []
        return [word_selection(self._reading, found, self._view.palette())]

    def rect(self) -> QRect | None:
        """Return where the word stands that is looked at, None where it cannot be seen."""
        found = self.range_of(self.current)
        if found is None or self._reading is None:
            return None
        rect = rect_of_words(self._reading, *found).translated(-self._scrolled()).toAlignedRect()
        return rect if rect.intersects(self._view.viewport().rect()) else None

    def under(self, point: QPoint) -> int | None:
        """Return the doubtful word under a point, the graver one where two meet; None where there is none."""
        if self._reading is None or not self._reading.result.doubts:
            return None
        at = QPointF(point) + self._scrolled()
        position = self._reading.document.documentLayout().hitTest(at, Qt.HitTestAccuracy.ExactHit)
        if position < 0:
            return None
        for index in range(len(self._reading.result.doubts)):
            found = self.range_of(index)
            if found is None or not found[0] <= position <= found[1]:
                continue
            if rect_of_words(self._reading, *found).contains(at):
                return index
        return None

    def tell(self) -> None:
        """Say that the word looked at stands where it shall, or has been moved."""
        if self.current is not None:
            self.moved.emit()

    def _scrolled(self) -> QPointF:
        return QPointF(self._view.horizontalScrollBar().value(), self._view.verticalScrollBar().value())
