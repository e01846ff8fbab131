"""Being the one owner of the engine: claimed before the engine is started here, given back at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from engine.owner.handlers import handlers_for
from engine.owner.lock import OwnerKind
from engine.owner.server import OwnerServer
from engine.service import Service


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
