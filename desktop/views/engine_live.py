"""What a running engine does now: its memory, the pages it reads, its speed, and the speed of the last minutes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.engine_figures import count_words, gib
from desktop.views.rate_plot import RatePlot

if TYPE_CHECKING:
    from engine.server.metrics import Sample

NOTHING = "–"
LINES = 4


class LiveView(QWidget):
    """Four lines of figures and a plot. It keeps its size while there is nothing to tell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sample: Sample | None = None
        self._used: int | None = None
        self._title = QLabel(self)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._names = [QLabel(self) for _ in range(LINES)]
        self.values = [QLabel(self) for _ in range(LINES)]
        self.plot = RatePlot(self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(zip(self._names, self.values, strict=True)):
            name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addLayout(grid)
        column.addWidget(self.plot)
        self._dress()

    def show_samples(self, samples: Iterable[Sample]) -> None:
        """Show what was measured before the panel was there."""
        self.plot.show_samples(samples)

    def show_sample(self, sample: Sample, used_bytes: int | None) -> None:
        """Show what was measured just now."""
        self._sample, self._used = sample, used_bytes
        self.plot.add(sample)
        self._dress()

    def show_nothing(self) -> None:
        """Nothing is measured any more; the plot keeps what it has."""
        if self._sample is not None or self._used is not None:
            self._sample = self._used = None
            self._dress()

    def _dress(self) -> None:
        self._title.setText(self.tr("Now"))
        memory, held, pages, tokens = self._names
        memory.setText(self.tr("Memory in use"))
        held.setText(self.tr("Page memory in use"))
        pages.setText(self.tr("Pages at once"))
        tokens.setText(self.tr("Tokens per second"))
        said = [NOTHING] * LINES
        sample = self._sample
        if self._used is not None:
            said[0] = self.tr("{memory}, by all programs").format(memory=gib(self._used))
        if sample is not None:
            said[1] = f"{sample.page_memory * 100:.0f} %"
            said[2] = self.tr("{running} being read, {waiting} waiting").format(
                running=sample.running, waiting=sample.waiting
            )
            said[3] = self.tr("{inward} in, {outward} out").format(
                inward=count_words(round(sample.tokens_in_per_s)), outward=count_words(round(sample.tokens_out_per_s))
            )
        for value, words, name in zip(self.values, said, self._names, strict=True):
            value.setText(words)
            value.setAccessibleName(f"{name.text()}: {words}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
