"""Aligning: which lines of the page a block is, so that it has a place there.

A model says what stands on a page, not where. Somebody else knows the places of lines: the page's own text layer, a
second pass of the model, or the built-in reader, who may have misread a letter here and there. A block whose words are
in the lines takes their place. One whose words are not there stays without: a wrong place is worse than none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.output.blocks import AnyBlock, Box, Line, Table
from engine.output.field_places import find_fields, place_fields
from engine.output.grid_places import by_grid, in_order, set_right, strays
from engine.output.line_parts import gap
from engine.output.matching import match_lines
from engine.output.pairing import pair_translation
from engine.output.parts import Part, parts_of
from engine.output.seeds import SHORTEST_FUZZY
from engine.output.spoken import Spoken

__all__ = ["Placed", "find_fields", "pair_translation", "place_blocks", "place_fields"]

LEAST_FOUND = 0.5
"""The share of a block's letters that must be found in lines for it to take their place."""
STRAY_LETTERS = 8
STRAY_GAP = 8.0
"""A part of so few letters, so many line heights away from the rest of its block, stands there for another reason."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Blocks with their places; `quality` is the share of their letters that has one, 1.0 where there are none."""

    blocks: tuple[AnyBlock, ...]
    quality: float


def place_blocks(blocks: Sequence[AnyBlock], lines: Sequence[Line]) -> Placed:
    """Place the blocks that have no place by lines that have one; blocks that have theirs keep it.

    Args:
        blocks: The blocks in the order the model gave them.
        lines: Lines of the same page, in any order, in the same units.
    """
    spoken = Spoken(blocks)
    return Placing(spoken, lines).place(blocks)


class Placing:
    """One reading placed by the lines of one witness.

    `parts` says which parts of which lines each piece of the reading was found in; `folded` are the lines its letters
    count in.
    """

    def __init__(self, spoken: Spoken, lines: Sequence[Line]) -> None:
        self._spoken = spoken
        self._lines = lines
        self._matching = match_lines(spoken, lines)
        self.folded = self._matching.folded
        self.parts = parts_of(spoken, self._matching, lines)
        self._free = {number for number, line in enumerate(lines) if number not in self._matching.used and line.text}
        self._pieces: dict[int, list[int]] = {}
        for index, piece in enumerate(spoken.pieces):
            self._pieces.setdefault(piece.block, []).append(index)

    def place(self, blocks: Sequence[AnyBlock]) -> Placed:
        """Return the blocks with their places."""
        placed: list[AnyBlock] = []
        found = letters = 0
        for number, block in enumerate(blocks):
            pieces = self._pieces.get(number, [])
            new = block if block.placed else self._placed(block, pieces)
            placed.append(new)
            size = sum(self._spoken.pieces[index].size for index in pieces)
            letters += size
            if new.placed:
                found += self._cells_found(new, pieces, size) if isinstance(new, Table) else size
        return Placed(tuple(placed), found / letters if letters else 1.0)

    def _placed(self, block: AnyBlock, pieces: Sequence[int]) -> AnyBlock:
        if isinstance(block, Table):
            return self._table(block, pieces)
        parts = self._parts(pieces[0]) if pieces else []
        if not parts:
            return block
        return replace(block, box=self._box(parts), lines=_lines(parts), placed=True)

    def _parts(self, index: int) -> list[Part]:
        """Return where a piece was found, nothing where that is not certain enough."""
        piece = self._spoken.pieces[index]
        parts = self._without_strays(self.parts.get(index, []))
        found = sum(part.matched for part in parts)
        least = piece.size if piece.size < SHORTEST_FUZZY else piece.size * LEAST_FOUND
        return parts if parts and found >= least else []

    def _without_strays(self, parts: list[Part]) -> list[Part]:
        """Leave out short parts that are far from all the others."""
        kept = []
        for part in parts:
            others = [other for other in parts if other.line != part.line]
            if part.matched >= STRAY_LETTERS or not others:
                kept.append(part)
                continue
            box = part.box(self._lines)
            if min(gap(box, other.box(self._lines)) for other in others[:64]) <= STRAY_GAP:
                kept.append(part)
        return kept

    def _table(self, table: Table, pieces: Sequence[int]) -> Table:
        """Place a table by its cells: those with words of their own first, then the others by the grid."""
        by_index = {self._spoken.pieces[index].cell: index for index in pieces}
        found = {cell: parts for cell, index in by_index.items() if cell is not None and (parts := self._parts(index))}
        self._move(found, set_right(table, self._boxes(found)), by_index)
        for cell in strays(table, self._boxes(found)):
            self._free |= set(_lines(found.pop(cell)))
            del self.parts[by_index[cell]]
        self._free -= {part.line for parts in found.values() for part in parts}
        for cell, line in by_grid(table, self._boxes(found), self._lines, sorted(self._free)).items():
            found[cell] = [Part(line, 0, len(self._lines[line].text), ())]
            self._free.discard(line)
        self._move(found, in_order(table, self._boxes(found)), by_index)
        self.parts |= {by_index[cell]: parts for cell, parts in found.items()}
        size = sum(self._spoken.pieces[index].size for index in pieces)
        if not found or sum(self._spoken.pieces[by_index[cell]].size for cell in found) < size * LEAST_FOUND:
            return table
        boxes = self._boxes(found)
        return replace(
            table,
            box=_around(list(boxes.values())),
            lines=tuple(sorted({part.line for parts in found.values() for part in parts})),
            placed=True,
            cells=tuple(
                replace(cell, box=boxes[index], lines=_lines(found[index])) if index in found else cell
                for index, cell in enumerate(table.cells)
            ),
        )

    def _move(self, found: dict[int, list[Part]], right: dict[int, int], by_index: dict[int | None, int]) -> None:
        """Give cells that say the same one another's places."""
        moved = {}
        for cell, place in right.items():
            shift = self._spoken.pieces[by_index[cell]].start - self._spoken.pieces[by_index[place]].start
            moved[cell] = [part.shifted(shift) for part in found[place]]
        for place in right.values():
            del found[place]
        found |= moved

    def _boxes(self, found: dict[int, list[Part]]) -> dict[int, Box]:
        return {cell: self._box(parts) for cell, parts in found.items()}

    def _cells_found(self, table: Table, pieces: Sequence[int], size: int) -> int:
        """Return how many letters stand in cells that have a place; all of them where only the table has one."""
        if not any(cell.box for cell in table.cells):
            return size
        return sum(
            self._spoken.pieces[index].size
            for index in pieces
            if (cell := self._spoken.pieces[index].cell) is not None and table.cells[cell].box is not None
        )

    def _box(self, parts: Sequence[Part]) -> Box:
        return _around([part.box(self._lines) for part in parts])


def _lines(parts: Sequence[Part]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(part.line for part in parts))


def _around(boxes: Sequence[Box]) -> Box:
    around = boxes[0]
    for box in boxes[1:]:
        around = around.united(box)
    return around
