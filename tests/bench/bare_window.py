"""The bare thing: a PySide6 QMainWindow, shown and painted once; prints when, and ends."""

from __future__ import annotations

import os
import sys
import time

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class Window(QMainWindow):
    """Says when it has been painted, then ends the process."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- the name is Qt’s
        super().paintEvent(event)
        print(f"DIGLOT_MARK window {time.monotonic()}", flush=True)
        os._exit(0)


application = QApplication(sys.argv)
window = Window()
window.resize(1280, 800)
window.show()
sys.exit(application.exec())
