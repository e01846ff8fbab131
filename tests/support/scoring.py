"""How good a reading is: character errors, reading order and table cells against a sample's truth."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from engine.output.blocks import AnyBlock, Chart, Formula, ListItem, PageResult, Table

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"

_ONE_WIDTH = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "。": ".",
        "・": "·",
        "\u00ad": None,
        "\u200b": None,
        "\u200e": None,
        "\u200f": None,
    }
)
_CJK = "\u2e80-\u9fff\uf900-\ufaff"
_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}]) | (?=[{_CJK}])")
_SPACE_BEFORE_MARK = re.compile(r" (?=[,.;:?!)%°])|(?<=\() ")
_BULLET = re.compile(r"[•●▪◦■]\s*")


def normal(text: str) -> str:
    """Return the text as it is compared: NFKC, one space for any run of white, punctuation of one width.

    Bullets are left out, and so are spaces beside CJK characters, before closing marks and before °
    and %: whether there is one is a matter of typesetting.
    """
    text = unicodedata.normalize("NFKC", text).translate(_ONE_WIDTH)
    text = _BULLET.sub("", text)
    text = " ".join(text.split())
    return _SPACE_BEFORE_MARK.sub("", _BESIDE_CJK.sub("", text))


@dataclass(frozen=True, slots=True)
class TrueTable:
    """A table as it was drawn: texts row by row, merged cells as (row, column, row span, column span)."""

    rows: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int, int, int], ...] = ()
    ruled: bool = True

    def cells(self) -> dict[tuple[int, int], tuple[str, int, int]]:
        """Return every cell by its first place: its text, row span and column span."""
        spans = {(row, column): (rows, columns) for row, column, rows, columns in self.spans}
        covered = {
            (row + down, column + right)
            for (row, column), (rows, columns) in spans.items()
            for down in range(rows)
            for right in range(columns)
            if down or right
        }
        return {
            (row, column): (text, *spans.get((row, column), (1, 1)))
            for row, texts in enumerate(self.rows)
            for column, text in enumerate(texts)
            if (row, column) not in covered
        }


@dataclass(frozen=True, slots=True)
class TruePage:
    """What stands on a page of a sample, in reading order; `blocks` are the texts of its blocks, tables included."""

    text: str
    blocks: tuple[str, ...]
    tables: tuple[TrueTable, ...]


def truth_of(name: str) -> list[TruePage]:
    """Read the truth of the sample file `name`, a page each."""
    written = json.loads((SAMPLES / f"{Path(name).stem}.truth.json").read_text(encoding="utf-8"))
    return [
        TruePage(
            text=page["text"],
            blocks=tuple(block["text"] for block in page["blocks"]),
            tables=tuple(
                TrueTable(
                    tuple(tuple(row) for row in table["rows"]),
                    tuple((row, column, rows, columns) for row, column, rows, columns in table["spans"]),
                    table["ruled"],
                )
                for table in page["tables"]
            ),
        )
        for page in written["pages"]
    ]


def text_of_block(block: AnyBlock) -> str:
    """Return a block's words in reading order."""
    if isinstance(block, Table):
        return "\n".join("\t".join(cell for cell in row if cell) for row in block.rows())
    if isinstance(block, ListItem):
        return f"{block.marker} {block.text}"
    if isinstance(block, Formula):
        return block.latex
    if isinstance(block, Chart):
        return block.source
    return block.text


def text_of(result: PageResult) -> str:
    """Return all words of a reading in its order."""
    return "\n".join(text_of_block(block) for block in result.blocks)


def character_errors(truth: str, read: str) -> float:
    """Return the share of characters that must be put in, taken out or changed: 0.0 is right, above 1.0 is possible."""
    wanted, found = normal(truth), normal(read)
    if not wanted:
        return 0.0 if not found else 1.0
    return Levenshtein.distance(wanted, found) / len(wanted)


def bag_errors(truth: str, read: str) -> float:
    """Return the character errors when order does not count: missing or surplus characters, the larger of the two."""
    wanted, found = Counter(normal(truth).replace(" ", "")), Counter(normal(read).replace(" ", ""))
    total = sum(wanted.values())
    if not total:
        return 0.0 if not found else 1.0
    return max(sum((wanted - found).values()), sum((found - wanted).values())) / total


SHORTEST = 12
"""Blocks of fewer characters (page numbers, single words) can stand anywhere; they say nothing about the order."""
ALIKE = 80.0
"""How much of a block, in per cent, must be found in one piece to say where it is."""


def places(blocks: Sequence[str], read: str) -> list[int | None]:
    """Return where each block of the truth begins in the reading, None where it is not there in one piece."""
    found = normal(read)
    starts: list[int | None] = []
    last: dict[str, int] = {}
    for block in blocks:
        wanted = normal(block)
        if len(wanted) < SHORTEST:
            continue
        # Of words that stand on the page twice, the second block is the second place.
        exact = found.find(wanted, last.get(wanted, -1) + 1)
        if exact >= 0:
            last[wanted] = exact
            starts.append(exact)
            continue
        near = fuzz.partial_ratio_alignment(wanted, found, score_cutoff=ALIKE) if len(found) >= len(wanted) else None
        starts.append(near.dest_start if near is not None else None)
    return starts


def order_score(blocks: Sequence[str], read: str) -> float:
    """Return the share of pairs of blocks that stand in the right order (1.0: all); a torn block loses its pairs."""
    starts = places(blocks, read)
    pairs = right = 0
    for later in range(len(starts)):
        for earlier in range(later):
            first, second = starts[earlier], starts[later]
            pairs += 1
            right += first is not None and second is not None and first < second
    return right / pairs if pairs else 1.0


@dataclass(frozen=True, slots=True)
class TableScore:
    """How a table was read: cells right of all true cells, merged cells right of all, and cells that should not be."""

    cells_right: int
    cells: int
    spans_right: int
    spans: int
    surplus: int
    wrong: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is right cell for cell, merged cells included."""
        return self.cells_right == self.cells and self.spans_right == self.spans and not self.surplus


def table_score(truth: TrueTable, tables: Sequence[Table]) -> TableScore:
    """Score the best fitting of the tables that were read against one true table."""
    scores = [_one_table(truth, table) for table in tables] or [_one_table(truth, None)]
    return max(scores, key=lambda score: (score.cells_right, score.spans_right, -score.surplus))


def _one_table(truth: TrueTable, table: Table | None) -> TableScore:
    wanted = truth.cells()
    found = {
        (cell.row, cell.column): (cell.text, cell.row_span, cell.column_span) for cell in (table.cells if table else ())
    }
    right = spans = spans_right = 0
    wrong = []
    for place, (text, rows, columns) in wanted.items():
        read, read_rows, read_columns = found.get(place, ("", 1, 1))
        # An empty cell may be left out of the list, a cell with words may not.
        fits = normal(text) == normal(read) and table is not None
        right += fits
        merged = (rows, columns) != (1, 1)
        spans += merged
        spans_right += merged and fits and (read_rows, read_columns) == (rows, columns)
        if not fits:
            wrong.append(f"{place}: {text!r} was read {read!r}")
        elif (read_rows, read_columns) != (rows, columns):
            wrong.append(f"{place}: spans {rows}×{columns}, read {read_rows}×{read_columns}")
    surplus = sum(
        (place not in wanted and bool(text.strip()))
        or ((rows, columns) != (1, 1) and place in wanted and wanted[place][1:] != (rows, columns))
        for place, (text, rows, columns) in found.items()
    )
    return TableScore(right, len(wanted), spans_right, spans, surplus, tuple(wrong))
