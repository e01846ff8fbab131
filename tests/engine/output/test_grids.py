"""Tables, ruled and not, against the grids they were drawn from; and what must not be taken for a table."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.output.blocks import Box, Heading, Line, Origin, Paragraph, Quad, Rule, Table
from engine.output.joining import text_width
from engine.output.layout import Arrangement, arrange

SIZE = 10.0


def at(text: str, x: float, y: float, *, bold: bool = False) -> Line:
    return Line(text, Quad.from_box(Box(x, y, x + text_width(text) * SIZE, y + SIZE)), 1.0, Origin.TEXT_LAYER, bold)


def to(text: str, x: float, y: float) -> Line:
    return at(text, x - text_width(text) * SIZE, y)


def lay(lines: Sequence[Line], rules: Sequence[Rule] = (), figures: Sequence[Box] = ()) -> Arrangement:
    return arrange(lines, width=595, height=842, rules=rules, figures=figures)


def tables(page: Arrangement) -> list[Table]:
    return [block for block in page.blocks if isinstance(block, Table)]


def lattice(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    """Every border of a grid as a rule of its own."""
    return [Rule(xs[0], y, xs[-1], y) for y in ys] + [Rule(x, ys[0], x, ys[-1]) for x in xs]


def filled(rows: Sequence[Sequence[str]], xs: Sequence[float], ys: Sequence[float]) -> list[Line]:
    return [at(text, xs[c] + 4, ys[r] + 5) for r, row in enumerate(rows) for c, text in enumerate(row) if text]


ROWS = [["Month", "Adults", "Children"], ["May", "412", "198"], ["June", "1,874", ""], ["July", "3,655", "2,987"]]
XS, YS = (50.0, 150.0, 250.0, 350.0), (100.0, 120.0, 140.0, 160.0, 180.0)


def test_a_ruled_table_is_its_grid() -> None:
    page = lay(filled(ROWS, XS, YS), lattice(XS, YS))
    (table,) = tables(page)
    assert table.rows() == ROWS
    assert table.ruled and table.header_rows == 1
    assert table.box == Box(50, 100, 350, 180)


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_borders_in_pieces_doubled_and_a_little_off_make_the_same_grid(shift: float) -> None:
    rules: list[Rule] = []
    for row in range(4):
        for column in range(3):
            x0, x1, y0, y1 = XS[column], XS[column + 1] - shift, YS[row], YS[row + 1] - shift
            rules += [
                Rule(x0, y0, x1, y0 + shift / 2),
                Rule(x0, y1, x1, y1),
                Rule(x0, y0, x0, y1),
                Rule(x1, y0, x1, y1),
            ]
    (table,) = tables(lay(filled(ROWS, XS, YS), rules))
    assert table.rows() == ROWS


def test_missing_edges_make_spans() -> None:
    # given: "Visitors" over two columns, "Month" over two rows
    ys = YS[:4]
    rules = [
        *[Rule(50, y, 350, y) for y in (ys[0], ys[2], ys[3])],
        Rule(150, ys[1], 350, ys[1]),
        *[Rule(x, ys[0], x, ys[3]) for x in (50, 150, 350)],
        Rule(250, ys[1], 250, ys[3]),
    ]
    lines = [at("Month", 54, 115), at("Visitors", 200, 105), at("Adults", 154, 125), at("Children", 254, 125)]
    lines += [at("May", 54, 145), at("412", 154, 145), at("198", 254, 145)]
    (table,) = tables(lay(lines, rules))
    spans = {
        (c.row, c.column): (c.row_span, c.column_span) for c in table.cells if (c.row_span, c.column_span) != (1, 1)
    }
    assert spans == {(0, 0): (2, 1), (0, 1): (1, 2)}
    assert table.rows() == [["Month", "Visitors", ""], ["", "Adults", "Children"], ["May", "412", "198"]]
    assert table.header_rows == 2


def test_open_sides_are_closed() -> None:
    rules = [Rule(50, y, 350, y) for y in YS] + [Rule(x, YS[0], x, YS[-1]) for x in XS[1:3]]
    (table,) = tables(lay(filled(ROWS, XS, YS), rules))
    assert table.rows() == ROWS


def test_two_tables_and_the_text_between() -> None:
    lower = [y + 150 for y in YS]
    lines = [*filled(ROWS, XS, YS), at("Between the tables.", 50, 210), *filled(ROWS, XS, lower)]
    page = lay(lines, [*lattice(XS, YS), *lattice(XS, lower)])
    assert [type(block) for block in page.blocks] == [Table, Paragraph, Table]


def test_a_line_across_a_border_is_split_at_it() -> None:
    xs, ys = (50.0, 100.0, 200.0), (100.0, 120.0, 140.0)
    lines = [at("数量", 60, 105), at("单价", 110, 105)]
    whole = Line("12台960.00", Quad.from_box(Box(75, 125, 130, 135)), 0.9, Origin.PICTURE)
    page = lay([*lines, whole], lattice(xs, ys))
    (table,) = tables(page)
    assert table.rows() == [["数量", "单价"], ["12台", "960.00"]]
    left, right = (page.lines[cell.lines[0]] for cell in table.cells if cell.row == 1)
    assert left.box.x1 == pytest.approx(100) and right.box.x0 == pytest.approx(100)
    assert left.score == right.score == 0.9


def test_wrapped_text_in_a_cell_is_joined_and_entries_are_not() -> None:
    xs, ys = (50.0, 150.0, 250.0), (100.0, 120.0, 160.0)
    lines = [at("What", 54, 105), at("Where", 154, 105)]
    lines += [at("Umbrella with a", 54, 125), at("wooden handle", 54, 138), at("Hut", 154, 125), at("Shed", 154, 138)]
    (table,) = tables(lay(lines, lattice(xs, ys)))
    assert table.rows()[1] == ["Umbrella with a wooden handle", "Hut\nShed"]


def test_a_frame_round_a_note_is_no_table() -> None:
    note = [at(f"This note stands in a box, line {n} of it is here.", 60, 110 + 13 * n) for n in range(3)]
    page = lay(note, lattice((50, 400), (100, 155)))
    assert not tables(page) and len(page.lines) == 3


def test_a_frame_round_the_page_and_an_underline_change_nothing() -> None:
    lines = [
        at("A Title", 60, 60),
        *[at("The keepers wrote down when the buds opened.", 60, 100 + 13 * n) for n in range(4)],
    ]
    page = lay(lines, [*lattice((20, 575), (20, 822)), Rule(60, 71, 95, 71)])
    assert page == lay(lines)


def test_rules_across_alone_make_a_table_by_its_columns() -> None:
    lines = [at("Name", 60, 105), at("Place", 260, 105)]
    lines += [
        at("The red barn", 60, 125),
        at("by the mill", 260, 125),
        at("The long hedge", 60, 140),
        at("near the rails", 260, 140),
    ]
    page = lay(lines, [Rule(50, y, 400, y) for y in (100, 120, 155)])
    (table,) = tables(page)
    assert table.rows() == [["Name", "Place"], ["The red barn", "by the mill"], ["The long hedge", "near the rails"]]
    assert table.header_rows == 1


def test_rows_without_rules_between_them_are_told_by_their_figures() -> None:
    rows = [
        ["Article", "Qty", "Amount"],
        ["Laid paper", "40", "740.00"],
        ["Wheat paste", "2", "35.80"],
        ["Sum", "", "775.80"],
    ]
    ys = [100.0, 120.0, 138.0, 156.0]
    (table,) = tables(lay(filled(rows, XS, ys), lattice(XS, (100, 120, 180))))
    assert table.rows() == rows and table.header_rows == 1


def test_bold_labels_name_the_rows() -> None:
    lines = [at(label, 60, 100 + 16 * n, bold=True) for n, label in enumerate(("Name", "Room", "Town"))]
    lines += [at(value, 200, 100 + 16 * n) for n, value in enumerate(("Ingrid Solheim", "2.17", "Port Mellin"))]
    (table,) = tables(lay(lines))
    assert table.rows() == [["Name", "Ingrid Solheim"], ["Room", "2.17"], ["Town", "Port Mellin"]]
    assert table.header_rows == 0


def test_a_word_on_a_stray_stroke_joins_the_cells_beside_it() -> None:
    # given: a stroke of a letter that was taken for a border between two empty halves of a head
    ys = YS[:3]
    lines = [
        at("Month", 54, 105),
        at("Quantity", 232, 105),
        at("May", 54, 125),
        at("412", 154, 125),
        at("198", 254, 125),
    ]
    page = lay(lines, lattice(XS, ys))
    (table,) = tables(page)
    assert table.rows() == [["Month", "Quantity", ""], ["May", "412", "198"]]
    assert [line.text for line in page.lines] == ["Month", "Quantity", "May", "412", "198"]


def test_text_that_runs_over_rules_makes_no_table() -> None:
    line = at("Knead it with the flour, the sugar, the butter, the egg and the salt", 50, 105)
    assert not tables(lay([line], lattice((45, 120, 400), (100, 120))))


def columns(
    rows: Sequence[Sequence[str]], starts: Sequence[float], *, y: float = 100.0, pitch: float = 16.0
) -> list[Line]:
    """Rows without borders: the first column from its left edge, figures to their right edge."""
    lines = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text:
                right = c > 0 and any(char.isdigit() for char in text)
                lines.append((to(text, starts[c] + 60, y + r * pitch)) if right else at(text, starts[c], y + r * pitch))
    return lines


def test_aligned_figures_are_a_table_without_borders() -> None:
    rows = [["Article", "Sent", "Price", "Total"], ["Laid paper, grey", "20", "18.50", "370.00"]]
    rows += [
        ["Marbled endpaper", "55", "4.25", "233.75"],
        ["Wheat paste", "", "17.90", "35.80"],
        ["Sum", "", "", "639.55"],
    ]
    before, after = (
        at("The following was sent on the second of May by van.", 50, 60),
        at("Thank you very much.", 50, 210),
    )
    page = lay([before, *columns(rows, (50, 200, 300, 400)), after])
    assert [type(block) for block in page.blocks] == [Paragraph, Table, Paragraph]
    (table,) = tables(page)
    assert table.rows() == rows
    assert table.header_rows == 1 and not table.ruled


def test_a_cell_that_runs_over_stays_one_cell() -> None:
    lines = columns([["1", "Laid paper, cream", "40", "740.00"]], (50, 90, 260, 360))
    lines += [at("ninety grams", 90, 112)]
    lines += columns(
        [["2", "Wheat paste", "2", "35.80"], ["3", "Delivery", "1", "12.00"]], (50, 90, 260, 360), y=132, pitch=20
    )
    (table,) = tables(lay(lines))
    assert [row[1] for row in table.rows()] == ["Laid paper, cream ninety grams", "Wheat paste", "Delivery"]


def test_labels_and_values_are_a_table_of_two_columns() -> None:
    rows = [["Name:", "Ingrid Solheim"], ["Street:", "Ropewalk"], ["Town:", "Port Mellin"]]
    (table,) = tables(lay(columns(rows, (60, 200))))
    assert table.rows() == rows and table.header_rows == 0


def test_two_addresses_side_by_side_are_two_columns_of_text() -> None:
    left, right = ["Ingrid Solheim", "Ropewalk", "Port Mellin"], ["Edmund Tarrow", "Harbour Street", "Port Mellin"]
    page = lay(
        [at(t, 60, 100 + 14 * n) for n, t in enumerate(left)] + [at(t, 350, 100 + 14 * n) for n, t in enumerate(right)]
    )
    assert not tables(page)
    assert [line.text for line in page.lines] == left + right


def test_running_text_in_columns_is_no_table() -> None:
    words = "the keepers wrote down when the buds"
    lines = [at(words, x, 100 + 13 * n) for x in (50, 230, 410) for n in range(9)]
    assert not tables(lay(lines))


def test_a_table_within_a_column_beside_running_text() -> None:
    rows = [["Year", "Crop"], ["1983", "412"], ["1984", "377"], ["1985", "455"]]
    left = [at("the keepers wrote down when the buds were", 50, 100 + 13 * n) for n in range(6)]
    left += columns(rows, (60, 140), y=200)
    left += [at("and so it went on for many more years in", 50, 290 + 13 * n) for n in range(6)]
    right = [at("the last of them was gone when somebody came", 320, 96 + 13 * n) for n in range(20)]
    page = lay(left + right)
    (table,) = tables(page)
    assert table.rows() == rows
    assert [line.text for line in page.lines][-20:] == [line.text for line in right]


def test_columns_of_an_arabic_table_count_from_the_left_as_seen() -> None:
    lines = []
    for n, (name, number) in enumerate([("تفاح", "12.50"), ("برتقال", "7.25"), ("عنب", "103.00"), ("تين", "8.75")]):
        lines += [to(name, 500, 100 + 16 * n), at(number, 300, 100 + 16 * n)]
    (table,) = tables(lay(lines))
    assert table.rows()[0] == ["12.50", "تفاح"]


def test_an_empty_chart_grid_is_no_table() -> None:
    page = lay([at("0", 52, 182), at("A heading of some kind", 50, 60)], lattice(XS, YS))
    assert not tables(page)
    assert not any(isinstance(block, Heading) for block in page.blocks)
