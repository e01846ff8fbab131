"""The memory slider: how much graphics memory the engine may take, in tenths of a GiB, with marks to click."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from desktop.engine_figures import GIB, gib
from desktop.theme import view_colours

STEPS = 10
"""So many steps are a GiB."""
SETTLE_MS = 500
"""What is chosen counts when the slider has rested for so long, or was let go."""
TICK = 5
APART = 10


@dataclass(frozen=True, slots=True)
class Scale:
    """Amounts worth knowing, in bytes: the least that works, the one that is recommended, the most there is."""

    least: int
    recommended: int
    most: int
    total: int


class MemorySlider(QWidget):
    """Slider, number and a button for what is recommended."""

    moved = Signal(object)
    """int: bytes, at every move; cheap things may follow it."""
    chosen = Signal(object)
    """int | None: bytes when the person has made up their mind; None for what is recommended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = Scale(0, 0, 0, 0)
        self._automatic = True
        self.slider = _KeySlider(self)
        self.spin = QDoubleSpinBox(self)
        self.spin.setDecimals(1)
        self.spin.setSingleStep(1 / STEPS)
        self.spin.setSuffix(" GiB")
        self.spin.setLocale(QLocale.c())  # a point, as everywhere else in the panel
        self.spin.setKeyboardTracking(False)
        self.spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._places = _Places(self.slider, self)
        self._recommend = QPushButton(self)
        self._recommend.clicked.connect(self._take_recommended)
        self._settle = QTimer(self, singleShot=True)
        self._settle.timeout.connect(lambda: self.chosen.emit(self.bytes))
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self._let_go)
        self.spin.valueChanged.connect(lambda value: self.slider.setValue(round(value * STEPS)))
        self._places.clicked.connect(self.slider.setValue)
        for part in (self.slider, self.spin):
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            part.installEventFilter(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.slider, 0, 0)
        grid.addWidget(self.spin, 0, 1)
        grid.addWidget(self._places, 1, 0)
        grid.addWidget(self._recommend, 1, 1)
        grid.setColumnStretch(0, 1)
        self.setFocusProxy(self.slider)
        self._dress()

    @property
    def bytes(self) -> int:
        """What is shown."""
        return self.slider.value() * GIB // STEPS

    @property
    def undecided(self) -> bool:
        """Whether the person is still choosing; what is shown must not be changed under their hand."""
        return self.slider.isSliderDown() or self._settle.isActive()

    def show_scale(self, scale: Scale) -> None:
        """Set the range and its marks; the value stays where it is as far as it can."""
        if scale == self._scale:
            return
        self._scale = scale
        # A value outside the new range must not come back as somebody's choice.
        with QSignalBlocker(self.slider), QSignalBlocker(self.spin):
            last = scale.total * STEPS // GIB
            first = min(_step(scale.least), last)
            self.slider.setRange(first, last)
            self.spin.setRange(first / STEPS, last / STEPS)
            self.spin.setValue(self.slider.value() / STEPS)
        self.slider.home, self.slider.end = _step(scale.least), _step(scale.most)
        marks = [(_tr("least"), _step(scale.least))]
        if scale.least < scale.most:  # otherwise too little is free now, and there is nothing to recommend
            marks += [(_tr("recommended"), _step(scale.recommended)), (_tr("most"), _step(scale.most))]
        self._places.show_marks(marks)
        self._dress()

    def show_bytes(self, size: int, *, automatic: bool) -> None:
        """Show an amount; `automatic` says that it is not the person's own but the recommended one."""
        self._automatic = automatic
        with QSignalBlocker(self.slider), QSignalBlocker(self.spin):
            self.slider.setValue(_step(size))
            self.spin.setValue(self.slider.value() / STEPS)
        self._recommend.setEnabled(not automatic)

    def describe(self, words: str) -> None:
        """Let screen readers hear what an amount gives."""
        for part in (self.slider, self.spin):
            part.setAccessibleDescription(words)

    def _slid(self, value: int) -> None:
        with QSignalBlocker(self.spin):
            self.spin.setValue(value / STEPS)
        self._automatic = False
        self._recommend.setEnabled(True)
        self.moved.emit(self.bytes)
        if self.slider.isSliderDown():
            self._settle.stop()
        else:
            self._settle.start(SETTLE_MS)

    def _let_go(self) -> None:
        if not self._automatic:
            self._settle.start(0)

    def _take_recommended(self) -> None:
        self._settle.stop()
        self.show_bytes(self._scale.recommended, automatic=True)
        self.moved.emit(self.bytes)
        self.chosen.emit(None)
        self.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to the panel: whoever scrolls past must not change anything."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            scale, self._scale = self._scale, Scale(0, 0, 0, 0)
            self.show_scale(scale)
            self._dress()

    def _dress(self) -> None:
        name = _tr("Graphics memory for the engine")
        self.slider.setAccessibleName(name)
        self.spin.setAccessibleName(name)
        tip = _tr("Least {least}, recommended {recommended}, most {most}").format(
            least=gib(self._scale.least), recommended=gib(self._scale.recommended), most=gib(self._scale.most)
        )
        self.slider.setToolTip(tip)
        self._places.setToolTip(tip)
        self._recommend.setText(_tr("Recommended"))
        self._recommend.setToolTip(_tr("Let Diglot choose the amount"))


