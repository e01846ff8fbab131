"""FolderSource: several picture files as one document; their bytes go to the page process one at a time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadInput, FileVanished, PageDamaged, PageError, PageTooComplex
from engine.pages.image import PageImage, PageSize
from engine.pages.intake import open_file
from engine.pages.process import FOLDER, PageProcess, checked_image, checked_size
from engine.pages.row import Urgency
from engine.pages.source import SourceInfo, SourceKind, TextLayer

A4 = PageSize(595.0, 842.0)
LARGEST_FILE = 512 << 20
"""A picture file of more bytes than this is not carried to the page process."""
HEAD_BYTES = 64 << 10
"""A picture's size and turn stand in its first bytes, nearly always in so many."""
HEADS_AT_ONCE = 64
COUNTED = ("tiff", "gif")
"""Formats of which a folder is asked how many pages each file has; the others have one."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: which file, which frame of it (from 1)."""

    path: Path
    frame: int


class FolderSource:
    """Several pictures as one document. See `engine.pages.source.PageSource` for what the calls promise."""

    def __init__(self, leaves: Sequence[Leaf], process: PageProcess, info: SourceInfo) -> None:
        """Take what was found; use `FolderSource.open`."""
        self._leaves = tuple(leaves)
        self._process = process
        self._info = info
        self._sizes: dict[int, PageSize] = {}
        self._hash: asyncio.Task[str] | None = None
        self._closed = False

    @classmethod
    async def open(cls, paths: Sequence[Path], *, name: str, folder: Path | None) -> FolderSource:
        """Open pictures in the order given; of scans with many pages (TIFF, GIF) each page counts."""
        process = PageProcess(FOLDER, None, name=name)
        try:
            await process.open()
            leaves: list[Leaf] = []
            kinds = await asyncio.to_thread(_kinds, paths)
            for path, kind in zip(paths, kinds, strict=True):
                frames = await _count(process, path, kind) if kind in COUNTED else 1
                leaves += [Leaf(path, frame) for frame in range(1, frames + 1)]
        except BaseException:
            await process.close()
            raise
        info = SourceInfo(name=name, kind=SourceKind.FOLDER, page_count=len(leaves), unit="px", path=folder)
        return cls(leaves, process, info)

    @property
    def info(self) -> SourceInfo:
        """What is known without touching the pages."""
        return self._info

    @property
    def process(self) -> PageProcess:
        """The page process behind it."""
        return self._process

    async def content_hash(self) -> str:
        """Return the SHA-256 over names and bytes of all files, computed in a thread once."""
        if self._hash is None:
            paths = list(dict.fromkeys(leaf.path for leaf in self._leaves))
            self._hash = asyncio.create_task(asyncio.to_thread(_hash_of, paths))
        return await asyncio.shield(self._hash)

    async def size(self, number: int) -> PageSize:
        """Return one page's size in pixels, EXIF orientation applied."""
        return (await self.sizes(number, number))[0]

    async def sizes(self, first: int, last: int) -> list[PageSize]:
        """Return the sizes of pages `first` to `last`; a damaged picture counts as an A4 page."""
        missing = [number for number in range(first, last + 1) if number not in self._sizes]
        for start in range(0, len(missing), HEADS_AT_ONCE):
            await self._measure(missing[start : start + HEADS_AT_ONCE])
        return [self._sizes[number] for number in range(first, last + 1)]

    async def render(
        self, number: int, *, scale: float, max_pixels: int, grid: int = 1, urgent: bool = False
    ) -> PageImage:
        """Draw one page; see `PageSource.render`."""
        leaf = self._leaves[number - 1]
        data, kind = await asyncio.to_thread(_read, leaf.path, LARGEST_FILE)
        reply = await self._process.ask(
            "render",
            data,
            page=number,
            urgency=Urgency.WINDOW if urgent else Urgency.JOB,
            number=leaf.frame,
            format=kind,
            scale=scale,
            max_pixels=max_pixels,
            grid=grid,
        )
        image = checked_image(reply, leaf.path.name, max_pixels=max_pixels)
        self._sizes[number] = image.page
        return image

    async def text_layer(self, number: int) -> TextLayer | None:
        """Return None: pictures carry no text of their own."""
        return None

    async def close(self) -> None:
        """End the page process."""
        if self._closed:
            return
        self._closed = True
        await self._process.close()
        if self._hash is not None:
            self._hash.cancel()
            await asyncio.gather(self._hash, return_exceptions=True)

    async def _measure(self, numbers: Sequence[int]) -> None:
        heads = await asyncio.to_thread(_heads, [self._leaves[number - 1].path for number in numbers])
        measured = await _ask_measures(self._process, heads)
        for number, size in zip(numbers, measured, strict=True):
            leaf = self._leaves[number - 1]
            if size is None or leaf.frame > 1:
                size = await self._measure_whole(leaf)
            self._sizes[number] = size or A4

    async def _measure_whole(self, leaf: Leaf) -> PageSize | None:
        try:
            data, kind = await asyncio.to_thread(_read, leaf.path, LARGEST_FILE)
            reply = await self._process.ask(
                "frame", data, page=None, urgency=Urgency.WINDOW, number=leaf.frame, format=kind
            )
        except (PageError, BadInput):
            return None
        return checked_size(reply.header.get("size"))


