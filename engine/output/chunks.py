"""Chunks and columns: rows that may belong to a table without borders, and the columns their text lines up in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from engine.output.blocks import Box
from engine.output.joining import text_width
from engine.output.marks import is_value
from engine.output.rows import Piece, Row, hull, ink

_MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pieces of one row with no gap between them that could part columns."""

    pieces: tuple[Piece, ...]
    box: Box
    text: str

    @property
    def value(self) -> bool:
        """Tell whether it is a figure, an amount, a date."""
        return is_value(self.text) or (
            len(self.text) <= 16 and 3 * sum(char.isdigit() for char in self.text) >= len(self.text)
        )


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A visual row as chunks, from start to end."""

    chunks: tuple[Chunk, ...]
    box: Box

    @property
    def middle(self) -> float:
        """The height of its centre on the page."""
        return (self.box.y0 + self.box.y1) / 2


def chunk_row(row: Row, *, unit: float) -> ChunkRow | None:
    """Return the row as chunks, None where something other than text stands in it."""
    groups: list[list[Piece]] = []
    for item in row.items:
        if not isinstance(item, Piece):
            return None
        if groups and ink(item)[0] - ink(groups[-1][-1])[1] < 0.55 * unit:
            groups[-1].append(item)
        else:
            groups.append([item])
    chunks = tuple(Chunk(tuple(one), hull(one), " ".join(piece.text.strip() for piece in one)) for one in groups)
    return ChunkRow(chunks, row.box)


@dataclass(slots=True)
class Columns:
    """Columns that grow with the rows that fit them; `spans[i]` is where column i runs, all apart and ascending."""

    unit: float
    spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def width(self) -> float:
        """From the start of the first column to the end of the last, in page units."""
        return self.spans[-1][1] - self.spans[0][0]

    def places(self, row: ChunkRow) -> list[tuple[int, int]] | None:
        """Return for each chunk the first and last column it stands in, None where the row does not fit.

        A chunk may cover several columns if most chunks of its row do not; columns grow and are added as needed.
        """
        trial = list(self.spans)
        wide: list[Chunk] = []
        for chunk in row.chunks:
            first, last = _touched(trial, chunk.box, 0.15 * self.unit)
            if last > first:
                wide.append(chunk)
            elif last == first:
                low, high = min(trial[first][0], chunk.box.x0), max(trial[first][1], chunk.box.x1)
                if (first and trial[first - 1][1] > low) or (last + 1 < len(trial) and trial[last + 1][0] < high):
                    wide.append(chunk)
                else:
                    trial[first] = (low, high)
            elif len(row.chunks) > 1 and len(trial) < _MOST_COLUMNS:
                trial.insert(first, (chunk.box.x0, chunk.box.x1))
            else:
                return None
        if len(wide) * 2 > len(row.chunks):
            return None
        found = [_touched(trial, chunk.box, 0.15 * self.unit) for chunk in row.chunks]
        if any(two[0] <= one[1] for one, two in pairwise(found)) or any(b < a for a, b in found):
            return None
        self.spans = trial
        return found


def _touched(spans: Sequence[tuple[float, float]], box: Box, slack: float) -> tuple[int, int]:
    """Return the first and last column that the box overlaps; last < first where it stands between two."""
    first = bisect_left(spans, box.x0 + slack, key=lambda span: span[1])
    last = bisect_left(spans, box.x1 - slack, key=lambda span: span[0]) - 1
    return first, last


def aligned(chunks: Sequence[Chunk], *, unit: float) -> bool:
    """Tell whether the chunks of a column line up at their left edge, their right edge or their middle."""
    if len(chunks) < 2:
        return True
    for edges in (
        [chunk.box.x0 for chunk in chunks],
        [chunk.box.x1 for chunk in chunks],
        [(chunk.box.x0 + chunk.box.x1) / 2 for chunk in chunks],
    ):
        usual = median(edges)
        if sum(abs(edge - usual) < 0.6 * unit for edge in edges) >= 0.75 * len(edges):
            return True
    return False


def prose(chunks: Sequence[Chunk], span: tuple[float, float]) -> bool:
    """Tell whether a column is running text: long lines that fill it, one after the other."""
    if len(chunks) < 3:
        return False
    width = max(span[1] - span[0], 1e-9)
    full = sum(chunk.box.width > 0.8 * width for chunk in chunks)
    long = median(text_width(chunk.text) for chunk in chunks)
    values = sum(chunk.value for chunk in chunks)
    return long >= 8 and full >= 0.6 * len(chunks) and values < 0.3 * len(chunks)
