"""One step of the setup in full: what it is, what was found, how far it is or what went wrong, what can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.models.setup import shown_state
from desktop.setup_words import found_words, state_word, step_words
from desktop.views.engine_state import words_label
from desktop.views.setup_choices import Choices, roomy
from desktop.views.setup_sign import StepSign
from desktop.views.setup_work import TroubleView, WorkView
from engine.setup.steps import Step, StepState, StepStatus

if TYPE_CHECKING:
    from engine.local_setup import SetupChoice

EDGE = 22
TALL = (Step.ENGINE, Step.LICENCE)
"""Steps with something to choose that takes all the room there is."""


class StepPane(QScrollArea):
    """Scrolls where the window is too low for it."""

    taken = Signal(object, object)
    """Step and SetupChoice: it is to be taken."""
    skipped = Signal(object)
    """Step: it is to be left out, or not to be taken in its turn."""
    cancelled = Signal()
    remedy_chosen = Signal(object)
    step_wanted = Signal(object)

    def __init__(self, step: Step, choices: Choices, parent: QWidget | None = None) -> None:
        """Build it.

        Args:
            step: What it shows.
            choices: What a person can choose for it.
            parent: Its owner.
        """
        super().__init__(parent)
        self.step = step
        self.choices = choices
        self._status = StepStatus(step, StepState.OPEN)
        self._last: SetupChoice | None = None
        self._remark = ""
        self._waiting = False
        self._unfolded = False
        self._sign, self._title, self.state = StepSign(), QLabel(), QLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        self._title.setFont(font)
        for label in (self._title, self.state):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.about, self.found, self.remark = words_label(self), words_label(self), words_label(self)
        for label in (self.state, self.about, self.remark):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.work, self.trouble = WorkView(step), TroubleView()
        self.again, self.skip = QPushButton(), QPushButton()
        roomy(self.again, self.skip, self.work.cancel, self.trouble.again, self.trouble.remedy, self.trouble.licence)
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._sign)
        head.addWidget(self._title, 1)
        head.addWidget(self.state, 0, Qt.AlignmentFlag.AlignBottom)
        foot = QHBoxLayout()
        foot.addWidget(self.again)
        foot.addStretch()
        foot.addWidget(self.skip)
        column = QVBoxLayout(inside)
        column.setContentsMargins(EDGE, 18, EDGE, 14)
        column.setSpacing(12)
        column.addLayout(head)
        for part in (self.about, self.found, self.remark, self.work, self.trouble):
            column.addWidget(part)
        column.addWidget(self.choices, 1 if self.step in TALL else 0)
        column.addStretch()
        column.addLayout(foot)
        self.setWidget(inside)

    def _connect(self) -> None:
        self.choices.asked.connect(self._take)
        self.choices.step_wanted.connect(self.step_wanted)
        self.trouble.again_asked.connect(self._take_again)
        self.trouble.remedy_chosen.connect(self.remedy_chosen)
        self.trouble.step_wanted.connect(self.step_wanted)
        self.work.cancel_asked.connect(self.cancelled)
        self.skip.clicked.connect(lambda: self.skipped.emit(self.step))
        self.again.clicked.connect(self._unfold)

    def show_status(self, status: StepStatus, *, waiting: bool = False, words: str = "", remark: str = "") -> None:
        """Show how the step stands.

        Args:
            status: How it stands.
            waiting: Whether it is taken as soon as others are finished.
            words: What is said of its failure in place of the error's own words.
            remark: What else there is to say.
        """
        begun = status.state is StepState.WORKING and self._status.state is not StepState.WORKING
        if status.state is not self._status.state:
            self._unfolded = False
            self.choices.forget_errors()
        if begun:
            self.work.begin()
        self._status, self._waiting, self._remark = status, waiting, remark
        again = self._last is not None and not waiting
        self.trouble.show_error(
            status.error if status.state is StepState.FAILED and not waiting else None, again=again, words=words
        )
        self._dress()

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        words = step_words(self.step)
        self.setAccessibleName(words.name)
        self._title.setText(words.name)
        self.about.setText(words.about)
        self.work.retranslate()
        self.choices.retranslate()
        self._dress()

    def _dress(self) -> None:
        state = self._status.state
        self._sign.show_state(shown_state(self._status))
        self.state.setText(self.tr("waits for its turn") if self._waiting else state_word(self._status))
        found = found_words(self._status)
        told = self.step is Step.CHECK and self._remark  # the remark says it better
        self.found.setText(found)
        self.found.setVisible(bool(found) and not told and state is not StepState.WORKING)
        remark = self.tr("It is taken as soon as the step at work is finished.") if self._waiting else self._remark
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.work.setVisible(state is StepState.WORKING)
        self.choices.show_state(state)
        folded = self._folds and state is StepState.DONE and not self._unfolded
        self.choices.setVisible(state is not StepState.WORKING and not self._waiting and not folded)
        self.again.setText(self.tr("Choose another one…"))
        self.again.setVisible(folded)
        self.skip.setText(self.tr("Not now") if self._waiting else self.tr("Skip this step"))
        self.skip.setVisible(self._waiting or state in (StepState.OPEN, StepState.FAILED))

    @property
    def _folds(self) -> bool:
        """Whether there is nothing to choose any more once it is done."""
        return self.step in (Step.ENGINE, Step.WEIGHTS)

    def _take(self, choice: SetupChoice) -> None:
        self._last = choice
        self.taken.emit(self.step, choice)

    def _take_again(self) -> None:
        if self._last is not None:
            self._take(self._last)

    def _unfold(self) -> None:
        self._unfolded = True
        self._dress()
        self.choices.setFocus(Qt.FocusReason.OtherFocusReason)
