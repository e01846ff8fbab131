"""Doubtful words are marked where they stand: in the text, in cells, on the page; and found under the mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPalette, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.views import reading_press
from desktop.views.overlay import Marks, Projection, doubt_at, paint_marks
from desktop.views.reading_builder import Builder
from desktop.views.reading_doubts import doubt_ranges, doubtful_words, reach_in
from desktop.views.reading_style import Ink
from desktop.views.reading_text import ReadingText
from engine.output.blocks import Doubt, DoubtKind
from tests.support.doubtful import CELL, NAME, SUM, doubtful_page

Underline = QTextCharFormat.UnderlineStyle


@pytest.fixture
def text(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ReadingText:
    monkeypatch.setattr(reading_press, "SLICE_S", 60.0)
    view = ReadingText()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.show_result(doubtful_page(), QFont())
    return view


def underlined(view: ReadingText, style: Underline) -> list[str]:
    """Return what is underlined like this, piece by piece."""
    found: list[str] = []
    block = view.document().begin()
    while block.isValid():
        for each in block:  # type: ignore[attr-defined]  # PySide's own iterator
            fragment = each.fragment()
            if fragment.charFormat().underlineStyle() == style:
                found.append(fragment.text())
        block = block.next()
    return found


def test_a_grave_doubt_looks_different_from_another(text: ReadingText) -> None:
    assert underlined(text, Underline.WaveUnderline) == ["1 280,00"]
    assert underlined(text, Underline.DashUnderline) == ["Müller", "77.50"]


def test_each_doubt_is_found_where_it_stands(text: ReadingText) -> None:
    reading = text.reading
    assert reading is not None

    said = []
    for found in doubt_ranges(reading):
        assert found is not None
        cursor = QTextCursor(reading.document)
        cursor.setPosition(found[0])
        cursor.setPosition(found[1], QTextCursor.MoveMode.KeepAnchor)
        said.append(cursor.selectedText())
    assert said == ["1 280,00", "Müller", "77.50"]
    assert said == [doubtful_words(reading.result, doubt) for doubt in reading.result.doubts]


@pytest.mark.parametrize("index", [SUM, NAME, CELL])
def test_a_click_on_a_doubtful_word_chooses_it(text: ReadingText, index: int) -> None:
    chosen: list[int] = []
    text.doubts.chosen.connect(chosen.append)
    text.go_to_doubt(index)
    rect = text.doubts.rect()
    assert rect is not None and 20 < rect.width() < 120

    QTest.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    QTest.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.right() + 30, rect.center().y()))

    assert chosen == [index]


def test_the_word_looked_at_is_followed_when_the_text_moves(text: ReadingText, qtbot: QtBot) -> None:
    text.resize(600, 70)
    moves: list[object] = []
    text.doubts.moved.connect(lambda: moves.append(text.doubts.rect()))
    text.go_to_doubt(SUM)
    qtbot.waitUntil(lambda: bool(moves))
    before = text.doubts.rect()
    moves.clear()

    text.verticalScrollBar().setValue(text.verticalScrollBar().value() + 5)

    after = text.doubts.rect()
    assert before is not None and after is not None
    assert (after.y(), len(moves)) == (before.y() - 5, 1)
    text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
    assert text.doubts.rect() is None, "it is out of sight"


anything = st.integers(-(10**6), 10**6)


@given(st.text(max_size=20), anything, anything)
def test_a_doubt_reaches_only_over_its_text(text: str, start: int, end: int) -> None:
    found = reach_in(text, Doubt(0, start, end, DoubtKind.UNSURE))

    if found is not None:
        assert 0 <= found[0] < found[1] <= len(text.encode("utf-16-le")) // 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-2, 60)] * 3, *[st.one_of(st.none(), st.integers(-2, 5))] * 2), max_size=8))
def test_doubts_about_nothing_do_no_harm(
    qapp: object, spans: list[tuple[int, int, int, int | None, int | None]]
) -> None:
    doubts = tuple(Doubt(b, s, e, DoubtKind.UNSURE, r, c, grave=s % 2 == 0) for b, s, e, r, c in spans)
    builder = Builder(replace(doubtful_page(), doubts=doubts), QFont(), Ink.of(QPalette()))
    for _ in builder.steps():
        pass

    ranges = doubt_ranges(builder.finished())

    assert len(ranges) == len(doubts)
    assert all(found is None or found[0] < found[1] <= builder.document.characterCount() for found in ranges)


def test_the_page_shows_a_mark_below_each_word_whose_place_is_known() -> None:
    def painted(*doubts: Doubt) -> QImage:
        image = QImage(595, 200, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        paint_marks(painter, replace(doubtful_page(), doubts=doubts), Marks(), Projection(0, 0, 1, 1))
        painter.end()
        return image

    total, name, cell = doubtful_page().doubts
    bare = painted()

    assert painted(total) != bare and painted(cell) != bare
    assert painted(total) != painted(replace(total, grave=False))
    assert painted(name) == bare, "nobody knows where it stands"


def test_a_doubt_is_found_under_a_point_of_the_page() -> None:
    result = doubtful_page()

    assert doubt_at(result, 130, 25, reach=2) == SUM
    assert doubt_at(result, 172, 25, reach=2) == SUM
    assert doubt_at(result, 180, 25, reach=2) is None
