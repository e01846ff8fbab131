"""Our plug-in in the real vLLM: pages are mixed up without it and kept apart with it, and its door is shut."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.server.check_pages import PAGES, Answer, judge
from engine.server.self_check import PROMPT, CheckReport, check_pages
from tests.support.engine_report import note
from tests.support.plain_vllm import PLUGIN, SHIM, PlainVllm, ask, plain_vllm
from tests.support.tiny_model import Lesson, lessons, sample_lessons

pytestmark = [pytest.mark.slow, pytest.mark.engine]

MIXING = "Encoder returned a different number of tokens than expected"
KEPT_APART = "diglot: pages are kept apart"
METHODS = ("get", "post", "put", "patch", "delete", "options", "head")
HIDDEN = ("/", "/docs", "/redoc", "/openapi.json", "/metrics", "/metrics/", "/v1/realtime", "/diglot", "/not/there")
"""Paths that a server answers, or does not, without naming them in its description of itself."""


async def answers(server: PlainVllm, asked: Sequence[Lesson], at_once: int) -> list[str]:
    """Put all questions, so many in flight, and return what was answered, in the order of the questions."""
    free = asyncio.Semaphore(at_once)
    async with server.client() as client:

        async def one(lesson: Lesson) -> str:
            async with free:
                return await ask(client, lesson.page, lesson.prompt)

        return await asyncio.gather(*map(one, asked))


def right(server: PlainVllm, at_once: int) -> int:
    """Count the answers that are right word for word."""
    asked = sample_lessons()
    given = asyncio.run(answers(server, asked, at_once))
    return sum(answer == lesson.answer for answer, lesson in zip(given, asked, strict=True))


def self_check(server: PlainVllm) -> CheckReport:
    async def run() -> CheckReport:
        async with server.client() as client:
            return await check_pages(lambda png, prompt: ask(client, png, prompt), planned=12)

    return asyncio.run(run())


@pytest.fixture(scope="class")
def vllm_alone(engine_python: Path, tiny_checkpoint: Path) -> Iterator[PlainVllm]:
    with plain_vllm(engine_python, tiny_checkpoint, plugins=[SHIM]) as server:
        yield server


@pytest.fixture(scope="class")
def mended(engine_python: Path, tiny_checkpoint: Path) -> Iterator[PlainVllm]:
    """With our plug-in, and with the door before everything that vLLM can serve, the developer's routes too."""
    door, all_routes = ("--middleware", "diglot_vllm.door.Door"), {"VLLM_SERVER_DEV_MODE": "1"}
    with plain_vllm(
        engine_python, tiny_checkpoint, plugins=[PLUGIN, SHIM], flags=door, environment=all_routes
    ) as server:
        yield server


@pytest.mark.engine_proof("plugin-off")
class TestWithoutThePlugin:
    def test_pages_are_right_one_by_one(self, vllm_alone: PlainVllm) -> None:
        assert right(vllm_alone, 1) == 12

    def test_pages_are_given_the_words_of_others_together(self, vllm_alone: PlainVllm) -> None:
        checks = [lesson for lesson in lessons() if lesson.prompt == PROMPT]

        given = [answer for _ in range(3) for answer in asyncio.run(answers(vllm_alone, checks, 12))]

        verdicts = [judge(answer, page) for answer, page in zip(given, PAGES * 3, strict=True)]
        assert Answer.MIXED in verdicts

    def test_fewer_answers_are_right_together(self, vllm_alone: PlainVllm) -> None:
        counts = {at_once: [right(vllm_alone, at_once) for _ in range(3)] for at_once in (4, 12)}

        assert sum(counts[12]) < 36
        note("plugin-off", f"of 12 right: 12 alone, {counts[4]} at 4, {counts[12]} at 12 in flight")

    def test_the_self_check_notices(self, vllm_alone: PlainVllm) -> None:
        verdict = self_check(vllm_alone)

        assert verdict.reads
        assert verdict.right_alone == 12
        assert verdict.mixed
        assert verdict.pages_at_once < 12
        assert not verdict.passed

    def test_the_log_gives_it_away(self, vllm_alone: PlainVllm) -> None:
        assert MIXING in vllm_alone.log_text()
        assert KEPT_APART not in vllm_alone.log_text()


class TestWithThePlugin:
    @pytest.mark.engine_proof("plugin-on")
    @pytest.mark.parametrize("at_once", [1, 4, 12])
    def test_pages_are_right_together(self, mended: PlainVllm, at_once: int) -> None:
        rounds = 1 if at_once == 1 else 3  # how questions come together differs from round to round

        assert [right(mended, at_once) for _ in range(rounds)] == [12] * rounds
        note("plugin-on", "12 of 12 right at 1, 4 and 12 in flight")

    @pytest.mark.engine_proof("plugin-on")
    def test_it_passes_the_self_check(self, mended: PlainVllm) -> None:
        verdict = self_check(mended)

        assert verdict.passed
        assert (verdict.right_alone, verdict.right_together, verdict.pages_at_once) == (12, 12, 12)

    def test_the_log_says_so(self, mended: PlainVllm) -> None:
        assert KEPT_APART in mended.log_text()
        assert MIXING not in mended.log_text()

    def test_no_route_is_open_without_the_key(self, mended: PlainVllm) -> None:
        async def knock_everywhere() -> dict[tuple[str, str], int]:
            async with mended.client() as known, mended.client(with_key=False) as stranger:
                described = (await known.get("/openapi.json")).json()["paths"]
                assert {"/health", "/metrics", "/sleep", "/collective_rpc", "/v1/chat/completions"} <= set(described)
                return {
                    (method, path): (await stranger.request(method, path.replace("{", "").replace("}", ""))).status_code
                    for method, path in itertools.product(METHODS, [*described, *HIDDEN])
                }

        answered = asyncio.run(knock_everywhere())

        assert {knock: status for knock, status in answered.items() if status != 401} == {}
        assert len(answered) > 200

    def test_no_websocket_is_opened_even_with_the_key(self, mended: PlainVllm) -> None:
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }

        assert status_of(mended, "/v1/realtime", upgrade) == 403

    def test_the_key_opens(self, mended: PlainVllm) -> None:
        assert [status_of(mended, path, {}) for path in ("/health", "/metrics", "/v1/models")] == [200, 200, 200]

    def test_it_proves_that_it_is_ours_without_being_told_the_key(self, mended: PlainVllm) -> None:
        async def proof() -> Any:
            async with mended.client(with_key=False) as stranger:
                return (await stranger.get("/diglot/proof", params={"nonce": "0123456789abcdef"})).json()

        expected = hmac.new(mended.key.encode(), b"diglot-proof:0123456789abcdef", hashlib.sha256).hexdigest()
        assert asyncio.run(proof())["proof"] == expected

    def test_the_key_is_in_no_log_and_no_command_line(self, mended: PlainVllm) -> None:
        assert mended.key not in mended.log_text()
        assert mended.key not in " ".join(map(str, mended.process.args))  # type: ignore[arg-type]


def status_of(server: PlainVllm, path: str, headers: dict[str, str]) -> int:
    async def knock() -> int:
        async with server.client() as known:
            return (await known.get(path, headers=headers)).status_code

    return asyncio.run(knock())
