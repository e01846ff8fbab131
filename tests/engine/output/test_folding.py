"""Folded text has letters and digits alone, and knows where each came from."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.folding import fold
from engine.output.words import grave_spans, words_of


@pytest.mark.parametrize(
    ("text", "latex", "folded"),
    [
        ("The ﬁrst, “Résumé”!", False, "thefirstresume"),
        ("１２．５ ℃", False, "125c"),
        ("a &amp; b &lt;c&gt; &#65; &nothing; d", False, "abcanothingd"),
        ("$ 1000m^{3}/h $ or \\alpha", False, "1000m3horalpha"),
        ("$\\alpha$ and $\\frac{a}{b}$", False, "αandab"),
        ("\\mathrm{Re} > \\Omega", True, "reω"),
        ("租赁期限：12个月。", False, "租赁期限12个月"),
    ],
)
def test_what_is_left_of_a_text(text: str, latex: bool, folded: str) -> None:
    assert fold(text, latex=latex).text == folded


@given(
    st.text() | st.lists(st.sampled_from(["$", "\\alpha", "&amp;", "&", "a", "ﬁ", "\\(", "\\)"])).map("".join),
    st.booleans(),
)
def test_every_letter_knows_its_place(text: str, latex: bool) -> None:
    folded = fold(text, latex=latex)
    assert len(folded.text) == len(folded.places)
    assert all(one <= other for one, other in pairwise(folded.places))
    assert all(0 <= place < len(text) for place in folded.places)


@pytest.mark.parametrize(
    ("text", "grave"),
    [
        ("pay 18.50 or € 7 by 6 April 2023", ["€ 7", "18.50", "6 April 2023"]),
        ("IBAN DE44 5001 0517 5407", ["44 5001 0517 5407"]),
        ("共2,480元，2023年9月1日起", ["2,480元", "2023年9月1日"]),
        ("chapter 12 of 40, 7 pages", []),
        ("on 22.03.2023 and 3/4/23", ["22.03.2023", "3/4/23"]),
    ],
)
def test_numbers_amounts_and_dates_are_grave(text: str, grave: list[str]) -> None:
    assert sorted(text[start:end] for start, end in grave_spans(text)) == sorted(grave)


@given(st.text(), st.lists(st.text(max_size=4), max_size=3))
def test_words_are_in_order_and_apart(text: str, values: list[str]) -> None:
    words = words_of(text, values)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))
