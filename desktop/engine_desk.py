"""The engine's desk: a person's wishes become calls to the engine, its news a change of badge, actions and panel."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.bridge import Bridge
from desktop.engine_figures import gib
from desktop.engine_words import host_of, remote_words, state_words
from desktop.models.engine import offers, without_ours
from desktop.views.engine_sign import Sign
from desktop.views.engine_state import SIGNS
from desktop.views.main_window import MainWindow
from engine.engine_errors import Remedy, RemedyKind
from engine.errors import DiglotError
from engine.server.state import ServerState, ServerStatus

if TYPE_CHECKING:  # built when the panel is opened
    from desktop.views.engine_panel import EnginePanel
    from engine.local_engine import LocalEngine
    from engine.server.metrics import Sample

ENGINE_KEY = "engine"
LOOK_KEY = "engine look"
LOOK_EVERY_MS = 5000
"""While the panel is open: who else uses the card changes, and the person may be closing programs for us."""


IN_MOTION = (ServerState.STARTING, ServerState.STOPPING)


class EngineDesk(QObject):
    """Joins the engine and the window. The panel is built when it is first opened."""

    set_up_asked = Signal()
    """The setup is to be opened."""

    def __init__(self, window: MainWindow, bridge: Bridge, engine: LocalEngine, *, may_start: bool = True) -> None:
        """Join them.

        Args:
            window: The window, built and perhaps shown.
            bridge: Brings the engine's news.
            engine: The engine.
            may_start: Whether the engine is started now where the person has chosen that.
        """
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._engine = engine
        self._panel: EnginePanel | None = None
        self._checking = False
        self._looking = False
        self._plan = engine.plan  # of what runs, and what was chosen when that was started
        self._ran_with = self._chosen() if self._plan is not None else None
        self._status = engine.status
        self._remote = ""
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self.look)
        self._listen()
        window.dress_engine()
        self._show_status(engine.status)
        bridge.start(self._begin(may_start=may_start), key=LOOK_KEY)

    def furnish(self) -> None:
        """Build the panel, which can be opened at once then. Safe to call again."""
        if self._panel is None:
            self._panel = self._build()

    def look(self) -> None:
        """Look at cards, engine and model anew, unless that is being done or the memory is just changing hands."""
        if not self._looking and self._status.state not in IN_MOTION:
            self._looking = True
            self._bridge.start(self._refresh(), key=LOOK_KEY)

    def takes(self, error: Exception, key: str) -> bool:
        """Show an error of the engine's in the open panel and return True, or leave it to others."""
        if key == LOOK_KEY:
            return isinstance(error, DiglotError)  # what cannot be looked at now is looked at again
        if (
            key != ENGINE_KEY
            or self._panel is None
            or not self._panel.isVisible()
            or not isinstance(error, DiglotError)
        ):
            return False
        self._panel.state.show_trouble(error)
        return True

    # -- wishes

    def _listen(self) -> None:
        bridge, acts = self._bridge, self._window.acts
        bridge.engine_changed.connect(self._changed)
        bridge.engine_measured.connect(self._measured)
        bridge.engine_logged.connect(lambda lines: self._panel.log.add(lines) if self._panel is not None else None)
        bridge.overview_changed.connect(lambda _overview: self._show_overview())
        acts.engine.toggled.connect(self._toggled)
        for action, wish in (
            (acts.engine_start, self._engine.start),
            (acts.engine_stop, self._engine.stop),
            (acts.engine_sleep, self._engine.sleep),
            (acts.engine_wake, self._engine.wake),
            (acts.engine_check, self._check),
        ):
            action.triggered.connect(lambda _checked=False, wish=wish: self._ask(wish()))
        acts.engine_set_up.triggered.connect(lambda _checked=False: self.set_up_asked.emit())

    def _ask(self, work: Coroutine[Any, Any, Any]) -> None:
        if self._panel is not None:
            self._panel.state.show_trouble(None)
        self._bridge.start(work, key=ENGINE_KEY)

    def apply(self, remedy: Remedy) -> None:
        """Do what would help the engine, as the button of its trouble does."""
        if remedy.kind is RemedyKind.SET_UP:
            self.set_up_asked.emit()
        elif remedy.kind is RemedyKind.CHECK:
            self._ask(self._check(remedy))
        else:
            self._ask(self._apply_and_show(remedy))

    async def _apply_and_show(self, remedy: Remedy) -> None:
        try:
            await self._engine.apply(remedy)
        finally:
            self._show_settings()

    async def _check(self, remedy: Remedy | None = None) -> None:
        self._checking = True
        self._show_status(self._status)
        try:
            await (self._engine.check() if remedy is None else self._engine.apply(remedy))
        finally:
            self._checking = False
            self._show_status(self._engine.status)

    async def _begin(self, *, may_start: bool) -> None:
        settings = await asyncio.to_thread(lambda: self._engine.settings)  # read from the disk at the first look
        if self._window.acts.engine.isChecked():
            self._open(focus=False)
        self._looking = True
        await self._refresh()
        if may_start and settings.start_with_window and self._status.state is ServerState.STOPPED:
            self._ask(self._engine.start())

    async def _refresh(self) -> None:
        try:
            await self._engine.refresh()
        finally:
            self._looking = False

    async def _change(self, **changes: object) -> None:
        settings = self._engine.settings
        if any(getattr(settings, name) != value for name, value in changes.items()):
            await self._engine.change(**changes)
        self._show_settings()

    # -- news

    def _changed(self, status: ServerStatus) -> None:
        if self._engine.plan is not self._plan:  # another start
            self._plan, self._ran_with = self._engine.plan, self._chosen()
        moved = status.state is not self._status.state
        self._show_status(status)
        if moved and self._look.isActive():
            self.look()  # it holds more of the card now, or less

    def _measured(self, sample: Sample, used: int | None) -> None:
        if self._panel is not None and self._status.state is ServerState.READY:
            self._panel.live.show_sample(sample, used)

    def _show_overview(self) -> None:
        if self._panel is None:
            return
        overview = self._engine.overview
        card = overview.card if overview is not None else None
        if overview is not None and card is not None:
            card = without_ours(card, overview.held_bytes, overview.own_pids)
        self._panel.memory.show_overview(overview, card)
        self._show_settings()

    def _show_status(self, status: ServerStatus) -> None:
        self._status = status
        self._window.acts.set_engine(offers(status, checking=self._checking))
        self._show_badge(status)
        if status.remote != self._remote:
            self._remote = status.remote
            self._window.show_remote(remote_words(status.remote) if status.remote else "")
        if self._panel is not None:
            self._panel.show_status(status, checking=self._checking)
            if status.state is not ServerState.READY:
                self._panel.live.show_nothing()
            self._show_restart()

    def _show_badge(self, status: ServerStatus) -> None:
        words = state_words(status)
        if status.remote:
            sign = Sign.FAILED if status.state is ServerState.FAILED else Sign.AWAY
            self._window.badge.show_state(sign, host_of(status.remote), remote_words(status.remote))
            return
        sign, shown = SIGNS[status.state], words.word
        match status.state:
            case ServerState.STARTING:
                if status.progress is not None:
                    shown = f"{words.word} {round(status.progress * 100)} %"
            case ServerState.READY if status.check_progress is not None:  # pages wait for it
                sign = SIGNS[ServerState.STARTING]
                shown = self.tr("Self-check {percent} %").format(percent=round(status.check_progress * 100))
            case ServerState.READY:
                if self._engine.plan is not None:
                    shown = f"{words.word} {gib(self._engine.plan.budget_bytes)}"
        self._window.badge.show_state(sign, shown, words.sentence)

    # -- the panel

    def _toggled(self, wanted: bool) -> None:
        if wanted:
            self._open(focus=True)
        elif self._panel is not None:
            self._look.stop()
            had_focus = self._panel.isAncestorOf(self._window.focusWidget() or self._window)
            self._window.engine_dock().hide()
            if had_focus:
                self._window.focus_work()

    def _open(self, *, focus: bool) -> None:
        self.furnish()
        assert self._panel is not None
        self._show_overview()
        dock = self._window.engine_dock()
        dock.put(self._panel)
        dock.show()
        self._look.start()
        self.look()
        if focus:
            self._panel.focus_first()

    def _build(self) -> EnginePanel:
        from desktop.views.engine_panel import EnginePanel

        panel = EnginePanel(self._window.acts, self._engine.plan_for)
        panel.state.remedy_chosen.connect(self.apply)
        panel.memory.budget_chosen.connect(lambda size: self._ask(self._change(budget_bytes=size)))
        panel.memory.card_chosen.connect(lambda uuid: self._ask(self._change_card(uuid)))
        panel.memory.restart_asked.connect(lambda: self._ask(self._engine.restart()))
        panel.idle_chosen.connect(lambda minutes: self._ask(self._change(idle_minutes=minutes)))
        panel.start_with_window_chosen.connect(lambda wanted: self._ask(self._change(start_with_window=wanted)))
        panel.show_status(self._status, checking=self._checking)
        panel.live.show_samples(self._engine.samples())
        panel.log.show_lines(self._engine.log_lines())
        return panel

    async def _change_card(self, uuid: str) -> None:
        await self._change(card=uuid)
        await self._engine.refresh()

    def _show_settings(self) -> None:
        if self._panel is not None:
            self._panel.show_settings(self._engine.settings)
            self._show_restart()

    def _show_restart(self) -> None:
        if self._panel is not None:
            running = self._status.running and self._status.state is not ServerState.STOPPING
            changed = self._ran_with != self._chosen()
            self._panel.memory.show_restart(running=running, changed=changed, seconds=self._engine.start_seconds)

    def _chosen(self) -> tuple[object, ...]:
        """Return what a start takes from the settings and the panel lets one change."""
        settings = self._engine.settings
        return settings.budget_bytes, settings.card, settings.max_tokens
