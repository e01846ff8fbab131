"""A shared server in the house, asked page by page as an engine of our own is. Nothing of ours is started for it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from engine.engine_errors import EngineError
from engine.server.asking import trust_of
from engine.server.state import Endpoint, ServerState, ServerStatus
from engine.settings import RemoteSettings

if TYPE_CHECKING:
    from engine.readers.seat import Seat
    from engine.server.metrics import Sample
    from engine.server.remote import RemoteReport
    from engine.server.remote_watch import RemoteWatch

REMOTE_TOKENS, REMOTE_PIXELS = 16_384, 4_194_304
"""What a shared server is sure to take, where it does not say how much."""
REMOTE_PAGES_AT_ONCE = 4
"""Until its answers and its measurements say more: see `engine.readers.appetite`."""


class SharedServer:
    """One shared server: whether it can be used, and the seats at it. Nothing falls back from it to anything else."""

    def __init__(
        self,
        settings: RemoteSettings,
        *,
        key: str | None = None,
        tell: Callable[[ServerStatus], None] = lambda status: None,
    ) -> None:
        """Ask nobody yet.

        Args:
            settings: Which one, and whom it is trusted by.
            key: What it is shown, "" for nothing; None takes the one that was kept for its address.
            tell: Hears how it stands.
        """
        self.status = ServerStatus(ServerState.STOPPED, remote=settings.url)
        self._settings = settings
        self._key = key
        self._tell = tell
        self._endpoint: Endpoint | None = None
        self._report: RemoteReport | None = None
        self._watch: RemoteWatch | None = None
        self._looking = asyncio.Lock()

    @property
    def endpoint(self) -> Endpoint:
        """Where it is asked. Raises the `EngineError` that keeps it from being used."""
        if self._endpoint is None:
            raise self.status.error or EngineError(detail="nobody has looked yet whether it can be used")
        return self._endpoint

    async def start(self) -> None:
        """Look whether it can be used.

        Raises:
            RemoteError: It cannot; the status says so too.
        """
        from engine.secrets import server_key
        from engine.server.remote import allowed_address, check_remote, remote_client, remote_endpoint
        from engine.server.remote_watch import RemoteWatch

        settings = self._settings
        async with self._looking:
            self._endpoint = None
            self._stands(ServerStatus(ServerState.STARTING, remote=settings.url))
            try:
                address = allowed_address(settings)
                key = self._key if self._key is not None else await server_key(address.url) or ""
                report = await check_remote(settings, key)
            except EngineError as error:
                self._stands(ServerStatus(ServerState.FAILED, remote=settings.url, error=error))
                raise
            self._report = report
            self._watch = RemoteWatch(lambda: remote_client(settings, key))
            self._endpoint = remote_endpoint(dataclasses.replace(settings, model=report.model), key)
            self._stands(ServerStatus(ServerState.READY, remote=report.url, pages_at_once=REMOTE_PAGES_AT_ONCE))

    @contextlib.asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """Give the right to have one page read. Where waiting may have helped, it is looked at once more.

        Raises:
            RemoteError: It cannot be used.
        """
        if self._endpoint is None:
            await self._look_again()
        seat, watch = self._seat(), self._watch
        assert watch is not None
        async with watch.page():
            yield seat

    def samples(self) -> tuple[Sample, ...]:
        """Return how busy it was while it had pages of ours, the oldest first; () where it tells nobody."""
        return self._watch.samples() if self._watch is not None else ()

    async def _look_again(self) -> None:
        """Look, or wait for who is looking: many pages may ask at once."""
        if self.status.state is ServerState.STARTING:
            async with self._looking:
                return  # what was found is known now
        if self.status.error is not None and not self.status.error.retryable:
            raise self.status.error
        await self.start()

    def _seat(self) -> Seat:
        from engine.readers.seat import Seat

        endpoint, report = self.endpoint, self._report
        assert report is not None
        return Seat(
            endpoint,
            report.max_tokens or REMOTE_TOKENS,
            REMOTE_PIXELS,
            server_version=report.version if report.vllm else "",  # another's version says nothing of what it can do
            shared=self.status.remote,
            trust=trust_of(self._settings),
        )

    def _stands(self, status: ServerStatus) -> None:
        self.status = status
        self._tell(status)