async def _ask_measures(process: PageProcess, heads: Sequence[tuple[bytes, str]]) -> list[PageSize | None]:
    lengths = [[len(head), kind] for head, kind in heads]
    try:
        reply = await process.ask(
            "measure", *(head for head, _ in heads), page=None, urgency=Urgency.WINDOW, lengths=lengths
        )
    except PageError:
        return [None] * len(heads)
    untrusted = reply.header.get("pictures")
    if not isinstance(untrusted, list) or len(untrusted) != len(heads):
        return [None] * len(heads)
    return [checked_size(answer.get("size")) if isinstance(answer, dict) else None for answer in untrusted]


async def _count(process: PageProcess, path: Path, kind: str) -> int:
    """Return how many pages a file has; one that cannot be counted is one page, whose error is told when it is read."""
    try:
        data, _ = await asyncio.to_thread(_read, path, LARGEST_FILE)
        reply = await process.ask("measure", data, page=None, lengths=[[len(data), kind]])
        pages = reply.header["pictures"][0]["pages"]
    except (PageError, BadInput, LookupError, TypeError):
        return 1
    return pages if isinstance(pages, int) and 1 <= pages <= 100_000 else 1


def _kinds(paths: Sequence[Path]) -> list[str]:
    kinds = []
    for path in paths:
        file = open_file(path)
        file.close()
        kinds.append(file.format)
    return kinds


def _read(path: Path, most: int) -> tuple[bytes, str]:
    """Return a picture's bytes and format.

    Raises:
        PageError: It is damaged or too large to be carried.
        FileVanished: It is no longer there, or no picture any more.
    """
    try:
        file = open_file(path)
    except BadInput as problem:
        raise FileVanished(path.name, detail=problem.title) from None
    try:
        if file.format == "pdf":
            raise PageDamaged(path.name)
        if file.stamp[0] > most:
            raise PageTooComplex(path.name, detail=f"more than {most >> 20} MB")
        return file.read(file.stamp[0]), file.format
    finally:
        file.close()


def _heads(paths: Sequence[Path]) -> list[tuple[bytes, str]]:
    heads = []
    for path in paths:
        try:
            file = open_file(path)
        except BadInput:
            heads.append((b"", "png"))
            continue
        try:
            heads.append((file.read(HEAD_BYTES), file.format if file.format != "pdf" else "png"))
        except BadInput:
            heads.append((b"", "png"))
        finally:
            file.close()
    return heads


def _hash_of(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode(errors="surrogateescape") + b"\0")
        try:
            with open(path, "rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError:
            raise FileVanished(path.name) from None
    return digest.hexdigest()
