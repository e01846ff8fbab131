"""Forgetting in the window: asked first, done for good, and what came of it is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.library_questions import agrees
from desktop.library_words import forget_everything_question, forget_question, forgotten_words

if TYPE_CHECKING:
    from engine.service import Service
    from engine.store.records import KeptDocument


class LibraryForgetting(QObject):
    """Asks the person, and forgets."""

    begun = Signal()  # it is being forgotten, which takes a while where the library is large

    def __init__(
        self,
        parent: QObject,
        service: Service,
        front: Callable[[], QWidget],
        tell: Callable[[str, str], Awaitable[None]],
    ) -> None:
        """Forget nothing yet.

        Args:
            parent: Its owner.
            service: Has the library.
            front: Returns the window over which is asked.
            tell: Hears, after something was forgotten, a title and a sentence about it; "" for nothing to say.
        """
        super().__init__(parent)
        self._service = service
        self._front = front
        self._tell = tell

    async def forget(self, hashes: Sequence[str], known: Mapping[str, KeptDocument] | None = None) -> None:
        """Forget documents; those that are `known` need not be looked for. Raises `OutputError`."""
        library = await self._service.library_there()
        if library is None:
            return
        known = known or {}
        found = [known.get(sha256) or await library.document(sha256) for sha256 in hashes]
        documents = [kept for kept in found if kept is not None]
        if documents and await agrees(self._front(), *forget_question(documents), self.tr("&Forget")):
            self.begun.emit()
            forgotten = await library.forget(*(kept.facts.sha256 for kept in documents))
            await self._tell(*forgotten_words(forgotten))

    async def forget_everything(self) -> None:
        """Forget all documents, damaged libraries that were set aside too. Raises `OutputError`."""
        library = await self._service.library_there()
        if library is None:
            return
        question = forget_everything_question(await library.size())
        if await agrees(self._front(), *question, self.tr("&Forget everything")):
            self.begun.emit()
            await self._tell(*forgotten_words(await library.forget_everything()))

    async def remove_set_aside(self) -> None:
        """Remove the damaged libraries that were set aside. Raises `OutputError`."""
        library = await self._service.library_there()
        if library is None:
            return
        question = self.tr("Remove the damaged libraries that were set aside?")
        meaning = self.tr("What they hold can no longer be rescued then.")
        if await agrees(self._front(), question, meaning, self.tr("&Remove")):
            await library.remove_set_aside()
            await self._tell("", "")
