"""The samples read through the façade: characters, order and tables against their truth."""

from __future__ import annotations

from functools import cache

import pytest

from engine.output.blocks import Heading, ListItem, PageResult
from tests.support.reading import read_sample
from tests.support.scoring import (
    bag_errors,
    character_errors,
    normal,
    order_score,
    table_score,
    text_of,
    truth_of,
)

pytestmark = pytest.mark.slow


@cache
def reading(name: str, reader: str) -> tuple[PageResult, ...]:
    return tuple(read_sample(name, reader=reader))


def cer(name: str, reader: str) -> float:
    truth = "\n".join(page.text for page in truth_of(name))
    return character_errors(truth, "\n".join(text_of(page) for page in reading(name, reader)))


@pytest.mark.parametrize("name", ["letter-scan.png", "contract-zh-scan.png", "invoice-scan.png"])
def test_clean_scan_at_200_dpi_is_read_with_less_than_two_errors_in_a_hundred(name: str) -> None:
    assert cer(name, "cpu") < 0.02


def test_noisy_skewed_scan_is_read_with_less_than_five_errors_in_a_hundred() -> None:
    assert cer("noisy-scan.jpg", "cpu") < 0.05


def test_turned_page_is_read_as_if_it_stood_upright() -> None:
    assert cer("turned-scan.png", "cpu") < 0.02
    assert reading("turned-scan.png", "cpu")[0].turned in {90, 270}


def test_screenshot_loses_few_characters() -> None:
    read = text_of(reading("screenshot.png", "cpu")[0])
    assert bag_errors(truth_of("screenshot.png")[0].text, read) < 0.03


@pytest.mark.parametrize("name", ["article.pdf", "invoice.pdf", "contract-zh.pdf", "tables.pdf", "arabic.pdf"])
def test_text_layer_is_given_back_whole(name: str) -> None:
    assert cer(name, "text") < 0.005


@pytest.mark.parametrize("reader", ["text", "cpu"])
@pytest.mark.parametrize("page", [0, 1])
def test_columns_of_the_article_are_read_one_after_the_other(reader: str, page: int) -> None:
    truth = truth_of("article.pdf")[page]
    read = text_of(reading("article.pdf", reader)[page])
    assert order_score(truth.blocks, read) == 1.0
    assert character_errors(truth.text, read) < 0.02


def test_article_keeps_its_headings_and_lists() -> None:
    first, second = reading("article.pdf", "text")
    headings = [normal(block.text) for page in (first, second) for block in page.blocks if isinstance(block, Heading)]
    assert [text for text in headings if text[:1].isdigit()] == [
        "1 Introduction",
        "2 The notebooks",
        "3 What the notes show",
        "4 Advice for planting",
        "5 Open questions",
    ]
    assert [block.marker for block in first.blocks if isinstance(block, ListItem)] == ["•"] * 4
    assert [block.marker for block in second.blocks if isinstance(block, ListItem)] == ["1.", "2.", "3."]


def test_words_broken_at_line_ends_are_healed() -> None:
    read = normal(text_of(reading("article.pdf", "text")[0]))
    assert "four things, always in the same order" in read
    assert "one another, and compared" in read
    assert "of a full-grown Long Keeper rose from 74 to 91 kilograms" in read


def test_tour_is_read_page_by_page_the_way_that_suits_it() -> None:
    truths, results = truth_of("tour.pdf"), reading("tour.pdf", "auto")
    assert [result.reader for result in results] == ["text", "cpu", "cpu", "cpu", "text"]
    rates = [character_errors(truth.text, text_of(result)) for truth, result in zip(truths, results, strict=True)]
    assert [rate < limit for rate, limit in zip(rates, (0.005, 0.02, 0.02, 0.05, 0.005), strict=True)] == [True] * 5, (
        rates
    )


RULED = [
    ("invoice-scan.png", "cpu"),
    ("contract-zh-scan.png", "cpu"),
    ("invoice.pdf", "text"),
    ("contract-zh.pdf", "text"),
    ("tables.pdf", "text"),
    ("tables.pdf", "cpu"),
]


@pytest.mark.parametrize(("name", "reader"), RULED)
def test_ruled_tables_are_right_cell_for_cell(name: str, reader: str) -> None:
    for truth, result in zip(truth_of(name), reading(name, reader), strict=True):
        wanted = [table for table in truth.tables if table.ruled]
        assert wanted
        for table in wanted:
            score = table_score(table, result.tables)
            assert score.whole, (score.wrong, score.surplus)


@pytest.mark.parametrize(
    ("name", "reader"), [("invoice-scan.png", "cpu"), ("invoice.pdf", "text"), ("tables.pdf", "text")]
)
def test_tables_without_rules_are_found_and_nearly_all_cells_are_right(name: str, reader: str) -> None:
    for truth, result in zip(truth_of(name), reading(name, reader), strict=True):
        for table in truth.tables:
            if not table.ruled:
                score = table_score(table, result.tables)
                assert score.cells_right >= 0.9 * score.cells, score.wrong


def test_long_numbers_are_whole() -> None:
    (table,) = [table for table in truth_of("invoice-scan.png")[0].tables if table.ruled]
    numbers = [row[1] for row in table.rows if row[1].isdigit() and len(row[1]) == 18]
    assert len(numbers) == 7
    for reader, name in (("cpu", "invoice-scan.png"), ("text", "invoice.pdf")):
        cells = {cell.text for found in reading(name, reader)[0].tables for cell in found.cells}
        assert set(numbers) <= cells
