"""Saving a document: of a translated one it is asked what, that is remembered, and what was corrected is written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop import saving
from desktop.app import Parts
from desktop.dialogs.save_as import SaveAsDialog
from desktop.dialogs.save_content import SaveContentDialog, ask_content
from engine.exports.content import Content
from engine.output.blocks import Paragraph
from engine.output.corrections import Site
from engine.service import Document
from engine.store.records import ReadingKey
from engine.tasks.task import Task, TaskOrder
from tests.support.bad_files import pdf
from tests.support.desk import desk, until


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)


def open_dialogs(kind: type[QDialog]) -> list[QDialog]:
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]


async def dialog_of(kind: type[QDialog]) -> QDialog:
    await until(lambda: open_dialogs(kind))
    (found,) = open_dialogs(kind)
    return found


async def read(parts: Parts, tmp_path: Path) -> Document:
    parts.bench.furnish()
    parts.session.reader = "text"
    parts.bench.open_paths([pdf(tmp_path / "two.pdf", 2, text="Words on page {n} that can be read")])
    await until(lambda: parts.session.jobs.last is not None and parts.session.job is None)
    assert parts.session.document is not None
    return parts.session.document


async def translate(document: Document) -> None:
    """Let the first page have been translated."""
    result = document.results[1]
    told = replace(result, translation=(Paragraph(result.blocks[0].box, text="译文"),), pairs=(0,), language="zh")
    document.keys[1] = ReadingKey("vllm", TaskOrder(Task.TRANSLATION, target_language="zh"))
    await document.results.put(told)


async def saved(
    parent: QWidget, document: Document, folder: Path, content: Content | None, store: QSettings
) -> str | None:
    """Save, answering what is asked; None where the person gives up at the first question."""
    saving_it = asyncio.ensure_future(saving.save(parent, document, {}, store))
    if saving.is_translated(document):
        asked = await dialog_of(SaveContentDialog)
        assert isinstance(asked, SaveContentDialog)
        if content is None:
            QTest.keyClick(asked, Qt.Key.Key_Escape)
            assert await saving_it is None
            return None
        asked.choices[content].setChecked(True)
        asked.accept()
    where = await dialog_of(SaveAsDialog)
    assert isinstance(where, SaveAsDialog)
    where.setDirectory(str(folder))
    where.done(QDialog.DialogCode.Accepted.value)
    path = await saving_it
    assert path is not None
    text = path.read_text("utf-8")
    path.unlink()
    return text


@pytest.mark.qloop
@pytest.mark.slow
async def test_a_translated_document_is_saved_as_was_chosen_and_that_is_remembered(
    tmp_path: Path, store: QSettings
) -> None:
    async with desk() as parts:
        document = await read(parts, tmp_path)
        await translate(document)
        assert saving.remembered(store) is Content.BOTH

        both = await saved(parts.window, document, tmp_path, Content.BOTH, store)
        told = await saved(parts.window, document, tmp_path, Content.TRANSLATION, store)
        assert saving.remembered(store) is Content.TRANSLATION
        source = await saved(parts.window, document, tmp_path, Content.SOURCE, store)
        assert await saved(parts.window, document, tmp_path, None, store) is None

        first, second = "Words on page 1", "Words on page 2"
        assert both is not None and first in both and "译文" in both and second in both
        assert told is not None and first not in told and "译文" in told and second in told
        assert source is not None and first in source and "译文" not in source
        assert saving.remembered(store) is Content.SOURCE, "who gave up chose nothing"


@pytest.mark.qloop
@pytest.mark.slow
async def test_nothing_is_asked_where_nothing_was_translated_and_corrections_are_written(
    tmp_path: Path, store: QSettings
) -> None:
    async with desk() as parts:
        document = await read(parts, tmp_path)
        parts.session.correct(1, Site(0), "What the person wrote")
        await until(lambda: parts.session.written(1))
        await until(lambda: document.results[1].blocks[0] != document.results[2].blocks[0])

        text = await saved(parts.window, document, tmp_path, None, store)

        assert text is not None and "What the person wrote" in text and "Words on page 1" not in text


@pytest.mark.parametrize("kept", ["", "nonsense", "both", 7])
def test_what_was_remembered_may_be_anything(kept: object, store: QSettings) -> None:
    store.setValue(saving.CONTENT_KEY, kept)

    assert saving.remembered(store) is Content.BOTH
    assert saving.remembered(None) is Content.BOTH


@pytest.mark.qloop
async def test_enter_goes_on_with_the_choice_of_last_time() -> None:
    asking = asyncio.ensure_future(ask_content(None, Content.TRANSLATION))
    dialog = await dialog_of(SaveContentDialog)

    QTest.keyClick(dialog, Qt.Key.Key_Return)

    assert await asking is Content.TRANSLATION
