"""The engine panel: how the engine stands, what it may take, what it does and what it says, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.actions import Actions, plain_words
from desktop.engine_words import remote_words
from desktop.theme import view_colours
from desktop.views.banner import Banner, Tone
from desktop.views.engine_live import LiveView
from desktop.views.engine_log import EngineLog
from desktop.views.engine_memory import MemoryView, Planner
from desktop.views.engine_state import StateView
from engine.server.state import ServerState, ServerStatus

if TYPE_CHECKING:
    from engine.settings import EngineSettings

IDLE_MINUTES = (0, 5, 10, 30, 60)
EDGE = 14


class EnginePanel(QScrollArea):
    """Scrolls where the window is too low for it."""

    idle_chosen = Signal(int)
    """Minutes; 0 never."""
    start_with_window_chosen = Signal(bool)

    def __init__(self, actions: Actions, planner: Planner, parent: QWidget | None = None) -> None:
        """Build it empty.

        Args:
            actions: The window's; the panel's buttons are theirs.
            planner: Works out at once what an amount of memory gives.
            parent: Its owner.
        """
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._address = ""
        self._remote = Banner(Tone.NOTE, lasting=True)
        self._remote.hide()
        self.state = StateView()
        self._buttons = [
            _ActionButton(action)
            for action in (
                *(actions.engine_start, actions.engine_stop, actions.engine_sleep, actions.engine_wake),
                actions.engine_check,
            )
        ]
        self.memory = MemoryView(planner)
        self.live = LiveView()
        self._idle_name, self.idle = QLabel(), QComboBox()
        self._idle_name.setBuddy(self.idle)
        self._idle_name.setWordWrap(True)
        self.idle.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.idle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.idle.installEventFilter(self)
        self.idle.activated.connect(lambda row: self.idle_chosen.emit(self.idle.itemData(row)))
        self.start_with_window = QCheckBox()
        self.start_with_window.clicked.connect(self.start_with_window_chosen)
        self.log = EngineLog()
        self._build()
        self._dress()

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, EDGE)
        column.setSpacing(0)
        column.addWidget(self._remote)
        rows = QVBoxLayout()
        rows.setContentsMargins(EDGE, 6, EDGE, 0)
        rows.setSpacing(12)
        row = QWidget()
        buttons = QHBoxLayout(row)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(6)
        for button in self._buttons:
            buttons.addWidget(button)
        buttons.addStretch()
        self._idle_row = QWidget()
        idle = QHBoxLayout(self._idle_row)
        idle.setContentsMargins(0, 0, 0, 0)
        idle.addWidget(self._idle_name, 1)
        idle.addWidget(self.idle)
        between, before_live, before_log = _Rule(), _Rule(), _Rule()
        self._for_engine = (row, self.start_with_window, before_live, self.live, before_log, self.log)
        for part in (self.state, row, between, self.memory, self._idle_row, *self._for_engine[1:-1]):
            rows.addWidget(part)
        rows.addWidget(self.log, 1)
        rows.addStretch()  # for when the log is not there to take the room
        column.addLayout(rows, 1)
        self.setWidget(inside)

    def show_status(self, status: ServerStatus, *, checking: bool) -> None:
        """Show how the engine stands, and where pages go."""
        self.state.show_status(status, checking=checking)
        if status.remote != self._address:
            self._address = status.remote
            self._dress_remote()
        absent = status.state is ServerState.ABSENT  # nothing to steer yet: what it takes to change that, and no more
        for part in self._for_engine:
            part.setVisible(not absent)
        self.memory.setVisible(not status.remote)  # a shared server's memory is its own business
        self._idle_row.setVisible(not absent and not status.remote)

    def show_settings(self, settings: EngineSettings) -> None:
        """Show what the person has chosen."""
        self.memory.show_budget(settings.budget_bytes)
        self._show_idle(settings.idle_minutes)
        self.start_with_window.setChecked(settings.start_with_window)

    def minimumSizeHint(self) -> QSize:
        """Never be so narrow that something would be cut off at the side; that can be scrolled upwards only."""
        inside = self.widget()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        least = inside.minimumSizeHint().width() if inside is not None else 0
        return QSize(least + bar, super().minimumSizeHint().height())

    def focus_first(self) -> None:
        """Give the keyboard to the first thing that can be used."""
        usable = [button for button in self._buttons if button.isVisible() and button.isEnabled()]
        if self.state.remedy.isVisible():
            self.state.remedy.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif usable:
            usable[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keyboard on to what can be used when a key brought it here."""
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.ShortcutFocusReason:
            self.focus_first()

    def _show_idle(self, minutes: int) -> None:
        row = self.idle.findData(minutes)
        if row < 0:
            self.idle.addItem(self._idle_words(minutes), minutes)
            row = self.idle.count() - 1
        self.idle.setCurrentIndex(row)

    def _idle_words(self, minutes: int) -> str:
        return self.tr("after %n minute(s)", "", minutes) if minutes else self.tr("never")

    def _dress(self) -> None:
        self.setAccessibleName(self.tr("Engine"))
        self._idle_name.setText(self.tr("Give the memory back when idle:"))
        self.idle.setAccessibleName(self.tr("Give the memory back when idle"))
        chosen = self.idle.currentData()
        self.idle.clear()
        for minutes in IDLE_MINUTES:
            self.idle.addItem(self._idle_words(minutes), minutes)
        self._show_idle(chosen if isinstance(chosen, int) else IDLE_MINUTES[0])
        self.start_with_window.setText(self.tr("Start it with the window"))
        self._dress_remote()

    def _dress_remote(self) -> None:
        self._remote.setVisible(bool(self._address))
        if self._address:
            self._remote.say(
                remote_words(self._address),
                self.tr("They leave this computer. Address: {address}").format(address=self._address),
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to the panel: whoever scrolls past must not change anything."""
        if event.type() == QEvent.Type.Wheel and watched is self.idle and not self.idle.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()


class _ActionButton(QToolButton):
    """An action's button; it goes away where the action does, as another one stands in its place then."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self.setIconSize(QSize(18, 18))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(30)
        self.setAccessibleName(plain_words(action))
        action.visibleChanged.connect(lambda: self.setVisible(action.isVisible()))
        if not action.isVisible():  # to show what has no parent yet would open a window
            self.hide()


class _Rule(QWidget):
    """A thin line that is seen by day and by night."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        colour = view_colours(self.palette()).quiet
        colour.setAlpha(90)
        QPainter(self).fillRect(self.rect(), colour)
