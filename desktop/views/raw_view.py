"""What a reader gave before anything was put in order: a model's answer as it is, or the lines of a page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from desktop.places import Place
from desktop.views.reading_style import MONO_FAMILIES, safe
from engine.output.blocks import PageResult


class RawView(QPlainTextEdit):
    """Plain text. Lines of a page point at their places on it; a model's answer has none."""

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
        """Show what was said of a page; of an answer that still comes in, what is new is put behind the rest."""
        before, self._under = self._result, None
        self._result = result
        if result is not None and result.raw_text:
            self._show_answer(result, before)
            return
        self._owners = {}
        self.setFont(QFont())
        for index, block in enumerate(result.blocks if result is not None else ()):
            for line in block.lines:
                self._owners.setdefault(line, index)
        self.setPlainText("\n".join(safe(line.text) for line in result.lines) if result is not None else "")

    def _show_answer(self, result: PageResult, before: PageResult | None) -> None:
        known = before.raw_text if before is not None and before.number == result.number else ""
        if known and result.raw_text.startswith(known):
            end = QTextCursor(self.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            end.insertText(_plain(result.raw_text[len(known) :]))
            return
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        mono.setFamilies([*mono.families(), *MONO_FAMILIES, *QFont().families()])
        self.setFont(mono)
        self.setPlainText(_plain(result.raw_text))

    def light(self, place: Place | None) -> None:
        """Tint the line that is meant."""
        selections = []
        if self._has_lines and self._result is not None and place is not None and place.line is not None:
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
        here = self._result is not None and place.number == self._result.number
        if here and self._has_lines and place.line is not None:
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

    @property
    def _has_lines(self) -> bool:
        return self._result is not None and not self._result.raw_text

    def _line_at(self, point: QPoint) -> int | None:
        if self._result is None or not self._has_lines:
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
        self.setAccessibleName(self.tr("Just as it was read"))


def _plain(text: str) -> str:
    return "\n".join(safe(line) for line in text.split("\n"))
