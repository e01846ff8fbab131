"""The engine's sign: one small shape for each way it can stand, told apart by form as well as by colour."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from desktop.theme import view_colours

SIDE = 12
ICON_SIZE = QSize(SIDE + 5, SIDE)


class Sign(Enum):
    """What the engine's state looks like."""

    OFF = auto()  # a ring
    BUSY = auto()  # a disc half filled
    READY = auto()  # a disc
    ASLEEP = auto()  # a moon
    FAILED = auto()  # a triangle
    AWAY = auto()  # an arrow that leaves: pages go to another machine


def paint_sign(painter: QPainter, sign: Sign, room: QRectF, palette: QPalette) -> None:
    """Draw a sign into a square."""
    colours = view_colours(palette)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ring, pen = room.adjusted(1, 1, -1, -1), Qt.PenStyle.NoPen
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match sign:
        case Sign.OFF:
            painter.setPen(QPen(colours.quiet, 1.5))
            painter.drawEllipse(ring)
        case Sign.BUSY:
            painter.setPen(QPen(colours.busy, 1.5))
            painter.drawEllipse(ring)
            painter.setPen(pen)
            painter.setBrush(colours.busy)
            painter.drawPie(ring, 90 * 16, -180 * 16)
        case Sign.READY:
            painter.setPen(pen)
            painter.setBrush(colours.done)
            painter.drawEllipse(ring)
        case Sign.ASLEEP:
            disc, bite = QPainterPath(), QPainterPath()
            disc.addEllipse(ring)
            bite.addEllipse(ring.translated(ring.width() * 0.38, -ring.height() * 0.22))
            painter.fillPath(disc.subtracted(bite), colours.busy)
        case Sign.FAILED:
            painter.setPen(pen)
            painter.setBrush(colours.failed)
            painter.drawPolygon(
                [
                    QPointF(room.center().x(), room.top() + 0.5),
                    QPointF(room.right(), room.bottom() - 0.5),
                    QPointF(room.left(), room.bottom() - 0.5),
                ]
            )
            _bang(painter, room, colours.paper)
        case Sign.AWAY:
            painter.setPen(QPen(colours.busy, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            tip = QPointF(ring.right(), ring.top())
            painter.drawLine(QPointF(ring.left(), ring.bottom()), tip)
            painter.drawPolyline(
                [
                    QPointF(ring.left() + ring.width() * 0.3, ring.top()),
                    tip,
                    QPointF(ring.right(), ring.center().y() + 1),
                ]
            )


def _bang(painter: QPainter, room: QRectF, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    x, height = room.center().x(), room.height()
    painter.drawLine(QPointF(x, room.top() + height * 0.42), QPointF(x, room.top() + height * 0.64))
    painter.drawPoint(QPointF(x, room.top() + height * 0.8))


def sign_icon(sign: Sign, palette: QPalette) -> QIcon:
    """Return a sign as an icon of `ICON_SIZE` with air around it, sharp on every screen there is."""
    made = QIcon()
    for ratio in {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}:
        pixmap = QPixmap(ICON_SIZE * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_sign(painter, sign, QRectF(ICON_SIZE.width() - SIDE, 0, SIDE, SIDE), palette)
        painter.end()
        made.addPixmap(pixmap)
    return made


class SignLabel(QWidget):
    """A sign beside words that say the same; screen readers hear the words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = Sign.OFF
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """As large as the sign, and a little air."""
        return QSize(SIDE + 4, SIDE + 4)

    def show_sign(self, sign: Sign) -> None:
        """Show another sign."""
        if sign is not self._sign:
            self._sign = sign
            self.update()

    def paintEvent(self, event: object) -> None:
        """Draw it in the middle."""
        del event
        paint_sign(QPainter(self), self._sign, QRectF(2, 2, SIDE, SIDE), self.palette())
