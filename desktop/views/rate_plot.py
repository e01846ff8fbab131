"""The rate plot: tokens per second in and out over the last five minutes, drawn at most once a second."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.engine_figures import count_words
from desktop.theme import share_colours, view_colours

if TYPE_CHECKING:
    from engine.server.metrics import Sample

WINDOW_S = 300.0
GAP_S = 10.0
"""Between samples further apart than this the engine was not measured, and no line is drawn."""
KEPT = 600
PAINT_EVERY_MS = 1000
HEIGHT = 96
LEAST_TOP = 100.0


class RatePlot(QWidget):
    """Two lines, told apart by colour and by dashes. The newest sample is at the right edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: deque[Sample] = deque(maxlen=KEPT)
        self._wait = QTimer(self, singleShot=True, interval=PAINT_EVERY_MS)
        self._wait.timeout.connect(self._paint_what_waited)
        self._stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(240, HEIGHT)

    def show_samples(self, samples: Iterable[Sample]) -> None:
        """Show these in place of what was shown."""
        self._samples = deque(samples, maxlen=KEPT)
        self._changed()

    def add(self, sample: Sample) -> None:
        """Show one more."""
        self._samples.append(sample)
        self._changed()

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Those of the last five minutes."""
        if not self._samples:
            return ()
        since = self._samples[-1].at - WINDOW_S
        return tuple(sample for sample in self._samples if sample.at >= since)

    def _changed(self) -> None:
        if self._wait.isActive():
            self._stale = True
            return
        self._describe()
        self.update()
        self._wait.start()

    def _paint_what_waited(self) -> None:
        if self._stale:
            self._stale = False
            self._changed()

    def _describe(self) -> None:
        self.setAccessibleName(_tr("Tokens per second in the last five minutes"))
        shown = self.samples
        if shown:
            words = _tr("now {inward} in and {outward} out, at most {top}").format(
                inward=count_words(round(shown[-1].tokens_in_per_s)),
                outward=count_words(round(shown[-1].tokens_out_per_s)),
                top=count_words(round(max(max(s.tokens_in_per_s, s.tokens_out_per_s) for s in shown))),
            )
            self.setAccessibleDescription(words)
        else:
            self.setAccessibleDescription(_tr("nothing measured yet"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, the scale and both lines."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        room = QRectF(self.rect()).adjusted(0.5, metrics.height() + 3, -0.5, -metrics.height() - 3)
        quiet = view_colours(self.palette()).quiet
        painter.fillRect(room, self.palette().base())
        faint = QColor(quiet)
        faint.setAlpha(90)
        painter.setPen(QPen(faint, 1))
        painter.drawRect(room)
        painter.drawLine(QPointF(room.left(), room.center().y()), QPointF(room.right(), room.center().y()))
        shown = self.samples
        top = nice_top(max((max(s.tokens_in_per_s, s.tokens_out_per_s) for s in shown), default=0.0))
        self._paint_words(painter, room, top, quiet)
        if shown:
            colours = share_colours(self.palette())
            inward = QPen(colours.weights, 1.8)
            outward = QPen(colours.pages.darker(115), 1.8, Qt.PenStyle.DashLine)
            self._paint_line(painter, room, inward, [(s.at, s.tokens_in_per_s) for s in shown], top)
            self._paint_line(painter, room, outward, [(s.at, s.tokens_out_per_s) for s in shown], top)

    def _paint_words(self, painter: QPainter, room: QRectF, top: float, quiet: QColor) -> None:
        metrics = painter.fontMetrics()
        colours = share_colours(self.palette())
        above, below = round(room.top()) - 5, round(room.bottom()) + metrics.ascent() + 3
        painter.setPen(quiet)
        painter.drawText(1, above, _tr("{top} tokens/s").format(top=count_words(round(top))))
        painter.drawText(1, below, _tr("5 min ago"))
        now = _tr("now")
        painter.drawText(self.width() - metrics.horizontalAdvance(now) - 1, below, now)
        x = self.width() - 1
        for words, pen in (
            (_tr("out"), QPen(colours.pages.darker(115), 1.8, Qt.PenStyle.DashLine)),
            (_tr("in"), QPen(colours.weights, 1.8)),
        ):
            x -= metrics.horizontalAdvance(words)
            painter.setPen(quiet)
            painter.drawText(x, above, words)
            painter.setPen(pen)
            middle = above - metrics.xHeight() // 2
            painter.drawLine(x - 24, middle, x - 5, middle)
            x -= 36

    def _paint_line(
        self, painter: QPainter, room: QRectF, pen: QPen, values: list[tuple[float, float]], top: float
    ) -> None:
        painter.setPen(pen)
        newest, run, last = values[-1][0], QPolygonF(), None
        for at, value in values:
            if last is not None and at - last > GAP_S:
                _draw(painter, run)
                run = QPolygonF()
            x = room.right() - (newest - at) / WINDOW_S * room.width()
            run.append(QPointF(x, room.bottom() - min(1.0, value / top) * room.height()))
            last = at
        _draw(painter, run)


def _draw(painter: QPainter, run: QPolygonF) -> None:
    if run.size() == 1:
        painter.drawPoint(run.at(0))
    else:
        painter.drawPolyline(run)


def nice_top(value: float) -> float:
    """Return the end of a scale that holds a value: 1, 2 or 5 times a power of ten, so that it seldom changes."""
    scale = [LEAST_TOP * factor * 10.0**power for power in range(7) for factor in (1, 2, 5)]
    return next((top for top in scale if value <= top), scale[-1])


def _tr(text: str) -> str:
    return QCoreApplication.translate("RatePlot", text)
