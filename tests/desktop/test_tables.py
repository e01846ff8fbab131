"""The model of a table and the view of a page's tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from desktop.models.tables import TableModel, column_letters, looks_numeric
from desktop.places import Place
from desktop.views.table_view import TablesView
from engine.errors import OutputNotWritable
from engine.output.blocks import Doubt, DoubtKind, Table
from tests.support.readings import ACCOUNT, TABLE, grid_page, plain_page, rich_page


def table() -> Table:
    block = rich_page().blocks[TABLE]
    assert isinstance(block, Table)
    return block


def copied() -> QMimeData:
    return QGuiApplication.clipboard().mimeData()


def test_the_model_keeps_the_rules_of_models(qtbot: QtBot) -> None:
    model = TableModel(table())
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)

    assert (model.rowCount(), model.columnCount()) == (4, 4)
    assert model.index(1, 1).data() == ACCOUNT
    assert model.index(2, 0).data() is None  # covered by the cell above
    assert model.index(0, 0).data(Qt.ItemDataRole.FontRole).bold()
    assert model.index(1, 0).data(Qt.ItemDataRole.FontRole) is None


def test_the_cell_of_a_covered_place_is_the_one_that_covers_it(qtbot: QtBot) -> None:
    model = TableModel(table())

    covering, plain = model.cell_at(2, 0), model.cell_at(1, 1)
    assert covering is not None and covering.text == "Rent"
    assert plain is not None and plain.text == ACCOUNT
    assert model.cell_at(2, 3) is None


@pytest.mark.parametrize(("number", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_in_spreadsheets(number: int, letters: str) -> None:
    assert column_letters(number) == letters


@pytest.mark.parametrize(
    ("text", "numeric"), [("12.50", True), ("-5 %", True), ("¥1,250", True), ("", False), ("A1", False), ("-", False)]
)
def test_numbers_are_told_from_words(text: str, numeric: bool) -> None:
    assert looks_numeric(text) is numeric


def test_merged_cells_are_merged_in_the_view(qtbot: QtBot) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.show_result(rich_page())

    assert (view.grid.rowSpan(1, 0), view.grid.columnSpan(0, 2)) == (2, 2)
    assert view.grid.rowSpan(0, 0) == 1


def test_a_second_table_has_no_spans_of_the_first(qtbot: QtBot) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.show_result(rich_page(1))
    view.show_result(grid_page(4, 4, 2))

    assert (view.grid.rowSpan(1, 0), view.grid.columnSpan(0, 2)) == (1, 1)


def test_selected_cells_are_copied_and_without_a_selection_the_whole(qtbot: QtBot) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.show_result(rich_page())
    model = view.grid.model()

    QTest.keyClick(view.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(copied().text().split("\n")) == 5  # four rows, one cell with a break
    assert "<table" in copied().html()

    view.grid.selectionModel().select(
        QItemSelection(model.index(1, 1), model.index(2, 2)), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    QTest.keyClick(view.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied().text() == f"{ACCOUNT}\t1,250.00\n1-2\t80.50"


def test_clicking_a_cell_names_its_place(qtbot: QtBot) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show_result(rich_page())
    view.show()
    places: list[Place] = []
    view.chosen.connect(places.append)
    rect = view.grid.visualRect(view.grid.model().index(1, 1))

    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())

    assert [(place.number, place.block, place.row, place.column) for place in places] == [(1, TABLE, 1, 1)]
    assert places[0].line is not None and rich_page().lines[places[0].line].text == ACCOUNT


def test_cells_with_a_doubtful_word_are_marked_and_the_others_are_not(qtbot: QtBot) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()

    def painted(*doubts: Doubt) -> list[QImage]:
        view.show_result(replace(rich_page(), doubts=doubts))
        rects = [view.grid.visualRect(view.grid.model().index(1, column)) for column in (1, 2)]
        return [view.grid.viewport().grab(rect).toImage() for rect in rects]

    doubt = Doubt(TABLE, 0, 3, DoubtKind.UNSURE, 1, 1)
    bare, quiet, grave = painted(), painted(doubt), painted(replace(doubt, grave=True))
    elsewhere = painted(replace(doubt, block=TABLE + 1))

    assert bare[0] != quiet[0] != grave[0] != bare[0]
    assert bare[1] == quiet[1] == grave[1]
    assert elsewhere == bare


def test_a_cell_in_doubt_is_opened_by_a_double_click_and_by_enter_and_no_other_is(qtbot: QtBot) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    doubts = (Doubt(0, 0, 1, DoubtKind.UNSURE), Doubt(TABLE, 0, 3, DoubtKind.UNSURE, 1, 1))
    view.show_result(replace(rich_page(), doubts=doubts))
    view.show()
    opened: list[int] = []
    view.doubts.chosen.connect(opened.append)
    grid = view.grid
    sure, doubtful = grid.model().index(1, 2), grid.model().index(1, 1)

    for index in (sure, doubtful):
        at = grid.visualRect(index).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.keyClick(grid, Qt.Key.Key_Return)

    assert opened == [1, 1]
    assert doubtful.data(Qt.ItemDataRole.ToolTipRole) and sure.data(Qt.ItemDataRole.ToolTipRole) is None


def test_a_page_without_tables_says_so(qtbot: QtBot) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.show()
    view.show_result(plain_page(1, "words"))

    assert not view.grid.isVisible()


def test_a_table_is_saved_as_csv_or_the_failure_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    view = TablesView()
    qtbot.addWidget(view)
    view.show_result(rich_page())
    failures: list[object] = []
    view.failed.connect(failures.append)

    view.save_csv(str(tmp_path / "table.csv"))
    view.save_csv(str(tmp_path / "no" / "folder" / "table.csv"))

    assert (tmp_path / "table.csv").read_bytes().startswith(b"\xef\xbb\xbfItem,Account,Amount,\r\n")
    assert [type(failure) for failure in failures] == [OutputNotWritable]
