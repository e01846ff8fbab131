"""Source and translation of a page: which block stands for which, as places and as rows side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop.places import Place
from engine.output.blocks import AnyBlock, PageResult, Table


@dataclass(frozen=True, slots=True)
class Row:
    """Blocks that say the same: indices into the source and into the translation, either of which may be empty."""

    source: range
    translation: range

    @property
    def paired(self) -> bool:
        """Whether both sides say something."""
        return bool(self.source) and bool(self.translation)


def translated(result: PageResult) -> PageResult:
    """Return the translation of a page as a page of its own, which has no lines: those are the source's."""
    return replace(result, blocks=result.translation, lines=(), translation=(), pairs=(), fields=(), doubts=())


def to_source(place: Place | None, result: PageResult) -> Place | None:
    """Return what a place in the translation translates, None where that is not known."""
    if place is None or place.block is None or not 0 <= place.block < len(result.pairs):
        return None
    return _moved(place, result.pairs[place.block], result.blocks)


def to_translation(place: Place | None, result: PageResult) -> Place | None:
    """Return where a place of the page stands in its translation, None where that is not known."""
    if place is None or place.block is None:
        return None
    found = next((at for at, source in enumerate(result.pairs) if source == place.block), -1)
    return _moved(place, found, result.translation)


def rows_of(source: int, pairs: Sequence[int]) -> list[Row]:
    """Return the rows of a page: each block of both sides in one of them, in the order of its side.

    Args:
        source: How many blocks the source has.
        pairs: For each translated block the block it translates, -1 where that is not known.
    """
    rows: list[Row] = []
    left = right = 0
    while right < len(pairs):
        target = pairs[right]
        end = right + 1
        while end < len(pairs) and pairs[end] == target:
            end += 1
        if left <= target < source:
            if left < target:
                rows.append(Row(range(left, target), range(0)))
            rows.append(Row(range(target, target + 1), range(right, end)))
            left = target + 1
        else:  # its source is unknown, or stands further up: it stands alone
            rows.append(Row(range(0), range(right, end)))
        right = end
    if left < source:
        rows.append(Row(range(left, source), range(0)))
    return rows


def _moved(place: Place, block: int, blocks: Sequence[AnyBlock]) -> Place | None:
    if not 0 <= block < len(blocks):
        return None
    row, column = place.row, place.column
    told = blocks[block]
    fits = isinstance(told, Table) and row is not None and column is not None
    if fits and isinstance(told, Table) and (row or 0) < told.row_count and (column or 0) < told.column_count:
        return Place(place.number, block, None, row, column)
    return Place(place.number, block)
