"""Text and translation side by side, what says the same at the same height; they scroll as one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.pairing import rows_of, to_source, to_translation, translated
from desktop.places import Hit, Part, Place
from desktop.views.reading_press import ReadingPress
from desktop.views.row_aligner import RowAligner
from desktop.views.streamed_text import StreamedText
from engine.output.blocks import PageResult

MARGIN_EM = 0.9


class BothView(QWidget):
    """Places are always those of the page: what is pointed at in the translation is told as what it translates."""

    pointed = Signal(object)
    """Place | None: what is under the mouse."""
    chosen = Signal(object)
    """Place: what was clicked."""
    zoomed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: PageResult | None = None
        self._aligner, self._slices = RowAligner(), ReadingPress(self)
        self._scrolling = False
        self.source, self.translation = StreamedText(), StreamedText()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.VLine)
        rule.setFrameShadow(QFrame.Shadow.Plain)
        rule.setForegroundRole(self.palette().ColorRole.Mid)
        row.addWidget(self.source, 1)
        row.addWidget(rule)
        row.addWidget(self.translation, 1)
        self.source.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(self.source)
        self._align = QTimer(self, singleShot=True, interval=0)
        self._align.timeout.connect(self._align_now)
        for side, other in ((self.source, self.translation), (self.translation, self.source)):
            side.margin_em = MARGIN_EM
            side.zoomed.connect(self.zoomed)
            side.shown.connect(self._side_shown)
            side.verticalScrollBar().valueChanged.connect(lambda value, other=other: self._scroll(other, value))
        self.source.pointed.connect(self._pointed_in_source)
        self.source.chosen.connect(self.chosen)
        self.translation.pointed.connect(self._pointed_in_translation)
        self.translation.chosen.connect(self._chosen_in_translation)
        self._dress()

    def show_result(self, result: PageResult, fonts: tuple[QFont, QFont]) -> None:
        """Show a page that is read, in the fonts of its text and of its translation."""
        self._result = result
        self.source.show_result(result, fonts[0])
        self.translation.show_result(translated(result), fonts[1])

    def show_partly(self, result: PageResult, finished: int, fonts: tuple[QFont, QFont]) -> None:
        """Show what is read and translated so far; rows are aligned when it is known what belongs together."""
        self._result = result
        count = len(result.blocks)
        self.source.show_partly(result, min(finished, count), fonts[0])
        self.translation.show_partly(translated(result), max(0, finished - count), fonts[1])

    def light(self, place: Place | None) -> None:
        """Tint a place on both sides."""
        self.source.light(place)
        self.translation.light(to_translation(place, self._result) if self._result is not None else None)

    def go_to(self, place: Place) -> None:
        """Bring a place into view; the other side comes with it."""
        self.source.go_to(place)

    def set_hits(self, hits: Sequence[Hit], current: Hit | None) -> None:
        """Mark what was found, on the side where it stands."""
        self.source.set_hits([hit for hit in hits if hit.part is Part.TEXT], current)
        self.translation.set_hits([hit for hit in hits if hit.part is Part.TRANSLATION], current)

    def go_to_hit(self, hit: Hit) -> None:
        """Bring what was found into view; the other side comes with it."""
        (self.translation if hit.part is Part.TRANSLATION else self.source).go_to_hit(hit)

    # -- rows

    def _side_shown(self) -> None:
        self._slices.stop()
        self._aligner.forget()
        self._align.start()

    def _align_now(self) -> None:
        left, right, result = self.source.reading, self.translation.reading, self._result
        if left is None or right is None or result is None or self.source.growing or self.translation.growing:
            return
        if left.result.number == right.result.number == result.number and len(result.pairs) == len(result.translation):
            rows = rows_of(len(result.blocks), result.pairs)
            self._slices.run(self._aligner.steps(left, right, rows), self._aligned)

    def _aligned(self) -> None:
        self._scroll(self.translation, self.source.verticalScrollBar().value())

    def _scroll(self, other: StreamedText, value: int) -> None:
        if not self._scrolling:
            self._scrolling = True  # the shorter side stops at its end, and does not hold the other one
            other.verticalScrollBar().setValue(value)
            self._scrolling = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Align anew: other widths break the lines elsewhere."""
        super().resizeEvent(event)
        self._align.start()

    # -- pointing

    def _pointed_in_source(self, place: Place | None) -> None:
        self.pointed.emit(place)
        self.light(place)

    def _pointed_in_translation(self, place: Place | None) -> None:
        told = to_source(place, self._result) if self._result is not None else None
        self.pointed.emit(told)
        self.light(told)

    def _chosen_in_translation(self, place: Place) -> None:
        told = to_source(place, self._result) if self._result is not None else None
        if told is not None:
            self.chosen.emit(told)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()

    def _dress(self) -> None:
        self.translation.setAccessibleName(self.tr("Translation of the page"))
