"""FileSource: a PDF or a picture file as a row of pages, drawn ahead where somebody reads them one after the other."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from typing import NamedTuple

from engine.children.child import Child
from engine.errors import FileVanished, PageError, PageTimedOut
from engine.output.blocks import Unit
from engine.pages.image import PageImage, PageSize
from engine.pages.intake import OpenFile
from engine.pages.layer import layer_of
from engine.pages.process import PDF, PageProcess, checked_image, checked_size
from engine.pages.row import Urgency
from engine.pages.source import SourceInfo, SourceKind, TextLayer

A4 = PageSize(595.0, 842.0)
HASH_STEP = 1 << 20
SIZES_AT_ONCE = 500
UNMEASURED = 40
"""After so many crashes while measuring some hundred pages, the rest of them count as A4: a start costs time."""
HANG_COSTS = 10
"""A page process that hangs while measuring takes as long as so many that crash."""
QUIET_S = 0.3
"""Nothing is drawn ahead within so many seconds after the window asked for something: it may ask again."""
AHEAD_PIXELS = 30_000_000
"""Larger pages are not drawn ahead (90 MB)."""


class Drawing(NamedTuple):
    """What is drawn: the key of what lies ready."""

    number: int
    scale: float
    max_pixels: int
    grid: int


class FileSource:
    """One open file. See `engine.pages.source.PageSource` for what the calls promise."""

    def __init__(self, file: OpenFile, process: PageProcess, info: SourceInfo) -> None:
        """Take an opened file; use `FileSource.open`."""
        self._file = file
        self._process = process
        self._info = info
        self._sizes: dict[int, PageSize] = {}
        self._hash: asyncio.Task[str] | None = None
        self._unwanted = threading.Event()
        self._ready: dict[Drawing, asyncio.Task[PageImage]] = {}
        self._urgent_at = -QUIET_S
        self._closed = False

    @classmethod
    async def open(
        cls, file: OpenFile, *, kind: str, password: str | None = None, child: Child | None = None
    ) -> FileSource:
        """Open a file in its page process; on failure nothing of it is left open."""
        process = PageProcess(kind, file, name=file.name, password=password, child=child)
        try:
            opening = await process.open()
        except BaseException:
            try:
                await process.close()
            finally:
                file.close()
            raise
        unit: Unit = "pt" if kind == PDF else "px"
        info = SourceInfo(
            name=file.name,
            kind=SourceKind.PDF if kind == PDF else SourceKind.PICTURE,
            page_count=opening.pages,
            unit=unit,
            path=None if file.temporary else file.path,
            title=opening.title,
            repaired=opening.repaired,
            protected=opening.protected,
        )
        return cls(file, process, info)

    @property
    def info(self) -> SourceInfo:
        """What is known without touching the pages."""
        return self._info

    @property
    def process(self) -> PageProcess:
        """The page process behind it."""
        return self._process

    async def content_hash(self) -> str:
        """Return the SHA-256 of the file's bytes as hex, computed in a thread once."""
        if self._hash is None:
            self._hash = asyncio.create_task(asyncio.to_thread(sha256_of, self._file, self._unwanted))
        return await asyncio.shield(self._hash)

    async def size(self, number: int) -> PageSize:
        """Return one page's size in page units, rotation applied."""
        return (await self.sizes(number, number))[0]

    async def sizes(self, first: int, last: int) -> list[PageSize]:
        """Return the sizes of pages `first` to `last`; a damaged page counts as an A4 page."""
        missing = [number for number in range(first, last + 1) if number not in self._sizes]
        start = 0
        while start < len(missing):
            begin = missing[start]
            end = min(missing[-1], begin + SIZES_AT_ONCE - 1)
            await self._ask_sizes(begin, end)
            while start < len(missing) and missing[start] <= end:
                start += 1
        return [self._sizes[number] for number in range(first, last + 1)]

    async def render(
        self, number: int, *, scale: float, max_pixels: int, grid: int = 1, urgent: bool = False
    ) -> PageImage:
        """Draw one page; see `PageSource.render`."""
        drawing = Drawing(number, scale, max_pixels, grid)
        if urgent:
            self._urgent_at = time.monotonic()
        ready = self._ready.pop(drawing, None)
        if ready is not None and urgent and not ready.done():
            ready.cancel()  # it may still stand at the end of the row
            ready = None
        if ready is not None and not (ready.done() and (ready.cancelled() or ready.exception())):
            image = await ready
        else:
            image = await self._draw(drawing, Urgency.WINDOW if urgent else Urgency.JOB)
        if urgent:
            self._urgent_at = time.monotonic()
        else:
            self._draw_ahead(drawing._replace(number=number + 1), image)
        return image

    async def text_layer(self, number: int) -> TextLayer | None:
        """Return the page's own text, None where it has none."""
        if self._info.kind is not SourceKind.PDF:
            return None
        reply = await self._process.ask("text", page=number, number=number)
        return await asyncio.to_thread(layer_of, reply.header.get("layer"))  # a dense page has thousands of lines

    async def close(self) -> None:
        """End the page process and give the file back."""
        if self._closed:
            return
        self._closed = True
        self._unwanted.set()
        tasks = [*self._ready.values(), *([self._hash] if self._hash is not None else [])]
        self._ready.clear()
        try:
            await self._process.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self._file.close()

    async def _ask_sizes(self, first: int, last: int) -> None:
        """Measure these pages; where one brings the process down, in halves, so that it alone goes unmeasured."""
        attempts = UNMEASURED
        spans = [(first, last)]
        while spans:
            begin, end = spans.pop()
            try:
                reply = await self._process.ask("sizes", page=None, urgency=Urgency.WINDOW, first=begin, last=end)
                found = reply.header.get("sizes")
            except PageError as problem:
                found = None
                attempts -= HANG_COSTS if isinstance(problem, PageTimedOut) else 1
                if begin < end and attempts > 0:
                    middle = (begin + end) // 2
                    spans += [(middle + 1, end), (begin, middle)]
                    continue
            answers = found if isinstance(found, list) and len(found) == end - begin + 1 else [None] * (end - begin + 1)
            for number, untrusted in enumerate(answers, begin):
                self._sizes[number] = checked_size(untrusted) or A4

    async def _draw(self, drawing: Drawing, urgency: Urgency) -> PageImage:
        reply = await self._process.ask("render", page=drawing.number, urgency=urgency, **drawing._asdict())
        image = checked_image(reply, f"{self._info.name}, page {drawing.number}", max_pixels=drawing.max_pixels)
        self._sizes[drawing.number] = image.page
        return image

    def _draw_ahead(self, drawing: Drawing, like: PageImage) -> None:
        """Draw the page that a job will ask for next while it is busy with this one. One page lies ready, not more."""
        for old in tuple(self._ready):
            if old != drawing:
                self._ready.pop(old).cancel()
        quiet = time.monotonic() - self._urgent_at > QUIET_S and self._process.idle
        if (
            self._closed
            or not quiet
            or drawing in self._ready
            or drawing.number > self._info.page_count
            or like.width * like.height > AHEAD_PIXELS
        ):
            return
        task = asyncio.create_task(self._draw(drawing, Urgency.AHEAD))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._ready[drawing] = task


def sha256_of(file: OpenFile, unwanted: threading.Event) -> str:
    """Return the hash of an open file's bytes as hex; blocks.

    Raises:
        FileVanished: It could not be read to its end, changed meanwhile, or was closed (`unwanted` is set).
    """
    with file.again() as own:  # or its number might soon be another file's
        digest = hashlib.sha256()
        at = 0
        while not unwanted.is_set() and (piece := own.read(HASH_STEP, at)):
            digest.update(piece)
            at += len(piece)
        if unwanted.is_set():
            raise FileVanished(file.name)
        own.check()
    return digest.hexdigest()
