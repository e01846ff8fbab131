"""The bare thing: a PySide6 QMainWindow that opens a PDF with PyMuPDF in it, renders page 1 and paints it."""

from __future__ import annotations

import os
import sys
import time

import pymupdf
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow

SCALE = 96 / 72


class Window(QMainWindow):
    """Shows itself, then the page; says when the page has been painted and ends the process."""

    picture: QImage | None = None
    planned = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- the name is Qt’s
        super().paintEvent(event)
        if not self.planned:
            self.planned = True
            QTimer.singleShot(0, self.open)
        if self.picture is not None:
            painter = QPainter(self)
            painter.drawImage(0, 0, self.picture)
            painter.end()
            print(f"DIGLOT_MARK first-page {time.monotonic()}", flush=True)
            os._exit(0)

    def open(self) -> None:
        document = pymupdf.open(sys.argv[1])
        pixmap = document[0].get_pixmap(matrix=pymupdf.Matrix(SCALE, SCALE), alpha=False)
        picture = QImage(pixmap.samples, pixmap.width, pixmap.height, pixmap.stride, QImage.Format.Format_RGB888)
        self.picture = picture.copy()
        self.update()


application = QApplication(sys.argv)
window = Window()
window.resize(1280, 800)
window.show()
sys.exit(application.exec())
