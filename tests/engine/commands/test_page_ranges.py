"""Page ranges: what people write, what they get, and what is refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands.page_ranges import in_words, parse_ranges
from engine.errors import UsageError


@pytest.mark.parametrize(
    ("text", "count", "pages"),
    [
        ("7", 9, [7]),
        ("1-3,7", 9, [1, 2, 3, 7]),
        ("7,1-3,2", 9, [1, 2, 3, 7]),
        ("8-", 10, [8, 9, 10]),
        ("-3", 10, [1, 2, 3]),
        ("2-99", 4, [2, 3, 4]),
        (" 1 - 2 , 4 ", 4, [1, 2, 4]),
        ("5-5", 5, [5]),
        ("1-999999999", 3, [1, 2, 3]),
    ],
)
def test_what_people_write(text: str, count: int, pages: list[int]) -> None:
    assert parse_ranges(text).pages(count) == pages


@pytest.mark.parametrize(
    "text", ["", ",", "1,", "a", "1-2-3", "1 2", "0", "0-3", "3-1", "-", "1.5", "١", "--3", "9" * 5000]
)
def test_what_is_not_understood(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_ranges(text)
    assert refused.value.detail


@pytest.mark.parametrize("text", ["4", "1,4", "4-", "4-9"])
def test_pages_past_the_end(text: str) -> None:
    with pytest.raises(UsageError, match="pages 1 to 3, not 4"):
        parse_ranges(text).pages(3)


@given(st.sets(st.integers(1, 200), min_size=1))
def test_words_read_back_as_the_same_pages(pages: set[int]) -> None:
    noun, written = in_words(pages).split(" ", 1)

    assert parse_ranges(written).pages(200) == sorted(pages)
    assert noun == ("page" if len(pages) == 1 else "pages")


@given(st.text(st.sampled_from("0123456789-, "), max_size=12), st.integers(1, 50))
def test_whatever_is_written_gives_pages_of_the_document_or_a_usage_error(text: str, count: int) -> None:
    try:
        pages = parse_ranges(text).pages(count)
    except UsageError:
        return
    assert pages
    assert pages == sorted(set(pages))
    assert set(pages) <= set(range(1, count + 1))
