"""The sign of a step of the setup: a shape for each way it can stand, told apart by form as well as by colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme import is_dark, view_colours
from desktop.views.engine_sign import Sign, paint_sign
from engine.setup.steps import StepState

SIDE = 16

AS_ENGINE = {StepState.OPEN: Sign.OFF, StepState.WORKING: Sign.BUSY, StepState.FAILED: Sign.FAILED}
"""A ring, a disc half filled, a triangle: as the engine's own sign has them."""


def paint_step_sign(painter: QPainter, state: StepState, room: QRectF, palette: QPalette) -> None:
    """Draw the sign of a state into a square: besides the engine's, a disc with a tick, and a ring with a dash."""
    if state in AS_ENGINE:
        paint_sign(painter, AS_ENGINE[state], room, palette)
        return
    colours = view_colours(palette)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ring = room.adjusted(1, 1, -1, -1)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    if state is StepState.DONE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.done)
        painter.drawEllipse(ring)
        ink = palette.color(QPalette.ColorRole.Base) if is_dark(palette) else colours.paper
        painter.setPen(QPen(ink, ring.width() * 0.13, Qt.PenStyle.SolidLine, cap, join))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline([_at(ring, 0.27, 0.53), _at(ring, 0.44, 0.69), _at(ring, 0.74, 0.34)])
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.quiet, 1.5))
        painter.drawEllipse(ring)
        painter.setPen(QPen(colours.quiet, 1.8, Qt.PenStyle.SolidLine, cap))
        painter.drawLine(_at(ring, 0.3, 0.5), _at(ring, 0.7, 0.5))


def _at(room: QRectF, across: float, down: float) -> QPointF:
    return QPointF(room.left() + room.width() * across, room.top() + room.height() * down)


class StepSign(QWidget):
    """A step's sign beside words that say the same; screen readers hear the words."""

    def __init__(self, parent: QWidget | None = None, *, side: int = SIDE) -> None:
        super().__init__(parent)
        self._state = StepState.OPEN
        self._side = side
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """As large as the sign, and a little air."""
        return QSize(self._side + 4, self._side + 4)

    def show_state(self, state: StepState) -> None:
        """Show another state."""
        if state is not self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the middle."""
        del event
        paint_step_sign(QPainter(self), self._state, QRectF(2, 2, self._side, self._side), self.palette())