class _KeySlider(QSlider):
    """Home and End go to the least and the most that make sense, which need not be the ends."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.home = self.end = 0
        self.setSingleStep(1)
        self.setPageStep(STEPS)
        self.setMinimumWidth(120)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Home and End."""
        if event.key() == Qt.Key.Key_Home:
            self.setValue(self.home)
        elif event.key() == Qt.Key.Key_End:
            self.setValue(max(self.home, self.end))
        else:
            super().keyPressEvent(event)

    def place(self, value: int) -> float:
        """Return where a value lies, in the slider's own pixels."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
        span = self.width() - handle
        at = QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), value, span)
        return handle / 2 + at


class _Places(QWidget):
    """The marks below the slider with their words, which give way to one another; a click goes there."""

    clicked = Signal(int)

    def __init__(self, slider: _KeySlider, parent: QWidget) -> None:
        super().__init__(parent)
        self._slider = slider
        self._marks: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.setFont(font)

    def show_marks(self, marks: list[tuple[str, int]]) -> None:
        self._marks = marks
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, TICK + self.fontMetrics().height() + 4)

    def rooms(self) -> list[tuple[str, int, float, QRectF]]:
        """Return each mark's words, value, place, and the room of its words, none over another."""
        metrics = self.fontMetrics()
        found: list[tuple[str, int, float, QRectF]] = []
        taken = 0.0
        for words, value in self._marks:
            width = float(metrics.horizontalAdvance(words))
            place = self._slider.place(value)
            left = min(max(taken, place - width / 2), max(taken, self.width() - width))
            found.append((words, value, place, QRectF(left, TICK + 2, width, metrics.height())))
            taken = left + width + APART
        for index in range(len(found) - 1, -1, -1):  # those pushed over the edge push back
            words, value, place, room = found[index]
            limit = found[index + 1][3].left() - APART if index + 1 < len(found) else float(self.width())
            if room.right() > limit:
                room.moveRight(limit)
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        colour = view_colours(self.palette()).quiet
        painter.setPen(QPen(colour, 1))
        for words, _value, place, room in self.rooms():
            painter.drawLine(round(place), 0, round(place), TICK)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextDontClip), words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        for _words, value, _place, room in self.rooms():
            if room.adjusted(-4, -TICK - 2, 4, 4).contains(at):
                self.clicked.emit(value)
                return


def _step(size: int) -> int:
    return round(size * STEPS / GIB)


def _tr(text: str) -> str:
    return QCoreApplication.translate("MemorySlider", text)
