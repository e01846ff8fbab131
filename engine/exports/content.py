"""What of a page leaves: which of its two texts, a translation beside its source, and the fields asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.output.blocks import AnyBlock, ListItem, PageResult, Paragraph

NO_VALUE = "—"
"""Stands where a page does not give a field."""


class Content(StrEnum):
    """What is written of a page that was translated; of any other page it is always what stands on it."""

    BOTH = "both"  # each block followed by its translation, or beside it
    SOURCE = "source"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Pair:
    """Blocks of a page and what they mean in the other language. `first` is the index of the first of `source`."""

    source: tuple[AnyBlock, ...]
    translation: tuple[AnyBlock, ...]
    first: int = 0


def told_blocks(result: PageResult) -> list[tuple[int, AnyBlock]]:
    """Return what stands on a page, each block with its index, without the lines that only repeat its fields."""
    said = {f"{field.name}: {field.value}" for field in result.fields}
    return [
        (index, block)
        for index, block in enumerate(result.blocks)
        if not (isinstance(block, Paragraph) and block.text in said)
    ]


def pairs_of(result: PageResult) -> list[Pair]:
    """Return source and translation in pairs, in the source's order; the items of a list stay together.

    A translated block whose source is not known stays with the one before it. Where nothing is known of any, all of the
    source comes before all of the translation.
    """
    if not any(index >= 0 for index in result.pairs):
        return [Pair(result.blocks, result.translation)]
    meant: list[list[AnyBlock]] = [[] for _ in result.blocks]
    row = next(index for index in result.pairs if index >= 0)
    for block, index in zip(result.translation, result.pairs, strict=True):
        row = index if index >= 0 else row
        meant[row].append(block)
    pairs: list[Pair] = []
    for index, (block, blocks) in enumerate(zip(result.blocks, meant, strict=True)):
        if pairs and isinstance(block, ListItem) and isinstance(pairs[-1].source[-1], ListItem):
            before = pairs.pop()
            pairs.append(Pair((*before.source, block), (*before.translation, *blocks), before.first))
        else:
            pairs.append(Pair((block,), tuple(blocks), index))
    return pairs


def with_list_runs(blocks: Sequence[tuple[int, AnyBlock]]) -> list[list[tuple[int, AnyBlock]]]:
    """Cut blocks into runs: items of a list that follow each other are one, every other block is one by itself."""
    runs: list[list[tuple[int, AnyBlock]]] = []
    for index, block in blocks:
        if runs and isinstance(block, ListItem) and isinstance(runs[-1][-1][1], ListItem):
            runs[-1].append((index, block))
        else:
            runs.append([(index, block)])
    return runs
