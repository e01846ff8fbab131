"""Finding: what counts as the same text, across lines, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.finding import Query, find_on_page, part_of_quad
from desktop.folding import fold
from desktop.places import Hit
from engine.output.blocks import Box, Cell, Line, PageResult, Paragraph, Quad, Table


def page(*texts: str, blocks: list[list[int]] | None = None) -> PageResult:
    lines = tuple(
        Line(text, Quad.from_box(Box(10, 20 * index, 110, 20 * index + 15))) for index, text in enumerate(texts)
    )
    groups = [list(range(len(texts)))] if blocks is None else blocks
    made = tuple(
        Paragraph(Box(0, 0, 200, 200), tuple(group), " ".join(texts[number] for number in group)) for group in groups
    )
    return PageResult(3, 200.0, 200.0, "pt", "cpu", made, lines)


def found(result: PageResult, words: str) -> list[list[tuple[int, str]]]:
    return [
        [(hit.line, result.lines[hit.line].text[hit.start : hit.end]) for hit in match]
        for match in find_on_page(result, Query.of(words))
    ]


@pytest.mark.parametrize(
    ("text", "words", "there"),
    [
        ("The Invoice of March", "invoice", "Invoice"),
        ("the invoice", "INVOICE", "invoice"),
        ("Ｉｎｖｏｉｃｅ №", "invoice", "Ｉｎｖｏｉｃｅ"),
        ("ｶﾞｽ料金", "ガス", "ｶﾞｽ"),
        ("an oﬃce chair", "office", "oﬃce"),
        ("Straße", "STRASSE", "Straße"),
        ("cafe\u0301 noir", "caf\u00e9", "cafe\u0301"),
        ("人工智能合同", "合同", "合同"),
        ("本合 同由双方", "合同", "合 同"),
        ("使用 Diglot 软件", "diglot软件", "Diglot 软件"),
        ("two  spaces", "two spaces", "two  spaces"),
        ("no\u00a0break", "no break", "no\u00a0break"),
        ("re\u00adcog\u00adnition", "recognition", "re\u00adcog\u00adnition"),
        ("🙂 one 🙂 two", "two", "two"),
    ],
)
def test_the_same_text_is_found_however_it_is_written(text: str, words: str, there: str) -> None:
    assert found(page(text), words) == [[(0, there)]]


def test_every_place_is_found_in_order_and_none_overlaps() -> None:
    assert found(page("aaa", "baa", blocks=[[0], [1]]), "aa") == [[(0, "aa")], [(1, "aa")]]


def test_words_run_on_over_the_lines_of_a_block() -> None:
    result = page("payment is due", "within thirty days")

    assert found(result, "due within") == [[(0, "due"), (1, "within")]]


def test_chinese_runs_on_without_a_space() -> None:
    assert found(page("双方签订本合", "同之后"), "合同") == [[(0, "合"), (1, "同")]]


@pytest.mark.parametrize("words", ["recognition", "recog-nition"])
def test_a_hyphen_at_the_end_of_a_line_is_read_both_ways(words: str) -> None:
    assert found(page("the recog-", "nition of text"), words) == [[(0, "recog-"), (1, "nition")]]


def test_a_word_beside_a_broken_one_is_counted_once() -> None:
    assert found(page("text the recog-", "nition of text"), "text") == [[(0, "text")], [(1, "text")]]


def test_blocks_do_not_run_into_each_other() -> None:
    assert found(page("payment is due", "within", blocks=[[0], [1]]), "due within") == []


def test_an_empty_line_between_does_not_glue_words() -> None:
    assert found(page("one", "", "two"), "onetwo") == []
    assert found(page("one", "", "two"), "one two") == [[(0, "one"), (2, "two")]]


def test_cells_are_searched_each_by_itself_and_lines_of_no_block_too() -> None:
    lines = tuple(Line(text, Quad.from_box(Box(0, 0, 10, 10))) for text in ("Net", "amount", "stray"))
    table = Table(Box(0, 0, 1, 1), (0, 1), 1, 2, (Cell(0, 0, "Net", lines=(0,)), Cell(0, 1, "amount", lines=(1,))))
    result = PageResult(1, 10, 10, "pt", "cpu", (table,), lines)

    assert found(result, "net amount") == []
    assert found(result, "amount") == [[(1, "amount")]]
    assert found(result, "stray") == [[(2, "stray")]]


@pytest.mark.parametrize("words", ["", "   ", "\u00ad", "\n\t"])
def test_nothing_is_found_for_nothing(words: str) -> None:
    assert find_on_page(page("some words"), Query.of(words)) == []


def test_a_hit_says_where_it_stands_on_the_page() -> None:
    (match,) = find_on_page(page("中文中文"), Query.of("文"))[:1]

    assert match == (Hit(3, 0, 1, 2, Quad.from_box(Box(35, 0, 60, 15))),)


def test_a_line_without_width_gives_its_whole_quad() -> None:
    line = Line("\u200b", Quad.from_box(Box(0, 0, 10, 10)))

    assert part_of_quad(line, 0, 1) == line.quad


texts = st.lists(st.text(max_size=30) | st.text("ab-é 中文\u0301Ａßﬁ각Ｂ\u00ad", max_size=30), max_size=6)


@given(texts=texts, words=st.text(max_size=8) | st.text("ab-é 中\u0301Ａßﬁ가", max_size=3))
def test_any_text_can_be_searched_and_hits_lie_within_their_lines(texts: list[str], words: str) -> None:
    result = page(*texts)
    query = Query.of(words)

    for match in find_on_page(result, query):
        assert match
        for hit in match:
            assert 0 <= hit.start < hit.end <= len(result.lines[hit.line].text)
            assert hit.quad is not None
            box = hit.quad.box
            assert box.x0 >= 9.99 and box.x1 <= 110.01


@given(before=st.text(max_size=10), words=st.text(min_size=1, max_size=10), after=st.text(max_size=10))
def test_what_stands_in_a_line_is_found_in_it(before: str, words: str, after: str) -> None:
    # A mark that begins the words, or what follows, would belong to the character before it: set apart by bars.
    line = f"{before}|{words}|{after}"
    query = f"|{words}|"

    assert find_on_page(page(line), Query.of(query))


@given(st.text(max_size=60))
def test_folding_counts_through_its_own_line(text: str) -> None:
    folded = fold(text)

    assert len(folded.text) == len(folded.places)
    assert list(folded.places) == sorted(folded.places)
