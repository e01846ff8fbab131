"""Accuracy on the samples: character errors, reading order and table cells, each against the sample's truth."""

from __future__ import annotations

from functools import cache

from engine.output.blocks import PageResult
from tests.bench.harness import Measure
from tests.support.reading import read_sample
from tests.support.scoring import bag_errors, character_errors, order_score, table_score, text_of, truth_of


@cache
def _read(name: str, reader: str) -> tuple[PageResult, ...]:
    return tuple(read_sample(name, reader=reader))


def _cer(name: str, reader: str) -> Measure:
    truth = "\n".join(page.text for page in truth_of(name))
    read = "\n".join(text_of(page) for page in _read(name, reader))
    return _percent(character_errors(truth, read), f"character errors against the truth of {name}, reader {reader}")


def _order(name: str, reader: str) -> Measure:
    scores = [
        order_score(page.blocks, text_of(result))
        for page, result in zip(truth_of(name), _read(name, reader), strict=True)
    ]
    against = f"pairs of blocks in the order of the truth of {name}, reader {reader}"
    return _percent(sum(scores) / len(scores), against)


def _cells(names: tuple[str, ...], reader: str, *, ruled: bool) -> Measure:
    right = total = spans_right = spans = surplus = 0
    for name in names:
        for page, result in zip(truth_of(name), _read(name, reader), strict=True):
            for table in page.tables:
                if table.ruled is ruled:
                    score = table_score(table, result.tables)
                    right, total = right + score.cells_right, total + score.cells
                    spans_right, spans = spans_right + score.spans_right, spans + score.spans
                    surplus += score.surplus
    against = (
        f"{right} of {total} cells of the truth, {spans_right} of {spans} merged ones, {surplus} surplus, "
        f"in {', '.join(names)}, reader {reader}"
    )
    return _percent(right / total, against)


def _percent(share: float, against: str) -> Measure:
    return Measure(round(share * 100, 3), "%", against)


def cer_english_clean() -> Measure:
    """A clean English page at 200 dpi."""
    return _cer("letter-scan.png", "cpu")


def cer_chinese_clean() -> Measure:
    """A clean Chinese page at 200 dpi."""
    return _cer("contract-zh-scan.png", "cpu")


def cer_invoice_scan() -> Measure:
    """An invoice with tables at 200 dpi."""
    return _cer("invoice-scan.png", "cpu")


def cer_noisy_scan() -> Measure:
    """A skewed, noisy page at 150 dpi."""
    return _cer("noisy-scan.jpg", "cpu")


def cer_turned_scan() -> Measure:
    """A page turned by 90 degrees."""
    return _cer("turned-scan.png", "cpu")


def cer_article_columns() -> Measure:
    """Two columns, read from the picture."""
    return _cer("article.pdf", "cpu")


def cer_article_text() -> Measure:
    """Two columns, read from the text layer."""
    return _cer("article.pdf", "text")


def cer_arabic_text() -> Measure:
    """A page from right to left, read from the text layer."""
    return _cer("arabic.pdf", "text")


def cer_tour() -> Measure:
    """The document the app opens first: pages with text of their own and scans, as a person reads it."""
    return _cer("tour.pdf", "auto")


def bag_screenshot() -> Measure:
    """A screenshot; its parts have no order."""
    truth, read = truth_of("screenshot.png")[0].text, text_of(_read("screenshot.png", "cpu")[0])
    return _percent(bag_errors(truth, read), "missing or surplus characters against the truth of screenshot.png")


def reading_order_article() -> Measure:
    """The order of an article's blocks, read from the picture."""
    return _order("article.pdf", "cpu")


def reading_order_article_text() -> Measure:
    """The order of an article's blocks, read from the text layer."""
    return _order("article.pdf", "text")


def table_cells_ruled() -> Measure:
    """Tables with drawn lines, from pictures."""
    return _cells(("invoice-scan.png", "contract-zh-scan.png", "tables.pdf"), "cpu", ruled=True)


def table_cells_ruled_text() -> Measure:
    """Tables with drawn lines, from the text layer."""
    return _cells(("invoice.pdf", "contract-zh.pdf", "tables.pdf"), "text", ruled=True)


def table_cells_borderless() -> Measure:
    """Tables without lines, from a scan."""
    return _cells(("invoice-scan.png",), "cpu", ruled=False)


def table_cells_borderless_text() -> Measure:
    """Tables without lines, from the text layer."""
    return _cells(("invoice.pdf", "tables.pdf"), "text", ruled=False)
