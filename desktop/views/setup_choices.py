"""What a person can choose for a step of the setup: the frame for it, and the steps that are a button only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.setup_words import waits_words
from desktop.views.engine_state import words_label
from engine.local_setup import SetupChoice
from engine.setup.steps import Step, StepState

BUTTON_HEIGHT = 28


class Choices(QWidget):
    """The part of a step's pane where something is chosen."""

    asked = Signal(object)
    """SetupChoice: the step is to be taken with it."""
    step_wanted = Signal(object)
    """Step: another one has to come first."""

    def ready(self) -> SetupChoice | None:
        """Return what has been chosen and needs no more than a start, None where something is missing."""
        return None

    def set_missing(self, missing: tuple[Step, ...], *, shut: bool = False) -> None:
        """Say what has to be done before; `shut` says that it makes no sense with the way that is used now."""

    def show_state(self, state: StepState) -> None:
        """Show what can be chosen while the step stands so."""

    def forget_errors(self) -> None:
        """Forget what was wrong with something that was chosen, as the step stands differently now."""

    def retranslate(self) -> None:
        """Say everything anew, in another language."""


class LookChoices(Choices):
    """A step that is taken by looking at the machine."""

    server_asked = Signal()
    """A shared server shall read the pages."""

    def __init__(self, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = step
        self.look, self.server = QPushButton(self), QPushButton(self)
        roomy(self.look, self.server)
        self.look.clicked.connect(lambda: self.asked.emit(SetupChoice()))
        self.server.clicked.connect(self.server_asked)
        self.server.setVisible(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.look, self.server):
            row.addWidget(button)
        row.addStretch()
        self.retranslate()

    def offer_server(self, wanted: bool) -> None:
        """Offer what works without a card."""
        self.server.setVisible(wanted)

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self.look.setText(self.tr("Look again"))
        self.server.setText(self.tr("Use a shared server…"))


class RunChoices(Choices):
    """The first start and the self-check: a button, and what has to be done before it can be pressed."""

    def __init__(self, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = step
        self._missing: tuple[Step, ...] = ()
        self._shut = False
        self._state = StepState.OPEN
        self.waits = words_label(self)
        self.waits.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.run = QPushButton(self)
        roomy(self.run)
        self.run.clicked.connect(lambda: self.asked.emit(SetupChoice()))
        row = QHBoxLayout()
        row.addWidget(self.run)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.waits)
        column.addLayout(row)
        self.retranslate()

    def set_missing(self, missing: tuple[Step, ...], *, shut: bool = False) -> None:
        """Say what has to be done before; `shut` says that it makes no sense with the way that is used now."""
        self._missing, self._shut = missing, shut
        words = self.tr("A shared server reads the pages now.") if shut else waits_words(self._step, missing)
        self.run.setEnabled(not words)
        self.waits.setVisible(bool(words))
        self.waits.setText(words)

    def show_state(self, state: StepState) -> None:
        """Show the button where it does something: what runs need not be started, what failed has another one."""
        self._state = state
        runs = state is StepState.DONE and self._step is Step.START
        self.run.setVisible(not runs and state is not StepState.FAILED)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        if self._step is Step.START:
            self.run.setText(self.tr("Start the engine"))
        elif self._state is StepState.DONE:
            self.run.setText(self.tr("Run it again"))
        else:
            self.run.setText(self.tr("Run the self-check"))
        self.set_missing(self._missing, shut=self._shut)


def heading(parent: QWidget) -> QLabel:
    """Return a label for the words above a group of choices."""
    label = words_label(parent)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def roomy(*buttons: QPushButton) -> None:
    """Give buttons a height that is easily met."""
    for button in buttons:
        button.setMinimumHeight(BUTTON_HEIGHT)


def in_row(*buttons: QPushButton) -> QHBoxLayout:
    """Return the buttons beside one another, at the left."""
    roomy(*buttons)
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch()
    return row


def rule(*, upright: bool = False) -> QFrame:
    """Return a thin line between two parts."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.VLine if upright else QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setForegroundRole(QPalette.ColorRole.Mid)
    if upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
