"""Translated blocks find the blocks they translate, in order, and stand at their places."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.output.align import pair_translation
from engine.output.blocks import AnyBlock, Box, Caption, Cell, Formula, Heading, Paragraph, Table
from tests.support.lines import PAGE, said, unplaced


def at(number: int) -> Box:
    return Box(50, 20.0 * number, 550, 20.0 * number + 15)


def heading(text: str) -> Heading:
    return Heading(PAGE, text=text, placed=False)


def table(*rows: tuple[str, ...]) -> Table:
    cells = tuple(Cell(r, c, text) for r, texts in enumerate(rows) for c, text in enumerate(texts))
    return Table(PAGE, row_count=len(rows), column_count=len(rows[0]), cells=cells, placed=False)


SOURCE: list[AnyBlock] = [
    heading("Equipment lease"),
    said("Contract number: HT-2023-0318-007"),
    said("The lease runs for twelve months, from 1 September 2023 to 31 August 2024."),
    table(("No.", "Name"), ("1", "Microscope"), ("2", "Telescope")),
    Formula(PAGE, latex="E = mc^2", placed=False),
    said("The monthly rent of 2,480 is due on the 5th."),
    said("The lessee shall not take the equipment apart, change it, or lend it to anybody else."),
]
CHINESE: list[AnyBlock] = [
    heading("设备租赁合同"),
    said("合同编号：HT-2023-0318-007"),
    said("租赁期限为十二个月，自2023年9月1日起至2024年8月31日止。"),
    table(("序号", "名称"), ("1", "显微镜"), ("2", "望远镜")),
    Formula(PAGE, latex="E=mc^2", placed=False),
    said("每月租金2,480元，应于每月5日前支付。"),
    said("承租方不得擅自拆卸、改装设备或者转借他人。"),
]


def test_block_by_block_they_are_pairs() -> None:
    _, pairs = pair_translation(SOURCE, CHINESE)
    assert pairs == (0, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize("left_out", range(7))
def test_one_that_was_left_out_moves_no_other(left_out: int) -> None:
    kept = [index for index in range(7) if index != left_out]
    assert pair_translation(SOURCE, [CHINESE[index] for index in kept])[1] == tuple(kept)
    there = pair_translation([SOURCE[index] for index in kept], CHINESE)[1]
    assert [index for number, index in enumerate(there) if number != left_out] == list(range(6))
    assert there[left_out] == -1


def test_a_table_is_never_the_translation_of_words() -> None:
    _, pairs = pair_translation([said("Microscope 1, telescope 2")], [table(("显微镜", "1"), ("望远镜", "2"))])
    assert pairs == (-1,)


def test_a_heading_may_become_a_paragraph_that_says_the_same_numbers() -> None:
    _, pairs = pair_translation([heading("Invoice 000417 of 2023")], [said("2023年发票000417")])
    assert pairs == (0,)


def test_a_translated_block_stands_where_its_source_stands() -> None:
    cell_box = Box(60, 70, 90, 80)
    source: list[AnyBlock] = [
        Paragraph(at(1), (0, 1), text="The rent is 2,480."),
        Table(
            at(3),
            (2,),
            row_count=1,
            column_count=2,
            cells=(Cell(0, 0, "Name", box=cell_box, lines=(2,)), Cell(0, 1, "Price")),
        ),
        Caption(PAGE, text="Table 1", placed=False),
    ]
    translated, pairs = pair_translation(
        source,
        [said("租金为2,480元。"), table(("名称", "价格")), Caption(PAGE, text="表1", placed=False), said("另外")],
    )

    words, grid, caption, left = translated
    assert pairs == (0, 1, 2, -1)
    assert (words.box, words.lines, words.placed) == (at(1), (0, 1), True)
    assert isinstance(grid, Table)
    assert (grid.box, grid.cells[0].box, grid.cells[0].lines, grid.cells[1].box) == (at(3), cell_box, (2,), None)
    assert not caption.placed
    assert left == said("另外")


def test_nothing_pairs_with_nothing() -> None:
    assert pair_translation([], []) == ((), ())
    assert pair_translation([], CHINESE)[1] == (-1,) * 7
    assert pair_translation(SOURCE, []) == ((), ())


BLOCKS = st.lists(
    st.one_of(
        st.text(max_size=30).map(said),
        st.text(max_size=30).map(heading),
        st.text(max_size=10).map(lambda text: table((text, "1"))),
        st.text(max_size=10).map(lambda text: Formula(PAGE, latex=text, placed=False)),
    ),
    max_size=14,
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(BLOCKS, BLOCKS)
def test_pairs_ascend_and_lie_in_range(source: list[AnyBlock], translation: list[AnyBlock]) -> None:
    translated, pairs = pair_translation(source, translation)

    found = [index for index in pairs if index >= 0]
    assert len(pairs) == len(translated) == len(translation)
    assert all(one < other for one, other in pairwise(found))
    assert all(index < len(source) for index in found)
    assert [unplaced(block) for block in translated] == [unplaced(block) for block in translation]


@pytest.mark.slow
def test_many_blocks_against_few_are_paired_in_a_band() -> None:
    many: list[AnyBlock] = [said(f"Clause {number} of the contract") for number in range(3_000)]
    few: list[AnyBlock] = [said(f"合同第{number}条") for number in range(0, 3_000, 100)]
    pairs = pair_translation(many, few)[1]
    assert sum(index == 100 * number for number, index in enumerate(pairs)) >= 25
