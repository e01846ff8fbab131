"""Four small German bills, drawn or printed, and what stands on them: lines with their places, a table, a formula.

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
POINT = 72 / DPI
"""Points of a pixel."""
LETTERS, EXPONENT, RULE = 44, 28, 3
"""Pixels: how large letters are, and how thick lines."""
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


def bills_pdf(path: Path, pages: int, *, scanned: bool = False) -> Path:
    """Write a PDF of so many pages, the four bills over and over.

    Args:
        path: Where to.
        pages: How many.
        scanned: Each page is its bill's picture, and has no words of its own.
    """
    with pymupdf.open() as document:
        for bill in bills()[:pages]:
            page = document.new_page(width=SIZE[0] * POINT, height=SIZE[1] * POINT)
            if scanned:
                page.insert_image(page.rect, stream=bill.page)
            else:
                _print(bill, page)
        for number in range(document.page_count, pages):
            document.fullcopy_page(number % len(CUSTOMERS))
        document.save(path, deflate=True)
    return path


def _print(bill: Bill, page: pymupdf.Page) -> None:
    """Set a bill as a printer would: the same letters in the same places, as words and not as pixels."""
    for box, shade in _marks(bill.number):
        page.draw_rect(_on_page(box), color=None, fill=(shade / 255,) * 3)
    for x0, y0, x1, y1 in _rules():
        page.draw_line(_on_page((x0, y0, x1, y1)).tl, _on_page((x0, y0, x1, y1)).br, width=RULE * POINT)
    for words, (left, top), size in (*_written(bill.number), *_formula(bill.number)):
        font = ImageFont.load_default(size=size)
        assert isinstance(font, ImageFont.FreeTypeFont)
        page.insert_font(fontname="bill", fontbuffer=font.font_bytes)
        start = (left * POINT, (top + font.getmetrics()[0]) * POINT)
        page.insert_text(start, words, fontname="bill", fontsize=size * POINT)


def _on_page(box: tuple[float, float, float, float]) -> pymupdf.Rect:
    return pymupdf.Rect(*(edge * POINT for edge in box))


def _bill(number: int) -> Bill:
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    placed = [_write(draw, *each) for each in _written(number)]
    for each in _formula(number):
        _write(draw, *each)
    for rule in _rules():
        draw.line(rule, fill="black", width=RULE)
    for box, shade in _marks(number):
        draw.rectangle(box, fill=(shade, shade, shade))
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(DPI, DPI))
    return Bill(number, file.getvalue(), tuple(placed[:3]), (tuple(placed[3:5]), tuple(placed[5:])))


def _write(draw: ImageDraw.ImageDraw, words: str, where: tuple[int, int], size: int) -> Placed:
    font = ImageFont.load_default(size=size)
    draw.text(where, words, fill="black", font=font)
    return Placed(words, draw.textbbox(where, words, font=font))


def _written(number: int) -> list[tuple[str, tuple[int, int], int]]:
    """Return the words of a bill, where they begin (left, top) and how large they are, in pixels."""
    amount = f"{number * 11 + 5}.50"
    lines = (
        f"Rechnung Nr. {1000 + number * 37}",
        f"Kunde {CUSTOMERS[number]}",
        f"Summe {amount.replace('.', ',')} EUR",
    )
    left, top, right, bottom = TABLE
    rows, columns = (top, (top + bottom) // 2), (left, (left + right) // 2)
    cells = zip(("Posten", "Preis", "Papier", amount), ((x, y) for y in rows for x in columns), strict=True)
    return [
        *((line, (110, 110 + row * 90), LETTERS) for row, line in enumerate(lines)),
        *((cell, (x + 30, y + 20), LETTERS) for cell, (x, y) in cells),
    ]


def _formula(number: int) -> list[tuple[str, tuple[int, int], int]]:
    """Return the letters of the formula and its exponent, as `_written` does."""
    return [("E=mc", (900, 470), LETTERS), (str(number + 2), (1010, 460), EXPONENT)]


def _rules() -> list[tuple[int, int, int, int]]:
    """Return the lines of the table."""
    left, top, right, bottom = TABLE
    middle, centre = (top + bottom) // 2, (left + right) // 2
    across = [(left, y, right, y) for y in (top, middle, bottom)]
    return [*across, *((x, top, x, bottom) for x in (left, centre, right))]


def _marks(number: int) -> list[tuple[tuple[int, int, int, int], int]]:
    """Return two bars whose places and greys tell the bills apart at any size, and from the self-check's pages."""
    left, top = 120 + number * 230, 700
    return [
        ((left, top, left + 200, top + 900), (0, 70, 120, 160)[number]),
        ((120, 1380 - number * 160, 1120, 1470 - number * 160), (160, 120, 70, 0)[number]),
    ]
