"""Readings of a page are compared: side by side, differences marked, and either can be shown in the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import Parts
from desktop.comparing import Comparison, compare, name_of
from desktop.dialogs.compare import CompareDialog
from engine.output.blocks import PageResult
from engine.output.corrections import Site, text_at
from engine.store.records import Correction, KeptReading, ReadingKey
from engine.tasks.task import Task, TaskOrder
from tests.support.bad_files import pdf
from tests.support.desk import delete, desk, pane, until
from tests.support.readings import MARKUP, plain_page, rich_page


def kept(result: PageResult, reader: str = "cpu", **corrections: Correction) -> KeptReading:
    written = {place.replace("_", "/"): one for place, one in corrections.items()}
    return KeptReading(ReadingKey(reader), replace(result, reader=reader), 1_700_000_000.0, written)


def marked(found: Comparison, side: int) -> list[str]:
    units = found.texts[side].encode("utf-16-le")
    return [units[2 * start : 2 * end].decode("utf-16-le") for start, end in found.marks[side]]


def test_differences_are_marked_in_both_texts() -> None:
    found = compare(kept(plain_page(1, "😀 The sum is 1280 Euro.")), kept(plain_page(1, "😀 The sum is 1260 Euro!")))

    assert marked(found, 0) == ["1280", "."]
    assert marked(found, 1) == ["1260", "!"]
    assert 0.5 < found.alike < 1.0


def test_a_reading_is_compared_as_the_person_left_it() -> None:
    read = plain_page(1, "The sum is 1280 Euro.")
    mine = kept(read, block_0=Correction("The sum is 1260 Euro.", "The sum is 1280 Euro."))

    found = compare(mine, kept(read))

    assert (marked(found, 0), marked(found, 1)) == (["1260"], ["1280"])
    assert name_of(mine).endswith("corrected") and not name_of(kept(read)).endswith("corrected")


def test_a_reading_is_named_by_reader_task_and_time() -> None:
    one = KeptReading(ReadingKey("vllm", TaskOrder(Task.TABLE)), replace(rich_page(), reader="vllm"), 1_700_000_000.0)

    assert name_of(one).startswith("HunyuanOCR · Table · ")
    assert "23" in name_of(one)


texts = st.text(st.sampled_from("ab 1\n\r\u2028\x00中😀"), max_size=30)


@given(texts, texts)
def test_marks_lie_within_what_is_shown(here: str, there: str) -> None:
    found = compare(kept(plain_page(1, here)), kept(plain_page(1, there)))

    assert len(found.marks[0]) == len(found.marks[1])
    for text, marks in zip(found.texts, found.marks, strict=True):
        assert all(0 <= start <= end <= len(text.encode("utf-16-le")) // 2 for start, end in marks)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> QSettings:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


def dialog(parts: Parts) -> CompareDialog:
    found = parts.window.findChild(CompareDialog)
    assert isinstance(found, CompareDialog)
    return found


async def opened(parts: Parts, folder: Path) -> None:
    parts.bench.furnish()
    parts.session.reader = "text"
    parts.bench.open_paths([pdf(folder / "two.pdf", 2, text="Words on page {n} that can be read")])
    await until(lambda: parts.session.jobs.last is not None and parts.session.job is None)


@pytest.mark.qloop
@pytest.mark.slow
async def test_two_readings_are_compared_and_the_other_is_taken(tmp_path: Path, store: QSettings) -> None:
    async with desk(store) as parts:
        await opened(parts, tmp_path)
        document = parts.session.document
        assert document is not None
        other = replace(document.results[1], reader="cpu")
        library = await parts.service.library()
        sha256 = await document.source.content_hash()
        await library.keep(sha256, other)
        text = text_at(other, Site(0)) or ""
        changed = Correction(text.replace("Words", "Swords"), text)
        await library.correct(sha256, 1, ReadingKey("cpu"), "block/0", changed)

        parts.window.acts.compare.trigger()
        shown = dialog(parts)
        await until(lambda: shown.texts[0].toPlainText() and shown.texts[1].toPlainText())

        assert not shown.isModal()
        assert shown.choosers[0].currentText().startswith("The document's own text")
        assert shown.choosers[1].currentText().startswith("The built-in reader")
        assert "Words" in shown.texts[0].toPlainText() and "Swords" in shown.texts[1].toPlainText()
        assert len(shown.texts[0].extraSelections()) == 1
        assert "1 difference" in shown.summary.text()
        QTest.mouseClick(shown.after, Qt.MouseButton.LeftButton)
        QTest.mouseClick(shown.use[1], Qt.MouseButton.LeftButton)
        await until(lambda: document.results[1].reader == "cpu")
        await until(lambda: "Swords" in parts.bench.desk().side.reading.text.toPlainText())
        await until(lambda: shown.isVisible())
        assert "read on" in parts.bench.desk().side.reading._origin.text()


@pytest.mark.qloop
@pytest.mark.slow
async def test_with_one_reading_it_is_said_what_to_do(tmp_path: Path, store: QSettings) -> None:
    async with desk(store) as parts:
        await opened(parts, tmp_path)
        parts.window.acts.compare.trigger()
        shown = dialog(parts)
        await until(lambda: shown.texts[0].toPlainText())

        assert shown.message.isVisible() and "Shift+F5" in shown.message.text()
        assert not shown.use[0].isVisible() and not shown.after.isVisible()
        pane(parts).pages.go_to_page(2)
        await until(lambda: "page 2" in shown.texts[0].toPlainText())
        assert shown.windowTitle().endswith("2")
        await parts.session.close_document()
        await until(lambda: parts.window.findChild(CompareDialog) is None)
        parts.window.acts.compare.trigger()
        assert parts.window.findChild(CompareDialog) is None


@pytest.mark.qloop
@pytest.mark.slow
async def test_where_nothing_is_kept_that_is_said(tmp_path: Path) -> None:
    async with desk() as parts:
        await opened(parts, tmp_path)

        parts.window.acts.compare.trigger()

        shown = dialog(parts)
        await until(lambda: shown.message.isVisible())
        assert "No reading of this page is kept" in shown.message.text()
        assert shown.texts[0].toPlainText() == ""


def test_nothing_of_a_page_becomes_markup(qapp: QApplication) -> None:
    shown = CompareDialog()
    shown.show_comparison((MARKUP, MARKUP), ((), ()), 1.0)

    assert shown.texts[0].toPlainText() == MARKUP
    delete(shown)
