"""The find bar: the words sought, how many places there are, and steps between them; searches in short slices."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from desktop.finding import Match, Query, find_on_page
from desktop.icons import icon
from desktop.places import Hit
from engine.output.blocks import PageResult

SLICE_S = 0.006
"""How long the search may hold the window's thread before it lets others work."""
TYPING_PAUSE_MS = 120
TELL_EVERY_S = 0.15
MAX_MATCHES = 10_000
"""Nobody steps through more, and the pages need not paint more."""


class FindBar(QWidget):
    """Seeks words in all pages read so far, and in those that come while it is open."""

    hits_changed = Signal(object)
    """list[Hit]: everything found so far, in page order."""
    current_changed = Signal(object)
    """Hit | None: where the person is."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results: Mapping[int, PageResult] = {}
        self._query = Query("")
        self._here = 1
        self._matches: dict[int, list[Match]] = {}
        self._searched: set[int] = set()
        self._waiting: deque[int] = deque()
        self._current: tuple[int, int] | None = None  # page, which of its matches
        self._wants_one = False
        self._lost: tuple[int, int] | None = None  # where the person was on a page that is read again
        self._told_at = 0.0
        self._told_current: Hit | None = None
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.search_now)
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._search_a_while)

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
        self._forget()
        self._tell()
        self.closed.emit()

    def set_results(self, results: Mapping[int, PageResult]) -> None:
        """Search these pages from now on; the mapping may grow, then call `refresh`."""
        self._results = results
        self._here = 1
        self.search_now()

    def set_here(self, number: int) -> None:
        """Say which page is looked at: the first place shown is the first one from there on."""
        self._here = number

    def refresh(self, changed: Iterable[int] = ()) -> None:
        """Search the pages that are new, and those of `changed`, which may have been read again."""
        if self.isHidden() or not self._query.text:
            return
        waiting = set(self._waiting)
        again = set(changed)
        # By number alone: the readings of a long document lie packed, and looking at all of them would take seconds.
        fresh = [n for n in self._results if n not in waiting and (n in again or n not in self._searched)]
        gone = [n for n in self._searched if n not in self._results]
        for number in gone:
            self._drop(number)
        for number in fresh:
            self._drop(number)
        if gone:
            self._tell()
        self._waiting.extend(sorted(fresh))
        if self._waiting:
            self._slices.start()

    def seek(self, words: str) -> None:
        """Open the bar and search these words."""
        self._field.setText(words)
        self.open()

    @property
    def matches(self) -> list[Match]:
        """Everything found so far, in page order."""
        return [match for number in sorted(self._matches) for match in self._matches[number]]

    @property
    def current(self) -> Hit | None:
        """Where the person is."""
        return self._matches[self._current[0]][self._current[1]][0] if self._current is not None else None

    @property
    def searching(self) -> bool:
        """Whether pages are still waiting to be searched."""
        return bool(self._waiting) or self._typing.isActive()

    def next(self) -> None:
        """Go to the next place, after the last one to the first."""
        self._step(1)

    def previous(self) -> None:
        """Go to the place before, before the first one to the last."""
        self._step(-1)

    # -- the search

    def search_now(self) -> None:
        """Start anew with the words in the field."""
        self._typing.stop()
        if self.isHidden():
            return
        self._forget()
        self._query = Query.of(self._field.text())
        self._wants_one = True
        if self._query.text:
            # From the page looked at to the end, then from the beginning: the first place is there at once.
            numbers = sorted(self._results)
            self._waiting.extend([n for n in numbers if n >= self._here] + [n for n in numbers if n < self._here])
        if self._waiting:
            self._search_a_while()
        else:
            self._tell()

    def _forget(self) -> None:
        self._slices.stop()
        self._waiting.clear()
        self._matches.clear()
        self._searched.clear()
        self._query = Query("")
        self._current = self._lost = None
        self._wants_one = False

    def _drop(self, number: int) -> None:
        self._searched.discard(number)
        self._matches.pop(number, None)
        if self._current is not None and self._current[0] == number:
            self._current, self._lost = None, self._current

    def _search_a_while(self) -> None:
        stop = time.perf_counter() + SLICE_S
        total = sum(map(len, self._matches.values()))
        while self._waiting and total < MAX_MATCHES and time.perf_counter() < stop:
            number = self._waiting.popleft()
            result = self._results.get(number)
            if result is None:
                continue
            self._searched.add(number)
            matches = find_on_page(result, self._query)[: MAX_MATCHES - total]
            if matches:
                self._matches[number] = matches
                total += len(matches)
                if self._wants_one:
                    self._current = (number, 0)
                    self._wants_one = False
                elif self._lost is not None and self._lost[0] == number:
                    self._current = (number, min(self._lost[1], len(matches) - 1))
        if total >= MAX_MATCHES:
            self._waiting.clear()
        if self._waiting:
            self._slices.start()
        else:
            self._slices.stop()
        # Handing over thousands of hits after each slice would cost more than finding them.
        if not self._waiting or self.current != self._told_current or stop - self._told_at > TELL_EVERY_S:
            self._tell()

    def _step(self, way: int) -> None:
        if self._typing.isActive():
            self.search_now()
            return
        if not self._matches:
            return
        numbers = sorted(self._matches)
        if self._current is None:
            self._current = (next((n for n in numbers if n >= self._here), numbers[0]), 0)
        else:
            number, index = self._current
            index += way
            if not 0 <= index < len(self._matches[number]):
                number = numbers[(numbers.index(number) + way) % len(numbers)]
                index = 0 if way > 0 else len(self._matches[number]) - 1
            self._current = (number, index)
        self._count.setText(self._count_words())
        self._tell_current()

    # -- what is told and shown

    def _tell(self) -> None:
        found = bool(self._matches)
        self._previous.setEnabled(found)
        self._next.setEnabled(found)
        self._count.setText(self._count_words())
        self._told_at = time.perf_counter()
        self.hits_changed.emit([hit for match in self.matches for hit in match])
        if self.current != self._told_current:
            self._tell_current()

    def _tell_current(self) -> None:
        self._told_current = self.current
        self.current_changed.emit(self.current)

    def _count_words(self) -> str:
        total = sum(map(len, self._matches.values()))
        if not self._query.text:
            return ""
        if not total:
            return self.tr("Searching…") if self._waiting else self.tr("Not found")
        shown = f"{total}+" if self._waiting or total >= MAX_MATCHES else str(total)
        if self._current is None:
            return self.tr("{total} found").format(total=shown)
        number, index = self._current
        before = sum(len(matches) for page, matches in self._matches.items() if page < number)
        return self.tr("{index} of {total}").format(index=before + index + 1, total=shown)

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
