"""Pillow, in the page process only: open, measure, orient, decode and scale pictures; its exceptions end here."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from engine.children.serving import Blob, Refusal
from engine.pages.image import PageSize, fit

MOST_PIXELS = 200_000_000
"""A picture past this is refused before it is decoded: 600 MB as RGB, and a page process has three GiB."""
KEPT_PIXELS = 50_000_000
"""A decoded picture up to this size is kept for the next drawing (150 MB)."""
MOST_FRAMES = 100_000
ORIENTATION = 0x0112
"""EXIF's tag for how the camera was held; 5 to 8 swap width and height."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
ImageFile.LOAD_TRUNCATED_IMAGES = False  # half a picture is told, not passed off as a whole one

FORMATS = {
    "png": ("PNG",),
    "jpeg": ("JPEG", "MPO"),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
    "webp": ("WEBP",),
    "gif": ("GIF",),
    "heic": ("HEIF",),
    "avif": ("AVIF",),
}
"""Our name of a format -> the only decoders Pillow may try on it."""
MANY_PAGES = ("tiff", "gif", "webp", "heic")
"""Formats whose frames are pages; an animated PNG and a phone's JPEG with its preview are one page."""


@contextmanager
def border(otherwise: str) -> Iterator[None]:
    """Turn whatever Pillow raises into a `Refusal`.

    Its decoders raise nearly everything on broken data (OSError, ValueError, SyntaxError, struct.error, EOFError …).
    """
    try:
        yield
    except (Refusal, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too large") from None
    except Exception:
        raise Refusal(otherwise) from None


class PictureDocument:
    """One open picture file and its frames."""

    def __init__(self, stream: IO[bytes], kind: str) -> None:
        """Open it; a file of one frame that is not huge is decoded at once, so damage is told at the door.

        Raises:
            Refusal: "damaged", "no pixels", "too large", "memory".
        """
        self._kind = kind
        self._stream = stream
        self._kept: tuple[int, Image.Image] | None = None
        with border("damaged"):
            self._image = _open(stream, kind)
            self._frames = min(_frames(self._image, kind), MOST_FRAMES)
            if self._frames == 1 and self._image.width * self._image.height <= KEPT_PIXELS:
                self._decoded(1, shrink=1.0)

    def describe(self) -> dict[str, Any]:
        """Return how many frames there are."""
        return {"pages": self._frames, "unit": "px", "title": "", "repaired": False}

    def size(self, number: int) -> tuple[float, float]:
        """Return a frame's size in pixels, EXIF orientation applied."""
        if self._kept is not None and self._kept[0] == number:
            return self._kept[1].size
        with border("page damaged"):
            self._seek(number)
            return oriented_size(self._image)

    def render(self, number: int, *, scale: float, max_pixels: int, grid: int) -> tuple[dict[str, Any], Blob]:
        """Give a frame as RGB, at its own resolution or below it: a picture has no more pixels than it has."""
        with border("page damaged"):
            size = PageSize(*self.size(number))
            width, height = fit(size, max_pixels=max_pixels, scale=min(scale, 1.0), grid=grid)
            image = self._decoded(number, shrink=min(size.width / width, size.height / height))
            if image.size != (width, height):
                image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
            return {"width": width, "height": height, "page": [size.width, size.height]}, image.tobytes()

    def text(self, number: int) -> None:
        """Return None: pictures carry no text of their own."""

    def _seek(self, number: int) -> None:
        if self._kind in MANY_PAGES:
            self._image.seek(number - 1)
        check_pixels(self._image)

    def _decoded(self, number: int, *, shrink: float) -> Image.Image:
        """Return a frame upright as RGB; a huge JPEG may come smaller by up to `shrink`."""
        if self._kept is not None and self._kept[0] == number:
            return self._kept[1]
        self._kept = None
        self._seek(number)
        area = self._image.width * self._image.height
        if self._kind == "jpeg" and area > KEPT_PIXELS:
            # Opened again each time: a JPEG's decoder can be told the scale only once.
            again = _open(self._stream, self._kind)
            again.draft("RGB", (max(1, int(again.width / shrink)), max(1, int(again.height / shrink))))
            return upright_rgb(again)
        image = upright_rgb(self._image)
        if area <= KEPT_PIXELS:
            self._kept = (number, image)
        return image


def measure(head: bytes, kind: str) -> dict[str, Any]:
    """Return a picture's size and pages from its first bytes: {"size": null} where they do not suffice."""
    try:
        with border("damaged"):
            image = _open(io.BytesIO(head), kind)
            size = oriented_size(image)
            return {"size": size, "pages": min(_frames(image, kind), MOST_FRAMES)}
    except Refusal:
        return {"size": None, "pages": 1}


def _open(stream: IO[bytes], kind: str) -> Image.Image:
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    stream.seek(0)
    try:
        image = Image.open(stream, formats=FORMATS[kind])
    except UnidentifiedImageError:
        stream.seek(0)
        if claims_no_pixels(stream.read(4096), kind):
            raise Refusal("no pixels") from None
        raise
    check_pixels(image)
    return image


def _frames(image: Image.Image, kind: str) -> int:
    return int(getattr(image, "n_frames", 1)) if kind in MANY_PAGES else 1


def check_pixels(image: Image.Image) -> None:
    """Refuse a frame without pixels, or with too many."""
    if image.width < 1 or image.height < 1:
        raise Refusal("no pixels")
    if image.width * image.height > MOST_PIXELS:
        raise Refusal("too large")


def oriented_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height as shown; Pillow's TIFF plug-in has turned its sizes already."""
    if image.format != "TIFF" and image.getexif().get(ORIENTATION) in (5, 6, 7, 8):
        return image.height, image.width
    return image.width, image.height


def upright_rgb(image: Image.Image) -> Image.Image:
    """Decode, turn as EXIF says, and make it 8-bit RGB: transparency on white, 16 bits scaled down."""
    image.load()
    if "exif" in image.info or image.format == "TIFF":
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Bring 16-bit, 32-bit and floating-point grey to 8 bits: by their depth, or by their range where it is open."""
    wide = image.convert("F")
    low, high = (float(part) for part in wide.getextrema())  # type: ignore[arg-type]
    if image.mode.startswith("I;16") or (image.mode == "I" and low >= 0 and high <= 0xFFFF):
        low, high = 0.0, (65535.0 if high > 255 else 255.0)
    if not high > low:
        return Image.new("L", image.size, 255 if high > 0 else 0)
    factor = 255.0 / (high - low)
    return wide.point(lambda value: value * factor + (-low * factor)).convert("L")


def claims_no_pixels(head: bytes, kind: str) -> bool:
    """Tell whether a header that Pillow refuses states a width or height of zero."""
    try:
        match kind:
            case "png":
                return 0 in struct.unpack(">II", head[16:24])
            case "gif":
                return 0 in struct.unpack("<HH", head[6:10])
            case "bmp":
                return 0 in struct.unpack("<ii", head[18:26])
            case "jpeg":
                return _jpeg_claims_no_pixels(head)
            case "tiff":
                return _tiff_claims_no_pixels(head)
    except struct.error:
        pass
    return False


def _jpeg_claims_no_pixels(head: bytes) -> bool:
    at = 2
    while head[at : at + 1] == b"\xff":
        marker, length = struct.unpack(">BH", head[at + 1 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return 0 in struct.unpack(">HH", head[at + 5 : at + 9])
        at += 2 + max(2, length)
    return False


def _tiff_claims_no_pixels(head: bytes) -> bool:
    order = "<" if head[:2] == b"II" else ">"
    (at,) = struct.unpack(order + "I", head[4:8])
    (count,) = struct.unpack(order + "H", head[at : at + 2])
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack(order + "HH", head[entry : entry + 4])
        if tag in (256, 257):
            value = head[entry + 8 : entry + (10 if kind == 3 else 12)]
            if not any(value):
                return True
    return False
