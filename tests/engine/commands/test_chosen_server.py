"""A server named on the command line: the settings' own is known, any other gets only what was said for this run."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from engine.commands.chosen_server import server_for
from engine.commands.server_arguments import KEY_VARIABLE, ServerOptions
from engine.engine_errors import NotEncrypted, RemoteError
from engine.errors import UsageError
from engine.secrets import _change_file
from engine.settings import EngineSettings, RemoteSettings, Settings, save_settings

HOUSE = "https://ocr.house.example"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whose settings name a shared server, with a key kept for it."""
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path))
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    remote = RemoteSettings(HOUSE, "house-ocr", "house.pem", plain_http_accepted_for="")
    save_settings(dataclasses.replace(Settings(), engine=EngineSettings(remote=remote)))
    _change_file(HOUSE, "kept-key")  # where no keyring takes it


def found(url: str, **options: object) -> tuple[RemoteSettings, str]:
    return asyncio.run(server_for(url, ServerOptions(**options)))  # type: ignore[arg-type]


def test_the_settings_own_server_is_known_with_its_key() -> None:
    settings, key = found(HOUSE + "/v1/")

    assert settings == RemoteSettings(HOUSE, "house-ocr", "house.pem", "")
    assert key == "kept-key"


def test_what_is_said_for_this_run_comes_before_what_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "other-key")
    (tmp_path / "mine.pem").write_text("")

    settings, key = found(HOUSE, model="mine", ca_file=str(tmp_path / "mine.pem"))

    assert (settings.model, settings.ca_file, key) == ("mine", str(tmp_path / "mine.pem"), "other-key")


def test_another_server_is_told_nothing_of_the_settings() -> None:
    settings, key = found("https://ocr.house.example:8443")

    assert settings == RemoteSettings("https://ocr.house.example:8443")
    assert key == ""


def test_plain_http_beyond_this_machine_needs_a_word() -> None:
    with pytest.raises(NotEncrypted, match="--accept-plain-http"):
        found("http://192.0.2.7:8000")

    settings, _ = found("http://192.0.2.7:8000", accept_plain_http=True)
    assert settings.plain_http_accepted_for == "http://192.0.2.7:8000"
    assert found("http://127.0.0.1:8000")[0].url == "http://127.0.0.1:8000"


def test_a_bad_address_and_a_missing_ca_file_are_refused() -> None:
    with pytest.raises(RemoteError):
        found("https://user:word@ocr.house.example")
    with pytest.raises(UsageError, match=r"none\.pem"):
        found(HOUSE, ca_file="none.pem")
