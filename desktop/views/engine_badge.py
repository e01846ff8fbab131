"""The badge at the right end of the toolbar: how the engine stands in a word, and where pages go if they leave."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from desktop.theme import as_tip, view_colours
from desktop.views.engine_sign import ICON_SIZE, Sign, sign_icon

WIDEST = "Starting 100 %"
LONGEST_PX = 220
"""A server's name may be long; it is cut in its middle and stands whole in the tool tip."""


class BadgeBar(QToolBar):
    """Holds the badge beside the toolbar, which may hide its last buttons in a narrow window, but never this."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("badge")
        self.setWindowTitle(self.tr("Engine"))
        self.setMovable(False)
        self.setIconSize(ICON_SIZE)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.badge = EngineBadge(action, self)
        self.addWidget(self.badge)


class EngineBadge(QToolButton):
    """Opens and closes the engine panel. It keeps its width, so that nothing beside it jumps."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        """Make it before anything is known of the engine.

        Args:
            action: The panel's own, which is checked while the panel is open.
            parent: Its owner.
        """
        super().__init__(parent)
        self._sign = Sign.OFF
        self._words = ""
        self._tip = action.toolTip()
        self.setAutoRaise(True)
        self.setCheckable(True)
        self.setChecked(action.isChecked())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.clicked.connect(action.trigger)
        action.toggled.connect(self.setChecked)
        self.show_state(Sign.OFF, self.tr("Engine"))

    def show_state(self, sign: Sign, words: str, explanation: str = "") -> None:
        """Show a state.

        Args:
            sign: Its shape.
            words: It in a word or two, or the name of the server that reads the pages.
            explanation: The sentence for the tool tip and for screen readers.
        """
        told = (sign, words, explanation)
        if told == (self._sign, self._words, self._explanation()):
            return
        if sign is not self._sign or self.icon().isNull():
            self._sign = sign
            self.setIcon(sign_icon(sign, self.palette()))
        self._words = words
        self.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, LONGEST_PX).replace("&", "&&"))
        self.setAccessibleName(self.tr("Engine: {state}").format(state=words))
        self.setAccessibleDescription(explanation)
        self.setToolTip(as_tip(f"{explanation} – {self._tip}" if explanation else self._tip))
        self.updateGeometry()

    @property
    def words(self) -> str:
        """What is shown, uncut."""
        return self._words

    def sizeHint(self) -> QSize:
        """Ask for room for the usual words at least."""
        hint = super().sizeHint()
        usual = self.fontMetrics().horizontalAdvance(WIDEST) + ICON_SIZE.width() + 20
        return QSize(max(usual, hint.width()), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Never ask for less."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tint the ground while pages leave this machine: that must not be overlooked."""
        super().paintEvent(event)
        if self._sign is Sign.AWAY:
            ground = view_colours(self.palette()).busy
            ground.setAlpha(44)
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.icon().isNull():
            self.setIcon(sign_icon(self._sign, self.palette()))

    def _explanation(self) -> str:
        return self.accessibleDescription()
