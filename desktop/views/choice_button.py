"""A compact button of the toolbar that shows what is chosen and opens a menu of what else there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyleOptionToolButton, QToolButton, QWidget

from desktop.theme import as_tip

PAD, GAP, ARROW = 7, 6, 7
"""Logical pixels: beside the words, between them and the arrow, and the arrow's width."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what it stands for, its words, and what it is for in a sentence."""

    value: str
    text: str
    tip: str = ""


class ChoiceButton(QToolButton):
    """Shows the chosen one; as wide as the widest of all, so that nothing beside it moves when another is chosen."""

    chosen = Signal(str)
    """The value of what the person chose, also where it was chosen already."""

    def __init__(self, name: str, *, sign: str = "", room_for: str = "", parent: QWidget | None = None) -> None:
        """Offer nothing yet.

        Args:
            name: What is chosen here, for the tool tip and the screen reader.
            sign: Stands before what is chosen.
            room_for: Words that are to fit, whatever is offered.
            parent: Its owner.
        """
        super().__init__(parent)
        self._name = name
        self._sign = sign
        self._room_for = room_for
        self._groups: tuple[tuple[Choice, ...], ...] = ()
        self._value = ""
        self._choices: QMenu | None = None
        self._bare = False
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setEnabled(False)

    @property
    def value(self) -> str:
        """What is chosen, "" while nothing is offered."""
        return self._value

    def offer(self, groups: Sequence[Sequence[Choice]], value: str) -> None:
        """Offer these, with a rule between two groups, and show that one is chosen."""
        told = tuple(tuple(group) for group in groups)
        if told != self._groups:
            self._groups = told
            self._fill()
        self._show(value)
        self.setEnabled(bool(told))
        self.updateGeometry()

    def offered(self) -> list[str]:
        """Return the values on offer, in order."""
        return [choice.value for choice in self._all()]

    def sizeHint(self) -> QSize:
        """Ask for the room of the widest choice."""
        metrics = self.fontMetrics()
        words = [self._sign + self._room_for, *(self._shown(choice) for choice in self._all())]
        widest = max(metrics.horizontalAdvance(each) for each in words)
        return QSize(PAD + widest + GAP + ARROW + PAD, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Never ask for less."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words from the left and the arrow right behind them; the style would put it into the corner."""
        self._bare = True
        super().paintEvent(event)
        self._bare = False
        painter = QPainter(self)
        words = self.text()
        ink = self.palette().color(QPalette.ColorRole.ButtonText)
        painter.setPen(ink)
        inner = self.rect().adjusted(PAD, 0, -PAD - ARROW - GAP, 0)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, int(left | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextShowMnemonic), words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        x = inner.left() + self.fontMetrics().horizontalAdvance(words.replace("&&", "&")) + GAP
        y = self.rect().center().y() + 1.0
        arrow = [QPointF(x, y - 2), QPointF(x + ARROW / 2, y + 2), QPointF(x + ARROW, y - 2)]
        painter.drawPolyline(arrow)

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        """Let the style draw neither words nor arrow."""
        super().initStyleOption(option)
        if self._bare:
            option.text = ""
            option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu

    def _fill(self) -> None:
        old, menu = self._choices, QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for number, choices in enumerate(self._groups):
            if number:
                menu.addSeparator()
            for choice in choices:
                action = menu.addAction(choice.text.replace("&", "&&"))
                action.setCheckable(True)
                action.setData(choice.value)
                action.setToolTip(as_tip(choice.tip or choice.text))
                group.addAction(action)
        menu.triggered.connect(lambda action: self._take(action.data()))
        self._choices = menu
        self.setMenu(menu)
        if old is not None:
            old.deleteLater()

    def _take(self, value: str) -> None:
        self._show(value)
        self.chosen.emit(value)

    def _show(self, value: str) -> None:
        choice = next((each for each in self._all() if each.value == value), None)
        self._value = choice.value if choice is not None else ""
        self.setText(self._shown(choice).replace("&", "&&") if choice is not None else "")
        for action in self._choices.actions() if self._choices is not None else ():
            action.setChecked(action.data() == value and not action.isSeparator())
        words = choice.text if choice is not None else ""
        self.setAccessibleName(f"{self._name}: {words}" if words else self._name)
        self.setToolTip(as_tip(f"{self._name}: {choice.tip or words}" if choice is not None else self._name))

    def _shown(self, choice: Choice) -> str:
        return f"{self._sign}{choice.text}".rstrip("…")

    def _all(self) -> Iterator[Choice]:
        for group in self._groups:
            yield from group
