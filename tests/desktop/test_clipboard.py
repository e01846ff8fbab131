"""Copying: a spreadsheet takes a table whole, changes no text and runs nothing."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.clipboard import Area, Grid, Words, is_formula, must_stay_text, pieces_to_mime, table_html, table_tsv
from desktop.views.table_view import table_csv
from engine.output.blocks import Box, Cell, Table
from tests.support.readings import ACCOUNT, MARKUP, SCRIPT, TABLE, rich_page

BOX = Box(0, 0, 1, 1)


class Grids(HTMLParser):
    """Lays tables out as a browser or a spreadsheet does, and notes how each cell is marked."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.places: dict[tuple[int, int], tuple[str, dict[str, str | None]]] = {}
        self.taken: set[tuple[int, int]] = set()
        self.tags: list[str] = []
        self._row = -1
        self._at: tuple[int, int] | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "tr":
            self._row += 1
        elif tag in ("td", "th"):
            column = next(c for c in range(10_000) if (self._row, c) not in self.taken)
            self._at = (self._row, column)
            self.places[self._at] = ("", given)
            for row in range(int(given.get("rowspan") or 1)):
                for more in range(int(given.get("colspan") or 1)):
                    self.taken.add((self._row + row, column + more))
        elif tag == "br" and self._at is not None:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._at = None

    def handle_data(self, data: str) -> None:
        if self._at is not None:
            text, given = self.places[self._at]
            self.places[self._at] = (text + data, given)

    def is_text(self, row: int, column: int) -> bool:
        given = self.places[row, column][1]
        return "mso-number-format:'\\@'" in (given.get("style") or "") and given.get("sdnum") == "1033;0;@"


def rich_table() -> Table:
    table = rich_page().blocks[TABLE]
    assert isinstance(table, Table)
    return table


def one_cell(text: str) -> Table:
    return Table(BOX, (), 1, 1, (Cell(0, 0, text),))


def test_a_table_arrives_as_a_grid_with_its_spans() -> None:
    table = rich_table()
    grid = Grids(table_html(table))

    for cell in table.cells:
        text, given = grid.places[cell.row, cell.column]
        assert text == cell.text
        assert int(given.get("rowspan") or 1) == cell.row_span
        assert int(given.get("colspan") or 1) == cell.column_span
    assert grid.taken == {(row, column) for row in range(4) for column in range(4)}


def test_long_numbers_and_formulas_are_marked_as_text_and_amounts_are_not() -> None:
    grid = Grids(table_html(rich_table()))

    assert grid.is_text(1, 1) and grid.places[1, 1][0] == ACCOUNT
    assert grid.is_text(3, 1) and grid.places[3, 1][0] == SCRIPT
    assert grid.is_text(2, 1)
    assert not grid.is_text(1, 2) and not grid.is_text(3, 2)
    assert "#\\,\\#\\#0\\.00" in (grid.places[1, 2][1].get("style") or "")


def test_markup_in_a_cell_stays_text() -> None:
    grid = Grids(table_html(rich_table()))

    assert grid.places[3, 3][0] == MARKUP
    assert "img" not in grid.tags and "b" not in grid.tags


@pytest.mark.parametrize(
    "text",
    [
        "000123", "0123", "-012", "1234567890123456", "6222 0212 3456 7890 123", "1-2", "3/4", "10-12", "03/04/2026",
        "1.2.3", "2E10", "1e5", "=1+1", "+A1", "-A1", "@SUM(A1)", "＝1+1", " =1", "+86 138 0000 0000", "4:3", "2:30:05",
        "1 1/2", "MAR1", "1-Mar", "Dec-26", "Sept 5, 2026", "(1)", "０１２３",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_change_stays_text(text: str) -> None:
    assert must_stay_text(text)


@pytest.mark.parametrize(
    "text",
    ["12", "-5", "+5", "1,250.00", "-1,250.00", "12.50", "12.5%", "0", "0.5", "0,5", "-0.75", "123456789012345", "",
     "plain", "2026-11-22", "Marble", "no. 5", "A1", "Room 12", "(1,250.00)", "-", "—", "合同"],
)  # fmt: skip
def test_numbers_and_plain_words_are_left_alone(text: str) -> None:
    assert not must_stay_text(text)


def test_tab_separated_text_reads_back_as_the_grid() -> None:
    rows = list(csv.reader(io.StringIO(table_tsv(rich_table())), delimiter="\t"))

    assert rows[1] == ["Rent", ACCOUNT, "1,250.00", "CNY"]
    assert rows[2] == ["", "1-2", "80.50", ""]  # what the merged cell covers is blank
    assert rows[3] == ["two\nlines", "'" + SCRIPT, "-5", MARKUP]


def test_a_part_of_a_table_is_cut_through_merged_cells() -> None:
    table, area = rich_table(), Area(2, 0, 3, 1)

    assert table_tsv(table, area).splitlines()[0] == "Rent\t1-2"
    grid = Grids(table_html(table, area))
    assert grid.places[0, 0] == ("Rent", {})
    assert grid.taken == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_running_text_keeps_its_kind_and_loses_nothing() -> None:
    mime = pieces_to_mime(
        [
            Words("A <b>title</b>", "h1"),
            Words("(a) one", "li"),
            Words("(b) two", "li"),
            Words("مرحبا", rtl=True),
            Grid(rich_table(), Area(1, 2, 1, 3)),
        ]
    )

    assert mime.text() == "A <b>title</b>\n(a) one\n(b) two\nمرحبا\n1,250.00\tCNY"
    html = mime.html()
    assert "<h1>A &lt;b&gt;title&lt;/b&gt;</h1>" in html
    assert html.count("<ul") == html.count("</ul>") == 1
    assert '<p dir="rtl">مرحبا</p>' in html


def test_csv_is_for_excel_and_runs_nothing() -> None:
    rows = list(csv.reader(io.StringIO(table_csv(rich_table()))))

    assert rows[3][1] == "'" + SCRIPT
    assert rows[1][1] == ACCOUNT


@given(st.text(max_size=40))
@example("=\x1b")
def test_no_text_becomes_a_formula_or_markup_or_leaves_its_cell(text: str) -> None:
    table = one_cell(text)
    grid = Grids(table_html(table))
    (row,) = list(csv.reader(io.StringIO(table_tsv(table), newline=""), delimiter="\t")) or [[""]]

    assert set(grid.tags) <= {"table", "tr", "td", "br"}
    assert len(grid.places) == 1 and len(row) == 1
    assert not is_formula(row[0])
    if is_formula(text):
        assert grid.is_text(0, 0)


@given(
    cells=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 3), st.integers(1, 3)), max_size=8)
)
def test_every_row_is_as_wide_as_the_table(cells: list[tuple[int, int, int, int]]) -> None:
    taken: set[tuple[int, int]] = set()
    kept: list[Cell] = []
    for row, column, height, width in cells:
        places = {(row + r, column + c) for r in range(height) for c in range(width)}
        if not places & taken and max(p[0] for p in places) < 5 and max(p[1] for p in places) < 5:
            taken |= places
            kept.append(Cell(row, column, "x", height, width))
    table = Table(BOX, (), 5, 5, tuple(kept))

    assert Grids(table_html(table)).taken == {(row, column) for row in range(5) for column in range(5)}
    assert [line.count("\t") for line in table_tsv(table).split("\n")] == [4] * 5
