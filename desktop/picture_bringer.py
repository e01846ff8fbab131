"""Small pictures come out of the library for the rows that are in sight, one at a time, the newest wish first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.bridge import Bridge
from desktop.models.kept_pictures import KeptPictures, decoded
from engine.errors import DiglotError

if TYPE_CHECKING:
    from engine.store.library import Library

PICTURES_KEY = "library pictures"


class PictureBringer(QObject):
    """Fulfils what a `KeptPictures` wants."""

    def __init__(
        self, bridge: Bridge, library: Callable[[], Awaitable[Library | None]], pictures: KeptPictures
    ) -> None:
        super().__init__(pictures)
        self._bridge = bridge
        self._library = library
        self._pictures = pictures
        self._at_work = False
        pictures.wanted.connect(self._begin)

    def _begin(self) -> None:
        if not self._at_work:
            self._at_work = True
            self._bridge.start(self._bring(), key=PICTURES_KEY)

    async def _bring(self) -> None:
        """Bring them until none is wanted; what cannot be brought leaves its row without one."""
        try:
            library = await self._library()
            while library is not None and (key := self._pictures.take_wanted()) is not None:
                found = (await library.thumbnails(key.sha256, key.number, key.number)).get(key.number)
                image = await asyncio.to_thread(decoded, found.image) if found is not None else None
                self._pictures.put(key, image)
        except DiglotError:
            return  # what shows the rows says what is wrong with the library
        finally:
            self._at_work = False
