"""What the window says while nothing is open: what to do, and where to begin."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.theme import as_tip, view_colours

RECENT_SHOWN = 5


class EmptyState(QWidget):
    """A calm page with a dashed frame: drop something here, or open the sample."""

    recent_chosen = Signal(object)  # Path

    def __init__(self, open_file: QAction, open_sample: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self._hot = False
        title = QLabel(self.tr("Open a PDF or a picture"), self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        title.setFont(font)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = QLabel(self)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_remote("")
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch()
        for action, text in ((open_file, self.tr("Open a file…")), (open_sample, self.tr("Open the sample"))):
            button = QPushButton(text, self)
            button.setMinimumWidth(140)
            button.setMinimumHeight(34)
            button.clicked.connect(action.trigger)
            buttons.addWidget(button)
        buttons.addStretch()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addStretch(3)
        column.addWidget(title)
        column.addWidget(self._hint)
        column.addSpacing(4)
        column.addLayout(buttons)
        column.addSpacing(16)
        column.addLayout(self._recent)
        column.addStretch(4)

    def show_recent(self, paths: Sequence[Path], missing: Collection[Path] = ()) -> None:
        """Offer the files opened lately; those that are missing are greyed."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if not paths:
            return
        head = QLabel(self.tr("Opened lately"), self)
        head.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._recent.addWidget(head)
        for path in paths[:RECENT_SHOWN]:
            name = self.fontMetrics().elidedText(path.name, Qt.TextElideMode.ElideMiddle, 380)
            button = QPushButton(name.replace("&", "&&"), self)
            button.setFlat(True)
            button.setToolTip(as_tip(str(path)))
            button.setAccessibleName(self.tr("Open {name}").format(name=path.name))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, path=path: self.recent_chosen.emit(path))
            button.setEnabled(path not in missing)
            self._recent.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)

    def show_remote(self, words: str) -> None:
        """Say where pages are read: `words` where that is not this machine, "" where it is."""
        here = self.tr(
            "Drop it here, paste it, or choose a file.\nIts text appears beside the page, read on this machine."
        )
        away = self.tr("Drop it here, paste it, or choose a file.\nIts text appears beside the page.")
        self._hint.setText(f"{away}\n{words}" if words else here)

    def set_hot(self, hot: bool) -> None:
        """Show that what is being dragged may be dropped."""
        if hot != self._hot:
            self._hot = hot
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dashed frame."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        edge = palette.color(QPalette.ColorRole.Highlight) if self._hot else view_colours(palette).quiet
        edge.setAlpha(255 if self._hot else 110)
        if self._hot:
            fill = QColor(edge)
            fill.setAlpha(24)
            painter.setBrush(fill)
        painter.setPen(QPen(edge, 2 if self._hot else 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(24, 24, -24, -24), 12, 12)
