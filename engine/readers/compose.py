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
from engine.readers.frame import Frame
from engine.tasks.task import Task

DOUBTFUL = 0.80
"""Lines with a lower score are called doubtful."""
FOREIGN = 0.72
"""Where most of a page scores lower than this, its script is probably not one that the networks know."""


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
    blocks, warnings = _for_task(blocks, placed, task)
    return PageResult(
        number=number,
        width=frame.width,
        height=frame.height,
        unit=unit,
        reader=reader,
        blocks=blocks,
        lines=placed,
        warnings=(*warnings, *scores_warnings(placed), *_frame_warnings(frame, shrunk)),
        seconds=seconds,
        turned=frame.turned,
    )


def _for_task(
    blocks: tuple[AnyBlock, ...], lines: tuple[Line, ...], task: Task
) -> tuple[tuple[AnyBlock, ...], list[PageWarning]]:
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


def scores_warnings(lines: Sequence[Line]) -> list[PageWarning]:
    """Say when lines are doubtful, or when so many are that the script must be one the networks do not know."""
    doubtful = sum(line.score < DOUBTFUL for line in lines)
    foreign = sum(len(line.text) for line in lines if line.score < FOREIGN)
    warnings: list[PageWarning] = []
    if lines and 2 * foreign > sum(len(line.text) for line in lines):
        detail = "most of this page is in a script that the built-in reader does not know, or too unclear to read"
        warnings.append(PageWarning(WarningCode.SCRIPT_NOT_COVERED, detail))
    if doubtful:
        lines_are = "1 line is" if doubtful == 1 else f"{doubtful} lines are"
        warnings.append(PageWarning(WarningCode.DOUBTFUL_LINES, f"{lines_are} doubtful"))
    return warnings


def _frame_warnings(frame: Frame, shrunk: str) -> list[PageWarning]:
    warnings: list[PageWarning] = []
    if frame.turned:
        way = {90: "a quarter to the right", 180: "upside down", 270: "a quarter to the left"}[frame.turned]
        warnings.append(PageWarning(WarningCode.TURNED, f"the page was turned {way} to read it"))
    if shrunk:
        warnings.append(PageWarning(WarningCode.SHRUNK, shrunk))
    return warnings
