"""Comparing: a page's kept readings, two of them side by side, made beside the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QObject

from desktop.aligning import utf16_offsets
from desktop.differences import differences, share_alike
from desktop.doubt_words import reader_words
from desktop.session import Session
from desktop.task_words import task_name
from desktop.views.main_window import MainWindow
from desktop.views.page_view import PageView
from desktop.views.reading_style import safe

if TYPE_CHECKING:  # its parts are loaded when readings are first compared
    from desktop.dialogs.compare import CompareDialog
    from engine.store.records import KeptReading

MOST_MARKS = 2000
"""So many differences are shown as such; a page with more of them is another page."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts made safe to show, and where they differ: in each, the positions in UTF-16 units."""

    texts: tuple[str, str] = field(repr=False)
    marks: tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]]
    alike: float


def compare(left: KeptReading, right: KeptReading) -> Comparison:
    """Set two readings side by side as plain text, each as the person left it. Call it beside the loop."""
    here, there = _text(left), _text(right)
    found = differences(here, there)
    places, others = utf16_offsets(here), utf16_offsets(there)
    mine = [(places[each.here.start], places[each.here.end]) for each in found[:MOST_MARKS]]
    yours = [(others[each.there.start], others[each.there.end]) for each in found[:MOST_MARKS]]
    return Comparison((here, there), (mine, yours), share_alike(here, there, found))


def _text(kept: KeptReading) -> str:
    from engine.exports.text import plain_text
    from engine.output.corrections import corrected

    lines = plain_text([corrected(kept.result, kept.corrections)]).splitlines()
    return "\n".join(safe(line) for line in lines)


def name_of(kept: KeptReading) -> str:
    """Return who read, what was asked, and when, in words."""
    at = QDateTime.fromSecsSinceEpoch(round(kept.at))
    when = QLocale().toString(at, QLocale.FormatType.ShortFormat)
    name = QCoreApplication.translate("Comparing", "{reader} · {task} · {when}").format(
        reader=reader_words(kept.result.reader), task=task_name(kept.key.order.task), when=when
    )
    return name if not kept.corrections else name + QCoreApplication.translate("Comparing", " · corrected")


class CompareDesk(QObject):
    """Opens the dialog, keeps it with the page in view, and takes up what is chosen there."""

    def __init__(self, window: MainWindow, session: Session, pages: PageView) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._pages = pages
        self._dialog: CompareDialog | None = None
        self._task: asyncio.Task[None] | None = None
        window.acts.compare.triggered.connect(lambda _checked=False: self.open())
        pages.page_changed.connect(lambda _number: self._look())
        session.rewritten.connect(self._changed)
        session.reading_ended.connect(lambda _event: self._look())
        session.closing.connect(lambda _last: self._close())

    def open(self) -> None:
        """Show the readings of the page in view."""
        if self._session.document is None:
            return
        if self._dialog is None:
            from desktop.dialogs.compare import CompareDialog

            dialog = self._dialog = CompareDialog(self._window)
            dialog.chosen.connect(self._compare)
            dialog.used.connect(self._session.show_reading)
            dialog.finished.connect(lambda _code: self._forget())
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        self._look()

    def _look(self) -> None:
        if self._dialog is not None and self._session.document is not None:
            self._start(self._show(self._pages.page))

    async def _show(self, number: int) -> None:
        kept = await self._session.readings(number)
        if self._dialog is not None:
            shown = self._session.key_of(number)
            current = next((at for at, one in enumerate(kept) if one.key == shown), 0)
            self._dialog.show_readings(number, [(name_of(one), one) for one in kept], current)

    def _compare(self, left: KeptReading, right: KeptReading) -> None:
        self._start(self._set_side_by_side(left, right))

    async def _set_side_by_side(self, left: KeptReading, right: KeptReading) -> None:
        found = await asyncio.to_thread(compare, left, right)
        if self._dialog is not None:
            self._dialog.show_comparison(found.texts, found.marks, found.alike)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._session.bridge.start(work)

    def _changed(self, number: int) -> None:
        if number == self._pages.page:
            self._look()

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.close()

    def _forget(self) -> None:
        self._dialog = None
