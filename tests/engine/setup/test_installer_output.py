"""What uv and pip say is understood. The texts in `installer_output` are theirs, of real failures made on purpose.

They come from uv 0.13.9, pip 23.2.1 and pip 26.3: against servers on this machine that refuse, break off and lie, on a
disk of 60 MB, with packages that are not there. Only names of folders and of the index were changed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import DownloadFailed, InstallFailed, KitDamaged
from engine.errors import DiglotError, DiskFull
from engine.setup.installer_output import Tally, cause_of_failure, without_secrets
from engine.setup.installing import SourceKind

TEXTS = Path(__file__).parent / "installer_output"
KIT, INDEX = SourceKind.KIT, SourceKind.INDEX


def lines_of(name: str) -> list[str]:
    return (TEXTS / f"{name}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("name", "kind", "error", "words"),
    [
        ("pip-23-disk-full", INDEX, DiskFull, ""),
        ("pip-23-disk-full-while-loading", INDEX, DiskFull, ""),
        ("uv-disk-full", INDEX, DiskFull, ""),
        ("uv-disk-full", KIT, DiskFull, ""),
        ("pip-23-no-name", INDEX, DownloadFailed, "nohost.invalid: its name cannot be resolved"),
        ("uv-no-name", INDEX, DownloadFailed, "nohost.invalid: its name cannot be resolved"),
        ("uv-refused", INDEX, DownloadFailed, "127.0.0.1:9: it refused the connection"),
        ("pip-26-401", INDEX, DownloadFailed, "another user or password"),
        ("uv-401", INDEX, DownloadFailed, "another user or password"),
        ("uv-403", INDEX, DownloadFailed, "forbids the download"),
        ("pip-log-403", INDEX, DownloadFailed, "127.0.0.1:8765: it forbids the download"),
        ("uv-500", INDEX, DownloadFailed, "troubles of its own"),
        ("pip-26-cut-off", INDEX, DownloadFailed, "the connection broke"),
        ("uv-not-a-zip", INDEX, DownloadFailed, "tqdm2==1.0 is not what it should be"),
        ("pip-23-not-a-zip", INDEX, DownloadFailed, "tqdm2-1.0-py3-none-any.whl is not what it should be"),
        ("pip-23-hash", INDEX, DownloadFailed, "tqdm2-1.0-py3-none-any.whl is not what it should be"),
        ("uv-kit-hash", KIT, KitDamaged, "tiny-thing==1.0 is not what it should be"),
        ("pip-23-kit-hash", KIT, KitDamaged, "tiny-thing==1.0 is not what it should be"),
        ("uv-kit-lacks", KIT, KitDamaged, "it lacks lacking"),
        ("pip-23-kit-lacks", KIT, KitDamaged, "it lacks lacking==2.0"),
        ("pip-23-no-such-torch", INDEX, InstallFailed, r"no torch==2.13.0\+cpu for this Python"),
        ("uv-no-such-torch", INDEX, InstallFailed, r"no torch==2.13.0\+cpu9 for this Python"),
        ("uv-not-found", INDEX, InstallFailed, "no tqdm2 for this Python"),
        ("pip-26-constraint", INDEX, InstallFailed, r"do not go together: Cannot install torch==2.13.0\+cpu9"),
        ("pip-26-conflict", INDEX, InstallFailed, "Cannot install numpy<2 and numpy==2.4.6"),
        ("uv-conflict", INDEX, InstallFailed, "you require numpy==2.4.6 and numpy<2"),
        ("pip-26-other-platform", KIT, InstallFailed, "not a supported wheel on this platform"),
        ("uv-no-permission", INDEX, InstallFailed, "Permission denied"),
    ],
)
def test_a_failure_is_told_by_its_cause(name: str, kind: SourceKind, error: type[DiglotError], words: str) -> None:
    found = cause_of_failure(lines_of(name), 1, kind=kind)
    assert type(found) is error
    assert re.search(words, found.detail), found.detail
    assert "hunter2" not in str(found)


def test_a_killed_installer_and_a_silent_one_are_told_apart() -> None:
    killed = cause_of_failure(["Resolved 3 packages in 1ms"], 137, kind=INDEX, name="torch 2.13.0")
    silent = cause_of_failure([], 3, kind=INDEX)
    assert (type(killed), killed.subject) == (InstallFailed, "torch 2.13.0") and "memory" in killed.detail
    assert (type(silent), silent.detail) == (InstallFailed, "the installer ended with code 3")


def test_every_text_is_used() -> None:
    used = Path(__file__).read_text("utf-8")
    assert [path.stem for path in TEXTS.iterdir() if f'"{path.stem}"' not in used] == []


@pytest.mark.parametrize(
    ("name", "loaded", "installing"),
    [("pip-26-whole-raw", 25_700_000, True), ("pip-23-whole", 25_700_000, True), ("uv-whole", 42_572_186, True)],
)
def test_downloads_are_counted(name: str, loaded: int, installing: bool) -> None:
    tally, seen = Tally(), [0]
    for line in lines_of(name):
        tally.feed(line)
        seen.append(tally.loaded_bytes)
    assert tally.loaded_bytes == loaded and tally.installing is installing
    assert seen == sorted(seen)


def test_plain_numbers_of_a_newer_pip_move_the_count_within_a_file() -> None:
    tally = Tally()
    tally.feed("  Downloading torch-2.13.0-cp312-cp312-manylinux_2_28_x86_64.whl (527.0 MB)")
    tally.feed("Progress 262144 of 527000000")
    assert (tally.name, tally.loaded_bytes, tally.current_bytes) == ("torch 2.13.0", 262144, 527_000_000)
    tally.grown(1000)
    assert tally.loaded_bytes == 262144, "it goes back"
    tally.grown(10**12)
    assert tally.loaded_bytes == 527_000_000, "more than the file is believed"


def test_a_download_that_is_taken_up_again_counts_once() -> None:
    tally = Tally()
    for line in lines_of("pip-26-cut-off"):
        tally.feed(line)
    assert tally.loaded_bytes <= 1_000_000


@given(st.lists(st.text() | st.sampled_from(["Downloading x-1-py3-none-any.whl (3.1 MB)", "Progress 9 of 3"])))
def test_no_line_breaks_the_counting(lines: list[str]) -> None:
    tally, before = Tally(), 0
    for line in lines:
        tally.feed(line)
        assert tally.loaded_bytes >= before >= 0
        before = tally.loaded_bytes


@given(st.lists(st.text(), max_size=20), st.integers(0, 255), st.sampled_from(SourceKind))
def test_every_failure_has_a_short_cause(lines: list[str], code: int, kind: SourceKind) -> None:
    found = cause_of_failure(lines, code, kind=kind)
    assert isinstance(found, InstallFailed | DownloadFailed | KitDamaged | DiskFull) and len(found.detail) < 400


plain = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1)


@given(user=plain, password=plain.map(lambda word: f"pw{word}@:%"), path=plain, query=plain)
def test_no_address_keeps_user_password_or_query(user: str, password: str, path: str, query: str) -> None:
    line = f"Looking in indexes: https://{user}:{password}@index.example/{path}?token=tk{query}#sha256=1, file:///srv"
    assert without_secrets(line) == f"Looking in indexes: https://index.example/{path} file:///srv"


def test_known_secrets_go_wherever_they_stand() -> None:
    assert without_secrets("auth hunter2!", ["", "hunter2", "hunter2!"]) == "auth •••"
