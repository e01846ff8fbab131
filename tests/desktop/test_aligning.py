"""Aligning: each line is found again in the text that was joined from them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.aligning import align, extent, utf16_offsets


def found(text: str, *lines: str) -> list[str | None]:
    reaches = [extent(places) for places in align(text, lines)]
    return [text[reach[0] : reach[1]] if reach is not None else None for reach in reaches]


def test_lines_joined_by_spaces() -> None:
    assert found("one two three", "one two", "three") == ["one two", "three"]


def test_lines_joined_by_nothing_and_by_a_healed_hyphen() -> None:
    assert found("双方友好协商", "双方友好", "协商") == ["双方友好", "协商"]
    assert found("a recognition", "a recog-", "nition") == ["a recog", "nition"]


def test_a_kept_hyphen_belongs_to_its_line() -> None:
    assert found("a well-known", "a well-", "known") == ["a well-", "known"]


def test_a_marker_that_is_not_in_the_text_is_left_out() -> None:
    assert found("apples and pears", "(a) apples and", "pears") == ["apples and", "pears"]


def test_a_line_that_is_not_there_does_not_lead_the_next_astray() -> None:
    assert found("first line last line", "first line", "@@@@@@@@@@", "last line") == ["first line", None, "last line"]


def test_characters_outside_the_first_plane_count_twice_for_qt() -> None:
    assert list(utf16_offsets("a🙂b")) == [0, 1, 3, 4]
    assert list(utf16_offsets("abc")) == [0, 1, 2, 3]


@given(st.lists(st.text("ab中 -é", min_size=1, max_size=12).filter(str.strip), max_size=6))
def test_lines_joined_by_spaces_are_followed_in_order(lines: list[str]) -> None:
    text = " ".join(lines)

    at = 0
    for line, places in zip(lines, align(text, lines), strict=True):
        for character, place in zip(line, places, strict=True):
            if place >= 0:
                assert text[place] == character
                assert place >= at
                at = place


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=5))
def test_any_text_can_be_aligned_with_any_lines(text: str, lines: list[str]) -> None:
    for line, places in zip(lines, align(text, lines), strict=True):
        assert len(places) == len(line)
        assert all(place == -1 or text[place] == character for character, place in zip(line, places, strict=True))
