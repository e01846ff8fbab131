"""Other ways of reading: a shared server that really answers, warnings that name it, keys that stay its own, images."""

from __future__ import annotations

import ssl
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import keyring
import pytest
from keyring.backends import fail
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from desktop.bridge import Bridge
from desktop.dialogs.launch_way import LaunchDialog
from desktop.dialogs.shared_server import SharedServerDialog
from desktop.dialogs.trying import TryDialog
from desktop.other_ways import OtherWays
from engine.engine_errors import RemoteKeyRefused
from engine.secrets import keep_server_key, server_key
from engine.server.state import ServerState
from engine.settings import LaunchKind, RemoteSettings
from tests.support import fake_docker
from tests.support.certificates import Authority
from tests.support.desk import delete, until
from tests.support.fake_docker import Fake
from tests.support.fake_engine import FakeEngine, card
from tests.support.http_answers import Answering, HttpServer, hangs, says

if TYPE_CHECKING:
    from engine.local_engine import LocalEngine

KEY, OLD_KEY = "sk-house-1", "sk-house-0"
MODELS = says(200, {"object": "list", "data": [{"id": "tencent/HunyuanOCR"}, {"id": "qwen"}]})
WELL: Mapping[str, Answering] = {"/v1/models": MODELS, "/version": says(200, {"version": "0.28.0"})}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("house"), "house")


@pytest.fixture(scope="module")
def tls(house: Authority) -> ssl.SSLContext:
    return house.server_context("127.0.0.1", "localhost")


@dataclass
class Parts:
    engine: FakeEngine
    ways: OtherWays
    changes: list[None]
    failed: list[tuple[object, str]]


@asynccontextmanager
async def other_ways() -> AsyncIterator[Parts]:
    parent, bridge, engine = QWidget(), Bridge(), FakeEngine(card())
    ways = OtherWays(parent, bridge, cast("LocalEngine", engine))
    parts = Parts(engine, ways, [], [])
    ways.changed.connect(lambda: parts.changes.append(None))
    bridge.failed.connect(lambda error, key: parts.failed.append((error, key)))
    try:
        yield parts
    finally:
        await bridge.close()
        delete(parent)


def click(button: QPushButton) -> None:
    assert button.isVisible() and button.isEnabled(), button.text()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def enter(dialog: SharedServerDialog, *, url: str, key: str = "", ca_file: str = "", model: str = "") -> None:
    dialog.address.setText(url)
    dialog.key.setText(key)
    dialog.ca_file.setText(ca_file)
    dialog.model.setEditText(model)


def end_of(dialog: TryDialog) -> list[int]:
    """Return a list that gets an element when the dialog ends; afterwards it is gone."""
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    return ended


async def settled(dialog: TryDialog) -> None:
    await until(lambda: not dialog.busy.isVisible() and (dialog.outcome.text() or dialog.error.isVisible()))


# -- what is said before anything is sent


@pytest.mark.qloop
@pytest.mark.parametrize(
    ("address", "allowed", "warned", "said"),
    [
        ("", False, False, "Pages will leave this computer"),
        ("not an address", False, False, "Pages will leave this computer"),
        ("https://ocr.house.example", True, False, "Pages will leave this computer and go to ocr.house.example"),
        ("ocr.house.example:8000/v1", True, False, "Pages will leave this computer and go to ocr.house.example"),
        ("http://ocr.house.example", False, True, "Pages will leave this computer and go to ocr.house.example"),
        ("http://10.1.2.3:8000", False, True, "Pages will leave this computer and go to 10.1.2.3"),
        ("http://127.0.0.1:8000", True, False, "Pages go to 127.0.0.1, which is this computer itself"),
        ("https://user:secret@ocr.example", False, False, "Pages will leave this computer"),
    ],
)
async def test_it_says_where_pages_will_go_and_warns_of_an_open_line(
    address: str, allowed: bool, warned: bool, said: str
) -> None:
    async with other_ways() as parts:
        dialog = parts.ways.open_server()
        dialog.address.setText(address)

        assert dialog.leaves.title == said
        assert (dialog.use.isEnabled(), dialog.test.isEnabled()) == (allowed, allowed)
        assert (dialog.plain.isVisible(), dialog.accept_plain.isVisible()) == (warned, warned)
        dialog.reject()


