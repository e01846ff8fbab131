"""Documents drawn for tests of the readers: a few lines of English or Chinese, turned, askew, or with a lying layer."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pymupdf
from PIL import Image

ENGLISH = (
    "The lighthouse keeper counted 1,284 gulls",
    "before the storm reached the harbour wall.",
    "Nobody in the village slept that night,",
    "and the bell rang until six in the morning.",
    "In the spring the wall was built again.",
)
CHINESE = ("灯塔看守人每天清晨记录风向", "港口的钟声一直响到早上六点", "村里的人们那天晚上都没有睡觉")
SHUFFLED = "".maketrans("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
"""How a broken ToUnicode table may lie: plausible letters, the wrong ones."""


def drawn_pdf(
    lines: Sequence[str],
    *,
    font: str = "helv",
    size: float = 14.0,
    width: float = 400.0,
    height: float = 300.0,
    pages: int = 1,
) -> bytes:
    """Return a PDF whose pages carry these lines from the top, with the text layer that belongs to them."""
    with pymupdf.open() as document:
        for _ in range(pages):
            page = document.new_page(width=width, height=height)
            for row, line in enumerate(lines):
                page.insert_text((30, 50 + row * 2.0 * size), line, fontname=font, fontsize=size)
        return bytes(document.tobytes())


def picture_of(pdf: bytes, *, dpi: int = 150, turned: float = 0.0) -> bytes:
    """Return the first page as PNG, turned clockwise by `turned` degrees on white paper."""
    with pymupdf.open(stream=pdf) as document:
        pixmap = document[0].get_pixmap(dpi=dpi)
    image = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
    if turned:
        image = image.rotate(-turned, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    stream = io.BytesIO()
    image.save(stream, "PNG", dpi=(dpi, dpi))
    return stream.getvalue()


def scan_with_layer(lines: Sequence[str], layer: Sequence[str]) -> bytes:
    """Return a PDF whose page is a picture of `lines`, over which `layer` stands in invisible letters."""
    picture = picture_of(drawn_pdf(lines))
    with pymupdf.open() as document:
        page = document.new_page(width=400, height=300)
        page.insert_image(page.rect, stream=picture)
        for row, line in enumerate(layer):
            page.insert_text((30, 50 + row * 28), line, fontname="helv", fontsize=14, render_mode=3)
        return bytes(document.tobytes())


def scan_with_stamp(lines: Sequence[str], stamp: str) -> bytes:
    """Return a PDF whose page is a picture of `lines`, with one line of visible text printed on it."""
    picture = picture_of(drawn_pdf(lines))
    with pymupdf.open() as document:
        page = document.new_page(width=400, height=300)
        page.insert_image(page.rect, stream=picture)
        page.insert_text((330, 285), stamp, fontname="helv", fontsize=10)
        return bytes(document.tobytes())


def with_wrong_unicode(pdf: bytes) -> bytes:
    """Return a PDF that looks like `pdf` but whose visible text says something else: a broken ToUnicode table."""
    with pymupdf.open(stream=pdf) as document:
        page = document[0]
        for xref in {font[0] for font in page.get_fonts()}:
            table = "".join(
                f"<{code:02x}> <{ord(chr(code).lower().translate(SHUFFLED)):04x}>\n" for code in range(33, 127)
            )
            stream = (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                "/CMapName /Lying def /CMapType 2 def\n"
                "1 begincodespacerange <00> <ff> endcodespacerange\n"
                f"94 beginbfchar\n{table}endbfchar endcmap end end"
            )
            table_xref = document.get_new_xref()
            document.update_object(table_xref, "<<>>")
            document.update_stream(table_xref, stream.encode())
            document.xref_set_key(xref, "ToUnicode", f"{table_xref} 0 R")
        return bytes(document.tobytes())
