"""The engine's log: bounded, harmless, in portions, searched, copied, following its end unless one looks elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.views.engine_log import KEPT, LONGEST, PORTION, EngineLog, shown


@pytest.fixture
def log(qtbot: QtBot) -> EngineLog:
    made = EngineLog()
    qtbot.addWidget(made)
    made.resize(360, 300)
    made.show()
    return made


def put_all(log: EngineLog) -> None:
    while log._waiting:
        log._put_portion()


def lines(log: EngineLog) -> list[str]:
    return log.text.toPlainText().split("\n")


def test_lines_come_in_portions_and_no_more_are_kept_than_anyone_reads(log: EngineLog) -> None:
    log.add(f"line {number}" for number in range(KEPT + 1000))

    log._put_portion()
    assert len(lines(log)) == PORTION
    put_all(log)
    log.add(["the last"])
    put_all(log)

    assert len(lines(log)) == log.text.document().blockCount() == len(log._lines) == KEPT
    assert (lines(log)[0], lines(log)[-1]) == ("line 1001", "the last")


def test_what_cannot_be_seen_only_waits(qtbot: QtBot) -> None:
    log = EngineLog()
    qtbot.addWidget(log)
    log.add(f"line {number}" for number in range(2 * KEPT))
    assert not log._portions.isActive() and lines(log) == [""]

    log.show()

    qtbot.waitUntil(lambda: not log._waiting)
    assert lines(log)[-1] == f"line {2 * KEPT - 1}"


def test_markup_colours_and_controls_are_only_text(log: EngineLog) -> None:
    log.add(["<b>fat</b>", "\x1b[31mred\x1b[0m", "bell\x07\x00", "\x1b]0;title\x07named", "   ", "two\u2029paragraphs"])
    put_all(log)

    assert lines(log) == ["<b>fat</b>", "red", "bell", "named", "twoparagraphs"]


@given(st.text(max_size=3000))
def test_every_line_stays_one_line_of_bounded_length(untrusted: str) -> None:
    line = shown(untrusted)

    assert len(line) <= LONGEST + 2
    assert all(character == "\t" or (ord(character) >= 32 and character not in "\u2028\u2029") for character in line)
    assert "\x1b" not in line
    line.encode()


def test_it_follows_its_end_unless_one_has_scrolled_up(log: EngineLog) -> None:
    log.add(f"line {number}" for number in range(300))
    put_all(log)
    bar = log.text.verticalScrollBar()
    assert bar.value() == bar.maximum()

    bar.setValue(40)
    log.add(f"more {number}" for number in range(50))
    put_all(log)
    assert log.text.firstVisibleBlock().text() == "line 40"

    bar.setValue(bar.maximum())
    log.add(["the end"])
    put_all(log)
    assert bar.value() == bar.maximum()


def test_what_one_reads_stays_in_place_while_old_lines_go(log: EngineLog) -> None:
    log.add(f"line {number}" for number in range(KEPT))
    put_all(log)
    log.text.verticalScrollBar().setValue(1000)
    assert log.text.firstVisibleBlock().text() == "line 1000"

    log.add(f"more {number}" for number in range(200))
    put_all(log)

    assert log.text.firstVisibleBlock().text() == "line 1000"


def test_words_are_found_the_newest_first_and_again_among_new_lines(log: EngineLog, qtbot: QtBot) -> None:
    log.add(["KV cache: 1", "other", "kv CACHE: 2", "end"])
    put_all(log)

    QTest.keyClicks(log._field, "kv cache")
    assert log.text.textCursor().selectedText() == "kv CACHE"
    assert log._count.text() == "2 of 2"
    QTest.keyClick(log._field, Qt.Key.Key_Return)
    assert (log.text.textCursor().selectedText(), log._count.text()) == ("KV cache", "1 of 2")
    QTest.keyClick(log._field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert log._count.text() == "2 of 2"

    log.add(["kv cache: 3"])
    put_all(log)
    log._next.click()
    assert (log.text.textCursor().block().text(), log._count.text()) == ("kv cache: 3", "3 of 3")

    log._field.setText("nowhere")
    assert log._count.text() == "Not found" and not log._next.isEnabled()
    QTest.keyClick(log._field, Qt.Key.Key_Escape)
    assert (log._field.text(), log._count.text()) == ("", "")


def test_all_of_it_or_the_selection_is_copied(log: EngineLog) -> None:
    log.add(["one", "two", "three"])
    put_all(log)
    assert not log._copy_chosen.isEnabled()

    log._copy_all.click()
    assert QGuiApplication.clipboard().text() == "one\ntwo\nthree"
    QTest.keyClicks(log._field, "two")
    log._copy_chosen.click()
    assert QGuiApplication.clipboard().text() == "two"
    log._copy_all.click()
    assert QGuiApplication.clipboard().text() == "one\ntwo\nthree", "a selection is no reason to copy less"
