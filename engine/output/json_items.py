"""A list of JSON objects as a model streams it: each object as soon as it is whole, whatever stands around the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from engine.output.answer import Mend
from engine.output.loose_json import JsonValue, read_value
from engine.output.places import corners_in
from engine.output.sheet import Corner, Sheet

_LIST = re.compile(r"\s*+(?:\[\s*+(?:[{\]]|\Z)|\{\s*+[\"'“])")
_PREFIX = re.compile(r"\s*+[\[{]?+\s*+\Z")
_APART = re.compile(r"[\s,，]*+\[?+[\s,，]*+")

_AROUND = " \t\n\r,，[]}\"“”'`"
"""What stands around a text between the objects of a list without being of it."""

JsonObject = dict[str, JsonValue]


class Item(NamedTuple):
    """An object of the list, and where in the text it ends; None instead of an object where there was none to take.

    `words` is then what stood there instead.
    """

    object: JsonObject | None
    end: int
    words: str = ""


def looks_like_list(text: str, *, final: bool) -> bool | None:
    """Tell whether a text is a list of objects, or one object; None while that is not certain."""
    if not final and _PREFIX.match(text):
        return None
    return _LIST.match(text) is not None


def next_item(text: str, position: int, sheet: Sheet, *, final: bool) -> Item | None:
    """Return the next object of a list, None while it is not whole. What is no object is passed over."""
    apart = _APART.match(text, position)
    assert apart is not None
    start = apart.end()
    if start >= len(text):
        return Item(None, start) if final else None
    if text[start] == "]":
        return Item(None, start + 1)
    if text[start] != "{":
        following = text.find("{", start)
        if following < 0 and not final:
            return None
        end = following if following >= 0 else len(text)
        between = text[start:end].strip(_AROUND)
        sheet.mend(Mend.JSON, int(bool(between) or following >= 0))
        return Item(None, end, between)
    read = read_value(text, start, final=final)
    if read is None:
        return None
    sheet.mend(Mend.JSON, read.mended)
    sheet.mend(Mend.TRUNCATED, int(read.cut))
    return Item(read.value if isinstance(read.value, dict) else None, max(read.end, start + 1))


def text_of(item: JsonObject, *names: str) -> str:
    """Return the text under the first of these names that has any."""
    for name in names:
        value = item.get(name)
        text = flat(value) if isinstance(value, str | list) else ""
        if text.strip():
            return text.strip()
    return ""


def corners_of(item: JsonObject, *names: str) -> list[Corner]:
    """Return the corners under the first of these names that has any: as numbers, as pairs, or as a text of them."""
    for name in names:
        value = item.get(name)
        if value:
            corners = corners_in(flat(value, join=" ".join))
            if len(corners) >= 2:
                return corners
    return []


def flat(value: JsonValue, *, join: Callable[[list[str]], str] = "\n".join) -> str:
    """Return a value as text: the elements of a list, and the keys and values of an object, each apart."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = [flat(element, join=join) for element in value]
    else:
        parts = [f"{key}: {flat(element, join=join)}" for key, element in value.items()]
    return join([part for part in parts if part])
