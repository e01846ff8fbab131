"""ResultShelf: the readings of an open document by page; the newest lie open, all others packed small."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.output.blocks import PageResult

OPEN_PAGES = 24
"""So many readings are held as they are: those of the last pages read, and those looked at since."""
PACK_LEVEL = 6


class ResultShelf(Mapping[int, "PageResult"]):
    """The newest reading of each page that was read, in the order in which they came.

    A reading as objects takes some thirty times its text; two thousand of them would fill gigabytes. A packed one is
    unpacked when it is looked up: a few milliseconds for a full page, so whoever goes over all of them does so beside
    the loop. Length, membership and numbers cost nothing. It may be read in any thread; `put` it on the loop.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._packed: dict[int, bytes] = {}
        self._open: OrderedDict[int, PageResult] = OrderedDict()
        self._lock = threading.Lock()  # exports read it in a thread while the loop puts pages in
        self._packing = asyncio.Lock()  # one thread that computes beside the loop slows it less than many

    async def put(self, result: PageResult) -> None:
        """Put a reading in, in the place of an older one of its page. It is packed in a thread."""
        async with self._packing:
            packed = await asyncio.to_thread(pack, result)
        self.put_packed(result, packed)

    def put_packed(self, result: PageResult, packed: bytes) -> None:
        """Put in a reading that was packed already."""
        with self._lock:
            self._packed[result.number] = packed
            self._remember(result)

    def __getitem__(self, number: int) -> PageResult:
        """Return the reading of a page; KeyError where it was not read."""
        with self._lock:
            found = self._open.get(number)
            if found is not None:
                self._open.move_to_end(number)
                return found
            packed = self._packed[number]
        result = unpack(packed)
        with self._lock:
            if self._packed.get(number) is packed:
                self._remember(result)
        return result

    def __contains__(self, number: object) -> bool:
        """Tell whether a page was read."""
        return number in self._packed

    def __iter__(self) -> Iterator[int]:
        """Go over the numbers of the pages that are there now, whatever is put in meanwhile."""
        return iter(tuple(self._packed))

    def __len__(self) -> int:
        """Return how many pages were read."""
        return len(self._packed)

    def _remember(self, result: PageResult) -> None:
        self._open[result.number] = result
        self._open.move_to_end(result.number)
        while len(self._open) > OPEN_PAGES:
            self._open.popitem(last=False)


def pack(result: PageResult) -> bytes:
    """Make a reading small. Call it beside the loop."""
    import pickle
    import zlib

    return zlib.compress(pickle.dumps(result, pickle.HIGHEST_PROTOCOL), PACK_LEVEL)


def unpack(packed: bytes) -> PageResult:
    """Return the reading that `pack` made small."""
    import pickle
    import zlib

    # These bytes were made by `pack` in this process and have never left it. JSON would round, and take twice as long.
    result: PageResult = pickle.loads(zlib.decompress(packed))  # noqa: S301
    return result
