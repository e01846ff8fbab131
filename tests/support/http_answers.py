"""A small HTTP server on a thread, on TCP or a Unix socket, with TLS or without, whose answers are written by hand."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from engine.server.client import PROOF_PATH, proof_of


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


Answering = Callable[[Asked, socket.socket, threading.Event], None]
"""Writes the answer to the connection; the event is set when the server ends."""


def says(status: int = 200, body: bytes | dict[str, Any] = b"", **headers: str) -> Answering:
    """Answer properly."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return writes("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def writes(raw: bytes) -> Answering:
    """Write these bytes and close."""
    return lambda asked, connection, ending: connection.sendall(raw)


def hangs(before: bytes = b"") -> Answering:
    """Write these bytes and then nothing more."""

    def hang(asked: Asked, connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(before)
        ending.wait(30)

    return hang


def never_ends(piece: bytes = b"x" * 65536) -> Answering:
    """Send a body without an end."""

    def go_on(asked: Asked, connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not ending.is_set():
            connection.sendall(piece)

    return go_on


def drips() -> Answering:
    """Send a byte now and then, so that the connection is never quiet for long."""

    def drip(asked: Asked, connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not ending.wait(0.02):
            connection.sendall(b"x")

    return drip


def proves(key: str) -> Answering:
    """Answer the question for a proof as the engine does."""

    def prove(asked: Asked, connection: socket.socket, ending: threading.Event) -> None:
        says(200, {"proof": proof_of(key, asked.query["nonce"][0]), "version": "1"})(asked, connection, ending)

    return prove


@dataclass
class HttpServer:
    """Serves while its block runs. A path without an answer gets 404; `asked` keeps what came."""

    answers: Mapping[str, Answering]
    place: Path | None = None
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)

    @classmethod
    def of_engine(cls, key: str, answers: Mapping[str, Answering], place: Path | None = None) -> Self:
        """Make one that can prove that it knows the key."""
        return cls({PROOF_PATH: proves(key), **answers}, place)

    @property
    def url(self) -> str:
        """Where it is asked."""
        if self.place is not None:
            return "http://engine"
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def asked_paths(self) -> list[str]:
        """What was asked, in order."""
        return [each.path for each in self.asked]

    def drop(self) -> None:
        """Cut every connection."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def wait_until_alone(self) -> None:
        """Return when nobody is connected any more."""
        for thread in self._threads[1:]:
            thread.join(10)
            assert not thread.is_alive(), "somebody is still connected"

    def __enter__(self) -> Self:
        self._ending = threading.Event()
        self._connections: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_INET if self.place is None else socket.AF_UNIX)
        self._listening.bind(("127.0.0.1", 0) if self.place is None else str(self.place))
        self._listening.listen()
        self.port = int(self._listening.getsockname()[1]) if self.place is None else 0
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(10)
        self._listening.close()
        self.drop()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.settimeout(10)
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, plain: socket.socket) -> None:
        # Who asks may go away in the middle of everything, and often does.
        with contextlib.suppress(OSError), plain:
            if self.tls is None:
                self._answer(plain)
            else:
                with self.tls.wrap_socket(plain, server_side=True) as secret:
                    self._answer(secret)

    def _answer(self, connection: socket.socket) -> None:
        try:
            asked = _read(connection)
        except ValueError:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        self.asked.append(asked)
        self.answers.get(asked.path, says(404))(asked, connection, self._ending)


def _read(connection: socket.socket) -> Asked:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        received += piece
        if not piece or not received[:1].isalpha():
            raise ValueError("this is not HTTP")
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    missing = int(headers.get("content-length", "0")) - len(body)
    pieces = [body]
    while missing > 0:
        pieces.append(connection.recv(65536) or b" " * missing)
        missing -= len(pieces[-1])
    split = urlsplit(target)
    return Asked(method, split.path, parse_qs(split.query), headers, b"".join(pieces))
