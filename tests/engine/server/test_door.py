"""The door before an engine: who comes in, who does not, and the proof it gives to whoever asks."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vllm_plugin import plugin_module

door = plugin_module("door")

KEY = "0123456789abcdef0123456789abcdef"
RIGHT = [(b"authorization", b"Bearer " + KEY.encode())]


@pytest.fixture(autouse=True, scope="module")
def key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VLLM_API_KEY", KEY)
        yield


@dataclass
class Visit:
    """One call at the door: whether the engine behind it was reached, and what was sent back."""

    reached: bool = False
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def content(self) -> dict[str, str]:
        answer: dict[str, str] = json.loads(b"".join(part.get("body", b"") for part in self.sent))
        return answer


def knock(
    path: str = "/health",
    *,
    method: str = "GET",
    headers: Any = (),
    query: bytes = b"",
    kind: str = "http",
) -> Visit:
    visit = Visit()

    async def engine(scope: Any, receive: Any, send: Any) -> None:
        visit.reached = True

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        visit.sent.append(message)

    scope = {"type": kind, "path": path, "query_string": query, "headers": list(headers)}
    if kind == "http":
        scope["method"] = method
    asyncio.run(door.Door(engine)(scope, receive, send))
    return visit


@pytest.mark.parametrize("path", ["/", "/health", "/metrics", "/v1/models", "/sleep", "/openapi.json", "/diglot/other"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_only_the_key_opens(path: str, method: str) -> None:
    assert knock(path, method=method, headers=RIGHT).reached

    without = knock(path, method=method)

    assert not without.reached
    assert without.status == 401
    assert without.content == {"error": "Unauthorized"}


@pytest.mark.parametrize(
    "headers",
    [
        [(b"authorization", KEY.encode())],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"Bearer ")],
        [(b"authorization", b"Basic " + KEY.encode())],
        [(b"authorization", b"Bearer " + KEY.encode() + b" ")],
        [(b"authorization", b"Bearer  " + KEY.encode())],
        [(b"authorization", b"Bearer " + KEY.upper().encode())],
        [(b"x-authorization", b"Bearer " + KEY.encode())],
        [*RIGHT, (b"authorization", b"Bearer something else")],
        [*RIGHT, *RIGHT],
    ],
)
def test_what_is_nearly_the_key_does_not_open(headers: list[tuple[bytes, bytes]]) -> None:
    assert knock(headers=headers).status == 401


@given(
    path=st.text(max_size=40).map(lambda text: "/" + text),
    headers=st.lists(st.tuples(st.sampled_from([b"authorization", b"host", b"Authorization"]), st.binary(max_size=60))),
    query=st.binary(max_size=40),
)
def test_nothing_that_was_guessed_opens(path: str, headers: list[tuple[bytes, bytes]], query: bytes) -> None:
    visit = knock(path, headers=headers, query=query)

    assert not visit.reached
    assert visit.status == (401 if path != "/diglot/proof" else visit.status)


@given(
    spelling=st.sampled_from([b"Bearer", b"bearer", b"BEARER"]),
    name=st.sampled_from([b"authorization", b"Authorization"]),
)
def test_the_scheme_and_the_header_may_be_spelled_as_one_likes(spelling: bytes, name: bytes) -> None:
    assert knock(headers=[(name, spelling + b" " + KEY.encode())]).reached


def test_it_passes_on_what_starts_and_ends_the_server() -> None:
    assert knock(kind="lifespan").reached


@pytest.mark.parametrize("kind", ["websocket", "something new"])
@pytest.mark.parametrize("headers", [[], RIGHT])
def test_it_refuses_everything_that_is_not_http(kind: str, headers: list[tuple[bytes, bytes]]) -> None:
    visit = knock("/v1/realtime", kind=kind, headers=headers)

    assert not visit.reached
    assert visit.sent == [{"type": "websocket.close", "code": 1008}]


@given(nonce=st.text("0123456789abcdefABCDEF", min_size=16, max_size=64))
def test_it_proves_that_it_knows_the_key_without_being_told_it(nonce: str) -> None:
    visit = knock("/diglot/proof", query=b"nonce=" + nonce.encode())

    expected = hmac.new(KEY.encode(), f"diglot-proof:{nonce}".encode(), hashlib.sha256).hexdigest()
    assert visit.status == 200
    assert visit.content == {"proof": expected, "version": plugin_module("").__version__}
    assert not visit.reached
    assert KEY not in str(visit.sent)


@given(
    query=st.one_of(
        st.binary(max_size=90), st.text("0123456789abcdef", max_size=90).map(lambda t: b"nonce=" + t.encode())
    )
)
def test_it_signs_nothing_but_a_nonce(query: bytes) -> None:
    visit = knock("/diglot/proof", query=query)

    digits = query.removeprefix(b"nonce=")
    is_nonce = (
        query != digits and 16 <= len(digits) <= 64 and all(digit in b"0123456789abcdefABCDEF" for digit in digits)
    )
    assert visit.status == (200 if is_nonce else 400)
    assert ("proof" in visit.content) == is_nonce


def test_only_asking_gives_a_proof() -> None:
    assert knock("/diglot/proof", method="POST", query=b"nonce=0123456789abcdef").status == 401


@pytest.mark.parametrize("without", [None, ""])
def test_a_door_without_a_lock_is_not_built(monkeypatch: pytest.MonkeyPatch, without: str | None) -> None:
    monkeypatch.delenv("VLLM_API_KEY") if without is None else monkeypatch.setenv("VLLM_API_KEY", without)

    with pytest.raises(RuntimeError, match="VLLM_API_KEY"):
        knock()


def test_the_plug_in_imports_neither_vllm_nor_torch() -> None:
    import sys

    assert not {"vllm", "torch"} & set(sys.modules)
