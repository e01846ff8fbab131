"""The setup: the steps that bring the engine onto this machine, and beside them the one that is looked at, in full.

It blocks nothing: documents can be read while it works, and closing it leaves the work going on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs.setup_places import choose_archive, choose_kit, choose_model_folder
from desktop.intake import intake
from desktop.models.setup import STEPS, StepsModel, left, missing
from desktop.setup_figures import check_words, progress_words
from desktop.views.banner import Banner, Tone
from desktop.views.engine_state import words_label
from desktop.views.setup_choices import Choices, LookChoices, RunChoices, roomy, rule
from desktop.views.setup_engine import EngineChoices
from desktop.views.setup_foot import SetupFoot
from desktop.views.setup_licence import LicenceChoices
from desktop.views.setup_pane import StepPane
from desktop.views.setup_ready import ReadyPane
from desktop.views.setup_steps import StepList
from desktop.views.setup_weights import WeightsChoices
from engine.setup.steps import Step, StepState, StepStatus

if TYPE_CHECKING:
    from engine.local_setup import SetupChoice
    from engine.server.state import ServerStatus
    from engine.setup.progress import CopyProgress

SIZE = QSize(920, 660)
LEAST = QSize(760, 500)


class SetupDialog(QDialog):
    """Shows what it is told, and tells what a person wishes; `desktop.setup_desk` does it."""

    take_asked = Signal(object, object)
    """Step and SetupChoice: the step is to be taken with it."""
    skip_asked = Signal(object)
    """Step."""
    cancel_asked = Signal()
    rest_asked = Signal()
    """Everything that is left is to be set up."""
    remedy_chosen = Signal(object)
    """Remedy: the button of what would help was pressed."""
    kit_chosen = Signal(object)
    """Path: this folder may hold an engine kit."""
    model_chosen = Signal(object)
    """Path: this folder, drive or archive may hold a model."""
    dropped = Signal(object)
    """Path: this was dropped here, and may hold either."""
    server_asked = Signal()
    """A shared server is to be chosen."""
    launch_asked = Signal(object)
    """LaunchKind: the engine is to run in a container or in WSL."""
    here_asked = Signal()
    """This computer shall read the pages again, and in no container."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setAcceptDrops(True)
        self.model = StepsModel(self)
        self._in_place: tuple[Step, ...] = ()
        self._shut: tuple[Step, ...] = ()
        self._waiting: tuple[Step, ...] = ()
        self._words: dict[Step, str] = {}
        self._was_complete = False
        self.engine, self.weights, self.licence = EngineChoices(), WeightsChoices(), LicenceChoices()
        self._card = LookChoices(Step.CARD)
        choices: dict[Step, Choices] = {
            Step.CARD: self._card,
            Step.DRIVER: LookChoices(Step.DRIVER),
            Step.SPACE: LookChoices(Step.SPACE),
            Step.ENGINE: self.engine,
            Step.WEIGHTS: self.weights,
            Step.LICENCE: self.licence,
            Step.START: RunChoices(Step.START),
            Step.CHECK: RunChoices(Step.CHECK),
        }
        self.panes = {step: StepPane(step, choices[step]) for step in STEPS}
        self.ready = ReadyPane()
        self.list = StepList(self.model)
        self._pages = QStackedWidget()
        self._intro = words_label(self)
        self.elsewhere, self.here = Banner(Tone.NOTE, lasting=True), QPushButton()
        self.foot = SetupFoot()
        self._build()
        self._connect()
        self.retranslate()
        self.resize(SIZE)
        self.setMinimumSize(LEAST)
        self.go_to(Step.CARD)

    def _build(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(22, 14, 22, 12)
        head.addWidget(self._intro)
        row = self.elsewhere.layout()
        assert isinstance(row, QHBoxLayout)
        row.addWidget(self.here, 0, Qt.AlignmentFlag.AlignVCenter)
        roomy(self.here)
        self.here.setAutoDefault(False)
        self.elsewhere.hide()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.list)
        middle.addWidget(rule(upright=True))
        for pane in self.panes.values():
            self._pages.addWidget(pane)
        self._pages.addWidget(self.ready)
        middle.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.elsewhere)
        column.addWidget(rule())
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addWidget(self.foot)

    def _connect(self) -> None:
        self.list.step_chosen.connect(self._show)
        for pane in self.panes.values():
            pane.taken.connect(self.take_asked)
            pane.skipped.connect(self.skip_asked)
            pane.cancelled.connect(self.cancel_asked)
            pane.remedy_chosen.connect(self.remedy_chosen)
            pane.step_wanted.connect(self.go_to)
        self._card.server_asked.connect(self.server_asked)
        self.engine.kit_wanted.connect(lambda: choose_kit(self, self.kit_chosen.emit))
        self.weights.folder_wanted.connect(lambda: choose_model_folder(self, self.model_chosen.emit))
        self.weights.archive_wanted.connect(lambda: choose_archive(self, self.model_chosen.emit))
        self.here.clicked.connect(self.here_asked)
        self.foot.server_asked.connect(self.server_asked)
        self.foot.launch_asked.connect(self.launch_asked)
        self.foot.rest_asked.connect(self.rest_asked)
        self.foot.close_asked.connect(self.close)

    # -- what it is told

    def show_steps(self, steps: Sequence[StepStatus], *, waiting: Collection[Step] = ()) -> None:
        """Show how the steps stand, and which of them are taken as soon as others are finished."""
        before = self.model.steps
        self._waiting = tuple(waiting)
        self.model.update(steps, waiting=self._waiting)
        self._dress_panes()
        self._follow(before)
        self._dress_foot()

    def show_progress(self, step: Step, progress: CopyProgress) -> None:
        """Show how many bytes of a step at work are done."""
        if self.model.status(step).state is StepState.WORKING:
            self.panes[step].work.show_progress(progress)
            self.model.show_progress(step, progress_words(progress))

    def show_server(self, status: ServerStatus, planned: int) -> None:
        """Show how far a start is, and what the self-check found; `planned` pages at once were planned for."""
        for step in (Step.START, Step.CHECK):
            if self.model.status(step).state is StepState.WORKING:
                self.panes[step].work.show_server(status)
                self.model.show_progress(step, self.panes[step].work.words.text())
        self.say(Step.CHECK, check_words(status, planned))

    def say(self, step: Step, words: str) -> None:
        """Say something about a step, in place of its error's own words where it has failed."""
        if self._words.get(step, "") != words:
            self._words[step] = words
            self._dress_panes()
            self._dress_foot()

    def show_way(self, words: str, more: str, *, in_place: Collection[Step], shut: Collection[Step]) -> None:
        """Say that another way than the usual one is used.

        Args:
            words: What is used instead, "" for the usual way.
            more: What that means.
            in_place: The steps that it stands in for.
            shut: The steps that make no sense with it.
        """
        self._in_place, self._shut = tuple(in_place), tuple(shut)
        self.elsewhere.say(words, more)
        self.elsewhere.setVisible(bool(words))
        self._dress_panes()
        self._dress_foot()

    def go_to(self, step: Step) -> None:
        """Show a step in full."""
        self.list.choose(step)

    @property
    def chosen(self) -> dict[Step, SetupChoice]:
        """The steps for which everything has been chosen, with the choice."""
        found = {step: pane.choices.ready() for step, pane in self.panes.items()}
        return {step: choice for step, choice in found.items() if choice is not None}

    # -- how it looks

    def _show(self, step: Step) -> None:
        self._pages.setCurrentWidget(self.panes[step])

    def _dress_panes(self) -> None:
        steps = self.model.steps
        for status in steps:
            pane, step = self.panes[status.step], status.step
            pane.choices.set_missing(missing(step, steps, in_place=self._in_place), shut=step in self._shut)
            failed = status.state is StepState.FAILED
            words = self._words.get(step, "")
            pane.show_status(
                status, waiting=step in self._waiting, words=words if failed else "", remark="" if failed else words
            )
        self._card.offer_server(self.model.status(Step.CARD).state is StepState.FAILED)
        accepted = self.model.status(Step.LICENCE).state is StepState.DONE
        self.weights.show_accepted(accepted)
        self.licence.show_accepted(accepted)

    def _follow(self, before: Sequence[StepStatus]) -> None:
        """Go where the work is: to a step that begins, and on from one that is done, if it is the one looked at."""
        now = {each.step: each.state for each in self.model.steps}
        then = {each.step: each.state for each in before}
        begun = [step for step in STEPS if now[step] is StepState.WORKING and then[step] is not StepState.WORKING]
        was_complete, self._was_complete = self._was_complete, self.complete
        if self.complete and not was_complete:
            self.list.choose(None)
            self._pages.setCurrentWidget(self.ready)
        elif begun:
            self.go_to(begun[0])
        elif (at := self.list.step) is not None and then[at] is StepState.WORKING and now[at] is StepState.DONE:
            rest = left(self.model.steps, in_place=self._in_place)
            if rest and StepState.WORKING not in now.values():
                self.go_to(rest[0])

    @property
    def complete(self) -> bool:
        """Whether the engine is ready, and nothing is at work or left."""
        states = {each.step: each.state for each in self.model.steps}
        return states[Step.START] is StepState.DONE and not left(self.model.steps, in_place=self._in_place)

    def _dress_foot(self) -> None:
        steps = self.model.steps
        self.foot.show_complete(self.complete, something_left=bool(left(steps, in_place=self._in_place)))
        self.ready.show_result(self._words.get(Step.CHECK, ""))
        if any(each.state is StepState.WORKING for each in steps):
            self.foot.remind("")

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self.setWindowTitle(self.tr("Set up the engine"))
        self._intro.setText(
            self.tr(
                "With the engine, a model on this computer's graphics card reads the pages. Until it is set up, the"
                " built-in reader does. Every step can be left out and taken later."
            )
        )
        self.here.setText(self.tr("Use this computer's engine"))
        self.model.retranslate()
        self.list.retranslate()
        for pane in self.panes.values():
            pane.retranslate()
        self.ready.retranslate()
        self.foot.retranslate()

    # -- events

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome one folder or file."""
        if self._dropped(event) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        path = self._dropped(event)
        if path is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(path)

    def _dropped(self, event: QDropEvent) -> Path | None:
        taken = intake(event.mimeData())
        return taken.paths[0] if taken is not None and len(taken.paths) == 1 else None
