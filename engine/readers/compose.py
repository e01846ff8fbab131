"""Lines become a page: laid out in the upright frame, carried back to the page as shown, with what should be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.output.blocks import (
    AnyBlock,
    Box,
    Line,
    PageResult,
    PageWarning,
    Paragraph,
    Quad,
    Rule,
    Table,
    Unit,
    WarningCode,
)
from engine.output.page_frame import turn_words
from engine.readers.frame import Frame
from engine.tasks.task import Task

DOUBTFUL = 0.80
"""Lines with a lower score are called doubtful."""
FOREIGN = 0.72
"""A lower score than this, and the line is probably in a script that the networks do not know."""
SPARSE = 0.25
"""A line read as fewer characters than this for each of its heights in length was mostly not understood."""
MOSTLY = 0.5


def compose(
    lines: Sequence[Line],
    *,
    rules: Sequence[Rule] = (),
    figures: Sequence[Box] = (),
    frame: Frame,
    number: int,
    unit: Unit,
    task: Task,
    reader: str = "cpu",
    unknown: float = 0.0,
    shrunk: str = "",
    seconds: float = 0.0,
) -> PageResult:
    """Make a page of lines.

    Args:
        lines: In any order, quads in page units of the page as shown.
        rules: In the straightened, not yet turned page.
        figures: Places of pictures on the page as shown.
        frame: How the page becomes upright.
        number: The page's number.
        unit: The page's unit.
        task: DOCUMENT, TEXT (running text alone) or TABLE (tables alone).
        reader: Who read it.
        unknown: Which share of what was found could not be understood, see `unknown_share`.
        shrunk: What to say if the page was drawn smaller than wished.
        seconds: Wall time so far.
    """
    from engine.output.layout import arrange

    width, height = frame.upright_size
    arrangement = arrange(
        [replace(line, quad=frame.quad_to_upright(line.quad)) for line in lines],
        width=width,
        height=height,
        rules=[] if task is Task.TEXT else [frame.rule_to_upright(rule) for rule in rules],
        figures=[] if task is Task.TEXT else [frame.quad_to_upright(Quad.from_box(figure)).box for figure in figures],
    )
    placed = tuple(frame.line_to_page(line) for line in arrangement.lines)
    blocks = tuple(frame.block_to_page(block) for block in arrangement.blocks)
    blocks, warnings = _for_task(blocks, placed, task, unknown)
    return PageResult(
        number=number,
        width=frame.width,
        height=frame.height,
        unit=unit,
        reader=reader,
        blocks=blocks,
        lines=placed,
        warnings=(*warnings, *_doubtful(placed), *_frame_warnings(frame, shrunk)),
        seconds=seconds,
        turned=frame.turned,
    )


def _for_task(
    blocks: tuple[AnyBlock, ...], lines: tuple[Line, ...], task: Task, unknown: float
) -> tuple[tuple[AnyBlock, ...], list[PageWarning]]:
    if unknown > MOSTLY:
        detail = "most of this page is in a script that the built-in reader does not know, or too unclear to read"
        return blocks, [PageWarning(WarningCode.SCRIPT_NOT_COVERED, detail)]
    if not lines:
        return blocks, [PageWarning(WarningCode.NOTHING_FOUND, "no text was found on this page")]
    if task is Task.TABLE:
        tables = tuple(block for block in blocks if isinstance(block, Table))
        missing = [] if tables else [PageWarning(WarningCode.NOTHING_FOUND, "no table was found on this page")]
        return tables, missing
    if task is Task.TEXT:
        return tuple(_as_text(block, lines) for block in blocks if block.lines), []
    return blocks, []


def _as_text(block: AnyBlock, lines: tuple[Line, ...]) -> Paragraph:
    """Return any block as running text: a table's lines as they stand, one below the other."""
    if isinstance(block, Paragraph):
        return block
    text = "" if isinstance(block, Table) else getattr(block, "text", "")
    return Paragraph(block.box, block.lines, text=text or "\n".join(lines[index].text for index in block.lines))


def unknown_share(lines: Sequence[tuple[str, float, float]]) -> float:
    """Return which share of the lines (by length) was not understood: a bad score, or hardly a character.

    The networks leave out letters that they do not know; a line of Cyrillic may come back as one sure comma.

    Args:
        lines: Text, score, and length in line heights of each line, those read as nothing included.
    """
    whole = sum(length for _, _, length in lines)
    lost = sum(length for text, score, length in lines if score < FOREIGN or len(text.strip()) < SPARSE * length)
    return lost / whole if whole else 0.0


def _doubtful(lines: Sequence[Line]) -> list[PageWarning]:
    """Say how many lines are doubtful."""
    doubtful = sum(line.score < DOUBTFUL for line in lines)
    if not doubtful:
        return []
    return [
        PageWarning(
            WarningCode.DOUBTFUL_LINES, "1 line is doubtful" if doubtful == 1 else f"{doubtful} lines are doubtful"
        )
    ]


def _frame_warnings(frame: Frame, shrunk: str) -> list[PageWarning]:
    warnings: list[PageWarning] = []
    if frame.turned:
        warnings.append(PageWarning(WarningCode.TURNED, turn_words(frame.turned)))
    if shrunk:
        warnings.append(PageWarning(WarningCode.SHRUNK, shrunk))
    return warnings
