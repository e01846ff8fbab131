"""The find bar: counting, stepping, pages that come while it is open, closing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop import searching
from desktop.places import Hit
from desktop.views.find_bar import FindBar
from engine.output.blocks import PageResult
from tests.support.readings import plain_page


class Heard:
    """What a find bar told."""

    def __init__(self, bar: FindBar) -> None:
        self.hits: list[Hit] = []
        self.current: list[Hit | None] = []
        self.closed = 0
        bar.hits_changed.connect(self._hits)
        bar.current_changed.connect(self.current.append)
        bar.closed.connect(self._closed)

    def _hits(self, hits: list[Hit]) -> None:
        self.hits = hits

    def _closed(self) -> None:
        self.closed += 1


@pytest.fixture
def bar(qtbot: QtBot) -> FindBar:
    bar = FindBar()
    qtbot.addWidget(bar)
    return bar


def pages() -> dict[int, PageResult]:
    return {1: plain_page(1, "the rent, the rent"), 2: plain_page(2, "nothing"), 3: plain_page(3, "RENT")}


def field(bar: FindBar) -> QLineEdit:
    found = bar.findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def words(bar: FindBar) -> str:
    return bar._count.text()


def test_everything_is_counted_and_stepped_through_in_a_circle(bar: FindBar, qtbot: QtBot) -> None:
    heard = Heard(bar)
    bar.set_results(pages())
    bar.seek("rent")
    qtbot.waitUntil(lambda: not bar.searching)

    assert words(bar) == "1 of 3"
    assert [hit.number for hit in heard.hits] == [1, 1, 3]
    seen = []
    for _ in range(3):
        QTest.keyClick(field(bar), Qt.Key.Key_Return)
        seen.append(words(bar))
    assert seen == ["2 of 3", "3 of 3", "1 of 3"]
    QTest.keyClick(field(bar), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert words(bar) == "3 of 3"
    assert heard.current[-1] == heard.hits[2]


def test_typing_searches_after_a_pause(bar: FindBar, qtbot: QtBot) -> None:
    bar.set_results(pages())
    bar.open()
    QTest.keyClicks(field(bar), "rent")

    qtbot.waitUntil(lambda: words(bar) == "1 of 3")


def test_the_search_begins_at_the_page_looked_at(bar: FindBar, qtbot: QtBot) -> None:
    bar.set_results(pages())
    bar.set_here(2)
    bar.seek("rent")
    qtbot.waitUntil(lambda: not bar.searching)

    assert bar.current is not None and bar.current.number == 3
    assert words(bar) == "3 of 3"


def test_pages_that_come_later_are_searched_too(bar: FindBar, qtbot: QtBot) -> None:
    results = pages()
    bar.set_results(results)
    bar.seek("rent")
    qtbot.waitUntil(lambda: not bar.searching)
    results[2] = plain_page(2, "more rent")
    results[9] = plain_page(9, "and rent again")
    bar.refresh([2])
    qtbot.waitUntil(lambda: not bar.searching)

    assert words(bar) == "1 of 5"


def test_a_page_read_again_gives_its_new_places_only(bar: FindBar, qtbot: QtBot) -> None:
    results = pages()
    bar.set_results(results)
    bar.seek("rent")
    qtbot.waitUntil(lambda: not bar.searching)
    bar.next()
    results[1] = plain_page(1, "the rent and the rent")
    bar.refresh([1])
    qtbot.waitUntil(lambda: not bar.searching)
    assert words(bar) == "2 of 3"  # still where the person was

    results[1] = plain_page(1, "no word of it")
    bar.refresh([1])
    qtbot.waitUntil(lambda: not bar.searching)
    assert words(bar) == "1 found"  # nothing jumps by itself
    bar.next()
    assert bar.current is not None and bar.current.number == 3


def test_f3_steps_from_anywhere_in_the_window_while_the_bar_is_open(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar, elsewhere = FindBar(window), QLineEdit(window)
    bar.set_results(pages())
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    bar.seek("rent")
    qtbot.waitUntil(lambda: not bar.searching)
    elsewhere.setFocus()

    QTest.keyClick(elsewhere, Qt.Key.Key_F3)
    assert words(bar) == "2 of 3"
    QTest.keyClick(elsewhere, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert words(bar) == "1 of 3"


def test_words_that_are_not_there(bar: FindBar, qtbot: QtBot) -> None:
    heard = Heard(bar)
    bar.set_results(pages())
    bar.seek("zebra")
    qtbot.waitUntil(lambda: not bar.searching)
    bar.next()

    assert words(bar) == "Not found"
    assert heard.hits == [] and bar.current is None


def test_two_thousand_pages_are_searched_in_slices(bar: FindBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SLICE_S", 0.0001)
    bar.set_results({number: plain_page(number, "the rent " * 3) for number in range(1, 2001)})
    bar.seek("rent")

    assert bar.searching  # it gave the loop back before it was done
    assert bar.current is not None  # and has the first place already
    qtbot.waitUntil(lambda: not bar.searching)
    assert words(bar) == "1 of 6000"


def test_there_is_an_end_to_the_places(bar: FindBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MAX_MATCHES", 5)
    bar.set_results({number: plain_page(number, "the rent " * 3) for number in range(1, 100)})
    bar.seek("rent")
    qtbot.waitUntil(lambda: not bar.searching)

    assert words(bar) == "1 of 5+"


def test_escape_closes_and_takes_the_marks_away(bar: FindBar, qtbot: QtBot) -> None:
    heard = Heard(bar)
    bar.set_results(pages())
    bar.seek("rent")
    qtbot.waitUntil(lambda: not bar.searching)

    QTest.keyClick(field(bar), Qt.Key.Key_Escape)

    assert bar.isHidden() and heard.closed == 1
    assert heard.hits == [] and heard.current[-1] is None
    bar.open()
    assert words(bar) == "1 of 3"  # the words are still there


def test_a_page_full_of_words_is_searched_in_slices_too(
    bar: FindBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SLICE_S", 0.0001)
    texts = ["the rent"] * 3000
    results = {1: plain_page(1, *texts), 2: plain_page(2, "rent")}
    bar.set_results(results)
    bar.seek("rent")

    assert bar.searching and 0 < len(bar.matches) < 3000, "what is found is there before the page is done"
    assert bar.current is not None
    bar.refresh()
    qtbot.waitUntil(lambda: not bar.searching)
    assert words(bar) == "1 of 3001"


def test_a_page_that_is_read_again_while_it_is_searched_is_searched_anew(
    bar: FindBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SLICE_S", 0.0001)
    results = {1: plain_page(1, *["the rent"] * 3000), 2: plain_page(2, "rent")}
    bar.set_results(results)
    bar.seek("rent")
    assert bar.searching
    results[1] = plain_page(1, "the rent")

    bar.refresh([1])

    qtbot.waitUntil(lambda: not bar.searching)
    assert [match[0].number for match in bar.matches] == [1, 2]
