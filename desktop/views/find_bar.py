"""The find bar: the words sought, how many places there are, and steps between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from desktop import searching
from desktop.finding import Match
from desktop.icons import icon
from desktop.places import Hit
from desktop.searching import Search
from engine.output.blocks import PageResult

TYPING_PAUSE_MS = 120


class FindBar(QWidget):
    """Seeks words in all pages read so far, and in those that come while it is open."""

    hits_changed = Signal(object)
    """list[Hit]: everything found so far, in page order."""
    current_changed = Signal(object)
    """Hit | None: where the person is."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search = Search(self)
        self._search.hits_changed.connect(self.hits_changed)
        self._search.current_changed.connect(self.current_changed)
        self._search.counted.connect(self._show_count)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.search_now)

        self._field = QLineEdit()
        self._field.setClearButtonEnabled(True)
        self._field.setMaxLength(500)
        self._field.textChanged.connect(lambda: self._typing.start())
        self._field.installEventFilter(self)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._previous, self._next, self._close = QToolButton(), QToolButton(), QToolButton()
        self._previous.clicked.connect(self.previous)
        self._next.clicked.connect(self.next)
        self._close.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self._field, 1)
        row.addWidget(self._count)
        for button in (self._previous, self._next, self._close):
            button.setAutoRaise(True)
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._field)

        # For the whole window, while the bar is to be seen.
        for key, step in (("F3", self.next), ("Shift+F3", self.previous)):
            QShortcut(QKeySequence(key), self).activated.connect(step)
        self._dress()
        self.hide()

    # -- what the window calls

    def open(self) -> None:
        """Show the bar with the words of last time selected, and search them again."""
        self.show()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()
        self.search_now()

    def close_bar(self) -> None:
        """Hide the bar and take the marks off the pages."""
        self.hide()
        self._typing.stop()
        self._search.forget()
        self.closed.emit()

    def set_results(self, results: Mapping[int, PageResult]) -> None:
        """Search these pages from now on; the mapping may grow, then call `refresh`."""
        self._search.results, self._search.here = results, 1
        self.search_now()

    def set_here(self, number: int) -> None:
        """Say which page is looked at: the first place shown is the first one from there on."""
        self._search.here = number

    def refresh(self, changed: Iterable[int] = ()) -> None:
        """Search the pages that are new, and those of `changed`, which may have been read again."""
        if not self.isHidden():
            self._search.refresh(changed)

    def seek(self, words: str) -> None:
        """Open the bar and search these words."""
        self._field.setText(words)
        self.open()

    @property
    def matches(self) -> list[Match]:
        """Everything found so far, in page order."""
        return self._search.matches

    @property
    def current(self) -> Hit | None:
        """Where the person is."""
        return self._search.current

    @property
    def searching(self) -> bool:
        """Whether pages are still waiting to be searched."""
        return self._search.busy or self._typing.isActive()

    def next(self) -> None:
        """Go to the next place, after the last one to the first."""
        self._step(1)

    def previous(self) -> None:
        """Go to the place before, before the first one to the last."""
        self._step(-1)

    def search_now(self) -> None:
        """Start anew with the words in the field."""
        self._typing.stop()
        if not self.isHidden():
            self._search.begin(self._field.text())

    def _step(self, way: int) -> None:
        if self._typing.isActive():
            self.search_now()
        else:
            self._search.step(way)

    # -- what is shown

    def _show_count(self) -> None:
        found = self._search.total > 0
        self._previous.setEnabled(found)
        self._next.setEnabled(found)
        self._count.setText(self._count_words())

    def _count_words(self) -> str:
        total, busy, index = self._search.total, self._search.busy, self._search.index
        if not self._search.sought:
            return ""
        if not total:
            return self.tr("Searching…") if busy else self.tr("Not found")
        shown = f"{total}+" if busy or total >= searching.MAX_MATCHES else str(total)
        if index is None:
            return self.tr("{total} found").format(total=shown)
        return self.tr("{index} of {total}").format(index=index + 1, total=shown)

    def _dress(self) -> None:
        self._field.setPlaceholderText(self.tr("Find in the text"))
        self._field.setAccessibleName(self.tr("Find in the text"))
        clear = self._field.findChild(QToolButton)
        if clear is not None:
            clear.setAccessibleName(self.tr("Empty the field"))
        for button, sign, name, key in (
            (self._previous, "up", self.tr("Previous place"), "Shift+F3"),
            (self._next, "down", self.tr("Next place"), "F3"),
            (self._close, "close", self.tr("Close the search"), "Esc"),
        ):
            button.setIcon(icon(sign, self.palette()))
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._dress()
            self._count.setText(self._count_words())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Shift+Enter step on and back while the field has the keyboard."""
        if watched is self._field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)
