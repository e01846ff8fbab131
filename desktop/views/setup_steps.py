"""The list of the setup's steps: a sign, a name, and below it what was found, how far it is or what went wrong."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.models.setup import LINE_ROLE, STEP_ROLE, STEPS, StepsModel, shown_state
from desktop.theme import view_colours
from desktop.views.setup_sign import SIDE, paint_step_sign
from engine.setup.steps import Step, StepState, StepStatus

PAD = 10
GAP = 10
WIDTH = 248
BAR = 3
"""Of the bar at the left of the row that is chosen."""

Index = QModelIndex | QPersistentModelIndex


class StepList(QListView):
    """Shows a StepsModel. The step that is chosen is the one that is shown in full beside it."""

    step_chosen = Signal(object)
    """Step: a person went to it."""

    def __init__(self, model: StepsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(StepDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setFixedWidth(WIDTH)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self._retranslate()

    @property
    def step(self) -> Step | None:
        """The step that is chosen."""
        index = self.currentIndex()
        return STEPS[index.row()] if index.isValid() else None

    def choose(self, step: Step | None) -> None:
        """Go to a step, or to none."""
        if step is None:
            self.setCurrentIndex(QModelIndex())
            self.clearSelection()
        else:
            self.setCurrentIndex(self.model().index(STEPS.index(step), 0))

    def minimumSizeHint(self) -> QSize:
        """Ask for the room of all steps: a list this short is not scrolled."""
        return QSize(WIDTH, self.sizeHintForRow(0) * len(STEPS))

    def retranslate(self) -> None:
        """Follow the language."""
        self._retranslate()
        self.viewport().update()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Steps of the setup"))

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.step_chosen.emit(STEPS[current.row()])


class StepDelegate(QStyledItemDelegate):
    """Draws a row of two lines. The second one is cut where the room ends; its tool tip has all of it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw ground, sign and lines."""
        status = index.data(STEP_ROLE)
        if not isinstance(status, StepStatus):
            return
        painter.save()
        self._paint_ground(painter, option)
        room = option.rect.adjusted(PAD, 0, -PAD, 0)
        sign = QRectF(room.left(), room.center().y() - SIDE / 2 + 0.5, SIDE, SIDE)
        paint_step_sign(painter, shown_state(status), sign, option.palette)
        self._write(painter, option, index, room.adjusted(SIDE + GAP, 0, 0, 0))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Tint the chosen row only lightly, so that signs and red words can be seen on it."""
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if not chosen and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        tint = QColor(option.palette.color(QPalette.ColorRole.Highlight))
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        tint.setAlpha(62 if chosen and focused else 38 if chosen else 16)
        painter.fillRect(option.rect, tint)
        if chosen:
            tint.setAlpha(255)
            painter.fillRect(QRect(option.rect.left(), option.rect.top(), BAR, option.rect.height()), tint)

    def _write(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, room: QRect) -> None:
        metrics, height = option.fontMetrics, option.fontMetrics.height()
        status, line = index.data(STEP_ROLE), index.data(LINE_ROLE)
        top = room.top() + (room.height() - (height * 2 + 1 if line else height)) // 2
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(QRect(room.left(), top, room.width(), height), flags, name)
        if line:
            colours = view_colours(option.palette)
            painter.setPen(colours.failed if shown_state(status) is StepState.FAILED else colours.quiet)
            cut = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(QRect(room.left(), top + height + 1, room.width(), height), flags, cut)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines and some air."""
        del index
        return QSize(WIDTH, option.fontMetrics.height() * 2 + 16)
