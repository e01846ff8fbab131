"""Pages are asked of real servers that answer well, badly or not at all; every failure has words, and nothing leaks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from engine.engine_errors import (
    EngineBusy,
    EngineCrashed,
    EngineError,
    EngineStalled,
    Impostor,
    PageTooLongForMemory,
    RemoteError,
    RemoteHasNoModel,
    RemoteKeyRefused,
    RemoteNotTrusted,
    RemoteRedirects,
    RemoteUnreachable,
)
from engine.errors import DiglotError
from engine.output.answer import FinishReason
from engine.readers.chat import ChatClient, Patience, stream_answer, whole_answer
from engine.readers.chat_answer import AnswerPiece, TokenSpan, Usage
from engine.server.client import EngineClient
from engine.server.state import Endpoint
from engine.tasks.family import family_for
from engine.tasks.request import ChatRequest, ImagePart, ServerTraits, chat_request
from engine.tasks.task import Task, TaskOrder
from tests.support.certificates import Authority
from tests.support.http_answers import Answering, Asked, HttpServer, drips, never_ends, says, writes
from tests.support.stand_in_server import MODULE, Behaviour

KEY = "k" * 32
ANSWER = "The quick brown fox jumps over the lazy dog."
CHAT = "/v1/chat/completions"
PAGE = "report.pdf, page 3"
HASTY = Patience(connect_s=2.0, first_s=0.3, next_s=0.3, whole_s=0.3)
T = TypeVar("T")

SERVER = ServerTraits(max_tokens=16384, max_pixels=4_194_304, detects_repetition=True)


def request_for(*, stream: bool, model: str = "HunyuanOCR", task: Task = Task.SPOTTING) -> ChatRequest:
    family = family_for("1.5")
    asked = family.ask(TaskOrder(task, question="Where does zebra live?"))
    image = ImagePart("image/png", 1664, 2336, b"\x89PNG zebra" * 1000)
    return chat_request(asked, image, family=family, server=SERVER, model=model, stream=stream)


async def read(client: ChatClient, *, stream: bool, **more: Any) -> AnswerPiece:
    """Ask a page either way, and put the pieces together."""
    request = request_for(stream=stream, **more)
    if not stream:
        return await whole_answer(client, request, page=PAGE)
    pieces = []
    async with aclosing(stream_answer(client, request, page=PAGE)) as answer:
        async for piece in answer:
            pieces.append(piece)
    text = "".join(piece.text for piece in pieces)
    tokens = tuple(token for piece in pieces for token in piece.tokens)
    (finish,) = [piece.finish for piece in pieces if piece.finish is not None]
    usage = next((piece.usage for piece in pieces if piece.usage is not None), None)
    return AnswerPiece(text, tokens, finish, usage)


def run(
    endpoint: Endpoint, work: Callable[[ChatClient], Awaitable[T]], *, patience: Patience | None = None, **more: Any
) -> T:
    async def running() -> T:
        client = ChatClient(endpoint, patience=patience, **more)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(running())


@contextmanager
def standing(place: Path | None, behaviour: Behaviour) -> Iterator[Endpoint]:
    """A stand-in for vLLM: a real process with real children, over a Unix socket or a port."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
        "VLLM_API_KEY": KEY,
        "STAND_IN": json.dumps({key: getattr(behaviour, key) for key in Behaviour.__dataclass_fields__}),
    }
    with contextlib.ExitStack() as stack:
        port = "0"
        if place is None:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = str(free.getsockname()[1])
        where = ["--uds", str(place)] if place is not None else ["--port", port]
        server = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", MODULE, *where, "--max-model-len", "16384"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        stack.callback(server.wait)
        stack.callback(server.terminate)
        assert server.stdout is not None
        for line in server.stdout:
            if "Application startup complete" in line or "Starting vLLM server" in line:
                break
        yield Endpoint(
            f"http://127.0.0.1:{port}" if place is None else "http://engine",
            KEY,
            "HunyuanOCR",
            str(place) if place is not None else None,
        )


