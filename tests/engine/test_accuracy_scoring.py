"""The scores must fall when a reading gets worse, and only then."""

from __future__ import annotations

import pytest

from engine.output.blocks import Box, Cell, ListItem, PageResult, Paragraph, Table
from tests.support.scoring import (
    TrueTable,
    bag_errors,
    character_errors,
    normal,
    order_score,
    table_score,
    text_of,
)

BOX = Box(0, 0, 1, 1)
FIRST = "The orchard lies on a slope that faces south."
SECOND = "Each tree has a number painted on a slate."
THIRD = "We thank the six keepers for their patience."


def grid(*cells: Cell, rows: int = 2, columns: int = 2) -> Table:
    return Table(BOX, row_count=rows, column_count=columns, cells=cells)


def test_width_of_punctuation_and_white_space_do_not_count() -> None:
    assert normal("甲方（出租方）：\n云杉镇 。") == normal("甲方(出租方):云杉镇.")
    assert normal("“Yes” – it’s\tso") == normal('"Yes" - it\'s so')
    assert normal("• one egg") == normal("one egg")
    assert normal("14.2 °C, 7 %") == normal("14.2℃, 7%")
    assert normal("two words") != normal("twowords")
    assert normal("数量、租金") != normal("数量，租金")


@pytest.mark.parametrize(
    ("truth", "read", "rate"),
    [
        ("abcdefghij", "abcdefghij", 0.0),
        ("abcdefghij", "abcdefghiX", 0.1),
        ("abcdefghij", "abcdefghi", 0.1),
        ("abcdefghij", "", 1.0),
        ("", "", 0.0),
        ("", "a", 1.0),
    ],
)
def test_character_errors_are_counted(truth: str, read: str, rate: float) -> None:
    assert character_errors(truth, read) == pytest.approx(rate)


def test_order_counts_for_character_errors_but_not_for_the_bag() -> None:
    given, read = f"{FIRST}\n{SECOND}", f"{SECOND}\n{FIRST}"
    assert bag_errors(given, read) == 0.0
    assert character_errors(given, read) > 0.5
    assert bag_errors(given, FIRST) > 0.4
    assert bag_errors(FIRST, given) > 0.4


def test_order_score_falls_with_each_block_out_of_place() -> None:
    blocks = [FIRST, SECOND, THIRD]
    assert order_score(blocks, "\n".join(blocks)) == 1.0
    assert order_score(blocks, f"{SECOND} {FIRST} {THIRD}") == pytest.approx(2 / 3)
    assert order_score(blocks, f"{THIRD} {SECOND} {FIRST}") == 0.0
    assert order_score(blocks, f"{FIRST} {THIRD}") == pytest.approx(1 / 3)


def test_the_same_words_twice_have_two_places() -> None:
    blocks = [FIRST, SECOND, FIRST]
    assert order_score(blocks, "\n".join(blocks)) == 1.0
    assert order_score(blocks, f"{FIRST} {FIRST} {SECOND}") == pytest.approx(2 / 3)
    assert order_score(blocks, f"{FIRST} {SECOND}") == pytest.approx(1 / 3)


def test_interleaved_columns_are_not_in_order() -> None:
    """Two columns read line by line across: every word is there, no block is."""
    left = ["The orchard lies on a", "slope that faces south", "and west in the valley"]
    right = ["Each tree has a number", "that is painted on slate", "by the first keeper"]
    across = "\n".join(f"{a} {b}" for a, b in zip(left, right, strict=True))
    assert order_score([" ".join(left), " ".join(right)], across) == 0.0


def test_a_few_wrong_characters_do_not_lose_a_block() -> None:
    read = f"{FIRST.replace('slope', 's1ope')}\n{SECOND.replace('tree', 'troe')}"
    assert order_score([FIRST, SECOND], read) == 1.0


def test_table_is_scored_cell_by_cell() -> None:
    truth = TrueTable((("a", "b"), ("c", "d")))
    whole = grid(Cell(0, 0, "a"), Cell(0, 1, "b"), Cell(1, 0, "c"), Cell(1, 1, "d"))
    assert table_score(truth, [whole]).whole
    moved = table_score(truth, [grid(Cell(0, 0, "a"), Cell(0, 1, "b"), Cell(1, 0, "d"), Cell(1, 1, "c"))])
    assert (moved.cells_right, moved.cells, moved.whole) == (2, 4, False)
    longer = table_score(truth, [grid(*whole.cells, Cell(2, 0, "x"), rows=3)])
    assert (longer.cells_right, longer.surplus, longer.whole) == (4, 1, False)


def test_missing_table_scores_nothing_even_where_cells_are_empty() -> None:
    score = table_score(TrueTable((("a", ""), ("", "d"))), [])
    assert (score.cells_right, score.cells) == (0, 4)


def test_merged_cells_must_be_merged() -> None:
    truth = TrueTable((("head", ""), ("c", "d")), spans=((0, 0, 1, 2),))
    merged = grid(Cell(0, 0, "head", column_span=2), Cell(1, 0, "c"), Cell(1, 1, "d"))
    assert table_score(truth, [merged]).whole
    apart = table_score(truth, [grid(Cell(0, 0, "head"), Cell(0, 1, ""), Cell(1, 0, "c"), Cell(1, 1, "d"))])
    assert (apart.cells_right, apart.spans_right, apart.spans, apart.whole) == (3, 0, 1, False)
    plain = TrueTable((("head", ""), ("c", "d")))
    assert not table_score(plain, [merged]).whole


def test_best_of_several_tables_is_taken() -> None:
    truth = TrueTable((("a", "b"),))
    wrong, right = grid(Cell(0, 0, "x")), grid(Cell(0, 0, "a"), Cell(0, 1, "b"), rows=1)
    assert table_score(truth, [wrong, right]).whole


def test_words_of_a_reading_come_in_its_order_with_markers_and_cells() -> None:
    result = PageResult(
        1,
        100,
        100,
        "pt",
        "text",
        blocks=(
            Paragraph(BOX, text="first"),
            ListItem(BOX, text="mix", marker="1."),
            grid(Cell(0, 0, "a"), Cell(0, 1, "b"), rows=1),
        ),
    )
    assert normal(text_of(result)) == "first 1. mix a b"
