"""The strip at the foot of the window: how far the reading is, how fast, how long still; stopping it, and going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from desktop.icons import icon
from desktop.theme import as_tip
from desktop.views.message import Remark

if TYPE_CHECKING:  # the window is on the screen before the engine is imported
    from engine.events import Progress

TICK_MS = 1000
MOMENT_MS = 4000
WEIGHT = 0.3
"""How much a new estimate of the time left counts against what was shown."""


class ProgressStrip(QWidget):
    """One line of steady height; its words change at most once a second, except for the count of pages."""

    stop_asked = Signal()
    pause_asked = Signal()
    go_on_asked = Signal()
    retry_asked = Signal()
    look_asked = Signal()
    """The next page that needs a look is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Remark(self, plain=True)
        self._aside = QLabel(self)
        self._lasting = QLabel(self)
        for label in (self._aside, self._lasting):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(160, 8)
        self._bar.setAccessibleName(self.tr("Progress of the reading"))
        self._pause, self._stop = QToolButton(self), QToolButton(self)
        self._go_on, self._retry, self._look = QToolButton(self), QToolButton(self), QToolButton(self)
        for button in (self._pause, self._stop, self._go_on, self._retry, self._look):
            button.setAutoRaise(True)
            button.setIconSize(QSize(16, 16))
        for button in (self._go_on, self._retry, self._look):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setAutoRaise(button is self._look)
            button.hide()
        self._look.setCursor(Qt.CursorShape.PointingHandCursor)
        self._stop.setToolTip(self.tr("Stop reading; finished pages are kept"))
        self._stop.setAccessibleName(self.tr("Stop reading"))
        self._pause.setToolTip(self.tr("Begin no further page for now (Ctrl+Shift+F5)"))
        self._pause.setAccessibleName(self.tr("Pause reading"))
        self._go_on.setAccessibleName(self.tr("Go on reading"))
        self._retry.setAccessibleName(self.tr("Read failed pages again"))
        self._look.setAccessibleName(self.tr("Pages that need a look"))
        self._retry.setToolTip(self.tr("Read those pages again that failed (Ctrl+F5)"))
        self._look.setToolTip(self.tr("Go to the next of these pages"))
        for button, asked in (
            (self._stop, self.stop_asked),
            (self._pause, self.pause_asked),
            (self._go_on, self.go_on_asked),
            (self._retry, self.retry_asked),
            (self._look, self.look_asked),
        ):
            button.clicked.connect(asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 2)
        row.setSpacing(10)
        row.addWidget(self._bar)
        row.addWidget(self._pause)
        row.addWidget(self._stop)
        row.addWidget(self._go_on)
        row.addWidget(self._words, 1)
        row.addWidget(self._retry)
        row.addWidget(self._look)
        row.addWidget(self._aside)
        row.addWidget(self._lasting)
        self.setFixedHeight(max(30, self.fontMetrics().height() + 14))
        self._progress: Progress | None = None
        self._left: float | None = None
        self._rate: float | None = None
        self._rest = ""
        self._waits = ""
        self._said = ""
        self._moment = QTimer(self, singleShot=True, interval=MOMENT_MS)
        self._moment.timeout.connect(self._moment_over)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.show_aside("")
        self.show_idle("")

    def dress(self, palette: QPalette) -> None:
        """Draw the icons in the palette's colours."""
        self._stop.setIcon(icon("stop", palette))
        self._pause.setIcon(icon("pause", palette))
        link = QPalette(palette)
        link.setColor(QPalette.ColorRole.ButtonText, palette.color(QPalette.ColorRole.Link))
        self._look.setPalette(link)

    def show_stand(self, waits: str, go_on: str = "", *, tip: str = "") -> None:
        """Say why nothing goes on, "" while it does.

        Args:
            waits: "Paused", or what is waited for.
            go_on: The words of the button that lets it go on.
            tip: What more there is to say of it.
        """
        if self._progress is None:
            return
        self._waits = waits
        self._go_on.setToolTip(as_tip(tip) if tip else "")
        self._pause.setVisible(not waits)
        self._go_on.setVisible(bool(waits))
        self._go_on.setText(go_on)
        self._left = self._rate = None  # nobody knows how long it will take now
        self._rest = ""
        self._show_words()

    def show_retry(self, failed: int) -> None:
        """Offer to read again the pages that failed; 0 offers nothing."""
        self._retry.setText(QCoreApplication.translate("ProgressStrip", "Read %n failed page(s) again", "", failed))
        self._retry.setAccessibleName(self._retry.text())
        self._retry.setVisible(failed > 0)

    def show_look(self, words: str) -> None:
        """Say how many pages need a look, "" for none; the words lead to them."""
        self._look.setText(words)
        self._look.setAccessibleName(words or self.tr("Pages that need a look"))
        self._look.setVisible(bool(words))

    def show_lasting(self, words: str) -> None:
        """Say something at the right end for as long as it is so, whatever else there is to say."""
        self._lasting.setText(words)

    def remark(self, words: str) -> None:
        """Say something for a moment in the place of what is said otherwise."""
        self._said = self._said if self._moment.isActive() else self._words.text()
        self._words.setText(words)
        self._moment.start()

    def _moment_over(self) -> None:
        if self._progress is not None:
            self._show_words()
        else:
            self._words.setText(self._said)

    def show_aside(self, words: str) -> None:
        """Say what goes on beside the reading, "" for nothing."""
        self._aside.setText(words)
        self._aside.setVisible(bool(words))

    def show_idle(self, words: str) -> None:
        """Nothing is being read; say so or say what has been done."""
        self._timer.stop()
        self._progress, self._left, self._rate, self._rest, self._waits = None, None, None, "", ""
        for part in (self._bar, self._pause, self._stop, self._go_on, self._retry):
            part.hide()
        self._moment.stop()
        self._words.setText(words)

    def show_progress(self, progress: Progress) -> None:
        """Show a job's progress; the first one starts the clock."""
        first = self._progress is None
        self._progress = progress
        self._left = _blend(self._left, progress.seconds_left)
        self._rate = _blend(self._rate, progress.pages_per_second)
        self._bar.setUpdatesEnabled(False)  # the bar would paint itself, and all that waits with it, within this call
        self._bar.setMaximum(max(1, progress.total))
        self._bar.setValue(progress.done + progress.failed)
        self._bar.setUpdatesEnabled(True)
        if first:
            for part in (self._bar, self._pause, self._stop):
                part.show()
            self._retry.hide()
            self._timer.start()
            self._rest = self._estimate()
        self._show_words()

    def _tick(self) -> None:
        if self._left is not None:
            self._left = max(0.0, self._left - TICK_MS / 1000)
        self._rest = self._estimate()
        self._show_words()

    def _show_words(self) -> None:
        assert self._progress is not None
        if self._moment.isActive():
            return
        done, failed, total = self._progress.done, self._progress.failed, self._progress.total
        many = self.tr("{done} of {total} pages").format(done=done + failed, total=total)
        parts = [many if total > 1 else self.tr("Reading the page")]
        if failed:
            parts.append(self.tr("{count} failed").format(count=failed))
        if self._waits:
            parts.insert(0, self._waits)
        elif self._rest:
            parts.append(self._rest)
        self._words.setText(" · ".join(parts))

    def _estimate(self) -> str:
        if self._rate is None or self._left is None:
            return ""
        rate, left = round_rate(self._rate), self.tr("{time} left").format(time=self._time(self._left))
        return self.tr("{rate} pages/s").format(rate=rate) + " · " + left

    def _time(self, seconds: float) -> str:
        whole = round_seconds(seconds)
        if whole < 60:
            return self.tr("{s} s").format(s=whole)
        if whole < 3600:
            return self.tr("{m} min {s} s").format(m=whole // 60, s=whole % 60)
        return self.tr("{h} h {m} min").format(h=whole // 3600, m=whole % 3600 // 60)


def round_seconds(seconds: float) -> int:
    """Round as a person would say it: to seconds below a minute, to five below ten minutes, to thirty above."""
    step = 1 if seconds < 60 else 5 if seconds < 600 else 30
    return max(1, round(seconds / step) * step)


def round_rate(rate: float) -> str:
    """Write pages per second with two figures that matter: 0.42, 2.4, 37."""
    return f"{rate:.2f}" if rate < 1 else f"{rate:.1f}" if rate < 10 else f"{rate:.0f}"


def _blend(shown: float | None, told: float | None) -> float | None:
    if shown is None or told is None:
        return told
    return shown + WEIGHT * (told - shown)
