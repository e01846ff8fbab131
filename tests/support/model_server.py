"""A chat server on a thread that says about each picture what the test has written down, as fast as it is let."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import select
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from engine.readers.seat import Seat
from engine.server.state import Endpoint
from tests.support.http_answers import Answering, Asked, HttpServer, says
from tests.support.stand_in_chat import chunk_of, head

CHAT = "/v1/chat/completions"


@dataclass(frozen=True)
class Says:
    """What is answered to a request: text, or a refusal. A `hold` is waited for half-way through."""

    text: str = ""
    finish: str = "stop"
    status: int = 200
    refusal: str = ""
    hold: threading.Event | None = None
    piece: int = 4
    logprob: float = -0.01


@dataclass(frozen=True)
class Request:
    """What a request asked: its words, how large the picture is, whether it streams, and everything else."""

    prompt: str
    picture: bytes = field(repr=False)
    stream: bool
    body: dict[str, Any] = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        from PIL import Image

        with Image.open(io.BytesIO(self.picture)) as image:
            return image.size

    def ink_at(self, share: float) -> bool:
        """Tell whether there is print in the row at this share of the picture's height."""
        from PIL import Image

        with Image.open(io.BytesIO(self.picture)) as image:
            grey = image.convert("L")
            y = min(grey.height - 1, int(share * grey.height))
            low, _ = grey.crop((0, y, grey.width, y + 1)).getextrema()
            return float(low) < 128  # type: ignore[arg-type]


@dataclass
class ModelServer:
    """Serves while its block runs; `told` decides what each request gets."""

    told: Callable[[Request], Says]
    requests: list[Request] = field(default_factory=list)
    cut: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    more: dict[str, Answering] = field(default_factory=dict)

    def __enter__(self) -> ModelServer:
        self.http = HttpServer({CHAT: self._answer, **self.more})
        self.http.__enter__()
        return self

    def __exit__(self, *problem: Any) -> None:
        self.http.__exit__(*problem)

    def seat(self, **more: Any) -> Seat:
        """Return a seat at it."""
        told = {"model_version": "1.5", "server_version": "0.32.0", **more}
        return Seat(Endpoint(self.http.url, "", "HunyuanOCR"), 16_384, 4_194_304, **told)

    def seats(self, **more: Any) -> Callable[[], Any]:
        """Return what gives seats at it."""

        @asynccontextmanager
        async def seats() -> AsyncIterator[Seat]:
            yield self.seat(**more)

        return seats

    def _answer(self, asked: Asked, connection: socket.socket, ending: threading.Event) -> None:
        body = json.loads(asked.body)
        picture, words = body["messages"][1]["content"]
        data = base64.b64decode(picture["image_url"]["url"].partition("base64,")[2])
        request = Request(words["text"], data, bool(body["stream"]), body)
        self.requests.append(request)
        answer = self.told(request)
        if answer.status != 200:
            says(answer.status, {"error": {"message": answer.refusal}})(asked, connection, ending)
        elif request.stream:
            self._stream(answer, body, connection, ending)
        else:
            self.begun.set()
            self._held(answer, connection, ending)
            choice = {
                "index": 0,
                "message": {"role": "assistant", "content": answer.text},
                "logprobs": {"content": list(map(_token(answer), _pieces(answer)))},
                "finish_reason": answer.finish,
            }
            says(200, {**head(body, "chat.completion"), "choices": [choice]})(asked, connection, ending)

    def _stream(self, answer: Says, body: dict[str, Any], connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        pieces = _pieces(answer)
        for number, piece in enumerate(pieces):
            if number == len(pieces) // 2:
                self.begun.set()
                self._held(answer, connection, ending)
            choice = {
                "index": 0,
                "delta": {"content": piece},
                "logprobs": {"content": [_token(answer)(piece)]},
                "finish_reason": None,
            }
            try:
                connection.sendall(b"data: " + json.dumps(chunk_of(body, [choice])).encode() + b"\n\n")
            except OSError:
                self.cut.set()
                raise
        end = {"index": 0, "delta": {"content": ""}, "logprobs": None, "finish_reason": answer.finish}
        connection.sendall(b"data: " + json.dumps(chunk_of(body, [end])).encode() + b"\n\ndata: [DONE]\n\n")

    def _held(self, answer: Says, connection: socket.socket, ending: threading.Event) -> None:
        """Wait for the hold, and notice when whoever asked goes away."""
        while answer.hold is not None and not answer.hold.wait(0.01) and not ending.is_set():
            if _is_gone(connection):
                self.cut.set()
                raise OSError("nobody waits for it any more")


def _is_gone(connection: socket.socket) -> bool:
    readable, _, _ = select.select([connection], [], [], 0)
    try:
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
    except OSError:  # it left with words of ours unread
        return True


def _pieces(answer: Says) -> list[str]:
    return [answer.text[at : at + answer.piece] for at in range(0, len(answer.text), answer.piece)]


def _token(answer: Says) -> Callable[[str], dict[str, Any]]:
    return lambda piece: {"token": piece, "logprob": answer.logprob, "bytes": None, "top_logprobs": []}


@contextlib.contextmanager
def model_server(told: Callable[[Request], Says] | str, **more: Any) -> Iterator[ModelServer]:
    """Serve one answer to all, or what a function says."""
    answering = (lambda _: Says(told)) if isinstance(told, str) else told
    with ModelServer(answering, **more) as server:
        yield server
