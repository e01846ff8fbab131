"""Block, Line, Table, Box, PageResult: what a page says, in the page's own units, whoever read it.

Units: every coordinate is in **page units** with the origin at the top left of the page as it is shown (rotation and
EXIF orientation already applied): points (1/72 inch) for PDF pages (`unit == "pt"`), pixels for pictures (`"px"`).
Pages, rows and columns: page numbers count from 1, rows and columns from 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

Unit = Literal["pt", "px"]


class Point(NamedTuple):
    """A place on the page, in page units."""

    x: float
    y: float


class Box(NamedTuple):
    """An upright rectangle in page units; `x0 <= x1`, `y0 <= y1`."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Page units from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Page units from top to bottom."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Square page units."""
        return self.width * self.height

    def contains(self, x: float, y: float) -> bool:
        """Tell whether the place (x, y) lies in the box, its edges included."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def united(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def overlap(self, other: Box) -> float:
        """Return the shared area in square page units, 0.0 where they do not meet."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, width) * max(0.0, height)


class Quad(NamedTuple):
    """Four corners of a line in reading direction: start-top, end-top, end-bottom, start-bottom."""

    a: Point
    b: Point
    c: Point
    d: Point

    @property
    def box(self) -> Box:
        """The smallest upright box around the four corners."""
        xs = (self.a.x, self.b.x, self.c.x, self.d.x)
        ys = (self.a.y, self.b.y, self.c.y, self.d.y)
        return Box(min(xs), min(ys), max(xs), max(ys))

    @classmethod
    def from_box(cls, box: Box) -> Quad:
        """Return the box's corners for a line that runs from left to right."""
        return cls(Point(box.x0, box.y0), Point(box.x1, box.y0), Point(box.x1, box.y1), Point(box.x0, box.y1))


class Origin(StrEnum):
    """Where a line's characters came from."""

    TEXT_LAYER = "text"  # the document's own text
    PICTURE = "picture"  # recognised from pixels


class Kind(StrEnum):
    """What a block is; the value is what stands in the JSON."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    CAPTION = "caption"
    TABLE = "table"
    FORMULA = "formula"
    FIGURE = "figure"
    CHART = "chart"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands on the page.

    `score` is the reader's confidence from 0.0 to 1.0; 1.0 for a text layer. `text` is in logical order.
    """

    text: str
    quad: Quad
    score: float = 1.0
    origin: Origin = Origin.PICTURE
    bold: bool = False

    @property
    def box(self) -> Box:
        """The upright box around the line."""
        return self.quad.box


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line drawn on the page, horizontal or vertical, in page units."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Block:
    """Base of all blocks: its place, and which of the page's lines it was made of (indices into `PageResult.lines`).

    Where a reader says what stands on the page but not where, `placed` is false and `box` is the region it was given.
    """

    box: Box
    lines: tuple[int, ...] = ()
    placed: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A heading; `level` counts from 1, the largest."""

    text: str = ""
    level: int = 1
    kind: Literal[Kind.HEADING] = field(default=Kind.HEADING, init=False)


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """Running text, its lines joined as the language wants; `rtl` where it reads from right to left."""

    text: str = ""
    rtl: bool = False
    kind: Literal[Kind.PARAGRAPH] = field(default=Kind.PARAGRAPH, init=False)


@dataclass(frozen=True, slots=True)
class ListItem(Block):
    """One item of a list; `marker` as it stands on the page ("•", "3.", "(a)", "一、"), `level` counts from 0."""

    text: str = ""
    marker: str = "•"
    level: int = 0
    kind: Literal[Kind.LIST_ITEM] = field(default=Kind.LIST_ITEM, init=False)


@dataclass(frozen=True, slots=True)
class Caption(Block):
    """The words under or over a table or a figure."""

    text: str = ""
    kind: Literal[Kind.CAPTION] = field(default=Kind.CAPTION, init=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table at (row, column), covering `row_span` × `column_span` places of the grid.

    `text` may hold line breaks.
    """

    row: int
    column: int
    text: str = ""
    row_span: int = 1
    column_span: int = 1
    box: Box | None = None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table(Block):
    """A rectangular grid of `row_count` × `column_count` places; every place belongs to at most one cell.

    `ruled` tells whether the grid came from lines drawn on the page or from the alignment of the text.
    `header_rows` counts the rows at the top that name the columns.
    """

    row_count: int = 0
    column_count: int = 0
    cells: tuple[Cell, ...] = ()
    header_rows: int = 0
    ruled: bool = False
    kind: Literal[Kind.TABLE] = field(default=Kind.TABLE, init=False)

    def rows(self) -> list[list[str]]:
        """Return the grid as text: a merged cell's text stands at its first place, "" at the places it covers."""
        grid = [[""] * self.column_count for _ in range(self.row_count)]
        for cell in self.cells:
            grid[cell.row][cell.column] = cell.text
        return grid


@dataclass(frozen=True, slots=True)
class Formula(Block):
    """A formula; `latex` without dollars."""

    latex: str = ""
    kind: Literal[Kind.FORMULA] = field(default=Kind.FORMULA, init=False)


