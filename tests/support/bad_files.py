"""Makes documents for tests, whole ones and broken ones of every kind; everything is made, nothing is downloaded."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pymupdf
from PIL import Image, ImageDraw


def pdf(path: Path, pages: int = 1, *, text: str = "Page {n}", **saving: object) -> Path:
    """Write a PDF of A4 pages, each with a line of text at (72, 100)."""
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page(width=595, height=842)
            page.insert_text((72, 100), text.format(n=number), fontsize=12)
        document.save(path, **saving)
    return path


def encrypted_pdf(path: Path, *, user: str, owner: str = "owner") -> Path:
    """Write a PDF that only opens with a password (AES-256)."""
    return pdf(path, 2, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=user, owner_pw=owner)


def scanned_pdf(path: Path, pages: int) -> Path:
    """Write a PDF whose pages are large pictures, so that drawing one takes a while."""
    picture = Image.effect_noise((1600, 2200), 60).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page(width=595, height=842).insert_image(
                pymupdf.Rect(0, 0, 595, 842), stream=buffer.getvalue()
            )
        document.save(path)
    return path


def heavy_pdf(path: Path, *, paths: int = 100_000) -> Path:
    """Write a PDF whose only page draws a great many see-through curves: drawing it takes seconds."""
    shapes = [
        f"{n % 590} {n % 830} m {n * 7 % 590} {n * 3 % 830} {n * 5 % 590} 9 400 {n % 800} c f" for n in range(paths)
    ]
    with pymupdf.open() as document:
        page = document.new_page(width=595, height=842)
        page.insert_text((10, 10), "x")
        (xref,) = page.get_contents()
        drawing = "\n".join(["\n0.2 0.4 0.6 rg", *shapes]).encode()
        document.update_stream(xref, document.xref_stream(xref) + drawing)
        document.save(path)
    return path


def hungry_pdf(path: Path) -> Path:
    """Write a PDF whose second of three pages asks for far more memory than a page may have: one enormous picture."""
    with pymupdf.open() as document:
        for _ in range(3):
            document.new_page(width=595, height=842)
        xref = document.get_new_xref()
        side = 60_000
        document.update_object(
            xref,
            f"<</Type/XObject/Subtype/Image/Width {side}/Height {side}/ColorSpace/DeviceRGB/BitsPerComponent 8>>",
        )
        document.update_stream(xref, b"\0" * 1000)
        page = document[1]
        page.insert_text((10, 10), "x")
        document.xref_set_key(page.xref, "Resources", f"<</XObject<</Big {xref} 0 R>>>>")
        document.update_stream(page.get_contents()[0], b"q 595 0 0 842 0 0 cm /Big Do Q")
        document.save(path)
    return path


def pdf_without_pages(path: Path) -> Path:
    """Write a PDF that is in order but for having no pages."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 3\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    path.write_bytes(out)
    return path


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Return a white picture with a red quarter at its top left and a blue one at its bottom right."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill="red")
    draw.rectangle((width // 2, height // 2, width, height), fill="blue")
    return image


def png_header(path: Path, width: int, height: int) -> Path:
    """Write a small PNG that claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )
    return path


def cut(path: Path, keep: float) -> Path:
    """Keep only the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path
