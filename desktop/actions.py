"""Actions: everything the window can be told to do, with its words, its shortcut and its icon, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import QWidget

from desktop.icons import icon

if TYPE_CHECKING:  # the window is on the screen before anything is known of the engine
    from desktop.models.engine import Offers

Keys = QKeySequence.StandardKey | str


@dataclass(frozen=True, slots=True, eq=False)
class Actions:
    """The window's actions; enabling and connecting them is the window's business."""

    open: QAction
    open_folder: QAction
    open_sample: QAction
    library: QAction
    paste: QAction
    close_document: QAction
    save: QAction
    quit: QAction
    read: QAction
    read_page: QAction
    task: QAction
    stop: QAction
    pause: QAction
    retry: QAction
    find: QAction
    next_doubt: QAction
    previous_doubt: QAction
    undo: QAction
    compare: QAction
    zoom_in: QAction
    zoom_out: QAction
    fit_width: QAction
    fit_page: QAction
    full_size: QAction
    thumbnails: QAction
    next_page: QAction
    previous_page: QAction
    go_to_page: QAction
    next_part: QAction
    previous_part: QAction
    engine: QAction
    engine_start: QAction
    engine_stop: QAction
    engine_sleep: QAction
    engine_wake: QAction
    engine_check: QAction
    engine_set_up: QAction
    keys: QAction
    about: QAction

    def all(self) -> list[QAction]:
        """Return every action."""
        return [getattr(self, field.name) for field in fields(self)]

    def set_document_open(self, is_open: bool) -> None:
        """Allow what needs a document only while there is one."""
        for action in self._need_document():
            action.setEnabled(is_open)

    def set_reading(self, reading: bool, *, is_open: bool) -> None:
        """Offer reading or stopping, whichever makes sense."""
        self.read.setVisible(not reading)
        self.read.setEnabled(is_open and not reading)
        self.read_page.setEnabled(is_open)
        self.stop.setVisible(reading)
        self.stop.setEnabled(reading)
        self.pause.setEnabled(reading)
        if reading:
            self.retry.setEnabled(False)

    def set_engine(self, offered: Offers) -> None:
        """Offer what makes sense with the engine; where one of two does, it stands in the other's place."""
        for action, makes_sense in (
            (self.engine_start, offered.start),
            (self.engine_stop, offered.stop),
            (self.engine_sleep, offered.sleep),
            (self.engine_wake, offered.wake),
            (self.engine_check, offered.check),
        ):
            action.setEnabled(makes_sense)
        self.engine_start.setVisible(not offered.stop)
        self.engine_stop.setVisible(offered.stop)
        self.engine_sleep.setVisible(not offered.wake)
        self.engine_wake.setVisible(offered.wake)

    def _need_document(self) -> list[QAction]:
        return [
            *(self.close_document, self.save, self.find, self.read_page, self.zoom_in, self.zoom_out),
            *(self.fit_width, self.fit_page, self.full_size, self.next_page, self.previous_page, self.go_to_page),
            *(self.next_part, self.previous_part, self.next_doubt, self.previous_doubt, self.compare),
        ]


