"""The messages between owner and commands: the frames of `engine.children.serving`, over asyncio's streams.

A message is a JSON object of at most 2 MiB; bytes under its key `blob` travel as they are, up to 32 MiB. Larger JSON
would hold up the loop of whoever packs it.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from typing import Any

from engine.children.serving import HEADER, read_frame

VERSION = 1
"""Of what is said here. The greeting keeps its form for ever, so that two versions can tell each other apart."""
MOST_JSON_BYTES = 2 << 20
MOST_BLOB_BYTES = 32 << 20
MOST_GREETING_BYTES = 4096
BLOB = "blob"
OP = "#op"
"""Under this key a question says what it is about."""
SORT = "#"
"""Under this key an answer says what sort of message it is: one of the next three."""
REPLY, ERROR, END = "reply", "error", "end"

Message = dict[str, Any]


class RubbishError(Exception):
    """What came is no message, or one larger than allowed."""


def packed(message: Mapping[str, Any]) -> bytes:
    """Return a message as it travels.

    Raises:
        ValueError: It is too large.
        TypeError: It holds what JSON has no form for.
    """
    blob = message.get(BLOB, b"")
    told = {name: value for name, value in message.items() if name != BLOB}
    # ASCII alone: the names of files that are not UTF-8 come through as well.
    body = json.dumps(told, separators=(",", ":")).encode("ascii")
    if not isinstance(blob, bytes | bytearray | memoryview):
        raise TypeError("a blob is bytes")
    if len(body) > MOST_JSON_BYTES or memoryview(blob).nbytes > MOST_BLOB_BYTES:
        raise ValueError("the message is too large")
    return b"".join((HEADER.pack(len(body), memoryview(blob).nbytes), body, blob))


async def read_message(
    reader: asyncio.StreamReader, *, most_json: int = MOST_JSON_BYTES, most_blob: int = MOST_BLOB_BYTES
) -> Message:
    """Read one message.

    Raises:
        EOFError: The other end is gone.
        RubbishError: It is no message.
    """
    head = await reader.readexactly(HEADER.size)
    sizes = HEADER.unpack(head)
    if sizes[0] > most_json or sizes[1] > most_blob:  # looked at before anything is waited for
        raise RubbishError
    rest = await reader.readexactly(sum(sizes))
    try:
        message, blob = read_frame(io.BytesIO(head + rest))
    except ValueError as problem:
        raise RubbishError from problem
    if blob:
        message[BLOB] = bytes(blob)
    return message