@pytest.mark.qloop
async def test_an_open_line_is_accepted_for_exactly_the_address_that_was_named() -> None:
    async with other_ways() as parts:
        dialog = parts.ways.open_server()
        dialog.address.setText("http://ocr.house.example:8000")
        assert dialog.plain.title == "http://ocr.house.example:8000 is not encrypted"
        assert "http://ocr.house.example:8000" in dialog.accept_plain.text()
        dialog.accept_plain.click()
        assert dialog.use.isEnabled()
        assert dialog.settings().plain_http_accepted_for == "http://ocr.house.example:8000"

        dialog.address.setText("http://other.example:8000")
        assert not dialog.accept_plain.isChecked() and not dialog.use.isEnabled()
        dialog.address.setText("https://other.example:8000")
        assert dialog.settings().plain_http_accepted_for == ""
        dialog.reject()


@pytest.mark.qloop
async def test_the_key_is_never_shown() -> None:
    async with other_ways() as parts:
        await keep_server_key("https://ocr.house.example", OLD_KEY)
        parts.engine.settings = parts.engine.settings.__class__(remote=RemoteSettings(url="https://ocr.house.example"))
        dialog = parts.ways.open_server()
        await until(lambda: "kept" in dialog.key.placeholderText())
        assert dialog.key.echoMode() is QLineEdit.EchoMode.Password
        assert dialog.key.text() == ""
        dialog.address.setText("https://other.example")
        assert "kept" not in dialog.key.placeholderText()
        dialog.reject()


# -- a server that answers


@pytest.mark.qloop
async def test_a_server_is_tried_and_used(house: Authority, tls: ssl.SSLContext) -> None:
    with HttpServer(WELL, tls=tls) as server:
        async with other_ways() as parts:
            dialog = parts.ways.open_server()
            enter(dialog, url=f"{server.url}/v1", key=KEY, ca_file=str(house.file))
            click(dialog.test)
            await settled(dialog)
            assert dialog.outcome.text() == (
                "It answers, and has “tencent/HunyuanOCR”. It runs vLLM 0.28.0. The connection is encrypted."
            )
            assert dialog.model.currentText() == "tencent/HunyuanOCR"
            assert parts.engine.calls == []

            ended = end_of(dialog)
            click(dialog.use)
            await until(lambda: ended)
            assert ("start", None) in parts.engine.calls

        assert parts.engine.settings.use_remote
        assert parts.engine.settings.remote == RemoteSettings(
            url=server.url, model="tencent/HunyuanOCR", ca_file=str(house.file)
        )
        assert await server_key(server.url) == KEY
        assert parts.changes and parts.failed == []
        assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {KEY}"}
        assert {asked.path for asked in server.asked} == {"/v1/models", "/version"}


@pytest.mark.qloop
async def test_a_kept_key_goes_to_its_own_server_alone(house: Authority, tls: ssl.SSLContext) -> None:
    with HttpServer(WELL, tls=tls) as own, HttpServer(WELL, tls=tls) as other:
        await keep_server_key(own.url, OLD_KEY)
        async with other_ways() as parts:
            dialog = parts.ways.open_server()
            for server in (own, other):
                enter(dialog, url=server.url, ca_file=str(house.file))
                click(dialog.test)
                await settled(dialog)
            dialog.reject()
        assert {asked.headers.get("authorization") for asked in own.asked} == {f"Bearer {OLD_KEY}"}
        assert {asked.headers.get("authorization") for asked in other.asked} == {None}


@pytest.mark.qloop
async def test_what_is_wrong_with_a_server_is_said_and_nothing_is_chosen(tls: ssl.SSLContext) -> None:
    with HttpServer(WELL, tls=tls) as untrusted, HttpServer({"/v1/models": says(401)}) as refusing:
        async with other_ways() as parts:
            dialog = parts.ways.open_server()
            for server, title in (
                (untrusted, "127.0.0.1: The shared server's certificate is not trusted"),
                (refusing, "127.0.0.1: The shared server does not take this key"),
            ):
                enter(dialog, url=server.url, key=KEY)
                click(dialog.use)
                await settled(dialog)
                assert dialog.error.title == title and dialog.isVisible()
            dialog.reject()
        assert parts.engine.calls == [] and not parts.engine.settings.use_remote
        assert await server_key(refusing.url) is None
        assert untrusted.asked == []


