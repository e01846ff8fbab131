"""JSON that is none: read as what was meant, in time that its length allows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.json_items import flat
from engine.output.loose_json import REACH, JsonValue, read_value


def value(text: str) -> JsonValue:
    read = read_value(text, 0, final=True)
    assert read is not None
    return read.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": "b", "c": ["d", {}]}', {"a": "b", "c": ["d", {}]}),
        ('{"a": 3.00, "b": -7, "c": null, "d": true}', {"a": "3.00", "b": "-7", "c": None, "d": "true"}),
        ("{'a': 'b', 'it': 'it's'}", {"a": "b", "it": "it's"}),
        ("{“a”：“b”，“c”：“d”}", {"a": "b", "c": "d"}),
        ('{"a": "b", "c": "d",}', {"a": "b", "c": "d"}),
        ('{"a": "b" "c": "d"}', {"a": "b", "c": "d"}),
        ("{a: b, c: 3 kg}", {"a": "b", "c": "3 kg"}),
        ('{"a": "say "hi" to", "c": "d"}', {"a": 'say "hi" to', "c": "d"}),
        ('{"a": "<td colspan="2">x</td>"}', {"a": '<td colspan="2">x</td>'}),
        ('{"a": "b", "a": "c"}', {"a": "b"}),
        ('{"a": "", "a": "c"}', {"a": "c"}),
        ('{"a": , "b": "c"}', {"a": None, "b": "c"}),
        ('{"a": "b"', {"a": "b"}),
        ('{"a": "torn o', {"a": "torn o"}),
        ('{"a": ["b", "c', {"a": ["b", "c"]}),
        ('{"a', {}),
        ('{"a": "b", "c', {"a": "b"}),
        ('{"a": "b"} and words', {"a": "b"}),
        ('["a" "b"]', ['a" "b']),
        ('{"a": "b"]', {"a": "b"}),
        ('[{"a": "b", {"c": "d"}]', [{"a": "b"}, {"c": "d"}]),
        (r'{"a": "\u4e2d\ud83d\ude00\n\t\"\\\/"}', {"a": '中😀\n\t"\\/'}),
        (r'{"a": "\ud83d \u0000 \q"}', {"a": "\ufffd \ufffd \\q"}),
        (r'{"a": "\u202e12\u009b"}', {"a": "\ufffd12\ufffd"}),
        (r'{"a": "\frac{1}{2} \times \beta"}', {"a": r"\frac{1}{2} \times \beta"}),
        (r'{"a": "\\frac{1}{2}"}', {"a": r"\frac{1}{2}"}),
        (r'{"a": "$a \neq b$\nnext\nu"}', {"a": "$a \\neq b$\nnext\nu"}),
        ("7", "7"),
        ("", None),
    ],
)
def test_what_was_meant(text: str, expected: JsonValue) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "mended", "twice", "cut"),
    [
        ('{"a": "b"}', 0, 0, False),
        ('{"a": "say "hi" to"}', 2, 0, False),
        ('{"a": "b", "a": "c"}', 0, 1, False),
        ('{"a": "b', 0, 0, True),
        ('{"a": "b"', 0, 0, True),
    ],
)
def test_what_was_set_right_is_told(text: str, mended: int, twice: int, cut: bool) -> None:
    read = read_value(text, 0, final=True)

    assert read is not None
    assert (read.mended, read.twice, read.cut) == (mended, twice, cut)


def test_depth_has_an_end() -> None:
    deep = value("[" * 100_000 + "1")

    assert str(deep).count("[") == 16


JSON = st.recursive(
    st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters='"“”'), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc中", min_size=1, max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.text("abc中", min_size=1, max_size=5), JSON, max_size=5), st.sampled_from([None, 1]))
@pytest.mark.slow
def test_sound_json_comes_through(meant: dict[str, JsonValue], indent: int | None) -> None:
    text = json.dumps(meant, ensure_ascii=False, indent=indent)
    if "\\" not in text:
        assert value(text) == meant


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text("ab中\"'\\:,{}[] ", min_size=1, max_size=40), min_size=1, max_size=5, unique=True))
@pytest.mark.slow
def test_names_come_through_whatever_signs_are_in_them(names: list[str]) -> None:
    """A person names fields as their form does, in quotes and with commas."""
    meant: dict[str, JsonValue] = {name: f"value {place}" for place, name in enumerate(names)}

    for separators in ((", ", ": "), (",", ":")):
        assert value(json.dumps(meant, ensure_ascii=False, separators=separators)) == meant


def test_a_long_name_is_a_name() -> None:
    meant: dict[str, JsonValue] = {"a": "b", "Total amount of " * 6: "c"}

    assert value(json.dumps(meant)) == meant


SIGNS = st.sampled_from([*"{}[]\"',:\\“”u n0", '"a"', "null", '":', '",', "\\u00"])
SOUP = st.lists(SIGNS, max_size=60).map("".join)


@settings(max_examples=400, deadline=None)
@given(SOUP, st.integers(0, 400))
@pytest.mark.slow
def test_more_text_never_changes_what_was_read(text: str, shown: int) -> None:
    """Something that is certain with a part of the text is the same with all of it."""
    text += " " * REACH
    part = read_value(text[:shown], 0, final=False)

    assert part is None or part == read_value(text, 0, final=True)


@settings(max_examples=300, deadline=None)
@given(SOUP)
def test_anything_can_be_read_and_flattened(text: str) -> None:
    read = read_value(text, 0, final=True)

    assert read is not None
    assert 0 <= read.end <= len(text)
    assert isinstance(flat(read.value), str)
