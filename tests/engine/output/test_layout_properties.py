"""What must hold for any lines, rules and figures at all, hostile ones included."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.blocks import AnyBlock, Box, Line, Origin, Quad, Rule, Table
from engine.output.layout import Arrangement, arrange

WORDS = (
    "the",
    "Orchard",
    "12.50",
    "合同",
    "第一条",
    "•",
    "1.",
    "2.",
    "a)",
    "שלום",
    "العربية",
    "well-",
    "Total:",
    "…",
    "-",
)
PLACE = st.integers(min_value=0, max_value=80).map(lambda place: place * 7.0)

texts = st.lists(st.sampled_from(WORDS), min_size=0, max_size=7).map(" ".join)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    x, y = draw(PLACE), draw(PLACE)
    text = draw(texts)
    height = draw(st.sampled_from((8.0, 10.0, 10.0, 10.0, 18.0)))
    width = draw(st.sampled_from((0.0, 20.0, 60.0, 200.0, 400.0)))
    origin = draw(st.sampled_from(list(Origin)))
    return Line(text, Quad.from_box(Box(x, y, x + width, y + height)), 0.9, origin, draw(st.booleans()))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    x, y, length = draw(PLACE), draw(PLACE), draw(st.sampled_from((0.0, 30.0, 140.0, 420.0)))
    return Rule(x, y, x + length, y) if draw(st.booleans()) else Rule(x, y, x, y + length)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x, y = draw(PLACE), draw(PLACE)
    return Box(x, y, x + draw(PLACE), y + draw(PLACE))


def letters(text: str) -> str:
    return "".join(text.split())


def own_lines(block: AnyBlock) -> tuple[int, ...]:
    return block.lines


def check(given_lines: list[Line], page: Arrangement) -> None:
    """Every letter is there once, every line is in one block, every table is a clean grid."""
    wanted = sorted(letters("".join(sorted(line.text for line in given_lines))))
    assert sorted(letters("".join(line.text for line in page.lines))) == wanted
    assert [index for block in page.blocks for index in own_lines(block)] == list(range(len(page.lines)))
    for block in page.blocks:
        if isinstance(block, Table):
            check_table(block)


def check_table(table: Table) -> None:
    places: set[tuple[int, int]] = set()
    for cell in table.cells:
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                assert 0 <= row < table.row_count and 0 <= column < table.column_count
                assert (row, column) not in places
                places.add((row, column))
    assert len(places) == table.row_count * table.column_count
    assert sorted(index for cell in table.cells for index in cell.lines) == list(table.lines)
    assert 0 <= table.header_rows < table.row_count


@settings(max_examples=150, deadline=None)
@given(st.lists(lines(), max_size=40), st.lists(rules(), max_size=30), st.lists(boxes(), max_size=4))
@pytest.mark.slow
def test_nothing_is_lost_and_grids_are_clean(
    given_lines: list[Line], given_rules: list[Rule], figures: list[Box]
) -> None:
    page = arrange(given_lines, width=600, height=600, rules=given_rules, figures=figures)
    check(given_lines, page)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(lines(), max_size=25), st.lists(rules(), max_size=20), st.lists(boxes(), max_size=3), st.integers(0, 9999)
)
def test_the_order_of_the_input_does_not_matter(
    given_lines: list[Line], given_rules: list[Rule], figures: list[Box], seed: int
) -> None:
    first = arrange(given_lines, width=600, height=600, rules=given_rules, figures=figures)
    shuffle = random.Random(seed).shuffle
    for one in (given_lines, given_rules, figures):
        shuffle(one)
    assert arrange(given_lines, width=600, height=600, rules=given_rules, figures=figures) == first


@settings(max_examples=60, deadline=None)
@given(st.lists(lines(), max_size=25), st.lists(rules(), max_size=20), st.sampled_from((0.25, 8.0)))
@pytest.mark.slow
def test_the_size_of_the_unit_does_not_matter(given_lines: list[Line], given_rules: list[Rule], factor: float) -> None:
    small = arrange(given_lines, width=600, height=600, rules=given_rules)
    large = arrange(
        [
            Line(line.text, Quad.from_box(Box(*(value * factor for value in line.box))), 0.9, line.origin, line.bold)
            for line in given_lines
        ],
        width=600 * factor,
        height=600 * factor,
        rules=[Rule(*(getattr(rule, name) * factor for name in ("x0", "y0", "x1", "y1"))) for rule in given_rules],
    )
    assert [line.text for line in large.lines] == [line.text for line in small.lines]
    assert [(str(block.kind), block.lines) for block in large.blocks] == [
        (str(block.kind), block.lines) for block in small.blocks
    ]


def heap(count: int, step: float = 0.0) -> list[Line]:
    return [
        Line(f"line {number}", Quad.from_box(Box(50 + number * step, 50, 150 + number * step, 60)))
        for number in range(count)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "given_lines",
    [
        pytest.param(heap(10_000), id="all at one place"),
        pytest.param(heap(10_000, 0.01), id="nearly at one place"),
        pytest.param(heap(5_000, 120.0), id="one endless row"),
        pytest.param(
            [
                Line("12", Quad.from_box(Box(x * 30.0, y * 14.0, x * 30.0 + 20, y * 14.0 + 10)))
                for x in range(100)
                for y in range(100)
            ],
            id="ten thousand figures",
        ),
    ],
)
def test_hostile_heaps_come_back_whole(given_lines: list[Line]) -> None:
    check(given_lines, arrange(given_lines, width=600, height=800))


@pytest.mark.slow
def test_thousands_of_rules_come_back() -> None:
    grid = [Rule(0, y * 2.0, 600, y * 2.0) for y in range(1500)] + [Rule(x * 2.0, 0, x * 2.0, 800) for x in range(1500)]
    given_lines = heap(300, 3.0)
    check(given_lines, arrange(given_lines, width=600, height=800, rules=grid))


def test_corners_that_are_no_numbers_break_nothing() -> None:
    bad = Line("lost", Quad.from_box(Box(float("nan"), 10, float("inf"), 20)))
    given_lines = [bad, *heap(3)]
    infinite = float("inf")
    page = arrange(
        given_lines,
        width=600,
        height=800,
        rules=[Rule(0, 0, infinite, 0), Rule(float("nan"), 0, 5, 5)],
        figures=[Box(0, 0, infinite, 50), Box(90, 90, 10, 10)],
    )
    check(given_lines, page)


def test_a_page_without_text_has_no_blocks_but_its_figures() -> None:
    page = arrange([Line("  ", Quad.from_box(Box(0, 0, 10, 10)))], width=100, height=100, figures=[Box(10, 10, 50, 50)])
    assert page.lines == ()
    assert [str(block.kind) for block in page.blocks] == ["figure"]
