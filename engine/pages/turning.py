"""Which way up a page stands: its own text says so, or somebody who looks at it where its lines do not run across."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from engine.output.page_frame import turn_of

if TYPE_CHECKING:
    from PIL import Image

    from engine.pages.image import PageImage
    from engine.pages.source import TextLayer

Look: TypeAlias = "Callable[[PageImage], Awaitable[int]]"
"""Returns by how many degrees a page is to be turned clockwise (0, 90, 180, 270), 0 where it cannot say."""

ENOUGH_LETTERS = 150
"""A text layer of fewer may be a stamp on a scan, and run as it likes."""


def turn_of_layer(layer: TextLayer | None) -> int | None:
    """Return by how many degrees a page is to be turned clockwise, None where its own text is too little to tell."""
    if layer is None or sum(len("".join(line.text.split())) for line in layer.lines) < ENOUGH_LETTERS:
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
