"""ChatClient: asks pages of any OpenAI-compatible server, through the openai client, and ends them when nobody waits.

The answers are `engine.readers.chat_answer`'s; what goes wrong gets its words in `engine.readers.chat_errors`.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from engine.errors import DiglotError
from engine.output.answer import FinishReason
from engine.readers.chat_answer import AnswerPiece, RawPiece, TokenPlaces, event_of, whole_of
from engine.readers.chat_errors import Asking, broken_off, error_of, hung

if TYPE_CHECKING:  # 0.9 s to import: only who asks a page pays, and not on the loop
    import openai

    from engine.tasks.request import ChatRequest

PATH = "/chat/completions"


class ChatEndpoint(Protocol):
    """Where a server is asked; `engine.server.state.Endpoint` is one.

    `url` ends without a slash and without `/v1`; `socket` is the path of a Unix socket that is used instead.
    """

    @property
    def url(self) -> str:
        """The base address."""
        ...

    @property
    def key(self) -> str:
        """What the server wants to be shown, "" for nothing."""
        ...

    @property
    def model(self) -> str:
        """Under which name it serves its model."""
        ...

    @property
    def socket(self) -> str | None:
        """A path, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds: for a connection, for the first word, for each further one, for all at once.

    The first word of a page may have to wait for the pages before it. A server that is asked for a whole answer says
    nothing at all until it has it.
    """

    connect_s: float = 5.0
    first_s: float = 900.0
    next_s: float = 180.0
    whole_s: float = 1800.0


class ChatClient:
    """Asks one server. Every page has a connection of its own: closing it is what frees the server's slot.

    The server is shown the key only after `prove` went well, where there is such a proof.
    """

    def __init__(
        self,
        endpoint: ChatEndpoint,
        *,
        shared: str = "",
        trust: Callable[[], ssl.SSLContext] | None = None,
        prove: Callable[[], Awaitable[None]] | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            endpoint: Who is asked.
            shared: The shared server's host, for people; "" for an engine of our own. It decides an error's words.
            trust: Makes the TLS context, in a worker thread; may raise DiglotErrors. Without it no certificate is
                trusted.
            prove: Lets the server show that it is ours, or raises a DiglotError.
            patience: How long is waited.
        """
        self.endpoint = endpoint
        self.shared = shared
        self.patience = patience or Patience()
        self._trust = trust
        self._prove = prove
        self._proved = prove is None
        self._client: openai.AsyncOpenAI | None = None
        self._making = asyncio.Lock()
        self._closed = False

    def asking(self, page: str) -> Asking:
        """Return what an error about a page says of whom was asked."""
        return Asking(self.shared, page, self.endpoint.model)

    async def ready(self) -> openai.AsyncOpenAI:
        """Return the client below, made in a thread at the first call, for a server that has proved itself.

        Raises:
            DiglotError: The server cannot prove itself, its CA file cannot be read, or this was closed.
        """
        async with self._making:
            if self._closed:
                raise broken_off(self.asking(""), "it was closed")
            if self._client is None:
                self._client = await asyncio.to_thread(self._made)
            if not self._proved and self._prove is not None:
                await self._prove()
                self._proved = True
            return self._client

    def doubt(self) -> None:
        """Have the server prove itself again before it is shown the key: somebody else may listen there by now."""
        self._proved = self._prove is None

    async def close(self) -> None:
        """End what is open; pages under way are cut."""
        self._closed = True
        async with self._making:
            client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _made(self) -> openai.AsyncOpenAI:
        from engine.readers.chat_transport import openai_client

        endpoint = self.endpoint
        return openai_client(
            endpoint.url,
            key=endpoint.key,
            socket=endpoint.socket,
            trust=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if self._trust is None else self._trust(),
            connect_within_s=self.patience.connect_s,
        )


async def stream_answer(client: ChatClient, request: ChatRequest, *, page: str = "") -> AsyncGenerator[AnswerPiece]:
    """Ask a page and give its answer while it arrives. Closing the iteration, or cancelling it, ends the page.

    Args:
        client: Who is asked.
        request: With `stream` set.
        page: What an error is about: "report.pdf, page 3".

    Raises:
        EngineError: The engine, or the shared server, did not do its work; `retryable` says whether it might.
        PageError: It does not take this page.
    """
    patience, places, whole = client.patience, TokenPlaces(), False
    async with _border(client, page):
        events = await _within(patience.first_s, client, page, _opened(client, request))
        try:
            waits = patience.first_s
            while (event := await _within(waits, client, page, anext(events, None))) is not None:
                waits = patience.next_s
                raw = event_of(event)
                whole = whole or raw.finish is not None
                if piece := _placed(raw, places, client, page):
                    yield piece
        finally:
            await events.close()
    if not whole:
        raise broken_off(client.asking(page), "it broke off")


async def whole_answer(client: ChatClient, request: ChatRequest, *, page: str = "") -> AnswerPiece:
    """Ask a page and return its answer when it is whole. Cancelling ends the page. See `stream_answer`."""
    async with _border(client, page):
        raw_body = await _within(client.patience.whole_s, client, page, _body(client, request))
        raw = await asyncio.to_thread(whole_of, raw_body)
        places = TokenPlaces()
        piece = await asyncio.to_thread(_placed, raw, places, client, page)
        return piece or AnswerPiece()


async def _opened(client: ChatClient, request: ChatRequest) -> openai.AsyncStream[object]:
    below, body = await client.ready(), await asyncio.to_thread(request.as_bytes)
    import openai

    # Plain objects instead of the client's own types: those would be made on the loop, and believe everything.
    return await below.post(PATH, cast_to=object, content=body, stream=True, stream_cls=openai.AsyncStream[object])


async def _body(client: ChatClient, request: ChatRequest) -> bytes:
    below, body = await client.ready(), await asyncio.to_thread(request.as_bytes)
    import httpx2

    response = await below.post(PATH, cast_to=httpx2.Response, content=body)
    return response.content


def _placed(raw: RawPiece, places: TokenPlaces, client: ChatClient, page: str) -> AnswerPiece | None:
    """Return a piece with its tokens in their places; None where it says nothing."""
    if raw.finish is FinishReason.CLOSED:
        raise broken_off(client.asking(page), "it gave the page up")
    tokens = places.add(raw.text, raw.tokens, last=raw.finish is not None)
    if not raw.text and not tokens and raw.finish is None and raw.usage is None:
        return None
    return AnswerPiece(raw.text, tokens, raw.finish, raw.usage)


async def _within(seconds: float, client: ChatClient, page: str, step: Awaitable[Any]) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await step
    except TimeoutError:
        raise hung(client.asking(page)) from None


@asynccontextmanager
async def _border(client: ChatClient, page: str) -> AsyncIterator[None]:
    """Turn what the openai client and what is below it raise into our errors."""
    try:
        yield
    except DiglotError:
        raise
    except Exception as problem:
        error = error_of(problem, client.asking(page))
        if error is None:
            raise  # a fault of our own keeps its name
        client.doubt()
        # Not chained: the client's own words quote what the server said, and that may quote the page.
        raise error from None
