"""Source and translation side by side: every block stands in one row, and places lead from one side to the other."""

from __future__ import annotations

import dataclasses
import itertools

from hypothesis import given
from hypothesis import strategies as st

from desktop.pairing import Row, rows_of, to_source, to_translation, translated
from desktop.places import Place
from engine.output.blocks import Box, PageResult, Paragraph
from tests.support.readings import grid_page, plain_page

BOX = Box(0, 0, 1, 1)


def page(source: int, *pairs: int) -> PageResult:
    blocks = tuple(Paragraph(BOX, text=f"source {at}") for at in range(source))
    translation = tuple(Paragraph(BOX, text=f"译文 {at}") for at in range(len(pairs)))
    return dataclasses.replace(plain_page(1), blocks=blocks, translation=translation, language="zh", pairs=pairs)


def test_rows_put_beside_each_other_what_says_the_same() -> None:
    assert rows_of(5, (0, 0, 2, -1, 4)) == [
        Row(range(0, 1), range(0, 2)),
        Row(range(1, 2), range(0)),
        Row(range(2, 3), range(2, 3)),
        Row(range(0), range(3, 4)),
        Row(range(3, 4), range(0)),
        Row(range(4, 5), range(4, 5)),
    ]


def test_a_block_whose_source_stands_further_up_stands_alone() -> None:
    assert rows_of(2, (1, 0)) == [
        Row(range(0, 1), range(0)),
        Row(range(1, 2), range(0, 1)),
        Row(range(0), range(1, 2)),
    ]


@given(source=st.integers(0, 12), pairs=st.lists(st.integers(-2, 15), max_size=14))
def test_every_block_is_in_one_row_in_the_order_of_its_side(source: int, pairs: list[int]) -> None:
    rows = rows_of(source, pairs)

    assert list(itertools.chain.from_iterable(row.source for row in rows)) == list(range(source))
    assert list(itertools.chain.from_iterable(row.translation for row in rows)) == list(range(len(pairs)))
    for row in rows:
        if row.paired:
            assert {pairs[at] for at in row.translation} == {row.source.start}
            assert len(row.source) == 1


def test_places_lead_from_one_side_to_the_other() -> None:
    result = page(3, 0, 2, -1)

    assert to_source(Place(1, 1), result) == Place(1, 2)
    assert to_translation(Place(1, 2, line=4), result) == Place(1, 1)
    assert to_source(Place(1, 2), result) is None, "nobody knows what it translates"
    assert to_translation(Place(1, 1), result) is None, "nothing translates it"
    assert to_source(None, result) is None and to_translation(Place(1), result) is None
    assert to_source(Place(1, 99), result) is None


def test_a_cell_leads_to_its_cell_and_no_further_than_the_other_table_has_cells() -> None:
    (table,), (small,) = grid_page(3, 3).tables, grid_page(2, 2).tables
    result = dataclasses.replace(page(0), blocks=(table,), translation=(small,), pairs=(0,))

    assert to_translation(Place(1, 0, None, 1, 1), result) == Place(1, 0, None, 1, 1)
    assert to_translation(Place(1, 0, None, 2, 2), result) == Place(1, 0)


def test_the_translation_is_a_page_of_its_own() -> None:
    result = translated(dataclasses.replace(page(2, 0, 1), raw_text="raw"))

    assert [block.text for block in result.blocks if isinstance(block, Paragraph)] == ["译文 0", "译文 1"]
    assert (result.lines, result.translation, result.number) == ((), (), 1)
