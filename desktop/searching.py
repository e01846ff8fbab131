"""Search: seeks words in all pages of a document in short slices, and keeps the place where the person is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.finding import Match, Query, search
from desktop.places import Hit
from engine.output.blocks import PageResult

SLICE_S = 0.006
"""How long the search may hold the window's thread before it lets others work."""
TELL_EVERY_S = 0.15
MAX_MATCHES = 10_000
"""Nobody steps through more, and the pages need not paint more."""


class Search(QObject):
    """Goes over the pages read so far, and over those that come while there is something to seek."""

    hits_changed = Signal(object)
    """list[Hit]: everything found so far, in page order."""
    current_changed = Signal(object)
    """Hit | None: where the person is."""
    counted = Signal()
    """How many places there are, or which of them one is at, is another now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.results: Mapping[int, PageResult] = {}
        self.here = 1
        """The page that is looked at: the first place shown is the first one from there on."""
        self._query = Query("")
        self._matches: dict[int, list[Match]] = {}
        self._searched: set[int] = set()
        self._waiting: deque[int] = deque()
        self._under_way: tuple[int, Iterator[list[Match]]] | None = None  # a page, and the rest of its texts
        self._current: tuple[int, int] | None = None  # page, which of its matches
        self._wants_one = False
        self._lost: tuple[int, int] | None = None  # where the person was on a page that is read again
        self._told_at = 0.0
        self._told_current: Hit | None = None
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._search_a_while)

    # -- what there is

    @property
    def sought(self) -> bool:
        """Whether there is something to seek."""
        return bool(self._query.text)

    @property
    def busy(self) -> bool:
        """Whether pages are still to be searched."""
        return bool(self._waiting) or self._under_way is not None

    @property
    def matches(self) -> list[Match]:
        """Everything found so far, in page order."""
        return [match for number in sorted(self._matches) for match in self._matches[number]]

    @property
    def total(self) -> int:
        """How many places were found so far."""
        return sum(map(len, self._matches.values()))

    @property
    def index(self) -> int | None:
        """Which of all places the person is at, from 0; None where they are at none."""
        if self._current is None:
            return None
        number, index = self._current
        return sum(len(matches) for page, matches in self._matches.items() if page < number) + index

    @property
    def current(self) -> Hit | None:
        """Where the person is."""
        return self._matches[self._current[0]][self._current[1]][0] if self._current is not None else None

    # -- what is asked of it

    def begin(self, words: str) -> None:
        """Start anew with these words, from the page looked at to the end, then from the beginning."""
        self._clear()
        self._query = Query.of(words)
        self._wants_one = True
        if self.sought:
            numbers = sorted(self.results)
            self._waiting.extend([n for n in numbers if n >= self.here] + [n for n in numbers if n < self.here])
        if self._waiting:
            self._search_a_while()
        else:
            self._tell()

    def forget(self) -> None:
        """Seek nothing any more."""
        self._clear()
        self._tell()

    def refresh(self, changed: Iterable[int] = ()) -> None:
        """Search the pages that are new, and those of `changed`, which may have been read again."""
        if not self.sought:
            return
        waiting, again = set(self._waiting), set(changed)
        if self._under_way is not None and self._under_way[0] not in again:
            waiting.add(self._under_way[0])
        # By number alone: the readings of a long document lie packed, and looking at all of them would take seconds.
        fresh = [n for n in self.results if n not in waiting and (n in again or n not in self._searched)]
        gone = [n for n in self._searched if n not in self.results]
        for number in (*gone, *fresh):
            self._drop(number)
        if gone:
            self._tell()
        self._waiting.extend(sorted(fresh))
        if self.busy:
            self._slices.start()

    def step(self, way: int) -> None:
        """Go to the next place (1) or to the one before (-1), round the ends."""
        if not self._matches:
            return
        numbers = sorted(self._matches)
        if self._current is None:
            self._current = (next((n for n in numbers if n >= self.here), numbers[0]), 0)
        else:
            number, index = self._current
            index += way
            if not 0 <= index < len(self._matches[number]):
                number = numbers[(numbers.index(number) + way) % len(numbers)]
                index = 0 if way > 0 else len(self._matches[number]) - 1
            self._current = (number, index)
        self.counted.emit()
        self._tell_current()

    # -- inside

    def _clear(self) -> None:
        self._slices.stop()
        self._waiting.clear()
        self._under_way = None
        self._matches.clear()
        self._searched.clear()
        self._query = Query("")
        self._current = self._lost = None
        self._wants_one = False

    def _drop(self, number: int) -> None:
        self._searched.discard(number)
        self._matches.pop(number, None)
        if self._under_way is not None and self._under_way[0] == number:
            self._under_way = None
        if self._current is not None and self._current[0] == number:
            self._current, self._lost = None, self._current

    def _search_a_while(self) -> None:
        stop = time.perf_counter() + SLICE_S
        room = MAX_MATCHES - self.total
        while self.busy and room > 0 and time.perf_counter() < stop:
            room -= self._search_on(stop, room)
        if room <= 0:
            self._waiting.clear()
            self._under_way = None
        if self.busy:
            self._slices.start()
        else:
            self._slices.stop()
        # Handing over thousands of hits after each slice would cost more than finding them.
        if not self.busy or self.current != self._told_current or stop - self._told_at > TELL_EVERY_S:
            self._tell()

    def _search_on(self, stop: float, room: int) -> int:
        """Go on with the page that is under way, or with the next one; return how much was found."""
        if self._under_way is None:
            number = self._waiting.popleft()
            result = self.results.get(number)
            if result is None:
                return 0
            self._searched.add(number)
            self._under_way = number, search(result, self._query)
        number, texts = self._under_way
        found: list[Match] = []
        for matches in texts:
            found.extend(matches)
            if len(found) >= room or time.perf_counter() > stop:
                break
        else:
            self._under_way = None
        if found:
            self._matches.setdefault(number, []).extend(found[:room])
            if self._wants_one:
                self._current = (number, 0)
                self._wants_one = False
        if self._under_way is None:
            self._return_to(number)
        return len(found)

    def _return_to(self, number: int) -> None:
        """Let the person be where they were on a page that was read again and has been searched."""
        there = len(self._matches.get(number, ()))
        if self._lost is not None and self._lost[0] == number and self._current is None and there:
            self._current = (number, min(self._lost[1], there - 1))

    def _tell(self) -> None:
        self._told_at = time.perf_counter()
        self.counted.emit()
        self.hits_changed.emit([hit for match in self.matches for hit in match])
        if self.current != self._told_current:
            self._tell_current()

    def _tell_current(self) -> None:
        self._told_current = self.current
        self.current_changed.emit(self.current)
