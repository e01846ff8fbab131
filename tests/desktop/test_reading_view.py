"""The reading of a page: what it shows, where things stand in it, what copying gives, and that it loads nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QMouseEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.finding import Query, find_on_page
from desktop.places import Hit, Place
from desktop.views import reading_press
from desktop.views.reading_geometry import rect_of
from desktop.views.reading_style import CELLS_SHOWN, safe
from desktop.views.reading_tabs import Tab
from desktop.views.reading_view import ReadingView
from engine.output.blocks import Box, PageResult, Paragraph, Table
from tests.support.readings import (
    ACCOUNT,
    ARABIC,
    CHINESE,
    HEADING,
    ITEM,
    MARKUP,
    PARAGRAPH,
    SCRIPT,
    TABLE,
    PageWriter,
    grid_page,
    plain_page,
    rich_page,
)


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ReadingView:
    monkeypatch.setattr(reading_press, "SLICE_S", 60.0)  # pages are there at once, however slow the machine
    view = ReadingView()
    qtbot.addWidget(view)
    view.resize(640, 700)
    view.show()
    return view


def text_of(view: ReadingView, start: int, end: int) -> str:
    cursor = QTextCursor(view.text.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText()


def block_text(view: ReadingView, block: int) -> str:
    assert view.text.reading is not None
    span = view.text.reading.span_of(block)
    assert span is not None
    return text_of(view, span.text_start, span.end)


def middle(view: ReadingView, place: Place) -> QPoint:
    """Return the point of the viewport in the middle of a place."""
    assert view.text.reading is not None
    rect = rect_of(view.text.reading, place)
    assert rect is not None
    return (rect.center() - QPoint(0, view.text.verticalScrollBar().value())).toPoint()


def move_mouse(widget: QWidget, point: QPoint, button: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Move the mouse within a widget; the test's own pointer would find whichever window lies on top."""
    there = QPointF(widget.mapToGlobal(point))
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(point), there, Qt.MouseButton.NoButton, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def test_every_block_is_there_as_it_was_read(view: ReadingView) -> None:
    result = rich_page()
    view.show_page(1, result)

    assert block_text(view, HEADING) == "Lease 租赁合同"
    assert block_text(view, PARAGRAPH) == "The rent is paid by the tenant on the 0ne of each month 🙂 now."
    assert block_text(view, ITEM) == "in writing"
    assert "(a)\tin writing" in view.text.toPlainText()
    assert block_text(view, len(result.blocks) - 1) == "def f(x):\u2028    return x"
    assert "[Figure] STAMP" in view.text.toPlainText()


def test_a_table_is_a_table_with_its_spans(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    assert view.text.reading is not None
    span = view.text.reading.span_of(TABLE)
    assert span is not None and span.table is not None

    assert (span.table.rows(), span.table.columns()) == (4, 4)
    assert span.table.cellAt(2, 0).row() == 1  # merged downwards
    assert span.table.cellAt(0, 3).column() == 2  # merged to the right
    assert {text_of(view, cell.start, cell.end) for cell in span.cells} >= {ACCOUNT, SCRIPT, MARKUP, "two\u2028lines"}


def test_nothing_in_a_document_becomes_a_picture_or_a_link(view: ReadingView) -> None:
    view.show_page(1, rich_page())

    document = view.text.document()
    formats = document.allFormats()
    assert not any(shape.isImageFormat() for shape in formats)
    assert not any(shape.toCharFormat().isAnchor() for shape in formats)
    assert document.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("file:///etc/hostname")) is None
    assert not view.text.textInteractionFlags() & Qt.TextInteractionFlag.LinksAccessibleByMouse


