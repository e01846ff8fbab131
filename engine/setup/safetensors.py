"""The header of a .safetensors file, read and checked by ourselves: what it holds, and whether all of it is there.

Eight bytes give the length of a JSON table, the table names every tensor with its kind, shape and place, and the rest
of the file is their bytes, one after the other without a gap. So the header alone says how long the file must be.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 16 << 20
"""The format allows 100 MB; HunyuanOCR's has 90 kB, and Python needs ten times a table's length to hold it."""
MAX_TENSORS = 100_000
MAX_RANK = 16
MAX_SIDE = 1 << 40
METADATA = "__metadata__"
BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}


class HeaderError(Exception):
    """This is no such header, or it does not fit its file; the text says in what way, for a person."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor; `begin` and `end` are bytes from the start of the data."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def bytes(self) -> int:
        """How many bytes it has."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Header:
    """What a file holds, by place. `data_start` is where the first tensor's bytes lie in the file."""

    tensors: tuple[Tensor, ...]
    data_start: int
    data_bytes: int

    @property
    def file_bytes(self) -> int:
        """How long the whole file must be."""
        return self.data_start + self.data_bytes


def header_length(untrusted: bytes) -> int:
    """Return how many bytes of JSON follow the first eight.

    Raises:
        HeaderError: There are fewer than eight, or the length cannot be one.
    """
    if len(untrusted) < LENGTH_BYTES:
        raise HeaderError("it is cut off in its first bytes")
    length = int.from_bytes(untrusted[:LENGTH_BYTES], "little")
    if not untrusted[:LENGTH_BYTES].strip(b"\0"):
        raise HeaderError("it begins with zeros")
    if not 2 <= length <= MAX_HEADER_BYTES:
        raise HeaderError("it is no .safetensors file")
    return length


def parse_header(untrusted: bytes) -> Header:
    """Read the header from a file's first bytes, its length included.

    Raises:
        HeaderError: It is cut off, is no such table, or its tensors overlap or leave gaps.
    """
    length = header_length(untrusted)
    text = untrusted[LENGTH_BYTES : LENGTH_BYTES + length]
    if len(text) < length:
        raise HeaderError("it is cut off in its header")
    if not text.startswith(b"{"):
        raise HeaderError("it is no .safetensors file")
    try:
        table = json.loads(text.decode("utf-8"), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as problem:
        raise HeaderError("its header cannot be read") from problem
    if len(table) > MAX_TENSORS:
        raise HeaderError("its header names too many tensors")
    tensors = [_tensor(name, told) for name, told in table.items() if name != METADATA]
    tensors.sort(key=lambda tensor: (tensor.begin, tensor.end))
    return Header(tuple(tensors), LENGTH_BYTES + length, _end_of(tensors))


def check_length(header: Header, file_bytes: int) -> None:
    """Raise `HeaderError` where the file is shorter or longer than its header says."""
    missing = header.file_bytes - file_bytes
    if missing > 0:
        raise HeaderError(f"it is cut off: {missing:,} of {header.file_bytes:,} bytes are missing")
    if missing < 0:
        raise HeaderError(f"it is {-missing:,} bytes longer than its header says")


def _without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise HeaderError("its header names something twice")
    return table


def _tensor(name: str, told: Any) -> Tensor:
    if not isinstance(told, dict):
        raise HeaderError("its header cannot be understood")
    dtype, shape, place = told.get("dtype"), told.get("shape"), told.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in BITS:
        raise HeaderError("it holds a kind of number that is not known")
    if not _sizes(shape, MAX_RANK) or not _sizes(place, 2) or len(place) != 2:
        raise HeaderError("its header cannot be understood")
    begin, end = place
    if (end - begin) * 8 != math.prod(shape) * BITS[dtype]:
        raise HeaderError("a tensor's size does not fit its shape")
    return Tensor(name, dtype, tuple(shape), begin, end)


def _sizes(value: object, most: int) -> TypeGuard[list[int]]:
    """Tell whether this is a list of at most so many sizes that a file can have."""
    if not isinstance(value, list) or len(value) > most:
        return False
    return all(type(item) is int and 0 <= item <= MAX_SIDE for item in value)


def _end_of(tensors: Sequence[Tensor]) -> int:
    place = 0
    for tensor in tensors:
        if tensor.begin != place:
            raise HeaderError("its tensors overlap or leave gaps")
        place = tensor.end
    return place
