"""Reading order, paragraphs, headings, lists and captions of pages that were drawn for the purpose."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pymupdf
import pytest

from engine.output.blocks import (
    AnyBlock,
    Box,
    Caption,
    Figure,
    Heading,
    Line,
    ListItem,
    Origin,
    Paragraph,
    Quad,
    Table,
)
from engine.output.joining import text_width
from engine.output.layout import Arrangement, arrange

A4 = (595.0, 842.0)
STORY = (
    "The keepers of the hillside wrote down, tree by tree, when the buds opened and how long the fruit kept in the "
    "cellar. Nobody had asked them to, and nobody read what they wrote until the last of them was gone. "
)


def at(text: str, x: float, y: float, size: float = 10.0, *, bold: bool = False) -> Line:
    """A line of a text layer whose upper left corner is at (x, y)."""
    box = Box(x, y, x + text_width(text) * size, y + size)
    return Line(text, Quad.from_box(box), 1.0, Origin.TEXT_LAYER, bold)


def to(text: str, x: float, y: float, size: float = 10.0) -> Line:
    """A line that ends at x."""
    return at(text, x - text_width(text) * size, y, size)


def lay(*lines: Line, figures: tuple[Box, ...] = ()) -> Arrangement:
    return arrange(lines, width=A4[0], height=A4[1], figures=figures)


def texts(page: Arrangement) -> list[str]:
    return [getattr(block, "text", "") for block in page.blocks]


def of(page: Arrangement, kind: type[AnyBlock]) -> list[str]:
    return [getattr(block, "text", "") for block in page.blocks if isinstance(block, kind)]


def drawn_lines(page: pymupdf.Page) -> Iterator[Line]:
    """The lines of a drawn page as a text layer gives them."""
    for block in page.get_text("dict")["blocks"]:
        for line in block.get("lines", []):
            text = "".join(span["text"] for span in line["spans"]).strip()
            if text:
                bold = bool(line["spans"][0]["flags"] & 16)
                yield Line(text, Quad.from_box(Box(*line["bbox"])), 1.0, Origin.TEXT_LAYER, bold)


def drawn(boxes: list[tuple[tuple[float, float, float, float], str, float, str]]) -> Arrangement:
    """Draw text into boxes on an A4 page (place, text, size, font), and lay out what can be read back."""
    with pymupdf.open() as document:
        page = document.new_page(width=A4[0], height=A4[1])
        for place, text, size, font in boxes:
            assert page.insert_textbox(place, text, fontsize=size, fontname=font) >= 0
        return arrange(list(drawn_lines(page)), width=A4[0], height=A4[1])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_columns_are_read_one_after_the_other(count: int) -> None:
    # given: a title across, and columns whose lines stand side by side
    width = (495 - 20 * (count - 1)) / count
    paragraphs = [[f"Column {c} paragraph {p}. " + STORY * (1 + p % 2) for p in range(3)] for c in range(count)]
    boxes: list[tuple[tuple[float, float, float, float], str, float, str]] = [
        ((50, 50, 545, 90), "Forty Years of Notes", 20, "hebo")
    ]
    for column, words in enumerate(paragraphs):
        left = 50 + column * (width + 20)
        boxes.append(((left, 110, left + width, 760), "\n".join(text.strip() for text in words), 10, "helv"))
    # when
    page = drawn(boxes)
    # then
    assert texts(page) == ["Forty Years of Notes", *[text.strip() for words in paragraphs for text in words]]
    assert isinstance(page.blocks[0], Heading)


def test_a_band_across_parts_the_columns_above_from_those_below() -> None:
    halves = [((50, 280), "A"), ((310, 540), "B")]
    boxes: list[tuple[tuple[float, float, float, float], str, float, str]] = []
    for (left, right), name in halves:
        boxes.append(((left, 80, right, 300), f"{name} above. {STORY * 2}".strip(), 10, "helv"))
        boxes.append(((left, 420, right, 700), f"{name} below. {STORY * 2}".strip(), 10, "helv"))
    boxes.append(((50, 330, 540, 400), f"Across. {STORY}{STORY}".strip(), 10, "helv"))
    page = drawn(boxes)
    assert [text.split(".")[0] for text in texts(page)] == ["A above", "B above", "Across", "A below", "B below"]


def test_running_heads_and_page_numbers_stand_at_the_ends() -> None:
    page = drawn(
        [
            ((50, 20, 280, 40), "The Garden Notes", 9, "helv"),
            ((400, 20, 540, 40), "Volume 12", 9, "helv"),
            ((50, 70, 280, 700), ("Left. " + STORY * 4).strip(), 10, "helv"),
            ((310, 70, 540, 700), ("Right. " + STORY * 4).strip(), 10, "helv"),
            ((60, 800, 100, 820), "17", 9, "helv"),
        ]
    )
    assert [text[:5] for text in texts(page)] == ["The G", "Volum", "Left.", "Right", "17"]


def test_arabic_columns_are_read_from_the_right() -> None:
    left = [at("هذا هو العمود الأيسر من الصفحة", 60, 100 + 14 * n) for n in range(6)]
    right = [at("وهذا هو العمود الأيمن من الصفحة", 320, 100 + 14 * n) for n in range(6)]
    page = lay(*left, *right)
    assert [line.text for line in page.lines] == [line.text for line in (*right, *left)]
    assert all(isinstance(block, Paragraph) and block.rtl for block in page.blocks)


def test_pieces_of_a_hebrew_row_are_joined_from_the_right() -> None:
    page = lay(at("שלום", 200, 100), to("עולם", 196, 100), at("A page that is mostly English, though.", 60, 140))
    assert "שלום עולם" in texts(page)


def test_paragraphs_end_with_a_short_line_an_indent_or_a_gap() -> None:
    full = "The keepers of the hillside wrote down, tree by tree, when the"
    page = lay(
        at(full, 50, 100),
        at("buds opened.", 50, 113),
        at(full, 50, 126),
        at(full.replace("The", "the"), 50, 139),
        at(full, 65, 152),
        at(full.replace("The", "the"), 50, 165),
        at(full, 50, 190),
    )
    assert [len(block.lines) for block in page.blocks] == [2, 2, 2, 1]


def test_chinese_lines_are_joined_without_spaces() -> None:
    page = lay(
        at("　　租赁期限为十二个月，自二〇二三年九月一日起至二〇二四年八", 50, 100),
        at("月三十一日止。期满前，乙方可以书面提出续租ABC", 50, 116),
        at("设备。", 50, 132),
    )
    assert "二〇二四年八月三十一日止" in texts(page)[0]


def test_large_and_numbered_and_bold_lines_are_headings() -> None:
    body = [at("The keepers of the hillside wrote down tree by tree when it was.", 50, 180 + 13 * n) for n in range(5)]
    page = lay(
        at("A Large Title", 50, 60, 22),
        at("1 Introduction", 50, 110, 14),
        at("A paragraph of its own.", 50, 130),
        at("1.1 Bold and small", 50, 160, bold=True),
        *body,
        at("第三条 付款方式", 50, 270),
    )
    assert [(block.text, block.level) for block in page.blocks if isinstance(block, Heading)] == [
        ("A Large Title", 1),
        ("1 Introduction", 2),
        ("1.1 Bold and small", 3),
        ("第三条 付款方式", 3),
    ]


def test_lists_have_markers_levels_and_items_of_several_lines() -> None:
    page = lay(
        at("What to bring when you come to the orchard in spring:", 50, 80),
        at("• a ladder that reaches at least to the second branch of the", 60, 100),
        at("old trees, and somebody who holds it", 68, 113),
        at("– or a friend", 80, 126),
        at("– or two", 80, 139),
        at("• a basket", 60, 152),
        at("1. First the early kinds", 60, 180),
        at("2. Then the late ones", 60, 193),
    )
    items = [block for block in page.blocks if isinstance(block, ListItem)]
    assert [(item.marker, item.level) for item in items] == [
        ("•", 0),
        ("–", 1),
        ("–", 1),
        ("•", 0),
        ("1.", 0),
        ("2.", 0),
    ]
    assert items[0].text == (
        "a ladder that reaches at least to the second branch of the old trees, and somebody who holds it"
    )


def test_a_year_at_the_start_of_a_line_is_no_list() -> None:
    full = "The keepers of the hillside wrote down, tree by tree, until"
    page = lay(
        at(full, 50, 100),
        at("2024. Then they stopped, and nobody wrote down when the", 50, 113),
        at("last one.", 50, 126),
    )
    assert len(page.blocks) == 1 and isinstance(page.blocks[0], Paragraph)


def test_a_marker_that_stands_apart_belongs_to_its_item() -> None:
    page = lay(
        *[line for n in range(3) for line in (at("•", 50, 100 + 14 * n), at(f"item number {n}", 90, 100 + 14 * n))]
    )
    assert of(page, ListItem) == ["item number 0", "item number 1", "item number 2"]


def test_figures_captions_and_the_words_inside() -> None:
    figure = Box(50, 200, 300, 400)
    page = lay(
        at("Before the figure there is a line of text that says so.", 50, 150),
        at("axis", 60, 380),
        at("Figure 3. The orchard in spring", 50, 410),
        at("After it.", 50, 450),
        figures=(figure, Box(0, 0, 595, 842), Box(10, 10, 14, 14)),
    )
    assert [type(block) for block in page.blocks] == [Paragraph, Figure, Caption, Paragraph]
    assert of(page, Figure) == ["axis"]


def test_figure_in_a_sentence_is_no_caption() -> None:
    page = lay(at("Figure 3 shows that the crop grew.", 50, 100), at("Table 2: Crops", 50, 150))
    assert of(page, Caption) == ["Table 2: Crops"]


def test_a_list_of_contents_keeps_its_rows() -> None:
    rows = [("1 Introduction", "3"), ("2 Methods and materials", "7"), ("3 Results", "12"), ("4 Thanks", "40")]
    lines = [
        line
        for n, (name, number) in enumerate(rows)
        for line in (at(name, 60, 100 + 16 * n), to(number, 500, 100 + 16 * n))
    ]
    page = lay(*lines)
    assert not of(page, Table)
    assert [line.text for line in page.lines] == [text for row in rows for text in row]


def test_the_layout_needs_no_arrays_and_no_pictures() -> None:
    code = "import sys; import engine.output.layout; print({'numpy', 'cv2', 'pymupdf'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_a_note_in_the_margin_is_read_apart() -> None:
    main = [at("The keepers of the hillside wrote down, tree by tree, when they", 150, 100 + 13 * n) for n in range(12)]
    page = lay(at("Of the buds", 60, 100), at("Of the mill", 60, 180), *main)
    assert [line.text for line in page.lines][:2] == ["Of the buds", "Of the mill"]


def test_the_short_end_of_a_paragraph_across_stays_out_of_the_columns() -> None:
    abstract = [at("The keepers of the hillside wrote down, tree by tree, when the buds opened, and ", 50, 60)]
    abstract += [at("who.", 50, 73)]
    left = [at("the keepers wrote down when the buds were", 50, 110 + 13 * n) for n in range(8)]
    right = [at("the last of them was gone when somebody", 320, 110 + 13 * n) for n in range(8)]
    page = lay(*abstract, *left, *right)
    assert len(page.blocks[0].lines) == 2
    assert [line.text for line in page.lines[2:10]] == [line.text for line in left]


def test_numbered_lines_with_text_of_their_own_are_headings() -> None:
    lines: list[Line] = []
    for n, name in enumerate(("Water", "The long hedge", "Accounts")):
        top = 60 + 60 * n
        lines.append(at(f"{n + 1}. {name}", 50, top))
        lines += [
            at("The keepers of the hillside wrote down, tree by tree, when they", 50, top + 16 + 13 * k) for k in (0, 1)
        ]
    page = lay(*lines)
    assert of(page, Heading) == ["1. Water", "2. The long hedge", "3. Accounts"]
