"""A shared server that is used for one run: looked at once for many pages, again where waiting may have helped."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from engine.engine_errors import NotEncrypted, RemoteError, RemoteKeyRefused, RemoteUnreachable
from engine.errors import UsageError
from engine.server.state import ServerState
from engine.service import Service
from engine.settings import RemoteSettings, settings_file
from engine.shared_server import REMOTE_TOKENS, SharedServer
from tests.support.http_answers import HttpServer, says

KEY = "sk-house-1"
MODELS = says(200, {"object": "list", "data": [{"id": "tencent/HunyuanOCR"}]})


def answering() -> HttpServer:
    return HttpServer({"/v1/models": MODELS, "/version": says(200, {"version": "0.28.0"})})


async def seat_of(server: SharedServer) -> str:
    async with server.seat() as seat:
        return f"{seat.endpoint.model} at {seat.endpoint.url} shared {seat.shared}"


def test_many_pages_ask_and_it_is_looked_at_once() -> None:
    with answering() as there:
        server = SharedServer(RemoteSettings(url=there.url), key=KEY)

        async def run() -> set[str]:
            return set(await asyncio.gather(*(seat_of(server) for _ in range(12))))

        seats = asyncio.run(run())

    assert seats == {f"tencent/HunyuanOCR at {there.url} shared {there.url}"}
    assert there.asked_paths.count("/v1/models") == 1
    assert server.status.state is ServerState.READY and server.status.pages_at_once > 0


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ({"max_model_len": 8192, "owned_by": "vllm"}, (8192, "0.28.0")),
        ({"owned_by": "vllm"}, (REMOTE_TOKENS, "0.28.0")),
        ({"max_model_len": 8192, "owned_by": "somebody"}, (8192, "")),  # its version is none of vLLM's
    ],
)
def test_a_seat_knows_what_the_server_said_of_itself(card: dict[str, Any], expected: tuple[int, str]) -> None:
    models = says(200, {"data": [{"id": "tencent/HunyuanOCR", **card}]})

    async def go(server: SharedServer) -> tuple[int, str]:
        async with server.seat() as seat:
            return seat.max_tokens, seat.server_version

    with HttpServer({"/v1/models": models, "/version": says(200, {"version": "0.28.0"})}) as there:
        assert asyncio.run(go(SharedServer(RemoteSettings(url=there.url), key=KEY))) == expected


def test_it_is_measured_while_pages_of_ours_are_there_and_at_no_other_time() -> None:
    text = b"vllm:num_requests_running 3.0\nvllm:num_requests_waiting 2.0\nvllm:kv_cache_usage_perc 0.5\n"

    async def go() -> None:
        server = SharedServer(RemoteSettings(url=there.url), key=KEY)
        assert server.samples() == ()
        async with server.seat(), server.seat():
            while not server.samples():
                await asyncio.sleep(0.01)
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "remote-watch"]
        (sample,) = server.samples()
        assert (sample.running, sample.waiting, sample.page_memory) == (3, 2, 0.5)

    with HttpServer({**answering().answers, "/metrics": says(200, text)}) as there:
        asyncio.run(go())
    assert there.asked_paths.count("/metrics") == 1


def test_one_that_was_away_is_looked_for_again_and_one_that_refuses_is_not() -> None:
    async def away(server: SharedServer, kind: type[RemoteError]) -> None:
        for answer in await asyncio.gather(*(seat_of(server) for _ in range(3)), return_exceptions=True):
            assert isinstance(answer, kind)
        assert server.status.state is ServerState.FAILED

    there = HttpServer({"/v1/models": says(503)})
    with there:
        server = SharedServer(RemoteSettings(url=there.url), key=KEY)
        asyncio.run(away(server, RemoteUnreachable))
        there.answers = answering().answers
        assert asyncio.run(seat_of(server)).startswith("tencent/HunyuanOCR")

    refusing = HttpServer({"/v1/models": says(401)})
    with refusing:
        server = SharedServer(RemoteSettings(url=refusing.url), key="wrong")
        asyncio.run(away(server, RemoteKeyRefused))
        asyncio.run(away(server, RemoteKeyRefused))
    assert refusing.asked_paths.count("/v1/models") == 1


def test_how_it_stands_is_told_in_order() -> None:
    told: list[ServerState] = []
    with answering() as there:
        server = SharedServer(RemoteSettings(url=there.url), key="", tell=lambda status: told.append(status.state))
        asyncio.run(server.start())
    assert told == [ServerState.STARTING, ServerState.READY]
    assert "authorization" not in there.asked[0].headers


def test_a_service_reads_with_a_server_under_its_address_and_the_settings_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path))

    async def run() -> None:
        service = Service()
        name = service.use_server(RemoteSettings(url="https://OCR.house:8443/v1/"), KEY)
        assert name == "https://ocr.house:8443"
        assert service.tasks_of(name) and service.tasks_of("https://ocr.house:8443/") == service.tasks_of(name)
        assert service.use_server(RemoteSettings(url=name), "another key") == name
        with pytest.raises(UsageError):
            service.tasks_of("https://elsewhere.house")
        with pytest.raises(NotEncrypted):
            service.use_server(RemoteSettings(url="http://192.0.2.7:8000"), KEY)
        with pytest.raises(RemoteError):
            service.use_server(RemoteSettings(url="no address at all"), KEY)
        await service.close()

    asyncio.run(run())
    assert not settings_file().exists()
