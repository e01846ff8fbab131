"""Doubt: words of a reading that may be wrong, and what is known against them.

Two things speak against a word: that the model itself gave it little, and that a second reader reads something else at
its place. Both are shown with what they say, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.output.align import Placing
from engine.output.blocks import AnyBlock, Box, Doubt, DoubtKind, FieldValue, Kind, Line, Table
from engine.output.disagreement import Witness, differs
from engine.output.spoken import Spoken
from engine.output.unsure import Confidence
from engine.output.words import Word, words_of

MOST_DOUBTS = 60
"""Doubts of one page. Nobody walks through more, and a page that has more had better be read again."""


class Evidence(NamedTuple):
    """A token's place in what the model said, in characters, and its log probability."""

    start: int
    end: int
    logprob: float


@dataclass(frozen=True, slots=True)
class _Found:
    """A doubt about a piece of the reading; `piece` counts in reading order."""

    piece: int
    start: int
    end: int
    grave: bool
    other: str | None = None
    probability: float | None = None
    box: Box | None = None

    @property
    def weight(self) -> tuple[bool, bool, float, int, int]:
        """What comes first where not all can stay: the grave, the contradicted, the least sure, the first."""
        sure = 1.0 if self.probability is None else self.probability
        return not self.grave, self.other is None, sure, self.piece, self.start


def doubts_of(
    blocks: Sequence[AnyBlock],
    *,
    raw_text: str,
    tokens: Sequence[tuple[int, int, float]],
    second: Sequence[Line] = (),
    by: str = "",
    lines: Sequence[Line] = (),
    fields: Sequence[FieldValue] = (),
    misread: Mapping[int, Line] | None = None,
) -> tuple[Doubt, ...]:
    """Return the doubtful spans of the blocks: the grave ones first, each sort in reading order, none over another.

    Args:
        blocks: The reading, in the order the model gave it.
        raw_text: What the model said.
        tokens: Where in `raw_text` tokens stand, and their log probabilities.
        second: The lines of a second reader of the same page, none where there is none.
        by: The second reader's name.
        lines: Lines that tell where words stand, where these are not the second reader's.
        fields: Fields that were asked for: their values are grave wherever they stand.
        misread: By the index of the block of a field's value, what the second reader has in its place.
    """
    if not tokens and not second and not misread:
        return ()
    spoken = Spoken(blocks)
    values = [field.value for field in fields if field.value]
    words = [words_of(piece.text, values) for piece in spoken.pieces]
    witness = _witness(spoken, blocks, second, by=by)
    places = witness if not lines or lines is second or tuple(lines) == tuple(second) else None
    found = list(_unsure(spoken, words, raw_text, tokens))
    for number, piece in enumerate(spoken.pieces):
        if blocks[piece.block].kind is not Kind.CHART:
            found += (
                _Found(number, other.start, other.end, other.grave, other.text, box=other.box)
                for other in witness.others(number, words[number])
            )
    found += _misread(spoken, fields, misread or {}, by)
    kept = sorted(_apart(found), key=lambda doubt: doubt.weight)[:MOST_DOUBTS]
    kept.sort(key=lambda doubt: (not doubt.grave, doubt.piece, doubt.start))
    if places is None and any(doubt.box is None for doubt in kept):
        places = _witness(spoken, blocks, lines, by="")
    return tuple(_doubt(doubt, spoken, blocks, places or witness, by) for doubt in kept)


def _witness(spoken: Spoken, blocks: Sequence[AnyBlock], lines: Sequence[Line], *, by: str) -> Witness:
    """Find the reading in lines, in the cells of its tables by their grid as well."""
    placing = Placing(spoken, lines)
    placing.place([replace(block, placed=False) for block in blocks])
    return Witness(spoken, lines, placing.folded, placing.parts, by=by)


def _unsure(
    spoken: Spoken, words: Sequence[Sequence[Word]], raw_text: str, tokens: Sequence[tuple[int, int, float]]
) -> Iterator[_Found]:
    confidence = Confidence([piece.text for piece in spoken.pieces], raw_text, tokens)
    for number in range(len(spoken.pieces)):
        for span in confidence.spans(number, words[number]):
            yield _Found(number, span.start, span.end, span.grave, probability=span.probability)


def _misread(spoken: Spoken, fields: Sequence[FieldValue], misread: Mapping[int, Line], by: str) -> Iterator[_Found]:
    """Give the values of fields that the second reader reads otherwise where they stand on the page."""
    answered = [field for field in fields if field.value is not None]
    for number, piece in enumerate(spoken.pieces):
        other = misread.get(piece.block)
        if other is None or piece.block >= len(answered):
            continue
        field = answered[piece.block]
        value = field.value or ""
        start = piece.text.rfind(value)
        if value and start >= 0 and differs(value, other, by=by):
            yield _Found(number, start, start + len(value), True, other.text, box=field.box)


def _apart(found: Iterable[_Found]) -> Iterator[_Found]:
    """Leave one of those that lie over one another: what a second reader says tells more, and takes the rest in."""
    by_piece: dict[int, list[_Found]] = {}
    for doubt in found:
        by_piece.setdefault(doubt.piece, []).append(doubt)
    for doubts in by_piece.values():
        kept: list[_Found] = []
        for doubt in sorted(doubts, key=lambda doubt: (doubt.start, doubt.end, doubt.other is None)):
            last = kept[-1] if kept else None
            if last is None or doubt.start >= last.end:
                kept.append(doubt)
            else:
                kept[-1] = _merged(last, doubt)
        yield from kept


def _merged(one: _Found, other: _Found) -> _Found:
    """Return the one of two doubts that tells more, with what the other knows."""
    main, side = (other, one) if one.other is None and other.other is not None else (one, other)
    known = [doubt.probability for doubt in (main, side) if doubt.probability is not None]
    return replace(main, probability=min(known, default=None), grave=main.grave or side.grave)


def _doubt(doubt: _Found, spoken: Spoken, blocks: Sequence[AnyBlock], places: Witness, by: str) -> Doubt:
    piece = spoken.pieces[doubt.piece]
    block = blocks[piece.block]
    cell = block.cells[piece.cell] if isinstance(block, Table) and piece.cell is not None else None
    box = doubt.box or places.box_of(doubt.piece, doubt.start, doubt.end)
    if box is None:
        box = cell.box if cell is not None else block.box if block.placed and len(block.lines) == 1 else None
    return Doubt(
        block=piece.block,
        start=doubt.start,
        end=doubt.end,
        kind=DoubtKind.UNSURE if doubt.other is None else DoubtKind.DISAGREES,
        row=cell.row if cell is not None else None,
        column=cell.column if cell is not None else None,
        other=doubt.other,
        by=by if doubt.other is not None else "",
        probability=doubt.probability,
        grave=doubt.grave,
        box=box,
    )
