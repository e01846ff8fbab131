"""A page comes in bit by bit: what stands there stays, only its end changes, and nobody who reads is moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextTable
from pytestqt.qtbot import QtBot

from desktop.views import reading_press
from desktop.views.reading_stream import CELLS_IN_PLACE, LONGEST_OPEN
from desktop.views.streamed_text import StreamedText
from engine.output.blocks import AnyBlock, Box, Cell, Heading, ListItem, PageResult, Paragraph, Table, text_of
from tests.support.readings import grid_page, rich_page

BOX = Box(0, 0, 1, 1)


@pytest.fixture
def text(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> StreamedText:
    monkeypatch.setattr(reading_press, "SLICE_S", 60.0)
    view = StreamedText()
    qtbot.addWidget(view)
    view.resize(640, 500)
    view.show()
    return view


def page(*blocks: AnyBlock, number: int = 1) -> PageResult:
    return PageResult(number, 595, 842, "pt", "vllm", blocks)


def paragraphs(count: int) -> list[AnyBlock]:
    return [Paragraph(BOX, text=f"Paragraph number {number} of a page that comes in.") for number in range(count)]


def stages(blocks: tuple[AnyBlock, ...]) -> Iterator[tuple[tuple[AnyBlock, ...], int]]:
    """Yield what is read so far as a model tells it: each block grows, row by row or letter by letter."""
    for done, block in enumerate(blocks):
        for part in parts(block):
            yield (*blocks[:done], part), done
        yield blocks[: done + 1], done + 1


def parts(block: AnyBlock) -> Iterator[AnyBlock]:
    if isinstance(block, Table):
        for rows in range(1, block.row_count):
            cells = tuple(replace(cell, row_span=1) for cell in block.cells if cell.row < rows)
            yield replace(block, row_count=rows, cells=cells)
    elif isinstance(block, Heading | Paragraph | ListItem):
        for end in range(1, len(block.text), 7):
            yield replace(block, text=block.text[:end])


def content(view: StreamedText) -> str:
    return view.document().toPlainText().replace("\ufdd0", "").replace("\ufdd1", "").rstrip("\n")


def plain(view: StreamedText, result: PageResult) -> str:
    other = StreamedText()
    other.show_result(result, view.font())
    found = content(other)
    other.deleteLater()
    return found


def show(view: StreamedText, blocks: tuple[AnyBlock, ...], finished: int) -> None:
    view.show_partly(page(*blocks), finished, view.font())


def test_what_came_in_bit_by_bit_is_what_is_shown_at_once(text: StreamedText) -> None:
    blocks = rich_page().blocks
    for shown, finished in stages(blocks):
        show(text, shown, finished)
        assert text.reading is not None
        assert [span.index for span in text.reading.spans] == list(range(len(shown)))

    assert content(text) == plain(text, page(*blocks))
    assert len([frame for frame in text.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]) == 1


words = st.text("ab 漢\n", min_size=1, max_size=20)
some_block = st.one_of(
    words.map(lambda text: Paragraph(BOX, text=text)),
    words.map(lambda text: Heading(BOX, text=text, level=2)),
    words.map(lambda text: ListItem(BOX, text=text)),
    st.tuples(st.integers(1, 4), st.integers(1, 3)).map(
        lambda size: Table(
            BOX,
            row_count=size[0],
            column_count=size[1],
            cells=tuple(Cell(r, c, f"{r}{c}") for r in range(size[0]) for c in range(size[1])),
        )
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.lists(some_block, max_size=7), steps=st.lists(st.integers(0, 7), max_size=8), sure=st.data())
def test_any_page_in_any_pieces(
    text: StreamedText, blocks: list[AnyBlock], steps: list[int], sure: st.DataObject
) -> None:
    text.show_result(page(number=2), text.font())
    finished = 0
    for step in [*sorted(steps), len(blocks)]:
        shown = tuple(blocks[:step])
        finished = sure.draw(st.integers(finished, len(shown))) if len(shown) > finished else finished
        show(text, shown, finished)

    assert content(text) == plain(text, page(*blocks))
    assert text.reading is not None
    for span in text.reading.spans:
        cursor = QTextCursor(text.document())
        cursor.setPosition(span.text_start)
        cursor.setPosition(span.end, QTextCursor.MoveMode.KeepAnchor)
        block = blocks[span.index]
        if not isinstance(block, Table):
            assert cursor.selectedText().replace("\u2028", "\n") == text_of(block).rstrip()


def test_what_is_finished_is_never_touched_again(text: StreamedText) -> None:
    show(text, (*paragraphs(30), Paragraph(BOX, text="The la")), 30)
    assert text.reading is not None
    touched: list[int] = []
    text.document().contentsChange.connect(lambda position, _removed, _added: touched.append(position))
    last = text.reading.spans[29].end

    for end in range(6, 30):
        show(text, (*paragraphs(30), Paragraph(BOX, text="The last one is coming in now."[:end])), 30)

    assert touched and min(touched) >= last


def test_whoever_reads_stays_and_whoever_is_at_the_end_follows(text: StreamedText) -> None:
    bar = text.verticalScrollBar()
    show(text, tuple(paragraphs(40)), 39)
    assert (bar.value(), bar.maximum() > 0) == (0, True), "people begin to read at the top"
    bar.setValue(200)
    show(text, tuple(paragraphs(60)), 59)
    assert bar.value() == 200

    bar.setValue(bar.maximum())
    show(text, tuple(paragraphs(80)), 79)
    assert bar.value() == bar.maximum() > 1000


def test_the_whole_page_takes_the_place_of_what_came_in_and_moves_nothing(text: StreamedText) -> None:
    show(text, tuple(paragraphs(60)), 59)
    bar = text.verticalScrollBar()
    bar.setValue(500)
    before = text.viewport().grab().toImage()
    assert text.growing

    text.show_result(page(*paragraphs(60)), text.font())

    assert not text.growing and bar.value() == 500
    after = text.viewport().grab().toImage()
    assert after.copy(0, 0, after.width(), 300) == before.copy(0, 0, after.width(), 300)


def test_the_same_words_stay_in_view_where_the_whole_page_has_more_above_them(text: StreamedText) -> None:
    show(text, tuple(paragraphs(60)), 59)
    text.verticalScrollBar().setValue(500)
    assert text.reading is not None
    anchor = text._anchor()
    taller: list[AnyBlock] = [Paragraph(BOX, text="A longer paragraph. " * 30), *paragraphs(60)[1:]]

    text.show_result(page(*taller), text.font())

    assert anchor is not None and text.verticalScrollBar().value() > 600
    assert text._anchor() == pytest.approx(anchor, abs=1)


def test_a_large_table_grows_in_steps_and_is_whole_at_the_end(text: StreamedText) -> None:
    made: list[object] = []
    text._stream.made.connect(made.append)
    rows = 200
    (table,) = grid_page(rows, 2).tables

    for count in range(1, rows + 1):
        cells = tuple(cell for cell in table.cells if cell.row < count)
        show(text, (*paragraphs(3), replace(table, row_count=count, cells=cells)), 3)

    assert len(made) < 12, "each of them costs a new document"
    show(text, (*paragraphs(3), table, *paragraphs(1)), 4)
    assert content(text) == plain(text, page(*paragraphs(3), table, *paragraphs(1)))
    assert rows * 2 > CELLS_IN_PLACE


def test_a_paragraph_without_an_end_is_cut_until_it_has_one(text: StreamedText) -> None:
    endless = Paragraph(BOX, text="a" * (LONGEST_OPEN * 3))
    show(text, (endless,), 0)
    assert content(text) == "a" * LONGEST_OPEN + "…"

    show(text, (endless, *paragraphs(1)), 1)
    assert content(text).startswith(endless.text + "\n")


def test_another_try_at_the_page_begins_anew(text: StreamedText) -> None:
    show(text, tuple(paragraphs(5)), 5)
    show(text, (Paragraph(BOX, text="Something else"),), 0)
    assert content(text) == "Something else"


def test_a_selection_survives_what_comes_in(text: StreamedText) -> None:
    show(text, tuple(paragraphs(5)), 4)
    cursor = text.textCursor()
    cursor.setPosition(0)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)

    show(text, tuple(paragraphs(9)), 8)

    assert text.textCursor().selectedText() == "Paragraph number 0 of a page that comes in."
    assert text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
