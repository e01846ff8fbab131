"""What was found in a translation or a field is marked in its tab, and a tab is opened in which it can be seen."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from desktop.finding import Query, find_on_page
from desktop.places import Hit
from desktop.views import reading_press
from desktop.views.reading_tabs import TWO_COLUMNS, Tab
from desktop.views.reading_view import ReadingView
from engine.output.blocks import AnyBlock, Box, Doubt, DoubtKind, FieldValue, PageResult, Paragraph
from tests.support.readings import plain_page


def translated_page(number: int = 1) -> PageResult:
    source = plain_page(number, "The rent is due.", "Lens and frame.")
    boxes = [block.box for block in source.blocks]
    told: tuple[AnyBlock, ...] = (Paragraph(boxes[0], text="租金 Lens 到期。"), Paragraph(boxes[1], text="镜片。"))
    fields = (FieldValue("Due", "nothing here"), FieldValue("Part", "a Lens", Box(1, 1, 9, 9)))
    return dataclasses.replace(source, translation=told, pairs=(0, 1), language="zh", fields=fields)


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ReadingView:
    monkeypatch.setattr(reading_press, "SLICE_S", 60.0)
    view = ReadingView()
    qtbot.addWidget(view)
    view.resize(TWO_COLUMNS + 40, 500)
    view.show()
    view.show_page(1, translated_page())
    return view


def hits_of(words: str, result: PageResult | None = None) -> list[Hit]:
    return [hit for match in find_on_page(result or translated_page(), Query.of(words)) for hit in match]


def marked(text: QTextEdit | None) -> list[str]:
    assert text is not None
    return [selection.cursor.selectedText() for selection in text.extraSelections()]


def open_tab(view: ReadingView) -> Tab:
    return view.tabs.tab


def test_the_tab_follows_what_is_gone_to_and_stays_where_it_can_be_seen(view: ReadingView) -> None:
    in_text, told, field = hits = hits_of("lens")

    view.set_hits(hits, in_text)
    assert open_tab(view) is Tab.TEXT and marked(view.text) == ["Lens"]
    view.set_hits(hits, told)
    assert open_tab(view) is Tab.BOTH and view.pages.both is not None
    assert (marked(view.pages.both.source), marked(view.pages.both.translation)) == (["Lens"], ["Lens"])
    view.set_hits(hits, in_text)
    assert open_tab(view) is Tab.BOTH, "it can be seen there, too"
    view.set_hits(hits, field)
    assert open_tab(view) is Tab.FIELDS
    view.set_hits(hits, in_text)
    assert open_tab(view) is Tab.TEXT
    view.open_tab(Tab.TABLES)
    view.set_hits(hits, in_text)
    assert open_tab(view) is Tab.TABLES, "a hit is gone to once; then the person is free to look elsewhere"


def test_a_narrow_window_shows_the_translation_alone(view: ReadingView) -> None:
    view.resize(TWO_COLUMNS - 100, 500)
    (told,) = hits_of("租金")

    view.set_hits([told], told)

    assert open_tab(view) is Tab.TRANSLATION
    assert marked(view.pages.translation) == ["租金"]
    view.set_hits([], None)
    assert marked(view.pages.translation) == []


def test_the_value_in_which_something_was_found_is_tinted(view: ReadingView) -> None:
    view.open_tab(Tab.FIELDS)
    assert view.pages.fields is not None
    port = view.pages.fields.table.viewport()
    before = port.grab().toImage()
    *_, field = hits = hits_of("lens")

    view.set_hits(hits, field)
    during = port.grab().toImage()
    view.set_hits([], None)

    row = [view.pages.fields.table.visualRect(view.pages.fields.model.index(at, 1)) for at in (0, 1)]
    corners = [rect.topRight() + QPoint(-3, 3) for rect in row]
    assert [during.pixelColor(at) != before.pixelColor(at) for at in corners] == [False, True]
    assert port.grab().toImage() == before


def test_a_hit_on_a_page_that_is_still_read_waits_for_the_page(view: ReadingView) -> None:
    (told,) = hits_of("租金")
    view.show_page(1, translated_page(), finished=1)
    view.set_hits([told], told)
    assert open_tab(view) is Tab.TEXT

    view.show_page(1, translated_page())

    assert open_tab(view) is Tab.BOTH and view.pages.both is not None
    assert marked(view.pages.both.translation) == ["租金"]


def doubtful_page() -> PageResult:
    doubt = Doubt(0, 4, 8, DoubtKind.UNSURE, probability=0.3, grave=True)
    return dataclasses.replace(translated_page(), doubts=(doubt,))


def test_a_doubtful_word_beside_its_translation_is_marked_and_asked_about_there(view: ReadingView) -> None:
    view.show_page(1, doubtful_page())
    view.open_tab(Tab.BOTH)
    assert view.pages.both is not None
    source, chosen = view.pages.both.source, list[int]()
    view.doubts.chosen.connect(chosen.append)

    view.go_to_doubt(0)

    assert open_tab(view) is Tab.BOTH and marked(source) == ["rent"] and marked(view.text) == []
    rect = view.doubts.rect_in(view)
    assert rect is not None
    click = source.viewport().mapFrom(view, rect.center())
    QTest.mouseClick(source.viewport(), Qt.MouseButton.LeftButton, pos=click)
    assert chosen == [0]


def test_no_word_is_looked_at_any_more_when_its_tab_is_left(view: ReadingView) -> None:
    view.show_page(1, doubtful_page())
    view.open_tab(Tab.BOTH)
    gone: list[bool] = []
    view.doubts.gone.connect(lambda: gone.append(True))
    view.go_to_doubt(0)
    assert not gone

    view.open_tab(Tab.RAW)

    assert gone == [True] and view.doubts.rect_in(view) is None
    view.go_to_doubt(0)
    assert open_tab(view) is Tab.TEXT and marked(view.text) == ["rent"]
    view.show_page(1, translated_page())
    assert gone == [True, True], "the text is another"