def make_actions(window: QWidget) -> Actions:
    """Make the actions and give them to the window, so that their shortcuts work everywhere in it."""
    tr = _tr
    keys = QKeySequence.StandardKey
    actions = Actions(
        open=_action(window, tr("&Open…"), keys.Open, tr("Open a PDF or pictures")),
        open_folder=_action(window, tr("Open &folder…"), "Ctrl+Shift+O", tr("Open a folder of pictures")),
        open_sample=_action(window, tr("Open the sa&mple"), "", tr("Open the sample document")),
        library=_action(window, tr("&Library…"), "Ctrl+Shift+F", tr("Find in everything that was read")),
        paste=_action(window, tr("&Paste"), keys.Paste, tr("Open the picture or the files on the clipboard")),
        close_document=_action(window, tr("&Close"), keys.Close, tr("Close the document")),
        save=_action(window, tr("&Save as…"), keys.Save, tr("Save what was read")),
        quit=_action(window, tr("&Quit"), "Ctrl+Q", tr("Quit")),
        read=_action(window, tr("&Read"), "F5", tr("Read the pages not read yet, or all of them again")),
        read_page=_action(window, tr("Read this p&age again"), "Shift+F5", tr("Read the page you are looking at")),
        task=_action(window, tr("Choose &what is read"), "Ctrl+T", tr("Text, a translation, fields, a question")),
        stop=_action(window, tr("S&top"), "Shift+Esc", tr("Stop reading; finished pages are kept")),
        pause=_action(window, tr("Pau&se"), "Ctrl+Shift+F5", tr("Begin no further page for now, or go on")),
        retry=_action(window, tr("Read fa&iled pages again"), "Ctrl+F5", tr("Read those pages again that failed")),
        next_doubt=_action(window, tr("Next &doubtful word"), "F7", tr("Go to the next word that may be wrong")),
        previous_doubt=_action(window, tr("Doubtful word &before"), "Shift+F7", tr("Go to the doubtful word before")),
        undo=_action(window, tr("&Undo"), keys.Undo, tr("Take back what you last said of a doubtful word")),
        compare=_action(window, tr("&Compare readings…"), "Ctrl+D", tr("See where readings of this page differ")),
        find=_action(window, tr("&Find"), keys.Find, tr("Find in the text")),
        zoom_in=_action(window, tr("Zoom &in"), keys.ZoomIn, tr("Zoom in"), "Ctrl+="),
        zoom_out=_action(window, tr("Zoom &out"), keys.ZoomOut, tr("Zoom out")),
        fit_width=_action(window, tr("Fit &width"), "Ctrl+2", tr("Make the page as wide as the window")),
        fit_page=_action(window, tr("Fit &page"), "Ctrl+0", tr("Show the whole page")),
        full_size=_action(window, tr("&100 %"), "Ctrl+1", tr("Show the page in its true size")),
        thumbnails=_action(window, tr("Page &list"), "F9", tr("Show or hide the list of pages")),
        next_page=_action(window, tr("&Next page"), "Ctrl+PgDown", tr("Go to the next page")),
        previous_page=_action(window, tr("&Previous page"), "Ctrl+PgUp", tr("Go to the page before")),
        go_to_page=_action(window, tr("&Go to page…"), "Ctrl+G", tr("Go to a page by its number")),
        next_part=_action(window, tr("&Next part of the window"), "F6", tr("Page list, page, reading, engine")),
        previous_part=_action(window, tr("Part &before"), "Shift+F6", tr("Engine, reading, page, page list")),
        engine=_action(window, tr("&Engine panel"), "F8", tr("Show or hide the engine panel")),
        engine_start=_action(window, tr("&Start the engine"), "Ctrl+E", tr("Start the engine")),
        engine_stop=_action(window, tr("S&top the engine"), "Ctrl+Shift+E", tr("Stop it; its memory becomes free")),
        engine_sleep=_action(window, tr("&Put it to sleep"), "Shift+F8", tr("Give its graphics memory back for now")),
        engine_wake=_action(window, tr("&Wake it"), "Shift+F8", tr("Let it take its graphics memory again")),
        engine_check=_action(window, tr("Self-&check"), "Ctrl+Shift+K", tr("Try whether it reads pages right")),
        engine_set_up=_action(window, tr("Set &up…"), "", tr("Install the engine and its model, or choose a server")),
        keys=_action(window, tr("&Keys"), "F1", tr("What the keys do")),
        about=_action(window, tr("&About Diglot"), "", tr("Version, licence and libraries")),
    )
    for action in (actions.fit_width, actions.fit_page, actions.thumbnails, actions.engine):
        action.setCheckable(True)
    for action, short in (
        (actions.engine_start, tr("Start")),
        (actions.engine_stop, tr("Stop")),
        (actions.engine_sleep, tr("Sleep")),
        (actions.engine_wake, tr("Wake")),
        (actions.engine_check, tr("Self-check")),
    ):
        action.setIconText(short)
        action.setEnabled(False)
    actions.engine_stop.setVisible(False)
    actions.engine_wake.setVisible(False)
    actions.thumbnails.setChecked(True)
    actions.retry.setEnabled(False)
    actions.undo.setEnabled(False)
    actions.set_document_open(False)
    actions.set_reading(False, is_open=False)
    for action in actions.all():
        window.addAction(action)
    return actions


def plain_words(action: QAction) -> str:
    """Return an action's words without the letter of its menu, which Chinese writes behind them: “打开(&O)…”."""
    head, found, tail = action.text().partition("(&")
    return (head + tail[2:] if found else action.text()).replace("&", "").rstrip("…")


def dress_engine(actions: Actions, palette: QPalette) -> None:
    """Draw the icons of the engine's actions, which the first paint does not need."""
    for action, name in (
        (actions.engine, "engine"),
        (actions.engine_start, "power"),
        (actions.engine_stop, "stop"),
        (actions.engine_sleep, "sleep"),
        (actions.engine_wake, "wake"),
        (actions.engine_check, "check"),
    ):
        action.setIcon(icon(name, palette))


def dress(actions: Actions, palette: QPalette) -> None:
    """Draw the icons in the palette's colours; again whenever those change."""
    for action, name in (
        (actions.open, "open"),
        (actions.paste, "paste"),
        (actions.save, "save"),
        (actions.read, "read"),
        (actions.stop, "stop"),
        (actions.find, "find"),
        (actions.zoom_in, "zoom-in"),
        (actions.zoom_out, "zoom-out"),
        (actions.fit_width, "fit-width"),
        (actions.fit_page, "fit-page"),
        (actions.thumbnails, "thumbnails"),
        (actions.open_sample, "sample"),
    ):
        action.setIcon(icon(name, palette))


def _action(window: QWidget, text: str, keys: Keys, tip: str, *more: str) -> QAction:
    action = QAction(text, window)
    shortcuts = [QKeySequence(keys), *(QKeySequence(other) for other in more)] if keys else []
    action.setShortcuts(shortcuts)
    shown = shortcuts[0].toString(QKeySequence.SequenceFormat.NativeText) if shortcuts else ""
    action.setToolTip(f"{tip} ({shown})" if shown else tip)
    return action


def _tr(text: str) -> str:
    return QCoreApplication.translate("Actions", text)
