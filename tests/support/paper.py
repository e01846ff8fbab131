"""A document in memory: printed lines, with or without a text layer; nothing has to be started for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from engine.errors import PageError
from engine.output.blocks import Box, Line, Origin, Quad
from engine.pages.image import PageImage, PageSize
from engine.pages.source import FontUse, SourceInfo, SourceKind, TextLayer

A4 = PageSize(595.0, 842.0)


def line(text: str, y: float, *, height: float = 10.0, x: float = 60.0, origin: Origin = Origin.PICTURE) -> Line:
    """Return a line that begins at (x, y)."""
    return Line(text, Quad.from_box(Box(x, y, x + 5.0 * len(text), y + height)), origin=origin)


@dataclass
class Paper:
    """Every page has `lines`, and a text layer of them where `layered`. `rules` are where lines are drawn down it."""

    lines: Sequence[Line] = ()
    layered: bool = False
    page_count: int = 1
    rules: Sequence[float] = ()
    size_of: PageSize = A4
    drawn: list[float] = field(default_factory=list)
    error: PageError | None = None

    @property
    def info(self) -> SourceInfo:
        return SourceInfo("paper.pdf", SourceKind.PDF, self.page_count, "pt")

    async def content_hash(self) -> str:
        return "ab" * 32

    async def size(self, number: int) -> PageSize:
        return self.size_of

    async def sizes(self, first: int, last: int) -> list[PageSize]:
        return [self.size_of] * (last - first + 1)

    async def render(
        self, number: int, *, scale: float, max_pixels: int, grid: int = 1, urgent: bool = False
    ) -> PageImage:
        if self.error is not None:
            raise self.error
        self.drawn.append(scale)
        width, height = (
            max(grid, round(side * scale / grid) * grid) for side in (self.size_of.width, self.size_of.height)
        )
        while width * height > max_pixels:
            width, height = width - grid, height - grid
        image = Image.new("RGB", (width, height), "white")
        pen = ImageDraw.Draw(image)
        across, down = width / self.size_of.width, height / self.size_of.height
        for each in self.lines:
            box = each.box
            font = ImageFont.load_default(box.height * down)
            pen.text((box.x0 * across, box.y0 * down), each.text, "black", font=font)
        for x in self.rules:
            pen.line((x * across, 0, x * across, height), fill="black")
        return PageImage(width, height, image.tobytes(), self.size_of)

    async def text_layer(self, number: int) -> TextLayer | None:
        if not self.layered:
            return None
        return TextLayer(tuple(self.lines), tuple(FontUse("Serif", each.box.height, True) for each in self.lines))

    async def close(self) -> None:
        pass
