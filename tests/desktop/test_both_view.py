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
from engine.output.blocks import AnyBlock, Box, Cell, Heading, PageResult, Paragraph, Table
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


def table(*rows: tuple[str, ...]) -> Table:
    cells = tuple(Cell(row, column, text) for row, texts in enumerate(rows) for column, text in enumerate(texts))
    return Table(BOX, row_count=len(rows), column_count=len(rows[0]), cells=cells, header_rows=1)


def pieces(side: StreamedText) -> list[str]:
    """Return the lines of all cells, as they are broken."""
    reading = side.reading
    assert reading is not None
    found = []
    for cell in (cell for span in reading.spans for cell in span.cells):
        block = reading.document.findBlock(cell.start)
        lines = [block.layout().lineAt(number) for number in range(block.layout().lineCount())]
        found += [block.text()[line.textStart() : line.textStart() + line.textLength()] for line in lines]
    return found


def test_lines_in_cells_break_between_words_at_any_width(view: BothView) -> None:
    narrow = table(
        ("Description of deliverable", "Responsible department", "Quantity", "Remarks"),
        ("Internationalisation of the documentation", "Administration", "1,250.00", "Please confirm acknowledgement"),
        ("A short thing", "Infrastructure and environment", "3", "Unconditionally paid"),
    )
    wide = table(
        ("Item description", "Country of manufacture", "Unit price", "Tax percentage", "Delivery requirements"),
        ("Semiconductor measurement equipment", "United Kingdom", "12,500.00", "20", "Refrigerated transportation"),
    )
    result = page([narrow, wide], [narrow, wide], (0, 1))
    words = {word for each in (narrow, wide) for cell in each.cells for word in cell.text.split()}
    view.show_result(result, (QFont("", 10), QFont("", 10)))

    for width in (500, 700, 1100, 620):
        view.resize(width, 500)
        for side in (view.source, view.translation):
            broken = {word for piece in pieces(side) for word in piece.split()} - words
            assert not broken, width
    assert len(pieces(view.source)) > len(narrow.cells) + len(wide.cells), "there is little room"


def test_a_table_of_long_single_words_keeps_them_whole_and_is_scrolled_to(view: BothView) -> None:
    names = ("Internationalisation", "Unconditionality", "Telecommunication", "Acknowledgements", "Responsibilities")
    view.show_result(page([table(names)], [table(names)], (0,)), (QFont("", 10), QFont("", 10)))

    assert pieces(view.source) == list(names)
    assert view.source.horizontalScrollBar().maximum() > 0


def test_of_a_cell_only_a_word_wider_than_the_text_is_broken(view: BothView) -> None:
    endless = table(("Name", "Key"), ("the key " + "x" * 200, "and acknowledgements here"))
    view.show_result(page([endless], [endless], (0,)), (QFont("", 10), QFont("", 10)))

    found = pieces(view.source)

    assert any("acknowledgements" in piece for piece in found)
    assert sum(piece.count("x") for piece in found) == 200 and max(map(len, found)) < 100
    assert view.source.document().size().width() <= view.source.viewport().width()


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
