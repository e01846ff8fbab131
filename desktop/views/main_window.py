"""The main window: toolbar, empty state and progress at once; the document's pane is put in when it is needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.actions import dress, dress_engine, make_actions
from desktop.intake import intake
from desktop.recent import remembered, remembered_number
from desktop.views.empty_state import EmptyState
from desktop.views.engine_badge import BadgeBar
from desktop.views.menus import RecentMenu, fill_menus
from desktop.views.progress_strip import ProgressStrip
from desktop.views.toolbar import Toolbar

if TYPE_CHECKING:  # built when it is first opened
    from desktop.views.engine_dock import EngineDock

FIRST_SIZE = QSize(1280, 820)
ENGINE_WIDTH = 380
"""Of the engine panel, until the person gives it another."""


class MainWindow(QMainWindow):
    """The frame around everything. It imports little: it is on the screen before the rest is loaded."""

    ended = Signal()  # the window was closed for good
    taken = Signal(object)  # Intake: something was dropped here
    recent_chosen = Signal(object)  # Path of a file opened lately
    recent_forgotten = Signal()  # the list of files is to be emptied

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle("Diglot")
        self.setAcceptDrops(True)
        self.acts = make_actions(self)
        self._recent = RecentMenu(self)
        self._recent.chosen.connect(self.recent_chosen)
        self._recent.forgotten.connect(self.recent_forgotten)
        fill_menus(self.menuBar(), self.acts, self._recent)
        self.toolbar = Toolbar(self.acts, self)
        self.addToolBar(self.toolbar)
        beside = BadgeBar(self.acts.engine, self)
        self.addToolBar(beside)
        self.badge = beside.badge
        self.strip = ProgressStrip(self)
        self.empty = EmptyState(self.acts.open, self.acts.open_sample, self)
        self.empty.recent_chosen.connect(self.recent_chosen)
        self.notice_place = QVBoxLayout()
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.notice_place)
        column.addWidget(self._stack, 1)
        column.addWidget(self.strip)
        self.setCentralWidget(middle)
        self.resize(FIRST_SIZE)
        self._dressed_for: int | None = None
        self._dresses = [dress]
        self._engine_dock: EngineDock | None = None
        self._engine_width = ENGINE_WIDTH
        self._dress()

    def put_pane(self, pane: QWidget) -> None:
        """Put the document's pane in; it is seen from `show_pane` on."""
        self._stack.addWidget(pane)

    def show_pane(self, pane: QWidget | None) -> None:
        """Show the document's pane, or the empty state."""
        self._stack.setCurrentWidget(self.empty if pane is None else pane)

    def show_recent(self, paths: Sequence[Path], missing: Collection[Path] = ()) -> None:
        """Offer the files opened lately; those that are missing are greyed."""
        self._recent.show_paths(paths, missing)
        self.empty.show_recent(paths, missing)

    def focus_work(self) -> None:
        """Give the keyboard back to the document, if there is one."""
        shown = self._stack.currentWidget()
        assert shown is not None
        shown.setFocus()

    # -- the engine

    def dress_engine(self) -> None:
        """Give the engine's actions their icons, now and whenever day turns to night."""
        if dress_engine not in self._dresses:
            self._dresses.append(dress_engine)
            dress_engine(self.acts, self.palette())

    def engine_dock(self) -> EngineDock:
        """Return the place of the engine panel; made at the first call."""
        if self._engine_dock is None:
            from desktop.views.engine_dock import EngineDock

            self._engine_dock = EngineDock(self.acts.engine, self._engine_width, self)
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._engine_dock)
            self.resizeDocks([self._engine_dock], [self._engine_width], Qt.Orientation.Horizontal)
        return self._engine_dock

    def beside(self) -> list[QWidget]:
        """Return what stands beside the document."""
        return [self._engine_dock] if self._engine_dock is not None else []

    def show_remote(self, words: str) -> None:
        """Say all the time where pages go; "" while they stay here."""
        self.strip.show_lasting(words)
        self.empty.show_remote(words)

    # -- what is remembered

    def restore(self, store: QSettings) -> None:
        """Stand where the window stood last time."""
        geometry = remembered(store, "geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.acts.thumbnails.setChecked(store.value("window/thumbnails", "true") != "false")
        self._engine_width = remembered_number(store, "engine-width", least=320, most=800, usual=ENGINE_WIDTH)
        if store.value("window/engine", "false") == "true":
            self.acts.engine.setChecked(True)
            self.engine_dock()  # its place is there from the first paint on, so that nothing moves when it is filled

    def keep(self, store: QSettings) -> None:
        """Remember where the window stands."""
        store.setValue("window/geometry", self.saveGeometry())
        store.setValue("window/thumbnails", "true" if self.acts.thumbnails.isChecked() else "false")
        store.setValue("window/engine", "true" if self.acts.engine.isChecked() else "false")
        if self._engine_dock is not None:
            store.setValue("window/engine-width", self._engine_dock.width())

    # -- events

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close for good."""
        event.accept()
        self.ended.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icons anew when day turns to night."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome what can be opened."""
        if intake(event.mimeData()) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.empty.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self.empty.set_hot(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self.empty.set_hot(False)
        taken = intake(event.mimeData())
        if taken is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.taken.emit(taken)

    def _dress(self) -> None:
        ink = self.palette().buttonText().color().rgb()
        if ink != self._dressed_for:
            self._dressed_for = ink
            for each in self._dresses:
                each(self.acts, self.palette())
            self.strip.dress(self.palette())
