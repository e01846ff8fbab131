"""The menu bar: the same actions in words, and the files opened lately."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from desktop.actions import Actions
from desktop.theme import as_tip


class RecentMenu(QMenu):
    """The files opened lately, the newest first."""

    chosen = Signal(object)  # Path
    forgotten = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(_tr("Open &recent"), parent)
        self.setToolTipsVisible(True)
        self.show_paths((), ())

    def show_paths(self, paths: Sequence[Path], missing: Collection[Path]) -> None:
        """Show these files; those that are missing cannot be chosen."""
        self.clear()
        for path in paths:
            action = self.addAction(path.name.replace("&", "&&"))
            action.setToolTip(as_tip(str(path)))
            action.setEnabled(path not in missing)
            action.triggered.connect(lambda _checked=False, path=path: self.chosen.emit(path))
        if paths:
            self.addSeparator()
            self.addAction(_tr("Forget these")).triggered.connect(lambda _checked=False: self.forgotten.emit())
        else:
            self.addAction(_tr("Nothing opened yet")).setEnabled(False)


def fill_menus(bar: QMenuBar, actions: Actions, recent: QMenu) -> None:
    """Build the menus."""
    file = bar.addMenu(_tr("&File"))
    file.addActions([actions.open, actions.open_folder])
    file.addMenu(recent)
    file.addAction(actions.library)
    file.addActions([actions.open_sample, actions.paste])
    file.addSeparator()
    file.addActions([actions.save, actions.close_document])
    file.addSeparator()
    file.addAction(actions.quit)
    page = bar.addMenu(_tr("&Page"))
    page.addActions([actions.read, actions.stop, actions.pause, actions.read_page, actions.retry, actions.task])
    page.addSeparator()
    page.addActions([actions.previous_page, actions.next_page, actions.go_to_page])
    page.addSeparator()
    page.addActions([actions.find, actions.next_doubt, actions.previous_doubt, actions.undo, actions.compare])
    view = bar.addMenu(_tr("&View"))
    view.addActions([actions.zoom_in, actions.zoom_out, actions.full_size, actions.fit_width, actions.fit_page])
    view.addSeparator()
    view.addActions([actions.thumbnails, actions.next_part, actions.previous_part])
    engine = bar.addMenu(_tr("&Engine"))
    engine.addAction(actions.engine)
    engine.addSeparator()
    engine.addActions([actions.engine_start, actions.engine_stop, actions.engine_sleep, actions.engine_wake])
    engine.addAction(actions.engine_check)
    engine.addSeparator()
    engine.addAction(actions.engine_set_up)
    bar.addMenu(_tr("&Help")).addActions([actions.keys, actions.about])


def _tr(text: str) -> str:
    return QCoreApplication.translate("Menus", text)