@pytest.mark.qloop
async def test_a_server_that_hangs_is_not_waited_for_when_the_dialog_is_closed() -> None:
    with HttpServer({"/v1/models": hangs()}) as server:
        async with other_ways() as parts:
            dialog = parts.ways.open_server()
            enter(dialog, url=server.url)
            click(dialog.use)
            await until(lambda: server.asked)
            assert dialog.busy.isVisible() and not dialog.use.isEnabled()
            dialog.reject()
        assert parts.engine.calls == [] and parts.failed == []


@pytest.mark.qloop
async def test_a_server_that_was_chosen_and_fails_stays_chosen() -> None:
    with HttpServer(WELL) as server:
        async with other_ways() as parts:
            dialog = parts.ways.open_server()
            enter(dialog, url=server.url)
            original = parts.engine.start

            async def refuse() -> None:
                await original()
                raise RemoteKeyRefused("127.0.0.1")

            parts.engine.start = refuse  # type: ignore[method-assign]
            click(dialog.use)
            await settled(dialog)
            assert dialog.error.title == "127.0.0.1: The shared server does not take this key"
            assert parts.engine.settings.use_remote and dialog.isVisible()
            dialog.reject()


@pytest.mark.qloop
async def test_one_can_go_back_to_this_computer() -> None:
    async with other_ways() as parts:
        await parts.engine.change(use_remote=True, remote=RemoteSettings(url="https://ocr.house.example"))
        parts.engine.become(ServerState.READY, remote="https://ocr.house.example")
        assert parts.ways.words()[0] == "Pages are read on ocr.house.example"
        dialog = parts.ways.open_server()
        ended = end_of(dialog)
        click(dialog.stop)
        await until(lambda: ended)
        assert not parts.engine.settings.use_remote and ("stop", None) in parts.engine.calls
        assert parts.engine.settings.remote.url == "https://ocr.house.example"  # for another time
        assert parts.ways.words() == ("", "")


# -- containers and WSL


@pytest.mark.qloop
@pytest.mark.skipif(sys.platform == "win32", reason="the fake docker needs POSIX")
async def test_an_image_is_looked_for_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake_docker.install(tmp_path, fake=Fake(images=("vllm:test",))).parent), prepend=":")
    async with other_ways() as parts:
        dialog = parts.ways.open_launch(LaunchKind.CONTAINER)
        assert isinstance(dialog, LaunchDialog) and not dialog.use.isEnabled()
        dialog.name.setText("vllm:other")
        click(dialog.test)
        await settled(dialog)
        assert dialog.error.title == "vllm:other: This way of running the engine is not available here"
        assert "this image is not loaded" in dialog.error.text

        dialog.name.setText("vllm:test")
        ended = end_of(dialog)
        click(dialog.use)
        await until(lambda: ended)
        assert (parts.engine.settings.launch, parts.engine.settings.image) == (LaunchKind.CONTAINER, "vllm:test")
        assert parts.ways.words()[0] == "The engine runs in a container: vllm:test"
        assert len(parts.ways.in_place()) == 1 and parts.changes


@pytest.mark.qloop
@pytest.mark.skipif(sys.platform == "win32", reason="the fake docker needs POSIX")
async def test_an_image_is_loaded_from_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake_docker.install(tmp_path).parent), prepend=":")
    archive = tmp_path / "image.tar"
    archive.write_bytes(b"image")
    async with other_ways() as parts:
        dialog = parts.ways.open_launch(LaunchKind.CONTAINER)
        click(dialog.load)
        (chooser,) = dialog.findChildren(QFileDialog)
        chooser.fileSelected.emit(str(archive))
        chooser.reject()
        await settled(dialog)
        assert dialog.name.text(), dialog.error.text
        assert dialog.outcome.text() == "The image is loaded."
        dialog.reject()


@pytest.mark.qloop
async def test_without_wsl_it_says_so() -> None:
    async with other_ways() as parts:
        dialog = parts.ways.open_launch(LaunchKind.WSL)
        assert not dialog.load.isVisible() and dialog.use.isEnabled()
        click(dialog.test)
        await settled(dialog)
        assert "it is not installed" in dialog.error.text
        dialog.reject()
