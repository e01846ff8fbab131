"""What a step of the setup shows while it is at work, how far it is; and what it says when it has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.engine_words import error_title, remedy_words, start_words
from desktop.setup_figures import progress_words
from desktop.setup_words import sentences
from desktop.views.banner import Banner, Tone
from desktop.views.engine_log import shown
from desktop.views.engine_state import words_label
from desktop.words import error_words
from engine.engine_errors import EngineError, LicenceNotAccepted, NoCard, Remedy, RemedyKind
from engine.errors import DiglotError
from engine.server.state import ServerState, ServerStatus
from engine.setup.steps import Step

if TYPE_CHECKING:
    from engine.setup.progress import CopyProgress

BAR_STEPS = 1000
CALM = (NoCard,)
"""Errors that are no failure, only how things are."""


class CutLine(QLabel):
    """One line of quiet, foreign text, cut in its middle where the room ends. It never asks for more room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def minimumSizeHint(self) -> QSize:
        """Ask for no width at all."""
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Ask for the height of a line."""
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        del event
        cut = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)


class WorkView(QWidget):
    """A bar, a line of figures, the name of what is being loaded or copied, and a button to cancel."""

    cancel_asked = Signal()

    def __init__(self, step: Step, parent: QWidget | None = None) -> None:
        """Show nothing yet.

        Args:
            step: What is at work.
            parent: Its owner.
        """
        super().__init__(parent)
        self._step = step
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.words, self.remark = words_label(self), words_label(self)
        self.name = CutLine(self)
        self.remark.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.cancel = QPushButton(self)
        self.cancel.clicked.connect(self.cancel_asked)
        head = QHBoxLayout()
        head.setSpacing(12)
        lines = QVBoxLayout()
        lines.setSpacing(4)
        for part in (self.bar, self.words, self.name):
            lines.addWidget(part)
        head.addLayout(lines, 1)
        head.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.remark)
        self.begin()

    def begin(self) -> None:
        """Show that it has begun, and nothing is known of how far it is."""
        self.bar.setMaximum(0)
        self._say(self._doing(), "")
        self.retranslate()

    def show_progress(self, progress: CopyProgress) -> None:
        """Show how many bytes are done."""
        self._move(progress.done_bytes / progress.total_bytes if progress.total_bytes > 0 else None)
        self._say(progress_words(progress) or self._doing(), shown(progress.name))

    def show_server(self, status: ServerStatus) -> None:
        """Show how far a start is, or that the self-check has followed it."""
        if status.state is ServerState.STARTING:
            self._move(status.progress)
            self._say(start_words(status), "")
        elif status.state is ServerState.READY:
            self._move(None)
            self._say(self.tr("Reading pages with known words"), "")

    def retranslate(self) -> None:
        """Say everything anew, in another language."""
        self.cancel.setText(self.tr("Cancel"))
        self.bar.setAccessibleName(self.tr("Progress of this step"))
        keeps = self._step in (Step.ENGINE, Step.WEIGHTS)
        goes_on = self.tr("You may close this window: the work goes on while Diglot is open.")
        resumes = self.tr("What was loaded before a break is kept.")
        self.remark.setText(sentences(goes_on, resumes) if keeps else goes_on)

    def _doing(self) -> str:
        match self._step:
            case Step.START:
                return self.tr("Starting")
            case Step.CHECK:
                return self.tr("Reading pages with known words")
            case Step.ENGINE | Step.WEIGHTS:
                return self.tr("Preparing")
            case _:
                return self.tr("Looking")

    def _move(self, fraction: float | None) -> None:
        if fraction is None:
            self.bar.setMaximum(0)
            return
        self.bar.setMaximum(BAR_STEPS)
        self.bar.setValue(round(min(1.0, max(0.0, fraction)) * BAR_STEPS))

    def _say(self, words: str, untrusted_name: str) -> None:
        self.words.setText(words)
        self.name.setText(untrusted_name)


class TroubleView(QWidget):
    """What happened, what to do, and the buttons that do it."""

    again_asked = Signal()
    remedy_chosen = Signal(object)
    """Remedy."""
    step_wanted = Signal(object)
    """Step: the one where this can be put right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: DiglotError | None = None
        self._remedy: Remedy | None = None
        self._banners = {tone: Banner(tone, lasting=True) for tone in Tone}
        self.again, self.remedy, self.licence = QPushButton(self), QPushButton(self), QPushButton(self)
        self.again.clicked.connect(self.again_asked)
        self.remedy.clicked.connect(self._apply)
        self.licence.clicked.connect(lambda: self.step_wanted.emit(Step.LICENCE))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.remedy, self.licence, self.again):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for banner in self._banners.values():
            column.addWidget(banner)
        column.addLayout(buttons)
        self.show_error(None, again=False)

    @property
    def banner(self) -> Banner:
        """The bar with the words."""
        return self._banners[Tone.NOTE if isinstance(self._error, CALM) else Tone.ERROR]

    def show_error(self, error: DiglotError | None, *, again: bool, words: str = "") -> None:
        """Show an error, or none.

        Args:
            error: What went wrong.
            again: Whether the same can be tried again.
            words: What is said in place of the error's advice and detail.
        """
        self._error = error
        self.setVisible(error is not None)
        if error is None:
            return
        for banner in self._banners.values():
            banner.setVisible(banner is self.banner)
        detail = shown(error.detail)
        lines = [words] if words else [error_words(error).advice, *([detail] if detail else [])]
        self.banner.say(shown(error_title(error)), "\n".join(lines))
        remedy = error.remedy if isinstance(error, EngineError) else None
        self._remedy = remedy if remedy is not None and remedy.kind is not RemedyKind.SET_UP else None
        self.remedy.setVisible(self._remedy is not None)
        self.remedy.setText(remedy_words(self._remedy) if self._remedy is not None else "")
        self.again.setText(self.tr("Try again"))
        self.again.setVisible(again)
        self.licence.setText(self.tr("Show the licence"))
        self.licence.setVisible(isinstance(error, LicenceNotAccepted))

    def _apply(self) -> None:
        if self._remedy is not None:
            self.remedy_chosen.emit(self._remedy)
