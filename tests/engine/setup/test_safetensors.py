"""The header of a .safetensors file: what is right is understood, and anything else ends in one named error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.setup.safetensors import MAX_HEADER_BYTES, HeaderError, check_length, parse_header
from tests.support.made_checkpoints import bf16, safetensors

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TENSOR_LIKE = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["BF16", "F32", "F4", "Q9", 7]),
        "shape": st.lists(st.integers(-1, 9) | st.sampled_from([1 << 62, True, 0.5]), max_size=3),
        "data_offsets": st.lists(st.integers(-1, 64), max_size=3),
    }
)


def with_header(table: object) -> bytes:
    text = json.dumps(table).encode()
    return len(text).to_bytes(8, "little") + text


def test_a_header_says_what_the_file_holds_and_how_long_it_is() -> None:
    untrusted = safetensors({"a": bf16(3, 5), "empty": ("F32", (0, 7), b""), "one": ("I64", (), b"12345678")})

    header = parse_header(untrusted)

    assert {tensor.name: tensor.shape for tensor in header.tensors} == {"a": (3, 5), "empty": (0, 7), "one": ()}
    assert header.data_bytes == 3 * 5 * 2 + 8
    assert header.file_bytes == len(untrusted)
    check_length(header, len(untrusted))


@given(st.lists(st.lists(st.integers(0, 5), max_size=3), max_size=6))
def test_whatever_is_written_is_read_back(shapes: list[list[int]]) -> None:
    tensors = {f"t{number}": bf16(*shape) for number, shape in enumerate(shapes)}

    header = parse_header(safetensors(tensors))

    assert {tensor.name: list(tensor.shape) for tensor in header.tensors} == {
        name: list(shape) for name, (_, shape, _) in tensors.items()
    }
    assert sum(tensor.bytes for tensor in header.tensors) == header.data_bytes


@pytest.mark.parametrize(
    ("shorter", "said"), [(1, "1 of 142 bytes are missing"), (-3, "3 bytes longer"), (30, "30 of 142 bytes")]
)
def test_a_file_of_another_length_is_noticed_to_the_byte(shorter: int, said: str) -> None:
    untrusted = safetensors({"a": bf16(3, 5)})
    assert len(untrusted) == 142

    with pytest.raises(HeaderError, match=said):
        check_length(parse_header(untrusted), len(untrusted) - shorter)


@pytest.mark.parametrize(
    "table",
    [
        {"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 5]}},
        {"a": {"dtype": "BF16", "shape": [2], "data_offsets": [4, 8]}},
        {"a": {"dtype": "BF16", "shape": [-2], "data_offsets": [4, 0]}},
        {"a": {"dtype": "BF16", "shape": [True], "data_offsets": [0, 2]}},
        {"a": {"dtype": "OBJECT", "shape": [], "data_offsets": [0, 2]}},
        {"a": {"dtype": "U8", "shape": [1 << 50], "data_offsets": [0, 1 << 50]}},
        {
            "a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
            "b": {"dtype": "U8", "shape": [4], "data_offsets": [2, 6]},
        },
        {"a": [1, 2]},
    ],
    ids=["span", "gap", "negative", "truth value", "unknown kind", "enormous", "overlap", "no table"],
)
def test_a_header_that_contradicts_itself_is_refused(table: object) -> None:
    with pytest.raises(HeaderError):
        parse_header(with_header(table))


def test_a_name_that_comes_twice_is_refused() -> None:
    one = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}'
    text = f'{{"a":{one},"a":{one}}}'.encode()

    with pytest.raises(HeaderError, match="twice"):
        parse_header(len(text).to_bytes(8, "little") + text)


def test_a_length_beyond_bounds_is_refused_before_anything_is_read() -> None:
    with pytest.raises(HeaderError, match=r"no \.safetensors"):
        parse_header((MAX_HEADER_BYTES + 1).to_bytes(8, "little") + b"{}")


def test_a_header_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(HeaderError):
        parse_header(with_header_text(b'{"a":' + b"[" * 100_000))


def with_header_text(text: bytes) -> bytes:
    return len(text).to_bytes(8, "little") + text


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_end_in_the_named_error_or_a_header(untrusted: bytes) -> None:
    try:
        header = parse_header(untrusted)
    except HeaderError:
        return
    assert header.data_start <= len(untrusted)


@given(ANY_JSON | st.dictionaries(st.text(max_size=4), TENSOR_LIKE | ANY_JSON, max_size=3))
@pytest.mark.slow
def test_json_of_any_kind_ends_in_the_named_error_or_a_header_without_gaps(table: Any) -> None:
    try:
        header = parse_header(with_header(table))
    except HeaderError:
        return
    assert sum(tensor.bytes for tensor in header.tensors) == header.data_bytes