def test_text_from_right_to_left_stands_on_the_right(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    assert view.text.reading is not None
    arabic, chinese = (rect_of(view.text.reading, Place(1, block)) for block in (ARABIC, CHINESE))

    assert arabic is not None and chinese is not None
    assert arabic.left() > chinese.left() + 100


def test_doubtful_lines_are_underlined_and_others_are_not(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    assert view.text.reading is not None
    marked = ""
    span = view.text.reading.span_of(PARAGRAPH)
    assert span is not None
    for position in range(span.start, span.end):
        cursor = QTextCursor(view.text.document())
        cursor.setPosition(position + 1)
        if cursor.charFormat().underlineStyle() == QTextCharFormat.UnderlineStyle.DotLine:
            marked += text_of(view, position, position + 1)

    assert marked == "ant on the 0ne of"


@pytest.mark.parametrize(
    ("line", "text"),
    [(0, "Lease 租赁合同"), (1, "The rent is paid by the ten"), (3, "each month 🙂 now."), (7, "商解决。")],
)
def test_each_line_is_found_in_the_text(view: ReadingView, line: int, text: str) -> None:
    result = rich_page()
    view.show_page(1, result)
    assert view.text.reading is not None

    found = view.text.reading.range_of_line(line)

    assert found is not None and text_of(view, *found) == text


def test_every_place_is_pointed_at_where_it_stands(view: ReadingView) -> None:
    result = rich_page()
    view.show_page(1, result)

    for index, block in enumerate(result.blocks):
        if isinstance(block, Table):
            for cell in block.cells:
                place = view.text.place_under(middle(view, Place(1, index, None, cell.row, cell.column)))
                assert place is not None
                assert (place.block, place.row, place.column) == (index, cell.row, cell.column)
        else:
            place = view.text.place_under(middle(view, Place(1, index)))
            assert place is not None and place.block == index


def test_a_line_under_the_mouse_is_named(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    assert view.text.reading is not None
    found = view.text.reading.range_of_line(2)
    assert found is not None

    place = view.text.reading.place_at((found[0] + found[1]) // 2)

    assert place == Place(1, PARAGRAPH, 2)


def test_hovering_and_clicking_tell_the_place_once(view: ReadingView, qtbot: QtBot) -> None:
    view.show_page(1, rich_page())
    pointed: list[Place | None] = []
    chosen: list[Place] = []
    view.pointed.connect(pointed.append)
    view.chosen.connect(chosen.append)
    point = middle(view, Place(1, HEADING))

    move_mouse(view.text.viewport(), point)
    move_mouse(view.text.viewport(), point + QPoint(1, 0))
    QTest.mouseClick(view.text.viewport(), Qt.MouseButton.LeftButton, pos=point)

    assert [place and place.block for place in pointed] == [HEADING]
    assert [place.block for place in chosen] == [HEADING]


def test_selecting_by_dragging_chooses_nothing(view: ReadingView, qtbot: QtBot) -> None:
    view.show_page(1, rich_page())
    chosen: list[Place] = []
    view.chosen.connect(chosen.append)
    start = middle(view, Place(1, PARAGRAPH)) - QPoint(150, 0)

    QTest.mousePress(view.text.viewport(), Qt.MouseButton.LeftButton, pos=start)
    move_mouse(view.text.viewport(), start + QPoint(80, 0), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(view.text.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(80, 0))

    assert view.text.textCursor().hasSelection()
    assert chosen == []


def test_lighting_moves_nothing_and_going_there_does(view: ReadingView, qtbot: QtBot) -> None:
    texts = [f"Paragraph number {number} of a long page." for number in range(200)]
    view.show_page(1, plain_page(1, *texts))
    bar = view.text.verticalScrollBar()
    before = view.text.viewport().grab().toImage()

    view.light(Place(1, 150))
    assert bar.value() == 0
    view.light(Place(1, 2))
    assert view.text.viewport().grab().toImage() != before
    view.light(None)
    assert view.text.viewport().grab().toImage() == before

    view.go_to(Place(1, 150))
    qtbot.waitUntil(lambda: 0 <= middle(view, Place(1, 150)).y() <= view.text.viewport().height())


def test_a_place_of_another_page_is_not_shown(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    before = view.text.viewport().grab().toImage()

    view.light(Place(2, PARAGRAPH))
    view.go_to(Place(2, PARAGRAPH))

    assert view.text.viewport().grab().toImage() == before


def test_the_same_page_read_again_keeps_its_place_and_the_next_page_begins_at_the_top(view: ReadingView) -> None:
    texts = [f"Paragraph number {number} of a long page." for number in range(200)]
    view.show_page(1, plain_page(1, *texts))
    view.text.verticalScrollBar().setValue(700)

    view.show_page(1, plain_page(1, *texts, "one more"))
    assert view.text.verticalScrollBar().value() == 700
    view.show_page(2, plain_page(2, *texts))
    assert view.text.verticalScrollBar().value() == 0


def test_hits_are_marked_with_all_their_lines(view: ReadingView) -> None:
    result = rich_page()
    view.show_page(1, result)
    hits = [hit for match in find_on_page(result, Query.of("tenant")) for hit in match]

    view.set_hits([*hits, Hit(2, 0, 0, 1, hits[0].quad)], hits[0])

    marked = view.text.extraSelections()
    assert "".join(selection.cursor.selectedText() for selection in marked) == "tenant"
    assert len({selection.format.background().color().name() for selection in marked}) == 1


def test_hits_come_back_with_the_page(view: ReadingView) -> None:
    first, second = plain_page(1, "the word"), plain_page(2, "the word")
    hits = [hit for page in (first, second) for match in find_on_page(page, Query.of("word")) for hit in match]
    view.show_page(1, first)
    view.set_hits(hits, hits[0])
    view.show_page(2, second)

    assert [selection.cursor.selectedText() for selection in view.text.extraSelections()] == ["word"]


def test_a_hit_is_gone_to_when_its_page_comes_into_view_and_not_again(view: ReadingView) -> None:
    texts = [f"Paragraph number {number} of a long page." for number in range(200)]
    first, second = plain_page(1, *texts), plain_page(2, *texts)
    (match,) = find_on_page(second, Query.of("number 150"))
    view.show_page(1, first)
    view.set_hits(match, match[0])
    assert view.text.verticalScrollBar().value() == 0

    view.show_page(2, second)
    assert 0 <= middle(view, Place(2, 150)).y() <= view.text.viewport().height()
    view.text.verticalScrollBar().setValue(0)
    view.set_hits(match, match[0])
    assert view.text.verticalScrollBar().value() == 0


def test_numbers_are_never_broken_in_a_cell(view: ReadingView) -> None:
    view.resize(260, 700)
    view.show_page(1, rich_page())
    assert view.text.reading is not None
    found = view.text.reading.cell_span(TABLE, 1, 1)
    assert found is not None

    assert view.text.document().findBlock(found.start).layout().lineCount() == 1


def test_everything_can_be_copied_as_our_own_html(view: ReadingView, qtbot: QtBot) -> None:
    view.show_page(1, rich_page())
    view.text.setFocus()
    QTest.keyClick(view.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    mime = QGuiApplication.clipboard().mimeData()
    assert "<h1>Lease 租赁合同</h1>" in mime.html()
    assert "mso-number-format:'\\@'" in mime.html()
    assert "<img" not in mime.html() and "file:" not in mime.html()
    assert f"Rent\t{ACCOUNT}\t1,250.00\tCNY" in mime.text()
    assert "(a) in writing\n(b) once" in mime.text()


def test_a_part_of_a_line_is_copied_as_it_is(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    assert view.text.reading is not None
    span = view.text.reading.span_of(PARAGRAPH)
    assert span is not None
    cursor = view.text.textCursor()
    cursor.setPosition(span.text_start + 4)
    cursor.setPosition(span.text_start + 8, QTextCursor.MoveMode.KeepAnchor)
    view.text.setTextCursor(cursor)
    view.text.copy()

    assert QGuiApplication.clipboard().mimeData().text() == "rent"


def test_the_table_under_the_mouse_can_be_copied(view: ReadingView, qtbot: QtBot) -> None:
    view.show_page(1, rich_page())
    view.text.verticalScrollBar().setValue(0)
    move_mouse(view.text.viewport(), middle(view, Place(1, TABLE, None, 1, 1)))
    button = view.text.table.button
    assert button.isVisible()

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().mimeData().text().startswith("Item\tAccount\tAmount")
    move_mouse(view.text.viewport(), middle(view, Place(1, HEADING)))
    assert not button.isVisible()


def test_a_large_table_shows_its_first_rows_and_says_where_the_others_are(view: ReadingView) -> None:
    view.show_page(1, grid_page(100, 10))
    assert view.text.reading is not None
    span = view.text.reading.spans[0]
    assert span.table is not None

    assert span.table.rows() == CELLS_SHOWN // 10
    assert "60 more row" in view.text.toPlainText()
    view.text.selectAll()
    assert len(view.text.createMimeDataFromSelection().text().split("\n")) == 100  # copied whole


@pytest.mark.parametrize(
    ("result", "note", "words"),
    [
        (None, "", "This page has not been read yet."),
        (None, "Reading …", "Reading …"),
        (plain_page(1), "", "No text was found on this page."),
    ],
)
def test_an_empty_view_says_why(view: ReadingView, result: PageResult | None, note: str, words: str) -> None:
    view.show_page(1, result, note=note)

    assert view.pages.message.isVisible() and view.pages.message.text() == words


def test_where_the_text_came_from_and_what_to_know_is_said(view: ReadingView) -> None:
    view.show_page(1, rich_page())

    assert view._origin.text() == "Read from the picture"
    assert view._warnings.isVisible()
    assert len(view._warnings.words().split("\n")) == 2
    view.show_page(2, None)
    assert not view._warnings.isVisible() and view._origin.text() == ""


def test_tables_and_raw_lines_follow_the_page(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    assert view.tabs.tabText(view.tabs.index_of(Tab.TABLES)) == "Tables (1)"
    view.tabs.open(Tab.RAW)
    assert view.raw.toPlainText().split("\n")[:2] == ["Lease 租赁合同", "The rent is paid by the ten-"]
    view.show_page(2, grid_page(3, 3, 2))
    assert view.raw.toPlainText() == ""
    view.tabs.open(Tab.TABLES)
    assert view.tables.grid.model().rowCount() == 3
    view.go_to(Place(2, 0, None, 2, 2))
    assert (view.tables.grid.currentIndex().row(), view.tables.grid.currentIndex().column()) == (2, 2)


def test_letters_grow_and_shrink(view: ReadingView) -> None:
    view.show_page(1, rich_page())
    size = view.text.document().defaultFont().pointSizeF()

    view.zoom(1)
    assert view.text.document().defaultFont().pointSizeF() > size
    view.zoom(0)
    assert view.text.document().defaultFont().pointSizeF() == size


any_text = st.text(max_size=30) | st.text("\n\r\t\u2028\u2029\ufffc\ufdd0\ud800<&>🙂 א", max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(any_text, min_size=1, max_size=5))
def test_any_text_can_be_shown_and_every_line_is_where_the_map_says(view: ReadingView, texts: list[str]) -> None:
    page = PageWriter()
    for text in texts:
        page.blocks.append(Paragraph(Box(0, 0, 1, 1), (page.line(text, 0.5),), text))
    result = page.page()
    view.show_page(1, None)
    view.show_page(1, result)
    assert view.text.reading is not None

    for number, text in enumerate(texts):
        found = view.text.reading.range_of_line(number)
        if text.strip():
            assert found is not None
            assert text_of(view, *found).replace("\xa0", " ") == safe(text.strip()).replace("\xa0", " ")
        else:
            assert found is None
