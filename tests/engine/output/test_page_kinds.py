"""Pages of many kinds, each with the one thing in it that was once read wrongly."""

from __future__ import annotations

from engine.output.blocks import AnyBlock, Box, Heading, Line, ListItem, Origin, Paragraph, Quad, Rule, Table
from engine.output.joining import text_width
from engine.output.layout import Arrangement, arrange

STORY = (
    "the surveyors came back with new instruments and a list of questions that ran to several pages and most of the "
    "answers were guesses about the spring that the miller was said to have closed in the year of the great flood "
)


def at(text: str, x: float, y: float, size: float = 10.0, *, bold: bool = False) -> Line:
    box = Box(x, y, x + text_width(text) * size, y + 1.2 * size)
    return Line(text, Quad.from_box(box), 1.0, Origin.TEXT_LAYER, bold)


def to(text: str, x: float, y: float) -> Line:
    return at(text, x - text_width(text) * 10, y)


def story(x: float, y: float, count: int, *, width: float = 440.0) -> list[Line]:
    """Full lines of running text, and a short one that ends it."""
    words = (STORY * count).split()
    lines = []
    for number in range(count):
        taken: list[str] = []
        while text_width(" ".join([*taken, words[0]])) * 10 <= width:
            taken.append(words.pop(0))
        lines.append(at(" ".join(taken), x, y + 14 * number))
    return [*lines, at("That was all.", x, y + 14 * count)]


def lay(*lines: Line, rules: tuple[Rule, ...] = ()) -> Arrangement:
    return arrange(lines, width=595.0, height=842.0, rules=rules)


def of(page: Arrangement, kind: type[AnyBlock]) -> list[str]:
    return [getattr(block, "text", "") for block in page.blocks if isinstance(block, kind)]


def rows_of(page: Arrangement) -> list[list[str]]:
    (table,) = [block for block in page.blocks if isinstance(block, Table)]
    return table.rows()


def box_rules(*boxes: tuple[float, float, float, float]) -> tuple[Rule, ...]:
    sides = []
    for x0, y0, x1, y1 in boxes:
        sides += [Rule(x0, y0, x1, y0), Rule(x0, y1, x1, y1), Rule(x0, y0, x0, y1), Rule(x1, y0, x1, y1)]
    return tuple(sides)


def test_a_title_of_two_lines_is_one_heading_wherever_it_was_broken() -> None:
    page = lay(
        at("On the Draining of Hillside Wells under", 100, 60, 18),
        at("Irregular Demand", 190, 82, 18),
        *story(60, 150, 6),
    )
    assert of(page, Heading) == ["On the Draining of Hillside Wells under Irregular Demand"]


def test_an_equation_and_a_bold_label_are_no_headings() -> None:
    page = lay(
        at("Notes", 60, 40, 16),
        at("Apologies: R. Tan", 60, 66, bold=True),
        *story(60, 80, 5),
        at("h(t) = q t / A", 120, 180, 13),
        *story(60, 220, 5),
    )
    assert of(page, Heading) == ["Notes"]


def test_entries_of_a_list_of_contents_stay_apart_with_leaders_and_without() -> None:
    titles = ["Installing the pump", "What is in the box", "Choosing a place", "First start", "Daily checks", "Faults"]
    # given: entries whose dots were drawn as one piece with their page
    dots = "." * 60
    leaders = lay(*[at(f"{title} {dots} {7 + at_}", 60, 100 + 18.0 * at_) for at_, title in enumerate(titles)])
    assert [text.rstrip("0123456789. ") for text in of(leaders, Paragraph)] == titles
    # given: number, title and page far apart
    lines = [at("Contents", 60, 50, 20)]
    for number, title in enumerate(titles):
        y = 100 + 18.0 * number
        lines += [at(f"{number + 1}", 60, y), at(title, 95, y), to(str(3 * number + 1), 520, y)]
    page = lay(*lines)
    assert of(page, Table) == []
    assert of(page, Heading) == ["Contents"]
    assert of(page, Paragraph) == [f"{number + 1} {title} {3 * number + 1}" for number, title in enumerate(titles)]


