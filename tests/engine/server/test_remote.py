"""A shared server is trusted by its certificate, sees a key only then, and is never changed for another in silence."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.engine_errors import (
    NotEncrypted,
    RemoteError,
    RemoteHasNoModel,
    RemoteKeyRefused,
    RemoteNotTrusted,
    RemoteRedirects,
    RemoteUnreachable,
)
from engine.server import address, remote
from engine.server.remote import (
    RemoteReport,
    RemoteWarning,
    check_remote,
    remote_client,
    remote_endpoint,
    remote_trust,
    remote_warning,
)
from engine.server.state import Endpoint
from engine.settings import RemoteSettings
from tests.support.certificates import DAY, Authority
from tests.support.http_answers import Answering, HttpServer, drips, hangs, never_ends, says, writes

KEY = "sk-house-1"
MODELS = says(200, {"object": "list", "data": [{"id": "tencent/HunyuanOCR"}, {"id": "qwen"}]})
WELL: Mapping[str, Answering] = {"/v1/models": MODELS, "/version": says(200, {"version": "0.28.0"})}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("house"), "house")


@pytest.fixture(scope="module")
def tls(house: Authority) -> ssl.SSLContext:
    return house.server_context("127.0.0.1", "localhost")


def check(settings: RemoteSettings, key: str = KEY) -> RemoteReport:
    return asyncio.run(check_remote(settings, key))


def settings_of(server: HttpServer, house: Authority, *, model: str = "", name: str = "") -> RemoteSettings:
    url = server.url if not name else f"https://{name}:{server.port}"
    return RemoteSettings(url=url, model=model, ca_file=str(house.file))


def test_a_server_with_the_houses_certificate_says_what_it_serves(house: Authority, tls: ssl.SSLContext) -> None:
    with HttpServer(WELL, tls=tls) as server:
        report = check(RemoteSettings(url=f"{server.url}/v1/", ca_file=str(house.file)))

    assert report == RemoteReport(
        url=server.url,
        model="tencent/HunyuanOCR",
        models=("tencent/HunyuanOCR", "qwen"),
        encrypted=True,
        version="0.28.0",
    )
    assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {KEY}"] * 2


def test_a_vllm_says_how_much_its_model_takes(house: Authority, tls: ssl.SSLContext) -> None:
    card = {"id": "tencent/HunyuanOCR", "max_model_len": 8192, "owned_by": "vllm"}
    answers = {"/v1/models": says(200, {"data": [{"id": "qwen", "max_model_len": 1}, card]})}

    with HttpServer(answers, tls=tls) as server:
        report = check(RemoteSettings(url=server.url, ca_file=str(house.file)))

    assert (report.model, report.max_tokens, report.vllm) == ("tencent/HunyuanOCR", 8192, True)


def test_below_a_path_and_without_a_version_and_without_a_key(house: Authority, tls: ssl.SSLContext) -> None:
    with HttpServer({"/ocr/v1/models": MODELS}, tls=tls) as server:
        report = check(RemoteSettings(url=f"localhost:{server.port}/ocr", model="qwen", ca_file=str(house.file)), "")

    assert (report.url, report.model, report.version) == (f"https://localhost:{server.port}/ocr", "qwen", "")
    assert server.asked_paths == ["/ocr/v1/models", "/ocr/version"]
    assert all("authorization" not in asked.headers for asked in server.asked)


def test_the_cas_file_may_be_as_windows_exports_it_or_of_a_lower_authority(tmp_path: Path) -> None:
    above = Authority(tmp_path, "above")
    lower = Authority(tmp_path, "lower", above=above)

    with HttpServer(WELL, tls=lower.server_context("127.0.0.1")) as server:
        for file in (lower.der_file, lower.file):
            assert check(RemoteSettings(url=server.url, ca_file=str(file))).encrypted


@pytest.mark.parametrize(
    ("names", "days", "words"),
    [
        (["127.0.0.1"], (-20, 10), "expired"),
        (["127.0.0.1"], (5, 10), "not valid yet"),
        (["reader.house"], (-1, 10), "another name"),
        (["10.0.0.1"], (-1, 10), "another name"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said_and_no_key_is_sent(
    house: Authority, names: list[str], days: tuple[int, int], words: str
) -> None:
    context = house.server_context(*names, valid_from=days[0] * DAY, valid_for=days[1] * DAY)

    with HttpServer(WELL, tls=context) as server, pytest.raises(RemoteNotTrusted) as caught:
        check(settings_of(server, house))

    assert words in caught.value.detail
    assert server.asked == []


@pytest.mark.parametrize("trusted", ["another house", "the system"])
def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    house: Authority, tls: ssl.SSLContext, trusted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca_file = str(Authority(tmp_path, "another").file) if trusted == "another house" else ""
    monkeypatch.setenv("SSL_CERT_FILE", str(house.file))  # which is not asked

    with HttpServer(WELL, tls=tls) as server, pytest.raises(RemoteNotTrusted, match="nobody who is trusted"):
        check(RemoteSettings(url=server.url, ca_file=ca_file))

    assert server.asked == []


def test_with_the_houses_file_the_systems_authorities_count_for_nothing(house: Authority) -> None:
    context = remote_trust(RemoteSettings(ca_file=str(house.file)))()

    assert [each["subject"] for each in context.get_ca_certs()] == [((("commonName", "house"),),)]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, b"", b"rubbish", b"-----BEGIN CERTIFICATE-----\nrubbish\n", b"\x30\x82\xff"])
def test_a_ca_file_that_is_none_is_said(tls: ssl.SSLContext, content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)

    with HttpServer(WELL, tls=tls) as server, pytest.raises(RemoteNotTrusted, match="the CA file"):
        check(RemoteSettings(url=server.url, ca_file=str(file)))

    assert server.asked == []


# -- encryption


def test_unencrypted_is_fine_on_this_machine() -> None:
    with HttpServer(WELL) as server:
        assert check(RemoteSettings(url=server.url)).encrypted is False


@pytest.mark.parametrize("accepted", ["", "http://other.house", "https://127.0.0.1", "rubbish\n", "http://127.0.0.1:1"])
def test_beyond_this_machine_nothing_is_sent_unencrypted_that_nobody_accepted(
    accepted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "is_loopback", lambda host: False)

    with HttpServer(WELL) as server:
        settings = RemoteSettings(url=server.url, model="qwen", plain_http_accepted_for=accepted)
        for use in (
            check,
            lambda settings: remote_endpoint(settings, KEY),
            lambda settings: remote_client(settings, KEY),
        ):
            with pytest.raises(NotEncrypted):
                use(settings)

    assert server.asked == []


def test_what_was_accepted_for_this_address_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "is_loopback", lambda host: False)

    with HttpServer(WELL) as server:
        settings = RemoteSettings(url=f"{server.url}/v1", plain_http_accepted_for=f"{server.url}/")
        assert check(settings).encrypted is False
        assert remote_warning(settings) == RemoteWarning("127.0.0.1", encrypted=False, leaves_machine=True)


def test_a_server_without_tls_is_not_asked_without_it(house: Authority) -> None:
    with HttpServer(WELL) as server, pytest.raises(RemoteUnreachable, match="does not speak TLS"):
        check(settings_of(server, house, name="localhost"))

    assert server.asked == []


# -- what else can go wrong


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_and_its_target_is_named(house: Authority, tls: ssl.SSLContext, status: int) -> None:
    with HttpServer(WELL, tls=tls) as elsewhere:
        sends = says(status, b"", Location=f"{elsewhere.url}/v1/models?token=secret")
        with HttpServer({"/v1/models": sends}, tls=tls) as server, pytest.raises(RemoteRedirects) as caught:
            check(settings_of(server, house))

    assert caught.value.detail == f"{elsewhere.url}/v1/models"
    assert elsewhere.asked == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_and_not_repeated(house: Authority, tls: ssl.SSLContext, status: int) -> None:
    with HttpServer({"/v1/models": says(status)}, tls=tls) as server, pytest.raises(RemoteKeyRefused) as caught:
        check(settings_of(server, house))

    assert KEY not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-1\r\nX-Evil: 1", "schlüssel", "two words", "\x00"])
def test_a_key_that_can_be_none_is_refused_before_it_is_sent(key: str) -> None:
    settings = RemoteSettings(url="https://127.0.0.1:1", model="qwen")

    for use in (lambda: check(settings, key), lambda: remote_endpoint(settings, key)):
        with pytest.raises(RemoteKeyRefused):
            use()


@pytest.mark.parametrize(
    ("models", "chosen", "words"),
    [
        (("qwen", "llama"), "HunyuanOCR", "it has qwen, llama"),
        (("qwen", "llama"), "", "it has qwen, llama"),
        (("a/HunyuanOCR", "b/hunyuan-ocr-1.5"), "", "it has a/HunyuanOCR, b/hunyuan-ocr-1.5"),
        ((), "", "names none"),
        (tuple("abcdefghijklmnopqrstuvwxyz"), "", "s, t, …"),
    ],
)
def test_without_the_model_those_that_are_there_are_named(models: tuple[str, ...], chosen: str, words: str) -> None:
    listed = says(200, {"data": [{"id": name} for name in models]})

    with HttpServer({"/v1/models": listed}) as server, pytest.raises(RemoteHasNoModel) as caught:
        check(RemoteSettings(url=server.url, model=chosen))

    assert words in caught.value.detail


@pytest.mark.parametrize(
    ("ill", "error"),
    [
        (hangs(), RemoteUnreachable),
        (drips(), RemoteUnreachable),
        (writes(b""), RemoteUnreachable),
        (writes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), RemoteUnreachable),
        (says(503), RemoteUnreachable),
        (says(502), RemoteUnreachable),
        (never_ends(), RemoteError),
        (says(200, b"<html>Welcome</html>"), RemoteError),
        (says(404), RemoteError),
        (says(500), RemoteError),
    ],
    ids=["hangs", "drips", "closes", "is cut", "503", "502", "never ends", "no JSON", "404", "500"],
)
@pytest.mark.slow
def test_every_illness_of_a_server_has_its_error(
    house: Authority,
    tls: ssl.SSLContext,
    ill: Answering,
    error: type[RemoteError],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if error is RemoteUnreachable:
        monkeypatch.setattr(remote, "PATIENCE", 0.1)

    with HttpServer({"/v1/models": ill}, tls=tls) as server, pytest.raises(RemoteError) as caught:
        check(settings_of(server, house))

    assert type(caught.value) is error
    assert caught.value.subject == "127.0.0.1"


def test_where_nobody_is_or_no_such_name_the_system_says_so() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and nobody listens
        with pytest.raises(RemoteUnreachable, match="refused"):
            check(RemoteSettings(url=f"http://127.0.0.1:{bound.getsockname()[1]}"))
    with pytest.raises(RemoteUnreachable) as caught:
        check(RemoteSettings(url="https://no-such-computer.invalid"))
    assert caught.value.subject == "no-such-computer.invalid"
    assert caught.value.detail


@pytest.mark.slow
def test_a_tls_server_that_hangs_in_its_greeting_is_unreachable(
    house: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PATIENCE", 0.05)

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(RemoteUnreachable, match="no answer in time"):
            check(RemoteSettings(url=f"https://127.0.0.1:{silent.getsockname()[1]}", ca_file=str(house.file)))


@pytest.mark.slow
def test_one_that_is_cancelled_in_the_greeting_leaves_no_socket(house: Authority) -> None:
    async def run(settings: RemoteSettings) -> None:
        checking = asyncio.ensure_future(check_remote(settings, KEY))
        connection, _ = await asyncio.to_thread(silent.accept)
        connection.settimeout(10)
        with connection:
            assert await asyncio.to_thread(connection.recv, 1)  # the greeting has begun
            checking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await checking
            while await asyncio.to_thread(connection.recv, 65536):
                pass  # until it is closed

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        asyncio.run(run(RemoteSettings(url=f"https://127.0.0.1:{silent.getsockname()[1]}", ca_file=str(house.file))))
    gc.collect()  # a socket that was left open makes a warning, and a warning is an error


def test_a_proxy_of_the_environment_is_never_asked(
    house: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with HttpServer(WELL, tls=tls) as server:
        assert check(settings_of(server, house)).encrypted


def test_the_endpoint_is_what_was_chosen_and_hides_its_key() -> None:
    chosen = RemoteSettings(url="https://Reader.House/v1", model="qwen")

    endpoint = remote_endpoint(chosen, KEY)

    assert endpoint == Endpoint("https://reader.house", KEY, "qwen")
    assert KEY not in repr(endpoint)
    with pytest.raises(RemoteHasNoModel):
        remote_endpoint(RemoteSettings(url="https://reader.house"), KEY)
    with pytest.raises(RemoteError):
        remote_endpoint(RemoteSettings(model="qwen"), KEY)


@pytest.mark.parametrize(
    ("url", "warning"),
    [
        ("https://reader.house", RemoteWarning("reader.house", encrypted=True, leaves_machine=True)),
        ("http://reader.house", RemoteWarning("reader.house", encrypted=False, leaves_machine=True)),
        ("http://127.0.0.1:8000", RemoteWarning("127.0.0.1", encrypted=False, leaves_machine=False)),
    ],
)
def test_a_front_is_told_where_pages_go(url: str, warning: RemoteWarning) -> None:
    assert remote_warning(RemoteSettings(url=url)) == warning


def test_the_client_of_a_shared_server_measures_and_reads_without_a_proof(
    house: Authority, tls: ssl.SSLContext
) -> None:
    answers = {
        "/metrics": says(200, b"vllm:num_requests_running 3"),
        "/v1/chat/completions": says(200, {"choices": [{"message": {"content": "words"}}]}),
    }

    async def run(settings: RemoteSettings) -> tuple[str, str]:
        client = remote_client(settings, KEY)
        try:
            return await client.metrics_text(), await client.ask_page(b"png", "read", max_tokens=9)
        finally:
            await client.close()

    with HttpServer(answers, tls=tls) as server:
        told = asyncio.run(run(settings_of(server, house, model="qwen")))

    assert told == ("vllm:num_requests_running 3", "words")
    assert server.asked_paths == ["/metrics", "/v1/chat/completions"]
