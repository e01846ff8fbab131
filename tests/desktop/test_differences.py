"""Two readings are compared by words, by characters where there are no words, and in time that does not run away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop import differences as module
from desktop.differences import differences, differing_characters, share_alike


def unlike(here: str, there: str) -> list[tuple[str, str]]:
    return [(here[slice(*each.here)], there[slice(*each.there)]) for each in differences(here, there)]


def test_words_are_taken_whole() -> None:
    assert unlike("the total is 1 280,00 EUR", "the total was 1 260,00 EUR") == [("is", "was"), ("280", "260")]


def test_chinese_is_compared_by_characters() -> None:
    assert unlike("甲方应于每月付款", "甲方应干每月付款项") == [("于", "干"), ("", "项")]


def test_lines_that_are_missing_are_one_difference() -> None:
    assert unlike("one\ntwo\nthree\nfour", "one\nfour") == [("two\nthree\n", "")]


def test_short_texts_are_compared_by_characters() -> None:
    assert [each.here for each in differing_characters("1280,00", "1260,00")] == [(2, 3)]


@pytest.mark.parametrize(
    ("here", "there", "share"), [("", "", 1.0), ("abc", "abc", 1.0), ("abc", "xyz", 0.0), ("a b", "a c", 2 / 3)]
)
def test_how_much_is_alike(here: str, there: str, share: float) -> None:
    assert share_alike(here, there, differences(here, there)) == pytest.approx(share)


words = st.text(st.sampled_from("ab \n1,中文\u2028é\U00020000"), max_size=40)


@given(words, words)
def test_putting_the_differences_in_makes_one_text_of_the_other(here: str, there: str) -> None:
    found = differences(here, there)

    made, at = "", 0
    for each in found:
        assert at <= each.here.start <= each.here.end
        assert each.here.start < each.here.end or each.there.start < each.there.end
        made += here[at : each.here.start] + there[slice(*each.there)]
        at = each.here.end
    assert made + here[at:] == there


@given(words, words)
def test_what_is_too_long_to_compare_differs_as_a_whole(here: str, there: str) -> None:
    before, module.MOST_COMPARED = module.MOST_COMPARED, 0
    try:
        found = differences(here, there)
    finally:
        module.MOST_COMPARED = before

    assert bool(found) == (here != there)
