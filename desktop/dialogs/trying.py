"""A dialog for another way of reading pages: fields, buttons that try and use them, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.engine_words import error_title
from desktop.views.banner import Banner, Tone
from desktop.views.engine_log import shown
from desktop.views.engine_state import words_label
from desktop.views.setup_choices import roomy
from desktop.words import error_words
from engine.errors import DiglotError

WIDTH = 560


class TryDialog(QDialog):
    """Shows what it is told; whoever opened it tries and uses."""

    test_asked = Signal()
    use_asked = Signal()
    stop_asked = Signal()
    """What is in use is to be used no longer."""
    given_up = Signal()
    """What is being tried is not waited for any more."""

    def __init__(self, parent: QWidget | None, height: int) -> None:
        """Build the frame; `height` has room for what is usually said at its foot, so that little jumps."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self._allowed = True
        self.about = words_label(self)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(8)
        self.notes = QVBoxLayout()
        self.notes.setSpacing(8)
        self.outcome, self.error = words_label(self), Banner(Tone.ERROR, lasting=True)
        self.busy = QProgressBar(self)
        self.busy.setMaximum(0)
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(6)
        self.busy.setAccessibleName(self.tr("At work"))
        self.test, self.stop = QPushButton(self.tr("Test"), self), QPushButton(self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.use = self.buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.clicked.connect(self.use_asked)
        self.test.clicked.connect(self.test_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.stop.setAutoDefault(False)
        self.test.setAutoDefault(False)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self.given_up)
        self.stop.hide()
        self._build(height)
        self.show_nothing()

    def _build(self, height: int) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.test)
        foot.addWidget(self.stop)
        foot.addWidget(self.buttons, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(12)
        column.addWidget(self.about)
        column.addLayout(self.form)
        column.addLayout(self.notes)
        column.addWidget(self.busy)
        column.addWidget(self.outcome)
        column.addWidget(self.error)
        column.addStretch()
        column.addLayout(foot)
        self.setMinimumWidth(WIDTH)
        self.resize(WIDTH, height)
        roomy(self.test, self.stop, self.use, self.buttons.button(QDialogButtonBox.StandardButton.Cancel))

    def allow(self, allowed: bool) -> None:
        """Let what has been entered be tried and used, or not."""
        self._allowed = allowed
        self._dress(busy=self.busy.isVisibleTo(self))

    def show_nothing(self) -> None:
        """Nothing has been tried."""
        self._say("", None, busy=False)

    def show_busy(self, words: str) -> None:
        """Say what is being done."""
        self._say(words, None, busy=True)

    def show_result(self, words: str) -> None:
        """Say what came of it."""
        self._say(words, None, busy=False)

    def show_error(self, error: DiglotError) -> None:
        """Say what went wrong, and what to do."""
        self._say("", error, busy=False)

    def offer_stop(self, words: str) -> None:
        """Offer not to use any more what is used now; "" where it is not used."""
        self.stop.setText(words)
        self.stop.setVisible(bool(words))

    def _say(self, words: str, error: DiglotError | None, *, busy: bool) -> None:
        self.outcome.setText(words)
        self.outcome.setVisible(bool(words))
        self.error.setVisible(error is not None)
        if error is not None:
            detail = shown(error.detail)
            self.error.say(shown(error_title(error)), "\n".join(filter(None, (error_words(error).advice, detail))))
        self._dress(busy=busy)
        self.grow()

    def grow(self) -> None:
        """Grow to what the words need; wrapped ones do not ask for it by themselves."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            needed = layout.heightForWidth(self.width())
            if needed > self.height():
                self.resize(self.width(), needed)

    def _dress(self, *, busy: bool) -> None:
        self.busy.setVisible(busy)
        for button in (self.test, self.use):
            button.setEnabled(self._allowed and not busy)
        self.stop.setEnabled(not busy)


def quiet(dialog: QWidget, words: str) -> QWidget:
    """Return a label for words that only explain."""
    label = words_label(dialog)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setText(words)
    return label
