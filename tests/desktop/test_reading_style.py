"""How the reading is dressed: what of it is never broken."""

from __future__ import annotations

import pytest

from desktop.views.reading_style import is_one_word


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("004719830026154879", True),
        ("Quantity", True),
        ("1 280.00", False),
        ("a" * 40, False),
        ("单价（元）", True),
        ("木制办公桌和椅子第十七套", False),
    ],
)
def test_numbers_and_short_words_stay_whole_and_long_chinese_does_not(text: str, one: bool) -> None:
    assert is_one_word(text) is one
