"""The menu bar: the same actions in words, and the files opened lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu, QMenuBar

from desktop.actions import Actions


def fill_menus(
    bar: QMenuBar,
    actions: Actions,
    *,
    recent: Callable[[], Sequence[Path]],
    open_path: Callable[[Path], None],
    forget: Callable[[], None],
) -> None:
    """Build the menus. The recent files are looked up when their menu is opened; those that are gone are greyed."""
    file = bar.addMenu(_tr("&File"))
    file.addActions([actions.open, actions.open_folder])
    lately = file.addMenu(_tr("Open &recent"))
    lately.aboutToShow.connect(lambda: _fill_recent(lately, recent(), open_path, forget))
    file.addActions([actions.open_sample, actions.paste])
    file.addSeparator()
    file.addActions([actions.save, actions.close_document])
    file.addSeparator()
    file.addAction(actions.quit)
    page = bar.addMenu(_tr("&Page"))
    page.addActions([actions.read, actions.stop, actions.read_page])
    page.addSeparator()
    page.addActions([actions.previous_page, actions.next_page, actions.go_to_page])
    page.addSeparator()
    page.addAction(actions.find)
    view = bar.addMenu(_tr("&View"))
    view.addActions([actions.zoom_in, actions.zoom_out, actions.full_size, actions.fit_width, actions.fit_page])
    view.addSeparator()
    view.addAction(actions.thumbnails)


def _fill_recent(
    menu: QMenu, paths: Sequence[Path], open_path: Callable[[Path], None], forget: Callable[[], None]
) -> None:
    menu.clear()
    menu.setToolTipsVisible(True)
    if not paths:
        menu.addAction(_tr("Nothing opened yet")).setEnabled(False)
        return
    for path in paths:
        action = menu.addAction(path.name.replace("&", "&&"))
        action.setToolTip(str(path))
        action.setEnabled(path.exists())
        action.triggered.connect(lambda _checked=False, path=path: open_path(path))
    menu.addSeparator()
    menu.addAction(_tr("Forget these")).triggered.connect(forget)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Menus", text)
