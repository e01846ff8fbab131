"""PageSource: an opened document as a row of pages; `open_source` makes one of a path, bytes or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from engine.output.blocks import Box, Line, Rule, Unit
from engine.pages.image import PageImage, PageSize


class SourceKind(StrEnum):
    """What sort of document it is."""

    PDF = "pdf"
    PICTURE = "picture"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a document after opening it, without touching its pages. `protected`: it took a password."""

    name: str
    kind: SourceKind
    page_count: int
    unit: Unit
    path: Path | None = None
    title: str = ""
    repaired: bool = False
    protected: bool = False


@dataclass(frozen=True, slots=True)
class FontUse:
    """How a line of the text layer is set: which font, and whether it can be seen."""

    font: str
    size: float
    visible: bool


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The text a page carries itself: lines in page units, the rules and pictures drawn beside them.

    `fonts[i]` tells how `lines[i]` is set. `rules` are thin lines and the edges of drawn boxes; `figures` the places of
    embedded pictures.
    """

    lines: tuple[Line, ...] = ()
    fonts: tuple[FontUse, ...] = ()
    rules: tuple[Rule, ...] = ()
    figures: tuple[Box, ...] = ()


class PageSource(Protocol):
    """An opened document. Pages count from 1. Every call may raise a `PageError` for its page alone."""

    @property
    def info(self) -> SourceInfo:
        """What is known without touching the pages."""
        ...

    async def content_hash(self) -> str:
        """Return the SHA-256 of the document's bytes as hex, computed off the loop and kept."""
        ...

    async def size(self, number: int) -> PageSize:
        """Return one page's size in page units, rotation applied."""
        ...

    async def sizes(self, first: int, last: int) -> list[PageSize]:
        """Return the sizes of pages `first` to `last` in one call; a damaged page counts as an A4 page."""
        ...

    async def render(
        self, number: int, *, scale: float, max_pixels: int, grid: int = 1, urgent: bool = False
    ) -> PageImage:
        """Draw one page at `scale` pixels per page unit, within `max_pixels`; `urgent` goes before what waits."""
        ...

    async def text_layer(self, number: int) -> TextLayer | None:
        """Return the page's own text, None where it has none (pictures never have)."""
        ...

    async def close(self) -> None:
        """End the page process and give the file back."""
        ...
