"""The setup's news as Qt signals: gathered, so that a copy that tells its bytes all the time costs little."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.events import EngineChanged, Event, Listener, OverviewChanged, SetupChanged, SetupProgressed

if TYPE_CHECKING:
    from engine.server.state import ServerStatus
    from engine.setup.steps import StepStatus

GATHER_MS = 40
Subscribe = Callable[[Listener], Callable[[], None]]


class SetupNews(QObject):
    """Hears the engine and its setup; each signal carries the newest of its kind."""

    steps_changed = Signal(object)
    """tuple[StepStatus, ...]: how every step stands, in order."""
    progressed = Signal(object, object)
    """Step and CopyProgress."""
    engine_changed = Signal(object)
    """ServerStatus."""
    overview_changed = Signal(object)
    """Overview."""

    def __init__(self, subscribe: Subscribe, parent: QObject | None = None) -> None:
        """Listen from now on.

        Args:
            subscribe: The service's.
            parent: Its owner; it ends with it.
        """
        super().__init__(parent)
        self._steps: tuple[StepStatus, ...] | None = None
        self._progress: SetupProgressed | None = None
        self._status: ServerStatus | None = None
        self._overview: OverviewChanged | None = None
        self._timer = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._timer.timeout.connect(self.flush)
        unsubscribe = subscribe(self.hear)
        self.destroyed.connect(lambda: unsubscribe())

    def hear(self, event: Event) -> None:
        """Take an event; called on the loop, returns at once."""
        match event:
            case SetupChanged():
                self._steps = event.steps
            case SetupProgressed():
                self._progress = event
            case EngineChanged():
                self._status = event.status
            case OverviewChanged():
                self._overview = event
            case _:
                return
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Hand over what was gathered: first how the steps stand, then what there is to say of them."""
        self._timer.stop()
        overview, self._overview = self._overview, None
        steps, self._steps = self._steps, None
        progress, self._progress = self._progress, None
        status, self._status = self._status, None
        if overview is not None:
            self.overview_changed.emit(overview.overview)
        if steps is not None:
            self.steps_changed.emit(steps)
        if progress is not None:
            self.progressed.emit(progress.step, progress.progress)
        if status is not None:
            self.engine_changed.emit(status)
