"""Messages arrive as they were sent, and nothing else is taken for one."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.owner import frames
from engine.owner.frames import RubbishError, packed, read_message

names = st.text(st.characters(exclude_categories=[]))  # with lone surrogates: names of files that are not UTF-8
messages = st.dictionaries(
    names.filter(lambda name: name != "blob"),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | names,
        lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    ),
)


def read(raw: bytes, **limits: int) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        reader = asyncio.StreamReader()
        reader.feed_data(raw)
        reader.feed_eof()
        return await read_message(reader, **limits)

    return asyncio.run(run())


@given(messages, st.binary())
@pytest.mark.slow
def test_a_message_arrives_as_it_was_sent(message: dict[str, Any], blob: bytes) -> None:
    sent = {**message, "blob": blob} if blob else message

    assert read(packed(sent)) == sent


@given(st.binary())
def test_what_is_no_message_is_the_end_or_rubbish(raw: bytes) -> None:
    with pytest.raises((EOFError, RubbishError)):
        read(raw)


@given(st.binary())
def test_what_is_framed_well_and_no_object_is_rubbish(body: bytes) -> None:
    framed = struct.pack("!II", len(body), 0) + body

    try:
        message = read(framed)
    except RubbishError:
        return
    assert isinstance(message, dict)


@pytest.mark.parametrize("body", [b"[]", b"7", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000, b"\xff"])
def test_rubbish(body: bytes) -> None:
    with pytest.raises(RubbishError):
        read(struct.pack("!II", len(body), 0) + body)


@pytest.mark.parametrize(
    ("json_bytes", "blob_bytes"), [((2 << 20) + 1, 0), (2, (32 << 20) + 1), (2**32 - 1, 2**32 - 1)]
)
def test_a_message_that_is_announced_too_large_is_not_waited_for(json_bytes: int, blob_bytes: int) -> None:
    with pytest.raises(RubbishError):  # though the connection stays open and nothing more comes
        read(struct.pack("!II", json_bytes, blob_bytes))


def test_what_is_too_large_or_no_json_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOST_BLOB_BYTES", 1000)

    with pytest.raises(ValueError, match="too large"):
        packed({"words": "x" * (2 << 20)})
    with pytest.raises(ValueError, match="too large"):
        packed({"blob": b"x" * 1001})
    with pytest.raises(TypeError):
        packed({"words": object()})
    with pytest.raises(TypeError):
        packed({"blob": "words"})
