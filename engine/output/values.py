"""Single values out of JSON that nobody has checked: each comes back as what it should be, or as a `ValueError`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

JsonObject = dict[str, Any]


def as_object(value: object, what: str) -> JsonObject:
    """Return the value if it is an object; `what` names it in the error."""
    if not isinstance(value, dict):
        raise ValueError(f"{what}: not an object")
    return value


def list_at(owner: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list under `key`."""
    value = owner.get(key)
    if not isinstance(value, list):
        raise ValueError(f"{key}: not a list")
    return value


def text_at(owner: Mapping[str, Any], key: str) -> str:
    """Return the text under `key`; a lone surrogate is no text."""
    value = owner.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key}: not a text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{key}: not a sound text") from None  # its own words would quote the page
    return value


def truth_at(owner: Mapping[str, Any], key: str) -> bool:
    """Return the true or false under `key`."""
    value = owner.get(key)
    if not isinstance(value, bool):
        raise ValueError(f"{key}: not true or false")
    return value


def integer_at(owner: Mapping[str, Any], key: str, *, least: int | None = None) -> int:
    """Return the whole number under `key`, which must be at least `least`."""
    value = owner.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        raise ValueError(f"{key}: not a whole number" + ("" if least is None else f" of at least {least}"))
    return value


def one_of_at(owner: Mapping[str, Any], key: str, allowed: Sequence[str]) -> str:
    """Return the text under `key`, which must be one of `allowed`."""
    value = text_at(owner, key)
    if value not in allowed:
        raise ValueError(f"{key}: none of {', '.join(allowed)}")
    return value


def as_number(value: object, what: str) -> float:
    """Return a finite number; `what` names it in the error."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{what}: not a number")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{what}: too large") from None
    if not math.isfinite(number):
        raise ValueError(f"{what}: not finite")
    return number


def number_at(owner: Mapping[str, Any], key: str, least: float, most: float) -> float:
    """Return the number under `key`, from `least` to `most`."""
    number = as_number(owner.get(key), key)
    if not least <= number <= most:
        raise ValueError(f"{key}: not between {least:g} and {most:g}")
    return number


def positive_at(owner: Mapping[str, Any], key: str) -> float:
    """Return the number under `key`, which must be above zero."""
    number = as_number(owner.get(key), key)
    if number <= 0:
        raise ValueError(f"{key}: not above zero")
    return number


def sound(text: str) -> str:
    """Return the text with lone surrogates (names of files, broken text layers) replaced: they cannot be written."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
