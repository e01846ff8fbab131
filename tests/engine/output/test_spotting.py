"""Lines with places in every notation, whole and broken off."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, Mend
from engine.output.blocks import Box
from tests.support.answers import read

Spotted = list[tuple[str, Box | None]]


def spotted(text: str) -> Spotted:
    answer = read(text, AnswerForm.SPOTTING)
    for line, block in zip(answer.lines, [block for block in answer.blocks if block.placed], strict=True):
        assert line.box == block.box and answer.lines[block.lines[0]] is line
    return [(getattr(block, "text", ""), block.box if block.placed else None) for block in answer.blocks]


A, B = ("a", Box(1, 2, 3, 4)), ("b", Box(5, 6, 7, 8))


@pytest.mark.parametrize(
    "text",
    [
        "<ref>a</ref><quad>(1,2),(3,4)</quad><ref>b</ref><quad>(5,6),(7,8)</quad>",
        "<ref>a</ref><quad>(1,2),(3,4)</quad>\n<ref>b</ref>\n<quad>(5,6),(7,8)</quad>\n",
        "<quad><pos_1><pos_2><pos_3><pos_4></quad><ref>a</ref><quad><pos_5><pos_6><pos_7><pos_8></quad><ref>b</ref>",
        "<quad><pos_x1>1</pos_x1><pos_y1>2</pos_y1><pos_x2>3</pos_x2><pos_y2>4</pos_y2></quad><ref>a</ref>"
        "<quad><pos_x1>5</pos_x1><pos_y1>6</pos_y1><pos_x2>7</pos_x2><pos_y2>8</pos_y2></quad><ref>b</ref>",
        "a(1,2),(3,4)b(5,6),(7,8)",
        "a(1,2),(3,4)\nb(5,6),(7,8)\n",
        '[{"box":[1,2,3,4],"text":"a"},{"box":[5,6,7,8],"text":"b"}]',
        '[{"text":"a","bbox":[1,2,3,4]},{"text":"b","bbox":[[5,6],[7,8]]}]',
        '[{"text":"a","box":"(1,2),(3,4)"},{"text":"b","box":"5, 6, 7, 8"}]',
        '```json\n[\n  {"box": [1, 2, 3, 4], "text": "a"},\n  {"box": [5, 6, 7, 8], "text": "b"}\n]\n```',
        "<answer><ref>a</ref><quad>(1,2),(3,4)</quad><ref>b</ref><quad>(5,6),(7,8)</quad></answer>",
        "<answer>a(1,2),(3,4)b(5,6),(7,8)</answer>",
        '<answer>[{"box":[1,2,3,4],"text":"a"},{"box":[5,6,7,8],"text":"b"}]</answer>',
        # Damaged: an end missing, a beginning missing, brackets and commas missing.
        "<ref>a</ref><quad>(1,2),(3,4)<ref>b</ref><quad>(5,6),(7,8)</quad>",
        "<ref>a<quad>(1,2),(3,4)</quad><ref>b</ref><quad>(5,6),(7,8)",
        "a<quad>(1,2),(3,4)</quad>b<quad>(5,6),(7,8)</quad>",
        "<ref>a</ref>(1,2),(3,4)<ref>b</ref>(5,6),(7,8)",
        "<ref>a</ref><quad>(1,2),(3,4)\nb(5,6),(7,8)",
        "<ref>a</ref><quad>(1,2),(3,4)b<quad>(5,6),(7,8)</quad>",
        '[{"box":[1,2,3,4],"text":"a"},{"box":[5,6,7,8],"text":"b"',
        '[{"box":[1,2,3,4],"text":"a"}{"box":[5,6,7,8],"text":"b",}',
        "{'box':[1,2,3,4],'text':'a'}\n{'box':[5,6,7,8],'text':'b'}",
    ],
)
def test_every_notation_says_the_same(text: str) -> None:
    assert spotted(text) == [A, B]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<ref>f(1,2),(3,4) (AP)</ref><quad>(5,6),(7,8)</quad>", [("f(1,2),(3,4) (AP)", Box(5, 6, 7, 8))]),
        ("合计(大写)：(1,2),(3,4)", [("合计(大写)：", Box(1, 2, 3, 4))]),
        ("x ) y ( z(1,2),(3,4)", [("x ) y ( z", Box(1, 2, 3, 4))]),
        ("a(1,2),(3,4)(5,6),(7,8)b(5,6),(7,8)", [A, B]),
        ("a(10,10),(30,12),(30,20),(10,18)", [("a", Box(10, 10, 30, 20))]),  # four corners that go round
        ('[{"box":[1,2,3,4],"text":"say "hi", and go"}]', [('say "hi", and go', Box(1, 2, 3, 4))]),
        ('[{"box":[1,2,3,4],"text":"[a] {b}"}]', [("[a] {b}", Box(1, 2, 3, 4))]),
        ("[1] a(1,2),(3,4)", [("[1] a", Box(1, 2, 3, 4))]),
        ("租赁\n期限(1,2),(3,4)", [("租赁期限", Box(1, 2, 3, 4))]),
    ],
)
def test_what_the_words_may_hold(text: str, expected: Spotted) -> None:
    assert spotted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "cut"),
    [
        ("a(1,2),(3,4)b(5,", [A, ("b", None)], 1),
        ("a(1,2),(3,4)b(5,6),", [A, ("b", None)], 1),
        ("a(1,2),(3,4)b(5,6),(7", [A, ("b", None)], 1),
        ("<ref>a</ref><quad>(1,2),(3,4)</quad><ref>b", [A, ("b", None)], 0),
        ("<ref>a</ref><quad>(1,2),(3,4)</quad><ref>b</re", [A, ("b", None)], 1),
        ("<ref>a</ref><quad>(1,2),(3,4)</quad><ref>b</ref><quad>(5,", [A, ("b", None)], 0),
        ('[{"text":"a","box":[1,2,3,4]},{"text":"b","box":[5,', [A, ("b", None)], 1),
        ('[{"text":"a","box":[1,2,3,4]},{"text":"b', [A, ("b", None)], 1),
        ('[{"text":"a","box":[1,2,3,4]},{"te', [A], 1),
    ],
)
def test_an_answer_that_breaks_off_keeps_what_it_said(text: str, expected: Spotted, cut: int) -> None:
    assert spotted(text) == expected
    assert read(text, AnswerForm.SPOTTING).count(Mend.TRUNCATED) == cut


def test_lines_without_places_are_told() -> None:
    answer = read("one line\nanother", AnswerForm.SPOTTING)

    assert spotted("one line\nanother") == [("one line\nanother", None)]
    assert answer.lines == ()
    assert answer.count(Mend.UNPLACED) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"box":[1,2,3,4],"text":"a"}]\nand then some words', [A, ("and then some words", None)]),
        ('[{"box":[1,2,3,4],"text":["a","x"]}]', [("a x", Box(1, 2, 3, 4))]),
        ('[{"box":[1,2,3,4],"txt":"a"},{"box":[5,6,7,8],"words":"b"}]', [A, B]),
        ('[{"box":[1,2,3,4],"text":"a"},"c",{"box":[5,6,7,8],"text":"b"}]', [A, ("c", None), B]),
    ],
)
def test_a_list_of_other_things_loses_no_words(text: str, expected: Spotted) -> None:
    assert spotted(text) == expected


@pytest.mark.parametrize("text", ["没有文字", "图片中没有文字。", " 没有文字。\n", "No text."])
def test_nothing_to_read(text: str) -> None:
    answer = read(text, AnswerForm.SPOTTING)

    assert answer.blocks == () and answer.lines == ()
    assert answer.count(Mend.NO_TEXT) == 1


def test_places_without_words_are_no_lines() -> None:
    answer = read("<ref></ref><quad>(1,2),(3,4)</quad><quad>(1,2),(3,4)</quad>", AnswerForm.SPOTTING)

    assert answer.blocks == ()
    assert answer.count(Mend.COORDINATES) == 2


WORD = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)
PLACE = st.tuples(*[st.integers(0, 1000)] * 4)
LINES = st.lists(st.tuples(WORD, PLACE), max_size=8)


@settings(max_examples=200, deadline=None)
@given(LINES, st.sampled_from(["tags", "place first", "run together", "json"]))
@pytest.mark.slow
def test_every_line_comes_through(lines: list[tuple[str, tuple[int, ...]]], notation: str) -> None:
    if notation == "json":
        said = json.dumps([{"box": list(place), "text": text} for text, place in lines], ensure_ascii=False)
    else:
        form = {
            "tags": "<ref>{0}</ref><quad>({1},{2}),({3},{4})</quad>",
            "place first": "<quad><pos_{1}><pos_{2}><pos_{3}><pos_{4}></quad><ref>{0}</ref>",
            "run together": "{0}({1},{2}),({3},{4})",
        }[notation]
        said = "".join(form.format(text, *place) for text, place in lines)

    expected = [(text, Box(min(a, c), min(b, d), max(a, c), max(b, d))) for text, (a, b, c, d) in lines]
    assert spotted(said) == expected
