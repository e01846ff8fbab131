"""A server's key goes into the system's keyring where one answers, else into a file that nobody else can read."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring import core
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from engine import secrets
from engine.engine_errors import EngineNotPermitted
from engine.logs import start_logging, stop_logging
from engine.secrets import KeyPlace, forget_server_key, keep_server_key, key_file, server_key

URL = "https://reader.house.example:8443"


class InMemoryKeyring(KeyringBackend):  # type: ignore[misc]
    """A keyring for tests, in memory."""

    priority: float = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class LockedKeyring(InMemoryKeyring):
    """Its password was not given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


class BrokenKeyring(InMemoryKeyring):
    """Raises what keyring does not know."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ZeroDivisionError

    set_password = get_password  # type: ignore[assignment]


class ForgetfulKeyring(InMemoryKeyring):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class PlainKeyring(InMemoryKeyring):
    """As those of keyrings.alt: a file in plain text."""

    priority: float = 0.5


class HangingKeyring(InMemoryKeyring):
    """Waits for a password that nobody gives."""

    def __init__(self) -> None:
        super().__init__()
        self.given = threading.Event()
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.given.wait(30)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked += 1
        self.given.wait(30)
        super().set_password(service, username, password)


class Chain(chainer.ChainerBackend):  # type: ignore[misc]
    """Several at once, the weak one first."""

    priority: float = 10
    backends: list[KeyringBackend] = []  # noqa: RUF012


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path))
    monkeypatch.setattr(secrets, "_hanging", None)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> InMemoryKeyring:
    return use(monkeypatch, InMemoryKeyring())


@pytest.fixture
def no_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_keyring_backend", fail.Keyring())


def use(monkeypatch: pytest.MonkeyPatch, backend: InMemoryKeyring) -> InMemoryKeyring:
    monkeypatch.setattr(core, "_keyring_backend", backend)
    assert keyring.get_keyring() == backend
    return backend


def keep(url: str, key: str) -> KeyPlace:
    return asyncio.run(keep_server_key(url, key))


def told(url: str) -> str | None:
    return asyncio.run(server_key(url))


def test_a_key_goes_into_the_keyring_and_into_no_file(ring: InMemoryKeyring, tmp_path: Path) -> None:
    assert keep(URL, "k-1") is KeyPlace.KEYRING

    assert ring.kept == {("diglot", URL): "k-1"}
    assert told(URL) == "k-1"
    assert told(URL + "0") is None
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_without_a_keyring_it_goes_into_a_file_of_ours_alone(no_ring: None) -> None:
    assert keep(URL, "k-1") is KeyPlace.FILE
    assert keep("https://other.example", "schlüssel") is KeyPlace.FILE

    assert (told(URL), told("https://other.example"), told("https://third.example")) == ("k-1", "schlüssel", None)
    assert oct(key_file().stat().st_mode & 0o777) == "0o600"
    assert oct(key_file().parent.stat().st_mode & 0o777) == "0o700"


@pytest.mark.parametrize(
    "backend",
    [fail.Keyring, null.Keyring, PlainKeyring, LockedKeyring, BrokenKeyring, ForgetfulKeyring, Chain],
)
def test_a_keyring_that_keeps_nothing_or_keeps_it_openly_counts_as_none(
    backend: type[KeyringBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "_keyring_backend", backend())

    assert keep(URL, "k-1") is KeyPlace.FILE
    assert told(URL) == "k-1"
    asyncio.run(forget_server_key(URL))
    assert told(URL) is None


def test_of_several_keyrings_a_strong_one_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    weak, strong = PlainKeyring(), InMemoryKeyring()
    monkeypatch.setattr(Chain, "backends", [weak, strong])
    monkeypatch.setattr(core, "_keyring_backend", Chain())

    assert keep(URL, "k-1") is KeyPlace.KEYRING
    assert (weak.kept, strong.kept) == ({}, {("diglot", URL): "k-1"})


def test_a_keyring_that_hangs_is_not_waited_for_and_not_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(secrets, "KEYRING_WITHIN_S", 0.1)
    hanging = HangingKeyring()
    use(monkeypatch, hanging)
    try:
        assert keep(URL, "k-1") is KeyPlace.FILE
        assert told(URL) == "k-1"
        assert told("https://other.example") is None
        assert hanging.asked == 1
        assert "does not answer" in caplog.text
    finally:
        hanging.given.set()
    assert secrets._hanging is not None
    secrets._hanging.join(10)

    assert keep(URL, "k-2") is KeyPlace.KEYRING  # somebody gave the password after all
    assert told(URL) == "k-2"
    assert not key_file().exists()


def test_a_keyring_that_comes_later_takes_the_key_out_of_the_file(
    no_ring: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(URL, "old")
    keep("https://other.example", "stays")
    ring = use(monkeypatch, InMemoryKeyring())

    assert told(URL) == "old"
    assert keep(URL, "new") is KeyPlace.KEYRING
    assert (told(URL), told("https://other.example")) == ("new", "stays")
    assert "old" not in key_file().read_text()
    assert ring.kept == {("diglot", URL): "new"}


def test_a_newer_key_in_the_file_counts_before_an_older_one_in_the_keyring(
    ring: InMemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(URL, "old")
    monkeypatch.setattr(core, "_keyring_backend", LockedKeyring())
    keep(URL, "new")
    monkeypatch.setattr(core, "_keyring_backend", ring)

    assert told(URL) == "new"


def test_what_is_forgotten_is_nowhere(ring: InMemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(URL, "in the ring")
    monkeypatch.setattr(core, "_keyring_backend", fail.Keyring())
    keep(URL, "in the file")
    monkeypatch.setattr(core, "_keyring_backend", ring)

    asyncio.run(forget_server_key(URL))
    asyncio.run(forget_server_key(URL))

    assert told(URL) is None
    assert ring.kept == {}
    assert not key_file().exists()


@pytest.mark.parametrize("open_to", [0o604, 0o640, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(no_ring: None, open_to: int) -> None:
    keep(URL, "k-1")
    key_file().chmod(open_to)

    for use_it in (told, lambda url: keep(url, "k-2"), lambda url: asyncio.run(forget_server_key(url))):
        with pytest.raises(EngineNotPermitted, match="others can read it"):
            use_it(URL)

    key_file().unlink()
    assert keep(URL, "k-2") is KeyPlace.FILE


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")
def test_a_file_of_another_user_is_refused(no_ring: None) -> None:
    keep(URL, "k-1")
    os.chown(key_file(), 65534, 65534)

    with pytest.raises(EngineNotPermitted, match="another user"):
        told(URL)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_file_is_refused(no_ring: None, kind: str, tmp_path: Path) -> None:
    key_file().parent.mkdir(mode=0o700)
    match kind:
        case "link":
            (tmp_path / "real").write_text('{"a": "b"}')
            (tmp_path / "real").chmod(0o600)
            key_file().symlink_to(tmp_path / "real")
        case "pipe":
            os.mkfifo(key_file(), 0o600)
        case "folder":
            key_file().mkdir(mode=0o700)

    with pytest.raises(EngineNotPermitted):
        told(URL)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"https://reader.house.example:8443": 7}', b"[" * 100_000])
def test_a_damaged_file_holds_no_key_and_is_written_anew(no_ring: None, content: bytes) -> None:
    keep(URL, "k-1")
    key_file().write_bytes(content)

    assert told(URL) is None
    assert keep(URL, "k-2") is KeyPlace.FILE
    assert told(URL) == "k-2"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    level = logging.getLogger().level
    start_logging(tmp_path / "diglot.log", console=False)
    yield tmp_path / "diglot.log"
    stop_logging()
    logging.getLogger().setLevel(level)


@pytest.mark.parametrize("backend", [InMemoryKeyring, fail.Keyring])
def test_a_key_never_reaches_the_log(
    backend: type[KeyringBackend], monkeypatch: pytest.MonkeyPatch, log_file: Path
) -> None:
    monkeypatch.setattr(core, "_keyring_backend", backend())

    keep(URL, "k-geheim")
    logging.getLogger("engine.x").warning("asking with k-geheim")
    stop_logging()  # forgets, as a new start of the program does
    start_logging(log_file, console=False)
    told(URL)
    logging.getLogger("engine.x").warning("asking with k-geheim")

    assert "k-geheim" not in log_file.read_text()
    assert log_file.read_text().count("•••") == 2


@given(st.binary())
def test_any_file_is_keys_or_none(content: bytes) -> None:
    file = key_file()
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_bytes(content)
    file.chmod(0o600)

    keys = secrets._read_file()

    assert all(isinstance(url, str) and isinstance(key, str) for url, key in keys.items())