def test_sources_in_brackets_are_items() -> None:
    page = lay(
        *story(60, 100, 4),
        at("[1] A. Larkin, Wells and walls, 2011.", 60, 200),
        at(
            "[2] R. Tan and J. Whitfield, The Spring under the Mill, a second and larger edition, in two parts", 60, 214
        ),
        at("to name, 2019.", 60, 228),
        at("[3] M. Osei, Pumping at night, 2021.", 60, 242),
    )
    assert [block.marker for block in page.blocks if isinstance(block, ListItem)] == ["[1]", "[2]", "[3]"]
    assert of(page, ListItem)[1].endswith("to name, 2019.")


def test_text_further_in_than_an_item_is_not_swallowed_by_it() -> None:
    # given: items below an item, whose bullets are drawn and no letters
    page = lay(
        at("1. Treasurer", 60, 100),
        at("The balance stands at 4,210.55.", 100, 114),
        at("2. Maintenance", 60, 128),
        at("The fence was mended.", 100, 142),
        at("3. Membership", 60, 156),
    )
    assert of(page, ListItem) == ["Treasurer", "Maintenance", "Membership"]
    assert of(page, Paragraph) == ["The balance stands at 4,210.55.", "The fence was mended."]


def test_a_rule_across_the_page_ends_the_columns() -> None:
    # given: two entries over a rule, each above another column
    head = (at("Number 212", 60, 90), at("Autumn 2026", 460, 90))
    left, right = story(60, 120, 12, width=220), story(310, 120, 12, width=220)
    # when
    texts = of(lay(*head, *left, *right, rules=(Rule(60, 106, 540, 106),)), Paragraph)
    # then
    assert texts[:2] == ["Number 212", "Autumn 2026"]
    assert len(texts) == 4


def test_a_heading_over_nothing_but_a_table_is_one() -> None:
    lines = [at("Stock list", 60, 50, 14)]
    for row in range(12):
        y = 90 + 14.0 * row
        lines += [at(f"Bolt M{row}", 60, y), to(f"{17 * row + 3}", 220, y), to(f"{row}.50", 300, y)]
    assert of(lay(*lines), Heading) == ["Stock list"]


def test_wrapped_cells_without_rules_are_rows_of_a_table() -> None:
    lines = [at(text, x, 90, bold=True) for text, x in (("No.", 60), ("Risk", 110), ("Remedy", 300), ("Weight", 490))]
    for number in range(4):
        y = 112 + 40.0 * number
        lines += [at(f"R-{number}", 60, y), at("The well may run dry in a", 110, y), at("summer", 110, y + 12)]
        lines += [at("A second pump is bought", 300, y), at("and kept in the shed by", 300, y + 12)]
        lines += [at("the lane.", 300, y + 24), at("Low", 490, y)]
    rows = rows_of(lay(*lines))
    assert rows[0] == ["No.", "Risk", "Remedy", "Weight"]
    assert rows[1:] == [
        [
            f"R-{n}",
            "The well may run dry in a summer",
            "A second pump is bought and kept in the shed by the lane.",
            "Low",
        ]
        for n in range(4)
    ]


def test_boxes_of_a_form_are_no_table() -> None:
    names = ("Surname", "First names", "Town", "Postcode")
    lines, boxes = [], []
    for number, name in enumerate(names):
        y = 100 + 26.0 * number
        lines += [at(f"{name}:", 60, y + 3), at(name.upper()[::-1], 196, y + 3)]
        boxes.append((190.0, y, 480.0, y + 20))
    page = lay(*lines, rules=box_rules(*boxes))
    assert not [block for block in page.blocks if isinstance(block, Table) and block.ruled]
    text = " ".join(cell for row in rows_of(page) for cell in row) if of(page, Table) else " ".join(of(page, Paragraph))
    assert text == " ".join(f"{name}: {name.upper()[::-1]}" for name in names)


def test_the_empty_rest_of_a_frame_is_no_row() -> None:
    lines = [at(text, x, y) for y in (104.0, 124.0) for text, x in (("Item", 64.0), ("Shelf", 164.0))]
    frame = box_rules((60, 100, 260, 200))
    rules = (*frame, Rule(60, 120, 260, 120), Rule(60, 140, 260, 140), Rule(160, 100, 160, 140))
    assert rows_of(lay(*lines, rules=rules)) == [["Item", "Shelf"], ["Item", "Shelf"]]


