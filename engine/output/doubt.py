"""Doubt: words of a reading that may be wrong, and what is known against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.output.blocks import AnyBlock, Doubt, FieldValue, Line


class Evidence(NamedTuple):
    """A token's place in what the model said, in characters, and its log probability."""

    start: int
    end: int
    logprob: float


def doubts_of(
    blocks: Sequence[AnyBlock],
    *,
    raw_text: str,
    tokens: Sequence[tuple[int, int, float]],
    second: Sequence[Line] = (),
    by: str = "",
    lines: Sequence[Line] = (),
    fields: Sequence[FieldValue] = (),
) -> tuple[Doubt, ...]:
    """Return the doubtful spans of the blocks."""
    return ()
