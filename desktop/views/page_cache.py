"""PageCache: the newest picture of each page, within a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtGui import QImage


@dataclass(frozen=True, slots=True, eq=False)
class PagePicture:
    """A page as pixels, asked for at `scale` device pixels per page unit (the pixel limit may have shrunk it)."""

    image: QImage
    scale: float

    @property
    def size_bytes(self) -> int:
        """Bytes it holds in memory."""
        return int(self.image.sizeInBytes())


class PageCache:
    """Keeps one picture a page and forgets those that were used longest ago; pages in `kept` are never forgotten."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._pictures: OrderedDict[int, PagePicture] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def size_bytes(self) -> int:
        """Bytes of all pictures together."""
        return self._bytes

    def get(self, number: int) -> PagePicture | None:
        """Return a page's picture and note that it was used."""
        picture = self._pictures.get(number)
        if picture is not None:
            self._pictures.move_to_end(number)
        return picture

    def put(self, number: int, picture: PagePicture, *, kept: Collection[int] = ()) -> None:
        """Keep a picture in place of the page's older one, then forget others until the budget holds."""
        self._drop(number)
        self._pictures[number] = picture
        self._bytes += picture.size_bytes
        for other in tuple(self._pictures):
            if self._bytes <= self._budget:
                return
            if other != number and other not in kept:
                self._drop(other)

    def clear(self) -> None:
        """Forget everything."""
        self._pictures.clear()
        self._bytes = 0

    def _drop(self, number: int) -> None:
        old = self._pictures.pop(number, None)
        if old is not None:
            self._bytes -= old.size_bytes
