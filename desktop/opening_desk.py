"""The opening desk: what is chosen, dropped, pasted or opened again, and which files were opened lately."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication

from desktop.intake import Intake, intake, picture_bytes, picture_name
from desktop.recent import RecentFiles
from desktop.session import OPEN_KEY, Session, Target
from desktop.views.main_window import MainWindow

SAMPLE = Path(__file__).resolve().parent.parent / "resources" / "samples" / "tour.pdf"


class OpeningDesk(QObject):
    """Turns wishes to open something into calls of the session. What it says of them goes to the window's foot."""

    wished = Signal()
    """Something is about to be opened: what was said of the last try is over."""
    said = Signal(str)
    """Something to say at the foot of the window, while nothing is being read."""

    def __init__(self, window: MainWindow, session: Session, store: QSettings | None) -> None:
        """Join them; `store` is where opened files are remembered, None remembers nothing."""
        super().__init__(window)
        self._window = window
        self._session = session
        self._recent = RecentFiles(store) if store is not None else None
        self._missing: set[Path] = set()
        for action, wish in (
            (window.acts.open, self._choose_files),
            (window.acts.open_folder, self._choose_folder),
            (window.acts.open_sample, lambda: self.open(SAMPLE)),
            (window.acts.paste, self._paste),
            (window.acts.close_document, self._close_document),
        ):
            action.triggered.connect(lambda _checked=False, wish=wish: wish())
        window.taken.connect(self.take)
        window.recent_chosen.connect(self.open)
        window.recent_forgotten.connect(self._forget_recent)
        session.opening.connect(lambda name: self.said.emit(self.tr("Opening {name} …").format(name=name)))
        session.not_opened.connect(lambda: self.said.emit(""))
        self._show_recent()

    # -- wishes

    def open(self, target: Target, *, name: str = "") -> None:
        """Open something in place of what is open."""
        self.wished.emit()
        self._session.open(target, name=name)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open one file or folder, or several pictures as one document."""
        if paths:
            self.open(paths[0] if len(paths) == 1 else tuple(paths))

    def take(self, taken: Intake) -> None:
        """Open what was dropped or pasted."""
        if taken.paths:
            self.open_paths(taken.paths)
        elif taken.picture is not None:
            picture = taken.picture

            async def open_picture() -> None:
                self.open(await picture_bytes(picture), name=picture_name())

            self._session.bridge.start(open_picture(), key=OPEN_KEY)

    def _paste(self) -> None:
        taken = intake(QGuiApplication.clipboard().mimeData())
        if taken is not None:
            self.take(taken)
        else:
            self.said.emit(self.tr("There is no picture and no file on the clipboard."))

    def _choose_files(self) -> None:
        from desktop.dialogs.open_files import choose_files

        choose_files(self._window, self._folder(), self.open_paths)

    def _choose_folder(self) -> None:
        from desktop.dialogs.open_files import choose_folder

        choose_folder(self._window, self._folder(), self.open_paths)

    def _folder(self) -> Path:
        document = self._session.document
        if document is not None and document.info.path is not None:
            return document.info.path.parent
        return Path.home()

    def _close_document(self) -> None:
        self._session.bridge.start(self._session.close_document(), key=OPEN_KEY)

    # -- what was opened lately

    def remember(self, path: Path | None) -> None:
        """Offer a file that has been opened from now on, unless it has no place or is the sample."""
        if self._recent is not None and path is not None and path != SAMPLE:
            self._recent.add(path)
            self._show_recent()

    def _show_recent(self) -> None:
        """Offer the recent files; which of them are gone is asked in a thread, for a lost network drive may hang."""
        if self._recent is None:
            return
        paths = self._recent.paths()
        self._window.show_recent(paths, self._missing)

        async def look() -> None:
            missing = await asyncio.to_thread(lambda: {path for path in paths if not path.exists()})
            if missing != self._missing:
                self._missing = missing
                self._window.show_recent(paths, missing)

        self._session.bridge.start(look())

    def _forget_recent(self) -> None:
        if self._recent is not None:
            self._recent.clear()
        self._show_recent()
