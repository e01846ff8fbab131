"""What a screen reader hears: every part that can be used has a name and a role, pages tell their state."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QMenu, QWidget

from desktop.actions import plain_words
from desktop.dialogs.keys import KeysDialog, show_keys
from tests.support.bad_files import pdf
from tests.support.desk import desk, pane, until

USABLE = {
    QAccessible.Role.Button,
    QAccessible.Role.ButtonMenu,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.PageTabList,
    QAccessible.Role.ProgressBar,
    QAccessible.Role.Table,
}


def nameless(window: QWidget) -> list[str]:
    """Return what can be used or scrolled through and has no name."""
    found = []
    for widget in window.findChildren(QWidget):
        told = QAccessible.queryAccessibleInterface(widget)
        if told is None or widget.objectName().startswith("qt_"):
            continue
        own = not any(isinstance(parent, QMenu) for parent in (widget, widget.parent()))
        used = told.role() in USABLE or isinstance(widget, QAbstractScrollArea)
        inner = isinstance(widget.parent(), QAbstractScrollArea) or any(
            widget is box.view() for box in window.findChildren(QComboBox)
        )
        if used and own and not inner and not told.text(QAccessible.Text.Name):
            found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}: {told.role().name}")
    return found


@pytest.mark.qloop
@pytest.mark.slow
async def test_everything_that_can_be_used_has_a_name(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.bench.open_paths([pdf(tmp_path / "a.pdf", 2, text="Words on page {n} that can be read")])
        pane(parts)
        await until(lambda: len(parts.session.results) == 2)
        parts.window.acts.find.trigger()

        assert nameless(parts.window) == []


@pytest.mark.qloop
@pytest.mark.slow
async def test_the_list_of_pages_tells_each_pages_number_and_state(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.bench.open_paths([pdf(tmp_path / "a.pdf", 2, text="Words on page {n} that can be read")])
        pages = pane(parts)
        await until(lambda: len(parts.session.results) == 2 and parts.session.job is None)

        told = QAccessible.queryAccessibleInterface(pages.thumbnails)
        names = [told.child(row).text(QAccessible.Text.Name) for row in range(told.childCount())]
        assert names[:2] == ["Page 1: read", "Page 2: read"]
        assert "1" in QAccessible.queryAccessibleInterface(pages.pages).text(QAccessible.Text.Description)


def in_menus(menus: list[QMenu]) -> list[QAction]:
    return [action for menu in menus for action in menu.actions()]


@pytest.mark.qloop
async def test_no_two_entries_of_a_menu_have_the_same_letter() -> None:
    async with desk() as parts:
        parts.bench.furnish()
        for entry in parts.window.menuBar().actions():
            menu = entry.menu()
            assert isinstance(menu, QMenu)
            shown = [action.text() for action in menu.actions() if action.isVisible()]
            letters = [text.partition("&")[2][:1].casefold() for text in shown if "&" in text]
            assert len(letters) == len(set(letters)), shown


@pytest.mark.qloop
async def test_every_action_with_a_key_is_in_a_menu_and_in_the_list_of_keys() -> None:
    async with desk() as parts:
        acts = parts.window.acts
        offered = in_menus(parts.window.findChildren(QMenu))
        assert [plain_words(action) for action in acts.all() if action not in offered] == []

        dialog = show_keys(parts.window, acts)
        assert isinstance(dialog, KeysDialog)
        model = dialog.table.model()
        rows = {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
        assert (rows["Open"], rows["Find"], rows["Keys"]) == ("Ctrl+O", "Ctrl+F", "F1")
        assert all(rows.values())
        dialog.reject()


@pytest.mark.qloop
@pytest.mark.slow
async def test_one_key_goes_round_the_parts_of_the_window(tmp_path: Path) -> None:
    async with desk() as parts:
        parts.bench.open_paths([pdf(tmp_path / "a.pdf", 2, text="Words on page {n} that can be read")])
        pages = pane(parts)
        await until(lambda: len(parts.session.results) == 2)
        parts.window.activateWindow()
        pages.pages.setFocus()

        def part() -> str:
            focused = QApplication.focusWidget()
            for name, widget in (("list", pages.thumbnails), ("page", pages.pages)):
                if focused is widget:
                    return name
            return "reading"

        seen = []
        for _ in range(3):
            QTest.keyClick(parts.window, Qt.Key.Key_F6)
            seen.append(part())
        assert seen == ["reading", "list", "page"]
        parts.window.acts.thumbnails.trigger()
        QTest.keyClick(parts.window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert part() == "reading"
