"""Draws the sample documents with their true text: `python packaging/make_samples.py`. Run by hand, never imported.

Everything is made from the strings in `sample_texts.py` and `sample_pages.py` with PyMuPDF's built-in fonts, so the
truth beside each sample is true by construction, and a second run gives the same content.
"""

from __future__ import annotations

import html
import io
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import sample_pages as pages
import sample_texts as texts
from PIL import Image, ImageDraw, ImageFilter
from sample_press import A4, Sheet
from sample_screen import SCREEN, screen

OUT = Path(__file__).resolve().parent.parent / "resources" / "samples"
DATE = "D:20230922120000Z"


def draw(*painters: Callable[[Sheet], None], size: tuple[float, float] = A4) -> tuple[bytes, list[dict[str, Any]]]:
    """Draw one page with each painter; return the PDF and the truth of each page."""
    document = pymupdf.open()
    truths = []
    for painter in painters:
        sheet = Sheet(document.new_page(width=size[0], height=size[1]))
        painter(sheet)
        truths.append(sheet.truth())
    return bytes(document.tobytes(garbage=4)), truths


def name_lam(pdf: bytes) -> bytes:
    """Give the initial and medial lam their characters back: the built-in Arabic font leaves them unnamed."""
    document = pymupdf.open("pdf", pdf)
    for number, _, _, name, *_ in document[0].get_fonts():
        if "Arabic" in name:
            table = int(document.xref_get_key(number, "ToUnicode")[1].split()[0])
            names = b"2 beginbfchar\n<01c4> <fedf>\n<01c1> <fee0>\nendbfchar\nendcmap"
            document.update_stream(table, document.xref_stream(table).replace(b"endcmap", names))
    return bytes(document.tobytes())


def finish(pdf: bytes, title: str) -> bytes:
    """Cut the fonts down to what is used, set the title and the fixed date, and pack."""
    document = pymupdf.open("pdf", pdf)
    document.subset_fonts()
    document.set_metadata({"title": title, "creationDate": DATE, "modDate": DATE, "producer": "", "creator": ""})
    document.xref_set_key(-1, "ID", "null")
    return bytes(document.tobytes(garbage=4, deflate=True, deflate_fonts=True, use_objstms=1, no_new_id=True))


def raster(pdf: bytes, dpi: int, *, page: int = 0) -> Image.Image:
    """Render a page as a grey picture, as a scanner would see it."""
    document = pymupdf.open("pdf", pdf)
    pixmap = document[page].get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
    return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


def noisy(clean: Image.Image, *, degrees: float, seed: int, strength: float) -> Image.Image:
    """Turn a clean page into one that lay askew on an old copier: skew, uneven light, blur, noise and specks."""
    page = clean.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=244)
    page = page.filter(ImageFilter.GaussianBlur(0.7))
    random = np.random.default_rng(seed)
    pixels = np.asarray(page, dtype=np.float64)
    height, width = pixels.shape
    light = np.linspace(0.90, 1.0, width, dtype=np.float32)[None, :] * np.linspace(1.0, 0.94, height)[:, None]
    pixels = (pixels * 0.9 + 14) * light + random.normal(0, strength, pixels.shape)
    for _ in range(180):
        y, x = int(random.integers(height - 3)), int(random.integers(width - 3))
        pixels[y : y + 2, x : x + 2] = random.integers(40, 140)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def landscape(path: Path) -> None:
    """Paint the figure of the article: an orchard on a hill in the evening."""
    width, height = 960, 576
    sky = np.zeros((height, width, 3), dtype=np.float32)
    ramp = np.linspace(0, 1, height)[:, None]
    for channel, (high, low) in enumerate(((124, 250), (168, 214), (196, 160))):
        sky[..., channel] = high + (low - high) * np.clip(ramp * 1.7, 0, 1)
    image = Image.fromarray(sky.astype(np.uint8))
    brush = ImageDraw.Draw(image)
    brush.ellipse((640, 150, 740, 250), fill=(255, 240, 205))
    xs = np.arange(0, width + 1, 8)
    hills = (
        (250, 26, 210, 0.4, (150, 168, 172)),
        (300, 34, 300, 1.9, (118, 146, 136)),
        (352, 30, 250, 3.4, (88, 124, 98)),
        (420, 26, 420, 5.0, (122, 148, 82)),
    )
    for base, swing, wave, phase, colour in hills:
        ridge = [(int(x), float(base - swing * np.sin(x / wave * 2 + phase))) for x in xs]
        brush.polygon([*ridge, (width, height), (0, height)], fill=colour)
    brush.polygon(
        [(0, 560), (300, 470), (560, 440), (590, 446), (330, 490), (120, 576), (0, 576)], fill=(214, 196, 150)
    )
    brush.rectangle((742, 330, 812, 376), fill=(240, 226, 202))
    brush.polygon([(732, 332), (777, 296), (822, 332)], fill=(150, 84, 62))
    brush.rectangle((770, 350, 784, 376), fill=(110, 76, 56))
    random = np.random.default_rng(1983)
    for row in range(5):
        size = 13 + row * 6
        for x in range(30 + row * 17, width, 62 + row * 20):
            y = 402 + row * 34 + int(random.integers(-4, 5))
            if abs(x - (980 - 1.75 * y)) < 40 + size and y > 440:
                continue
            brush.rectangle((x - 2, y, x + 2, y + size), fill=(92, 70, 48))
            for _ in range(9):
                dx, dy = random.normal(0, size * 0.42, 2)
                shade = int(random.integers(-14, 15))
                spot = (x + dx - size * 0.5, y + dy - size, x + dx + size * 0.5, y + dy)
                brush.ellipse(spot, fill=(72 + shade + row * 4, 104 + shade, 52))
            for _ in range(3 + row):
                dx, dy = random.normal(0, size * 0.45, 2)
                brush.ellipse(
                    (x + dx - 2, y + dy - size * 0.5 - 2, x + dx + 2, y + dy - size * 0.5 + 2), fill=(196, 62, 44)
                )
    image.filter(ImageFilter.GaussianBlur(0.8)).save(path, quality=82)


