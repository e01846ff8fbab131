"""Banners: quiet bars above the work that say what went wrong and what to do, one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import icon
from desktop.words import error_words
from engine.errors import DiglotError

Choice = tuple[str, Callable[[], object]]
"""The words of a button, and what it does; it takes the banner away too."""

MAX_BANNERS = 3
"""More than this would push the page out of the window; the oldest one goes."""


class Tone(Enum):
    """What a banner is about; the value is its colour."""

    ERROR = "#d1383d"
    NOTE = "#2f7dd1"


class Banner(QFrame):
    """One bar: an icon, a title, a sentence, a button that closes it."""

    dismissed = Signal()

    def __init__(self, tone: Tone, *, lasting: bool = False, parent: QWidget | None = None) -> None:
        """Say nothing yet.

        Args:
            tone: Its colour and its icon.
            lasting: Whether it has no button that closes it.
            parent: Its owner.
        """
        super().__init__(parent)
        self._tone = tone
        self._icon = QLabel()
        self._title = _label()
        self._text = _label()
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.clicked.connect(self.dismissed)
        if lasting:
            self._close.hide()
        self._offers = QWidget()
        self._choices = QHBoxLayout(self._offers)
        self._choices.setContentsMargins(0, 4, 0, 2)
        self._choices.setSpacing(6)
        self._offers.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addWidget(self._offers)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._dress()

    @property
    def title(self) -> str:
        """What happened."""
        return self._title.text()

    @property
    def text(self) -> str:
        """The sentence below it."""
        return self._text.text()

    def say(self, title: str, text: str) -> None:
        """Show these words; the screen reader hears them as one."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"{title}. {text}" if text else title)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer buttons below the words."""
        while (old := self._choices.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for words, do in choices:
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, do=do: self._choose(do))
            self._choices.addWidget(button)
        self._choices.addStretch(1)
        self._offers.setVisible(bool(choices))

    @property
    def choices(self) -> list[QPushButton]:
        """The buttons that are offered."""
        return self._offers.findChildren(QPushButton)

    def _choose(self, do: Callable[[], object]) -> None:
        self.dismissed.emit()
        do()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the style and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._dress()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tint the bar a little with its tone, over the window's own colour, light or dark."""
        painter = QPainter(self)
        window = self.palette().color(QPalette.ColorRole.Window)
        tone = QColor(self._tone.value)
        painter.fillRect(self.rect(), _mixed(window, tone, 0.13))
        painter.fillRect(0, 0, 4, self.height(), tone)
        painter.fillRect(0, self.height() - 1, self.width(), 1, _mixed(window, tone, 0.35))

    def _dress(self) -> None:
        style = self.style()
        kind = (
            QStyle.StandardPixmap.SP_MessageBoxWarning
            if self._tone is Tone.ERROR
            else QStyle.StandardPixmap.SP_MessageBoxInformation
        )
        size = style.pixelMetric(QStyle.PixelMetric.PM_SmallIconSize, None, self)
        self._icon.setPixmap(style.standardIcon(kind).pixmap(size, size))
        self._close.setIcon(icon("close", self.palette()))
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.setToolTip(self.tr("Close this message"))


class BannerStack(QWidget):
    """The banners of a window. A banner replaces the one that has the same key, and one that says the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: dict[str, Banner] = {}
        self._count = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def banners(self) -> list[Banner]:
        """What is shown, the oldest first."""
        return list(self._banners.values())

    def show_error(self, error: DiglotError, *, key: str = "", subject: str = "") -> None:
        """Show an error in the person's language; `subject` stands in for the error's own (a file, pages)."""
        words = error_words(error)
        subject = subject or error.subject
        self._show(Tone.ERROR, f"{subject}: {words.title}" if subject else words.title, words.advice, key)

    def show_note(self, title: str, text: str, *, key: str = "", choices: Sequence[Choice] = ()) -> None:
        """Show something worth knowing that is no error, and offer what can be done about it."""
        self._show(Tone.NOTE, title, text, key).offer(choices)

    def clear(self, key: str) -> None:
        """Take away the banner with this key, if it is there."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))

    def _show(self, tone: Tone, title: str, text: str, key: str) -> Banner:
        if not key:
            self._count += 1
            key = f"#{self._count}"
        for other, shown in list(self._banners.items()):
            if other != key and (shown._tone, shown.title, shown.text) == (tone, title, text):
                self.clear(other)  # two who met the same say it once
        banner = self._banners.get(key)
        if banner is not None and banner._tone is not tone:
            self.clear(key)
            banner = None
        if banner is None:
            banner = Banner(tone, parent=self)
            banner.dismissed.connect(lambda: self.clear(key))
            self._banners[key] = banner
            self._column.addWidget(banner)
            while len(self._banners) > MAX_BANNERS:
                self.clear(next(iter(self._banners)))
        banner.say(title, text)
        self.show()
        return banner


def _label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # a file's name is no markup
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _mixed(under: QColor, over: QColor, share: float) -> QColor:
    return QColor(
        round(under.red() + (over.red() - under.red()) * share),
        round(under.green() + (over.green() - under.green()) * share),
        round(under.blue() + (over.blue() - under.blue()) * share),
    )
