"""Bringing a place of a text into view: gently where it is near, at once where it is far, and only as far as needed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QVariantAnimation, Signal
from PySide6.QtWidgets import QAbstractScrollArea

SCROLL_MS = 180
NEAR_SCREENS = 3
"""Farther than this the view goes at once: sliding past pages of text makes people dizzy."""
AIR = 24
"""Logical pixels kept free above and below what is brought into view."""


class GentleScroll(QObject):
    """Moves a view's upright bar."""

    arrived = Signal()

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self._view = view
        self._slide = QVariantAnimation(self)
        self._slide.setDuration(SCROLL_MS)
        self._slide.valueChanged.connect(lambda value: view.verticalScrollBar().setValue(int(value)))
        self._slide.finished.connect(self.arrived)

    @property
    def sliding(self) -> bool:
        """Whether the view is on its way."""
        return self._slide.state() == QVariantAnimation.State.Running

    def stop(self) -> None:
        """Stay where the view is."""
        self._slide.stop()

    def bring(self, rect: QRectF | None) -> None:
        """Bring a box into view, in the document's pixels; None and an empty one move nothing."""
        if rect is None or rect.isNull():
            return
        bar, height = self._view.verticalScrollBar(), self._view.viewport().height()
        top, bottom = rect.top() - AIR, rect.bottom() + AIR
        if bar.value() <= top and bottom <= bar.value() + height:
            return
        target = round(top if bottom - top > height or top < bar.value() else bottom - height)
        target = max(bar.minimum(), min(bar.maximum(), target))
        self._slide.stop()
        if abs(target - bar.value()) > NEAR_SCREENS * height or not self._view.isVisible():
            bar.setValue(target)
            return
        self._slide.setStartValue(bar.value())
        self._slide.setEndValue(target)
        self._slide.start()
