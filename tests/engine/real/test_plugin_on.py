"""Our plug-in in the real vLLM: pages are kept apart, and the door before everything it serves is shut."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
from typing import Any

import pytest

from tests.support.asked_together import right, self_check
from tests.support.engine_report import note
from tests.support.plain_vllm import PlainVllm

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.usefixtures("long_lived")]

MIXING = "Encoder returned a different number of tokens than expected"
KEPT_APART = "diglot: pages are kept apart"
METHODS = ("get", "post", "put", "patch", "delete", "options", "head")
HIDDEN = ("/", "/docs", "/redoc", "/openapi.json", "/metrics", "/metrics/", "/v1/realtime", "/diglot", "/not/there")
"""Paths that a server answers, or does not, without naming them in its description of itself."""


@pytest.mark.engine_proof("plugin-on")
@pytest.mark.parametrize("at_once", [1, 4, 12])
def test_pages_are_right_together(long_lived: PlainVllm, at_once: int) -> None:
    rounds = 1 if at_once == 1 else 3  # how questions come together differs from round to round

    assert [right(long_lived, at_once) for _ in range(rounds)] == [12] * rounds
    note("plugin-on", "12 of 12 right at 1, 4 and 12 in flight")


@pytest.mark.engine_proof("plugin-on")
def test_it_passes_the_self_check(long_lived: PlainVllm) -> None:
    verdict = self_check(long_lived)

    assert verdict.passed
    assert (verdict.right_alone, verdict.right_together, verdict.pages_at_once) == (12, 12, 12)


def test_the_log_says_so(long_lived: PlainVllm) -> None:
    assert KEPT_APART in long_lived.log_text()
    assert MIXING not in long_lived.log_text()


def test_no_route_is_open_without_the_key(long_lived: PlainVllm) -> None:
    async def knock_everywhere() -> dict[tuple[str, str], int]:
        async with long_lived.client() as known, long_lived.client(with_key=False) as stranger:
            described = (await known.get("/openapi.json")).json()["paths"]
            assert {"/health", "/metrics", "/sleep", "/collective_rpc", "/v1/chat/completions"} <= set(described)
            return {
                (method, path): (await stranger.request(method, path.replace("{", "").replace("}", ""))).status_code
                for method, path in itertools.product(METHODS, [*described, *HIDDEN])
            }

    answered = asyncio.run(knock_everywhere())

    assert {knock: status for knock, status in answered.items() if status != 401} == {}
    assert len(answered) > 200


def test_no_websocket_is_opened_even_with_the_key(long_lived: PlainVllm) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }

    assert status_of(long_lived, "/v1/realtime", upgrade) == 403


def test_the_key_opens(long_lived: PlainVllm) -> None:
    assert [status_of(long_lived, path, {}) for path in ("/health", "/metrics", "/v1/models")] == [200, 200, 200]


def test_it_proves_that_it_is_ours_without_being_told_the_key(long_lived: PlainVllm) -> None:
    async def proof() -> Any:
        async with long_lived.client(with_key=False) as stranger:
            return (await stranger.get("/diglot/proof", params={"nonce": "0123456789abcdef"})).json()

    expected = hmac.new(long_lived.key.encode(), b"diglot-proof:0123456789abcdef", hashlib.sha256).hexdigest()
    assert asyncio.run(proof())["proof"] == expected


def test_the_key_is_in_no_log_and_no_command_line(long_lived: PlainVllm) -> None:
    assert long_lived.key not in long_lived.log_text()
    assert long_lived.key not in " ".join(map(str, long_lived.process.args))  # type: ignore[arg-type]


def status_of(server: PlainVllm, path: str, headers: dict[str, str]) -> int:
    async def knock() -> int:
        async with server.client() as known:
            return (await known.get(path, headers=headers)).status_code

    return asyncio.run(knock())
