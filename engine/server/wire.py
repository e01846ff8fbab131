"""One HTTP question and its answer, within bounds: no proxy, no redirect, no endless body; the border for httpx2.

The servers asked here are told apart only above: `engine.server.client` gives a fault the words of the local engine,
`engine.server.remote` those of a shared server.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.chain import causes_of

if TYPE_CHECKING:  # 0.1 s to import: only who asks pays, and not on the loop
    import httpx2

CONNECT_WITHIN_S = 5.0
"""How long a server may take to accept a connection, encrypted or not."""
ANSWER_WITHIN_S = 5.0
"""Health, models and metrics: a server that is well has these at hand."""
MOST_BYTES = 1 << 20
"""The longest body that is read, where a question does not say otherwise."""
NO_TLS = "it does not speak TLS"
NO_TLS_REASONS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
LONGEST_WORDS = 200
"""What a server says about itself is cut here before anybody is shown it."""


class Trouble(StrEnum):
    """In which way a question went unanswered."""

    UNREACHABLE = "unreachable"  # nobody accepts a connection there
    HUNG = "hung"  # no answer, or no end of one, in time
    CUT = "cut"  # the connection broke, or what came is not HTTP
    UNTRUSTED = "untrusted"  # the certificate does not fit
    REDIRECTED = "redirected"  # the detail is where to
    TOO_LONG = "too long"  # more bytes than the question allows
    NOT_UNDERSTOOD = "not understood"  # HTTP, but not the answer that was asked for


class WireFault(Exception):
    """A question went unanswered. `detail` is fit for people: it quotes no key and no body."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble, detail)
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body as they came; nothing of it is trusted."""

    status: int
    raw_body: bytes

    def text(self) -> str:
        """Return the body as text; what is not UTF-8 is replaced."""
        return self.raw_body.decode(errors="replace")

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object.

        Raises:
            WireFault: It is none.
        """
        try:
            told = json.loads(self.raw_body)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise WireFault(Trouble.NOT_UNDERSTOOD)
        return told


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what its answer may cost.

    `path` stands below the base address, with a slash at its beginning. `within_s` runs from the first byte sent to the
    last byte read. `body` is JSON.
    """

    path: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    within_s: float = ANSWER_WITHIN_S
    most_bytes: int = MOST_BYTES
    with_key: bool = True


class Wire:
    """Asks one server. Every question has a connection of its own.

    A connection that is kept may be closed by the server in the moment it is used again, which looks like a crash.
    """

    def __init__(
        self,
        url: str,
        *,
        socket: str | None = None,
        key: str = "",
        trust: Callable[[], ssl.SSLContext] | None = None,
        patience: float = 1.0,
    ) -> None:
        """Open nothing yet.

        Args:
            url: Base address, without a slash at its end.
            socket: Path of a Unix socket that is used instead of the address; at most 100 bytes, or it is unreachable.
            key: Sent as bearer where a question allows it.
            trust: Makes the TLS context, in a worker thread; may raise WireFault. Without it no certificate is trusted.
            patience: Every limit of time is taken times this.
        """
        self._url = url
        self._socket = socket
        self._key = key
        self._trust = trust
        self._patience = patience
        self._client: httpx2.AsyncClient | None = None
        self._making = asyncio.Lock()
        self._closed = False

    async def ask(self, question: Question) -> Answer:
        """Ask and return the whole answer, whatever its status, except a redirect.

        Raises:
            WireFault: There is no such answer.
        """
        client = await self._made()
        import httpx2

        headers = {"Content-Type": "application/json"} if question.body is not None else {}
        if question.with_key and self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        opened: list[Any] = []

        async def notice(event: str, about: dict[str, Any]) -> None:
            if event in ("connection.connect_tcp.complete", "connection.connect_unix_socket.complete"):
                opened.append(about["return_value"])

        try:
            async with (
                asyncio.timeout(question.within_s * self._patience),
                client.stream(
                    question.method,
                    self._url + question.path,
                    params=question.query,
                    content=question.body,
                    headers=headers,
                    extensions={"trace": notice},
                ) as response,
            ):
                if response.is_redirect:
                    raise WireFault(Trouble.REDIRECTED, plain(response.headers.get("location", "")))
                return Answer(response.status_code, await _bounded(response, question.most_bytes))
        except (TimeoutError, httpx2.TimeoutException) as problem:
            raise WireFault(Trouble.HUNG) from problem
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, UnicodeError) as problem:
            raise _fault_of(problem) from problem
        finally:
            for stream in opened:  # httpcore2 forgets one whose TLS greeting is cancelled
                await stream.aclose()

    async def close(self) -> None:
        """End what is open; questions under way are cut."""
        self._closed = True
        if self._client is not None:
            await self._client.aclose()

    async def _made(self) -> httpx2.AsyncClient:
        async with self._making:
            if self._closed:
                raise WireFault(Trouble.UNREACHABLE, "it was closed")
            if self._client is None:
                connect_within_s = CONNECT_WITHIN_S * self._patience
                self._client = await asyncio.to_thread(_client, self._socket, self._trust, connect_within_s)
            return self._client


def plain(raw_words: str) -> str:
    """Return foreign words on one line, without control characters, and cut."""
    shown = re.sub(r"\s+", " ", "".join(sign if sign.isprintable() else " " for sign in raw_words[: 2 * LONGEST_WORDS]))
    return shown.strip()[:LONGEST_WORDS].rstrip()


def _client(
    socket: str | None, trust: Callable[[], ssl.SSLContext] | None, connect_within_s: float
) -> httpx2.AsyncClient:
    import anyio
    import httpx2

    anyio.run(anyio.sleep, 0)  # loads what stands behind it here, not on the asking loop at the first connection
    # It writes a line for every question at INFO, and the engine is asked every two seconds.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if trust is None else trust()
    return httpx2.AsyncClient(
        transport=httpx2.AsyncHTTPTransport(
            uds=socket, verify=trusted, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
        ),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(None, connect=connect_within_s),  # the rest is held by the question's own limit
        headers={"Connection": "close", "Accept-Encoding": "identity", "User-Agent": "diglot"},
    )


async def _bounded(response: httpx2.Response, most_bytes: int) -> bytes:
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise WireFault(Trouble.NOT_UNDERSTOOD, "it is compressed")  # unasked, and a small one may unpack to anything
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > most_bytes:
            raise WireFault(Trouble.TOO_LONG)
    return bytes(body)


def _fault_of(problem: Exception) -> WireFault:
    import httpx2

    for cause in causes_of(problem):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return WireFault(Trouble.UNTRUSTED, certificate_words(cause.verify_code, cause.verify_message))
    if isinstance(problem, httpx2.ConnectError | httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return WireFault(Trouble.UNREACHABLE, _system_words(problem))
    return WireFault(Trouble.CUT, _system_words(problem))


def certificate_words(code: int, said: str) -> str:
    """Say what is wrong with a certificate, by OpenSSL's number for it and its own words."""
    match code:
        case 10:
            return "it has expired"
        case 9:
            return "it is not valid yet; is this computer's clock right?"
        case 62 | 64:
            return "it is for another name"
        case 2 | 18 | 19 | 20 | 21:
            return "it was signed by nobody who is trusted here"
    return plain(said)


def _system_words(problem: Exception) -> str:
    """Return what the system said about it ("Connection refused"), if it did."""
    for cause in causes_of(problem):
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or ""
            return NO_TLS if reason in NO_TLS_REASONS else plain(f"TLS: {reason.replace('_', ' ').lower()}")
        if isinstance(cause, OSError) and cause.errno:
            # asyncio writes addresses into its own words; names that do not resolve have numbers below zero
            return plain(os.strerror(cause.errno) if cause.errno > 0 else cause.strerror or "")
    return ""
