"""Translation, fields and doubts as JSON and back: what a page in the JSON says beside its blocks.

Writing trusts the model; reading trusts nothing and raises `ValueError` on anything wrong: every index is one of the
page's own blocks, and every doubtful span lies inside the text that it doubts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.output.block_schema import block_from_dict, block_to_dict, box_from_list, box_to_list
from engine.output.blocks import AnyBlock, Box, Doubt, DoubtKind, FieldValue, PageResult, Table, text_of
from engine.output.values import JsonObject, as_object, integer_at, list_at, number_at, sound, text_at, truth_at

Place = tuple[int, int] | None
"""Row and column of a cell; None where a block is no table."""


# -- writing --


def findings_to_dict(result: PageResult) -> JsonObject:
    """Return those of a page's findings that say something, each under its key."""
    written: JsonObject = {}
    if result.translation or result.language:
        written["translation"] = {
            "language": sound(result.language),
            "blocks": [block_to_dict(block) for block in result.translation],
            "pairs": list(result.pairs),
        }
    if result.fields:
        written["fields"] = [_field_to_dict(field) for field in result.fields]
    if result.doubts:
        written["doubts"] = [_doubt_to_dict(doubt) for doubt in result.doubts]
    return written


def _field_to_dict(field: FieldValue) -> JsonObject:
    return {
        "name": sound(field.name),
        "value": None if field.value is None else sound(field.value),
        "box": _box_or_none(field.box),
    }


def _doubt_to_dict(doubt: Doubt) -> JsonObject:
    return {
        "block": doubt.block,
        "row": doubt.row,
        "column": doubt.column,
        "start": doubt.start,
        "end": doubt.end,
        "kind": doubt.kind.value,
        "other": None if doubt.other is None else sound(doubt.other),
        "by": sound(doubt.by),
        "probability": None if doubt.probability is None else round(float(doubt.probability), 4),
        "grave": doubt.grave,
        "box": _box_or_none(doubt.box),
    }


def _box_or_none(box: Box | None) -> list[float] | None:
    return None if box is None else box_to_list(box)


# -- reading --


def translation_from_dict(
    page: Mapping[str, Any], *, line_count: int, block_count: int
) -> tuple[tuple[AnyBlock, ...], str, tuple[int, ...]]:
    """Read the translation of a page: its blocks, its language, and which block each of them translates.

    Raises:
        ValueError: It is none, or speaks of blocks that the page does not have.
    """
    if "translation" not in page:
        return (), "", ()
    translation = as_object(page["translation"], "translation")
    blocks = tuple(block_from_dict(block, line_count) for block in list_at(translation, "blocks"))
    pairs = list_at(translation, "pairs")
    for index in pairs:
        if not isinstance(index, int) or isinstance(index, bool) or not -1 <= index < block_count:
            raise ValueError("pairs: not the number of a block of this page, nor -1")
    if pairs and len(pairs) != len(blocks):
        raise ValueError("pairs: not one for each block of the translation")
    return blocks, text_at(translation, "language"), tuple(pairs)


def fields_from_dict(page: Mapping[str, Any]) -> tuple[FieldValue, ...]:
    """Read the fields of a page. Raises `ValueError` where they are none."""
    return tuple(map(_field_from_dict, list_at(page, "fields"))) if "fields" in page else ()


def _field_from_dict(obj: object) -> FieldValue:
    field = as_object(obj, "field")
    return FieldValue(text_at(field, "name"), _text_or_none(field, "value"), _box_from(field))


def doubts_from_dict(page: Mapping[str, Any], blocks: Sequence[AnyBlock]) -> tuple[Doubt, ...]:
    """Read the doubts of a page with these blocks.

    Raises:
        ValueError: They are none, or a span does not lie inside the text of its block.
    """
    if "doubts" not in page:
        return ()
    lengths: dict[int, dict[Place, int]] = {}
    doubts = []
    for doubt in (_doubt_from_dict(obj) for obj in list_at(page, "doubts")):
        if doubt.block >= len(blocks):
            raise ValueError("block: not the number of a block of this page")
        if doubt.block not in lengths:
            lengths[doubt.block] = _lengths(blocks[doubt.block])
        place = None if doubt.row is None or doubt.column is None else (doubt.row, doubt.column)
        length = lengths[doubt.block].get(place)
        if length is None:
            raise ValueError("row, column: not those of a cell of a table")
        if not doubt.start <= doubt.end <= length:
            raise ValueError("start, end: not inside the text of the block")
        doubts.append(doubt)
    return tuple(doubts)


def _doubt_from_dict(obj: object) -> Doubt:
    doubt = as_object(obj, "doubt")
    row, column = (None if doubt.get(key) is None else integer_at(doubt, key, least=0) for key in ("row", "column"))
    if (row is None) != (column is None):
        raise ValueError("row, column: one without the other")
    probability = None if doubt.get("probability") is None else number_at(doubt, "probability", 0.0, 1.0)
    return Doubt(
        block=integer_at(doubt, "block", least=0),
        start=integer_at(doubt, "start", least=0),
        end=integer_at(doubt, "end", least=0),
        kind=DoubtKind(text_at(doubt, "kind")),
        row=row,
        column=column,
        other=_text_or_none(doubt, "other"),
        by=text_at(doubt, "by"),
        probability=probability,
        grave=truth_at(doubt, "grave"),
        box=_box_from(doubt),
    )


def _lengths(block: AnyBlock) -> dict[Place, int]:
    """Return how many characters can be doubted at which places of a block."""
    if isinstance(block, Table):
        return {(cell.row, cell.column): len(cell.text) for cell in block.cells}
    return {None: len(text_of(block))}


def _text_or_none(owner: Mapping[str, Any], key: str) -> str | None:
    return None if owner.get(key) is None else text_at(owner, key)


def _box_from(owner: Mapping[str, Any]) -> Box | None:
    return None if owner.get("box") is None else box_from_list(owner["box"])
