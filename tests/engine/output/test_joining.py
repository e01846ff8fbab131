"""How lines are joined, and what the start of a line tells, language by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.joining import join_lines
from engine.output.marks import caption_mark, heading_depth, is_page_number, is_value, list_mark


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["the buds", "opened"], "the buds opened"),
        (["the note-", "books"], "the notebooks"),
        (["the note\u00ad", "books"], "the notebooks"),
        (["a well-", "known tree"], "a well-known tree"),
        (["the Anglo-", "Saxon hedge"], "the Anglo-Saxon hedge"),
        (["the COVID-", "19 year"], "the COVID-19 year"),
        (["state-of-the-", "art"], "state-of-the-art"),
        (["租赁期限为", "十二个月"], "租赁期限为十二个月"),
        (["使用 PDF", "文件"], "使用 PDF文件"),
        (["これは", "ペンです"], "これはペンです"),
        (["สวัสดี", "ครับ"], "สวัสดีครับ"),
        (["안녕", "하세요"], "안녕 하세요"),
        (["and/", "or"], "and/or"),
        ([" one ", "", "two"], "one two"),
        ([], ""),
    ],
)
def test_lines_are_joined_as_the_language_wants(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


@given(st.lists(st.text(alphabet="ab -合同ส\u00ad", max_size=12), max_size=6))
def test_joining_loses_no_letter(lines: list[str]) -> None:
    def letters(text: str) -> str:
        return "".join(char for char in text if char.isalpha())

    assert letters(join_lines(lines)) == letters("".join(lines))


@pytest.mark.parametrize(
    ("text", "marker", "rest"),
    [
        ("• a ladder", "•", "a ladder"),
        ("1. Water", "1.", "Water"),
        ("1、水费", "1、", "水费"),
        ("(3) third", "(3)", "third"),
        ("b) second", "b)", "second"),
        ("iv. fourth", "iv.", "fourth"),
        ("② 第二", "②", "第二"),
        ("（一）总则", "（一）", "总则"),
        ("三、违约责任", "三、", "违约责任"),
        ("2.1 Data", "2.1", "Data"),
    ],
)
def test_list_marks(text: str, marker: str, rest: str) -> None:
    mark = list_mark(text)
    assert mark is not None and (mark.marker, mark.text) == (marker, rest)


@pytest.mark.parametrize("text", ["2024. Then", "-5 degrees", "3.5%", "1.5", "A tree", "*note", "10", ""])
def test_what_is_no_list_mark(text: str) -> None:
    assert list_mark(text) is None


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("Chapter 3", 1),
        ("第三条 付款", 1),
        ("2 Methods", 1),
        ("2.1 Data", 2),
        ("2.1.4 Noise", 3),
        ("IV. Results", 1),
        ("A tree", 0),
    ],
)
def test_depth_of_numbered_headings(text: str, depth: int) -> None:
    assert heading_depth(text) == depth


def test_captions_figures_and_page_numbers() -> None:
    assert caption_mark("Figure 3 shows that it grew") is None
    caption = caption_mark("表 2 水温")
    assert caption is not None and caption.table and not caption.certain
    assert all(map(is_value, ("1,832.55", "€ 12", "12.5 %", "2023-08-18", "(40)", "USD 12.00")))
    assert not any(map(is_value, ("Net amount", "7 Ropewalk", "", "A4")))
    assert all(map(is_page_number, ("17", "– 3 –", "Page 3 of 9", "第 3 页", "xii")))
    assert not any(map(is_page_number, ("Chapter", "2023 was dry", "")))
