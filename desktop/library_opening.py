"""Opening what the library found: at its page and place, wherever the file lies now, and only if it is the same one."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.models.library import Goal
from desktop.places import Place
from desktop.session import Session
from desktop.views.overlay import place_at
from engine.errors import DiglotError, NotReadable

if TYPE_CHECKING:
    from engine.service import Document, Service

OPEN_KEY = "library open"
NEAR = 2.0
"""Page units: how far beside its box a place may be."""


class LibraryOpening(QObject):
    """Opens documents of the library, one at a time: the newest wish counts."""

    open_wanted = Signal(object)  # Path
    place_wanted = Signal(object)  # Place in the open document
    place_known = Signal(object)  # the same place, exactly: its reading is there now
    gone = Signal(object)  # Goal: its file is where it was no more
    other = Signal(object)  # Goal: what was opened for it is another document
    wrong = Signal(object)  # Goal: what the person found is another document, and was not opened

    def __init__(self, session: Session, service: Service) -> None:
        super().__init__(session)
        self._session = session
        self._service = service
        self._goal: Goal | None = None
        self._path: Path | None = None
        session.opened.connect(self._opened)
        session.recalled.connect(lambda _count: self._recalled())
        session.not_opened.connect(self._forget)
        session.closing.connect(lambda last: self._forget() if last else None)

    def go(self, goal: Goal) -> None:
        """Go to a place, opening its document if that is not the one that is open."""
        self._session.bridge.start(self._go_or_open(goal), key=OPEN_KEY)

    def go_at(self, goal: Goal, untrusted_path: Path) -> None:
        """Open a document from where the person found it, if it is that document. Else `wrong` tells."""
        self._session.bridge.start(self._open_found(goal, untrusted_path), key=OPEN_KEY)

    async def _go_or_open(self, goal: Goal) -> None:
        document = self._session.document
        if document is not None and await _is(document, goal):
            self._forget()
            self.place_wanted.emit(_place(document, goal))
            return
        path = await self._where(goal)
        if path is None:
            self.gone.emit(goal)
        else:
            self._open(goal, path)

    def _open(self, goal: Goal, path: Path) -> None:
        self.open_wanted.emit(path)
        self._goal, self._path = goal, path

    async def _where(self, goal: Goal) -> Path | None:
        """Return where the document lies, of all the places where it was met; None where it is in none of them."""
        library = await self._service.library_there()
        kept = await library.document(goal.document.sha256) if library is not None else None
        told = [goal.document.path, *(seen.path for seen in kept.names)] if kept is not None else [goal.document.path]
        paths = list(dict.fromkeys(path for path in told if path))
        return await asyncio.to_thread(lambda: next((Path(path) for path in paths if _is_there(path)), None))

    async def _open_found(self, goal: Goal, untrusted_path: Path) -> None:
        if goal.document.kind != "folder" and await asyncio.to_thread(_hash_of, untrusted_path) != goal.document.sha256:
            self.wrong.emit(goal)
            return
        library = await self._service.library_there()
        if library is not None and goal.document.kind != "folder":
            found = dataclasses.replace(goal.document, name=untrusted_path.name, path=str(untrusted_path))
            await library.note(found)
        self._open(goal, untrusted_path)

    def _opened(self, document: Document) -> None:
        goal = self._goal
        if goal is None:
            return
        if document.info.path != self._path:
            self._forget()  # something else was opened meanwhile
            return
        if goal.number in document.numbers:
            self.place_wanted.emit(_place(document, goal))
        self._session.bridge.start(self._check(document, goal), key=OPEN_KEY)

    async def _check(self, document: Document, goal: Goal) -> None:
        """Say so where the file has another content than the one that was read."""
        if not await _is(document, goal) and document is self._session.document:
            self._forget()
            self.other.emit(goal)

    def _recalled(self) -> None:
        goal, document = self._goal, self._session.document
        self._forget()
        if goal is not None and document is not None and goal.number in document.results:
            self.place_known.emit(_place(document, goal))

    def _forget(self) -> None:
        self._goal = self._path = None


async def _is(document: Document, goal: Goal) -> bool:
    """Tell whether an open document is the one that was read."""
    try:
        return await document.source.content_hash() == goal.document.sha256
    except DiglotError:
        return False  # it went away; whoever reads it says so


def _place(document: Document, goal: Goal) -> Place:
    """Return the place, and where its reading is there, the block and the line that stand there."""
    result = document.results.get(goal.number)
    if goal.box is None or result is None:
        return Place(goal.number, box=goal.box)
    x, y = (goal.box.x0 + goal.box.x1) / 2, (goal.box.y0 + goal.box.y1) / 2
    found = place_at(result, x, y, reach=NEAR)
    return Place(goal.number, box=goal.box) if found is None else dataclasses.replace(found, box=goal.box)


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:
        return False


def _hash_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes. Raises NotReadable."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise NotReadable(str(path), detail=problem.strerror or "") from problem