@dataclass(frozen=True, slots=True)
class Figure(Block):
    """A picture on the page; `text` is what is written in it, if anything was read."""

    text: str = ""
    kind: Literal[Kind.FIGURE] = field(default=Kind.FIGURE, init=False)


@dataclass(frozen=True, slots=True)
class Chart(Block):
    """A chart or a flowchart; `source` in the notation `notation` ("mermaid" or "markdown")."""

    source: str = ""
    notation: str = "markdown"
    kind: Literal[Kind.CHART] = field(default=Kind.CHART, init=False)


@dataclass(frozen=True, slots=True)
class Code(Block):
    """Text whose spaces and line breaks matter."""

    text: str = ""
    kind: Literal[Kind.CODE] = field(default=Kind.CODE, init=False)


AnyBlock = Heading | Paragraph | ListItem | Caption | Table | Formula | Figure | Chart | Code


def text_of(block: AnyBlock) -> str:
    """Return a block's own text: a formula's LaTeX, a chart's source, "" for a table: its text stands in its cells."""
    match block:
        case Table():
            return ""
        case Formula():
            return block.latex
        case Chart():
            return block.source
        case _:
            return block.text


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field that a person asked for; `value` is None where the page does not give it.

    `box` is where the value stands on the page, None where that was not found.
    """

    name: str
    value: str | None
    box: Box | None = None


class DoubtKind(StrEnum):
    """Why a span is doubtful."""

    UNSURE = "unsure"  # the model itself was not sure of it
    DISAGREES = "disagrees"  # a second reader reads something else there


@dataclass(frozen=True, slots=True)
class Doubt:
    """A span of the reading that may be wrong, and what is known against it.

    It covers the characters `start` to `end` of the text of `PageResult.blocks[block]`; of its cell at (`row`,
    `column`) where it is a table, of `Formula.latex` and `Chart.source` where it is one of these. `other` is the second
    reader's reading, None where there is none; `by` names that reader ("text" or "cpu"), "" without one.
    `probability` is what the model gave its least sure token there, None where it told none. `grave`: a long number, an
    amount, a date or the value of a field, where a wrong sign does the most harm. `box` is its place on the page.
    """

    block: int
    start: int
    end: int
    kind: DoubtKind
    row: int | None = None
    column: int | None = None
    other: str | None = None
    by: str = ""
    probability: float | None = None
    grave: bool = False
    box: Box | None = None


class WarningCode(StrEnum):
    """What a person should know about a reading; the window has words for each."""

    NOTHING_FOUND = "nothing_found"  # no text on this page
    TEXT_LAYER_UNSOUND = "text_layer_unsound"  # the page's own text does not match what can be seen: picture read
    TEXT_LAYER_UNCONFIRMED = "text_layer_unconfirmed"  # the same, but the picture says much less: the text was kept
    DOUBTFUL_LINES = "doubtful_lines"  # some lines have a low score
    SCRIPT_NOT_COVERED = "script_not_covered"  # probably Hangul, Cyrillic, Arabic, Thai …: the reader cannot read it
    TURNED = "turned"  # the page was read after turning it
    REPAIRED = "repaired"  # the file was repaired while opening; content may be missing
    PARTLY_DRAWN = "partly_drawn"  # a picture on the page is damaged and was drawn in part
    LOOPED = "looped"  # the model repeated itself; the repetition was cut off
    CUT_OFF = "cut_off"  # the answer ended before the page did
    SHRUNK = "shrunk"  # the page was drawn at fewer pixels than wished
    MENDED = "mended"  # parts of the answer were put right; `detail` names a kind of mending and how often: "places 3"


@dataclass(frozen=True, slots=True)
class PageWarning:
    """One thing to know about a reading; `detail` in English, without page text."""

    code: WarningCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PageResult:
    """Everything that one reader found on one page.

    `width`, `height` in page units; `reader` is who read ("text" or "cpu"); `seconds` is the wall time of the reading;
    `turned` is the clockwise turn in degrees (0, 90, 180, 270) the reader had to apply to read it (coordinates are
    those of the page as shown, not turned). `source_hash` is the SHA-256 of the document it came from.

    `task` is what was asked (the value of an `engine.tasks.task.Task`). `translation` says the same in the language
    `language` ("zh", "en"; "" without a translation); `pairs[i]` is the index of the block of `blocks` that
    `translation[i]` translates, -1 where that is not known. A translated block's box is that of its source block.
    `fields` are those a person asked for, in the order of asking. `doubts` are the spans that may be wrong, the grave
    ones first, each sort in reading order. `raw_text` is what the model said, unmended, "" where no model was asked.
    """

    number: int
    width: float
    height: float
    unit: Unit
    reader: str
    blocks: tuple[AnyBlock, ...] = ()
    lines: tuple[Line, ...] = ()
    warnings: tuple[PageWarning, ...] = ()
    seconds: float = 0.0
    turned: int = 0
    source_hash: str = ""
    task: str = "document"
    translation: tuple[AnyBlock, ...] = ()
    language: str = ""
    pairs: tuple[int, ...] = ()
    fields: tuple[FieldValue, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    raw_text: str = field(default="", repr=False)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among the blocks, in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
