"""A page as JSON and back: what the child processes answer, and what stands under "pages" in a document.

`resources/schema.json` describes the same for those who read it with other tools. Coordinates are rounded to 0.01 page
units and scores to 0.001. Writing trusts the model; reading trusts nothing and raises `ValueError` on anything wrong.
Keys that this version does not know are ignored, so that a later version may add some without raising the number.
"""

from __future__ import annotations

import math
from typing import cast

from engine.output.block_schema import block_from_dict, block_to_dict, line_from_dict, line_to_dict
from engine.output.blocks import PageResult, PageWarning, Unit, WarningCode
from engine.output.finding_schema import doubts_from_dict, fields_from_dict, findings_to_dict, translation_from_dict
from engine.output.values import (
    JsonObject,
    as_object,
    integer_at,
    list_at,
    number_at,
    one_of_at,
    positive_at,
    sound,
    text_at,
)

SCHEMA_VERSION = 1


# -- writing --


def page_to_dict(result: PageResult) -> JsonObject:
    """Return one page as it stands in the JSON; what it does not know or was not asked for has no key."""
    page: JsonObject = {
        "number": result.number,
        "width": max(0.01, round(float(result.width), 2)),
        "height": max(0.01, round(float(result.height), 2)),
        "unit": result.unit,
        "reader": result.reader,
        "task": sound(result.task),
        "turned": result.turned,
        "seconds": round(float(result.seconds), 3),
        "blocks": [block_to_dict(block) for block in result.blocks],
        "lines": [line_to_dict(line) for line in result.lines],
        "warnings": [{"code": warning.code.value, "detail": sound(warning.detail)} for warning in result.warnings],
    }
    page |= findings_to_dict(result)
    if result.raw_text:
        page["raw_text"] = sound(result.raw_text)
    if result.source_hash:
        page["source_sha256"] = result.source_hash
    return page


# -- reading --


def page_from_dict(obj: object) -> PageResult:
    """Read one page. One that was written before tasks were noted is taken for a "document".

    Raises:
        ValueError: It is not one that `page_to_dict` could have written.
    """
    page = as_object(obj, "page")
    lines = tuple(line_from_dict(line) for line in list_at(page, "lines"))
    turned = integer_at(page, "turned")
    if turned not in (0, 90, 180, 270):
        raise ValueError("turned: not 0, 90, 180 or 270")
    blocks = tuple(block_from_dict(block, len(lines)) for block in list_at(page, "blocks"))
    translation, language, pairs = translation_from_dict(page, line_count=len(lines), block_count=len(blocks))
    return PageResult(
        number=integer_at(page, "number", least=1),
        width=positive_at(page, "width"),
        height=positive_at(page, "height"),
        unit=cast(Unit, one_of_at(page, "unit", ("pt", "px"))),
        reader=text_at(page, "reader"),
        blocks=blocks,
        lines=lines,
        warnings=tuple(_warning_from_dict(warning) for warning in list_at(page, "warnings")),
        seconds=number_at(page, "seconds", 0.0, math.inf),
        turned=turned,
        source_hash=text_at(page, "source_sha256") if "source_sha256" in page else "",
        task=text_at(page, "task") if "task" in page else "document",
        translation=translation,
        language=language,
        pairs=pairs,
        fields=fields_from_dict(page),
        doubts=doubts_from_dict(page, blocks),
        raw_text=text_at(page, "raw_text") if "raw_text" in page else "",
    )


def _warning_from_dict(obj: object) -> PageWarning:
    warning = as_object(obj, "warning")
    return PageWarning(WarningCode(text_at(warning, "code")), text_at(warning, "detail"))
