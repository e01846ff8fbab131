"""Makes the documents the bench reads: a long one of plain text, and a mixed one from the samples."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from tests.support.scoring import SAMPLES

LINES = 45


def long_pdf(path: Path, pages: int) -> None:
    """Write a PDF of `pages` pages of plain text."""
    document = pymupdf.open()
    for number in range(1, pages + 1):
        page = document.new_page()
        lines = [
            f"Page {number}, line {line}: the ferry leaves at noon and comes back at six." for line in range(LINES)
        ]
        page.insert_text((60, 70), lines, fontsize=10)
    document.save(path, deflate=True)
    document.close()


def mixed_pdf(path: Path, pages: int, *, scans: int) -> None:
    """Write a PDF of `pages` pages from the samples, `scans` of them pictures only, spread evenly."""
    document = pymupdf.open()
    born = [pymupdf.open(SAMPLES / name) for name in ("article.pdf", "tables.pdf", "invoice.pdf", "contract-zh.pdf")]
    sheets = [(source, number) for source in born for number in range(source.page_count)]
    pictures = [SAMPLES / name for name in ("letter-scan.png", "contract-zh-scan.png", "invoice-scan.png")]
    step = pages // scans if scans else pages + 1
    placed = 0
    for index in range(pages):
        if scans and index % step == step // 2 and placed < scans:
            page = document.new_page()
            page.insert_image(page.rect, filename=str(pictures[placed % len(pictures)]))
            placed += 1
        else:
            source, number = sheets[index % len(sheets)]
            document.insert_pdf(source, from_page=number, to_page=number)
    document.save(path, deflate=True, garbage=3)
    document.close()
    for source in born:
        source.close()