def test_no_level_of_headings_is_left_out() -> None:
    page = lay(
        at("Minutes", 60, 40, 24),
        at("1 Water", 60, 90, 13, bold=True),
        *story(60, 112, 4),
        at("2 Hedges", 60, 200, 13, bold=True),
        *story(60, 222, 4),
    )
    assert [block.level for block in page.blocks if isinstance(block, Heading)] == [1, 2, 2]


def test_the_last_short_line_of_an_indented_chinese_paragraph_belongs_to_it() -> None:
    page = lay(
        at("第六条　其他", 60, 80),
        at("本合同一式两份，双方各执一份，自双方签字盖章之日起生效。未尽事宜，由双方另", 80, 110),
        at("行协商", 60, 128),
        at("甲方应当按照约定的时间和地点交付设备，乙方验收后出具收据，收据由双方代表签", 80, 146),
        at("字后生效。", 60, 164),
    )
    assert of(page, Paragraph)[-2:] == [
        "本合同一式两份，双方各执一份，自双方签字盖章之日起生效。未尽事宜，由双方另行协商",
        "甲方应当按照约定的时间和地点交付设备，乙方验收后出具收据，收据由双方代表签字后生效。",
    ]


def test_labels_over_figures_are_a_header_only_where_all_below_are_figures() -> None:
    def header(entries: list[tuple[str, str]]) -> int:
        lines = [at(name, 60, 100 + 15.0 * row) for row, (name, _) in enumerate(entries)]
        lines += [to(value, 300, 100 + 15.0 * row) for row, (_, value) in enumerate(entries)]
        (table,) = [block for block in lay(*lines).blocks if isinstance(block, Table)]
        return table.header_rows

    figures = [("Net amount", "310.00"), ("Tax", "62.00"), ("Total", "372.00")]
    assert header([("What", "Price"), *figures]) == 1
    assert header([("Customer:", "Novak"), *figures, ("Sent by:", "van")]) == 0
    assert header(figures) == 0


def test_a_table_across_two_columns_parts_them_and_keeps_its_caption() -> None:
    above = [*story(54, 60, 8, width=230), *story(306, 60, 8, width=230)]
    below = [*story(54, 320, 8, width=230), *story(306, 320, 8, width=230)]
    table = [at(text, x, 222) for text, x in (("Village", 60), ("2021", 290), ("2022", 400), ("2023", 480))]
    for row, name in enumerate(("Oakford", "Lower Stoke", "Mill Lane")):
        y = 238 + 14.0 * row
        table += [at(name, 60, y), *[at(f"{row}{x}.{row}", x, y) for x in (290, 400, 480)]]
    rules = tuple(Rule(54, y, 540, y) for y in (219.0, 236.0, 282.0))
    # when
    page = lay(*above, at("Table 1. Yields by village", 54, 204), *table, *below, rules=rules)
    # then
    assert [type(block).__name__ for block in page.blocks] == [
        *["Paragraph"] * 2,
        "Caption",
        "Table",
        *["Paragraph"] * 2,
    ]
    assert rows_of(page)[0] == ["Village", "2021", "2022", "2023"]


def test_parts_of_a_question_are_items_with_their_marks() -> None:
    lines = []
    for number in range(2):
        y = 100 + 60.0 * number
        lines += [at(f"{number + 1}", 60, y), at("A tank holds 400 litres of water.", 85, y)]
        for part, text in enumerate(("Find the rate of flow.", "How long does it take to fill it?")):
            lines += [at(f"({'ab'[part]})", 85, y + 15 * (part + 1)), at(text, 110, y + 15 * (part + 1))]
            lines += [at(f"[{part + 2}]", 515, y + 15 * (part + 1))]
    page = lay(*lines)
    assert of(page, Table) == []
    assert of(page, ListItem) == ["Find the rate of flow. [2]", "How long does it take to fill it? [3]"] * 2


def test_a_house_number_makes_no_heading() -> None:
    page = lay(at("Contact", 60, 60, 14, bold=True), at("14 Mill Lane", 60, 90), at("Oakford OX7 3QT", 60, 104))
    assert of(page, Heading) == ["Contact"]
