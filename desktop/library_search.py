"""Searching the library while one types: the newest wish counts, and no two questions are under way at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.bridge import Bridge
from desktop.models.library import EACH, HitsModel, More, as_typed_so_far
from engine.store.records import Found

if TYPE_CHECKING:
    from engine.store.library import Library

SEARCH_KEY = "library search"
PORTION = 40
LibraryThere = Callable[[], Awaitable["Library | None"]]
Told = Callable[[str, int], None]
"""(what was sought, pages found in all): the model holds the first of them."""


class LibrarySearch(QObject):
    """Fills the model of hits."""

    def __init__(self, bridge: Bridge, library: LibraryThere, model: HitsModel, tell: Told) -> None:
        super().__init__(model)
        self._bridge = bridge
        self._library = library
        self._model = model
        self._tell = tell
        self._wanted = ""
        self._shown = ""
        self._at_work = False
        model.more_wanted.connect(self._more)

    @property
    def wanted(self) -> str:
        """What is to be shown."""
        return self._wanted

    @property
    def shown(self) -> str:
        """What the model holds the hits of."""
        return self._shown

    @property
    def at_work(self) -> bool:
        """Whether a question is under way."""
        return self._at_work

    def search(self, typed: str) -> None:
        """Look for what was typed; "" shows nothing. While another question is under way, this one waits."""
        self._wanted = typed if typed.strip() else ""
        if not self._at_work:
            self._bridge.start(self._look(), key=SEARCH_KEY)

    def search_again(self) -> None:
        """Look for the same: the library has changed."""
        self._shown = ""
        self.search(self._wanted)

    def more_of_document(self, more: More) -> None:
        """Bring further pages of one document."""
        self._bridge.start(self._bring_of_document(more), key=SEARCH_KEY)

    async def _look(self) -> None:
        self._at_work = True
        try:
            while self._wanted and self._wanted != self._shown:
                query = self._wanted
                found = await self._found(query, each=EACH)
                if query == self._wanted:
                    self._shown = query
                    self._model.show(found.hits, has_more=len(found.hits) == PORTION)
                    self._tell(query, found.total)
        finally:
            self._at_work = False
        if not self._wanted:
            self._shown = ""
            self._model.show((), has_more=False)

    def _more(self) -> None:
        self._bridge.start(self._bring_more(), key=SEARCH_KEY)

    async def _bring_more(self) -> None:
        query = self._shown
        try:
            found = await self._found(query, each=EACH, offset=self._model.taken)
        except BaseException:
            self._model.ask_again()
            raise
        if query == self._shown:
            self._model.add(found.hits, has_more=len(found.hits) == PORTION)

    async def _bring_of_document(self, more: More) -> None:
        query = self._shown
        found = await self._found(query, offset=more.shown, document=more.document.sha256)
        if query == self._shown:
            self._model.add_of_document(more, found.hits)

    async def _found(self, query: str, *, each: int = 0, offset: int = 0, document: str = "") -> Found:
        library = await self._library()
        if library is None:
            return Found()
        typed = await asyncio.to_thread(as_typed_so_far, query)
        return await library.search(typed, limit=PORTION, offset=offset, document=document, each=each)
