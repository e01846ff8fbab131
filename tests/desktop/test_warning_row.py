"""What is said above a reading, in which other ways it is offered again, and how many words need a look."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.mended_words import MENDS, mended_words
from desktop.views.reading_view import ReadingView
from desktop.views.warning_row import WarningRow, ways_for
from engine.output.answer import Mend
from engine.output.blocks import PageResult, PageWarning, WarningCode
from engine.tasks.task import Way
from tests.support.doubtful import doubtful_page
from tests.support.readings import plain_page

ALL_WAYS = (Way.PLAIN, Way.SMALLER, Way.HALVES)


def page(*codes: WarningCode, reader: str = "vllm", task: str = "document") -> PageResult:
    told = tuple(PageWarning(code) for code in codes)
    return replace(plain_page(1, "words"), warnings=told, reader=reader, task=task)


@pytest.fixture
def row(qtbot: QtBot) -> WarningRow:
    row = WarningRow()
    qtbot.addWidget(row)
    row.resize(600, 80)
    return row


@pytest.mark.parametrize(
    ("result", "ways"),
    [
        (page(WarningCode.LOOPED), ALL_WAYS),
        (page(WarningCode.CUT_OFF, reader="https://ocr.house/"), ALL_WAYS),
        (page(WarningCode.NOTHING_FOUND), ALL_WAYS),
        (page(WarningCode.LOOPED, task="text"), (Way.SMALLER, Way.HALVES)),
        (page(WarningCode.LOOPED, task="fields"), (Way.SMALLER, Way.HALVES)),
        (page(WarningCode.SHRUNK), (Way.HALVES,)),
        (page(WarningCode.NOTHING_FOUND, reader="cpu"), ()),
        (page(WarningCode.TURNED), ()),
        (page(), ()),
    ],
)
def test_only_what_may_help_is_offered(result: PageResult, ways: tuple[Way, ...]) -> None:
    assert ways_for(result) == ways


def test_a_button_asks_for_its_way(row: WarningRow) -> None:
    asked: list[Way] = []
    row.way_asked.connect(asked.append)
    row.show_result(page(WarningCode.LOOPED))
    row.show()

    for button in row.offered():
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    assert asked == list(ALL_WAYS)
    assert row.words().startswith("⚠ The model repeated itself")


def test_the_row_is_gone_while_all_is_well(row: WarningRow) -> None:
    row.show_result(page(WarningCode.CUT_OFF))
    assert not row.isHidden()
    row.show_result(page())
    assert row.isHidden() and not row.offered()
    row.show_result(page(WarningCode.NOTHING_FOUND, reader="cpu"))
    assert row.isHidden(), "that is said in the place of the text"


def test_buttons_that_have_no_room_stand_below_one_another(row: WarningRow, qtbot: QtBot) -> None:
    row.show_result(page(WarningCode.LOOPED))
    row.show()
    beside = {button.y() for button in row.offered()}

    row.resize(200, 200)

    qtbot.waitUntil(lambda: len({button.y() for button in row.offered()}) == 3)
    assert (row.width(), len(beside)) == (200, 1)


def test_what_was_put_right_is_told_in_plain_words() -> None:
    warnings = (
        PageWarning(WarningCode.MENDED, "table_tags 3"),
        PageWarning(WarningCode.LOOPED),
        PageWarning(WarningCode.MENDED, "formula_unclosed 1"),
        PageWarning(WarningCode.MENDED, "table_tags 1"),
    )

    assert mended_words(warnings) == (
        "Put right in the answer: cells outside a row of their table (4), a formula without its end."
    )


def test_every_kind_of_mending_has_words() -> None:
    assert set(MENDS) == set(Mend)


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(["places 2", "json ²", "json 99999999999", "places"]))))
def test_no_detail_is_too_odd(details: list[str]) -> None:
    told = mended_words([PageWarning(WarningCode.MENDED, detail) for detail in details])

    assert bool(told) == any(detail.partition(" ")[0] in set(Mend) for detail in details)


def test_a_mended_page_alone_is_no_warning(row: WarningRow) -> None:
    result = replace(page(), warnings=(PageWarning(WarningCode.MENDED, "places 2"),))
    row.show_result(page(WarningCode.LOOPED))
    warned = row.palette().window().color()

    row.show_result(result)

    assert row.words() == "Put right in the answer: places outside the page (2)."
    assert row.palette().window().color() != warned


def test_the_number_of_words_in_doubt_leads_to_them(qtbot: QtBot) -> None:
    view = ReadingView()
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show()
    asked: list[bool] = []
    view.doubts_asked.connect(lambda: asked.append(True))

    view.show_page(1, doubtful_page())
    QTest.mouseClick(view._doubts, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: view._doubts.text().startswith("3 word"))
    assert asked == [True]
    view.resize(260, 400)
    qtbot.waitUntil(lambda: view._doubts.text() == "⚠ 3")
    assert view._doubts.accessibleName().startswith("3 word")
    view.show_page(2, plain_page(2, "words"))
    assert view._doubts.isHidden()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in view._warnings.findChildren(QLabel)[:1])
