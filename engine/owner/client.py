"""A command's side: finds the owner, asks it one question, and passes on what it answers, errors included."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path
from typing import Any

from engine.engine_errors import EngineError, NoOwner, OwnedElsewhere
from engine.owner.doors import Door, Streams, door_of, proof, proves
from engine.owner.frames import (
    END,
    ERROR,
    MOST_GREETING_BYTES,
    OP,
    REPLY,
    SORT,
    VERSION,
    RubbishError,
    packed,
    read_message,
)
from engine.owner.lock import OwnerInfo, info_of
from engine.owner.travel import error_of
from engine.private_place import Place, meeting_place

GREETED_WITHIN_S = 5.0
ENDED = "it ended before it had answered"
NOT_IT = "another program answers in its place"


class OwnerClient:
    """Asks the owner of this user's engine. Every question has a connection of its own, so nothing is kept open."""

    def __init__(self, *, runtime: Path | None = None, door: Callable[[Place], Door] = door_of) -> None:
        """Look for nobody yet; see `OwnerServer` for the arguments."""
        self._place = meeting_place(runtime)
        self._door = door

    async def who(self) -> OwnerInfo:
        """Return who the owner is.

        Raises:
            NoOwner: Nobody.
            OwnedElsewhere: Somebody who cannot be asked: it hangs, or is of another version.
        """
        async with self._met() as (_, info):
            return info

    async def ask(self, op: str, /, **fields: Any) -> AsyncGenerator[dict[str, Any], None]:
        """Ask, and yield the replies as they come. Bytes travel under the name `blob`.

        Closing the iterator (`contextlib.aclosing`) or cancelling who waits for it cancels the question.

        Raises:
            NoOwner: Nobody is there, or it ended before it had answered.
            Impostor: Another user's process is there.
            OwnedElsewhere: Somebody who cannot be asked: it hangs, or is of another version.
            DiglotError: Whatever the owner met, as if it had been met here.
        """
        async with self._met() as ((reader, writer), _):
            try:
                writer.write(packed({**fields, OP: op}))
                await writer.drain()
                while (sort := (message := await read_message(reader)).pop(SORT, None)) == REPLY:
                    yield message
                if sort == ERROR:
                    raise error_of(message.get("error"))
                if sort != END:
                    raise RubbishError
            except (EOFError, OSError) as problem:
                raise NoOwner(detail=ENDED) from problem
            except RubbishError as problem:
                raise EngineError(detail="the owner's answer was not understood") from problem

    @contextlib.asynccontextmanager
    async def _met(self) -> AsyncIterator[tuple[Streams, OwnerInfo]]:
        """Knock and greet."""
        door = self._door(self._place)
        reader, writer = await door.knock()
        try:
            try:
                async with asyncio.timeout(GREETED_WITHIN_S):
                    info = await _greet(door, reader, writer)
            except TimeoutError as problem:
                raise OwnedElsewhere(detail="it does not answer") from problem
            except (EOFError, OSError) as problem:
                raise NoOwner(detail=ENDED) from problem
            except RubbishError as problem:
                raise NoOwner(detail=NOT_IT) from problem
            yield (reader, writer), info
        finally:
            writer.transport.abort()


async def _greet(door: Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> OwnerInfo:
    nonce = secrets.token_hex(16)
    writer.write(packed({"diglot": {"version": VERSION}, "nonce": nonce}))
    await writer.drain()
    hello = await read_message(reader, most_json=MOST_GREETING_BYTES, most_blob=0)
    about = hello.get("diglot")
    if not isinstance(about, dict) or not proves(door.token, "owner", nonce, hello.get("proof")):
        raise NoOwner(detail=NOT_IT)
    info = info_of(about)
    if about.get("version") != VERSION:
        raise OwnedElsewhere(detail=f"{info}, and of another version of Diglot")
    writer.write(packed({"proof": proof(door.token, "command", str(hello.get("nonce", "")))}))
    await writer.drain()
    return info
