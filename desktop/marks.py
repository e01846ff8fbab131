"""Hooks for measuring: when the window and the first page are on screen, and how long the loop keeps one waiting."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

EXIT_AFTER = "DIGLOT_EXIT_AFTER"
MEASURE_LOOP = "DIGLOT_MEASURE_LOOP"
TICK_MS = 5


def exit_after() -> str:
    """Return the mark after which to quit: "window", "first-page", or "" for never."""
    return os.environ.get(EXIT_AFTER, "")


def mark(name: str) -> None:
    """Tell whoever measures that something is on the screen now."""
    sys.stdout.write(f"DIGLOT_MARK {name} {time.monotonic()}\n")
    sys.stdout.flush()


class FirstPaint(QObject):
    """Calls `then` once, after a widget was painted for the first time."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._then: Callable[[], None] | None = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint event; what comes after it on the loop comes after the paint."""
        if event.type() == QEvent.Type.Paint and self._then is not None:
            then, self._then = self._then, None
            self._widget.removeEventFilter(self)
            QTimer.singleShot(0, then)
        return False


class MeasuredApplication(QApplication):
    """An application that measures its own loop: the CPU time of each outermost event, and how late a 5 ms timer is."""

    _measuring = False  # events come while the application is still being built
    _depth = 0

    def __init__(self, arguments: Sequence[str], target: Path) -> None:
        super().__init__(list(arguments))
        self._target = target
        self._longest_ns = 0
        self._where = ""
        self._delays: list[float] = []
        self._gui_thread = threading.get_ident()
        self._last_tick: float | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        """Measure from now on: what it took until there was a window is another measure's business."""
        self._measuring = True
        self._timer.start()

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Deliver an event and measure it if it is not inside another one."""
        if not self._measuring or self._depth or threading.get_ident() != self._gui_thread:
            return bool(super().notify(receiver, event))
        self._depth += 1
        kind, name = event.type(), type(receiver).__name__  # neither needs to outlive the event
        before = time.thread_time_ns()
        try:
            return bool(super().notify(receiver, event))
        finally:
            spent = time.thread_time_ns() - before
            self._depth -= 1
            if spent > self._longest_ns:
                self._longest_ns = spent
                self._where = f"{kind.name} to {name}"

    def write(self) -> None:
        """Write what was measured and measure no more."""
        if not self._measuring:
            return
        self._measuring = False
        self._timer.stop()
        delays = sorted(self._delays)
        p99 = delays[min(len(delays) - 1, int(len(delays) * 0.99))] if delays else 0.0
        measured = {
            "longest_ms": round(self._longest_ns / 1e6, 3),
            "delay_p99_ms": round(p99, 3),
            "where": self._where,
            "ticks": len(delays),
        }
        import json

        self._target.write_text(json.dumps(measured), encoding="utf-8")

    def _tick(self) -> None:
        now = time.monotonic() * 1000
        if self._last_tick is not None:
            self._delays.append(max(0.0, now - self._last_tick - TICK_MS))
        self._last_tick = now
