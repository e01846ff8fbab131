"""The foot of the library: how much it holds and where, what is kept, putting it elsewhere, and how far that is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.library_words import data_size, size_words
from desktop.theme import as_tip
from engine.settings import LibrarySettings
from engine.store.records import LibrarySize

MOVE_STEPS = 1000


class LibraryFoot(QWidget):
    """Shows what it is told, and says what the person wants."""

    keep_chosen = Signal(bool)
    protected_chosen = Signal(bool)
    move_asked = Signal()
    move_given_up = Signal()
    everything_asked = Signal()  # all documents are to be forgotten
    set_aside_asked = Signal()  # the damaged libraries are to be removed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = ""
        self._elide_soon = QTimer(self, singleShot=True, interval=0)  # when the layout has given it its room
        self._elide_soon.timeout.connect(self._elide)
        self.keep = QCheckBox(self.tr("&Keep what is read"), self)
        self.keep.setToolTip(self.tr("It can be found again then, and reading goes on where it was interrupted"))
        self.protected = QCheckBox(self.tr("Also documents with a &password"), self)
        self.protected.setToolTip(self.tr("Their text lies unprotected in the library, for this user to read"))
        self.amount, self.place = QLabel(self), QLabel(self)
        for label in (self.amount, self.place):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.place.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.move_button = QPushButton(self.tr("Mo&ve…"), self)
        self.move_button.setToolTip(self.tr("Put the library into another folder"))
        self.everything = QPushButton(self.tr("Forget &everything…"), self)
        self.set_aside = QPushButton(self)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, MOVE_STEPS)
        self.progress.setAccessibleName(self.tr("How much of the library is copied"))
        self.give_up = QPushButton(self.tr("Leave it where it is"), self)
        for button in (self.move_button, self.everything, self.set_aside, self.give_up):
            button.setAutoDefault(False)
        self._build()
        self.keep.clicked.connect(self.keep_chosen)
        self.protected.clicked.connect(self.protected_chosen)
        self.move_button.clicked.connect(lambda _checked=False: self.move_asked.emit())
        self.give_up.clicked.connect(lambda _checked=False: self.move_given_up.emit())
        self.everything.clicked.connect(lambda _checked=False: self.everything_asked.emit())
        self.set_aside.clicked.connect(lambda _checked=False: self.set_aside_asked.emit())
        self.show_moving(None)
        self.set_aside.hide()

    def _build(self) -> None:
        kept = QHBoxLayout()
        kept.setSpacing(18)
        kept.addWidget(self.keep)
        kept.addWidget(self.protected)
        kept.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.amount)
        words.addWidget(self.place)
        held = QHBoxLayout()
        held.setSpacing(8)
        held.addLayout(words, 1)
        held.addWidget(self.set_aside)
        held.addWidget(self.everything)
        held.addWidget(self.move_button)
        moving = QHBoxLayout()
        moving.setSpacing(8)
        moving.addWidget(self.progress, 1)
        moving.addWidget(self.give_up)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(kept)
        column.addLayout(held)
        column.addLayout(moving)

    def show_settings(self, settings: LibrarySettings) -> None:
        """Show what is kept."""
        self.keep.setChecked(settings.keep)
        self.protected.setChecked(settings.keep_protected)
        self.protected.setEnabled(settings.keep)

    def show_size(self, size: LibrarySize | None, folder: Path) -> None:
        """Show how much there is, None for nothing yet, and where."""
        self.amount.setText(self.tr("Nothing is kept yet") if size is None else size_words(size))
        self._folder = str(folder)
        self._elide_soon.start()
        self.everything.setEnabled(size is not None and bool(size.documents or size.set_aside_bytes))
        aside = 0 if size is None else size.set_aside_bytes
        self.set_aside.setVisible(aside > 0)
        self.set_aside.setText(self.tr("Remove damaged library ({size})…").format(size=data_size(aside)))

    def show_unreachable(self, folder: Path) -> None:
        """Say that the library cannot be reached where it lies."""
        self.show_size(None, folder)
        self.amount.setText(self.tr("The library cannot be reached"))

    def show_moving(self, share: float | None, words: str = "") -> None:
        """Show how much is copied, 0 to 1; None where nothing is being moved."""
        busy = share is not None
        self.progress.setVisible(busy)
        self.give_up.setVisible(busy)
        self.move_button.setEnabled(not busy)
        if share is not None:
            self.progress.setValue(round(share * MOVE_STEPS))
            self.progress.setFormat(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the folder in its middle where it has no room."""
        super().resizeEvent(event)
        self._elide_soon.start()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide_soon.start()

    def _elide(self) -> None:
        self.place.setText(
            self.place.fontMetrics().elidedText(self._folder, Qt.TextElideMode.ElideMiddle, self.place.width())
        )
        self.place.setToolTip(as_tip(self._folder))
        self.place.setAccessibleName(self._folder)
