"""The place of the engine panel at the right of the window: a head with a name and a cross, and a width of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop.icons import icon

LEAST_WIDTH = 320


class EngineDock(QDockWidget):
    """Stands in the window before the panel is built, so that nothing moves when it comes."""

    def __init__(self, action: QAction, width: int, parent: QWidget) -> None:
        """Make an empty place.

        Args:
            action: The panel's own; the cross takes its check mark away.
            width: What it is to have.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("engine")
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.setAllowedAreas(Qt.DockWidgetArea.RightDockWidgetArea)
        self._action = action
        self._head = QWidget(self)
        self._name = QLabel(self._head)
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._close = QToolButton(self._head)
        self._close.setAutoRaise(True)
        self._close.clicked.connect(lambda: action.setChecked(False))
        row = QHBoxLayout(self._head)
        row.setContentsMargins(14, 4, 6, 4)
        row.addWidget(self._name, 1)
        row.addWidget(self._close)
        self.setTitleBarWidget(self._head)
        self._empty = _Empty(width, self)
        self.setWidget(self._empty)
        self._dress()

    def put(self, panel: QWidget) -> None:
        """Put the panel in. Safe to call again."""
        if self.widget() is not panel:
            self.setWidget(panel)
            self.setFocusProxy(panel)
            self._empty.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._dress()

    def _dress(self) -> None:
        self.setWindowTitle(self.tr("Engine"))
        self._name.setText(self.tr("Engine"))
        name = self.tr("Close the panel")
        self._close.setIcon(icon("close", self.palette()))
        self._close.setAccessibleName(name)
        self._close.setToolTip(f"{name} ({self._action.shortcut().toString()})")


class _Empty(QWidget):
    """Holds the place open before the panel comes."""

    def __init__(self, width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._width = width
        self.setMinimumWidth(LEAST_WIDTH)

    def sizeHint(self) -> QSize:
        """Ask for the width of last time."""
        return QSize(self._width, 100)
