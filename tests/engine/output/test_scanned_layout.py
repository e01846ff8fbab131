"""Layout of recognised lines: boxed with a rim, never quite even, without any word on weight."""

from __future__ import annotations

from engine.output.blocks import Box, Heading, Line, Origin, Paragraph, Quad
from engine.output.joining import text_width
from engine.output.layout import Arrangement, arrange

STORY = (
    "the keepers of the hillside wrote down tree by tree when the buds opened and how long the fruit kept in the cellar"
    " while nobody had asked them to and nobody read what they wrote until the last of them was gone from the village"
)
WORDS = STORY.split()


def seen(text: str, x: float, y: float, *, size: float = 10.0, width: float | None = None) -> Line:
    """A recognised line whose ink begins at (x, y); `width` is that of its ink, as in justified text."""
    rim = 0.2 * 1.3 * size
    wide = text_width(text) * size if width is None else width
    box = Box(x - rim, y - 0.15 * size, x + wide + rim, y + 1.15 * size)
    return Line(text, Quad.from_box(box), 0.98, Origin.PICTURE)


def column(x: float, y: float, count: int, *, width: float, start: int = 0, last: str = "") -> list[Line]:
    """So many full lines of justified text, and a short last one."""
    lines = []
    at = start
    for number in range(count):
        words: list[str] = []
        while text_width(" ".join([*words, WORDS[at % len(WORDS)]])) * 10 <= width:
            words.append(WORDS[at % len(WORDS)])
            at += 1
        lines.append(seen(" ".join(words), x, y + 14 * number, width=width))
    return [*lines, seen(last, x, y + 14 * count)] if last else lines


def lay(lines: list[Line]) -> Arrangement:
    return arrange(lines, width=595.0, height=842.0)


def of(page: Arrangement, kind: type[Heading | Paragraph]) -> list[str]:
    return [block.text for block in page.blocks if isinstance(block, kind)]


def test_scanned_columns_with_a_narrow_gap_are_read_one_after_the_other() -> None:
    # given: three columns with 11 points of white between them, of which the rims leave a third
    lines = [seen("The Hillside Herald", 60, 50, size=30)]
    for number in range(3):
        lines += column(60 + 160 * number, 120 + 5 * number, 20, width=149, start=7 * number, last=f"end{number}.")
    # when
    paragraphs = of(lay(lines), Paragraph)
    # then
    assert len(paragraphs) == 3
    assert [text.rsplit(maxsplit=1)[-1] for text in paragraphs] == ["end0.", "end1.", "end2."]


def test_spaces_in_one_column_of_scanned_text_are_no_corridor() -> None:
    # given: words that stand apart at the same place in line after line, each recognised as two pieces
    lines = []
    for number, line in enumerate(column(60, 120, 3, width=440)):
        words = line.text.split()
        half = len(words) // 2
        y = 120 + 14.0 * number
        lines.append(seen(" ".join(words[:half]), 60, y, width=200))
        lines.append(seen(" ".join(words[half:]), 268, y, width=232))
    # when
    paragraphs = of(lay(lines), Paragraph)
    # then
    assert len(paragraphs) == 1


def test_a_line_boxed_too_long_does_not_end_the_columns() -> None:
    # given: two columns, in the midst of which one line is boxed far into the white between them
    left, right = column(60, 120, 16, width=230, last="left."), column(301, 122, 16, width=230, start=9, last="right.")
    long = right[8]
    right[8] = Line(long.text, Quad.from_box(Box(292, long.box.y0, long.box.x1, long.box.y1)), 0.98, Origin.PICTURE)
    # when
    paragraphs = of(lay([*left, *right]), Paragraph)
    # then
    assert [text.rsplit(maxsplit=1)[-1] for text in paragraphs] == ["left.", "right."]


def test_centred_lines_with_room_to_spare_stay_apart() -> None:
    # given: the head of a receipt, over entries that fill its width
    def centred(text: str, y: float) -> Line:
        return seen(text, 180 - text_width(text) * 5, y)

    head = ["12 High Street, Oakford", "VAT GB 221 4402 19", "Open every day"]
    lines = [centred(text, 60 + 18 * number) for number, text in enumerate(head)]
    for row in range(6):
        lines += [seen("Bread and apples", 60, 140 + 18 * row), seen(f"{row}.35", 280, 140 + 18 * row)]
    # when, then
    assert of(lay(lines), Paragraph) == head


def test_short_lines_in_capitals_are_headings_of_the_text_below_them() -> None:
    lines = [
        seen("II. MODEL", 240, 60),
        *column(60, 84, 4, width=440, last="done."),
        seen("REFERENCES", 240, 164),
        *column(60, 188, 4, width=440, last="done."),
        seen("BSC OX7", 60, 280),
        seen("云杉镇公共仪器库", 60, 310),
        *column(60, 334, 4, width=440, last="done."),
    ]
    assert of(lay(lines), Heading) == ["II. MODEL", "REFERENCES"]
