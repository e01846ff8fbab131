"""The lines of a page just as the reader gave them, one below the other."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from desktop.places import Place
from desktop.views.reading_style import safe
from engine.output.blocks import PageResult


class RawView(QPlainTextEdit):
    """Plain lines; each points at its place on the page."""

    pointed = Signal(object)
    """Place | None: the line under the mouse."""
    chosen = Signal(object)
    """Place: the line that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: PageResult | None = None
        self._under: int | None = None
        self._owners: dict[int, int] = {}
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.document().setDocumentMargin(12)
        self._dress()

    def show_result(self, result: PageResult | None) -> None:
        """Show the lines of a page."""
        self._result, self._under = result, None
        self._owners = {}
        for index, block in enumerate(result.blocks if result is not None else ()):
            for line in block.lines:
                self._owners.setdefault(line, index)
        self.setPlainText("\n".join(safe(line.text) for line in result.lines) if result is not None else "")

    def light(self, place: Place | None) -> None:
        """Tint the line that is meant."""
        selections = []
        if self._result is not None and place is not None and place.line is not None:
            block = self.document().findBlockByNumber(place.line)
            if place.number == self._result.number and block.isValid():
                selection = QTextEdit.ExtraSelection()
                selection.cursor = self.textCursor()
                selection.cursor.setPosition(block.position())
                colour = self.palette().highlight().color()
                colour.setAlpha(60)
                selection.format.setBackground(colour)
                selection.format.setProperty(selection.format.Property.FullWidthSelection, True)
                selections.append(selection)
        self.setExtraSelections(selections)

    def go_to(self, place: Place) -> None:
        """Bring a line into view."""
        if self._result is not None and place.number == self._result.number and place.line is not None:
            cursor = self.textCursor()
            cursor.setPosition(self.document().findBlockByNumber(place.line).position())
            self.setTextCursor(cursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which line is pointed at."""
        super().mouseMoveEvent(event)
        line = self._line_at(event.position().toPoint())
        if event.buttons() == Qt.MouseButton.NoButton and line != self._under:
            self._under = line
            self.pointed.emit(self._place(line))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the line that was clicked."""
        super().mouseReleaseEvent(event)
        line = self._line_at(event.position().toPoint())
        if line is not None and not self.textCursor().hasSelection():
            self.chosen.emit(self._place(line))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is pointed at."""
        super().leaveEvent(event)
        self._under = None
        self.pointed.emit(None)

    def _line_at(self, point: QPoint) -> int | None:
        if self._result is None:
            return None
        block = self.cursorForPosition(point).block()
        rect = self.blockBoundingGeometry(block).translated(self.contentOffset())
        inside = rect.top() <= point.y() <= rect.bottom() and block.blockNumber() < len(self._result.lines)
        return block.blockNumber() if inside else None

    def _place(self, line: int | None) -> Place | None:
        if line is None or self._result is None:
            return None
        return Place(self._result.number, self._owners.get(line), line)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()

    def _dress(self) -> None:
        self.setAccessibleName(self.tr("Lines as they were read"))
