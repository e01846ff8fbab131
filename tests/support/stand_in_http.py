"""The doors of the stand-in for vLLM's server: the routes Diglot asks, over a Unix socket or a port."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import re
import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.support.stand_in_chat import answer_for, chunk_of, head, probability
from tests.support.stand_in_log import FRONT, Voice

MIXED = "Encoder returned a different number of tokens than expected; padding or truncating to fit."
DEVELOPER = ("/sleep", "/wake_up", "/is_sleeping", "/server_info", "/collective_rpc", "/reset_prefix_cache")


@dataclass
class Office:
    """What the routes share: how to behave, what was counted, and who is being answered."""

    behaviour: Any
    names: list[str]
    key: str
    door: bool  # the middleware was asked for: nothing is open without the key
    developer: bool
    max_tokens: int
    core_alive: Any  # () -> bool
    lock: threading.Lock = field(default_factory=threading.Lock)
    in_flight: list[str] = field(default_factory=list)
    asked_health: int = 0
    asleep: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    finished: int = 0


class Doors(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves on a socket that was bound before, as vLLM does: it listens only once the engine is up."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, bound: socket.socket, office: Office) -> None:
        self.address_family = bound.family
        socketserver.BaseServer.__init__(self, bound.getsockname(), _handler(office))
        self.socket = bound
        bound.listen(self.request_queue_size)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that go away are everyday life here."""


def _handler(office: Office) -> type[BaseHTTPRequestHandler]:
    return type("Route", (_Route,), {"office": office})


