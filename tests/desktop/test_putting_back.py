"""What was said of a doubtful word is taken back: in the bubble, by Ctrl+Z, and in the menu of the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from desktop.app import Parts
from desktop.places import Place
from desktop.views.reading_geometry import rect_of
from desktop.views.reading_text import ReadingText
from engine.output.corrections import Site, text_at
from tests.support.desk import until
from tests.support.doubting_window import SAID, bubble, step, window


def said(parts: Parts, number: int = 1) -> str | None:
    return text_at(parts.session.results[number], Site(0))


async def asked(parts: Parts, words: str) -> None:
    await until(lambda: bubble(parts).isVisible() and (found := bubble(parts).question) and found.words == words)


@pytest.mark.qloop
@pytest.mark.slow
async def test_answers_are_taken_back_one_after_the_other_and_asked_again(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        undo = parts.window.acts.undo
        found = await step(parts, "Words")
        assert not undo.isEnabled() and found.undo.isHidden()
        QTest.mouseClick(found.take, Qt.MouseButton.LeftButton)
        await asked(parts, "read")
        QTest.mouseClick(found.keep, Qt.MouseButton.LeftButton)
        await asked(parts, "page")
        assert said(parts) == "WORDS on page 1 that can be read" and not parts.session.results[1].doubts
        assert undo.isEnabled() and found.undo.isVisible()

        QTest.mouseClick(found.undo, Qt.MouseButton.LeftButton)

        await asked(parts, "read")
        assert said(parts) == "WORDS on page 1 that can be read"
        assert len(parts.session.results[1].doubts) == 1
        QTest.keyClick(found.keep, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await asked(parts, "Words")
        assert said(parts) == SAID.format(n=1)
        assert len(parts.session.results[1].doubts) == 2
        assert not undo.isEnabled() and found.undo.isHidden()


@pytest.mark.qloop
@pytest.mark.slow
async def test_it_is_said_how_the_last_answer_is_taken_back(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        for words in ("Words", "read", "page"):
            found = await step(parts, words) if words == "Words" else bubble(parts)
            await asked(parts, words)
            QTest.mouseClick(found.keep, Qt.MouseButton.LeftButton)

        await until(lambda: "Ctrl+Z" in parts.window.strip._words.text())

        assert found.isHidden() and parts.window.acts.undo.isEnabled()


@pytest.mark.qloop
@pytest.mark.slow
async def test_ctrl_z_in_what_is_being_typed_is_for_what_is_being_typed(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        found = await step(parts, "Words")
        QTest.mouseClick(found.take, Qt.MouseButton.LeftButton)
        await asked(parts, "read")
        found.field.setFocus()
        QTest.keyClicks(found.field, "er")

        QTest.keyClick(found.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

        assert found.field.text() != "reader" and parts.window.acts.undo.isEnabled()
        assert said(parts) == "WORDS on page 1 that can be read"


@pytest.mark.qloop
@pytest.mark.slow
async def test_another_document_has_nothing_to_take_back(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        found = await step(parts, "Words")
        QTest.mouseClick(found.take, Qt.MouseButton.LeftButton)
        await asked(parts, "read")

        await parts.session.close_document()

        assert not parts.window.acts.undo.isEnabled()


def menu_at(text: ReadingText, place: Place) -> QMenu:
    assert text.reading is not None
    rect = rect_of(text.reading, place)
    assert rect is not None
    return text.menu_at(QPoint(round(rect.left()) + 4, round(rect.center().y()) - text.verticalScrollBar().value()))


def offer(menu: QMenu) -> list[QAction]:
    return [action for action in menu.actions() if action.text() == "Put back what was read"]


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_menu_puts_back_what_was_read_and_only_where_it_was_changed(tmp_path: Path) -> None:
    async with window(tmp_path) as parts:
        text = parts.bench.desk().side.reading.text
        assert offer(menu_at(text, Place(1, 0))) == []
        found = await step(parts, "Words")
        QTest.mouseClick(found.take, Qt.MouseButton.LeftButton)
        await asked(parts, "read")
        found.close()

        (action,) = offer(menu_at(text, Place(1, 0)))
        action.trigger()

        await until(lambda: said(parts) == SAID.format(n=1))
        assert len(parts.session.results[1].doubts) == 2, "it is in doubt again"
        assert not parts.window.acts.undo.isEnabled(), "there is nothing left to take back"
        await until(lambda: text.toPlainText() == SAID.format(n=1))
