"""Pages per second through the whole queue, where the pages carry their own text."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pymupdf

from tests.bench.harness import Measure
from tests.bench.longpdf import mixed_pdf
from tests.support.reading import read_file

PAGES = 100


def text_pages_per_second() -> Measure:
    """Born-digital pages opened, read and gathered, against bare PyMuPDF taking the text of the same pages."""
    with tempfile.TemporaryDirectory(prefix="diglot-bench-") as folder:
        path = Path(folder) / "pages.pdf"
        mixed_pdf(path, PAGES, scans=0)
        begin = time.perf_counter()
        results = read_file(path, reader="text")
        ours = len(results) / (time.perf_counter() - begin)
        begin = time.perf_counter()
        with pymupdf.open(path) as document:
            for page in document:
                page.get_text("dict")
        bare = PAGES / (time.perf_counter() - begin)
    against = f"{PAGES} pages with blocks and tables, start of the processes included; bare PyMuPDF text: {bare:.1f}"
    return Measure(round(ours, 2), "pages/s", against)
