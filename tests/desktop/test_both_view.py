"""Text and translation side by side: what says the same begins at the same height, and points at one place."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.places import Place
from desktop.views import reading_press
from desktop.views.both_view import BothView
from desktop.views.reading_geometry import rect_of
from desktop.views.streamed_text import StreamedText
from engine.output.blocks import AnyBlock, Box, Heading, PageResult, Paragraph
from tests.support.readings import grid_page, plain_page

BOX = Box(0, 0, 1, 1)


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> BothView:
    monkeypatch.setattr(reading_press, "SLICE_S", 60.0)
    view = BothView()
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    return view


def page(source: list[AnyBlock], translation: list[AnyBlock], pairs: tuple[int, ...]) -> PageResult:
    return dataclasses.replace(
        plain_page(1), blocks=tuple(source), translation=tuple(translation), language="zh", pairs=pairs
    )


def lease() -> PageResult:
    table = dataclasses.replace(grid_page(4, 2).tables[0], lines=())
    source: list[AnyBlock] = [
        Heading(BOX, text="A long heading that needs several lines in such a narrow column"),
        Paragraph(BOX, text="Short."),
        table,
        Paragraph(BOX, text="The rent is paid monthly. " * 12),
        Paragraph(BOX, text="Nobody translates this."),
        Paragraph(BOX, text="The end."),
    ]
    translation: list[AnyBlock] = [
        Heading(BOX, text="标题"),
        Paragraph(BOX, text="这一段的译文要长得多。" * 12),
        table,
        Paragraph(BOX, text="每月付租金。"),
        Paragraph(BOX, text="没有原文。"),
        Paragraph(BOX, text="完。"),
    ]
    return page(source, translation, (0, 1, 2, 3, -1, 5))


def top(side: StreamedText, block: int) -> float:
    assert side.reading is not None
    rect = rect_of(side.reading, Place(1, block))
    assert rect is not None
    return rect.top()


def show(view: BothView, result: PageResult, qtbot: QtBot) -> None:
    view.show_result(result, (QFont(view.font()), QFont(view.font())))
    aligned(view, qtbot)


def aligned(view: BothView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: abs(top(view.source, 3) - top(view.translation, 3)) < 12)


def test_what_says_the_same_begins_at_the_same_height_at_any_width(view: BothView, qtbot: QtBot) -> None:
    result = lease()
    show(view, result, qtbot)

    for width in (700, 420, 1200, 700):
        view.resize(width, 500)
        qtbot.wait(20)
        aligned(view, qtbot)
        for source, translation in ((0, 0), (1, 1), (2, 2), (3, 3), (5, 5)):
            assert top(view.source, source) == pytest.approx(top(view.translation, translation), abs=12)
    # Nothing is pushed farther than the longer side needs.
    assert top(view.translation, 3) - top(view.translation, 2) < 400


def test_both_sides_scroll_as_one(view: BothView, qtbot: QtBot) -> None:
    view.resize(700, 300)
    show(view, lease(), qtbot)
    qtbot.wait(20)
    ends = [side.verticalScrollBar().maximum() for side in (view.source, view.translation)]
    assert abs(ends[0] - ends[1]) <= 1 and ends[0] > 120
    view.translation.verticalScrollBar().setValue(120)
    assert view.source.verticalScrollBar().value() == 120
    view.source.verticalScrollBar().setValue(60)
    assert view.translation.verticalScrollBar().value() == 60


def test_the_translation_points_at_what_it_translates(view: BothView, qtbot: QtBot) -> None:
    show(view, lease(), qtbot)
    chosen: list[Place] = []
    view.chosen.connect(chosen.append)

    def click(block: int) -> None:
        side = view.translation
        assert side.reading is not None
        rect = rect_of(side.reading, Place(1, block))
        assert rect is not None
        side.verticalScrollBar().setValue(int(rect.top()) - 40)
        point = QPoint(int(rect.left()) + 8, int(rect.center().y()) - side.verticalScrollBar().value())
        QTest.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, pos=point)

    click(3)
    click(4)
    assert chosen == [Place(1, 3)], "the other one translates nothing that is known"
    view.light(Place(1, 5))
    assert view.translation._lit == Place(1, 5)


def test_rows_wait_until_the_page_is_read(view: BothView, qtbot: QtBot) -> None:
    result = dataclasses.replace(lease(), pairs=())
    fonts = QFont(view.font()), QFont(view.font())
    view.show_partly(result, 8, fonts)
    qtbot.wait(20)
    assert view.source.growing and view.translation.growing
    assert top(view.source, 1) != pytest.approx(top(view.translation, 1), abs=12)

    show(view, lease(), qtbot)
    assert not view.translation.growing
