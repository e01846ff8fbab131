"""Doubts: the person goes from one doubtful word to the next and says of each what stands there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from desktop.cropping import MOST_PIXELS, Crops
from desktop.doubt_walk import Stop, next_stop
from desktop.doubt_words import needs_a_look, reader_words
from desktop.models.pages import PageStatus, ReadState
from desktop.places import Place
from desktop.putting_back import PuttingBack
from desktop.session import Session
from desktop.views.doubt_bubble import DoubtBubble, Question
from desktop.views.main_window import MainWindow
from desktop.views.page_view import PageView
from desktop.views.reading_doubts import cell_of, doubtful_words
from desktop.views.reading_side import ReadingSide
from engine.output.blocks import Box, Doubt, PageResult
from engine.output.corrections import site_of, text_at

AT_ONCE = 8
"""So many pages are unpacked in one go to count their doubts."""


class DoubtDesk(QObject):
    """Joins the marks in the text, those on the page, and the bubble."""

    look_changed = Signal(object)
    """tuple[int, ...]: the pages that need a look, in order."""
    said = Signal(str)
    """Something to say at the foot of the window."""

    def __init__(self, window: MainWindow, session: Session, pages: PageView, side: ReadingSide) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._pages = pages
        self._shown = side.reading.doubts
        self._side = side
        self._counts: dict[int, int] = {}
        self._look: set[int] = set()
        self._uncounted: set[int] = set()
        self._counting: asyncio.Task[None] | None = None
        self._at: Stop | None = None
        self._walking = False
        self._settled: Stop | None = None
        self._crops: Crops | None = None
        self._bubble: DoubtBubble | None = None
        session.opened.connect(lambda _document: self._forget())
        for action, way in ((window.acts.next_doubt, 1), (window.acts.previous_doubt, -1)):
            action.triggered.connect(lambda _checked=False, way=way: self.step(way))
        session.closing.connect(lambda _last: self._forget())
        session.bridge.pages_changed.connect(self._pages_changed)
        session.recalled.connect(lambda _count: self.count(session.results))
        session.rewritten.connect(self._rewritten)
        side.reading.doubts_asked.connect(lambda: self.step(1))
        self._shown.chosen.connect(lambda which: self.go(Stop(self._pages.page, which)))
        self._shown.moved.connect(self._word_moved)
        self._shown.gone.connect(self._close)
        self._back = PuttingBack(window, session, side.reading.pages)
        self._back.gone_back.connect(lambda answer: self.go(answer.stop, walking=answer.walking))
        pages.doubt_chosen.connect(lambda number, which: self.go(Stop(number, which)))

    # -- which pages need a look

    @property
    def pages_to_look_at(self) -> tuple[int, ...]:
        """The pages that need a look, in order."""
        return tuple(sorted(self._look))

    def count(self, numbers: Iterable[int]) -> None:
        """Look these pages over, beside the loop: those of a long document lie packed."""
        self._uncounted.update(numbers)
        if self._uncounted and (self._counting is None or self._counting.done()):
            self._counting = self._session.bridge.start(self._count())

    async def _count(self) -> None:
        while self._uncounted:
            results = self._session.results
            some = sorted(self._uncounted)[:AT_ONCE]
            self._uncounted.difference_update(some)
            found = await asyncio.to_thread(_looked_over, results, some)
            if results is self._session.results:
                self._take(found)
        self.look_changed.emit(self.pages_to_look_at)

    def _take(self, found: dict[int, tuple[int, bool]]) -> None:
        for number, (count, look) in found.items():
            self._counts[number] = count
            if look:
                self._look.add(number)
            else:
                self._look.discard(number)

    def _pages_changed(self, pages: tuple[PageStatus, ...]) -> None:
        read = [page.number for page in pages if page.state is ReadState.DONE]
        if read:
            self.count(read)

    def _forget(self) -> None:
        self._close()
        self._counts.clear()
        self._look.clear()
        self._uncounted.clear()
        self._at = self._settled = None
        if self._crops is not None:
            self._crops.forget()
            self._crops.deleteLater()
            self._crops = None
        self.look_changed.emit(())

    # -- going through them

    def step(self, way: int) -> None:
        """Go to the next doubtful word (1) or to the one before (-1)."""
        step = next_stop(self._counts, self._at, self._pages.page, forward=way > 0)
        if step is None:
            self.said.emit(self.tr("No word that was read is in doubt."))
            return
        if step.wrapped:
            ahead = self.tr("From the end of the document on to its beginning.")
            back = self.tr("From the beginning of the document back to its end.")
            self.said.emit(ahead if way > 0 else back)
        self.go(step.stop, walking=True)

    def go(self, stop: Stop, *, walking: bool = False) -> None:
        """Go to one doubtful word and ask about it."""
        result = self._session.results.get(stop.number)
        if result is None or stop.which >= len(result.doubts):
            return
        self._close()
        self._walking, self._at = walking, stop
        doubt = result.doubts[stop.which]
        if self._pages.page != stop.number:
            self._pages.go_to_page(stop.number)
        self._side.results_changed([stop.number])  # it is shown now, not when the pages are still
        self._pages.go_to(Place(stop.number, doubt.block, None, doubt.row, doubt.column))
        words = doubtful_words(result, doubt)
        question = Question(doubt, words, reader_words(result.reader), stop.which + 1, len(result.doubts))
        bubble = self._made_bubble()
        bubble.ask(question)
        self._show_place(bubble, result, doubt)
        self._side.reading.go_to_doubt(stop.which)

    def _made_bubble(self) -> DoubtBubble:
        if self._bubble is None:
            bubble = self._bubble = DoubtBubble(self._window)
            bubble.asked.connect(self.step)
            bubble.taken.connect(self._taken)
            bubble.kept.connect(self._kept)
            bubble.closed.connect(self._closed)
            bubble.undone.connect(self._back.undo)
            bubble.offer_undo(self._back.can_undo)
            self._back.possible.connect(bubble.offer_undo)
        return self._bubble

    def _show_place(self, bubble: DoubtBubble, result: PageResult, doubt: Doubt) -> None:
        box = place_of(result, doubt)
        if box is None:
            bubble.crop.say(self.tr("Nobody knows where on the page this stands."))
            return
        bubble.crop.say(self.tr("Drawing the page …"))
        document = self._session.document
        if document is None:
            return
        if self._crops is None:
            draw = self._session.drawer(document, max_pixels=MOST_PIXELS, urgent=True)
            self._crops = Crops(self, draw, document.info.unit)
            self._crops.ready.connect(bubble.crop.show_crop)
            self._crops.failed.connect(lambda: bubble.crop.say(self.tr("This page could not be drawn")))
        self._crops.want(result.number, box)

    def _word_moved(self) -> None:
        if self._bubble is not None and self._bubble.is_open:
            self._bubble.stand_at(self._shown.rect_in(self._window))

    # -- what is said of them

    def _asked_about(self) -> tuple[PageResult, Doubt] | None:
        stop = self._at
        result = self._session.results.get(stop.number) if stop is not None else None
        if stop is None or result is None or stop.which >= len(result.doubts):
            return None
        return result, result.doubts[stop.which]

    def _taken(self, words: str) -> None:
        asked = self._asked_about()
        if asked is None:
            return
        result, doubt = asked
        site = site_of(doubt)
        text = text_at(result, site) or ""
        if not self._walking:
            self.said.emit(self.tr("Changed. Ctrl+Z takes it back."))
        self._settle(site.place)
        start, end = max(0, doubt.start), max(0, doubt.end)
        self._session.correct(result.number, site, text[:start] + words + text[end:])

    def _kept(self) -> None:
        asked = self._asked_about()
        if asked is None:
            return
        result, doubt = asked
        site = site_of(doubt)
        self._settle(site.kept_place)
        self._session.confirm(result.number, site, doubtful_words(result, doubt))

    def _settle(self, place: str) -> None:
        """Close the bubble; whoever goes through the words is led to the next one when this one is settled.

        Args:
            place: Where the answer will be written; what is written there now can be brought back.
        """
        if self._at is not None:
            self._back.note(self._at, place, walking=self._walking)
        walking, at = self._walking, self._at
        self._close()
        self._settled = at if walking else None

    def _rewritten(self, number: int) -> None:
        self._take(_looked_over(self._session.results, [number]))
        self.look_changed.emit(self.pages_to_look_at)
        settled, self._settled = self._settled, None
        if settled is not None and settled.number == number and self._pages.page == number:
            # What came after it stands in its place now.
            self._at = Stop(number, min(settled.which, self._counts.get(number, 0)) - 1)
            if any(self._counts.values()):
                self.step(1)
            else:
                self.said.emit(self.tr("No word is in doubt any more. Ctrl+Z takes the last answer back."))

    def _close(self) -> None:
        if self._bubble is not None:
            self._bubble.close()

    def _closed(self) -> None:
        if self._crops is not None:
            self._crops.stop()
        self._shown.leave()


def _looked_over(results: Mapping[int, PageResult], numbers: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """Return of each page how many words are in doubt, and whether it needs a look."""
    found = {number: results.get(number) for number in numbers}
    return {
        number: (len(result.doubts), needs_a_look(result)) if result is not None else (0, False)
        for number, result in found.items()
    }


def place_of(result: PageResult, doubt: Doubt) -> Box | None:
    """Return where a doubtful word stands on the page, or else its cell or its block; None where nobody knows."""
    if doubt.box is not None:
        return doubt.box
    cell = cell_of(result, doubt)
    if cell is not None and cell.box is not None:
        return cell.box
    block = result.blocks[doubt.block] if 0 <= doubt.block < len(result.blocks) else None
    return block.box if block is not None and block.placed else None
