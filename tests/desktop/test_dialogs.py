"""The dialogs for saving and about: names, formats, giving up, and that neither blocks the loop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.dialogs.about import LIBRARIES, AboutDialog, show_about, version_of
from desktop.dialogs.save_as import (
    FORMATS,
    SaveAsDialog,
    ask_where,
    chosen_format,
    filter_words,
    not_there_yet,
    proposed_name,
    with_suffix,
)


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("invoice.pdf", "invoice"),
        ("report.2027.pdf", "report.2027"),
        ("发票.pdf", "发票"),
        ("a folder", "a folder"),
        ("v1.2 draft", "v1.2 draft"),
        ("a/b:c?.png", "a_b_c_"),
        ("", "diglot"),
        ("..", "diglot"),
    ],
)
def test_the_name_of_the_document_is_proposed(name: str, proposed: str) -> None:
    assert proposed_name(name) == proposed


@pytest.mark.parametrize(
    ("typed", "row", "format_name", "written"),
    [
        ("a.md", 0, "md", "a.md"),
        ("a.TXT", 0, "txt", "a.TXT"),
        ("a.htm", 0, "html", "a.htm"),
        ("a.json", 1, "json", "a.json"),
        ("a", 2, "html", "a.html"),
        ("report.2027", 1, "txt", "report.2027.txt"),
    ],
)
def test_the_suffix_decides_and_else_the_line_that_was_chosen(
    typed: str, row: int, format_name: str, written: str, qapp: QApplication
) -> None:
    format_ = chosen_format(Path(typed), filter_words(FORMATS[row]))

    assert format_.name == format_name
    assert with_suffix(Path(typed), format_) == Path(written)


def test_a_name_made_longer_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "a.md").touch()
    (tmp_path / "a (2).md").touch()

    assert not_there_yet(tmp_path / "a.md") == tmp_path / "a (3).md"
    assert not_there_yet(tmp_path / "b.md") == tmp_path / "b.md"


def dialog_of(qapp: QApplication) -> SaveAsDialog:
    (dialog,) = [widget for widget in qapp.topLevelWidgets() if isinstance(widget, SaveAsDialog) and widget.isVisible()]
    return dialog


def on_the_windows_loop(qapp: QApplication, act: str, where: Path) -> tuple[Path, str] | None:
    async def ask() -> tuple[Path, str] | None:
        asking = asyncio.ensure_future(ask_where(None, "invoice.pdf"))
        while not any(isinstance(w, SaveAsDialog) and w.isVisible() for w in qapp.topLevelWidgets()):
            await asyncio.sleep(0.01)  # the loop runs while the dialog is open
        dialog = dialog_of(qapp)
        if act == "cancel":
            asking.cancel()
        elif act == "reject":
            dialog.reject()
        else:
            dialog.setDirectory(str(where))
            dialog.selectNameFilter(filter_words(FORMATS[1]))
            dialog.filterSelected.emit(filter_words(FORMATS[1]))
            dialog.done(QDialog.DialogCode.Accepted.value)
        return await asking

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(ask())  # type: ignore[no-any-return]
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def test_the_answer_is_a_path_and_a_format(qapp: QApplication, tmp_path: Path) -> None:
    assert on_the_windows_loop(qapp, "accept", tmp_path) == (tmp_path / "invoice.txt", "txt")


def test_giving_up_answers_nothing(qapp: QApplication, tmp_path: Path) -> None:
    assert on_the_windows_loop(qapp, "reject", tmp_path) is None


def test_being_cancelled_closes_the_dialog(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(asyncio.CancelledError):
        on_the_windows_loop(qapp, "cancel", tmp_path)

    assert not any(isinstance(w, QFileDialog) and w.isVisible() for w in qapp.topLevelWidgets())


def test_about_says_the_version_the_licence_and_whose_work_it_stands_on(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    words = dialog.words()

    assert f"Diglot {version_of('diglot')}" in words
    assert "Affero" in words and "HunyuanOCR: not included" in words
    assert all(f"{name} {version_of(name)}" in words and version_of(name) for name, _ in LIBRARIES)


def test_about_does_not_block(qapp: QApplication) -> None:
    dialog = show_about(None)

    assert dialog.isVisible()
    dialog.close()
