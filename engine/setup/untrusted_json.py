"""JSON of a checkpoint, which anybody may have written: bounded in size and depth, its numbers in their range, no code.

`auto_map` and its like make a loader run Python that lies beside the model. They are taken out of every copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.engine_errors import ModelDamaged

MAX_JSON_BYTES = 64 << 20
"""The tokenizer has 6 MB; nothing else comes near."""
MAX_DEPTH = 64
CODE_KEYS = frozenset({"auto_map", "custom_pipelines", "custom_generate", "code_revision", "trust_remote_code"})


def parse_json(untrusted: bytes, name: str) -> Any:
    """Return what a JSON file says. `name` is what to call it.

    Raises:
        ModelDamaged: It is too large, too deep, or not JSON.
    """
    if len(untrusted) > MAX_JSON_BYTES:
        raise ModelDamaged(name, detail="it is too large to be what its name says")
    try:
        value = json.loads(untrusted.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise ModelDamaged(name, detail="it is cut off or not JSON") from problem
    if _depth(value) > MAX_DEPTH:
        raise ModelDamaged(name, detail="it is nested too deeply")
    return value


def without_code(value: Any) -> tuple[Any, tuple[str, ...]]:
    """Return the value without the keys that make a loader run code, and which those were."""
    removed: set[str] = set()
    return _cleaned(value, removed), tuple(sorted(removed))


@dataclass(frozen=True, slots=True)
class Table:
    """A JSON object whose values are asked for by kind and range. `name` is the file's, for the errors."""

    raw: dict[str, Any]
    name: str

    @classmethod
    def of(cls, raw: Any, name: str) -> Table:
        """Take what a file says.

        Raises:
            ModelDamaged: It is no object.
        """
        if not isinstance(raw, dict):
            raise ModelDamaged(name, detail="it does not hold what its name says")
        return cls(raw, name)

    def table(self, key: str) -> Table:
        """Return the object under a key; an empty one where there is none."""
        inner = self.raw.get(key)
        return Table(inner if isinstance(inner, dict) else {}, self.name)

    def text(self, key: str) -> str:
        """Return the text under a key; "" where there is none."""
        value = self.raw.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of the list under a key, leaving out whatever else is in it."""
        value = self.raw.get(key)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def whole(self, key: str, *, least: int, most: int) -> int | None:
        """Return the whole number under a key, None where there is none.

        Raises:
            ModelDamaged: It is no number, or out of its range.
        """
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise ModelDamaged(self.name, detail=f"{key} is not a number that can be right")
        return value


def _depth(value: Any) -> int:
    """Count how deep lists and objects lie in each other, without going down by calls."""
    deepest, left = 0, [(value, 1)]
    while left:
        inner, depth = left.pop()
        if isinstance(inner, dict | list):
            deepest = max(deepest, depth)
            left += [(child, depth + 1) for child in _children(inner) if isinstance(child, dict | list)]
    return deepest


def _children(value: Any) -> Iterator[Any]:
    yield from value.values() if isinstance(value, dict) else value


def _cleaned(value: Any, removed: set[str]) -> Any:
    if isinstance(value, dict):
        removed |= CODE_KEYS & value.keys()
        return {key: _cleaned(inner, removed) for key, inner in value.items() if key not in CODE_KEYS}
    if isinstance(value, list):
        return [_cleaned(inner, removed) for inner in value]
    return value