def arabic(sheet: Sheet) -> None:
    """Set a page from right to left with the fonts and the shaping that PyMuPDF brings."""
    paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in texts.ARABIC_BODY)
    markup = f"<div dir='rtl'><h1>{html.escape(texts.ARABIC_TITLE)}</h1>{paragraphs}</div>"
    css = "h1 {font-size: 27px; margin-bottom: 14px} p {font-size: 17px; line-height: 1.8; margin-bottom: 10px}"
    sheet.page.insert_htmlbox((80, 90, 515, 700), markup, css=css)
    sheet.note("heading", texts.ARABIC_TITLE, level=1)
    for text in texts.ARABIC_BODY:
        sheet.note("paragraph", text)


def picture_page(document: Any, image: Image.Image, *, quality: int, dpi: int) -> None:
    """Append a page that is nothing but a picture, as a scanner makes it."""
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=quality)
    page = document.new_page(width=image.width * 72 / dpi, height=image.height * 72 / dpi)
    page.insert_image(page.rect, stream=packed.getvalue())


def png(image: Image.Image, *, shades: int = 16, dpi: int) -> bytes:
    """Pack a grey picture into few shades: a scan of plain text needs no more."""
    packed = io.BytesIO()
    levels = image.point([round(value / 255 * (shades - 1)) for value in range(256)])
    levels.putpalette([round(shade / (shades - 1) * 255) for shade in range(shades) for _ in range(3)])
    levels.save(packed, "PNG", optimize=True, bits=4, dpi=(dpi, dpi))
    return packed.getvalue()


def keep(name: str, content: bytes, truths: Sequence[dict[str, Any]]) -> None:
    """Write a sample and its truth."""
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_bytes(content)
    truth = {"file": name, "pages": [{"number": number, **page} for number, page in enumerate(truths, 1)]}
    words = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
    (OUT / f"{name.rsplit('.', 1)[0]}.truth.json").write_text(words, encoding="utf-8")
    sys.stdout.write(f"{name:22} {len(content) / 1024:7.0f} KiB  {len(truths)} page(s)\n")


def main() -> None:
    """Draw everything."""
    with tempfile.TemporaryDirectory() as folder:
        figure = Path(folder) / "orchard.jpg"
        landscape(figure)
        article, article_truth = draw(
            lambda sheet: pages.article_first(sheet, figure), lambda sheet: pages.article_second(sheet, figure)
        )
    invoice, invoice_truth = draw(pages.invoice)
    contract, contract_truth = draw(pages.contract)
    letter, letter_truth = draw(pages.letter)
    minutes, minutes_truth = draw(pages.minutes)
    recipe, recipe_truth = draw(pages.recipe)
    tables, tables_truth = draw(pages.tables)
    right_to_left, arabic_truth = draw(arabic)
    window, window_truth = draw(screen, size=SCREEN)

    keep("article.pdf", finish(article, texts.TITLE), article_truth)
    keep("invoice.pdf", finish(invoice, "Invoice 000417"), invoice_truth)
    keep("invoice-scan.png", png(raster(invoice, 200), dpi=200), invoice_truth)
    keep("contract-zh.pdf", finish(contract, texts.CONTRACT_TITLE), contract_truth)
    keep("contract-zh-scan.png", png(raster(contract, 200), dpi=200), contract_truth)
    keep("letter-scan.png", png(raster(letter, 200), dpi=200), letter_truth)
    keep("tables.pdf", finish(tables, "The Lake at Ferndale"), tables_truth)
    keep("arabic.pdf", finish(name_lam(right_to_left), texts.ARABIC_TITLE), arabic_truth)
    turned = raster(recipe, 150).transpose(Image.Transpose.ROTATE_270)
    keep("turned-scan.png", png(turned, dpi=150), recipe_truth)
    askew = noisy(raster(minutes, 150), degrees=-1.7, seed=7, strength=9)
    packed = io.BytesIO()
    askew.save(packed, "JPEG", quality=45, dpi=(150, 150))
    keep("noisy-scan.jpg", packed.getvalue(), minutes_truth)
    shot = pymupdf.open("pdf", window)[0].get_pixmap()
    packed = io.BytesIO()
    Image.frombytes("RGB", (shot.width, shot.height), shot.samples).save(packed, "PNG", optimize=True)
    keep("screenshot.png", packed.getvalue(), window_truth)

    tour = pymupdf.open("pdf", article)
    tour.delete_page(1)
    picture_page(tour, raster(invoice, 200), quality=62, dpi=200)
    picture_page(tour, raster(contract, 200), quality=62, dpi=200)
    picture_page(tour, askew, quality=45, dpi=150)
    tour.insert_pdf(pymupdf.open("pdf", tables))
    truths = [article_truth[0], *invoice_truth, *contract_truth, *minutes_truth, *tables_truth]
    keep("tour.pdf", finish(bytes(tour.tobytes(garbage=4)), "A tour of Diglot"), truths)


if __name__ == "__main__":
    main()
