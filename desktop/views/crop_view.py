"""Shows a part of the page with the word in question framed, or says why there is nothing to see."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.cropping import ASPECT, Crop
from desktop.theme import PAGE_COLOURS, view_colours

LARGEST = 3.0
"""Pixels of a small picture are not blown up further than this."""
ROUND = 3


class CropView(QWidget):
    """Of steady height, so that nothing moves when the picture arrives."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crop: Crop | None = None
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The place on the page"))

    @property
    def crop(self) -> Crop | None:
        """What is shown."""
        return self._crop

    @property
    def words(self) -> str:
        """What is said in its place."""
        return self._words

    def show_crop(self, crop: Crop) -> None:
        """Show a part of the page."""
        self._crop, self._words = crop, ""
        self.update()

    def say(self, words: str) -> None:
        """Show words in the place of a picture."""
        self._crop, self._words = None, words
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Keep the form of what is cut out."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that goes with a width."""
        return round(width * ASPECT)

    def sizeHint(self) -> QSize:
        """Ask for room to read a line in."""
        return QSize(360, round(360 * ASPECT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture as large as there is room, its word framed."""
        del event
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        colours = view_colours(self.palette())
        if self._crop is None:
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))
            painter.setPen(colours.quiet)
            area = self.rect().adjusted(12, 4, -12, -4)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._words)
            return
        image, word = self._crop.image, self._crop.word
        scale = min(self.width() / image.width(), self.height() / image.height(), LARGEST)
        shown = QRectF(0, 0, image.width() * scale, image.height() * scale)
        shown.moveCenter(QRectF(self.rect()).center())
        painter.fillRect(self.rect(), colours.paper)
        painter.drawImage(shown, image)
        frame = QRectF(
            shown.x() + word.x() * scale, shown.y() + word.y() * scale, word.width() * scale, word.height() * scale
        )
        painter.setClipRect(self.rect())
        painter.setPen(QPen(PAGE_COLOURS.doubt, 1.5))
        painter.drawRoundedRect(frame.adjusted(-3, -2, 3, 2), ROUND, ROUND)
        painter.setPen(QPen(colours.paper_edge, 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
