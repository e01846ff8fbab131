"""`diglot engine …`: plans without a card, starts in the foreground, and others talk to whoever owns the engine."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from engine.commands.engine_arguments import parse_engine
from engine.engine_errors import EngineCrashed
from engine.errors import UsageError
from tests.support.children import descendants, left_of
from tests.support.command import DIGLOT, diglot, environment, pdf_with_text
from tests.support.engine_home import set_up
from tests.support.stand_in_server import Behaviour

posix = pytest.mark.skipif(sys.platform == "win32", reason="vLLM's stand-in needs POSIX")
LONGEST_S = 40


@contextmanager
def started(folder: Path, behaviour: Behaviour | None = None, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `diglot engine start` in the background, until it is ready."""
    set_up(folder / ".home", behaviour)
    with subprocess.Popen(
        [DIGLOT, "engine", "start", *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder / ".home"),
        start_new_session=True,
    ) as process:
        family: list[psutil.Process] = []
        try:
            deadline = time.monotonic() + LONGEST_S
            while time.monotonic() < deadline and process.poll() is None:
                told = json.loads(diglot("engine", "status", "--json", cwd=folder).out)
                if told["state"] == "ready" and told["checked"] is not None:
                    break
                time.sleep(0.1)
            family = descendants(process.pid)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)  # whoever runs the tests may have had SIGINT ignored
            process.wait(LONGEST_S)
            assert not left_of(family)


def test_a_plan_needs_no_card_and_is_json(tmp_path: Path) -> None:
    ended = diglot(
        *("engine", "plan", "--total", "12", "--free", "11", "--budget", "8", "--model-version", "1.5", "--json"),
        cwd=tmp_path,
    )

    assert ended.code == 0, ended.err
    plan = json.loads(ended.out)
    assert set(plan) == {"fits", "pages_at_once", "max_tokens", "bytes", "argv"}
    assert plan["fits"] is True and plan["pages_at_once"] >= 1
    assert "--max-model-len" in plan["argv"]
    assert sum(
        plan["bytes"][part] for part in ("weights", "vision", "workspace", "graphs", "page_memory", "spare")
    ) == (8 << 30)


@pytest.mark.slow
def test_a_plan_that_does_not_fit_says_what_would(tmp_path: Path) -> None:
    ended = diglot("engine", "plan", "--total", "24", "--free", "3", "--budget", "2", cwd=tmp_path)

    assert ended.code == 0
    assert "do not fit" in ended.out and "Least" in ended.out


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--total", "much"),
        ("plan", "--free", "3"),
        ("plan", "--total", "-1"),
        ("install",),
        ("install", "--kit", "x", "--from-index"),
        ("import-model",),
        ("import-model", "a", "--download-from", "huggingface"),
        ("import-model", "--download-from", "elsewhere"),
        ("fly",),
        ("stop", "now"),
    ],
)
def test_words_that_make_no_sense_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        parse_engine(words)


@pytest.mark.parametrize(
    "command",
    ["plan", "install", "import-model", "start", "status", "stop", "sleep", "wake", "check"],
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse_engine([command, "--help"])

    assert left.value.code == 0
    assert f"diglot engine {command}" in capsys.readouterr().out


@pytest.mark.slow
def test_without_an_owner_status_tells_what_is_set_up_and_the_others_say_so(tmp_path: Path) -> None:
    status = diglot("engine", "status", "--json", cwd=tmp_path)

    assert status.code == 98
    assert json.loads(status.out)["state"] == "absent"
    for command in ("stop", "sleep", "wake", "check"):
        ended = diglot("engine", command, cwd=tmp_path)
        assert ended.code == 98
        assert "No engine is running" in ended.err


@pytest.mark.slow
def test_starting_what_is_not_set_up_says_what_to_do(tmp_path: Path) -> None:
    ended = diglot("engine", "start", cwd=tmp_path)

    assert ended.code == 81
    assert "diglot engine install" in ended.err


def test_the_releases_are_listed_with_what_was_run(tmp_path: Path) -> None:
    ended = diglot("engine", "install", "--list", cwd=tmp_path)

    assert ended.code == 0
    assert "vllm-0.29.0" in ended.out and "refused" in ended.out and "never run" in ended.out


@posix
@pytest.mark.slow
def test_it_runs_in_the_foreground_and_others_talk_to_it(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        status = diglot("engine", "status", "--json", cwd=tmp_path)
        assert status.code == 0, status.out
        assert json.loads(status.out)["state"] == "ready"
        assert json.loads(status.out)["checked"] is True

        second = diglot("engine", "start", cwd=tmp_path)
        assert second.code == 97
        assert str(process.pid) in second.err

        checked = diglot("engine", "check", "--json", cwd=tmp_path)
        assert checked.code == 0, checked.err
        assert json.loads(checked.out)["passed"] is True

        stopped = diglot("engine", "stop", cwd=tmp_path)
        assert stopped.code == 0, stopped.err
        assert process.wait(LONGEST_S) == 0
    assert diglot("engine", "status", cwd=tmp_path).code == 98


@posix
@pytest.mark.slow
def test_pages_are_read_with_the_engine_of_whoever_owns_it(tmp_path: Path) -> None:
    pdf_with_text(tmp_path / "a.pdf", "one", "two")
    with started(tmp_path, Behaviour(answer="# Read by the owner's engine")):
        ended = diglot("read", "--reader", "vllm", "a.pdf", cwd=tmp_path)
        assert ended.code == 0, ended.err
        assert ended.out.count("# Read by the owner's engine") == 2
        assert "starting the engine" not in ended.err
        assert diglot("engine", "status", cwd=tmp_path).code == 0  # it goes on


@posix
@pytest.mark.slow
def test_a_job_does_not_wait_for_an_engine_that_does_not_come_up(tmp_path: Path) -> None:
    set_up(tmp_path / ".home", Behaviour(crash_at="weights", last_words="nobody knows why"))
    pdf_with_text(tmp_path / "a.pdf", "one", "two")

    ended = diglot("read", "--reader", "vllm", "a.pdf", "-o", "a.md", cwd=tmp_path)

    assert ended.code == EngineCrashed.exit_code, ended.err
    assert "nobody knows why" in ended.err and "waiting" not in ended.err
    assert not (tmp_path / "a.md").exists()


@posix
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as process:
        family = descendants(process.pid)
        process.send_signal(number)
        assert process.wait(LONGEST_S) == 0
        assert not left_of(family)


@posix
@pytest.mark.slow
def test_killed_with_nine_nothing_of_the_engine_stays(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        family = descendants(process.pid)
        assert len(family) > 2
        process.kill()
        process.wait(LONGEST_S)
        assert not left_of(family, within=5.0)
        again = diglot("engine", "status", "--json", cwd=tmp_path)
        assert json.loads(again.out)["state"] == "stopped"


@posix
@pytest.mark.slow
def test_one_that_does_not_come_up_ends_with_the_cause(tmp_path: Path) -> None:
    set_up(tmp_path / ".home", Behaviour(failure="out of memory at start"))

    ended = diglot("engine", "start", cwd=tmp_path)

    assert ended.code == 85
    assert "GiB" in ended.err
    assert ended.err.count("There is not enough free graphics memory") == 1


@posix
@pytest.mark.slow
def test_a_check_that_finds_mixed_pages_has_a_code_of_its_own(tmp_path: Path) -> None:
    with started(tmp_path, Behaviour(mixes_above=2, answer_seconds=0.05)):
        ended = diglot("engine", "check", cwd=tmp_path)
        assert ended.code == 95
        assert "From now on" in ended.out
