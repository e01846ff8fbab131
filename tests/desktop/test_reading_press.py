"""A page full of cells is made in several turns of the loop, and nothing that was asked for meanwhile is lost."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop.finding import Query, find_on_page
from desktop.places import Place
from desktop.views import reading_press
from desktop.views.reading_view import ReadingView
from tests.support.readings import grid_page, plain_page


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ReadingView:
    monkeypatch.setattr(reading_press, "SLICE_S", 0.0)  # every step takes a turn of its own
    view = ReadingView()
    qtbot.addWidget(view)
    view.resize(640, 500)
    view.show()
    return view


def shown(view: ReadingView) -> int:
    return view.text.reading.result.number if view.text.reading is not None else 0


def test_a_page_comes_in_several_turns_and_keeps_what_was_asked_for(view: ReadingView, qtbot: QtBot) -> None:
    page = plain_page(3, *(f"Paragraph number {number} of a long page." for number in range(200)))
    (match,) = find_on_page(page, Query.of("number 150"))

    view.show_page(3, page)
    view.set_hits(match, match[0])
    assert shown(view) == 0
    assert view.text.extraSelections() == []

    qtbot.waitUntil(lambda: shown(view) == 3)
    assert [mark.cursor.selectedText() for mark in view.text.extraSelections()] == ["number 150"]
    assert view.text.verticalScrollBar().value() > 0, "the hit was gone to"


def test_the_newest_page_wins(view: ReadingView, qtbot: QtBot) -> None:
    view.show_page(1, grid_page(40, 10))
    view.show_page(2, plain_page(2, *["words"] * 120))
    view.go_to(Place(2, 119))

    qtbot.waitUntil(lambda: shown(view) == 2)
    qtbot.wait(30)
    assert shown(view) == 2
    assert view.text.verticalScrollBar().value() > 0
