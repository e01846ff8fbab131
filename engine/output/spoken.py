"""Spoken: all that a reading says, as one folded text in the order it was said, and whose each of its characters is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.output.blocks import AnyBlock, Formula, Table, text_of
from engine.output.folding import fold

MOST_CHARACTERS = 300_000
"""Characters of a reading that are looked at; a page never has as many, and what follows keeps no place."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of a block, or of a cell of one: the stretch from `start` to `end` of the folded text.

    `cell` is the index of the cell among the table's, None for any other block; `row` that of its row, None where it
    is in more than one, and for any other block. `latex` where the text is a formula.
    """

    block: int
    cell: int | None
    text: str
    latex: bool
    start: int
    end: int
    row: int | None = None

    @property
    def size(self) -> int:
        """How many characters are left of it when it is folded."""
        return self.end - self.start


class Spoken:
    """A reading as one folded `text`; `places[i]` is the index in its piece's text of the character `text[i]`."""

    def __init__(self, blocks: Sequence[AnyBlock]) -> None:
        self.pieces: list[Piece] = []
        self.places: list[int] = []
        parts: list[str] = []
        at, room = 0, MOST_CHARACTERS
        for block, cell, text, latex in texts_of(blocks):
            folded = fold(text[:room], latex=latex)
            parts.append(folded.text)
            self.places += folded.places
            self.pieces.append(Piece(block, cell, text, latex, at, at + len(folded.text), _row(blocks[block], cell)))
            at += len(folded.text)
            room = max(0, room - len(text))
        self.text = "".join(parts)
        self._starts = [piece.start for piece in self.pieces]

    def index_at(self, at: int) -> int:
        """Return the index of the piece that the character at `at` belongs to."""
        return bisect_right(self._starts, at) - 1


def texts_of(blocks: Sequence[AnyBlock]) -> Iterator[tuple[int, int | None, str, bool]]:
    """Give every text of the blocks: the block's index, the cell's, the text, and whether it is a formula."""
    for index, block in enumerate(blocks):
        if isinstance(block, Table):
            for number, cell in enumerate(block.cells):
                yield index, number, cell.text, False
        else:
            yield index, None, text_of(block), isinstance(block, Formula)


def _row(block: AnyBlock, cell: int | None) -> int | None:
    if not isinstance(block, Table) or cell is None or block.cells[cell].row_span != 1:
        return None
    return block.cells[cell].row