class _Route(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "uvicorn"
    office: ClassVar[Office]

    def setup(self) -> None:
        if isinstance(self.client_address, str):  # a Unix socket's peer has no name
            self.client_address = ("", 0)
        super().setup()

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("content-length") or 0)
        self.body = self.rfile.read(length)
        office, path = self.office, parts.path
        if path == "/diglot/proof":
            return self._proof()
        if (office.door or path.startswith("/v1")) and not self._knows_the_key():
            return self._json(401, {"error": "Unauthorized"})
        if path in DEVELOPER and not office.developer:
            return self._json(404, {"detail": "Not Found"})
        route = {
            "/health": self._health,
            "/ping": self._health,
            "/v1/models": self._models,
            "/metrics": self._metrics,
            "/version": lambda: self._json(200, {"version": office.behaviour.version}),
            "/load": lambda: self._json(200, {"server_load": len(office.in_flight)}),
            "/sleep": self._sleep,
            "/wake_up": self._wake,
            "/is_sleeping": lambda: self._json(200, {"is_sleeping": office.asleep > 0}),
            "/v1/chat/completions": self._chat,
        }.get(path)
        if route is None:
            return self._json(404, {"detail": "Not Found"})
        return route()

    def _knows_the_key(self) -> bool:
        said = self.headers.get("authorization", "")
        return not self.office.key or hmac.compare_digest(said.encode(), f"Bearer {self.office.key}".encode())

    def _proof(self) -> None:
        nonce = self.query.get("nonce", "")
        if not re.fullmatch("[0-9A-Fa-f]{16,64}", nonce):
            return self._json(400, {"error": "nonce must be 16 to 64 hexadecimal digits"})
        key = "somebody else's" if self.office.behaviour.impostor else self.office.key
        proof = hmac.new(key.encode(), f"diglot-proof:{nonce}".encode(), hashlib.sha256).hexdigest()
        return self._json(200, {"proof": proof, "version": "1.0"})

    def _health(self) -> None:
        office, limit = self.office, self.office.behaviour.healthy_answers
        office.asked_health += 1
        healthy = office.core_alive() and not 0 <= limit < office.asked_health
        self._bytes(200 if healthy else 503, b"", "text/plain")

    def _models(self) -> None:
        names = ["HunyuanOCR", "somebody-else"] if self.office.behaviour.impostor else self.office.names
        self._json(
            200,
            {
                "object": "list",
                "data": [
                    {
                        "id": name,
                        "object": "model",
                        "created": int(time.time()),
                        "owned_by": "vllm",
                        "root": "/model",
                        "parent": None,
                        "max_model_len": self.office.max_tokens,
                    }
                    for name in names
                ],
            },
        )

    def _metrics(self) -> None:
        office = self.office
        label = f'{{engine="0",model_name="{office.names[0]}"}}'
        running = len(office.in_flight)
        lines = [
            "# HELP vllm:num_requests_running Number of requests in model execution batches.",
            "# TYPE vllm:num_requests_running gauge",
            f"vllm:num_requests_running{label} {float(running)}",
            "# TYPE vllm:num_requests_waiting gauge",
            f"vllm:num_requests_waiting{label} 0.0",
            "# TYPE vllm:kv_cache_usage_perc gauge",
            f"vllm:kv_cache_usage_perc{label} {min(1.0, running / office.behaviour.pages_in_memory)}",
            "# TYPE vllm:prompt_tokens counter",
            f"vllm:prompt_tokens_total{label} {float(office.tokens_in)}",
            "# TYPE vllm:generation_tokens counter",
            f"vllm:generation_tokens_total{label} {float(office.tokens_out)}",
            "# TYPE vllm:request_success counter",
            f'vllm:request_success_total{{engine="0",finished_reason="stop",model_name="{office.names[0]}"}} '
            f"{float(office.finished)}",
            "# TYPE vllm:engine_sleep_state gauge",
            f'vllm:engine_sleep_state{{engine="0",model_name="{office.names[0]}",sleep_state="awake"}} '
            f"{float(office.asleep == 0)}",
            "",
        ]
        self._bytes(200, "\n".join(lines).encode(), "text/plain; version=0.0.4; charset=utf-8")

    def _sleep(self) -> None:
        if self.office.behaviour.cannot_sleep:
            return self._json(500, {"error": {"message": "sleep failed", "type": "InternalServerError", "code": 500}})
        self.office.asleep = int(self.query.get("level", "1"))
        return self._bytes(200, b"", "text/plain")

    def _wake(self) -> None:
        if self.office.behaviour.cannot_wake:
            return self._json(500, {"error": {"message": "CUDA error", "type": "InternalServerError", "code": 500}})
        self.office.asleep = 0
        return self._bytes(200, b"", "text/plain")

    def _chat(self) -> None:
        office, asked = self.office, self._json_body()
        if asked.get("model") not in office.names:
            detail = {
                "message": f"The model `{asked.get('model')}` does not exist.",
                "type": "NotFoundError",
                "code": 404,
            }
            return self._json(404, {"error": detail})
        if office.asleep or not office.core_alive():
            detail = {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "code": 500}
            return self._json(500, {"error": detail})
        own = answer_for(office.behaviour, asked)
        with office.lock:
            office.in_flight.append(own)
        try:
            time.sleep(office.behaviour.answer_seconds)
            text = self._mixed(own)
            pieces = re.findall(r"\s*\S{1,8}", text) or [""]
            usage = {"prompt_tokens": 100, "completion_tokens": len(pieces), "total_tokens": 100 + len(pieces)}
            if asked.get("stream"):
                self._stream(asked, pieces, usage)
            else:
                self._whole(asked, text, pieces, usage)
            office.tokens_in += 100
            office.tokens_out += len(pieces)
            office.finished += 1
        finally:
            with office.lock:
                office.in_flight.remove(own)

    def _mixed(self, own: str) -> str:
        """Give a request the words of another, where it is to be so and there is another."""
        office = self.office
        with office.lock:
            others = [text for text in office.in_flight if text != own]
            if not office.behaviour.mixes_above or len(office.in_flight) <= office.behaviour.mixes_above or not others:
                return own
        Voice().say(FRONT, "transformers/multimodal.py:402", MIXED, level="WARNING")
        return others[0]

    def _whole(self, asked: dict[str, Any], text: str, pieces: list[str], usage: dict[str, int]) -> None:
        if self.office.behaviour.stream == "hang":
            threading.Event().wait()
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "logprobs": {"content": [probability(piece) for piece in pieces]} if asked.get("logprobs") else None,
            "finish_reason": "stop",
        }
        self._json(200, {**head(asked, "chat.completion"), "choices": [choice], "usage": usage})

    def _stream(self, asked: dict[str, Any], pieces: list[str], usage: dict[str, int]) -> None:
        kind = self.office.behaviour.stream
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(pieces):
            if number == len(pieces) // 2:
                if kind == "hang":
                    threading.Event().wait()
                if kind == "cut":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if kind == "garbled":
                    self._chunk(b'data: {"choices": [{"delta": {"content": "\xff\xfe\n\n\x00: {{{\n\ndata: []\n\n')
                if kind == "error":
                    error = {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "code": 500}
                    self._event({"error": error})
                    break
            delta = {"content": piece} if number else {"role": "assistant", "content": piece}
            told = {"content": [probability(piece)]} if asked.get("logprobs") else None
            self._event(chunk_of(asked, [{"index": 0, "delta": delta, "logprobs": told, "finish_reason": None}]))
            time.sleep(self.office.behaviour.piece_seconds)
        else:
            end = {"index": 0, "delta": {"content": ""}, "logprobs": None, "finish_reason": "stop", "stop_reason": None}
            self._event(chunk_of(asked, [end]))
            if (asked.get("stream_options") or {}).get("include_usage"):
                self._event({**chunk_of(asked, []), "usage": usage})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, value: dict[str, Any]) -> None:
        self._chunk(b"data: " + json.dumps(value).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json_body(self) -> dict[str, Any]:
        with contextlib.suppress(ValueError):
            told = json.loads(self.body)
            if isinstance(told, dict):
                return told
        return {}

    def _json(self, status: int, value: object) -> None:
        self._bytes(status, json.dumps(value).encode(), "application/json")

    def _bytes(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def bind(socket_path: str, host: str, port: int) -> tuple[socket.socket, str]:
    """Take the address at once, as vLLM does long before it listens; raises OSError where somebody has it."""
    if socket_path:
        unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        unix.bind(socket_path)
        return unix, f"unix:{socket_path}"
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((host, port))
    return tcp, f"http://{host}:{port}"
