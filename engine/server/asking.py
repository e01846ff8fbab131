"""Asks a server for what comes before pages: its proof, its certificate, and that it reads known pages rightly."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from engine.server.state import Endpoint
from engine.settings import RemoteSettings

if TYPE_CHECKING:
    from engine.server.client import EngineClient
    from engine.server.self_check import CheckReport

CHECK_TOKENS = 256
"""More than the longest of the known pages takes."""


async def checked(
    endpoint: Endpoint, pages_at_once: int, on_progress: Callable[[int, int], None] | None = None
) -> CheckReport:
    """Let a server read the known pages."""
    from engine.server.self_check import check_pages

    client = client_of(endpoint)
    try:
        return await check_pages(
            lambda png, prompt: client.ask_page(png, prompt, max_tokens=CHECK_TOKENS),
            planned=pages_at_once,
            on_progress=on_progress,
        )
    finally:
        await client.close()


def proof_of(endpoint: Endpoint) -> Callable[[], Awaitable[None]]:
    """Return what lets the server at an endpoint of ours prove itself before it is shown the key."""

    async def prove() -> None:
        client = client_of(endpoint)
        try:
            await client.prove()
        finally:
            await client.close()

    return prove


def trust_of(settings: RemoteSettings) -> Callable[[], ssl.SSLContext]:
    """Return what makes the TLS context for the shared server; called in a thread."""

    def trust() -> ssl.SSLContext:
        from engine.server.remote import allowed_address, remote_error, remote_trust
        from engine.server.wire import WireFault

        try:
            return remote_trust(settings)()
        except WireFault as fault:
            raise remote_error(allowed_address(settings), fault) from fault

    return trust


def client_of(endpoint: Endpoint) -> EngineClient:
    """Return what asks an engine of ours. Its owner closes it."""
    from engine.server.client import EngineClient

    return EngineClient(endpoint)
