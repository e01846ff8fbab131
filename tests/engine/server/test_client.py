"""The client believes nobody without proof, waits for nothing without end, and has words for every way to fail."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import EngineCrashed, EngineError, EngineStalled, Impostor
from engine.server.client import EngineClient, ModelCard, models_of, raw_text_of
from engine.server.state import Endpoint
from engine.server.wire import Answer, Wire, WireFault, plain
from tests.support.http_answers import Answering, HttpServer, drips, hangs, never_ends, proves, says, writes

KEY = "k" * 32
PROOF = "/diglot/proof"
T = TypeVar("T")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.sampled_from(["data", "id", "choices", "message", "content"]), inner)
    ),
)


@pytest.fixture(params=["socket", "port"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "engine.sock" if request.param == "socket" else None


def endpoint_of(server: HttpServer) -> Endpoint:
    return Endpoint(server.url, KEY, "HunyuanOCR", str(server.place) if server.place else None)


def ask(endpoint: Endpoint, question: Callable[[EngineClient], Awaitable[T]], *, hasty: bool = False) -> T:
    async def run() -> T:
        wire = Wire(endpoint.url, socket=endpoint.socket, key=endpoint.key, patience=0.06) if hasty else None
        client = EngineClient(endpoint, wire=wire)
        try:
            return await question(client)
        finally:
            await client.close()

    return asyncio.run(run())


def test_a_well_engine_tells_what_it_is(place: Path | None) -> None:
    answers = {
        "/health": says(200),
        "/v1/models": says(200, {"object": "list", "data": [{"id": "HunyuanOCR"}, {"id": "diglot-abc"}]}),
        "/version": says(200, {"version": "0.28.0"}),
        "/metrics": says(200, "# HELP x é\nvllm:num_requests_running 1.0\n".encode()),
        "/is_sleeping": says(200, {"is_sleeping": True}),
    }

    async def questions(client: EngineClient) -> tuple[object, ...]:
        return (
            await client.healthy(),
            await client.models(),
            await client.version(),
            await client.metrics_text(),
            await client.is_sleeping(),
        )

    with HttpServer.of_engine(KEY, answers, place) as server:
        told = ask(endpoint_of(server), questions)

    assert told == (
        True,
        ("HunyuanOCR", "diglot-abc"),
        "0.28.0",
        "# HELP x é\nvllm:num_requests_running 1.0\n",
        True,
    )


def test_the_key_goes_to_whoever_has_proved_itself_and_the_proof_is_asked_without_it(place: Path | None) -> None:
    with HttpServer.of_engine(KEY, {"/health": says(200), "/version": says(200, {})}, place) as server:
        ask(endpoint_of(server), lambda client: asyncio.wait_for(_well_and_version(client), 20))

    assert server.asked_paths == [PROOF, "/health", "/version"]
    assert "authorization" not in server.asked[0].headers
    assert {asked.headers["connection"] for asked in server.asked} == {"close"}
    assert [asked.headers.get("authorization") for asked in server.asked[1:]] == [f"Bearer {KEY}"] * 2


async def _well_and_version(client: EngineClient) -> None:
    await client.healthy()
    assert await client.version() == ""


def test_every_proof_is_asked_for_anew(place: Path | None) -> None:
    async def twice(client: EngineClient) -> None:
        await client.prove()
        await client.prove()

    with HttpServer.of_engine(KEY, {}, place) as server:
        ask(endpoint_of(server), twice)

    nonces = [asked.query["nonce"][0] for asked in server.asked]
    assert len(set(nonces)) == 2
    assert all(len(bytes.fromhex(nonce)) == 16 for nonce in nonces)


@pytest.mark.parametrize(
    "pretence",
    [
        proves("another key"),
        says(200, b""),
        says(200, b"\xff\xfe" * 32),
        says(200, {"proof": 7}),
        says(200, {"proof": "ä\ud800"}),
        says(404),
        says(401, b"Unauthorized"),
        says(307, b"", Location="http://192.0.2.1/diglot/proof"),
    ],
    ids=["of another key", "nothing", "no UTF-8", "a number", "no ASCII", "no such path", "refused", "sent elsewhere"],
)
def test_an_impostor_never_sees_the_key(pretence: Answering, place: Path | None) -> None:
    answers = {PROOF: pretence, "/health": says(200), "/v1/models": says(200, {"data": [{"id": "HunyuanOCR"}]})}

    with HttpServer(answers, place) as server:
        for question in (EngineClient.prove, EngineClient.healthy, EngineClient.models, EngineClient.wake):
            with pytest.raises(Impostor):
                ask(endpoint_of(server), question)

    assert server.asked_paths == [PROOF] * 4
    assert all(KEY not in str(asked) for asked in server.asked)


@pytest.mark.parametrize(("status", "well"), [(200, True), (503, False), (500, False)])
def test_health_is_a_status(status: int, well: bool, place: Path | None) -> None:
    with HttpServer.of_engine(KEY, {"/health": says(status)}, place) as server:
        assert ask(endpoint_of(server), EngineClient.healthy) is well


def test_where_nobody_listens_nobody_is_well_and_a_question_finds_a_crashed_engine(
    place: Path | None, tmp_path: Path
) -> None:
    with HttpServer({}, place) as server:
        gone = endpoint_of(server)  # a port that was free a moment ago; a socket that stays and is dead
    never = Endpoint("http://engine", KEY, "HunyuanOCR", str(tmp_path / "no.sock"))

    for endpoint in (gone, never):
        assert ask(endpoint, EngineClient.healthy) is False
        with pytest.raises(EngineCrashed):
            ask(endpoint, EngineClient.prove)
        with pytest.raises(EngineCrashed):
            ask(endpoint, EngineClient.metrics_text)


@pytest.mark.parametrize(
    ("ill", "error"),
    [
        (hangs(), EngineStalled),
        (hangs(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), EngineStalled),
        (drips(), EngineStalled),
        (never_ends(), EngineError),
        (writes(b""), EngineCrashed),
        (writes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), EngineCrashed),
        (writes(b"SSH-2.0-OpenSSH_9.2\r\n"), EngineCrashed),
        (writes(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000), EngineCrashed),
        (writes(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), EngineCrashed),
        (says(307, b"", Location="http://192.0.2.1/metrics"), Impostor),
        (says(401, b"{}"), Impostor),
        (says(503), EngineCrashed),
        (says(500, b"Internal Server Error"), EngineCrashed),
        (says(418), EngineError),
        (says(200, b"\x1f\x8b" + b"\x00" * 100, Content_Encoding="gzip"), EngineError),
    ],
    ids=[
        "hangs",
        "hangs in the middle",
        "drips",
        "never ends",
        "closes",
        "is cut",
        "is no HTTP",
        "endless header",
        "only promises",
        "sends elsewhere",
        "refuses the key",
        "is dead",
        "is dying",
        "is a teapot",
        "is compressed",
    ],
)
@pytest.mark.slow
def test_every_illness_has_its_error(ill: Answering, error: type[EngineError], place: Path | None) -> None:
    answers = {"/metrics": ill, "/v1/models": ill, "/is_sleeping": ill, "/wake_up": ill, "/v1/chat/completions": ill}

    async def page(client: EngineClient) -> str:
        return await client.ask_page(b"png", "read", max_tokens=10)

    with HttpServer.of_engine(KEY, answers, place) as server:
        patient = () if error is EngineStalled else (EngineClient.wake, page)  # these wait for minutes
        for question in (EngineClient.metrics_text, EngineClient.models, EngineClient.is_sleeping, *patient):
            with pytest.raises(EngineError) as caught:
                ask(endpoint_of(server), question, hasty=error is EngineStalled)
            assert type(caught.value) is error
            assert KEY not in str(caught.value)


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff", b"9" * 5000, b'{"data": 7}'])
def test_rubbish_in_place_of_json_is_said_and_not_believed(rubbish: bytes) -> None:
    answers = {path: says(200, rubbish) for path in ("/is_sleeping", "/v1/chat/completions")}

    async def page(client: EngineClient) -> str:
        return await client.ask_page(b"png", "read", max_tokens=10)

    with HttpServer.of_engine(KEY, answers) as server:
        for question in (EngineClient.is_sleeping, page):
            with pytest.raises(EngineError, match="not understood"):
                ask(endpoint_of(server), question)


def test_sleep_and_wake_are_the_engines_own_questions() -> None:
    async def doze(client: EngineClient) -> None:
        await client.sleep()
        await client.sleep(2)
        await client.wake()

    with HttpServer.of_engine(KEY, {"/sleep": says(200, {}), "/wake_up": says(200)}) as server:
        ask(endpoint_of(server), doze)

    assert [(asked.method, asked.path, asked.query) for asked in server.asked[1:]] == [
        ("POST", "/sleep", {"level": ["1"]}),
        ("POST", "/sleep", {"level": ["2"]}),
        ("POST", "/wake_up", {}),
    ]


def test_a_page_is_asked_for_as_the_model_was_trained() -> None:
    said = {"choices": [{"message": {"role": "assistant", "content": "发票 № 7"}}]}

    async def page(client: EngineClient) -> str:
        return await client.ask_page(b"\x89PNG", "提取图中的文字。", max_tokens=64)

    with HttpServer.of_engine(KEY, {"/v1/chat/completions": says(200, said)}) as server:
        text = ask(endpoint_of(server), page)

    assert text == "发票 № 7"
    asked = json.loads(server.asked[-1].body)
    assert asked == {
        "model": "HunyuanOCR",
        "messages": [
            {"role": "system", "content": ""},
            {
                "role": "user",
                "content": [
                    {
                        "type": "image_url",
                        "image_url": {"url": "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()},
                    },
                    {"type": "text", "text": "提取图中的文字。"},
                ],
            },
        ],
        "temperature": 0,
        "top_k": 1,
        "repetition_penalty": 1.0,
        "max_tokens": 64,
        "stream": False,
    }


def test_a_proxy_of_the_environment_is_never_asked(place: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file")

    with HttpServer.of_engine(KEY, {"/health": says(200)}, place) as server:
        assert ask(endpoint_of(server), EngineClient.healthy) is True


def test_closing_ends_questions_under_way_and_later_ones(place: Path | None) -> None:
    async def run(endpoint: Endpoint) -> tuple[BaseException | str, BaseException | str]:
        client = EngineClient(endpoint)
        await client.prove()
        under_way = asyncio.ensure_future(client.metrics_text())
        while "/metrics" not in server.asked_paths:
            await asyncio.sleep(0.01)
        await client.close()
        outcomes = await asyncio.gather(under_way, client.metrics_text(), return_exceptions=True)
        return outcomes[0], outcomes[1]

    with HttpServer.of_engine(KEY, {"/metrics": hangs()}, place) as server:
        first, second = asyncio.run(run(endpoint_of(server)))

    assert type(first) is type(second) is EngineCrashed


@pytest.mark.slow
def test_a_cancelled_question_closes_its_connection(place: Path | None) -> None:
    async def run(endpoint: Endpoint) -> None:
        client = EngineClient(endpoint)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.metrics_text(), 0.5)
        await asyncio.to_thread(server.wait_until_alone)
        await client.close()

    with HttpServer.of_engine(KEY, {"/metrics": drips()}, place) as server:
        asyncio.run(run(endpoint_of(server)))


def test_many_questions_at_once_are_all_answered(place: Path | None) -> None:
    async def many(client: EngineClient) -> list[str]:
        return await asyncio.gather(*(client.version() for _ in range(20)))

    with HttpServer.of_engine(KEY, {"/version": says(200, {"version": "1"})}, place) as server:
        assert ask(endpoint_of(server), many) == ["1"] * 20


def test_questions_leave_no_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    with HttpServer.of_engine(KEY, {"/health": says(200)}) as server:
        ask(endpoint_of(server), EngineClient.healthy)

    assert [record for record in caplog.records if record.name.startswith(("httpx2", "httpcore2", "engine"))] == []


@given(json_values)
@pytest.mark.slow
def test_any_answer_of_models_or_completions_is_read_or_left(value: object) -> None:
    told = value if isinstance(value, dict) else {"data": value, "choices": value}

    cards, words = models_of(told), raw_text_of(told)

    assert all(card.name.isprintable() and card.name == card.name.strip() for card in cards)
    assert all(0 <= card.max_tokens <= 1 << 20 for card in cards)
    assert words is None or isinstance(words, str)


@pytest.mark.parametrize(
    ("told", "max_tokens"), [(8192, 8192), (0, 0), (-1, 0), (True, 0), ("8192", 0), (1 << 40, 0), (None, 0)]
)
def test_how_much_a_model_takes_is_believed_within_reason(told: object, max_tokens: int) -> None:
    (card,) = models_of({"data": [{"id": "HunyuanOCR", "max_model_len": told, "owned_by": "vllm"}]})

    assert card == ModelCard("HunyuanOCR", max_tokens, of_vllm=True)


@given(st.binary())
def test_any_body_is_an_object_or_a_fault(body: bytes) -> None:
    try:
        told = Answer(200, body).json_object()
    except WireFault:
        return
    assert json.loads(body) == told


@given(st.text())
def test_foreign_words_stay_on_one_line(words: str) -> None:
    shown = plain(words)

    assert shown.isprintable()
    assert len(shown) <= 200
    assert shown == plain(shown)
