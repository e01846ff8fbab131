"""The local engine as a window has it: claimed for this window, which then answers the commands of the same user."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported when the engine is first asked for
    from desktop.bridge import Bridge
    from engine.local_engine import LocalEngine
    from engine.owner.ownership import Ownership
    from engine.service import Service


class OwnedEngine:
    """The service's engine, which is this window's alone as long as nobody else has claimed it."""

    def __init__(self, service: Service, bridge: Bridge, *, claims: bool) -> None:
        """Claim nothing yet; `claims` says whether commands are answered before the engine is first started here."""
        self._service = service
        self._bridge = bridge
        self._claims = claims
        self._ownership: Ownership | None = None

    def take(self) -> LocalEngine:
        """Return the engine, and answer other commands from now on."""
        if self._ownership is None:
            from engine.owner.lock import OwnerKind
            from engine.owner.ownership import Ownership

            self._ownership = Ownership(self._service, kind=OwnerKind.WINDOW)
            if self._claims:
                self._bridge.start(self._claim(self._ownership))
        return self._service.engine

    async def _claim(self, ownership: Ownership) -> None:
        from engine.errors import DiglotError

        with contextlib.suppress(DiglotError):  # another window has it: starting the engine here will say so
            await ownership.claim()

    async def close(self) -> None:
        """Let another have it."""
        if self._ownership is not None:
            await self._ownership.close()
