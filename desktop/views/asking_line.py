"""The line over the reading in which a person names the fields to be found, or asks a question about the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop.icons import icon
from engine.tasks.task import Task

LONGEST = 2000


class AskingLine(QWidget):
    """Opened for one task; Enter asks, Esc closes. What was typed earlier is offered while one types."""

    asked = Signal(str)
    """The words, which are not empty."""
    closed = Signal()
    """The person closed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = Task.FIELDS
        self._label = QLabel()
        self._field = QLineEdit()
        self._field.setMaxLength(LONGEST)
        self._field.setClearButtonEnabled(True)
        self._label.setBuddy(self._field)
        self._earlier = QStringListModel(self)
        completer = QCompleter(self._earlier, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._field.setCompleter(completer)
        self._read, self._close = QPushButton(), QToolButton()
        self._close.setAutoRaise(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        for part in (self._label, self._field, self._read, self._close):
            row.addWidget(part, 1 if part is self._field else 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._field)
        self._field.textChanged.connect(lambda text: self._read.setEnabled(bool(text.strip())))
        self._field.returnPressed.connect(self._ask)
        self._read.clicked.connect(self._ask)
        self._close.clicked.connect(self.close_line)
        self._dress()
        self.hide()

    @property
    def task(self) -> Task:
        """What is asked for."""
        return self._task

    def open(self, task: Task, words: str, earlier: Sequence[str], *, focus: bool = True) -> None:
        """Open the line, with words in it to be taken or changed, and with those typed earlier to choose from."""
        other = task is not self._task
        self._task = task
        self._earlier.setStringList(list(earlier))
        if other or self.isHidden():
            self._field.setText(words)
        self._dress()
        self.show()
        if focus:
            self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._field.selectAll()

    def close_line(self) -> None:
        """Close it; what was asked stays asked."""
        self.hide()
        self.closed.emit()

    def _ask(self) -> None:
        words = self._field.text().strip()
        if words:
            self.asked.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc; Enter has done its work in the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_line()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._dress()

    def _dress(self) -> None:
        if self._task is Task.QUESTION:
            label, example = self.tr("Question"), self.tr("What is the delivery date?")
            tip = self.tr("Ask about the page you are looking at; Enter asks")
            verb = self.tr("Ask")
        else:
            label, example = self.tr("Fields"), self.tr("Invoice number, Total, Date")
            tip = self.tr(
                "Name the values you want, with commas between them (quotes around one with a comma); Enter reads"
            )
            verb = self.tr("Find")
        self._label.setText(label)
        self._field.setPlaceholderText(example)
        self._field.setAccessibleName(label)
        self._field.setAccessibleDescription(tip)
        self._field.setToolTip(tip)
        clear = self._field.findChild(QToolButton)
        if clear is not None:
            clear.setAccessibleName(self.tr("Empty the field"))
        self._read.setText(verb)
        self._read.setEnabled(bool(self._field.text().strip()))
        self._close.setIcon(icon("close", self.palette()))
        self._close.setAccessibleName(self.tr("Close this line"))
        self._close.setToolTip(self.tr("Close this line") + " (Esc)")
