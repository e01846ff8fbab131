from __future__ import annotations

import pytest

from engine.output.blocks import Box, Line, Paragraph, Quad, WarningCode
from engine.readers.compose import compose, unknown_share
from engine.readers.frame import Frame
from engine.tasks.task import Task


def line(text: str, y: float, score: float = 0.99) -> Line:
    return Line(text, Quad.from_box(Box(20, y, 220, y + 12)), score)


@pytest.mark.parametrize(
    ("lines", "known"),
    [
        ([("The quick brown fox jumps over", 0.99, 18.0)], True),
        ([("甲方应当支付货款", 0.99, 9.0)], True),
        ([(",", 0.95, 30.0), ("", 0.0, 28.0)], False),  # Cyrillic, Arabic: letters left out
        ([("w わ わh号 0 & 0", 0.57, 20.0)], False),  # Hangul
        ([("A heading", 0.99, 8.0), ("A line below it that is long", 0.98, 20.0), (",", 0.9, 20.0)], True),
        ([], True),
    ],
)
def test_a_script_is_unknown_when_most_of_the_page_was_not_understood(
    lines: list[tuple[str, float, float]], known: bool
) -> None:
    assert (unknown_share(lines) <= 0.5) is known


def test_a_page_says_what_should_be_known_about_its_reading() -> None:
    lines = [line("First line of the page", 20), line("a d0ubtfu1 one", 40, 0.6)]
    page = compose(
        lines, frame=Frame(300, 400, 180), number=3, unit="px", task=Task.DOCUMENT, shrunk="drawn small", seconds=1.5
    )
    assert [warning.code for warning in page.warnings] == [
        WarningCode.DOUBTFUL_LINES,
        WarningCode.TURNED,
        WarningCode.SHRUNK,
    ]
    assert (page.number, page.width, page.height, page.unit, page.turned) == (3, 300, 400, "px", 180)


def test_an_unknown_script_is_not_called_an_empty_page() -> None:
    page = compose([], frame=Frame(300, 400), number=1, unit="px", task=Task.DOCUMENT, unknown=0.9)
    assert [warning.code for warning in page.warnings] == [WarningCode.SCRIPT_NOT_COVERED]


def test_blocks_name_the_lines_they_were_made_of() -> None:
    lines = [line(f"line number {number} of a paragraph", 20 + 14 * number) for number in range(4)]
    page = compose(lines[::-1], frame=Frame(300, 400), number=1, unit="px", task=Task.TEXT)
    (paragraph,) = page.blocks
    assert isinstance(paragraph, Paragraph)
    assert [page.lines[index].text for index in paragraph.lines] == [item.text for item in lines]
    assert paragraph.box.contains(120, 40)
