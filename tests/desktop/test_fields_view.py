"""Fields that were asked for: what was found, what was not, where it stands, and how it is copied."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.models.fields import VALUE
from desktop.places import Place
from desktop.views.fields_view import FieldsView
from desktop.views.overlay import box_of
from engine.output.blocks import Box, FieldValue
from tests.support.readings import ACCOUNT, SCRIPT, plain_page

BOX = Box(10, 20, 110, 32)
PAGE = dataclasses.replace(
    plain_page(3, "words"),
    task="fields",
    fields=(
        FieldValue("Account", ACCOUNT, BOX),
        FieldValue("Total", None),
        FieldValue("Note", SCRIPT),
    ),
)


@pytest.fixture
def view(qtbot: QtBot) -> FieldsView:
    view = FieldsView()
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    view.show_result(PAGE)
    return view


def cells(view: FieldsView) -> list[list[str]]:
    model = view.model
    return [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]


def test_every_field_is_there_and_what_is_missing_is_said(view: FieldsView) -> None:
    assert cells(view) == [
        ["Account", ACCOUNT, "marked on the page"],
        ["Total", "not on this page", ""],
        ["Note", SCRIPT, "place not found"],
    ]


def test_a_click_leads_to_the_value_on_the_page(view: FieldsView) -> None:
    chosen: list[Place] = []
    view.chosen.connect(chosen.append)
    for row in range(3):
        rect = view.table.visualRect(view.model.index(row, VALUE))
        QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())

    assert chosen == [Place(3, box=BOX)]
    assert box_of(chosen[0], PAGE) == BOX


def test_all_is_copied_as_a_table_that_keeps_long_numbers_and_runs_nothing(view: FieldsView) -> None:
    view.table.copy_all()

    mime = QGuiApplication.clipboard().mimeData()
    assert mime.text().split("\n")[:2] == [f"Account\t{ACCOUNT}", "Total\t"]
    assert mime.text().split("\n")[2].startswith("Note\t") and "\t'=" in mime.text().replace('"', "")
    assert "mso-number-format" in mime.html()


def test_one_value_is_copied_as_it_is_and_places_are_not(view: FieldsView) -> None:
    view.table.setCurrentIndex(view.model.index(0, VALUE))
    QTest.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().mimeData().text() == ACCOUNT

    view.table.clearSelection()
    view.table.selectionModel().select(view.model.index(1, VALUE), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    view.table.copy()
    assert QGuiApplication.clipboard().mimeData().text() == "", "that it is missing is no value"
    view.table.selectAll()
    view.table.copy()
    assert "marked" not in QGuiApplication.clipboard().mimeData().text()
