"""Loops of a model are found, and pages that repeat themselves are let be."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, FinishReason, LoopFound, Mend
from engine.output.cleanup import loop_of
from engine.output.repetition import LEAST_FORM, LEAST_WORDS, LONG_UNIT, SHORT_UNIT, STEP, RepetitionWatch, tail_loop
from tests.support.answers import read, words


def noticed(text: str) -> LoopFound | None:
    watch = RepetitionWatch()
    watch.feed(text)
    return watch.found


def prose(length: int, seed: int = 7) -> str:
    chance = random.Random(seed)
    return "".join(chance.choices("abcdefghij klm nop, rstuvw.\n", k=length))


PAGES = {
    "a table of contents": "".join(f"Chapter {n} {'.' * 90} {3 * n}\n" for n in range(60)),
    "a row of dashes": "-" * 600,
    "a row of dots": "." * 900,
    "a form of empty rows": "<table>" + ("<tr>" + "<td></td>" * 6 + "</tr>") * 60,
    "empty rows in pipes": "| | | | |\n" * 80,
    "a table of zeros": "<table>" + ("<tr>" + "<td>0.00</td>" * 10 + "</tr>") * 30,
    "ticks for every day": "<tr><td>√</td>" + "<td>√</td>" * 250 + "</tr>",
    "a sheet of labels": "Jane Example\n12 Mill Lane\nAB1 2CD Smalltown\n\n" * 65,
    "lines to be copied": "I will not talk in class.\n" * 100,
    "three copies of a form": prose(1500) * 3,
    "underlines to be filled in": "Name: ________________ Date: ________\n" * 40,
    "a song": ("la " * 20 + "\n") * 12,
}

LOOPS = {
    "a character": ("天", 1),
    "a word": ("round ", 6),
    "a sentence": ("The same again and again. ", 26),
    "a row of a table": ("<tr><td>Total</td><td>12.00</td></tr>", 37),
    "a cell": ("<td></td>", 9),
    "a row of pipes": ("| Total | 12.00 |\n", 18),
    "a line with its place": ("<ref>word</ref><quad>(1,2),(3,4)</quad>", 39),
    "an object": ('{"box":[1,2,3,4],"text":"a"},', 29),
    "spaces": (" ", 1),
    "a paragraph": (prose(900), 900),
    "a page": (prose(3000), 3000),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("before", ["", "# A page\n\nIt begins with words.\n\n"])
def test_a_page_that_repeats_itself_is_no_loop(page: str, before: str) -> None:
    assert noticed(before + page) is None
    assert noticed(before + page + "\nand then it goes on. " + prose(2000)) is None
    assert loop_of(before + page, FinishReason.STOP) is None


@pytest.mark.parametrize(("unit", "length"), LOOPS.values(), ids=LOOPS.keys())
@pytest.mark.parametrize("before", ["", prose(5000, seed=3)])
def test_a_loop_is_noticed_before_it_is_long(unit: str, length: int, before: str) -> None:
    most = max(LEAST_FORM, 6 * length) + 2 * STEP
    text = before + unit * (most // length + 1)

    found = noticed(text)
    loop = tail_loop(text)

    assert found is not None and found.unit == length
    assert found.repeats >= 4
    assert loop is not None and loop.unit == length
    assert len(before) - 3 <= loop.start <= len(before)  # what stands before it may end like it


@settings(deadline=None)
@given(st.text("abc天<>| \n", min_size=1, max_size=300), st.integers(0, 3000))
def test_what_goes_on_for_ever_is_noticed(unit: str, before: int) -> None:
    found = noticed(prose(before) + unit * ((LEAST_FORM + 8 * len(unit)) // len(unit) + STEP))

    assert found is not None
    assert len(unit) % found.unit == 0


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30_000))
def test_what_does_not_repeat_is_never_noticed(seed: int, length: int) -> None:
    assert noticed(prose(length, seed)) is None


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(1, 60))
def test_the_pieces_do_not_matter(size: int, unit: int) -> None:
    text = prose(1500) + prose(unit, seed=5) * (9000 // unit)
    whole, parts = RepetitionWatch(), RepetitionWatch()

    whole.feed(text)
    for start in range(0, len(text), size):
        parts.feed(text[start : start + size])

    assert whole.found == parts.found


@settings(deadline=None)
@given(st.text("ab \n", max_size=40), st.text("abc", min_size=1, max_size=9), st.integers(900, 2000))
def test_a_loop_is_followed_back_to_where_it_begins(before: str, unit: str, times: int) -> None:
    text = before + unit * times

    loop = tail_loop(text, patience=0.1)

    assert loop is not None
    assert loop.start <= len(before)
    tail = text[loop.start :]
    assert tail == (tail[: loop.unit] * (len(tail) // loop.unit + 1))[: len(tail)]
    assert loop.start == 0 or text[loop.start - 1] != text[loop.start - 1 + loop.unit]


def test_short_loops_count_where_the_server_stopped_for_one_and_longer_where_room_ran_out() -> None:
    few, more = "Begun. " + "again " * 20, "Begun. " + "again " * 300

    assert loop_of(few, FinishReason.STOP) is None
    assert loop_of(few, FinishReason.LENGTH) is None
    assert loop_of(few, FinishReason.REPETITION) is not None
    assert loop_of(more, FinishReason.STOP) is None
    assert loop_of(more, FinishReason.LENGTH) is not None


def test_limits_are_what_the_rules_say() -> None:
    assert noticed("ab" * (LEAST_WORDS // 2 + STEP)) is not None
    assert noticed("ab" * (LEAST_WORDS // 2 - STEP)) is None
    assert noticed(prose(SHORT_UNIT) * 7) is None
    assert noticed(prose(LONG_UNIT) * 3) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("It begins. " + "All is well. " * 300, "It begins. All is well."),
        ("One.\n\n" + "The end.\n\n" * 400, "One.|The end."),
        ("头" + "的" * 4000, "头的"),
    ],
)
def test_the_tail_is_trimmed_to_one_turn_and_counted(text: str, kept: str) -> None:
    answer = read(text, reason=FinishReason.CLOSED)

    assert "|".join(words(block) for block in answer.blocks) == kept
    assert answer.count(Mend.REPETITION) > 3000
    assert answer.raw_text == text


def test_lines_with_places_lose_their_loop() -> None:
    text = "<ref>a</ref><quad>(1,2),(3,4)</quad>" + "<ref>b</ref><quad>(5,6),(7,8)</quad>" * 200

    answer = read(text, AnswerForm.SPOTTING, reason=FinishReason.LENGTH)

    assert [line.text for line in answer.lines] == ["a", "b"]
    assert answer.looped is not None
