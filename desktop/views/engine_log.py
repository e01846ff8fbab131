"""The engine's log: its last lines, to be searched and copied. They come in portions, and it follows their end."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QKeyEvent, QShowEvent, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import icon

KEPT = 5000
"""Lines; older ones are in the log file."""
LONGEST = 500
"""Characters of a line that are shown. What is longer is some dump, and would hold up the window."""
PORTION = 100
"""Lines put in at once; the window answers between two portions."""
SEARCH_AGAIN_MS = 1000

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)")
_UNSHOWN = {code: None for code in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFC) if code != 9}
"""Controls, and what would break a line or hide in it."""
_UNSHOWN |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)), "\ufffd")


def shown(untrusted_line: str) -> str:
    """Return a line as it may be shown: without colours and controls, and not too long."""
    line = _ESCAPES.sub("", untrusted_line[: LONGEST * 4]).translate(_UNSHOWN)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} …"


class EngineLog(QWidget):
    """A field to search in, the lines, and buttons to copy them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._waiting: deque[str] = deque(maxlen=KEPT)
        self._found: list[int] = []  # lines of the view that hold the words sought
        self._at = -1
        self._portions = QTimer(self, interval=0)
        self._portions.timeout.connect(self._put_portion)
        self._again = QTimer(self, singleShot=True, interval=SEARCH_AGAIN_MS)
        self._again.timeout.connect(self._search)
        self._field = QLineEdit(self)
        self._field.setClearButtonEnabled(True)
        self._field.setMaxLength(200)
        self._field.textChanged.connect(lambda: self._search(fresh=True))
        self._field.installEventFilter(self)
        self._count = QLabel(self)
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self.text = _Lines(self)
        self._previous, self._next = QToolButton(self), QToolButton(self)
        self._previous.clicked.connect(lambda: self._step(-1))
        self._next.clicked.connect(lambda: self._step(1))
        self._copy_all, self._copy_chosen = QPushButton(self), QPushButton(self)
        self._copy_all.clicked.connect(self.copy_all)
        self._copy_chosen.clicked.connect(self.text.copy)
        self._title = QLabel(self)
        self.text.copyAvailable.connect(self._copy_chosen.setEnabled)
        self._copy_chosen.setEnabled(False)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title)
        head.addWidget(self._field, 1)
        head.addWidget(self._count)
        for button in (self._previous, self._next):
            button.setAutoRaise(True)
            button.setIconSize(QSize(16, 16))
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self._copy_chosen)
        foot.addWidget(self._copy_all)
        column.addLayout(foot)
        self._dress()

    # -- lines

    def show_lines(self, untrusted_lines: Iterable[str]) -> None:
        """Show these in place of all others."""
        self._portions.stop()
        self._lines.clear()
        self._waiting.clear()
        self.text.clear()
        self.add(untrusted_lines)

    def add(self, untrusted_lines: Iterable[str]) -> None:
        """Show more lines, soon. While the log cannot be seen they only wait."""
        self._waiting.extend(untrusted_lines)
        if self._waiting and self.isVisible():
            self._portions.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Take up what waited."""
        super().showEvent(event)
        if self._waiting:
            self._portions.start()

    def _put_portion(self) -> None:
        lines = [shown(self._waiting.popleft()) for _ in range(min(PORTION, len(self._waiting)))]
        if not self._waiting:
            self._portions.stop()
        portion = [line for line in lines if line.strip()]
        if portion:
            self._lines.extend(portion)
            self.text.put(portion)
            if self._field.text() and not self._again.isActive():
                self._again.start()

    # -- searching

    def _search(self, *, fresh: bool = False) -> None:
        """Look for the words anew; `fresh` words are shown where they were said last."""
        sought = self._field.text().casefold()
        self._found = [at for at, line in enumerate(self._lines) if sought in line.casefold()] if sought else []
        self._at = len(self._found) - 1 if fresh else min(self._at, len(self._found) - 1)
        if fresh and self._found:
            self._show_found()
        self._tell()

    def _step(self, way: int) -> None:
        if self._again.isActive():
            self._again.stop()
            self._search()
        if self._found:
            self._at = (self._at + way) % len(self._found)
            self._show_found()
        self._tell()

    def _show_found(self) -> None:
        line, sought = self._found[self._at], self._field.text()
        block = self.text.document().findBlockByNumber(line)
        start = max(0, block.text().casefold().find(sought.casefold()))
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(start, block.length() - 1))
        end = min(start + len(sought.encode("utf-16-le")) // 2, block.length() - 1)
        cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
        self.text.setTextCursor(cursor)

    def _tell(self) -> None:
        if not self._field.text():
            words = ""
        elif not self._found:
            words = self.tr("Not found")
        else:
            words = self.tr("{index} of {total}").format(index=self._at + 1, total=len(self._found))
        self._count.setText(words)
        for button in (self._previous, self._next):
            button.setEnabled(bool(self._found))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes to the line before, which is the next older one; Shift+Enter to the one after it; Esc empties."""
        if watched is self._field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._step(1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else -1)
                return True
            if event.key() == Qt.Key.Key_Escape and self._field.text():
                self._field.clear()
                return True
        return super().eventFilter(watched, event)

    # -- copying

    def copy_all(self) -> None:
        """Copy every line."""
        QGuiApplication.clipboard().setText("\n".join(self._lines))

    # -- looks

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._dress()

    def _dress(self) -> None:
        self._title.setText(self.tr("Log"))
        self._field.setPlaceholderText(self.tr("Search the log"))
        self._field.setAccessibleName(self.tr("Search the log"))
        clear = self._field.findChild(QToolButton)
        if clear is not None:
            clear.setAccessibleName(self.tr("Empty the field"))
        self.text.setAccessibleName(self.tr("The engine's log"))
        for button, sign, name, key in (
            (self._previous, "up", self.tr("Line before"), "Enter"),
            (self._next, "down", self.tr("Line after"), "Shift+Enter"),
        ):
            button.setIcon(icon(sign, self.palette()))
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")
        self._copy_all.setText(self.tr("Copy all"))
        self._copy_chosen.setText(self.tr("Copy selection"))
        self._tell()


class _Lines(QPlainTextEdit):
    """Plain text only, at most so many lines; its view stays where the person scrolled to, else at the end."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setMaximumBlockCount(KEPT)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSizeF(self.font().pointSizeF() * 0.88)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)

    def put(self, lines: list[str]) -> None:
        """Add lines below."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        anchor = QTextCursor(self.firstVisibleBlock())
        self.appendPlainText("\n".join(lines))
        bar.setValue(bar.maximum() if follows else anchor.block().firstLineNumber())
