"""Which way up a page stands: its own text says so, or somebody who looks at it where its lines do not run across."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from engine.output.page_frame import turn_of

if TYPE_CHECKING:
    from PIL import Image

    from engine.pages.image import PageImage, PageSize
    from engine.pages.source import TextLayer

Look: TypeAlias = "Callable[[PageImage], Awaitable[int]]"
"""Returns by how many degrees a page is to be turned clockwise (0, 90, 180, 270), 0 where it cannot say."""

ENOUGH_LETTERS = 150
"""A text layer of fewer, on a page with pictures, may be a stamp on a scan, and run as it likes."""
PICTURED_SHARE = 0.05
"""With more of the page than this covered by pictures, print may stand in them that the text layer does not know."""


def is_pictured(layer: TextLayer, page: PageSize) -> bool:
    """Tell whether print may stand in pictures on a page."""
    return sum(figure.area for figure in layer.figures) > PICTURED_SHARE * page.width * page.height


def turn_of_layer(layer: TextLayer | None, page: PageSize) -> int | None:
    """Return by how many degrees a page is to be turned clockwise, None where its own text is too little to tell."""
    letters = 0 if layer is None else sum(len("".join(line.text.split())) for line in layer.lines)
    if layer is None or not letters or (letters < ENOUGH_LETTERS and is_pictured(layer, page)):
        return None
    return turn_of([line.quad for line in layer.lines])


def as_picture(image: PageImage) -> Image.Image:
    """Return a page's image as a picture of Pillow's; the pixels are not copied."""
    from PIL import Image

    # Any buffer will do, whatever Pillow's types say.
    return Image.frombuffer("RGB", (image.width, image.height), image.pixels, "raw", "RGB", 0, 1)  # type: ignore[arg-type]


def turned_by(picture: Image.Image, turned: int) -> Image.Image:
    """Return a picture turned clockwise by 0, 90, 180 or 270 degrees."""
    from PIL import Image

    if not turned:
        return picture
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return picture.transpose(turns[turned])  # Pillow turns the other way
