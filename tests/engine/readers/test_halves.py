"""The answers about two halves of a page become one; nothing is lost, and what both show stands there once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output.answer import Answer, LoopFound, Mend, Mended
from engine.output.blocks import AnyBlock, Box, Cell, Figure, Line, ListItem, Paragraph, Quad, Table
from engine.readers.chat_answer import TokenSpan
from engine.readers.halves import BETWEEN, SEAM, joined, partly_joined
from engine.readers.heard import Heard, PartlyHeard

UPPER, LOWER = Box(0, 0, 600, 430), Box(0, 410, 600, 840)


def paragraphs(*texts: str, box: Box = UPPER) -> tuple[AnyBlock, ...]:
    return tuple(Paragraph(box, text=text, placed=False) for text in texts)


def heard(*blocks: AnyBlock, raw: str = "", tokens: tuple[TokenSpan, ...] = (), **more: object) -> Heard:
    return Heard(Answer(blocks, raw_text=raw, **more), tokens)  # type: ignore[arg-type]


def texts(blocks: tuple[AnyBlock, ...]) -> list[str]:
    return [getattr(block, "text", "") for block in blocks]


def test_halves_follow_one_another() -> None:
    first = heard(*paragraphs("one", "two"), raw="one\n\ntwo", tokens=(TokenSpan(0, 3, -1.0),))
    second = heard(*paragraphs("three"), raw="three", tokens=(TokenSpan(0, 5, -2.0),))

    both = joined(first, second, overlapping=False)

    assert texts(both.answer.blocks) == ["one", "two", "three"]
    assert both.answer.raw_text == f"one\n\ntwo{BETWEEN}three"
    assert [both.answer.raw_text[token.start : token.end] for token in both.tokens] == ["one", "three"]


def test_what_one_half_has_to_say_about_itself_holds_for_both() -> None:
    loop = LoopFound(5, 8)
    first = heard(notes=(Mended(Mend.TABLE_TAGS, 2),))
    second = heard(notes=(Mended(Mend.TABLE_TAGS, 1), Mended(Mend.JSON, 1)), looped=loop, complete=False)

    answer = joined(first, second, overlapping=False).answer

    assert answer.notes == (Mended(Mend.TABLE_TAGS, 3), Mended(Mend.JSON, 1))
    assert answer.looped == loop and not answer.complete


def test_lines_of_the_lower_half_are_counted_on() -> None:
    box = Box(10, 500, 100, 510)
    line = Line("low", Quad.from_box(box))
    first = heard(Paragraph(UPPER, (0,), text="up"), lines=(Line("up", Quad.from_box(Box(10, 10, 50, 20))),))
    second = heard(Paragraph(box, (0,), text="low"), lines=(line,))

    answer = joined(first, second, overlapping=False).answer

    assert [answer.lines[block.lines[0]].text for block in answer.blocks] == ["up", "low"]


def test_a_line_that_both_have_placed_is_taken_once() -> None:
    shared = Line("on the cut", Quad.from_box(Box(10, 415, 200, 425)))
    below = Line("below", Quad.from_box(Box(10, 500, 200, 510)))
    first = heard(Paragraph(shared.box, (0,), text="on the cut"), lines=(shared,))
    second = heard(
        Paragraph(shared.box, (0,), text="on the cut"), Paragraph(below.box, (1,), text="below"), lines=(shared, below)
    )

    answer = joined(first, second, overlapping=True).answer

    assert [line.text for line in answer.lines] == ["on the cut", "below"]
    assert texts(answer.blocks) == ["on the cut", "below"]
    assert [block.lines for block in answer.blocks] == [(0,), (1,)]


@pytest.mark.parametrize(
    ("upper", "lower", "both"),
    [
        (["A", "the last line of it"], ["the last line of it", "B"], ["A", "the last line of it", "B"]),
        (["A ends with its last wor"], ["ends with its last words.", "B"], ["A ends with its last words.", "B"]),
        (["whole line shown", "Thls ls cut"], ["line shown", "This is cut"], ["whole line shown", "This is cut"]),
        (["A"], ["B"], ["A", "B"]),
        (["same"], ["same"], ["same", "same"]),  # too little to say
        ([], ["B"], ["B"]),
        (["A"], [], ["A"]),
    ],
)
def test_text_that_both_show_stands_there_once(upper: list[str], lower: list[str], both: list[str]) -> None:
    first, second = heard(*paragraphs(*upper)), heard(*paragraphs(*lower, box=LOWER))

    assert texts(joined(first, second, overlapping=True).answer.blocks) == both


def test_a_list_item_goes_on_in_the_other_half() -> None:
    first = heard(ListItem(UPPER, text="the item goes on and", placed=False))
    second = heard(*paragraphs("item goes on and on to its end.", box=LOWER))

    (item,) = joined(first, second, overlapping=True).answer.blocks

    assert isinstance(item, ListItem) and item.text == "the item goes on and on to its end."
    assert item.box == UPPER.united(LOWER)


def test_tables_and_figures_at_the_cut_stay_whole() -> None:
    table = Table(UPPER, row_count=1, column_count=1, cells=(Cell(0, 0, "cell"),))
    figure = Figure(LOWER, text="words in a figure")

    blocks = joined(heard(table), heard(figure), overlapping=True).answer.blocks

    assert blocks == (table, figure)


def table(*rows: str, head: int = 0, box: Box = UPPER) -> Table:
    """A table of rows of words."""
    cells = tuple(
        Cell(row, column, text) for row, words in enumerate(rows) for column, text in enumerate(words.split())
    )
    return Table(
        box, row_count=len(rows), column_count=len(rows[0].split()), cells=cells, header_rows=head, placed=False
    )


def rows_of(*blocks: AnyBlock) -> list[list[list[str]]]:
    return [block.rows() for block in blocks if isinstance(block, Table)]


def test_a_table_that_was_cut_is_one_again() -> None:
    upper, lower = table("Item Price", "Pen 1", head=1), table("Ink 2", "Nib 3", box=LOWER)

    (joint, after) = joined(heard(upper), heard(lower, *paragraphs("after")), overlapping=False).answer.blocks

    assert isinstance(joint, Table) and joint.header_rows == 1 and joint.box == UPPER.united(LOWER)
    assert joint.rows() == [["Item", "Price"], ["Pen", "1"], ["Ink", "2"], ["Nib", "3"]]
    assert texts((after,)) == ["after"]


@pytest.mark.parametrize(
    "lower",
    [
        (table("a b c", box=LOWER),),  # another width
        (table("Name Town", "Ada Rome", head=1, box=LOWER),),  # a head of its own
        (*paragraphs("Table 2", box=LOWER), table("a b", box=LOWER)),
    ],
)
def test_another_table_stays_another_table(lower: tuple[AnyBlock, ...]) -> None:
    upper = table("Item Price", "Pen 1", head=1)

    assert joined(heard(upper), heard(*lower), overlapping=False).answer.blocks == (upper, *lower)


def test_a_head_that_the_lower_half_repeats_goes_once() -> None:
    upper, lower = table("Item Price", "Pen 1", head=1), table("Item Price", "Ink 2", head=1, box=LOWER)

    both = joined(heard(upper), heard(lower), overlapping=False).answer.blocks

    assert rows_of(*both) == [[["Item", "Price"], ["Pen", "1"], ["Ink", "2"]]]


def test_a_row_that_was_cut_through_is_taken_from_the_half_that_has_it_whole() -> None:
    upper = table("Item Price", "Pen 1", "Ink 2", "N1b 8", head=1)  # the last row is seen half
    lower = table("P3n t", "Ink 2", "Nib 3", "Cap 4", box=LOWER)  # and so is the first

    both = joined(heard(upper), heard(lower), overlapping=True).answer.blocks

    assert rows_of(*both) == [[["Item", "Price"], ["Pen", "1"], ["Ink", "2"], ["Nib", "3"], ["Cap", "4"]]]


@given(st.integers(2, 20), st.data())
def test_a_table_read_in_two_overlapping_halves_is_the_table(count: int, data: st.DataObject) -> None:
    rows = [f"row{number} {number * 7919 % 1000}" for number in range(count)]
    begin = data.draw(st.integers(0, count - 1))
    end = data.draw(st.integers(begin + 1, min(count, begin + 5)))

    both = joined(heard(table(*rows[:end])), heard(table(*rows[begin:], box=LOWER)), overlapping=True).answer.blocks

    assert rows_of(*both) == [[row.split() for row in rows]]


def test_rows_that_are_alike_by_chance_cost_no_other_row() -> None:
    upper, lower = table("Item -", "Pen -", "x -"), table("Ink -", "Nib -", "x -", "Cap -", box=LOWER)

    (both,) = joined(heard(upper), heard(lower), overlapping=True).answer.blocks

    assert isinstance(both, Table) and both.row_count == 7


spans = st.integers(1, 3)


@given(st.lists(spans, min_size=1, max_size=6), st.lists(spans, min_size=1, max_size=6), st.booleans(), st.data())
def test_no_two_cells_of_a_joined_table_share_a_place(
    upper: list[int], lower: list[int], overlapping: bool, data: st.DataObject
) -> None:
    def spanned(spans: list[int], box: Box) -> Table:
        cells, row = [], 0
        for span in spans:
            text = data.draw(st.sampled_from(["", "a", "b", "long"]))
            cells += [Cell(row, 0, text, span)] + [Cell(row + each, 1, f"{text}{each}") for each in range(span)]
            row += span
        return Table(box, row_count=row, column_count=2, cells=tuple(cells))

    above, below = spanned(upper, UPPER), spanned(lower, LOWER)

    (both,) = joined(heard(above), heard(below), overlapping=overlapping).answer.blocks

    assert isinstance(both, Table)
    places = [(row, cell.column) for cell in both.cells for row in range(cell.row, cell.row + cell.row_span)]
    assert len(places) == len(set(places)) == 2 * both.row_count
    assert max(row for row, _ in places) == both.row_count - 1


words = st.text(st.sampled_from("abcdefghij我你他 "), min_size=1, max_size=40)


@given(st.lists(words, max_size=8), st.lists(words, max_size=8), st.booleans())
def test_nothing_is_lost_but_what_both_have(upper: list[str], lower: list[str], overlapping: bool) -> None:
    first, second = heard(*paragraphs(*upper)), heard(*paragraphs(*lower, box=LOWER))

    both = texts(joined(first, second, overlapping=overlapping).answer.blocks)

    if not overlapping:
        assert both == upper + lower
    assert (
        both[: len(upper) - SEAM if len(upper) > SEAM else 0] == upper[: len(upper) - SEAM if len(upper) > SEAM else 0]
    )
    assert both[len(both) - max(0, len(lower) - SEAM) :] == lower[SEAM:]
    assert len(both) <= len(upper) + len(lower)


@given(st.integers(2, 12), st.data())
def test_a_page_read_in_two_overlapping_halves_is_the_page(count: int, data: st.DataObject) -> None:
    # given: lines that are all different
    lines = [f"line number {number} of this page says {number * 7919 % 1000}" for number in range(count)]
    begin = data.draw(st.integers(0, count - 1))
    end = data.draw(st.integers(begin + 1, min(count, begin + SEAM)))
    first, second = heard(*paragraphs(*lines[:end])), heard(*paragraphs(*lines[begin:], box=LOWER))

    both = texts(joined(first, second, overlapping=True).answer.blocks)

    assert both == lines


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.booleans(), st.booleans())
def test_what_is_finished_stays_as_it_is(
    upper: int, lower: int, upper_said: int, lower_said: int, overlapping: bool, tables: bool
) -> None:
    def answer(name: str, blocks: int, said: int) -> Answer:
        source = paragraphs(*(f"{name} source {number} {number * 7919}" for number in range(blocks)))
        translation = paragraphs(*(f"{name} said {number} {number * 104729}" for number in range(said)))
        return Answer(tables_in(source), translation=tables_in(translation))

    def tables_in(told: tuple[AnyBlock, ...]) -> tuple[AnyBlock, ...]:
        """Let a table stand at the end of the upper half, and at the beginning of the lower."""
        return tuple(
            table(f"{block.text.split()[0]} {block.text.split()[2]}")  # type: ignore[union-attr]
            if tables and (index == upper - 1 if block.text.startswith("upper") else index == 0)  # type: ignore[union-attr]
            else block
            for index, block in enumerate(told)
        )

    # given: an upper half, and all that can be heard of the lower one while it streams
    first = Heard(answer("upper", upper, upper_said))
    steps = [PartlyHeard(answer("upper", upper, step), upper + step) for step in range(upper_said + 1)]
    told = [partly_joined(None, step, overlapping=overlapping) for step in steps]
    later = [PartlyHeard(answer("lower", step, 0), step) for step in range(lower + 1)]
    later += [PartlyHeard(answer("lower", lower, step), lower + step) for step in range(1, lower_said + 1)]
    told += [partly_joined(first, step, overlapping=overlapping) for step in later]

    end = joined(first, Heard(answer("lower", lower, lower_said)), overlapping=overlapping).answer

    whole = (*end.blocks, *end.translation)
    before = 0
    for each in told:
        assert each.finished >= before
        assert (*each.answer.blocks, *each.answer.translation)[: each.finished] == whole[: each.finished]
        before = each.finished
