"""The engine's state at the head of its panel: a word, a sign, a sentence, how far a start is, and what would help."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.engine_words import error_title, remedy_words, state_words
from desktop.views.engine_sign import Sign, SignLabel
from desktop.words import error_words
from engine.engine_errors import EngineError, Remedy, RemedyKind
from engine.errors import DiglotError
from engine.server.state import ServerState, ServerStatus

BAR_STEPS = 1000


SIGNS: dict[ServerState, Sign] = {
    ServerState.ABSENT: Sign.OFF,
    ServerState.STOPPED: Sign.OFF,
    ServerState.STARTING: Sign.BUSY,
    ServerState.READY: Sign.READY,
    ServerState.ASLEEP: Sign.ASLEEP,
    ServerState.STOPPING: Sign.BUSY,
    ServerState.FAILED: Sign.FAILED,
}


class StateView(QWidget):
    """Shows one status. Its bar keeps its place while it is hidden, so that starting moves nothing."""

    remedy_chosen = Signal(object)
    """Remedy: the button of what would help was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status = ServerStatus(ServerState.ABSENT)
        self._trouble: DiglotError | None = None
        self._checking = False
        self._remedy: Remedy | None = None
        self._sign = SignLabel(self)
        self.word, self.sentence, self.advice = words_label(self), words_label(self), words_label(self)
        font = self.word.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self.word.setFont(font)
        self.advice.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setMaximum(BAR_STEPS)
        self.bar.setFixedHeight(6)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.remedy = QPushButton(self)
        self.remedy.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.remedy.clicked.connect(self._chosen)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._sign)
        head.addWidget(self.word, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.sentence)
        column.addWidget(self.bar)
        column.addWidget(self.advice)
        column.addWidget(self.remedy)
        self._dress()

    def show_status(self, status: ServerStatus, *, checking: bool = False) -> None:
        """Show how the engine stands; `checking` says that a self-check is under way."""
        self._status, self._checking = status, checking
        self._dress()

    def show_trouble(self, error: DiglotError | None) -> None:
        """Show what went wrong with something asked of an engine that has not failed; None forgets it."""
        self._trouble = error
        self._dress()

    def _dress(self) -> None:
        status = self._status
        words = state_words(status)
        self._sign.show_sign(SIGNS[status.state])
        self.word.setText(words.word)
        self.sentence.setText(words.sentence)
        self.sentence.setVisible(bool(words.sentence))
        starting, checking = status.state is ServerState.STARTING, status.check_progress is not None
        progress = status.check_progress if checking else status.progress
        self.bar.setVisible(starting or checking)
        self.bar.setAccessibleName(
            self.tr("Progress of the self-check") if checking else self.tr("Progress of the start")
        )
        if starting or checking:
            self.bar.setMaximum(BAR_STEPS if progress is not None else 0)
            self.bar.setValue(round((progress or 0.0) * BAR_STEPS))
        error = status.error if status.state is ServerState.FAILED else self._trouble
        lines = self._error_lines(error) if error is not None else self._remarks()
        self.advice.setText("\n".join(lines))
        self.advice.setVisible(bool(lines))
        self._offer(error)

    def _error_lines(self, error: DiglotError) -> list[str]:
        advice = error_words(error).advice
        lines = [advice] if error is self._status.error else [error_title(error), advice]
        return [*lines, error.detail] if error.detail else lines

    def _remarks(self) -> list[str]:
        status, lines = self._status, []
        if self._checking or status.check_progress is not None:
            lines.append(self.tr("The self-check is running: it reads a few made pages and compares."))
        elif status.state is ServerState.READY and status.checked is not None:
            right = self.tr("The self-check found every page right.")
            wrong = self.tr("The self-check found pages mixed up, so fewer are read at once.")
            lines.append(right if status.checked else wrong)
        if status.restarts and status.state in (ServerState.STARTING, ServerState.READY, ServerState.ASLEEP):
            lines.append(self.tr("It ended by itself and was started again %n time(s).", "", status.restarts))
        return lines

    def _offer(self, error: DiglotError | None) -> None:
        remedy = error.remedy if isinstance(error, EngineError) else None
        if self._status.state is ServerState.ABSENT and remedy is None:
            remedy = Remedy(RemedyKind.SET_UP)
        self._remedy = remedy
        self.remedy.setVisible(remedy is not None)
        self.remedy.setText(remedy_words(remedy or Remedy(RemedyKind.SET_UP)))

    def _chosen(self) -> None:
        if self._remedy is not None:
            self.remedy_chosen.emit(self._remedy)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()


def words_label(parent: QWidget) -> QLabel:
    """Return a label for words that wrap and can be copied; what it shows is never markup."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
