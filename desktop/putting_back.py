"""Putting back: what the person wrote is taken back, their last answer by Ctrl+Z, any of them in the text's menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.doubt_walk import Stop
from desktop.places import Place
from desktop.session import Session
from desktop.views.main_window import MainWindow
from desktop.views.reading_pages import ReadingPages
from engine.output.corrections import Site, written_at

if TYPE_CHECKING:
    from engine.store.records import Correction, ReadingKey

MOST = 200
"""So many answers can be taken back, one after the other."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a doubtful word: where it is written, and what was written there before."""

    stop: Stop
    walking: bool
    key: ReadingKey | None
    place: str
    earlier: Correction | None


class PuttingBack(QObject):
    """Remembers the answers given in the open document, the last one to be taken back first."""

    possible = Signal(bool)
    """Whether there is an answer to take back."""
    gone_back = Signal(object)
    """Answer: it is taken back; its word is in doubt again."""

    def __init__(self, window: MainWindow, session: Session, pages: ReadingPages) -> None:
        super().__init__(window)
        self._session = session
        self._undo = window.acts.undo
        self._answers: list[Answer] = []
        self._awaited: Answer | None = None
        self._undo.triggered.connect(lambda _checked=False: self.undo())
        session.closing.connect(lambda _last: self._forget())
        session.rewritten.connect(self._rewritten)
        pages.put_back_asked.connect(self._put_back)
        pages.is_corrected = lambda place: self._place_of(place) is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is an answer to take back."""
        return bool(self._answers)

    def note(self, stop: Stop, place: str, *, walking: bool) -> None:
        """Remember what is written at a place now; something else is about to be written there."""
        earlier = self._session.written(stop.number).get(place)
        self._answers.append(Answer(stop, walking, self._session.key_of(stop.number), place, earlier))
        del self._answers[:-MOST]
        self._tell()

    def undo(self) -> None:
        """Take back the last answer about a reading that is still shown."""
        while self._answers:
            last = self._answers.pop()
            if last.key == self._session.key_of(last.stop.number):
                self._awaited = last
                self._session.put_back(last.stop.number, last.place, last.earlier)
                break
        self._tell()

    def _put_back(self, place: Place) -> None:
        """Let what was read stand again at a place of the text."""
        written = self._place_of(place)
        if written is not None:
            here = (place.number, written)
            self._answers = [one for one in self._answers if (one.stop.number, one.place) != here]
            self._tell()
            self._session.put_back(place.number, written)

    def _place_of(self, place: Place) -> str | None:
        result = self._session.results.get(place.number)
        if result is None or place.block is None:
            return None
        site = Site(place.block, place.row, place.column)
        return written_at(result, site, self._session.written(place.number))

    def _rewritten(self, number: int) -> None:
        awaited = self._awaited
        if awaited is not None and awaited.stop.number == number:
            self._awaited = None
            self.gone_back.emit(awaited)

    def _forget(self) -> None:
        self._answers.clear()
        self._awaited = None
        self._tell()

    def _tell(self) -> None:
        self._undo.setEnabled(self.can_undo)
        self.possible.emit(self.can_undo)
