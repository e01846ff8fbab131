"""The setup's desk: a person's wishes become steps that are taken one after the other, the news a change of the dialog.

Only one step is taken at a time, as they share the disk and the engine. What is asked for meanwhile waits for its turn.
"""

from __future__ import annotations

import asyncio
import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.bridge import Bridge
from desktop.models.setup import STEPS
from desktop.setup_figures import draft_words, progress_words
from desktop.setup_looks import LOOK_KEY, SetupLooks
from desktop.setup_news import SetupNews, Subscribe
from desktop.setup_turns import Turns, to_choose
from desktop.setup_words import line_words, no_card_words, step_words
from engine.engine_errors import Remedy, RemedyKind
from engine.errors import Cancelled, DiglotError
from engine.local_setup import SetupChoice
from engine.server.state import ServerState, ServerStatus
from engine.setup.steps import Step, StepState, StepStatus

if TYPE_CHECKING:  # built when it is first opened
    from desktop.dialogs.setup import SetupDialog
    from desktop.other_ways import OtherWays
    from desktop.views.main_window import MainWindow
    from engine.local_engine import LocalEngine
    from engine.local_setup import LocalSetup
    from engine.server.overview import Overview
    from engine.setup.progress import CopyProgress

SETUP_KEY = "setup"
LONG = (Step.ENGINE, Step.WEIGHTS, Step.START, Step.CHECK)
"""Steps that take long enough to be told of in the window."""


