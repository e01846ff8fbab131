"""PagePicture: a page as it is sent to a model: as few pixels as keep its smallest print readable, and the way back.

Drawing is the page process's work; resizing and encoding happen in a thread, where Pillow lets the loop go on.
"""

from __future__ import annotations

import asyncio
import io
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.output.blocks import Box
from engine.output.page_frame import PageFrame
from engine.pages.image import PageImage, PageSize
from engine.pages.print_height import DrawnPrint, drawn_print, printed_size
from engine.pages.sent_size import PictureLimits, sent_size
from engine.pages.source import PageSource, TextLayer
from engine.pages.turning import as_picture, is_pictured, turn_of_layer, turned_by

if TYPE_CHECKING:
    from PIL import Image

    from engine.pages.turning import Look

READABLE_PX = 22
"""Pixels of a font's size that keep print readable, Chinese too: 8 points at 200 dpi."""
USUAL_DPI = 200
"""An A4 page is 3 871 tokens then; what nothing better is known of is drawn so."""
STEPS_DPI = (150, 170, 200, 220, 240, 270, 300)
"""Few steps: the page that lies drawn ahead is then mostly the one that is asked for."""
USUAL_PIXELS = 1664 * 2336
"""An A4 page at that resolution; of a larger picture no more is sent unless its print is small."""
WORTH_IT = 1.15
"""A page is drawn again only if its print grows by this."""
MOST_DRAWN = 40_000_000
"""Pixels of a page of which a part is wanted (120 MB)."""
FLAT_SHARE = 0.6
"""A picture in which so many pixels equal their neighbour is drawn, not scanned or photographed: PNG is smaller."""
EVERY_ROW = 16
JPEG_QUALITY = 92
PNG_LEVEL = 1
GREYS = bytes(level for grey in range(256) for level in (grey, grey, grey))


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page, or a part of it, as it is sent: `width` × `height` pixels, encoded as `mime` says.

    `shrunk` is 1.0 where it was drawn as large as its print wants, less where it had to be smaller. `partly` says that
    a picture on the page is damaged and was drawn only in part.
    """

    mime: str
    width: int
    height: int
    frame: PageFrame
    shrunk: float = 1.0
    partly: bool = False
    data: bytes = field(default=b"", repr=False)


async def picture_of(
    source: PageSource,
    number: int,
    *,
    limits: PictureLimits,
    region: Box | None = None,
    scale_down: float = 1.0,
    turned: int | None = 0,
    look: Look | None = None,
    urgent: bool = False,
) -> PagePicture:
    """Return a page as it is sent.

    Args:
        source: The document.
        number: The page, from 1.
        limits: What model and server ask of a picture.
        region: The part of the page to show, in page units; all of it by default.
        scale_down: Times the size that its print wants, for another try with fewer pixels.
        turned: By how many degrees to turn it clockwise (0, 90, 180, 270); None to find that out.
        look: Looks at a picture whose lines do not run across and says how to turn it; without it none is turned.
        urgent: Somebody looks at this page.

    Raises:
        PageError: The page cannot be drawn.
        ValueError: The region lies outside of the page, or the turn is none.
    """
    if turned not in (None, 0, 90, 180, 270) or not 0 < scale_down <= 1:
        raise ValueError("a picture is turned by quarters, and never enlarged for another try")
    size = await source.size(number)
    part = None if region is None else _on_page(region, size)
    measured = source.info.unit == "pt"
    layer = await source.text_layer(number) if measured else None
    known = 0.0 if layer is None else _scale_for(layer, size)
    wanted = known or (USUAL_DPI / 72 if measured else min(1.0, math.sqrt(USUAL_PIXELS / (size.width * size.height))))
    drawn = await _drawn(source, number, size, part, wanted * scale_down, limits, urgent=urgent)
    if turned is None:
        turned = turn_of_layer(layer, size)
    if turned is None or not known:
        found = await asyncio.to_thread(lambda image: drawn_print(as_picture(image)), drawn.image)
        if turned is None:
            turned = await look(drawn.image) if look is not None and found.sideways else 0
        readable = _readable_scale(drawn.image, found)
        if not known and scale_down == 1.0 and readable > WORTH_IT * drawn.scale:
            wanted = _step(72 * readable) if measured else min(1.0, readable)  # a picture has what pixels it has
            again = await _drawn(source, number, size, part, wanted, limits, urgent=urgent)
            if again.scale > WORTH_IT * drawn.scale:
                drawn = again
    return await asyncio.to_thread(_sent, drawn, wanted, turned)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page as it was drawn, the part of it that is wanted (None: all), and how large that part is to be."""

    image: PageImage
    part: Box | None
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels a page unit of what will be sent."""
        whole = self.image.page
        area = whole.width * whole.height if self.part is None else self.part.area
        return math.sqrt(self.width * self.height / area)


async def _drawn(
    source: PageSource,
    number: int,
    size: PageSize,
    part: Box | None,
    scale: float,
    limits: PictureLimits,
    *,
    urgent: bool,
) -> _Drawn:
    if part is None:
        width, height = sent_size(size.width, size.height, scale=scale, limits=limits)
        # Sent as it was drawn, wherever the page is not too small or too long.
        image = await source.render(number, scale=scale, max_pixels=limits.max_pixels, grid=limits.grid, urgent=urgent)
        return _Drawn(image, None, width, height)
    width, height = sent_size(part.width, part.height, scale=scale, limits=limits)
    enough = math.sqrt(width * height / part.area)
    image = await source.render(number, scale=enough, max_pixels=MOST_DRAWN, urgent=urgent)
    return _Drawn(image, part, width, height)


def _on_page(region: Box, size: PageSize) -> Box:
    part = Box(max(0.0, region.x0), max(0.0, region.y0), min(size.width, region.x1), min(size.height, region.y1))
    if not (part.x0 < part.x1 and part.y0 < part.y1):
        raise ValueError("the region lies outside of the page")
    return part


def _scale_for(layer: TextLayer, size: PageSize) -> float:
    """Return at how many pixels a point the smallest print of a text layer is readable, 0.0 where it does not say."""
    smallest = printed_size(layer)
    if not smallest:
        return 0.0
    dpi = max(READABLE_PX / smallest * 72, USUAL_DPI if is_pictured(layer, size) else STEPS_DPI[0])
    return _step(dpi)


def _step(dpi: float) -> float:
    """Return at how many pixels a point a page is drawn that wants so many to the inch."""
    return next((step for step in STEPS_DPI if step >= dpi), STEPS_DPI[-1]) / 72


def _readable_scale(image: PageImage, found: DrawnPrint) -> float:
    """Return at how many pixels a page unit the print in a picture would be readable, 0.0 where none was found."""
    if not found.size:
        return 0.0
    scale = math.sqrt(image.width * image.height / (image.page.width * image.page.height))
    return scale * READABLE_PX / found.size


def _sent(drawn: _Drawn, wanted: float, turned: int) -> PagePicture:
    """Crop, turn, resize and encode; blocks."""
    from PIL import Image

    image, page = as_picture(drawn.image), drawn.image.page
    region = Box(0.0, 0.0, page.width, page.height)
    if drawn.part is not None:
        across, down = image.width / page.width, image.height / page.height
        left, top = math.floor(drawn.part.x0 * across), math.floor(drawn.part.y0 * down)
        right = min(image.width, max(left + 1, math.ceil(drawn.part.x1 * across)))
        bottom = min(image.height, max(top + 1, math.ceil(drawn.part.y1 * down)))
        image = image.crop((left, top, right, bottom))
        region = Box(left / across, top / down, right / across, bottom / down)
    image = turned_by(image, turned)
    width, height = (drawn.height, drawn.width) if turned in (90, 270) else (drawn.width, drawn.height)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    mime, data = encoded(image)
    frame = PageFrame(page.width, page.height, region, turned)
    return PagePicture(mime, width, height, frame, min(1.0, drawn.scale / wanted), drawn.image.partly, data)


def encoded(image: Image.Image) -> tuple[str, bytes]:
    """Return a picture's bytes and their kind: PNG for what was drawn, JPEG for what was scanned or photographed.

    Without colour it is sent as grey, which is a third of the work for the same picture, and drawn grey as a palette:
    PNG does not filter its rows then, which takes twice as long here, and at the server too, and hardly saves a byte.
    """
    image = _without_colour(image)
    packed = io.BytesIO()
    if _flat_share(image) >= FLAT_SHARE:
        if image.mode == "L":
            image = image.copy()
            image.putpalette(GREYS)
        image.save(packed, "PNG", compress_level=PNG_LEVEL)
        return "image/png", packed.getvalue()
    image.save(packed, "JPEG", quality=JPEG_QUALITY)
    return "image/jpeg", packed.getvalue()


def _without_colour(image: Image.Image) -> Image.Image:
    from PIL import ImageChops

    red, green, blue = image.split()
    colourless = not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))
    return red if colourless else image


def _flat_share(image: Image.Image) -> float:
    """Return how many pixels equal the one to their right, looked at in some rows."""
    from PIL import Image, ImageChops

    wide, rows = image.width - 1, max(1, image.height // EVERY_ROW)
    some = image.resize((image.width, rows), Image.Resampling.NEAREST).convert("L")
    here, beside = some.crop((0, 0, wide, rows)), some.crop((1, 0, wide + 1, rows))
    return ImageChops.difference(here, beside).histogram()[0] / (wide * rows)
