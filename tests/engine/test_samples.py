"""The samples are whole: every one has its truth, and the born-digital ones carry exactly the words of their truth."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter

import pymupdf
import pytest
from PIL import Image

from tests.support.scoring import SAMPLES, truth_of

NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in {".pdf", ".png", ".jpg"})
BORN_DIGITAL = ["article.pdf", "invoice.pdf", "contract-zh.pdf", "tables.pdf", "arabic.pdf"]
SCANS = {"invoice-scan.png": 200, "contract-zh-scan.png": 200, "letter-scan.png": 200, "noisy-scan.jpg": 150}


def letters(text: str) -> Counter[str]:
    """The characters without white space and hyphens, which line ends add."""
    return Counter("".join(unicodedata.normalize("NFKC", text).replace("-", "").split()))


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_has_a_truth_for_each_page(name: str) -> None:
    pages = truth_of(name)
    with pymupdf.open(SAMPLES / name) as document:
        assert len(pages) == document.page_count
    assert all(page.text and page.blocks for page in pages)


def test_no_truth_without_its_sample() -> None:
    for path in SAMPLES.glob("*.truth.json"):
        assert (SAMPLES / json.loads(path.read_text(encoding="utf-8"))["file"]).is_file()


@pytest.mark.parametrize("name", BORN_DIGITAL)
def test_text_of_a_born_digital_sample_is_its_truth(name: str) -> None:
    with pymupdf.open(SAMPLES / name) as document:
        for page, truth in zip(document, truth_of(name), strict=True):
            assert letters(page.get_text()) == letters(truth.text)


@pytest.mark.parametrize("name", ["invoice.pdf", "tables.pdf", "contract-zh.pdf"])
def test_tables_of_the_truth_are_rectangles_with_their_spans_inside(name: str) -> None:
    tables = [table for page in truth_of(name) for table in page.tables]
    assert tables
    for table in tables:
        assert len({len(row) for row in table.rows}) == 1
        for row, column, rows, columns in table.spans:
            assert row + rows <= len(table.rows)
            assert column + columns <= len(table.rows[0])


@pytest.mark.parametrize(("name", "dpi"), SCANS.items())
def test_a_scan_has_the_resolution_it_claims(name: str, dpi: int) -> None:
    with Image.open(SAMPLES / name) as picture:
        assert picture.width == pytest.approx(595 / 72 * dpi, abs=2)
        assert picture.info["dpi"][0] == pytest.approx(dpi, abs=0.5)


def test_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 3 * 1024 * 1024
