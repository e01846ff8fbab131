"""The door of an engine: whoever has not the key stays outside, whatever the path.

vLLM asks for its key only where paths begin with `/v1` and a few others; metrics, tokenizer and, where they are
switched on, the developer's routes stand open to every program of every user of the machine. This door stands before
all of them. It knows the key from the environment, as vLLM does.

One question is answered without the key. Who started the engine wants to know that the server which answers is that
engine, before it sends its key there: it asks for proof of a number it has just made up, and only who knows the key
can give it.

    GET /diglot/proof?nonce=0123456789abcdef    ->    {"proof": "…", "version": "…"}

The proof is the HMAC-SHA-256, in hex, of `diglot-proof:` and the nonce as it was sent, under the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from diglot_vllm import __version__

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

KEY = "VLLM_API_KEY"
PROOF_PATH = "/diglot/proof"
PROOF_QUESTION = re.compile(rb"nonce=([0-9A-Fa-f]{16,64})")
PROOF_DOMAIN = b"diglot-proof:"
"""Put before what is signed, so that no signature made here means anything elsewhere."""
REFUSED_BY_POLICY = 1008
"""What a WebSocket is closed with."""


class Door:
    """An ASGI application around another one, which only requests with the key reach."""

    def __init__(self, app: Application) -> None:
        """Take the key from the environment.

        Raises:
            RuntimeError: There is none. A door that lets everybody through would be worse than no engine.
        """
        key = os.environ.get(KEY, "")
        if not key:
            raise RuntimeError(f"{KEY} is not set: the door would have no lock")
        self._app = app
        self._key = os.fsencode(key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, answer it, or refuse it."""
        match scope["type"]:
            case "lifespan":
                await self._app(scope, receive, send)
            case "http" if scope["method"] == "GET" and scope["path"] == PROOF_PATH:
                await self._prove(scope["query_string"], send)
            case "http" if self._knows_key(scope["headers"]):
                await self._app(scope, receive, send)
            case "http":
                await _answer(send, 401, {"error": "Unauthorized"}, (b"www-authenticate", b"Bearer"))
            case _:
                # Nothing of ours speaks over WebSockets, and there is nothing else.
                await send({"type": "websocket.close", "code": REFUSED_BY_POLICY})

    def _knows_key(self, headers: Any) -> bool:
        given = [value for name, value in headers if name.lower() == b"authorization"]
        if len(given) != 1:
            return False
        scheme, _, key = given[0].partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(key, self._key)

    async def _prove(self, query: bytes, send: Send) -> None:
        asked = PROOF_QUESTION.fullmatch(query)
        if asked is None:
            await _answer(send, 400, {"error": "nonce must be 16 to 64 hexadecimal digits"})
            return
        proof = hmac.new(self._key, PROOF_DOMAIN + asked[1], hashlib.sha256).hexdigest()
        await _answer(send, 200, {"proof": proof, "version": __version__})


async def _answer(send: Send, status: int, content: dict[str, str], *headers: tuple[bytes, bytes]) -> None:
    body = json.dumps(content).encode()
    own = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})
