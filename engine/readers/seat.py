"""Seat: the right to ask a server one page, and what must be known of that server to ask it rightly."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.errors import DiglotError
    from engine.readers.chat import ChatClient, ChatEndpoint
    from engine.tasks.family import Family
    from engine.tasks.request import ServerTraits


@dataclass(frozen=True, slots=True)
class Seat:
    """The right to ask a server one page, and what must be known of it.

    `model_version` is "1.0" or "1.5", "" where only the name tells; `server_version` is vLLM's, "" where it is not
    known. `shared` is the host of a shared server, "" for an engine of our own. `ended_by` returns why the engine
    ended since the seat was given, None while it lives or where nobody knows.
    """

    endpoint: ChatEndpoint
    max_tokens: int
    max_pixels: int
    model_version: str = ""
    server_version: str = ""
    shared: str = ""
    prove: Callable[[], Awaitable[None]] | None = field(default=None, repr=False)
    trust: Callable[[], ssl.SSLContext] | None = field(default=None, repr=False)
    ended_by: Callable[[], DiglotError | None] | None = field(default=None, repr=False)

    @property
    def family(self) -> Family:
        """Which model it has."""
        from engine.tasks.family import family_for, likely_family

        return family_for(self.model_version) if self.model_version else likely_family(self.endpoint.model)

    @property
    def traits(self) -> ServerTraits:
        """What a request must know of it."""
        from engine.tasks.request import ServerTraits

        return ServerTraits.of(self.server_version, max_tokens=self.max_tokens, max_pixels=self.max_pixels)


Seats = Callable[[], AbstractAsyncContextManager[Seat]]
"""Gives a seat for a page; waits for an engine that starts or sleeps, raises where there is none."""


class Clients:
    """The clients for servers, one for each, all for the same loop. An engine that was started again is another."""

    def __init__(self) -> None:
        """Know no server yet."""
        self._known: dict[tuple[str, str, str | None, str], ChatClient] = {}

    def of(self, seat: Seat) -> ChatClient:
        """Return the client for a seat's server."""
        from engine.readers.chat import ChatClient

        endpoint = seat.endpoint
        which = (endpoint.url, endpoint.key, endpoint.socket, endpoint.model)
        if which not in self._known:
            self._known[which] = ChatClient(endpoint, shared=seat.shared, trust=seat.trust, prove=seat.prove)
        return self._known[which]

    async def close(self) -> None:
        """End what is open."""
        known, self._known = self._known, {}
        for client in known.values():
            await client.close()
