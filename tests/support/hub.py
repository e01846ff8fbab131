"""A hub on this machine that serves a checkpoint over HTTP, and misbehaves on request: cuts, lies, redirects, waits."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

Behaviour = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request: for the file `name`, the `number`-th for it."""

    protocol_version = "HTTP/1.1"
    server: HubServer
    name = ""
    number = 0

    def do_GET(self) -> None:
        hub = self.server.hub
        self.name = urlsplit(self.path).path.lstrip("/")
        with hub.lock:
            hub.asked[self.name] += 1
            hub.ranges.append((self.name, self.headers.get("Range")))
            self.number = hub.asked[self.name]
        hub.behaviour.get(self.name, Request.serve)(self)

    @property
    def start(self) -> int | None:
        """Where the range begins that is asked for."""
        told = self.headers.get("Range")
        return int(told.removeprefix("bytes=").partition("-")[0]) if told else None

    @property
    def probing(self) -> bool:
        """Whether only the first byte is asked for, to learn the size."""
        return self.headers.get("Range") == "bytes=0-0"

    def serve(self, *, most: int | None = None, as_whole: bool = False, lie: int = 0) -> None:
        """Answer as hubs do.

        With `most`, break off after so many bytes; `as_whole`, know nothing of ranges; `lie` is added to the size.
        """
        file = self.server.hub.folder / self.name
        if not file.is_file():
            self.say(404, b"Entry not found")
            return
        content = file.read_bytes()
        if self.start is None or as_whole:
            part = content
            self.send_response(200)
            self.send_header("Content-Length", str(len(content) + lie))
        else:
            part = content[self.start : 1 if self.probing else None]
            last = self.start + len(part) - 1
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {self.start}-{last}/{len(content) + lie}")
            self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the other end has heard enough
            self.wfile.write(part if most is None else part[:most])
        self.close_connection = most is not None or lie != 0

    def say(self, code: int, body: bytes = b"", **headers: str) -> None:
        """Answer with a code."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def wait(self) -> None:
        """Give no answer until the hub closes."""
        self.server.hub.over.wait()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class HubServer(ThreadingHTTPServer):
    """The server behind a `LocalHub`."""

    daemon_threads = True
    hub: LocalHub

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that went away."""


class LocalHub:
    """A folder that is served at `base`; `behaviour` says by name which files are answered otherwise."""

    def __init__(self, folder: Path, *, certificate: Path | None = None) -> None:
        self.folder = folder
        self.behaviour: dict[str, Behaviour] = {}
        self.asked: Counter[str] = Counter()
        self.ranges: list[tuple[str, str | None]] = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self._scheme = "http"
        self._server = HubServer(("127.0.0.1", 0), Request)
        self._server.hub = self
        if certificate is not None:
            self._scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # Not at once: a handshake that fails would end the server's loop instead of one request.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="hub")

    @property
    def base(self) -> str:
        """The address that a file's name is put behind."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/"

    def start(self) -> None:
        """Open the doors."""
        self._thread.start()

    def stop(self) -> None:
        """Close them; whoever still waits for an answer gets none."""
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def local_hub(folder: Path, *, certificate: Path | None = None) -> Iterator[LocalHub]:
    """Serve a folder for a while; over TLS where a file with certificate and key is given."""
    hub = LocalHub(folder, certificate=certificate)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()
