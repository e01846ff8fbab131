"""Blocks without places take those of the lines that say the same, and stay without where none does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.align import place_blocks
from engine.output.blocks import (
    AnyBlock,
    Box,
    Cell,
    Code,
    Figure,
    Formula,
    Heading,
    Line,
    ListItem,
    Paragraph,
    Point,
    Quad,
    Table,
)
from engine.output.matching import match_lines
from engine.output.seeds import MOST_CANDIDATES
from engine.output.spoken import Spoken
from tests.support.lines import PAGE, column, line, row, said, unplaced


def table(*rows: tuple[str, ...]) -> Table:
    cells = tuple(Cell(r, c, text) for r, texts in enumerate(rows) for c, text in enumerate(texts))
    return Table(PAGE, row_count=len(rows), column_count=len(rows[0]), cells=cells, placed=False)


def around(lines: list[Line]) -> Box:
    box = lines[0].box
    for other in lines[1:]:
        box = box.united(other.box)
    return box


# -- words and lines


def test_a_paragraph_takes_the_places_of_its_lines() -> None:
    lines = column("Please pay in three parts,", "as agreed with you in", "March.")

    placed = place_blocks([said("Please pay in three parts, as agreed with you in March.")], lines)

    (block,) = placed.blocks
    assert block.placed
    assert block.lines == (0, 1, 2)
    assert block.box == around(lines)
    assert placed.quality == 1.0


def test_a_word_broken_at_the_end_of_a_line_is_no_hindrance() -> None:
    lines = column("what was writ-", "ten long ago in the book")
    (block,) = place_blocks([said("what was written long ago in the book")], lines).blocks
    assert block.lines == (0, 1)


@pytest.mark.parametrize(
    ("said_text", "line_text"),
    [
        ("Flow rate $1000m^{3}/h$ at most", "Flow rate 1000 m³/h at most"),
        ("Juniper & Wren Bookbinders", "JUNIPER &amp; WREN BOOKBINDERS"),
        ("the “first” efficient office", "the ﬁrst eﬃcient oﬃce"),
        ("合同编号：HT-2023-0318", "合同编号: HT-2023-0318"),
        ("Résumé of the naïve café", "Resume of the naive cafe"),
        ("angle $\\alpha$ of the roof slope", "angle α of the roof slope"),
        ("ＡＢＣ１２３４５ full width", "ABC12345 full width"),
    ],
)
def test_typography_is_no_hindrance(said_text: str, line_text: str) -> None:
    (block,) = place_blocks([said(said_text)], [line("something else altogether"), line(line_text, y=90)]).blocks
    assert block.lines == (1,)


def test_lines_a_reader_misread_are_found_all_the_same() -> None:
    lines = column(
        "Paper is s0ld by weigbt and countcd by hand. lf a",
        "sheet is rnissing, te11 us within fourteen day5.",
    )
    text = "Paper is sold by weight and counted by hand. If a sheet is missing, tell us within fourteen days."
    (block,) = place_blocks([said(text)], lines).blocks
    assert block.lines == (0, 1)


def test_a_chinese_contract_is_placed_clause_by_clause() -> None:
    lines = column(
        "第二条　租赁期限",
        "租赁期限为十二个月，自2023年9月1日起至2024年8月31日止。期满前三",
        "十日内，乙方可以书面提出续租，在同等条件下享有优先权。",
        "第三条　租金与支付",
        "租赁期满且设备完好归还后七个工作日内，甲方应当无息退还。",
    )
    blocks: list[AnyBlock] = [
        Heading(PAGE, text="第二条 租赁期限", placed=False),
        said(
            "租赁期限为十二个月，自2023年9月1日起至2024年8月31日止。期满前三十日内，乙方可以书面提出续租，在同等条件下享有优先权。"
        ),
        Heading(PAGE, text="第三条 租金与支付", placed=False),
        said("租赁期满且设备完好归还后七个工作日内，甲方应当无息退还。"),
    ]

    placed = place_blocks(blocks, lines)

    assert [block.lines for block in placed.blocks] == [(0,), (1, 2), (3,), (4,)]


def test_one_line_may_belong_to_two_blocks() -> None:
    lines = [line("Introduction. An orchard is a slow thing and patience is a virtue.")]
    blocks: list[AnyBlock] = [
        Heading(PAGE, text="Introduction.", placed=False),
        said("An orchard is a slow thing and patience is a virtue."),
    ]
    heading, words = place_blocks(blocks, lines).blocks
    assert heading.lines == words.lines == (0,)
    assert heading.box.x1 <= words.box.x0 + 1
    assert heading.box.x0 == lines[0].box.x0
    assert words.box.x1 == lines[0].box.x1


# -- order


def test_columns_are_placed_although_the_lines_come_across_the_page() -> None:
    left = ["The first column tells of apples", "and of the trees they grow on,", "row after row on the hill."]
    right = ["The second speaks about pears", "which ripen later in the year", "and keep until the spring."]
    lines = [one for index in range(3) for one in row(left[index], right[index], y=50 + 14 * index, xs=(50, 320))]

    first, second = place_blocks([said(" ".join(left)), said(" ".join(right))], lines).blocks

    assert first.lines == (0, 2, 4)
    assert second.lines == (1, 3, 5)
    assert first.box.x1 < second.box.x0


def test_running_heads_the_model_left_out_take_no_block() -> None:
    lines = [
        line("Annual report of the mill", y=10),
        *column("Annual report of the mill", "We made more paper than in the year before.", y=80),
        line("Page 3 of 9", y=780),
    ]
    blocks: list[AnyBlock] = [
        Heading(PAGE, text="Annual report of the mill", placed=False),
        said("We made more paper than in the year before."),
    ]

    heading, words = place_blocks(blocks, lines).blocks

    assert heading.lines == (1,)
    assert words.lines == (2,)


def test_of_two_equal_amounts_each_stands_beside_its_own_words() -> None:
    lines = [
        *row("Net amount", "1,832.55", y=100),
        *row("Paid in advance", "0.00", y=114),
        *row("Total due", "1,832.55", y=128),
    ]
    (placed,) = place_blocks(
        [table(("Net amount", "1,832.55"), ("Paid in advance", "0.00"), ("Total due", "1,832.55"))], lines
    ).blocks

    assert isinstance(placed, Table)
    assert [cell.lines for cell in placed.cells] == [(0,), (1,), (2,), (3,), (4,), (5,)]


@pytest.mark.parametrize("by_row", [True, False])
def test_a_table_of_equal_figures_is_placed_by_its_rows(by_row: bool) -> None:
    names = [f"Item {chr(65 + number)}{chr(90 - number)}" for number in range(12)]
    places = [(r, c) for r in range(12) for c in range(4)]
    order = places if by_row else sorted(places, key=lambda place: place[1])
    lines = [line(names[r] if c == 0 else "0.00", 50 + 120 * c, 50 + 14 * r) for r, c in order]

    (placed,) = place_blocks([table(*((name, "0.00", "0.00", "0.00") for name in names))], lines).blocks

    assert isinstance(placed, Table)
    assert [order[cell.lines[0]] for cell in placed.cells] == places


def test_a_figure_read_wrong_is_placed_by_its_row_and_column() -> None:
    lines = [
        *row("Part", "Due on", "Amount", y=100),
        *row("First", "6 April", "653.61", y=114),
        *row("Second", "4 May", "6S3.67", y=128),
        *row("Third", "1 June", "18", y=142),
    ]
    (placed,) = place_blocks(
        [
            table(
                ("Part", "Due on", "Amount"),
                ("First", "6 April", "653.61"),
                ("Second", "4 May", "653.61"),
                ("Third", "1 June", "13"),
            )
        ],
        lines,
    ).blocks

    assert isinstance(placed, Table)
    assert [cell.lines for cell in placed.cells] == [(index,) for index in range(12)]
    assert placed.box == around(lines)


def test_cells_share_a_line_that_runs_through_the_row() -> None:
    lines = column("Article Quantity Price", "Laid paper, cream 40 18.50", "Marbled endpaper 60 4.25")
    (placed,) = place_blocks(
        [
            table(
                ("Article", "Quantity", "Price"),
                ("Laid paper, cream", "40", "18.50"),
                ("Marbled endpaper", "60", "4.25"),
            )
        ],
        lines,
    ).blocks

    assert isinstance(placed, Table)
    assert [cell.lines for cell in placed.cells] == [(0,)] * 3 + [(1,)] * 3 + [(2,)] * 3
    paper, count, price = (cell.box for cell in placed.cells[3:6])
    assert paper is not None and count is not None and price is not None
    assert paper.x1 <= count.x0 + 1 and count.x1 <= price.x0 + 1


# -- what has no place, or keeps its own


def test_what_is_not_on_the_page_stays_without_a_place() -> None:
    lines = column("Paper is sold by weight and counted by hand.", "40", "7")
    blocks: list[AnyBlock] = [
        said("The committee will meet again in autumn."),
        said("41"),
        Formula(PAGE, latex="\\int_0^1 x^2 \\, dx", placed=False),
        table(("Rain", "Snow"), ("Hail", "Fog")),
    ]

    placed = place_blocks(blocks, lines)

    assert list(placed.blocks) == blocks
    assert placed.quality == 0.0


def test_a_formula_in_the_middle_stays_where_nobody_knows() -> None:
    lines = column("We find the sum of all parts:", "Zf(x)dx=1", "which is what had to be shown.")
    blocks: list[AnyBlock] = [
        said("We find the sum of all parts:"),
        Formula(PAGE, latex="\\sum_{i=1}^{n} a_i = \\frac{n(n+1)}{2}", placed=False),
        said("which is what had to be shown."),
    ]
    first, formula, last = place_blocks(blocks, lines).blocks
    assert (first.lines, formula.placed, last.lines) == ((0,), False, (2,))


def test_a_figure_keeps_the_place_the_model_gave_it() -> None:
    figure = Figure(Box(100, 200, 300, 400), text="The orchard in October")
    (kept,) = place_blocks([figure], [line("The orchard in October", y=700)]).blocks
    assert kept == figure


def test_without_lines_nothing_is_placed() -> None:
    blocks: list[AnyBlock] = [said("Words"), Code(PAGE, text="x = 1", placed=False)]
    placed = place_blocks(blocks, [])
    assert list(placed.blocks) == blocks
    assert placed.quality == 0.0
    assert place_blocks([], []).quality == 1.0


# -- anything at all

WORDS = st.sampled_from(
    ["total", "40", "12.00", "the", "apple orchard", "合同", "租赁期限为", "0.00", "$x^2$", "&amp;", "a"]
)
TEXTS = st.one_of(st.lists(WORDS, max_size=8).map(" ".join), st.text(max_size=40))
NUMBERS = st.floats(-1e4, 1e4)


@st.composite
def lines_anywhere(draw: st.DrawFn) -> list[Line]:
    texts = draw(st.lists(TEXTS, max_size=12))
    points = st.builds(Point, NUMBERS, NUMBERS)
    quads = st.one_of(st.builds(Quad, points, points, points, points), st.just(line("x").quad))
    return [Line(text, draw(quads), draw(st.floats(0, 1))) for text in texts]


@st.composite
def blocks_of_any_kind(draw: st.DrawFn) -> list[AnyBlock]:
    blocks: list[AnyBlock] = []
    for text in draw(st.lists(TEXTS, max_size=8)):
        kind = draw(st.sampled_from(["paragraph", "heading", "item", "formula", "figure", "table"]))
        match kind:
            case "paragraph":
                blocks.append(said(text))
            case "heading":
                blocks.append(Heading(PAGE, text=text, placed=False))
            case "item":
                blocks.append(ListItem(PAGE, text=text, placed=False))
            case "formula":
                blocks.append(Formula(PAGE, latex=text, placed=False))
            case "figure":
                blocks.append(Figure(Box(1, 2, 3, 4), text=text))
            case _:
                blocks.append(table(*draw(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))))
    return blocks


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(blocks_of_any_kind(), lines_anywhere())
def test_placing_changes_places_alone_and_twice_is_once(blocks: list[AnyBlock], lines: list[Line]) -> None:
    placed = place_blocks(blocks, lines)

    assert [unplaced(block) for block in placed.blocks] == [unplaced(block) for block in blocks]
    assert 0.0 <= placed.quality <= 1.0
    for block, before in zip(placed.blocks, blocks, strict=True):
        assert block == before or block.placed
        cells = block.cells if isinstance(block, Table) else ()
        for indices in (block.lines, *(cell.lines for cell in cells)):
            assert all(0 <= index < len(lines) for index in indices)
            assert len(set(indices)) == len(indices)
    assert place_blocks(placed.blocks, lines) == placed


@pytest.mark.parametrize(
    ("text", "line_text"),
    [
        ("a" * 1_000_000, "a" * 500),
        ("word " * 12_000, "word " * 6),
        ("0123456789" * 6_000, "9876543210" * 3),
        ("Total due 12.00 " * 4_000, "Total due 12.00"),
    ],
)
@pytest.mark.slow
def test_no_text_makes_more_work_than_its_size(text: str, line_text: str) -> None:
    lines = column(*[line_text] * 2_000)
    spoken = Spoken([said(text)])

    matching = match_lines(spoken, lines)

    stretches = sum(len(folded.text) // 400 + 1 for folded in matching.folded)
    assert matching.compared <= 10 * stretches * 2 * MOST_CANDIDATES


def test_a_block_of_the_page_looks_the_same_to_a_copy() -> None:
    lines = column("Once more with feeling and care")
    block = Paragraph(PAGE, text="Once more with feeling and care", placed=False)
    assert place_blocks([block], lines) == place_blocks([replace(block)], tuple(lines))
