"""The owner's side: takes the lock, opens the door, and lets every command's question run until it is answered."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from engine.engine_errors import EngineNotPermitted
from engine.errors import Defect, DiglotError, UsageError
from engine.owner.doors import Door, door_of, proof, proves
from engine.owner.frames import (
    END,
    ERROR,
    MOST_GREETING_BYTES,
    OP,
    REPLY,
    SORT,
    VERSION,
    Message,
    RubbishError,
    packed,
    read_message,
)
from engine.owner.lock import OwnerKind, OwnerLock
from engine.owner.travel import told_of
from engine.private_place import Place, make_private, meeting_place

log = logging.getLogger(__name__)

GREETED_WITHIN_S = 5.0
ASKED_WITHIN_S = 60.0
"""How long a question may be on its way; it may carry a picture."""
TAKEN_WITHIN_S = 600.0
"""How long a command may leave an answer lying before its question is dropped; people page through output."""

Handler = Callable[[dict[str, Any]], AsyncIterator[dict[str, Any]]]
"""Answers one question with any number of replies. It is cancelled, and closed, when nobody wants them any more.

Bytes stand under the key `blob`, on both ways. What it raises is raised again at the other end, where it is a
DiglotError.
"""


class GoneError(Exception):
    """The command is gone, or takes nothing any more."""


class OwnerServer:
    """Owns the engine for this user while it is started. Close it in any case, also after a start that failed."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        kind: OwnerKind = OwnerKind.WINDOW,
        runtime: Path | None = None,
        door: Callable[[Place], Door] = door_of,
    ) -> None:
        """Take nothing yet.

        Args:
            handlers: What may be asked, by name.
            kind: What this process is, for who finds the place taken.
            runtime: Where to meet; the user's runtime folder by default.
            door: How to be reached.
        """
        self._handlers = handlers
        self._kind = kind
        self._place = meeting_place(runtime)
        self._lock = OwnerLock(self._place)
        self._door = door(self._place)
        self._occupying: asyncio.Future[socket.socket] | None = None
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Become the owner and answer from now on.

        Raises:
            OwnedElsewhere: Another process is the owner; the detail names it.
            EngineNotPermitted: The place cannot be used.
        """
        self._occupying = asyncio.ensure_future(asyncio.to_thread(self._occupy))
        listening = await asyncio.shield(self._occupying)
        listening.setblocking(False)
        start = asyncio.start_unix_server if listening.family != socket.AF_INET else asyncio.start_server
        self._server = await start(self._let_in, sock=listening)

    async def close(self) -> None:
        """Drop what is being answered, and let another become the owner. Nothing is left behind."""
        occupying, self._occupying = self._occupying, None
        if occupying is None:
            return
        try:
            listening = await occupying
        except DiglotError:
            return  # it never was the owner
        if self._server is not None:
            self._server.close()
        listening.close()
        for conversation in self._conversations:
            conversation.cancel()
        if self._conversations:
            await asyncio.wait(self._conversations)
        await asyncio.to_thread(self._leave)

    def _occupy(self) -> socket.socket:
        make_private(self._place.folder)
        self._lock.take(self._kind)
        try:
            return self._door.open()
        except OSError as problem:
            self._leave()
            raise EngineNotPermitted(str(self._place.folder), detail=problem.strerror or "") from problem

    def _leave(self) -> None:
        self._door.remove()  # under the lock: afterwards it may be another's
        self._lock.release()

    # -- one command

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = asyncio.current_task()
        assert conversation is not None
        self._conversations.add(conversation)
        try:
            if self._occupying is None:
                return  # it knocked while we were closing
            await self._converse(reader, writer)
        except (GoneError, RubbishError, EOFError, OSError) as problem:
            log.info("A command broke off (%s).", type(problem).__name__)
        except asyncio.CancelledError:
            pass  # by `close`, which only waits for the end
        finally:
            writer.transport.abort()  # whatever was to be said has been taken already
            self._conversations.discard(conversation)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._door.admits(writer.get_extra_info("socket")):
            log.warning("A process of another user knocked and was sent away.")
            return
        writer.transport.set_write_buffer_limits(high=0)  # so that `drain` means: taken
        async with asyncio.timeout(GREETED_WITHIN_S):
            if not await self._greet(reader, writer):
                return
        async with asyncio.timeout(ASKED_WITHIN_S):
            question = await read_message(reader)
        answering = asyncio.ensure_future(self._answer(question, writer))
        leaving = asyncio.ensure_future(reader.read(1))  # it has nothing more to say: anything is the end
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answering, leaving):
                task.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)
        if not answering.cancelled():
            answering.result()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        hello = await read_message(reader, most_json=MOST_GREETING_BYTES, most_blob=0)
        nonce = secrets.token_hex(16)
        mine = proof(self._door.token, "owner", str(hello.get("nonce", "")))
        about = {"version": VERSION, "kind": self._kind, "pid": os.getpid()}
        await self._say({"diglot": about, "nonce": nonce, "proof": mine}, writer)
        theirs = await read_message(reader, most_json=MOST_GREETING_BYTES, most_blob=0)
        return proves(self._door.token, "command", nonce, theirs.get("proof"))

    async def _answer(self, question: Message, writer: asyncio.StreamWriter) -> None:
        try:
            op = question.pop(OP, None)
            handler = self._handlers.get(op) if isinstance(op, str) else None
            if handler is None:
                raise UsageError(str(op)[:100], detail="the owner of the engine does not know this")
            replies = handler(question)
            try:
                async for reply in replies:
                    await self._say({**reply, SORT: REPLY}, writer)
            finally:
                if (close := getattr(replies, "aclose", None)) is not None:
                    await close()
        except GoneError:
            raise
        except DiglotError as error:
            await self._say({SORT: ERROR, "error": told_of(error)}, writer)
        except Exception as defect:
            log.exception("A question of another command ended in a defect")
            await self._say({SORT: ERROR, "error": told_of(Defect(detail=type(defect).__name__))}, writer)
        else:
            await self._say({SORT: END}, writer)

    async def _say(self, message: Mapping[str, Any], writer: asyncio.StreamWriter) -> None:
        frame = packed(message)
        try:
            async with asyncio.timeout(TAKEN_WITHIN_S):
                writer.write(frame)
                await writer.drain()
                await asyncio.sleep(0)  # `drain` alone gives nobody else a turn where everything is taken at once
        except OSError as problem:  # a TimeoutError is one
            raise GoneError from problem
