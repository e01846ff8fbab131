"""Running text made plain: formulas kept, markup undone, entities read, nothing run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.inline import only_formula, plain
from tests.support.answers import HOSTILE, sheet


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a $ x $ b", "a $x$ b"),
        ("a $  \\alpha + 1  $ b", "a $\\alpha + 1$ b"),
        ("\\(x\\) and \\( y \\)", "$x$ and $y$"),
        ("$1,000 and $2,000", "$1,000 and $2,000"),
        ("US$ 5 and US$ 6", "US$ 5 and US$ 6"),
        ("a $b c", "a $b c"),
        ("$$", "$$"),
        ("$ $", "$ $"),
        ("$x$$y$", "$x$$y$"),
        ("**a** b ** c", "a b ** c"),
        ("2**3**4", "234"),
        ("<i>a</i> <span style='x'>b</span>", "a b"),
        ("m<sup>2</sup> H<sub>2</sub>O 4<sup>th</sup>", "m² H₂O 4th"),
        ("a<br>b<BR/>\nc", "a\nb\nc"),
        ("<dir>0</dir>a</quad>", "a"),
        ("&lt;&amp;&gt;&quot;&nbsp;&copy;", '<&>" ©'),
        ("&#65;&#x4e2d;", "A中"),
        ("&#8238;00.0821&#x202C;", "&#8238;00.0821&#x202C;"),
        ("&#0;&#9;&#xD800;&#9999999;&nothing;& &", "&#0;&#9;&#xD800;&#9999999;&nothing;& &"),
        ("$ a<b>c $ &amp;", "$a<b>c$ &"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_text_is_plain(text: str, expected: str) -> None:
    assert plain(text, sheet()) == expected


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("$x$", "x"),
        (" $ x^2 $ ", "x^2"),
        ("\\(x\\)", "x"),
        ("$x$ y", None),
        ("x", None),
        ("$ $", None),
        ("$5 and 6 $", None),
    ],
)
def test_a_formula_and_nothing_else(text: str, latex: str | None) -> None:
    assert only_formula(text) == latex


@settings(max_examples=300, deadline=None)
@given(HOSTILE.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
@pytest.mark.slow
def test_any_text_can_be_made_plain(text: str) -> None:
    plain(text, sheet()).encode()


FORMULAS = st.lists(
    st.tuples(st.text("abc中文.,", max_size=12), st.sampled_from(["x", "a_{b}", "\\frac{1}{2}"])), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(FORMULAS)
def test_formulas_come_through_whatever_stands_between(parts: list[tuple[str, str]]) -> None:
    said = "".join(f"{text}, $ {formula} $" for text, formula in parts)

    assert plain(said, sheet()) == "".join(f"{text}, ${formula}$" for text, formula in parts)
