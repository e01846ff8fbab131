"""Regions of a page: their kinds, their places, their words, and the defects that are known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, Mend
from engine.output.blocks import Box, Heading
from tests.support.answers import read, sound, words


def regions(text: str) -> list[tuple[str, str, Box | None]]:
    answer = read(text, AnswerForm.LAYOUT)
    sound(answer)
    return [(block.kind.value, words(block), block.box if block.placed else None) for block in answer.blocks]


def item(kind: str, text: str | None = None, bbox: str = '"(1,2),(3,2),(3,4),(1,4)"') -> str:
    inner = "" if text is None else f',"text":"{text}"'
    return f'{{"layout_type":"{kind}","bbox":{bbox}{inner}}}'


PLACE = Box(1, 2, 3, 4)


@pytest.mark.parametrize(
    ("kind", "block"),
    [
        ("title", "heading"),
        ("section_title", "heading"),
        ("para_title", "heading"),
        ("heading", "heading"),
        ("paragraph", "paragraph"),
        ("paragraph_span", "paragraph"),
        ("header", "paragraph"),
        ("footer", "paragraph"),
        ("catalogue", "paragraph"),
        ("table", "table"),
        ("table_title", "caption"),
        ("Figure Title", "caption"),
        ("chart-title", "caption"),
        ("figure", "figure"),
        ("chart", "chart"),
        ("algorithm_chart", "chart"),
        ("formula", "formula"),
        ("something new", "paragraph"),
    ],
)
def test_kinds(kind: str, block: str) -> None:
    assert regions(f"[{item(kind)}]") == [(block, "", PLACE)]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("paragraph", "some words", [("paragraph", "some words", PLACE)]),
        ("title", "# A title", [("heading", "A title", PLACE)]),
        ("table_title", "Table 1", [("caption", "Table 1", PLACE)]),
        ("formula", "$$ x = 1 $$", [("formula", "x = 1", PLACE)]),
        ("formula", "x = 1", [("formula", "x = 1", PLACE)]),
        ("table", "<table><tr><td>a</td></tr></table>", [("table", "a", PLACE)]),
        ("table", '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr>', [("table", "a|/b|c", PLACE)]),
        ("chart", "| a | b |\\n|---|---|\\n| 1 | 2 |", [("table", "a|b/1|2", PLACE)]),
        ("figure", "what is written in it", [("figure", "what is written in it", PLACE)]),
        ("paragraph", 'he said "yes", and left', [("paragraph", 'he said "yes", and left', PLACE)]),
    ],
)
def test_words_of_regions(kind: str, text: str, expected: list[tuple[str, str, Box | None]]) -> None:
    assert regions(f"[{item(kind, text)},{item('figure')}]") == [*expected, ("figure", "", PLACE)]


@pytest.mark.parametrize(
    "bbox",
    [
        '"(1,2),(3,2),(3,4),(1,4)"',
        '"(1,2),(3,2),(3,4),(1,4"',
        '"(1,2),(3,2,(3,4),(1,4)"',
        '"(1,2),(3,4)"',
        "[1,2,3,4]",
        "[[1,2],[3,2],[3,4],[1,4]]",
        '"[[1, 2], [3, 2], [3, 4], [1, 4]]"',
        '"1 2 3 4"',
    ],
)
def test_places_in_every_notation(bbox: str) -> None:
    assert regions(f"[{item('figure', bbox=bbox)}]") == [("figure", "", PLACE)]


@pytest.mark.parametrize("torn", ["a", 'a</td></tr></table>"', "a</td>"])
@pytest.mark.parametrize("fence", ["", "```json\n"])
def test_the_last_region_may_be_torn_off(torn: str, fence: str) -> None:
    table = '{"layout_type":"table","bbox":"(1,2),(3,2),(3,4),(1,4)","text":"<table><tr><td>'
    text = f"{fence}[{item('figure')},\n{table}{torn}"

    assert regions(text) == [("figure", "", PLACE), ("table", "a", PLACE)]
    assert read(text, AnswerForm.LAYOUT).count(Mend.TRUNCATED) == 1


def test_a_region_without_a_place_is_told() -> None:
    answer = read('[{"layout_type":"paragraph","text":"words"}]', AnswerForm.LAYOUT)

    assert [(words(block), block.placed) for block in answer.blocks] == [("words", False)]
    assert answer.count(Mend.UNPLACED) == 1


def test_levels_come_from_the_signs_or_from_the_kind() -> None:
    blocks = read(
        f"[{item('title', 'a')},{item('para_title', 'b')},{item('title', '### c')}]", AnswerForm.LAYOUT
    ).blocks

    assert [block.level for block in blocks if isinstance(block, Heading)] == [1, 2, 3]


def test_older_tags_one_after_the_other() -> None:
    text = (
        "Title<hy-meta><layout>title</layout><poly>(1,2),(3,2),(3,4),(1,4)</poly></hy-meta>\n"
        "words<hy-meta><layout>paragraph</layout><quad>(1,2),(3,4)</quad></hy-meta>"
        "more<hy-meta><layout>para"
    )

    assert regions(text) == [("heading", "Title", PLACE), ("paragraph", "words", PLACE), ("paragraph", "more", None)]
    assert read(text, AnswerForm.LAYOUT).count(Mend.TRUNCATED) == 1


def test_an_answer_that_is_no_layout_is_read_like_a_document() -> None:
    assert regions("# Head\n\nwords") == [("heading", "Head", None), ("paragraph", "words", None)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["title", "paragraph", "table", "figure"]), max_size=6), st.integers(0, 300))
def test_whatever_is_torn_off_the_rest_is_there(kinds: list[str], torn: int) -> None:
    whole = "[" + ",".join(item(kind, f"w{number}e") for number, kind in enumerate(kinds)) + "]"
    part = whole[: max(0, len(whole) - torn)]

    found = [text for _, text, _ in regions(part)]

    complete = part.count("}")
    assert found[:complete] == [f"w{number}e" for number in range(complete)]
