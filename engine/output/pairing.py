"""Pairing: which block of the source a translated block says, in the order both have.

Words change in a translation. Kinds, the order, numbers, formulas and names in Latin letters mostly stay, and a long
paragraph stays long.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.output.blocks import AnyBlock, Cell, Formula, Heading, Kind, Table
from engine.output.spoken import texts_of

MOST_APART = 64
"""How far a pair may be from where the counts alone would have it."""
SKIPPED = -0.4
"""What it costs to leave a block without a partner: less than a pair that shares nothing."""
SAME_KIND, OTHER_KIND = 1.0, -0.6
SHARED_NUMBERS, SHARED_NAMES, SAME_FORMULA, SAME_GRID = 2.0, 1.0, 2.0, 2.0
MOST_LOOKED_AT = 4_000
"""Characters of a block that are looked at for numbers and names."""

_NUMBER = re.compile(r"\d++(?:[.,:/-]\d++)*+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]++")
_ALONE = frozenset({Kind.TABLE, Kind.FORMULA, Kind.FIGURE, Kind.CHART, Kind.CODE})
"""Kinds that a translation leaves what they are."""


@dataclass(frozen=True, slots=True)
class _Traits:
    """What of a block survives its translation."""

    kind: Kind
    size: int
    numbers: Counter[str]
    names: frozenset[str]
    shape: tuple[int, int]
    latex: str
    level: int


def pair_translation(
    source: Sequence[AnyBlock], translation: Sequence[AnyBlock]
) -> tuple[tuple[AnyBlock, ...], tuple[int, ...]]:
    """Return the translated blocks at the places of their sources, and the index of the source of each, -1 for none.

    The indices ascend, and no source is given twice.
    """
    pairs = _pairs([_traits(block) for block in source], [_traits(block) for block in translation])
    placed = tuple(
        block if index < 0 else _at_place_of(source[index], block)
        for block, index in zip(translation, pairs, strict=True)
    )
    return placed, pairs


def _pairs(source: Sequence[_Traits], translation: Sequence[_Traits]) -> tuple[int, ...]:
    """Pair two lists so that the sum of what pairs share is greatest, both in their order."""
    if not source or not translation:
        return (-1,) * len(translation)
    ratio = math.log((sum(one.size for one in translation) + 1) / (sum(one.size for one in source) + 1))
    wide, high = len(source), len(translation)
    slope = wide / high
    bests: list[dict[int, float]] = [{column: column * SKIPPED for column in range(min(wide, MOST_APART) + 1)}]
    steps: list[dict[int, str]] = [dict.fromkeys(bests[0], "source")]
    for row in range(1, high + 1):
        middle = round(row * slope)
        best: dict[int, float] = {}
        step: dict[int, str] = {}
        before = bests[-1]
        for column in range(max(0, middle - MOST_APART - int(slope)), min(wide, middle + MOST_APART) + 1):
            choices = [(before.get(column, -math.inf) + SKIPPED, "translation")]
            if column:
                choices.append((best.get(column - 1, -math.inf) + SKIPPED, "source"))
                if before.get(column - 1, -math.inf) > -math.inf:
                    shared = _shared(source[column - 1], translation[row - 1], ratio)
                    choices.append((before[column - 1] + shared, "pair"))
            best[column], step[column] = max(choices)
        bests.append(best)
        steps.append(step)
    return _walked_back(steps, wide, high)


def _walked_back(steps: Sequence[dict[int, str]], column: int, row: int) -> tuple[int, ...]:
    pairs = [-1] * row
    while row > 0:
        step = steps[row].get(column, "translation")
        if step == "pair":
            pairs[row - 1] = column - 1
            row, column = row - 1, column - 1
        elif step == "source" and column > 0:
            column -= 1
        else:
            row -= 1
    return tuple(pairs)


def _shared(one: _Traits, other: _Traits, ratio: float) -> float:
    """Return how much a source block and a translated one have in common."""
    if one.kind is not other.kind and (one.kind in _ALONE or other.kind in _ALONE):
        return -math.inf
    shared = SAME_KIND if one.kind is other.kind else OTHER_KIND
    shared += SHARED_NUMBERS * (_common(one.numbers, other.numbers) - (0.5 if one.numbers or other.numbers else 0.0))
    if one.names and other.names:
        shared += SHARED_NAMES * len(one.names & other.names) / min(len(one.names), len(other.names))
    if one.latex and other.latex:
        shared += SAME_FORMULA * (one.latex == other.latex)
    if one.kind is Kind.TABLE:
        shared += SAME_GRID * (one.shape == other.shape)
    if one.kind is Kind.HEADING:
        shared += 0.3 * (one.level == other.level)
    return shared - min(1.5, abs(math.log((other.size + 1) / (one.size + 1)) - ratio))


def _common(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of numbers that both have: 1.0 for the same ones."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _traits(block: AnyBlock) -> _Traits:
    text = "\n".join(text for _, _, text, _ in texts_of([block]))
    seen = text[:MOST_LOOKED_AT]
    return _Traits(
        block.kind,
        len(text),
        Counter(_NUMBER.findall(seen)),
        frozenset(name.casefold() for name in _NAME.findall(seen)),
        (block.row_count, block.column_count) if isinstance(block, Table) else (0, 0),
        "".join(block.latex.split()) if isinstance(block, Formula) else "",
        block.level if isinstance(block, Heading) else 0,
    )


def _at_place_of(source: AnyBlock, block: AnyBlock) -> AnyBlock:
    block = replace(block, box=source.box, lines=source.lines, placed=source.placed)
    if isinstance(source, Table) and isinstance(block, Table):
        cells = {(cell.row, cell.column): cell for cell in source.cells}
        block = replace(block, cells=tuple(_cell_at(cells.get((cell.row, cell.column)), cell) for cell in block.cells))
    return block


def _cell_at(source: Cell | None, cell: Cell) -> Cell:
    return cell if source is None else replace(cell, box=source.box, lines=source.lines)