class SetupDesk(QObject):
    """Joins the setup and its dialog, which is built when it is first opened. The work outlives the closed dialog."""

    working = Signal(str)
    """What is being set up and how far it is, in a line for the window; "" when nothing is any more."""

    def __init__(
        self, window: MainWindow, bridge: Bridge, engine: LocalEngine, setup: LocalSetup, subscribe: Subscribe
    ) -> None:
        """Listen to the setup.

        Args:
            window: The window that the dialog belongs to.
            bridge: Runs what takes time; what fails while the dialog is closed comes up through its `failed`.
            engine: The engine.
            setup: What brings it onto this machine.
            subscribe: The service's, to hear the events.
        """
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._engine = engine
        self._setup = setup
        self._dialog: SetupDialog | None = None
        self._ways: OtherWays | None = None
        self._looks: SetupLooks | None = None
        self._turns = Turns()
        self.busy = False
        """Whether steps are being taken one after the other."""
        self._looking: asyncio.Task[object] | None = None
        self._line = ""
        self._engine_state = engine.status.state
        news = SetupNews(subscribe, self)
        news.steps_changed.connect(self._steps_changed)
        news.progressed.connect(self._progressed)
        news.engine_changed.connect(self._engine_changed)
        news.overview_changed.connect(self._overview_changed)
        window.ended.connect(lambda: self._dialog.hide() if self._dialog is not None else None)

    def open(self, step: Step | None = None) -> SetupDialog:
        """Show the dialog, at a step if one is named, and look how things stand."""
        dialog = self._dialog
        if dialog is None:
            dialog = self._build()
            self._bridge.start(self._fill(dialog, go=step is None), key=LOOK_KEY)
        else:
            self._look()
        if step is not None:
            dialog.go_to(step)
        if dialog.isVisible():
            dialog.raise_()
        dialog.show()
        dialog.activateWindow()
        return dialog

    def _build(self) -> SetupDialog:
        from desktop.dialogs.setup import SetupDialog
        from desktop.other_ways import OtherWays

        dialog = self._dialog = SetupDialog(self._window)
        ways = self._ways = OtherWays(dialog, self._bridge, self._engine)
        ways.changed.connect(self._way_changed)
        dialog.take_asked.connect(self._ask)
        dialog.skip_asked.connect(self._skip)
        dialog.cancel_asked.connect(lambda: self._bridge.start(self._give_up(), key=SETUP_KEY))
        dialog.rest_asked.connect(self._ask_all)
        dialog.remedy_chosen.connect(lambda remedy: self._bridge.start(self._apply(remedy), key=SETUP_KEY))
        self._looks = SetupLooks(dialog, self._bridge)
        self._looks.chosen.connect(self._choice_made)
        dialog.server_asked.connect(ways.open_server)
        dialog.launch_asked.connect(ways.open_launch)
        dialog.here_asked.connect(ways.use_this_computer)
        dialog.show_steps(self._setup.steps)
        return dialog

    # -- looking

    async def _fill(self, dialog: SetupDialog, *, go: bool) -> None:
        """Show what has been chosen before and how things stand, and go where there is something to do."""
        await asyncio.to_thread(lambda: (self._engine.settings, self._setup.releases()))  # read at the first look
        self._show_way()
        self._look()
        await self._looked()
        if go and self._state(Step.CARD) is not StepState.FAILED:
            undone = [each.step for each in self._setup.steps if each.state is not StepState.DONE]
            if undone and dialog.list.step is Step.CARD:
                dialog.go_to(undone[0])

    def _look(self) -> None:
        """Look how things stand, unless that is being done; after every step the setup does so by itself."""
        if not self.busy and (self._looking is None or self._looking.done()):
            self._looking = self._bridge.start(self._setup.look(), key=LOOK_KEY)

    async def _looked(self) -> None:
        """Wait for a look that is under way: what it finds must not come in after a step has changed it."""
        if self._looking is not None:
            await asyncio.wait({self._looking})

    # -- taking steps

    def _ask(self, step: Step, choice: SetupChoice) -> None:
        """Take a step, now or when it is its turn. A consent shares nothing with what is at work, and need not wait."""
        if step is Step.LICENCE and self.busy:
            self._bridge.start(self._accept(), key=SETUP_KEY)
            return
        self._turns.ask(step, choice)
        self._go_on()

    def _ask_all(self) -> None:
        """Take all that is left, and go on by itself once the person has chosen what only a person can."""
        self._turns.ask_all()
        self._go_on()

    def _choice_made(self) -> None:
        if self._turns.all_wanted:
            self._go_on()

    def _go_on(self) -> None:
        self._show_steps()
        if not self.busy:
            self.busy = True
            self._bridge.start(self._work(), key=SETUP_KEY)

    async def _work(self) -> None:
        """Take the steps that were asked for, one after the other."""
        try:
            await self._looked()
            while (turn := self._next_turn()) is not None:
                await self._take(*turn)
        finally:
            self.busy = False
            self._show_steps()
        self._wait_for_choice()

    def _next_turn(self) -> tuple[Step, SetupChoice] | None:
        chosen = self._dialog.chosen if self._dialog is not None else {}
        return self._turns.next(self._setup.steps, chosen=chosen, in_place=self._in_place(), shut=self._shut())

    async def _take(self, step: Step, choice: SetupChoice) -> None:
        try:
            await self._setup.take(step, choice)
        except Cancelled:
            self._turns.clear()
        except DiglotError as error:
            if self._dialog is None or not self._dialog.isVisible():
                self._bridge.failed.emit(error, SETUP_KEY)  # the window says so, as nobody sees the dialog

    async def _accept(self) -> None:
        from engine.setup.licence import consent

        await self._engine.change(licence_accepted=consent(datetime.date.today()))
        await self._setup.look()

    def _wait_for_choice(self) -> None:
        """Where everything is wanted, go to the first step that has to be chosen for."""
        wanted = to_choose(self._setup.steps, in_place=self._in_place())
        if wanted is None:
            self._turns.all_wanted = False  # it was all that there was
        elif self._turns.all_wanted and self._dialog is not None:
            self._dialog.go_to(wanted)
            words = self.tr("“{step}” needs your choice; the rest follows by itself.")
            self._dialog.foot.remind(words.format(step=step_words(wanted).name))

    def _skip(self, step: Step) -> None:
        if not self._turns.drop(step):
            self._setup.skip(step)
            later = [each for each in STEPS[STEPS.index(step) + 1 :] if self._state(each) is StepState.OPEN]
            if later and self._dialog is not None:
                self._dialog.go_to(later[0])
        self._show_steps()

    async def _give_up(self) -> None:
        """Give up the step at work and what waits; an engine that is only starting is stopped, too."""
        self._turns.clear()
        step = self._setup.working
        await self._setup.cancel()
        if step in (Step.START, Step.CHECK) and self._engine.status.state is ServerState.STARTING:
            await self._engine.stop()

    async def _apply(self, remedy: Remedy) -> None:
        """Choose what would help, and try again."""
        match remedy.kind:
            case RemedyKind.USE_BUDGET:
                await self._engine.change(budget_bytes=remedy.value)
            case RemedyKind.USE_LENGTH:
                await self._engine.change(max_tokens=remedy.value)
        self._ask(Step.CHECK if remedy.kind is RemedyKind.CHECK else Step.START, SetupChoice())

    # -- news

    def _steps_changed(self, steps: tuple[StepStatus, ...]) -> None:
        working = next((each.step for each in steps if each.state is StepState.WORKING), None)
        self._tell(line_words(working) if working is not None and working in LONG else "")
        self._show_steps()

    def _progressed(self, step: Step, progress: CopyProgress) -> None:
        if self._state(step) is StepState.WORKING:
            self._tell(line_words(step, progress_words(progress)))
            if self._dialog is not None:
                self._dialog.show_progress(step, progress)

    def _engine_changed(self, status: ServerStatus) -> None:
        before, self._engine_state = self._engine_state, status.state
        if self._dialog is None:
            return
        self._dialog.show_server(status, self._planned())
        if status.state is not before and self._setup.working is None and self._dialog.isVisible():
            self._look()  # it was started or stopped elsewhere

    def _overview_changed(self, overview: Overview) -> None:
        dialog = self._dialog
        if dialog is None:
            return
        dialog.engine.show_releases(self._setup.releases(), overview.card, looked=True)
        dialog.say(Step.CARD, no_card_words(overview.survey.reason) if overview.card is None else "")
        dialog.say(Step.WEIGHTS, draft_words(overview.model) if overview.model is not None else "")
        self._show_way()
        if overview.model is not None and self._looks is not None:
            self._looks.show_licence_of(overview.model.folder)

    def _show_steps(self) -> None:
        if self._dialog is not None:
            self._dialog.show_steps(self._setup.steps, waiting=self._turns.waiting)
            self._dialog.show_server(self._engine.status, self._planned())

    # -- other ways

    def _way_changed(self) -> None:
        self._show_way()
        self._look()

    def _show_way(self) -> None:
        if self._dialog is not None and self._ways is not None:
            words, more = self._ways.words()
            self._dialog.show_way(words, more, in_place=self._in_place(), shut=self._shut())

    def _in_place(self) -> tuple[Step, ...]:
        return self._ways.in_place() if self._ways is not None else ()

    def _shut(self) -> tuple[Step, ...]:
        return self._ways.shut() if self._ways is not None else ()

    # -- small things

    def _state(self, step: Step) -> StepState:
        return self._setup.steps[STEPS.index(step)].state

    def _planned(self) -> int:
        plan = self._engine.plan
        return plan.pages_at_once if plan is not None else 0

    def _tell(self, line: str) -> None:
        if line != self._line:
            self._line = line
            self.working.emit(line)
