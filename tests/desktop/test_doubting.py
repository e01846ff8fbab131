"""Doubtful words in a whole window: walked by keys, asked about in a bubble, corrected, kept, and left in peace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Parts
from desktop.views.doubt_bubble import DoubtBubble
from desktop.views.reading_tabs import Tab
from desktop.views.table_grid import TableGrid
from engine.output.blocks import Box, Cell, Doubt, DoubtKind, Paragraph, Table
from engine.output.corrections import Site, text_at
from tests.support.bad_files import pdf
from tests.support.desk import desk, pane, until
from tests.support.doubting_window import SAID, bubble, step, window


def word_rect(parts: Parts) -> QRect:
    text = parts.bench.desk().side.reading.text
    rect = text.doubts.rect()
    assert rect is not None
    return QRect(text.viewport().mapTo(parts.window, rect.topLeft()), rect.size())


@pytest.mark.qloop
@pytest.mark.slow
async def test_f7_walks_from_word_to_word_and_round_the_end(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        asked = []
        for words, page in (("Words", 1), ("read", 1), ("page", 3), ("Words", 1)):
            found = await step(parts, words)
            assert pane(parts).pages.page == page
            assert not word_rect(parts).intersects(found.geometry()), "the word can be seen"
            asked.append(found.accessibleName())
        assert "beginning" in parts.window.strip._words.text()
        assert asked[0] == "In doubt: “Words”. The built-in reader: WORDS."
        assert "43 %" in asked[1]
        await step(parts, "page", back=True)


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_place_on_the_page_is_shown_as_soon_as_it_is_drawn(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        found = await step(parts, "Words")
        assert found.crop.crop is not None or found.crop.words
        height = found.height()
        await until(lambda: found.crop.crop is not None)
        assert found.height() == height, "nothing moves when it arrives"

        document = parts.session.document
        assert document is not None
        nowhere = replace(
            document.results[1],
            doubts=tuple(replace(doubt, box=None) for doubt in document.results[1].doubts),
            blocks=tuple(replace(block, placed=False) for block in document.results[1].blocks),
        )
        await document.results.put(nowhere)
        parts.session.rewritten.emit(1)
        assert found.isHidden(), "the page is another"
        found = await step(parts, "read")
        assert "Nobody knows" in found.crop.words


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_other_reading_is_taken_and_the_next_word_comes(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        found = await step(parts, "Words")

        QTest.mouseClick(found.take, Qt.MouseButton.LeftButton)

        await until(lambda: found.question is not None and found.question.words == "read" and found.isVisible())
        assert text_at(parts.session.results[1], Site(0)) == "WORDS on page 1 that can be read"
        assert "WORDS" in parts.bench.desk().side.reading.text.toPlainText()
        assert not found.take.isVisible(), "nobody reads anything else there"
        found.field.setFocus()
        found.field.setText("reed")
        QTest.keyClick(found.field, Qt.Key.Key_Return)
        await until(lambda: found.question is not None and found.question.words == "page")
        assert text_at(parts.session.results[1], Site(0)) == "WORDS on page 1 that can be reed"
        assert parts.bench.review().doubts.pages_to_look_at == (3,)


@pytest.mark.qloop
@pytest.mark.slow
async def test_enter_keeps_what_was_read(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        found = await step(parts, "Words")
        assert not found.use.isEnabled()

        QTest.keyClick(found.keep, Qt.Key.Key_Return)

        await until(lambda: found.question is not None and found.question.words == "read")
        assert text_at(parts.session.results[1], Site(0)) == SAID.format(n=1)
        assert len(parts.session.results[1].doubts) == 1
        assert parts.bench.desk().side.reading._doubts.accessibleName().startswith("1 word")


@pytest.mark.qloop
@pytest.mark.slow
async def test_esc_and_a_click_elsewhere_close_the_bubble(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        side = parts.bench.desk().side
        side.reading.text.setFocus()
        found = await step(parts, "Words")

        QTest.keyClick(found.field, Qt.Key.Key_Escape)

        assert found.isHidden() and found.question is None
        assert side.reading.text.doubts.current is None
        if QApplication.focusWidget() is not None:
            assert QApplication.focusWidget() is side.reading.text
        found = await step(parts, "read")
        QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=found.crop.geometry().center())
        assert found.isVisible()
        QTest.mouseClick(pane(parts).pages.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        assert found.isHidden()


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_marked_word_asks_when_it_is_clicked_in_the_text_or_on_the_page(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        view = pane(parts).pages
        box = parts.session.results[1].lines[0].box
        at = view._projection(1).point(box.x0 + 3, box.y0 + 3).toPoint()

        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)

        found = bubble(parts)
        await until(lambda: found.isVisible() and found.question is not None and found.question.words == "Words")
        QTest.mouseClick(found.keep, Qt.MouseButton.LeftButton)
        await until(lambda: len(parts.session.results[1].doubts) == 1)
        assert found.isHidden(), "nobody asked for the next one"


def open_tab(parts: Parts) -> Tab:
    return parts.bench.desk().side.reading.tabs.tab


async def table_in_sight(parts: Parts) -> TableGrid:
    """Give the first page a table, the second cell of which is in doubt, and open the tab in which it stands."""
    document = parts.session.document
    assert document is not None
    result = document.results[1]
    table = Table(Box(0, 0, 100, 50), row_count=1, column_count=2, cells=(Cell(0, 0, "Total"), Cell(0, 1, "5.80")))
    doubt = Doubt(1, 0, 4, DoubtKind.DISAGREES, 0, 1, other="5.50", by="cpu", grave=True)
    with_table = replace(result, blocks=(result.blocks[0], table), doubts=(*result.doubts, doubt))
    await document.results.put(with_table)
    parts.session.rewritten.emit(1)
    reading = parts.bench.desk().side.reading
    reading.open_tab(Tab.TABLES)
    grid = reading.tables.grid
    await until(lambda: grid.isVisible() and grid.model() is not None and grid.model().columnCount() == 2)
    return grid


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_cell_that_is_opened_among_the_tables_asks_as_well(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        grid = await table_in_sight(parts)

        at = grid.visualRect(grid.model().index(0, 1)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)

        await until(lambda: parts.window.findChild(DoubtBubble) is not None)
        found = bubble(parts)
        await until(lambda: found.isVisible() and found.question is not None and found.question.words == "5.80")
        assert open_tab(parts) is Tab.TABLES, "it stays where it was asked"


@pytest.mark.qloop
@pytest.mark.slow
async def test_among_the_tables_a_cell_is_asked_about_where_it_stands(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        grid = await table_in_sight(parts)
        side = parts.bench.desk().side

        found = await step(parts, "Words")
        assert open_tab(parts) is Tab.TEXT, "no table has it"
        side.reading.open_tab(Tab.TABLES)
        assert found.isHidden(), "its word is seen no more"
        await step(parts, "read")
        side.reading.open_tab(Tab.TABLES)
        await step(parts, "5.80")

        assert open_tab(parts) is Tab.TABLES
        cell = grid.visualRect(grid.model().index(0, 1))
        at = QRect(grid.viewport().mapTo(parts.window, cell.topLeft()), cell.size())
        assert not at.intersects(found.geometry()), "the cell can be seen"
        assert abs(found.geometry().adjusted(9, 9, -9, -9).top() - at.bottom()) < 20, "and the bubble stands below it"
        before = found.geometry()
        grid.setColumnWidth(0, grid.columnWidth(0) + 90)
        assert found.geometry() != before and found.isVisible(), "and follows it"
        QTest.mouseClick(found.take, Qt.MouseButton.LeftButton)
        await until(lambda: found.question is not None and found.question.words == "page")
        assert text_at(parts.session.results[1], Site(1, 0, 1)) == "5.50"


@pytest.mark.qloop
@pytest.mark.slow
async def test_beside_its_translation_a_word_is_asked_about_where_it_stands(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        document, reading = parts.session.document, parts.bench.desk().side.reading
        assert document is not None
        told = (Paragraph(document.results[1].blocks[0].box, text="译文"),)
        await document.results.put(replace(document.results[1], translation=told, pairs=(0,), language="zh"))
        parts.session.rewritten.emit(1)
        reading.open_tab(Tab.BOTH)

        found = await step(parts, "Words")

        rect = reading.doubts.rect_in(parts.window)
        assert reading.tabs.tab is Tab.BOTH and rect is not None and not rect.intersects(found.geometry())
        reading.open_tab(Tab.RAW)
        assert found.isHidden(), "the word is out of sight"
        found = await step(parts, "read")
        assert rect != reading.doubts.rect_in(parts.window)
        await step(parts, "page")
        assert parts.bench.desk().side.reading.text.doubts.current == 0, "that page has no translation"


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_strip_leads_to_the_pages_that_need_a_look(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        pages, strip = pane(parts).pages, parts.window.strip
        await until(lambda: strip._look.text().startswith("2 page"))

        been = []
        for _ in range(3):
            QTest.mouseClick(strip._look, Qt.MouseButton.LeftButton)
            been.append(pages.page)

        assert been == [3, 1, 3]
        await parts.session.close_document()
        assert strip._look.isHidden()


@pytest.mark.qloop
@pytest.mark.slow
async def test_without_doubts_the_window_says_so_and_shows_no_bubble(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.bench.furnish()
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "one.pdf", 1, text=SAID)])
        await until(lambda: parts.session.jobs.last is not None and parts.session.job is None)

        parts.window.acts.next_doubt.trigger()

        assert parts.window.strip._words.text() == "No word that was read is in doubt."
        assert parts.window.findChild(DoubtBubble) is None


@pytest.mark.qloop
@pytest.mark.slow
async def test_nothing_of_the_page_becomes_markup_in_the_bubble(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        document = parts.session.document
        assert document is not None
        result = document.results[1]
        nasty = tuple(replace(doubt, other="<img src='http://x.invalid/a'><b>1</b>") for doubt in result.doubts)
        await document.results.put(replace(result, doubts=nasty))
        parts.session.rewritten.emit(1)

        found = await step(parts, "Words")

        assert found.other.text.startswith("<img")
        assert all(label.textFormat() == Qt.TextFormat.PlainText for label in found.findChildren(QLabel))
