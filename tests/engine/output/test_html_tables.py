"""HTML tables of any damage become grids that are rectangular, bounded, and say what was mended."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.output.answer import AnswerForm, FinishReason, Mend, Notes
from engine.output.blocks import AnyBlock, Caption, PageResult, Paragraph, Table
from engine.output.cell_grid import MOST_COLUMNS, MOST_ROWS
from engine.output.dialect import HUNYUAN
from engine.output.html_tables import table_blocks, table_end
from engine.output.schema import page_from_dict, page_to_dict
from engine.output.stream import AnswerStream
from tests.support.answers import PAGE, blocks, read, sheet, words


def laid_out(html: str) -> tuple[list[AnyBlock], Notes]:
    paper = sheet()
    found = table_blocks(html, paper)
    page_from_dict(page_to_dict(PageResult(1, 1000, 1000, "px", "vllm", tuple(found))))
    return found, paper.notes


def rows(html: str) -> tuple[list[list[str]], Notes]:
    (table,), notes = laid_out(html)
    assert isinstance(table, Table)
    return table.rows(), notes


def test_a_sound_table_is_taken_as_it_is() -> None:
    found, notes = rows("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>")

    assert found == [["a", "b"], ["c", "d"]]
    assert not notes


@pytest.mark.parametrize(
    ("html", "expected", "mended"),
    [
        ("<table><tr><td>a<td>b<tr><td>c<td>d", [["a", "b"], ["c", "d"]], {}),
        ("<table><td>a</td><td>b</td><tr><td>c</td><td>d</td></tr>", [["a", "b"], ["c", "d"]], {Mend.TABLE_TAGS: 1}),
        ("<table><td><tr><td>a</td></tr></table>", [[""], ["a"]], {Mend.TABLE_TAGS: 1}),
        ("<table><tr><td>a</td>lost</td></tr></table>", [["a", "lost"]], {Mend.TABLE_TAGS: 1}),
        ("<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr>", [["a", ""], ["b", "c"]], {Mend.TABLE_GAPS: 1}),
        ("<TABLE><TR><TD>a</TD></TR></TABLE>", [["a"]], {}),
        ("<table\nborder=1><tr>\n<td >\n a \n</td>\n</tr></table>", [["a"]], {}),
        ("<table><tr><td>a</td><td>b</td><td colsp", [["a", "b"]], {}),
        ("<table><tr><td>x<y and y>z</td></tr></table>", [["x<y and y>z"]], {}),
        ("<table><tr><td>1</td></tr><tr></tr><tr><td>2</td></tr></table>", [["1"], ["2"]], {}),
        ("<table><tbody><tr><td>1</td></tr></tbody><tfoot><tr><td>2</td></tr></tfoot></table>", [["1"], ["2"]], {}),
    ],
)
def test_missing_and_misplaced_tags_are_taken_for_granted(
    html: str, expected: list[list[str]], mended: dict[Mend, int]
) -> None:
    found, notes = rows(html)

    assert found == expected
    assert notes == mended


@pytest.mark.parametrize(
    ("html", "expected", "spans"),
    [
        # Past the edge: on the right, at the bottom, of zero, below zero, beyond all measure.
        ('<tr><td colspan="5">t</td></tr><tr><td>a</td><td>b</td></tr>', [["t", ""], ["a", "b"]], 1),
        ('<tr><td rowspan="9">a</td><td>b</td></tr><tr><td>c</td></tr>', [["a", "b"], ["", "c"]], 1),
        ('<tr><td colspan="0">a</td><td rowspan="-2">b</td></tr>', [["a", "b"]], 2),
        ('<tr><td rowspan="99999999999999">a</td></tr><tr><td>b</td></tr>', [["a", ""], ["", "b"]], 2),
        # Over a cell that comes down from above.
        (
            '<tr><td>a</td><td rowspan="2">b</td></tr><tr><td colspan="2">c</td></tr>',
            [["a", "b"], ["c", ""]],
            1,
        ),
        # Right as they are, quoted or not.
        ("<tr><td colspan=2>t</td></tr><tr><td>a</td><td>b</td></tr>", [["t", ""], ["a", "b"]], 0),
        ("<tr><td rowspan = '2'>a</td><td>b</td></tr><tr><td>c</td></tr>", [["a", "b"], ["", "c"]], 0),
    ],
)
def test_spans_end_where_the_grid_does(html: str, expected: list[list[str]], spans: int) -> None:
    found, notes = rows(f"<table>{html}</table>")

    assert found == expected
    assert notes[Mend.TABLE_SPANS] == spans


def test_an_empty_row_below_tall_cells_keeps_its_place() -> None:
    found, _ = rows(
        "<table><tr><td rowspan=2>a</td><td rowspan=2>b</td></tr><tr></tr><tr><td>c</td><td>d</td></tr></table>"
    )

    assert found == [["a", "b"], ["", ""], ["c", "d"]]


def test_heads_of_columns_are_known_by_their_tags() -> None:
    heads = ["<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr>"]
    heads += ["<thead><tr><td>a</td><td>b</td></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody>"]
    for html in heads:
        (table,), _ = laid_out(f"<table>{html}</table>")
        assert isinstance(table, Table) and table.header_rows == 1

    (side,), _ = laid_out("<table><tr><th>a</th><td>1</td></tr><tr><th>b</th><td>2</td></tr></table>")
    assert isinstance(side, Table) and side.header_rows == 0


def test_the_caption_stands_before_its_table() -> None:
    found, _ = laid_out("<table><caption>Table 1 | Costs</caption><tr><td>a</td></tr></table>")
    empty, _ = laid_out("<table><caption></caption><tr><td>a</td></tr></table>")

    assert [words(block) for block in found] == ["Table 1 | Costs", "a"]
    assert isinstance(found[0], Caption)
    assert len(empty) == 1


def test_words_before_the_first_row_are_the_caption() -> None:
    found, notes = laid_out("<table>Table 2: lost its tag<tr><td>a</td></tr></table>")

    assert [block.kind.value for block in found] == ["caption", "table"]
    assert notes == {Mend.TABLE_TAGS: 1}


def test_a_table_in_a_cell_becomes_its_text() -> None:
    found, notes = rows(
        "<table><tr><td>by <table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table> after</td><td>z</td></tr>"
    )

    assert found == [["by\na b\nc after", "z"]]
    assert notes == {Mend.TABLE_NESTED: 1}


def test_cells_keep_breaks_formulas_and_the_words_of_their_figures() -> None:
    (table, figure), _ = laid_out(
        "<table><tr><td>one<br>two<br/>three</td><td>$ a<b $ &amp; <b>c</b> m<sup>2</sup></td>"
        "<td>图：<pFig>图1</pFig><quad>(483,728),(608,800)</quad></td></tr></table>"
    )

    assert words(table) == "one\ntwo\nthree|$a<b$ & c m²|图：图1"
    assert figure.kind.value == "figure" and figure.placed and figure.box == (483, 728, 608, 800)


def test_points_in_a_cell_stay_unless_they_are_a_captions() -> None:
    (table, figure), _ = laid_out("<table><tr><td>(2,4),(3,3)</td><td>图1(483,728),(608,800)</td></tr></table>")

    assert words(table) == "(2,4),(3,3)|图1"
    assert figure.box == (483, 728, 608, 800)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What follows a table that was never closed does not go into its last cell.
        ("<table><tr><td>a</td></tr>\nAnd then words.", ["a", "And then words."]),
        ("<table><tr><td>a</td></tr>\n\n## Head", ["a", "Head"]),
        ("<table><tr><td>a\n\n## Head", ["a", "Head"]),
        ("<table><tr><td>a</td></tr><table><tr><td>b</td></tr></table>", ["a", "b"]),
        ("<table><tr><td>a</td></tr>\n<tr><td>b</td></tr>\n</table>\nwords", ["a/b", "words"]),
        ("<table><tr><td>one\n\ntwo</td></tr></table>words", ["one two", "words"]),
        ("words <table><tr><td>a</td></tr></table> more", ["words", "a", "more"]),
    ],
)
def test_a_table_ends_where_it_should(text: str, expected: list[str]) -> None:
    assert [said for _, said in blocks(text)] == expected


def test_a_table_without_its_end_is_told() -> None:
    assert read("<table><tr><td>a</td></tr>").count(Mend.TABLE_UNCLOSED) == 1
    assert read("<table><tr><td>a</td></tr></table>").count(Mend.TABLE_UNCLOSED) == 0


def test_an_end_that_may_still_come_is_waited_for() -> None:
    text = "<table><tr><td>a</td></tr>\n</tab"

    assert table_end(text, 0, final=False) is None
    assert table_end(text + "le>", 0, final=False) == (len(text) + 3, True)


def test_too_many_rows_go_on_in_another_table() -> None:
    found, notes = laid_out("<table>" + "<tr><td>a</td></tr>" * (2 * MOST_ROWS + 1) + "</table>")

    assert [getattr(table, "row_count", 0) for table in found] == [MOST_ROWS, MOST_ROWS, 1]
    assert notes[Mend.TABLE_DIVIDED] == 2


def test_too_many_columns_go_on_in_the_last_cell() -> None:
    found, notes = rows("<table><tr>" + "".join(f"<td>{n}</td>" for n in range(MOST_COLUMNS + 2)) + "</tr></table>")

    assert len(found[0]) == MOST_COLUMNS
    assert found[0][-1] == f"{MOST_COLUMNS - 1} {MOST_COLUMNS} {MOST_COLUMNS + 1}"
    assert notes[Mend.TABLE_DIVIDED] == 2


def test_no_span_makes_a_table_large() -> None:
    (table,), _ = laid_out("<table>" + "<tr><td rowspan=99999 colspan=99999>a</td></tr>" * 50 + "</table>")

    assert isinstance(table, Table)
    assert table.row_count <= 50 and table.column_count <= MOST_COLUMNS


TAGS = [
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<th>",
    "<thead>",
    "</thead>",
    "<caption>",
    "</caption>",
]
SPANS = [
    f"<td {which}span={how}>" for which in ("row", "col") for how in ("0", "-1", "2", "3", '"7"', "500", "1e9", "x")
]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*TAGS, *SPANS]) | st.sampled_from(["a", "b c", "\n", "<br>", "$x$"]), max_size=80))
@pytest.mark.slow
def test_any_tags_give_rectangles_that_lose_no_word(parts: list[str]) -> None:
    html = "<table>" + "".join(f"{part}w{n}e" if part.startswith("<td") else part for n, part in enumerate(parts))

    found, _ = laid_out(html)

    said = " ".join(words(block) for block in found).replace("/", " ").replace("|", " ").split()
    for number, part in enumerate(parts):
        assert not part.startswith("<td") or any(f"w{number}e" in word for word in said)
    for block in found:
        if isinstance(block, Table):
            assert block.row_count <= MOST_ROWS and block.column_count <= MOST_COLUMNS
            assert block.column_count == max(cell.column for cell in block.cells) + 1


CELLS = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.text("abc 中", max_size=5), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


@settings(max_examples=200, deadline=None)
@given(CELLS)
@pytest.mark.slow
def test_every_sound_table_comes_through(cells: list[list[str]]) -> None:
    html = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)

    found, notes = rows(f"<table>{html}</table>")

    assert found == [[cell.strip() for cell in row] for row in cells]
    assert not notes


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ("<tr><td>a</td><td>b</td></tr>\n<tr><td>c</td><td>d</td></tr>\n\nafter", [["a", "b"], ["c", "d"]]),
        ("<td>a</td><td>b</td>\nafter", [["a", "b"]]),
        ("before\n<tr><td>a</td></tr>\nafter", [["a"]]),
    ],
)
def test_rows_without_the_tag_of_their_table_are_a_table(answer: str, rows: list[list[str]]) -> None:
    told = read(answer)

    (table,) = (block for block in told.blocks if isinstance(block, Table))
    assert table.rows() == rows
    assert told.count(Mend.TABLE_UNCLOSED) == 1
    assert [block.text for block in told.blocks if isinstance(block, Paragraph)] == [
        word for word in ("before", "after") if word in answer
    ]


def test_tags_of_tables_within_a_line_are_words() -> None:
    assert [getattr(block, "text", "") for block in read("a cell is <td> in HTML").blocks] == ["a cell is <td> in HTML"]


def test_a_tag_that_an_empty_line_tears_is_none_whenever_it_is_looked_at() -> None:
    before = "a figure\n\n## A heading\n<tab]le><captio"
    pieces = [before, "n>Table 1 |<table", "> Results</caption><tr>><td></td><td", " colspa", "n\n\n$$ ", "N_{valid}"]
    pieces += ['=\\lceil ="4">Nation<', "/td></tr></table>\n\n$$ N_{valid}=\\lceil N_{actual} \\rceil $$"]
    whole = read("".join(pieces))
    for looked_at in range(len(pieces)):
        stream = AnswerStream(AnswerForm.DOCUMENT, dialect=HUNYUAN, frame=PAGE)
        for index, piece in enumerate(pieces):
            stream.feed(piece)
            if index == looked_at:
                assert stream.blocks
        assert stream.finish(FinishReason.STOP) == whole, looked_at
