"""Doubt: what the model was unsure of and what a second reader reads otherwise, where it stands, and no more of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.align import place_blocks
from engine.output.answer import AnswerForm, FinishReason
from engine.output.blocks import (
    AnyBlock,
    Cell,
    Chart,
    Doubt,
    DoubtKind,
    FieldValue,
    Formula,
    Heading,
    Line,
    Table,
)
from engine.output.doubt import MOST_DOUBTS, Evidence, doubts_of
from engine.output.stream import AnswerStream
from tests.support.answers import sheet
from tests.support.lines import PAGE, column, line, row, said, unplaced


def text_of(blocks: Sequence[AnyBlock], doubt: Doubt) -> str:
    block = blocks[doubt.block]
    match block:
        case Table():
            (text,) = (cell.text for cell in block.cells if (cell.row, cell.column) == (doubt.row, doubt.column))
        case Formula():
            text = block.latex
        case Chart():
            text = block.source
        case _:
            text = block.text
    return text


def words(blocks: Sequence[AnyBlock], doubts: Sequence[Doubt]) -> list[tuple[str, str | None]]:
    return [(text_of(blocks, doubt)[doubt.start : doubt.end], doubt.other) for doubt in doubts]


def tokens(raw: str, *unsure: str, probability: float = 0.3, size: int = 4) -> list[Evidence]:
    """Cut a text into tokens; those that share a character with one of the words `unsure` are so."""
    spans = [(raw.index(word), raw.index(word) + len(word)) for word in unsure]
    return [
        Evidence(at, at + size, math.log(probability if any(a < at + size and at < b for a, b in spans) else 0.99))
        for at in range(0, len(raw), size)
    ]


def read(raw: str) -> tuple[AnyBlock, ...]:
    stream = AnswerStream(AnswerForm.DOCUMENT, dialect=sheet().dialect, frame=sheet().frame)
    stream.feed(raw)
    return stream.finish(FinishReason.STOP).blocks


# -- a second reader


def test_a_wrong_digit_in_an_amount_is_grave_and_shown_with_its_place() -> None:
    lines = [
        *row("Net amount", "1,832.55", y=100),
        *row("Tax, 7 %", "128.28", y=114),
        *row("Total due", "1,960.83", y=128),
    ]
    cells = tuple(
        Cell(r, c, text)
        for r, texts in enumerate((("Net amount", "1,832.55"), ("Tax, 7 %", "128.28"), ("Total due", "1,960.88")))
        for c, text in enumerate(texts)
    )
    blocks = place_blocks([Table(PAGE, row_count=3, column_count=2, cells=cells, placed=False)], lines).blocks

    (doubt,) = doubts_of(blocks, raw_text="", tokens=(), second=lines, by="text", lines=lines)

    assert doubt == Doubt(
        0, 0, 8, DoubtKind.DISAGREES, row=2, column=1, other="1,960.83", by="text", grave=True, box=lines[5].box
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "marked", "other"),
    [
        ("Account 0012 3400 5678 9012 at the bank", "Account 0012 3400 5673 9012 at the bank", "5678", "5673"),
        ("due on 6 April 2023 at the latest", "due on 5 April 2023 at the latest", "6", "5"),
        ("a sum of 1,960.83 in all", "a sum of 1.960,83 in all", "1,960.83", "1.960,83"),
        ("we owe you 960.83 in all", "we owe you -960.83 in all", "960.83", "-960.83"),
        ("Invoice O00417 of this year", "Invoice 000417 of this year", "O00417", "000417"),
        (
            "账号为622200470019830026。请核对",
            "账号为622200470019380026。请核对",
            "622200470019830026",
            "622200470019380026",
        ),
        ("租赁期限为十二个月，自签字之日起生效", "租赁期限为十三个月，自签字之日起生效", "二", "三"),
        ("the party is liable for the damage", "the party is not liable for the damage", "liable", "not liable"),
        ("the party is surely liable for it all", "the party is hardly liable for it all", "surely", "hardly"),
    ],
)
def test_what_is_read_otherwise_is_marked(ours: str, theirs: str, marked: str, other: str) -> None:
    blocks = [said(ours)]
    doubts = doubts_of(blocks, raw_text="", tokens=(), second=[line(theirs)], by="text")
    assert words(blocks, doubts) == [(marked, other)]
    assert all(doubt.kind is DoubtKind.DISAGREES and doubt.by == "text" and doubt.box for doubt in doubts)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("the “first” of the notebooks is here", 'THE "first" of the note books is here'),
        ("the efficient office in the hills", "the eﬃcient oﬃce in the hi11s"),
        ("Lord Oliver of the old house", "L0rd 0liver of the o1d house"),
        ("a sum of 1,960.83 in all", "a sum of 1,960. 83, in all"),
        ("on 3–5 May 2023 in the hall", "on 3-5 May 2023 in the hall"),
        ("合同编号：HT-2023-0318，共三份", "合同编号:HT-2023-0318,共 三 份"),
        ("flow of $1000m^{3}/h$ at the most here", "flow of 1000 m3/h at the most here"),
    ],
)
def test_what_is_set_otherwise_is_not(ours: str, theirs: str) -> None:
    assert doubts_of([said(ours)], raw_text="", tokens=(), second=[line(theirs)], by="cpu") == ()


def test_accents_count_for_a_reader_that_knows_them() -> None:
    blocks, lines = [said("the resume of the café owner")], [line("the résumé of the café owner")]
    assert words(blocks, doubts_of(blocks, raw_text="", tokens=(), second=lines, by="text")) == [("resume", "résumé")]
    assert doubts_of(blocks, raw_text="", tokens=(), second=lines, by="cpu") == ()


def test_a_word_broken_over_two_lines_is_compared_whole() -> None:
    blocks = [said("the keepers wrote four things alwqys in the same order")]
    lines = column("the keepers wrote four things al-", "ways in the same order")
    assert words(blocks, doubts_of(blocks, raw_text="", tokens=(), second=lines, by="text")) == [("alwqys", "always")]


def test_a_line_its_own_reader_doubts_has_no_say() -> None:
    blocks = [said("a sum of 1,960.83 in all")]
    wrong = line("a sum of 1,960.88 in all", score=0.59)
    assert doubts_of(blocks, raw_text="", tokens=(), second=[wrong], by="cpu") == ()
    assert doubts_of(blocks, raw_text="", tokens=(), second=[replace(wrong, score=0.6)], by="cpu") != ()


def test_a_page_the_second_reader_read_badly_is_not_all_doubt() -> None:
    text = "Paper is sold by weight and counted by hand. If a sheet is missing, tell us within fourteen days."
    lines = column("Ppr 1s sld bv wght nd cnted bu hnd lf", "shet s msing tel vs wthin forten")
    assert doubts_of([said(text)], raw_text="", tokens=(), second=lines, by="cpu") == ()


def test_lines_that_only_one_of_them_has_are_no_doubts() -> None:
    lines = [line("Page 3 of 9", y=10), line("We made more paper than before.", y=40)]
    blocks = [said("We made more paper than before."), said("And 1,200 sheets of it were blue.")]
    assert doubts_of(blocks, raw_text="", tokens=(), second=lines, by="text") == ()


def test_formulas_and_charts_are_not_compared_with_their_pictures() -> None:
    blocks: list[AnyBlock] = [
        Formula(PAGE, latex="E = mc^{2} + 1234567", placed=False),
        Chart(PAGE, source="| 2021 | 400000 | apples and pears |", placed=False),
    ]
    lines = column("E = mc2 + 1234667", "2021 400800 apples and pears")
    assert doubts_of(blocks, raw_text="", tokens=(), second=lines, by="cpu") == ()


# -- the model itself


def test_an_unsure_word_is_marked_whole_and_placed() -> None:
    raw = "# The mill\n\nPaper is sold by weight and counted by hand."
    blocks = read(raw)
    lines = column("The mill", "Paper is sold by weight and counted by hand.")

    (doubt,) = doubts_of(blocks, raw_text=raw, tokens=tokens(raw, "eigh"), lines=lines)

    assert words(blocks, [doubt]) == [("weight", None)]
    assert doubt.kind is DoubtKind.UNSURE and not doubt.grave
    assert doubt.probability == pytest.approx(0.3)
    assert doubt.box is not None and lines[1].box.x0 < doubt.box.x0 < doubt.box.x1 < lines[1].box.x1


def test_a_number_is_marked_earlier_than_a_word() -> None:
    raw = "Invoice 000417 from Otterford, to be paid on 22 March 2023 with 1,832.55 at once"
    blocks = read(raw)
    said_so = tokens(raw, "0417", "terfo", "Mar", "832", "once", probability=0.7, size=1)

    doubts = doubts_of(blocks, raw_text=raw, tokens=said_so)

    assert [word for word, _ in words(blocks, doubts)] == ["000417", "March", "1,832.55"]
    assert all(doubt.grave for doubt in doubts)


def test_the_point_in_an_amount_counts_and_the_one_behind_it_does_not() -> None:
    raw = "A sum of 1,832.55. More of it later."
    blocks = read(raw)
    point, end = raw.index("."), raw.index(". More")
    sure = [Evidence(at, at + 1, 0.0) for at in range(len(raw)) if at not in (point, end)]
    assert words(blocks, doubts_of(blocks, raw_text=raw, tokens=[*sure, Evidence(point, point + 1, -2.0)])) == [
        ("1,832.55", None)
    ]
    assert doubts_of(blocks, raw_text=raw, tokens=[*sure, Evidence(end, end + 1, -2.0)]) == ()


def test_layout_makes_no_doubts() -> None:
    raw = (
        '# Prices\r\n\r\n<table><tr><td rowspan="2">Paper</td><td>18.50</td></tr><tr><td>4.25</td></tr></table>\n\n'
        "**All** of it &amp; more — see below.\n"
    )
    blocks = read(raw)
    letters = {
        at
        for word in ("Prices", "Paper", "18.50", "4.25", "All", "of it", "more", "see", "below")
        for at in range(raw.index(word), raw.index(word) + len(word))
    }
    unsure = [Evidence(at, at + 1, -5.0) for at in range(len(raw)) if at not in letters]
    sure = [Evidence(at, at + 1, -0.01) for at in letters]
    assert doubts_of(blocks, raw_text=raw, tokens=[*unsure, *sure]) == ()


def test_cells_are_found_behind_tags_entities_and_mended_parts() -> None:
    raw = (
        "<table><tr><td>Smith &amp; Sons</td><td>1</td></tr><td>m<sup>2</sup> of paper</td><td>1</td></tr>"
        "<tr><td>Postage</td><td>11</td></tr>"
    )
    blocks = read(raw)
    second_one = raw.rindex("<td>1</td>") + 4
    marked = [Evidence(second_one, second_one + 1, -2.0), Evidence(raw.index("Sons"), raw.index("Sons") + 4, -2.0)]

    doubts = doubts_of(blocks, raw_text=raw, tokens=marked)

    assert [
        (doubt.row, doubt.column, word) for doubt, (word, _) in zip(doubts, words(blocks, doubts), strict=True)
    ] == [
        (0, 0, "Sons"),
        (1, 1, "1"),
    ]


def test_unsure_ideographs_side_by_side_are_one_doubt() -> None:
    raw = "甲乙双方本着平等、自愿、诚实信用的原则，经友好协商，达成如下协议。"
    blocks = read(raw)
    doubts = doubts_of(blocks, raw_text=raw, tokens=tokens(raw, "诚实信", size=1))
    assert words(blocks, doubts) == [("诚实信", None)]


def test_latex_and_drawings_are_marked_as_well() -> None:
    raw = "$$E = mc^{2} + \\alpha$$\n\nflowchart TD\n    A[Start] --> B[Middle]\n"
    blocks = read(raw)
    doubts = doubts_of(blocks, raw_text=raw, tokens=tokens(raw, "alpha", "Middle", size=1))
    assert [word for word, _ in words(blocks, doubts)] == ["alpha", "Middle"]


def test_the_value_of_a_field_is_grave_wherever_it_stands() -> None:
    raw = "Sent by Caleb Ostrander, in the name of the mill."
    blocks = read(raw)
    unsure = tokens(raw, "Ostrander", probability=0.7, size=1)
    assert doubts_of(blocks, raw_text=raw, tokens=unsure) == ()
    doubts = doubts_of(blocks, raw_text=raw, tokens=unsure, fields=[FieldValue("Sender", "Caleb Ostrander")])
    assert words(blocks, doubts) == [("Ostrander", None)]
    assert doubts[0].grave


# -- both


def test_what_both_doubt_is_one_doubt_with_what_both_know() -> None:
    raw = "The total is 1,960.88 in all, to be paid by the bookbinders."
    blocks, lines = read(raw), [line("The total is 1,960.83 in all, to be paid by the bookbinders.")]

    doubts = doubts_of(blocks, raw_text=raw, tokens=tokens(raw, "88", "binders", size=1), second=lines, by="text")

    assert words(blocks, doubts) == [("1,960.88", "1,960.83"), ("bookbinders", None)]
    assert [doubt.kind for doubt in doubts] == [DoubtKind.DISAGREES, DoubtKind.UNSURE]
    assert doubts[0].probability == pytest.approx(0.3)
    assert (doubts[1].by, doubts[1].other) == ("", None)


def test_the_grave_come_first_and_the_rest_is_cut() -> None:
    ours = [f"In chapter {chr(97 + n % 26)}{chr(97 + n // 26)}x the keeper counted ripe apples" for n in range(90)]
    ours[80] = "In the end the keeper counted 12345 ripe apples"
    raw = "\n\n".join(ours)
    blocks = read(raw)
    unsure = [Evidence(at, at + 6, -2.0) for at in range(len(raw)) if raw.startswith("apples", at)]
    unsure.append(Evidence(raw.index("12345"), raw.index("12345") + 5, -1.0))

    doubts = doubts_of(blocks, raw_text=raw, tokens=unsure)

    assert len(doubts) == MOST_DOUBTS
    assert doubts[0].grave and doubts[0].block == 80
    rest = [(doubt.block, doubt.start) for doubt in doubts[1:]]
    assert rest == sorted(rest)


def test_without_a_witness_there_is_no_doubt() -> None:
    assert doubts_of([said("1,960.83")], raw_text="1,960.83", tokens=()) == ()


# -- anything at all

PIECES = st.sampled_from(
    [
        "1,960.83",
        "the",
        "apple",
        "<td>",
        "</td>",
        "\n",
        "合同",
        "&amp;",
        "$x^2$",
        "12345",
        "O0l1",
        "**",
        " ",
        "\ud83d\ude00",
        "。",
        "-",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=10).map(" ".join), st.text(max_size=40))
PLACES = st.integers(-5, 200)


@st.composite
def readings(draw: st.DrawFn) -> list[AnyBlock]:
    blocks: list[AnyBlock] = []
    for text in draw(st.lists(TEXTS, max_size=6)):
        match draw(st.integers(0, 4)):
            case 0:
                blocks.append(Heading(PAGE, text=text, placed=False))
            case 1:
                blocks.append(Formula(PAGE, latex=text, placed=False))
            case 2:
                cells = (Cell(0, 0, text), Cell(0, 1, draw(TEXTS)))
                blocks.append(Table(PAGE, row_count=1, column_count=2, cells=cells, placed=False))
            case 3:
                blocks.append(Chart(PAGE, source=text, placed=False))
            case _:
                blocks.append(said(text))
    return blocks


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    readings(),
    TEXTS,
    st.lists(st.tuples(PLACES, PLACES, st.floats(-100, 0) | st.just(math.nan)), max_size=40),
    st.lists(TEXTS, max_size=8),
    st.sampled_from(["text", "cpu", ""]),
    st.lists(st.builds(FieldValue, st.just("a"), st.none() | TEXTS), max_size=3),
)
def test_doubts_lie_inside_their_texts_and_apart(
    blocks: list[AnyBlock],
    raw: str,
    evidence: list[tuple[int, int, float]],
    texts: list[str],
    by: str,
    fields: list[FieldValue],
) -> None:
    lines: list[Line] = column(*texts)
    before = [unplaced(block) for block in blocks]

    doubts = doubts_of(blocks, raw_text=raw, tokens=evidence, second=lines, by=by, lines=lines, fields=fields)

    assert before == [unplaced(block) for block in blocks]
    assert len(doubts) <= MOST_DOUBTS
    assert [doubt.grave for doubt in doubts] == sorted((doubt.grave for doubt in doubts), reverse=True)
    spans: dict[tuple[int, int | None, int | None], list[tuple[int, int]]] = {}
    for doubt in doubts:
        assert 0 <= doubt.start < doubt.end <= len(text_of(blocks, doubt))
        assert (doubt.other is None) == (doubt.kind is DoubtKind.UNSURE)
        assert doubt.probability is None or 0.0 <= doubt.probability <= 1.0
        spans.setdefault((doubt.block, doubt.row, doubt.column), []).append((doubt.start, doubt.end))
    for of_text in spans.values():
        of_text.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(of_text))


@pytest.mark.slow
@pytest.mark.parametrize("text", ["a" * 300_000, "1." * 100_000, "合" * 60_000, "<td>" * 50_000, "$" * 100_000])
def test_hostile_text_is_looked_through_once(text: str) -> None:
    evidence = [(at, at + 4, -3.0) for at in range(0, len(text), 4)]
    doubts = doubts_of([said(text)], raw_text=text, tokens=evidence, second=column(*[text[:300]] * 200), by="cpu")
    assert len(doubts) <= MOST_DOUBTS