@pytest.fixture(params=["socket", "port"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "engine.sock" if request.param == "socket" else None


@pytest.fixture(params=[True, False], ids=["stream", "whole"])
def stream(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(autouse=True)
def dead_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")


def endpoint_of(server: HttpServer, *, key: str = KEY) -> Endpoint:
    return Endpoint(server.url, key, "HunyuanOCR", str(server.place) if server.place else None)


def sse(*events: dict[str, Any] | str) -> bytes:
    lines = [f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n" for event in events]
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + "".join(lines).encode()


def piece(text: str, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


class Leaving:
    """Answers with these bytes and then waits; `left` is set when whoever asked has gone."""

    def __init__(self, before: bytes = b"") -> None:
        self.before = before
        self.left = threading.Event()

    def __call__(self, asked: Asked, connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(self.before)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(65536):
                pass
        self.left.set()

    async def seen(self) -> None:
        """Return when whoever asked has gone."""
        assert await asyncio.to_thread(self.left.wait, 5), "somebody is still connected"


# -- a server that answers -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_page_is_answered_by_a_process_like_vllms(place: Path | None, stream: bool) -> None:
    with standing(place, Behaviour()) as endpoint:
        answer = run(endpoint, lambda client: read(client, stream=stream))

    assert answer.text == ANSWER
    assert answer.finish is FinishReason.STOP
    assert answer.usage == Usage(100, 9)
    assert [ANSWER[token.start : token.end] for token in answer.tokens][:3] == ["The", " quick", " brown"]
    assert answer.tokens[-1] == TokenSpan(len(ANSWER) - 5, len(ANSWER), -0.01)


@pytest.mark.slow
def test_pieces_come_while_the_others_are_still_being_written(place: Path | None) -> None:
    async def first_of(client: ChatClient) -> str:
        async with aclosing(stream_answer(client, request_for(stream=True))) as answer:
            async for piece in answer:
                return piece.text
        return ""

    with standing(place, Behaviour(stream="hang")) as endpoint:
        assert run(endpoint, first_of) == "The"


@pytest.mark.parametrize(
    ("kind", "whole", "error", "detail"),
    [
        ("hang", True, EngineStalled, "it did not answer in time"),
        ("hang", False, EngineStalled, "it did not answer in time"),
        ("cut", True, EngineCrashed, "it broke off"),
        ("garbled", True, EngineError, "its answer is not understood"),
        ("error", True, EngineCrashed, "it ran into an error"),
    ],
)
@pytest.mark.slow
def test_a_process_that_fails_in_mid_answer(
    place: Path | None, kind: str, whole: bool, error: type[DiglotError], detail: str
) -> None:
    patience = Patience(first_s=5.0, next_s=0.4, whole_s=0.4) if kind == "hang" else None
    with standing(place, Behaviour(stream=kind)) as endpoint, pytest.raises(error) as problem:
        run(endpoint, lambda client: read(client, stream=whole), patience=patience)

    assert type(problem.value) is error
    assert problem.value.subject == PAGE
    assert problem.value.detail == detail


@pytest.mark.slow
def test_a_server_must_prove_itself_before_it_sees_the_key(place: Path | None, stream: bool) -> None:
    with standing(place, Behaviour(impostor=True)) as endpoint, pytest.raises(Impostor):
        run(endpoint, lambda client: read(client, stream=stream), prove=EngineClient(endpoint).prove)


def test_a_server_that_failed_must_prove_itself_again(stream: bool) -> None:
    proofs = []

    async def prove() -> None:
        proofs.append(1)

    async def twice(client: ChatClient) -> None:
        for _ in range(3):
            with contextlib.suppress(EngineError):
                await read(client, stream=stream)

    good = says(200, {"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]})
    with HttpServer({CHAT: writes(sse(piece("a", "stop"), "[DONE]")) if stream else good}) as server:
        run(endpoint_of(server), twice, prove=prove)
        assert len(proofs) == 1
    with HttpServer({CHAT: says(500)}) as server:
        run(endpoint_of(server), twice, prove=prove)
        assert len(proofs) == 1 + 3


# -- what goes over the wire ---------------------------------------------------------------------------------------


def test_the_body_is_the_request_and_the_headers_say_nothing_of_this_machine(
    place: Path | None, stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: yes\nAuthorization: Bearer wrong")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/elsewhere")
    request = request_for(stream=stream)
    good = says(200, {"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]})
    with HttpServer({CHAT: writes(sse(piece("a", "stop"), "[DONE]")) if stream else good}, place) as server:
        run(endpoint_of(server), lambda client: read(client, stream=stream))

    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", CHAT)
    assert json.loads(asked.body) == request.as_dict()
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert set(asked.headers) == {
        *("host", "content-length", "accept", "accept-encoding", "connection", "content-type"),
        *("user-agent", "authorization"),
    }
    assert asked.headers["user-agent"] == "diglot"


def test_without_a_key_none_is_shown(stream: bool) -> None:
    with HttpServer({CHAT: says(500)}) as server, pytest.raises(EngineCrashed):
        run(endpoint_of(server, key=""), lambda client: read(client, stream=stream))

    assert "authorization" not in server.asked[0].headers


def test_no_page_is_asked_twice_without_somebody_wanting_it(stream: bool) -> None:
    for answer in (says(500), says(429, retry_after="0"), writes(b"")):
        with HttpServer({CHAT: answer}) as server, pytest.raises(EngineError):
            run(endpoint_of(server), lambda client: read(client, stream=stream))
        assert len(server.asked) == 1


# -- every way to fail ---------------------------------------------------------------------------------------------

TOO_LONG = {
    "error": {
        "message": "The decoder prompt (length 9012) is longer than the maximum model length of 8192. ZEBRA",
        "type": "BadRequestError",
        "code": 400,
    }
}
NO_MODEL = {"error": {"message": "The model `HunyuanOCR` does not exist. ZEBRA", "type": "NotFoundError", "code": 404}}
BUSY = {"error": {"message": "The engine is currently busy. ZEBRA", "type": "Service Unavailable", "code": 503}}
QUOTING = {"detail": [{"msg": "wrong", "input": "ZEBRA"}]}
MOVED = writes(b"HTTP/1.1 307 Moved\r\nLocation: https://elsewhere.example/v1?k=ZEBRA\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "own", "shared"),
    [
        (says(400, TOO_LONG), PageTooLongForMemory, PageTooLongForMemory),
        (says(422, QUOTING), EngineError, RemoteError),
        (says(401, {"error": "Unauthorized ZEBRA"}), Impostor, RemoteKeyRefused),
        (says(404, NO_MODEL), Impostor, RemoteHasNoModel),
        (says(404), EngineError, RemoteError),
        (says(429, b"ZEBRA"), EngineBusy, EngineBusy),
        (says(503, BUSY), EngineBusy, EngineBusy),
        (says(503), EngineCrashed, RemoteUnreachable),
        (says(500, b"<html>ZEBRA</html>"), EngineCrashed, RemoteError),
        (says(500, b'{"error": ' * 50_000), EngineCrashed, RemoteError),
        (MOVED, Impostor, RemoteRedirects),
        (writes(b""), EngineCrashed, RemoteUnreachable),
        (writes(b"ZEBRA\r\n\r\n"), EngineCrashed, RemoteUnreachable),
        (writes(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nZEBRA"), EngineError, RemoteError),
        (says(200, b"ZEBRA"), None, None),
        (says(200, b"\xff\xfe"), EngineError, RemoteError),
        (says(200, b"data: ZEBRA\n\n"), EngineError, RemoteError),
        (says(200, b'data: [1, "ZEBRA"]\n\n'), EngineError, RemoteError),
        (says(200, b"data: \xff\xfe\n\n"), EngineError, RemoteError),
        (writes(sse({"error": {"message": "ZEBRA", "code": 500}})), None, None),
        (writes(sse(piece("ZEBRA"))), None, None),
        (writes(sse(piece("ZEBRA"), "[DONE]")), None, None),
        (writes(sse(piece("", "abort"), "[DONE]")), None, None),
    ],
)
def test_whatever_a_server_says_becomes_an_error_that_quotes_nothing(
    stream: bool, answer: Answering, own: type[DiglotError] | None, shared: type[DiglotError] | None
) -> None:
    # where none is named: an answer that is cut where it streams, and not understood where it was to be whole
    own = own or (EngineCrashed if stream else EngineError)
    shared = shared or (RemoteUnreachable if stream else RemoteError)
    for host, expected in (("", own), ("ocr.example.org", shared)):
        with HttpServer({CHAT: answer}) as server, pytest.raises(DiglotError) as problem:
            run(endpoint_of(server), lambda client: read(client, stream=stream), shared=host)

        assert type(problem.value) is expected
        assert "zebra" not in "".join(traceback.format_exception(problem.value)).lower()


def test_nobody_listens(place: Path | None, stream: bool) -> None:
    endpoint = Endpoint("http://127.0.0.1:1", KEY, "HunyuanOCR", str(place) if place else None)

    with pytest.raises(EngineCrashed) as own:
        run(endpoint, lambda client: read(client, stream=stream))
    with pytest.raises(RemoteUnreachable) as shared:
        run(endpoint, lambda client: read(client, stream=stream), shared="ocr.example.org")

    assert own.value.detail == ("No such file or directory" if place else "Connection refused")
    assert shared.value.subject == "ocr.example.org"


@pytest.mark.parametrize("before", [b"", sse(piece("a")), b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 "])
@pytest.mark.slow
def test_a_server_that_goes_silent_is_left(stream: bool, before: bytes) -> None:
    answer = Leaving(before)

    async def stalled(client: ChatClient) -> None:
        with pytest.raises(EngineStalled):
            await read(client, stream=stream)
        await answer.seen()  # the client is still open: what ended was this page's connection

    with HttpServer({CHAT: answer}) as server:
        run(endpoint_of(server), stalled, patience=HASTY)


@pytest.mark.slow
def test_a_server_that_says_nothing_with_many_bytes_stalls(stream: bool) -> None:
    with HttpServer({CHAT: drips()}) as server:
        with pytest.raises(EngineStalled):
            run(endpoint_of(server), lambda client: read(client, stream=stream), patience=HASTY)
        server.wait_until_alone()


@pytest.mark.slow
@pytest.mark.parametrize("answer", [never_ends(), never_ends(b"data: " + b"x" * 60_000)])
def test_an_answer_without_end_is_cut_off(stream: bool, answer: Answering) -> None:
    with HttpServer({CHAT: answer}) as server:
        with pytest.raises(EngineError) as problem:
            run(endpoint_of(server), lambda client: read(client, stream=stream))
        server.wait_until_alone()

    assert problem.value.detail == "its answer is too long"


@pytest.mark.slow
@pytest.mark.parametrize(("letters", "fits"), [(8 << 20, True), (16 << 20, False)])
def test_an_answer_in_one_is_no_longer_than_a_page_can_make_it(letters: int, fits: bool) -> None:
    told = {"choices": [{"message": {"content": "x" * letters}, "finish_reason": "stop"}]}
    with HttpServer({CHAT: says(200, told, Content_Type="application/json")}) as server:
        if fits:
            assert len(run(endpoint_of(server), lambda client: read(client, stream=False)).text) == letters
            return
        with pytest.raises(EngineError, match="too long"):
            run(endpoint_of(server), lambda client: read(client, stream=False))


def test_certificates_of_strangers_are_not_trusted(tmp_path: Path, stream: bool) -> None:
    house, other = Authority(tmp_path, "house"), Authority(tmp_path, "other")
    good = says(200, {"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]})
    answers = {CHAT: writes(sse(piece("a", "stop"))) if stream else good}

    def trust_in(authority: Authority) -> Callable[[], ssl.SSLContext]:
        return lambda: ssl.create_default_context(cafile=str(authority.file))

    with HttpServer(answers, tls=house.server_context("127.0.0.1")) as server:
        for trust in (None, trust_in(other)):
            with pytest.raises(RemoteNotTrusted):
                run(endpoint_of(server), lambda client: read(client, stream=stream), shared="house", trust=trust)
        answer = run(
            endpoint_of(server), lambda client: read(client, stream=stream), shared="house", trust=trust_in(house)
        )

    assert answer.text == "a"


# -- ending --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [b"", sse(piece("a"))])
def test_cancelling_closes_the_connection(place: Path | None, stream: bool, before: bytes) -> None:
    answer = Leaving(before)

    async def cancelled(client: ChatClient) -> None:
        task = asyncio.ensure_future(read(client, stream=stream))
        while not server.asked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await answer.seen()

    with HttpServer({CHAT: answer}, place) as server:
        run(endpoint_of(server), cancelled)


def test_leaving_a_stream_closes_its_connection(place: Path | None) -> None:
    answer = Leaving(sse(piece("a")))

    async def left(client: ChatClient) -> None:
        async with aclosing(stream_answer(client, request_for(stream=True))) as pieces:
            async for piece in pieces:
                assert piece.text == "a"
                break
        await answer.seen()

    with HttpServer({CHAT: answer}, place) as server:
        run(endpoint_of(server), left)


def test_a_page_cancelled_in_the_middle_of_a_tls_greeting_leaves_no_connection(stream: bool) -> None:
    async def cancelled(client: ChatClient, listening: socket.socket) -> None:
        task = asyncio.ensure_future(read(client, stream=stream))
        connection, _ = await asyncio.to_thread(listening.accept)
        with connection:
            await asyncio.to_thread(connection.recv, 1)  # its greeting, to which nobody answers
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            connection.settimeout(5)
            while await asyncio.to_thread(connection.recv, 65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        endpoint = Endpoint(f"https://127.0.0.1:{listening.getsockname()[1]}", KEY, "HunyuanOCR")
        run(endpoint, lambda client: cancelled(client, listening))


def test_closing_the_client_ends_its_pages_and_it_asks_no_more(place: Path | None, stream: bool) -> None:
    answer = Leaving(sse(piece("a")))

    async def closed(client: ChatClient) -> None:
        task = asyncio.ensure_future(read(client, stream=stream))
        while not server.asked:
            await asyncio.sleep(0.01)
        await client.close()
        with pytest.raises(EngineCrashed):
            await asyncio.wait_for(task, 5)
        await answer.seen()
        with pytest.raises(EngineCrashed, match="it was closed"):
            await read(client, stream=stream)

    with HttpServer({CHAT: answer}, place) as server:
        run(endpoint_of(server), closed)


@pytest.mark.slow
def test_many_pages_at_once_each_get_their_own(place: Path | None) -> None:
    questions = [f"Question number {number}?" for number in range(12)]

    async def ask(client: ChatClient, question: str, stream: bool) -> str:
        family = family_for("1.5")
        asked = family.ask(TaskOrder(Task.QUESTION, question=question))
        image = ImagePart("image/png", 512, 512, b"page")
        request = chat_request(asked, image, family=family, server=SERVER, model="HunyuanOCR", stream=stream)
        if not stream:
            return (await whole_answer(client, request)).text
        return "".join([piece.text async for piece in stream_answer(client, request)])

    async def together(client: ChatClient) -> list[str]:
        return await asyncio.gather(*(ask(client, each, at % 2 == 0) for at, each in enumerate(questions)))

    answers = {question: f"answer to {question}" for question in questions}
    with standing(place, Behaviour(answers=answers, answer_seconds=0.1)) as endpoint:
        assert run(endpoint, together) == list(answers.values())


# -- what is kept quiet, and what is kept fast ---------------------------------------------------------------------


def test_nothing_of_a_page_is_ever_logged(
    stream: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, place: Path | None
) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    for answer in (says(500, b"zebra"), says(400, QUOTING), writes(sse(piece("zebra", "stop")))):
        with HttpServer({CHAT: answer}, place) as server, contextlib.suppress(DiglotError):
            run(endpoint_of(server), lambda client: read(client, stream=stream, task=Task.QUESTION))
        if place is not None:
            place.unlink()

    told = caplog.text.lower()
    assert "zebra" not in told
    assert KEY not in told
    assert "question" not in told
    assert not {record.name.partition(".")[0] for record in caplog.records} & {"openai", "httpx2", "httpcore2"}


def test_the_client_shows_no_key() -> None:
    client = ChatClient(Endpoint("http://engine", KEY, "HunyuanOCR", "/x"))

    assert KEY not in repr(client)
    assert KEY not in repr(vars(client))


def test_the_reader_is_imported_without_its_heavy_parts() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, engine.readers.chat; print(*{'openai', 'httpx2', 'PIL'} & set(sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == ""


def test_the_loop_goes_on_while_the_client_is_made(place: Path | None) -> None:
    threads: list[str] = []

    def trust() -> ssl.SSLContext:
        threads.append(threading.current_thread().name)
        time.sleep(0.05)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    with HttpServer({CHAT: says(500)}, place) as server, pytest.raises(EngineCrashed):
        run(endpoint_of(server), lambda client: read(client, stream=True), trust=trust)

    assert len(threads) == 1
    assert threads != ["MainThread"]


def test_trust_that_cannot_be_had_is_told_in_its_own_words(stream: bool) -> None:
    def trust() -> ssl.SSLContext:
        raise RemoteNotTrusted("house", detail="the CA file holds no certificate")

    with pytest.raises(RemoteNotTrusted, match="the CA file holds no certificate"):
        run(
            Endpoint("https://127.0.0.1:1", KEY, "m"),
            lambda client: read(client, stream=stream),
            shared="house",
            trust=trust,
        )


def test_a_fault_of_our_own_keeps_its_name() -> None:
    class Faulty:
        def as_bytes(self) -> bytes:
            raise ZeroDivisionError

    with HttpServer({}) as server, pytest.raises(ZeroDivisionError):
        run(endpoint_of(server), lambda client: whole_answer(client, Faulty()))  # type: ignore[arg-type]
