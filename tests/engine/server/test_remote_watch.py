"""A shared server is looked at while it has pages of ours, seldom enough, and not at all where it tells nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from engine.server.client import EngineClient
from engine.server.remote import remote_client
from engine.server.remote_watch import RemoteWatch
from engine.settings import RemoteSettings
from tests.support.http_answers import Answering, HttpServer, hangs, says

TEXT = b"vllm:num_requests_running 1.0\nvllm:num_requests_waiting 0.0\nvllm:generation_tokens_total 100\n"


def client_of(server: HttpServer) -> Callable[[], EngineClient]:
    return lambda: remote_client(RemoteSettings(url=server.url), "")


def watched(answer: Answering, *, pages: int = 3, until: int = 3) -> tuple[HttpServer, RemoteWatch]:
    """Have some pages at a server until it was asked so often, or has said that it tells nothing."""
    with HttpServer({"/metrics": answer}) as server:
        watch = RemoteWatch(client_of(server), every_s=0.01)

        async def page() -> None:
            async with watch.page():
                for _ in range(300):
                    if len(server.asked) >= until:
                        return
                    await asyncio.sleep(0.005)

        async def go() -> None:
            await asyncio.gather(*(page() for _ in range(pages)))
            asked = len(server.asked)
            await asyncio.sleep(0.05)
            assert len(server.asked) == asked  # nobody asks when no page is there
            assert len(asyncio.all_tasks()) == 1

        asyncio.run(go())
    return server, watch


def test_it_is_asked_as_long_as_pages_are_there() -> None:
    server, watch = watched(says(200, TEXT))

    assert len(server.asked) >= 3
    assert [sample.running for sample in watch.samples()][:2] == [1, 1]
    assert [sample.at for sample in watch.samples()] == sorted(sample.at for sample in watch.samples())


@pytest.mark.parametrize(
    "answer", [says(404), says(401), says(200, b"node_cpu_seconds 4\n"), says(200, b""), says(302, location="/else")]
)
@pytest.mark.slow
def test_one_that_tells_nothing_is_asked_once(answer: Answering) -> None:
    server, watch = watched(answer, until=2)

    assert len(server.asked) == 1 and watch.samples() == ()


def test_one_that_is_away_for_a_moment_is_asked_again() -> None:
    server, watch = watched(says(503))

    assert len(server.asked) >= 3 and watch.samples() == ()


def test_a_page_does_not_wait_for_a_look_that_hangs() -> None:
    server, watch = watched(hangs(), until=1)

    assert len(server.asked) == 1 and watch.samples() == ()


def test_a_page_that_fails_ends_the_looking_too() -> None:
    async def go(server: HttpServer) -> None:
        watch = RemoteWatch(client_of(server), every_s=0.01)
        with pytest.raises(KeyError):
            async with watch.page():
                raise KeyError
        assert len(asyncio.all_tasks()) == 1

    with HttpServer({"/metrics": says(200, TEXT)}) as server:
        asyncio.run(go(server))
