"""The main window: it puts the parts in their places and knows nothing of documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.actions import dress, make_actions
from desktop.icons import icon
from desktop.intake import intake
from desktop.models.pages import PagesModel
from desktop.recent import remembered
from desktop.views.empty_state import EmptyState
from desktop.views.menus import fill_menus
from desktop.views.page_view import PageView
from desktop.views.progress_strip import ProgressStrip
from desktop.views.thumbnails import Thumbnails
from desktop.views.toolbar import Toolbar

FIRST_SIZE = QSize(1280, 820)
FIRST_WIDTHS = (140, 560, 560)


class MainWindow(QMainWindow):
    """Toolbar, [pages' list | pages | reading], progress; or the empty state. The reading side is put in later."""

    ended = Signal()  # the window was closed for good
    taken = Signal(object)  # Intake: something was dropped here

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle("Diglot")
        self.setAcceptDrops(True)
        self.acts = make_actions(self)
        self.model = PagesModel(self)
        self.toolbar = Toolbar(self.acts, self)
        self.addToolBar(self.toolbar)
        self.thumbnails = Thumbnails(self.model, self)
        self.pages = PageView(self)
        self.strip = ProgressStrip(self)
        self.empty = EmptyState(self.acts.open, self.acts.open_sample, self)
        self.notice_place = QVBoxLayout()
        self._reading_place = QWidget(self)
        self._reading_place.setAutoFillBackground(True)
        self._reading_column = QVBoxLayout(self._reading_place)
        self._reading_column.setContentsMargins(0, 0, 0, 0)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        for index, part in enumerate((self.thumbnails, self.pages, self._reading_place)):
            self._splitter.addWidget(part)
            self._splitter.setStretchFactor(index, 0 if index == 0 else 1)
            self._splitter.setCollapsible(index, False)
        self._splitter.setHandleWidth(5)
        self._splitter.setSizes(list(FIRST_WIDTHS))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._splitter)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.notice_place)
        column.addWidget(self._stack, 1)
        column.addWidget(self.strip)
        self.setCentralWidget(middle)
        self.resize(FIRST_SIZE)
        self.acts.thumbnails.toggled.connect(self.thumbnails.setVisible)
        self._dressed_for: int | None = None
        self._dress()

    def add_menus(
        self, recent: Callable[[], Sequence[Path]], open_path: Callable[[Path], None], forget: Callable[[], None]
    ) -> None:
        """Put the menu bar in."""
        fill_menus(self.menuBar(), self.acts, recent=recent, open_path=open_path, forget=forget)

    def put_reading_side(self, side: QWidget) -> None:
        """Put the right half in."""
        self._reading_column.addWidget(side)

    def show_pages(self, there_are: bool) -> None:
        """Show the pages, or the empty state."""
        self._stack.setCurrentWidget(self._splitter if there_are else self.empty)
        if there_are:
            self.pages.setFocus()

    # -- what is remembered

    def restore(self, store: QSettings) -> None:
        """Stand where the window stood last time."""
        geometry, widths = remembered(store, "geometry"), remembered(store, "splitter")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if widths is not None:
            self._splitter.restoreState(widths)
        self.acts.thumbnails.setChecked(store.value("window/thumbnails", "true") != "false")

    def keep(self, store: QSettings) -> None:
        """Remember where the window stands."""
        store.setValue("window/geometry", self.saveGeometry())
        store.setValue("window/splitter", self._splitter.saveState())
        store.setValue("window/thumbnails", "true" if self.acts.thumbnails.isChecked() else "false")

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
            dress(self.acts, self.palette())
            self.strip.stop_button().setIcon(icon("stop", self.palette()))
