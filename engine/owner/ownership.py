"""Being the one owner of the engine: claimed before the engine is started here, given back at the end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from engine.engine_errors import EngineError, NoOwner
from engine.logs import keep_secret
from engine.owner.client import OwnerClient
from engine.owner.handlers import SEAT, handlers_for
from engine.owner.lock import OwnerKind
from engine.owner.server import OwnerServer
from engine.readers.seat import Seat
from engine.server.asking import proof_of
from engine.server.state import Endpoint
from engine.service import Service


@contextlib.asynccontextmanager
async def borrowed_seat(runtime: Path | None = None) -> AsyncIterator[Seat]:
    """Borrow a seat at the engine of the process that owns it, for as long as the block takes.

    Raises:
        NoOwner: Nobody owns it, or it ended meanwhile.
        EngineError: The owner has none to lend.
    """
    asking = OwnerClient(runtime=runtime).ask(SEAT)
    async with contextlib.aclosing(asking) as replies:
        async for told in replies:
            yield _seat_of(told)
            return
    raise NoOwner()


def _seat_of(told: dict[str, Any]) -> Seat:
    """Read what the owner lent. It is a process of this user's, and its words are looked at all the same."""
    match told:
        case {
            "url": str(url),
            "key": str(key),
            "model": str(model),
            "socket": (str() | None) as socket,
            "max_tokens": int(max_tokens),
            "max_pixels": int(max_pixels),
            "model_version": str(model_version),
            "server_version": str(server_version),
        }:
            keep_secret(key)
            endpoint = Endpoint(url, key, model, socket)
            return Seat(endpoint, max_tokens, max_pixels, model_version, server_version, prove=proof_of(endpoint))
    raise EngineError(detail="what the owner lent was not understood")


class Ownership:
    """One process's claim on the engine. From the moment it holds, other commands are answered here."""

    def __init__(
        self,
        service: Service,
        *,
        kind: OwnerKind,
        stopped: Callable[[], None] | None = None,
        runtime: Path | None = None,
    ) -> None:
        """Claim nothing yet, but see that the service's engine is not started without.

        Args:
            service: What is asked.
            kind: What this process is, for who finds the place taken.
            stopped: Hears that another command has stopped the engine.
            runtime: Where to meet; the user's runtime folder by default.
        """
        self._handlers = handlers_for(service, stopped=stopped)
        self._kind = kind
        self._runtime = runtime
        self._server: OwnerServer | None = None
        self._claiming = asyncio.Lock()
        service.engine.before_start = self.claim
        service.engine.borrow = lambda: borrowed_seat(runtime)

    async def claim(self) -> None:
        """Become the owner; does nothing where this process is it already.

        Raises:
            OwnedElsewhere: Another process is; the detail names it.
            EngineNotPermitted: The place where owner and commands meet cannot be used.
        """
        async with self._claiming:
            if self._server is not None:
                return
            server = OwnerServer(self._handlers, kind=self._kind, runtime=self._runtime)
            try:
                await server.start()
            except BaseException:
                await server.close()
                raise
            self._server = server

    async def close(self) -> None:
        """Let another become the owner."""
        server, self._server = self._server, None
        if server is not None:
            await server.close()
