"""The window's parts come a step a turn of the loop; the document's pane shares its room evenly and remembers how."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.furnishing import (
    BENCH_PARTS,
    DOCUMENT_PARTS,
    ENGINE_PARTS,
    LIBRARY_PARTS,
    MODEL_PARTS,
    READING_PARTS,
    Steps,
)
from desktop.views.document_pane import DocumentPane


@pytest.mark.parametrize(
    "name", [*BENCH_PARTS, *DOCUMENT_PARTS, *READING_PARTS, *LIBRARY_PARTS, *ENGINE_PARTS, *MODEL_PARTS]
)
def test_every_part_that_is_loaded_is_there(name: str) -> None:
    assert importlib.import_module(name).__name__ == name


def test_no_two_steps_share_a_turn(qtbot: QtBot) -> None:
    parent, taken = QObject(), list[int]()
    Steps(parent, [lambda number=number: taken.append(number) for number in range(3)])  # type: ignore[misc]
    assert taken == []

    seen = []
    for _ in range(50):
        before = len(taken)
        QApplication.processEvents()
        seen.append(len(taken) - before)
    assert taken == [0, 1, 2]
    assert max(seen) == 1


def test_page_and_reading_share_the_room_and_the_list_keeps_its_width(qtbot: QtBot, tmp_path: Path) -> None:
    pane = DocumentPane()
    qtbot.addWidget(pane)
    pane.put_reading_side(QWidget())
    pane.resize(1200, 600)
    pane.show()
    for width in (900, 1600, 1000):
        pane.resize(width, 600)
        listed, page, reading = pane.sizes()
        assert (listed, abs(page - reading) <= 1) == (140, True)

    pane.setSizes([160, 600, 230])
    pane.splitterMoved.emit(160, 1)
    store = QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    pane.keep(store)
    other = DocumentPane()
    qtbot.addWidget(other)
    other.restore(store)
    other.resize(1000, 600)
    other.show()
    qtbot.waitUntil(lambda: abs(other.sizes()[1] - pane.sizes()[1]) < 12)
    assert other.sizes()[0] == pane.sizes()[0]


def test_a_kept_room_that_makes_no_sense_is_passed_over(qtbot: QtBot, tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    pane = DocumentPane()
    qtbot.addWidget(pane)
    for nonsense in ("", "a 0.5", "140", "99999 0.5", ["140", "0.5"], 7):
        store.setValue("window/room", nonsense)
        pane.restore(store)
    pane.resize(1000, 600)
    pane.show()
    assert pane.sizes()[0] == 140
