"""The application as a process: what it writes alone, what it tells who measures, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from desktop.__main__ import parse
from tests.support.bad_files import pdf

PYTHON = (sys.executable, "-X", "dev", "-W", "error::ResourceWarning", "-m", "desktop")


def environment(home: Path, **changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")}
    return kept | {"QT_QPA_PLATFORM": "offscreen", "DIGLOT_HOME": str(home / "own"), "TMPDIR": str(home)} | changes


def run(home: Path, *words: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON, *map(str, words)],
        env=environment(home, **changes),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def unslow(said: str) -> list[str]:
    """Leave out what asyncio says in dev mode of steps that took long: that is no warning."""
    return [line for line in said.splitlines() if not line.startswith("Executing <")]


def told(ended: subprocess.CompletedProcess[str]) -> list[str]:
    return unslow(ended.stderr)


@pytest.mark.slow
def test_alone_it_writes_markdown_json_and_a_picture_of_the_window(tmp_path: Path) -> None:
    document = pdf(tmp_path / "report.pdf", 2, text="Words on page {n} that can be read")
    home = tmp_path / "home"
    home.mkdir()

    ended = run(home, document, "--unattended", tmp_path / "out", "--language", "zh")

    assert (ended.returncode, told(ended)) == (0, [])
    out = tmp_path / "out"
    assert ended.stdout.splitlines() == [f"Wrote {out / name}" for name in ("report.md", "report.json", "window.png")]
    assert "Words on page 2" in (out / "report.md").read_text(encoding="utf-8")
    assert len(json.loads((out / "report.json").read_text(encoding="utf-8"))["pages"]) == 2
    assert (out / "window.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in home.iterdir()] == ["own"], "no temporary file is left"
    assert [path.name for path in (home / "own").iterdir()] == ["state"], "there is a log, and nothing is remembered"


@pytest.mark.slow
def test_alone_it_says_what_is_wrong_and_ends_with_its_code(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 and then nothing")

    ended = run(tmp_path, bad, "--unattended", tmp_path / "out")

    assert ended.returncode == 14
    assert "The file is damaged" in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("wish", "with_file"), [("window", False), ("first-page", True)])
def test_it_tells_when_something_is_on_the_screen(tmp_path: Path, wish: str, *, with_file: bool) -> None:
    files = [pdf(tmp_path / "a.pdf", 3)] if with_file else []
    before = time.monotonic()

    ended = run(tmp_path, *files, DIGLOT_EXIT_AFTER=wish)

    word, name, at = ended.stdout.split()
    assert (word, name) == ("DIGLOT_MARK", wish)
    assert before < float(at) < time.monotonic()
    assert (ended.returncode, told(ended)) == (0, [])


def listens(pid: int) -> bool:
    """Tell whether a process has begun to catch SIGTERM; where the system does not tell, it is taken for granted."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a polite kill is POSIX")
def test_a_polite_kill_in_the_middle_of_reading_leaves_no_process(tmp_path: Path) -> None:
    document = pdf(tmp_path / "long.pdf", 300, text="Words on page {n} that can be read")
    with subprocess.Popen([*PYTHON, str(document)], env=environment(tmp_path), stderr=subprocess.PIPE) as app:
        deadline = time.monotonic() + 30
        family: list[psutil.Process] = []
        while not (len(family) >= 2 and listens(app.pid)) and time.monotonic() < deadline:
            time.sleep(0.1)
            family = psutil.Process(app.pid).children(recursive=True)
        time.sleep(1.0)
        family = psutil.Process(app.pid).children(recursive=True)

        app.send_signal(signal.SIGTERM)
        _out, said = app.communicate(timeout=30)

    assert app.returncode == 0
    assert unslow(said.decode()) == []
    assert family
    _gone, left = psutil.wait_procs(family, timeout=5)
    assert left == []


def test_the_command_line_is_understood() -> None:
    assert parse(["a.pdf", "--unattended=out", "b.png", "--", "--odd.pdf"]) == (
        [Path("a.pdf"), Path("b.png"), Path("--odd.pdf")],
        {"--unattended": "out"},
    )
    for wrong in (["--loud"], ["--unattended"], ["--language", "fr"]):
        assert isinstance(parse(wrong), str)
