"""The table under the mouse in a page's text: its button, and copying it or the one that is meant."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTextEdit

from desktop import clipboard
from desktop.views.reading_document import BlockSpan, ReadingDocument
from desktop.views.reading_geometry import rect_of_span
from desktop.views.table_button import TableButton
from engine.output.blocks import Table


class HoveredTable(QObject):
    """Belongs to the view of a text; the keyboard copies a table without any mouse."""

    def __init__(self, view: QTextEdit) -> None:
        super().__init__(view)
        self._view = view
        self._reading: ReadingDocument | None = None
        self._span: BlockSpan | None = None
        self.button = TableButton(view.viewport())
        self.button.clicked.connect(self._copy_hovered)

    def show(self, reading: ReadingDocument) -> None:
        """Take over another document; the mouse is over none of its tables until it moves."""
        self._reading, self._span = reading, None
        self.button.hide()

    def point_at(self, block: int | None) -> None:
        """Say which block the mouse is over."""
        span = self._reading.span_of(block) if self._reading is not None and block is not None else None
        table = span if span is not None and span.table is not None else None
        if table is not self._span:
            self._span = table
            self.place_button()

    def place_button(self) -> None:
        """Put the button where the table stands in the view now."""
        if self._span is None or self._reading is None:
            self.button.hide()
            return
        rect = rect_of_span(self._reading, self._span)
        self.button.place_at(rect.translated(0, -self._view.verticalScrollBar().value()))

    def copy(self, block: int | None = None) -> bool:
        """Copy a table: the one named, else the one under the mouse or at the cursor, else the page's first."""
        if self._reading is None:
            return False
        if block is None:
            at_cursor = self._reading.span_at(self._view.textCursor().position())
            candidates = [self._span, at_cursor, *self._reading.spans]
            block = next((span.index for span in candidates if span is not None and span.table is not None), None)
        table = self._reading.result.blocks[block] if block is not None else None
        if not isinstance(table, Table):
            return False
        QGuiApplication.clipboard().setMimeData(clipboard.table_to_mime(table))
        return True

    def _copy_hovered(self) -> None:
        if self._span is not None:
            self.copy(self._span.index)
