"""Values of fields are found on the page: beside their names, whole, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.align import find_fields, place_fields
from engine.output.blocks import AnyBlock, Box, Cell, FieldValue, Line, Paragraph, Table
from tests.support.lines import PAGE, column, line, row

INVOICE = [
    line("Invoice 000417", y=60),
    *row("Net amount", "1,832.55", y=100),
    *row("Tax", "128.28", y=114),
    *row("Total due", "1,832.55", y=128),
    line("Attn. Mr Caleb", y=200),
    line("Ostrander, 18 Candle Yard", y=214),
]


def box_of(name: str, value: str | None, lines: list[Line] = INVOICE) -> Box | None:
    (field,) = place_fields([FieldValue(name, value)], lines)
    assert (field.name, field.value) == (name, value)
    return field.box


def test_a_value_is_found_where_it_stands() -> None:
    assert box_of("Tax", "128.28") == INVOICE[4].box


@pytest.mark.parametrize(("name", "index"), [("Net amount", 2), ("Total due", 6), ("TOTAL DUE:", 6), ("total dve", 6)])
def test_of_two_equal_values_the_one_beside_the_name_is_meant(name: str, index: int) -> None:
    assert box_of(name, "1,832.55") == INVOICE[index].box


def test_a_value_may_stand_under_its_name() -> None:
    lines = [*row("Ordered", "Sent", y=50), *row("40", "40", y=64)]
    assert box_of("Sent", "40", lines) == lines[3].box
    assert box_of("Ordered", "40", lines) == lines[2].box


def test_a_value_that_stands_otherwise_is_told_with_what_stands_there() -> None:
    total, tax = find_fields([FieldValue("Total due", "1,882.55"), FieldValue("Tax", "128.28")], INVOICE)

    assert total.field.box == INVOICE[6].box and total.other is not None and total.other.text == "1,832.55"
    assert tax.field.box == INVOICE[4].box and tax.other is None


def test_a_part_of_a_line_is_a_part_of_its_box() -> None:
    box = box_of("Invoice number", "000417")
    assert box is not None
    assert INVOICE[0].box.x0 < box.x0 < box.x1 == INVOICE[0].box.x1


def test_a_value_may_go_on_in_the_next_line() -> None:
    box = box_of("Name", "Caleb Ostrander")
    assert box is not None
    assert (box.y0, box.y1) == (INVOICE[7].box.y0, INVOICE[8].box.y1)


def test_a_value_inside_a_longer_word_or_number_is_another() -> None:
    lines = column("40210 Otterford", "chapter 14, 4000 sheets", "the art of paper")
    assert box_of("Quantity", "40", lines) is None
    assert box_of("Word", "ape", lines) is None


def test_a_misread_value_is_found_where_the_name_is() -> None:
    lines = [*row("First", "653.61", y=50), *row("Second", "653.67", y=64)]
    assert box_of("Second", "653.61", lines) == lines[3].box
    assert box_of("First", "653.61", lines) == lines[1].box


def test_what_is_not_there_has_no_place() -> None:
    assert box_of("IBAN", "DE44 5001 0517 5407 3249 31") is None
    assert box_of("Date", None) is None
    assert box_of("Date", "") is None
    assert box_of("Tax", "128.28", []) is None


def test_a_place_that_is_known_is_kept() -> None:
    field = FieldValue("Tax", "128.28", Box(1, 2, 3, 4))
    assert place_fields([field], INVOICE) == (field,)


def test_placed_blocks_help_where_no_line_does() -> None:
    cell = Box(300, 100, 350, 110)
    blocks: list[AnyBlock] = [
        Paragraph(Box(50, 50, 500, 70), text="Tax of 128.28 and more"),
        Table(Box(50, 90, 500, 120), row_count=1, column_count=1, cells=(Cell(0, 0, "128.28", box=cell),)),
        Paragraph(PAGE, text="77", placed=False),
    ]
    fields = place_fields([FieldValue("Tax", "128.28"), FieldValue("Number", "77")], [], blocks)
    assert [field.box for field in fields] == [cell, None]


def test_chinese_values_are_found_in_running_text() -> None:
    lines = column("甲方（出租方）：云杉镇公共仪器库", "乙方（承租方）：白石湾实验小学")
    box = box_of("乙方", "白石湾实验小学", lines)
    assert box is not None
    assert (box.y0, box.x1) == (lines[1].box.y0, lines[1].box.x1)


TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["40", "1,832.55", "Total due", "a" * 60]))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(st.builds(FieldValue, TEXTS, st.none() | TEXTS), max_size=5), st.lists(TEXTS, max_size=8))
def test_only_places_are_added_and_they_lie_on_lines(fields: list[FieldValue], texts: list[str]) -> None:
    lines = column(*texts)
    placed = place_fields(fields, lines)
    assert [(field.name, field.value) for field in placed] == [(field.name, field.value) for field in fields]
    for field in placed:
        assert field.box is None or any(field.box.overlap(other.box) > 0 for other in lines)
    assert place_fields(placed, lines) == placed


@pytest.mark.slow
def test_one_letter_a_million_times_is_looked_for_a_few_times() -> None:
    lines = column(*["a" * 500] * 2_000)
    assert box_of("a", "a" * 50, lines) is None
