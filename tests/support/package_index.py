"""A package index on this machine: serves wheels as an index does, counts, asks for a password, stalls on request."""

from __future__ import annotations

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType


class PackageIndex:
    """Serves the wheels of a folder. `stalled` is set while somebody waits for the wheel that stalls."""

    def __init__(self, wheels: Path, *, password: str = "", stalls_at: str = "") -> None:
        self.wheels = {wheel.name: wheel.read_bytes() for wheel in wheels.iterdir()}
        self.password = password
        self.stalls_at = stalls_at
        self.stalled = threading.Event()
        self.go_on = threading.Event()
        self.served: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def address(self) -> str:
        """Where its packages are listed, with user and password where it wants them."""
        who = f"anna:{self.password}@" if self.password else ""
        return f"http://{who}127.0.0.1:{self._server.server_port}/simple"

    def settings(self) -> dict[str, str]:
        """What sends pip and uv here."""
        port = self._server.server_port
        pip = {"PIP_INDEX_URL": self.address, "PIP_TRUSTED_HOST": f"127.0.0.1:{port}"}  # else pip caches no plain http
        return {**pip, "UV_DEFAULT_INDEX": self.address, "UV_HTTP_RETRIES": "0"}

    def __enter__(self) -> PackageIndex:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        index = self
        allowed = "Basic " + base64.b64encode(f"anna:{self.password}".encode()).decode()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words: object) -> None:
                pass

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                if index.password and self.headers.get("Authorization") != allowed:
                    self._answer(401, b"", "text/plain")
                    return
                name = self.path.rstrip("/").rsplit("/", 1)[-1]
                if name in index.wheels:
                    self._wheel(name, index.wheels[name])
                    return
                links = [
                    f'<a href="/files/{wheel}#sha256={hashlib.sha256(data).hexdigest()}">{wheel}</a>'
                    for wheel, data in index.wheels.items()
                    if wheel.startswith(name.replace("-", "_") + "-")
                ]
                page = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
                self._answer(200 if links else 404, page, "text/html")

            def _wheel(self, name: str, data: bytes) -> None:
                start, end = 0, len(data)
                if wanted := self.headers.get("Range", "").removeprefix("bytes="):
                    first, _, last = wanted.partition("-")
                    start = int(first) if first else len(data) - int(last)
                    end = min(end, int(last) + 1) if first and last else end
                whole = self.command == "GET" and not wanted
                if whole and index.stalls_at and index.stalls_at in name and not index.go_on.is_set():
                    index.stalled.set()
                    index.go_on.wait(60)
                if whole:
                    index.served.append(name)
                self._answer(206 if wanted else 200, data[start:end], "application/octet-stream", (start, len(data)))

            def _answer(self, code: int, data: bytes, kind: str, part: tuple[int, int] = (0, 0)) -> None:
                try:
                    self.send_response(code)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(data)))
                    if code == 401:
                        self.send_header("WWW-Authenticate", "Basic")
                    if kind == "application/octet-stream":
                        self.send_header("Accept-Ranges", "bytes")
                        self.send_header("Cache-Control", "max-age=365000000, immutable, public")
                        if code == 206:
                            self.send_header("Content-Range", f"bytes {part[0]}-{part[0] + len(data) - 1}/{part[1]}")
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # whoever asked was killed

        return Handler
