"""Two readings of a page side by side, where they differ tinted; either can be made the one that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import as_tip, difference_colour
from desktop.views.message import Message

if TYPE_CHECKING:
    from engine.store.records import KeptReading

Marks = Sequence[tuple[int, int]]
FIRST_SIZE = QSize(900, 620)


class CompareDialog(QDialog):
    """Stays open beside the window, and shows the readings of the page that is looked at there."""

    chosen = Signal(object, object)
    """KeptReading, KeptReading: these two are to be set side by side."""
    used = Signal(object)
    """KeptReading: this one is to be shown in the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._number = 0
        self._kept: list[KeptReading] = []
        self._marks: tuple[Marks, Marks] = (), ()
        self._at = -1
        self.choosers = QComboBox(self), QComboBox(self)
        self.texts = QPlainTextEdit(self), QPlainTextEdit(self)
        self.use = QPushButton(self), QPushButton(self)
        self.summary = QLabel(self)
        self.before, self.after = QPushButton(self), QPushButton(self)
        self.message = Message(self)
        self._lay_out()
        for side in (0, 1):
            self.choosers[side].activated.connect(lambda _at: self._choose())
            self.use[side].clicked.connect(lambda _checked=False, side=side: self._use(side))
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        for one, other in (self.texts, self.texts[::-1]):
            one.verticalScrollBar().valueChanged.connect(lambda _value, a=one, b=other: _follow(a, b))
        self._dress()
        self.resize(FIRST_SIZE)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(8)
        for side in (0, 1):
            chooser, text = self.choosers[side], self.texts[side]
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            text.setReadOnly(True)
            text.setUndoRedoEnabled(False)
            text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            text.setFrameShape(QFrame.Shape.StyledPanel)
            text.document().setDocumentMargin(10)
            self.use[side].setAutoDefault(False)
            grid.addWidget(chooser, 0, side)
            grid.addWidget(text, 1, side)
            grid.addWidget(self.use[side], 2, side, Qt.AlignmentFlag.AlignLeft)
            grid.setColumnStretch(side, 1)
        grid.setRowStretch(1, 1)
        grid.addWidget(self.message, 1, 1)
        self.message.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.summary, 1)
        for button in (self.before, self.after):
            button.setAutoDefault(False)
            foot.addWidget(button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.addLayout(grid, 1)
        column.addLayout(foot)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)

    # -- what it is told

    def show_readings(self, number: int, kept: Sequence[tuple[str, KeptReading]], current: int) -> None:
        """Offer the readings of a page, the one that is shown in the window on the left; chosen ones stay chosen."""
        before = [self._kept[at].key if 0 <= at < len(self._kept) else None for at in self._chosen()]
        same = number == self._number and before[0] != before[1]
        self._number, self._kept = number, [one for _, one in kept]
        self.setWindowTitle(self.tr("Readings of page {number}").format(number=number))
        other = next((at for at in range(len(kept)) if at != current), current)
        for side, usual in ((0, current), (1, other)):
            box = self.choosers[side]
            box.clear()
            box.addItems([name for name, _ in kept])
            again = (at for at, (_, one) in enumerate(kept) if same and one.key == before[side])
            box.setCurrentIndex(next(again, usual) if kept else -1)
        several = len(kept) > 1
        for part in (self.choosers[1], self.texts[1], self.use[1], self.before, self.after):
            part.setVisible(several)
        self.use[0].setVisible(several)
        self.choosers[0].setEnabled(several)
        self.message.setVisible(not several)
        self.message.setText(self._what_to_do(len(kept)))
        if kept:
            self._choose()
        else:
            self.show_comparison(("", ""), ((), ()), 1.0)

    def show_comparison(self, texts: tuple[str, str], marks: tuple[Marks, Marks], alike: float) -> None:
        """Show two texts and where they differ."""
        self._marks, self._at = marks, -1
        for side in (0, 1):
            if self.texts[side].toPlainText() != texts[side]:
                self.texts[side].setPlainText(texts[side])
        self._tint()
        count = len(marks[0])
        for button in (self.before, self.after):
            button.setEnabled(count > 0)
        self.summary.setText(self._summary_words(count, alike) if len(self._kept) > 1 else "")

    # -- inside

    def _chosen(self) -> tuple[int, int]:
        return self.choosers[0].currentIndex(), self.choosers[1].currentIndex()

    def _choose(self) -> None:
        left, right = self._chosen()
        for chooser in self.choosers:
            chooser.setToolTip(as_tip(chooser.currentText()))
        if 0 <= left < len(self._kept) and 0 <= right < len(self._kept):
            self.chosen.emit(self._kept[left], self._kept[right])

    def _use(self, side: int) -> None:
        at = self._chosen()[side]
        if 0 <= at < len(self._kept):
            self.used.emit(self._kept[at])

    def _go(self, way: int) -> None:
        """Go to the next difference, or to the one before."""
        count = len(self._marks[0])
        if count:
            self._at = (self._at + way) % count if self._at >= 0 or way > 0 else count - 1
            self._tint()
            for side in (0, 1):
                cursor = self.texts[side].textCursor()
                cursor.setPosition(self._marks[side][self._at][0])
                self.texts[side].setTextCursor(cursor)
                self.texts[side].centerCursor()

    def _tint(self) -> None:
        ground = difference_colour(self.palette())
        for side in (0, 1):
            selections = []
            for at, (start, end) in enumerate(self._marks[side]):
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(self.texts[side].document())
                selection.cursor.setPosition(start)
                selection.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                selection.format = QTextCharFormat()
                if at == self._at:
                    selection.format.setBackground(self.palette().highlight())
                    selection.format.setForeground(self.palette().highlightedText())
                else:
                    selection.format.setBackground(ground)
                selections.append(selection)
            self.texts[side].setExtraSelections(selections)

    def _summary_words(self, count: int, alike: float) -> str:
        if not count:
            return self.tr("The two say the same.")
        share = min(99, int(alike * 100))
        places = QCoreApplication.translate("CompareDialog", "%n difference(s)", "", count)
        return self.tr("{places} · {percent} % alike").format(places=places, percent=share)

    def _what_to_do(self, count: int) -> str:
        again = self.tr("Choose another reader or another task and read the page again with Shift+F5; then compare.")
        if count:
            return self.tr("There is only this reading of the page.") + "\n" + again
        return self.tr("No reading of this page is kept.") + "\n" + again

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _dress(self) -> None:
        for side, name, text in (
            (0, self.tr("First reading"), self.tr("Text of the first reading")),
            (1, self.tr("Second reading"), self.tr("Text of the second reading")),
        ):
            self.choosers[side].setAccessibleName(name)
            self.texts[side].setAccessibleName(text)
            self.use[side].setText(self.tr("Use this one"))
            self.use[side].setAccessibleName(f"{self.use[side].text()}: {name}")
        self.before.setText(self.tr("&Before"))
        self.before.setAccessibleName(self.tr("The difference before"))
        self.after.setText(self.tr("&Next"))
        self.after.setAccessibleName(self.tr("The next difference"))


def _follow(one: QPlainTextEdit, other: QPlainTextEdit) -> None:
    """Scroll one text as far as the other, as a share of what there is."""
    mine, yours = one.verticalScrollBar(), other.verticalScrollBar()
    if one.hasFocus() or one.underMouse():
        yours.setValue(round(mine.value() / max(1, mine.maximum()) * yours.maximum()))
