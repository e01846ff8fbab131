"""The log and the folders: nothing private is written, the file stays small, a read-only folder stops nothing."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import logs
from engine.errors import DamagedFile
from engine.logs import keep_secret, start_logging, stop_logging
from engine.paths import paths


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    level = root.level
    yield tmp_path / "state" / "diglot.log"
    stop_logging()
    root.setLevel(level)


def test_a_password_is_never_written_wherever_it_stands(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(log_file)
    keep_secret("gehe1m")
    keep_secret("")

    logging.getLogger("engine.x").warning("opening with %s", "gehe1m")
    try:
        raise DamagedFile("a.pdf", detail="gehe1m")
    except DamagedFile:
        logging.getLogger("engine.x").exception("failed")

    written = log_file.read_text()
    assert "gehe1m" not in written + capsys.readouterr().err
    assert "opening with •••" in written


def test_words_of_exceptions_that_may_quote_a_page_are_left_out(log_file: Path) -> None:
    start_logging(log_file, console=False)

    try:
        try:
            "Confidential clause\ud800".encode()
        except UnicodeEncodeError as inner:
            raise KeyError("Confidential key") from inner
    except KeyError:
        logging.getLogger("engine.x").exception("The page ended in a defect")
    try:
        Path("/no/such/file").read_bytes()
    except OSError:
        logging.getLogger("engine.x").exception("failed")

    written = log_file.read_text()
    assert "Confidential" not in written
    assert "UnicodeEncodeError" in written and "KeyError" in written
    assert "test_logs.py" in written
    assert "No such file" in written


def test_a_long_message_is_cut_and_cannot_pose_as_another(log_file: Path) -> None:
    start_logging(log_file, console=False)

    logging.getLogger("engine.x").info("a\n2026-01-01 fake record " + "x" * 5000)

    lines = log_file.read_text().splitlines()
    assert lines[1].startswith("    2026-01-01 fake")
    assert sum(map(len, lines)) < 1000


def test_the_log_stays_small(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2000)
    start_logging(log_file, console=False)

    for number in range(300):
        logging.getLogger("engine.x").info("record %d %s", number, "x" * 100)

    kept = list(log_file.parent.iterdir())
    assert len(kept) == logs.KEPT_FILES + 1
    assert all(file.stat().st_size <= 2000 for file in kept)


def test_the_terminal_gets_warnings_without_tracebacks(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(log_file)
    start_logging(log_file)  # a second call changes nothing

    logging.getLogger("engine.x").info("quiet")
    try:
        raise TypeError("bad")
    except TypeError:
        logging.getLogger("engine.x").exception("went wrong")

    assert capsys.readouterr().err == "diglot: went wrong\n"
    assert "TypeError: bad" in log_file.read_text()


def test_a_state_folder_that_cannot_be_made_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    try:
        start_logging(tmp_path / "file" / "diglot.log")
        assert "No log can be kept" in capsys.readouterr().err
    finally:
        stop_logging()


def test_the_log_is_for_this_user_alone(log_file: Path) -> None:
    start_logging(log_file, console=False)

    assert log_file.parent.stat().st_mode & 0o077 == 0


# -- folders --


def test_linux_follows_xdg_and_distrusts_relative_paths() -> None:
    found = paths({"HOME": "/home/u", "XDG_STATE_HOME": "/s", "XDG_DATA_HOME": "relative"}, platform="linux")

    assert found.config == Path("/home/u/.config/diglot")
    assert found.data == Path("/home/u/.local/share/diglot")
    assert found.log_file == Path("/s/diglot/diglot.log")
    assert found.runtime.name == "diglot" and str(os.getuid()) in str(found.runtime.parent)


def test_other_systems_and_one_folder_for_all() -> None:
    windows = paths({"USERPROFILE": "C:/Users/u", "APPDATA": "C:/Users/u/R"}, platform="win32")
    mac = paths({"HOME": "/Users/u"}, platform="darwin")
    own = paths({"DIGLOT_HOME": "/x", "HOME": "/home/u", "XDG_STATE_HOME": "/s"}, platform="linux")

    assert windows.config == Path("C:/Users/u/R/Diglot")
    assert windows.state == Path("C:/Users/u/AppData/Local/Diglot/State")
    assert mac.cache == Path("/Users/u/Library/Caches/Diglot")
    assert {folder.parent for folder in (own.config, own.data, own.state, own.cache, own.runtime)} == {Path("/x")}
