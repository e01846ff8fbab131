"""Pieces of text as a server sends them: special tokens, halves of characters, line breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.answer import Mend, Notes
from engine.output.dialect import HUNYUAN, Dialect
from engine.output.wire_tokens import MOST_TOKEN, WireText
from tests.support.answers import pieces


def said(*parts: str, dialect: Dialect = HUNYUAN) -> tuple[str, Notes]:
    notes = Notes()
    wire = WireText(dialect, notes)
    return "".join([*map(wire.feed, parts), wire.finish()]), notes


@pytest.mark.parametrize(
    ("number", "tag"),
    [
        (108, "<box>"),
        (109, "</box>"),
        (110, "<quad>"),
        (111, "</quad>"),
        (112, "<ref>"),
        (113, "</ref>"),
        (114, "<pFig>"),
    ],
)
def test_placeholders_become_tags(number: int, tag: str) -> None:
    text, notes = said(f"a<｜hy_place▁holder▁no▁{number}｜>b")

    assert text == f"a{tag}b"
    assert not notes


def test_a_token_without_a_meaning_is_removed_and_counted() -> None:
    text, notes = said("one<｜hy_Assistant｜> two<｜hy_place▁holder▁no▁2｜>")

    assert text == "one two"
    assert notes == {Mend.SPECIAL_TOKENS: 2}


@pytest.mark.parametrize(
    "text",
    [
        "a < b",
        "x<｜y",
        "<｜never closed",
        "<｜" + "long" * MOST_TOKEN + "｜>",
        "<｜a\nb｜>",
        "<table>",
        "a｜>b",
        "<<｜<",
    ],
)
def test_what_is_no_token_is_text(text: str) -> None:
    assert said(text)[0] == text
    assert said(*text)[0] == text


def test_the_longest_token_may_come_one_character_at_a_time() -> None:
    token = f"<｜{'t' * MOST_TOKEN}｜>"

    assert said(*f"a{token}b") == ("ab", Notes({Mend.SPECIAL_TOKENS: 1}))


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["\ud83d", "\ude00"], "😀"),
        (["a\ud83d", "", "\ude00b"], "a😀b"),
        (["\ud83d\ude00"], "😀"),
        (["\ud83d", "a"], "\ufffda"),
        (["\ude00"], "\ufffd"),
        (["a", "\ud83d"], "a\ufffd"),
        (["a\r", "\nb"], "a\nb"),
        (["a\r", "b"], "a\nb"),
        (["a\u2028b\x0bc\x85d"], "a\nb\nc\nd"),
        (["a\x00b\x1b[31m"], "a\ufffdb\ufffd[31m"),
        (["due \u202e00.0821\u202c EUR \u2066x\u2069"], "due \ufffd00.0821\ufffd EUR \ufffdx\ufffd"),
    ],
)
def test_characters_are_whole_and_line_breaks_of_one_kind(parts: list[str], text: str) -> None:
    assert said(*parts)[0] == text


def test_broken_characters_are_counted() -> None:
    assert said("\ud800a\x00")[1] == {Mend.BROKEN_CHARACTERS: 2}


def test_everything_heard_is_kept_with_its_tokens() -> None:
    wire = WireText(HUNYUAN, Notes())

    for part in ("a<｜hy_place▁hol", "der▁no▁110｜>", "\ud83d", "\ude00"):
        wire.feed(part)
    wire.finish()

    assert wire.heard == "a<｜hy_place▁holder▁no▁110｜>😀"


def test_another_family_has_other_tokens() -> None:
    dialect = Dialect(token_frame=("<|", "|>"), tags={"<|box_start|>": "<box>"})

    assert said("<|box_", "start|>(1,2)<|box_end|>", dialect=dialect)[0] == "<box>(1,2)"


@given(pieces())
@pytest.mark.slow
def test_the_pieces_do_not_matter(text_and_pieces: tuple[str, list[str]]) -> None:
    text, parts = text_and_pieces

    assert said(*parts) == said(text)


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_text_passes_as_it_is(text: str) -> None:
    assert said(text)[0] == text or "<｜" in text
