"""The bubble at a doubtful word: the place on the page, both readings, and what can be done about it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.differences import differing_characters
from desktop.doubt_words import other_words, spoken
from desktop.icons import icon
from desktop.views.bubble import EDGE, Bubble
from desktop.views.crop_view import CropView
from desktop.views.marked_label import MarkedLabel
from engine.output.blocks import Doubt, DoubtKind

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """A doubtful word as it is put to the person: what was read by whom, and which of the page's it is."""

    doubt: Doubt
    words: str
    reader: str
    which: int
    count: int


class DoubtBubble(Bubble):
    """Asks about one word; what is answered is told by signals, and nothing is changed here."""

    taken = Signal(str)
    """The words that shall stand there instead."""
    kept = Signal()
    """The words are right as they are."""
    undone = Signal()
    """The last answer is to be taken back."""
    asked = Signal(int)
    """The next doubtful word (1) or the one before (-1) is wanted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._question: Question | None = None
        self.crop = CropView(self)
        self._reader, self._other_reader, self._which = QLabel(self), QLabel(self), QLabel(self)
        self.words, self.other = MarkedLabel(self), MarkedLabel(self)
        self.field = QLineEdit(self)
        self.field.setMaxLength(LONGEST)
        self.take, self.keep, self.use = QPushButton(self), QPushButton(self), QPushButton(self)
        self.undo, self.before, self.after, self.close_button = (QToolButton(self) for _ in range(4))
        self._lay_out()
        self.take.clicked.connect(self._take)
        self.keep.clicked.connect(self.kept)
        self.use.clicked.connect(lambda: self.taken.emit(self.field.text()))
        self.field.textChanged.connect(self._field_changed)
        self.field.returnPressed.connect(self._entered)
        self.undo.clicked.connect(self.undone)
        self.before.clicked.connect(lambda: self.asked.emit(-1))
        self.after.clicked.connect(lambda: self.asked.emit(1))
        self.close_button.clicked.connect(self.close)
        self._dress()

    def _lay_out(self) -> None:
        for label in (self._reader, self._other_reader, self._which):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        readings = QGridLayout()
        readings.setHorizontalSpacing(14)
        readings.setVerticalSpacing(2)
        readings.setColumnStretch(1, 1)
        for row, (name, words) in enumerate(((self._reader, self.words), (self._other_reader, self.other))):
            readings.addWidget(name, row, 0)
            readings.addWidget(words, row, 1)
        writing, deciding, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        writing.addWidget(self.field, 1)
        writing.addWidget(self.use)
        deciding.addWidget(self.take, 1)
        deciding.addWidget(self.keep, 1)
        foot.setSpacing(2)
        foot.addWidget(self._which, 1)
        for tool in (self.undo, self.before, self.after, self.close_button):
            tool.setAutoRaise(True)
            tool.setIconSize(QSize(16, 16))
            foot.addWidget(tool)
        for button in (self.take, self.keep, self.use):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE + 12, EDGE + 12, EDGE + 12, EDGE + 8)
        column.setSpacing(8)
        column.addWidget(self.crop)
        for part in (readings, deciding, writing, foot):
            column.addLayout(part)
        chain = (self.keep, self.take, self.field, self.use, self.undo, self.before, self.after, self.close_button)
        for first, second in itertools.pairwise(chain):
            QWidget.setTabOrder(first, second)

    def offer_undo(self, possible: bool) -> None:
        """Offer to take back the last answer, or not."""
        self.undo.setVisible(possible)

    @property
    def question(self) -> Question | None:
        """What it asks, None while it is closed."""
        return self._question if self.is_open else None

    def ask(self, question: Question) -> None:
        """Put a question; it is seen from `stand_at` on."""
        self._question = question
        doubt = question.doubt
        who, other = other_words(doubt)
        alternative = doubt.other if doubt.kind is DoubtKind.DISAGREES else None
        unlike = differing_characters(question.words, alternative) if alternative else []
        self._reader.setText(question.reader)
        self._other_reader.setText(who)
        self.words.show_text(question.words, [each.here for each in unlike])
        self.other.show_text(other, [each.there for each in unlike], quiet=not alternative)
        self.take.setVisible(alternative is not None)
        self.field.setText(question.words)
        self.field.setCursorPosition(0)
        self._field_changed(self.field.text())
        self._which.setText(
            self.tr("{which} of {count} on this page").format(which=question.which, count=question.count)
        )
        self.setAccessibleName(spoken(question.words, question.reader, doubt))
        self.keep.setAccessibleDescription(self.accessibleName())
        self.open()

    def first_to_focus(self) -> QWidget:
        """Let Enter keep what was read, which changes nothing."""
        return self.keep

    def set_spacious(self, spacious: bool) -> None:
        """Leave out the picture of the page where there is little room."""
        self.crop.setVisible(spacious)

    def _take(self) -> None:
        if self._question is not None and self._question.doubt.other is not None:
            self.taken.emit(self._question.doubt.other)

    def _entered(self) -> None:
        if self.use.isEnabled():
            self.use.click()
        else:
            self.keep.click()

    def _field_changed(self, text: str) -> None:
        self.use.setEnabled(self._question is not None and text != self._question.words)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._dress()

    def _dress(self) -> None:
        self.take.setText(self.tr("&Take the other reading"))
        self.keep.setText(self.tr("&Keep this one"))
        self.use.setText(self.tr("&Write this"))
        self.field.setAccessibleName(self.tr("What stands there"))
        self.undo.setText(self.tr("Undo"))
        self.undo.setToolTip(self.tr("Take back the last answer") + " (Ctrl+Z)")
        for button, name, key, picture in (
            (self.before, self.tr("The doubtful word before"), "Shift+F7", "up"),
            (self.after, self.tr("The next doubtful word"), "F7", "down"),
            (self.close_button, self.tr("Close"), "Esc", "close"),
        ):
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")
            button.setIcon(icon(picture, self.palette()))
