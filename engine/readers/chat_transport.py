"""The wire below the openai client: sends nothing but what a request takes, and takes no answer without end.

The client adds what it finds: the system it runs on, organisations and headers from the environment. None of that
leaves here: the headers are made anew. It is imported only when the first page is asked.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai

MOST_BYTES = 64 << 20
"""The longest stream there is: 32 000 tokens in pieces of their own, and as much again."""
MOST_WHOLE_BYTES = 16 << 20
"""The longest answer in one: 32 000 tokens of 500 bytes. Parsed in a thread, yet Python does nothing else meanwhile."""
MOST_ERROR_BYTES = 256 << 10


class AnswerTooLong(httpx2.RemoteProtocolError):
    """It did not end."""


class AnswerCompressed(httpx2.RemoteProtocolError):
    """It is compressed, unasked: a small one may unpack to anything."""


def openai_client(
    url: str, *, key: str, socket: str | None, trust: ssl.SSLContext, connect_within_s: float
) -> openai.AsyncOpenAI:
    """Make a client that asks one server and no other; blocks, as imports and certificates do.

    Args:
        url: Base address, without `/v1`.
        key: Sent as bearer, "" for none. The client itself does not get it.
        socket: Path of a Unix socket that is used instead of the address.
        trust: Whose certificates are believed.
        connect_within_s: How long a server may take to accept a connection.
    """
    for name in ("openai", "httpx2", "httpcore2"):  # they tell at DEBUG, and INFO, what is asked of whom
        logging.getLogger(name).setLevel(logging.WARNING)
    inner = httpx2.AsyncHTTPTransport(
        uds=socket,
        verify=trust,
        trust_env=False,
        # A connection that is kept may be closed by the server in the moment it is used again: as good as a crash.
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
    )
    return openai.AsyncOpenAI(
        api_key="-",
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        base_url=f"{url}/v1",
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=connect_within_s),  # the rest is held by whoever waits for the answer
        http_client=httpx2.AsyncClient(transport=OwnTransport(inner, key), trust_env=False, follow_redirects=False),
    )


class OwnTransport(httpx2.AsyncBaseTransport):
    """Makes the headers of every request anew, and bounds every answer."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, key: str) -> None:
        """Send over `inner`, with `key` where there is one."""
        self._inner = inner
        self._key = key

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask; the stream of what comes back ends with an error where it is too long."""
        opened: list[Any] = []

        async def notice(event: str, about: dict[str, Any]) -> None:
            if event in ("connection.connect_tcp.complete", "connection.connect_unix_socket.complete"):
                opened.append(about["return_value"])

        sent = httpx2.Request(
            request.method,
            request.url,
            headers=self._headers(request),
            stream=request.stream,
            extensions={**request.extensions, "trace": notice},
        )
        try:
            response = await self._inner.handle_async_request(sent)
        except BaseException:
            for stream in opened:  # httpcore2 forgets one whose TLS greeting is cancelled
                with contextlib.suppress(Exception):
                    await stream.aclose()
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            await response.stream.aclose()
            raise AnswerCompressed("it is compressed", request=request)
        good = response.status_code == 200
        streams = response.headers.get("content-type", "").startswith("text/event-stream")
        most = (MOST_BYTES if streams else MOST_WHOLE_BYTES) if good else MOST_ERROR_BYTES
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Bounded(response.stream, request, most, cut=not good),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()

    def _headers(self, request: httpx2.Request) -> dict[str, str]:
        kept = {name: request.headers[name] for name in ("host", "content-length") if name in request.headers}
        key = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return {
            **kept,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "Content-Type": "application/json",
            "User-Agent": "diglot",
            **key,
        }


class _Bounded(httpx2.AsyncByteStream):
    """A body of at most so many bytes; of an error's body the rest is cut off, as its first words say it all."""

    def __init__(self, inner: httpx2.AsyncByteStream, request: httpx2.Request, most: int, *, cut: bool) -> None:
        self._inner = inner
        self._request = request
        self._most = most
        self._cut = cut

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most
        async for piece in self._inner:
            yield piece[:left]
            left -= len(piece)
            if left < 0:
                if self._cut:
                    return
                raise AnswerTooLong("it did not end", request=self._request)

    async def aclose(self) -> None:
        await self._inner.aclose()
