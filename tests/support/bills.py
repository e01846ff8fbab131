"""Four small German bills as pictures, and everything that stands on them: lines with their places, a table, a formula.

They are the sample pages that the tiny model of `tests.support.tiny_model` knows by heart. What is drawn and what is
said of it come from one place, so a box can be compared with where the words really stand.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pymupdf
from PIL import Image, ImageDraw, ImageFont

SIZE = (1240, 1754)
"""An A4 page at 150 dots per inch."""
DPI = 150
CUSTOMERS = ("Ada Lovelace", "Bob Noyce", "Cy Twombly", "Di Hodgkin")
FIELD_NAMES = ("Rechnung Nr.", "Kunde", "Summe")
LETTERS = 44
TABLE = (110, 420, 810, 600)
"""The outer lines of the table, in pixels."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Words as they were drawn, with their box in pixels of the page: left, top, right, bottom."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill: its picture (PNG), and what stands on it. `rows` are those of its table."""

    number: int
    page: bytes = field(repr=False)
    lines: tuple[Placed, ...]
    rows: tuple[tuple[Placed, ...], ...]

    @property
    def amount(self) -> str:
        """What Papier costs."""
        return self.rows[1][1].text

    @property
    def invoice(self) -> str:
        """The number of the bill."""
        return str(1000 + self.number * 37)

    @property
    def customer(self) -> str:
        """Whom it is for."""
        return CUSTOMERS[self.number]

    @property
    def words(self) -> tuple[Placed, ...]:
        """Everything that can be read, in reading order."""
        return (*self.lines, *(cell for row in self.rows for cell in row))

    @property
    def values(self) -> dict[str, str]:
        """The values of `FIELD_NAMES`."""
        said = (self.invoice, self.customer, self.lines[2].text.removeprefix("Summe "))
        return dict(zip(FIELD_NAMES, said, strict=True))


@lru_cache(maxsize=1)
def bills() -> tuple[Bill, ...]:
    """Return the four."""
    return tuple(_bill(number) for number in range(len(CUSTOMERS)))


def bills_pdf(path: Path, pages: int, *, with_text: bool = True) -> Path:
    """Write a PDF of so many pages, the four bills over and over, each a picture that fills its page.

    Args:
        path: Where to.
        pages: How many.
        with_text: Lay the words over the picture, unseen, as scanners do that read what they scan.
    """
    scale = 72 / DPI
    with pymupdf.open() as document:
        shown: dict[int, int] = {}  # each picture is in the file once
        for index in range(pages):
            bill = bills()[index % len(CUSTOMERS)]
            page = document.new_page(width=SIZE[0] * scale, height=SIZE[1] * scale)
            known = shown.get(bill.number, 0)
            shown[bill.number] = page.insert_image(page.rect, stream=None if known else bill.page, xref=known)
            for words in bill.words if with_text else ():
                left, _, _, bottom = (edge * scale for edge in words.box)
                page.insert_text((left, bottom), words.text, fontsize=LETTERS * scale, render_mode=3)
        document.save(path, deflate=True)
    return path


def _bill(number: int) -> Bill:
    amount = f"{number * 11 + 5}.50"
    told = (
        f"Rechnung Nr. {1000 + number * 37}",
        f"Kunde {CUSTOMERS[number]}",
        f"Summe {amount.replace('.', ',')} EUR",
    )
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    lines = tuple(_write(draw, line, (110, 110 + row * 90)) for row, line in enumerate(told))
    rows = _draw_table(draw, (("Posten", "Preis"), ("Papier", amount)))
    _write(draw, "E=mc", (900, 470))
    draw.text((1010, 460), str(number + 2), fill="black", font=ImageFont.load_default(size=28))
    _draw_mark(draw, number)
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(DPI, DPI))
    return Bill(number, file.getvalue(), lines, rows)


def _write(draw: ImageDraw.ImageDraw, words: str, where: tuple[int, int]) -> Placed:
    font = ImageFont.load_default(size=LETTERS)
    draw.text(where, words, fill="black", font=font)
    return Placed(words, draw.textbbox(where, words, font=font))


def _draw_table(draw: ImageDraw.ImageDraw, rows: tuple[tuple[str, str], ...]) -> tuple[tuple[Placed, ...], ...]:
    left, top, right, bottom = TABLE
    middle, height = (left + right) // 2, (bottom - top) // len(rows)
    for line in range(len(rows) + 1):
        draw.line((left, top + line * height, right, top + line * height), fill="black", width=3)
    for column in (left, middle, right):
        draw.line((column, top, column, bottom), fill="black", width=3)
    return tuple(
        tuple(
            _write(draw, cell, (x + 30, top + line * height + 20)) for x, cell in zip((left, middle), row, strict=True)
        )
        for line, row in enumerate(rows)
    )


def _draw_mark(draw: ImageDraw.ImageDraw, number: int) -> None:
    """Draw two bars whose places and greys tell the bills apart at any size, and from the self-check's pages."""
    left, top = 120 + number * 230, 700
    draw.rectangle((left, top, left + 200, top + 900), fill=(0, 70, 120, 160)[number])
    draw.rectangle((120, 1380 - number * 160, 1120, 1470 - number * 160), fill=(160, 120, 70, 0)[number])
