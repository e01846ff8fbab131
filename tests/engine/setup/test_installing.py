"""What installers are told, as lists; which Python is taken; and that a tool's end is its whole family's end."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import NoInterpreter
from engine.errors import Cancelled
from engine.setup.background import Stop
from engine.setup.installing import (
    Installer,
    Shelf,
    SourceKind,
    Workplace,
    choose_installer,
    install_argv,
    installer_environment,
    removal_argv,
    secrets_in,
    uv_program,
    venv_argv,
    wheels_argv,
)
from engine.setup.interpreters import ask_interpreter, find_interpreter
from engine.setup.tool import run_tool
from tests.support.stand_in_packages import MINOR

FOLDER = Path("/e/engine, 引擎")
PYTHON = str(FOLDER / "bin/python")
WORK = Workplace(Path("/e/.work/tmp"), Path("/e/.cache"))
SHELF = Shelf((Path("/kit/wheels, 2"),), Path("/e/.work/tmp/kit/wheels.txt"))
PIP = [PYTHON, "-I", "-m", "pip"]


def test_pip_is_told_to_build_nothing_and_to_say_how_far_it_is() -> None:
    argv = install_argv(Installer.PIP, FOLDER, ["vllm==1", "aiohttp<4"], work=WORK, shelf=None, pip_version=(24, 1))
    assert argv == [
        *PIP,
        "install",
        *("--only-binary", ":all:", "--no-warn-script-location", "--log", "/e/.work/tmp/pip.log"),
        *("--progress-bar", "raw"),
        "vllm==1",
        "aiohttp<4",
    ]
    older = install_argv(Installer.PIP, FOLDER, ["vllm==1"], work=WORK, shelf=None, pip_version=(23, 2))
    assert "raw" not in older


def test_uv_is_told_to_build_nothing() -> None:
    argv = install_argv(Installer.UV, FOLDER, ["vllm==1"], work=WORK, shelf=None)
    uv = [uv_program(), "pip", "install", "--python", PYTHON]
    assert argv == [*uv, "--no-build", "--compile-bytecode", "vllm==1"]


@pytest.mark.parametrize("installer", Installer)
def test_from_a_kit_exactly_the_listed_wheels_are_taken(installer: Installer) -> None:
    argv = install_argv(installer, FOLDER, ["vllm==1"], work=WORK, shelf=SHELF)
    assert argv[-7:] == [
        *("--find-links", "file:///kit/wheels%2C%202"),
        *("--no-index", "--no-deps", "--require-hashes"),
        *("-r", "/e/.work/tmp/kit/wheels.txt"),
    ]
    assert "vllm==1" not in argv
    assert installer is Installer.PIP or {"--offline", "--no-config"} <= set(argv)


@pytest.mark.parametrize("installer", Installer)
def test_our_own_wheels_and_removals_ask_no_network(installer: Installer) -> None:
    argv = wheels_argv(installer, FOLDER, [Path("/w/a-1-py3-none-any.whl")])
    assert {"--no-index", "--no-deps"} <= set(argv) and argv[-1] == "/w/a-1-py3-none-any.whl"
    assert {"--force-reinstall", "--reinstall"} & set(argv)
    assert removal_argv(installer, FOLDER, ["torchaudio", "torchcodec"])[-2:] == ["torchaudio", "torchcodec"]


def test_the_empty_environment_is_made_by_whoever_fills_it() -> None:
    python = Path("/usr/bin/python3.12")
    assert venv_argv(Installer.PIP, python, FOLDER) == [str(python), "-I", "-m", "venv", str(FOLDER)]
    assert venv_argv(Installer.UV, python, FOLDER)[1:] == [
        *("venv", "--no-project", "--no-config", "--python", str(python)),
        str(FOLDER),
    ]


USERS = {
    "PATH": "/usr/bin",
    "HOME": "/home/anna",
    "PIP_INDEX_URL": "https://anna:secret@index.example/simple",
    "UV_INDEX": "house=https://anna:geheim%21@index.example/simple",
    "PIP_TARGET": "/home/anna/lib",
    "UV_SYSTEM_PYTHON": "1",
    "HTTPS_PROXY": "http://proxy.example:3128",
    "OPENAI_API_KEY": "sk-1",
    "SSH_AUTH_SOCK": "/run/agent",
    "PYTHONPATH": "/home/anna/src",
    "LD_PRELOAD": "/x.so",
    "TMPDIR": "/tmp",
}


def test_with_an_index_an_installer_keeps_its_sources_and_nothing_else_of_the_session() -> None:
    told = installer_environment(USERS, kind=SourceKind.INDEX, work=WORK)
    kept = set(USERS) & set(told)
    assert kept == {"PATH", "HOME", "PIP_INDEX_URL", "UV_INDEX", "HTTPS_PROXY", "TMPDIR"}
    assert told["TMPDIR"] == "/e/.work/tmp" and told["UV_PYTHON_DOWNLOADS"] == "never"
    assert told["PIP_CACHE_DIR"] == "/e/.cache/pip" and told["UV_CACHE_DIR"] == "/e/.cache/uv"


def test_with_a_kit_an_installer_hears_of_no_source_and_no_proxy() -> None:
    told = installer_environment(USERS, kind=SourceKind.KIT, work=WORK)
    assert set(USERS) & set(told) == {"PATH", "HOME", "TMPDIR"}
    assert told["PIP_CONFIG_FILE"] == os.devnull and told["UV_NO_CONFIG"] == "1"


def test_passwords_in_addresses_are_known_however_they_are_written() -> None:
    assert secrets_in({**USERS, "UV_INDEX_HOUSE_PASSWORD": "third"}) == {"secret", "geheim%21", "geheim!", "third"}


@given(st.dictionaries(st.sampled_from(["PIP_INDEX_URL", "HTTP_PROXY", "UV_INDEX"]), st.text()))
def test_no_address_is_too_strange(environment: dict[str, str]) -> None:
    assert all(isinstance(secret, str) for secret in secrets_in(environment))


@pytest.mark.parametrize(
    ("files", "environment", "installer"),
    [
        ([], {}, Installer.UV),
        ([".config/pip/pip.conf"], {}, Installer.PIP),
        ([".pip/pip.conf"], {}, Installer.PIP),
        ([".config/pip/pip.conf", ".config/uv/uv.toml"], {}, Installer.UV),
        ([".config/pip/pip.conf"], {"UV_DEFAULT_INDEX": "https://index.example/simple"}, Installer.UV),
        ([], {"PIP_INDEX_URL": "https://index.example/simple"}, Installer.PIP),
        ([], {"PIP_TIMEOUT": "10"}, Installer.UV),
    ],
)
def test_pip_is_taken_where_only_pip_knows_the_houses_packages(
    tmp_path: Path, files: list[str], environment: dict[str, str], installer: Installer
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert choose_installer({"HOME": str(tmp_path), **environment}, etc=tmp_path / "etc") is installer


def test_a_python_on_the_path_is_asked_and_not_believed(tmp_path: Path) -> None:
    # given a shim that leads nowhere, and one that leads to a real Python
    for version, does in (
        ("3.10", "echo pyenv: command not found >&2; exit 127"),
        (MINOR, f'exec {sys.executable} "$@"'),
    ):
        (tmp_path / f"python{version}").write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / f"python{version}").chmod(0o755)
    told = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    found = find_interpreter(("3.10", MINOR), installer=Installer.PIP, environment=told, stop=Stop())
    assert found.minor == MINOR and found.makes_venv
    assert found.path.is_file() and tmp_path not in found.path.parents, "the shim was taken for what it leads to"


def test_where_no_python_will_do_it_says_what_is_needed(tmp_path: Path) -> None:
    told = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    with pytest.raises(NoInterpreter, match=r"Python 3\.77 or 3\.78 is needed"):
        find_interpreter(("3.77", "3.78"), installer=Installer.UV, environment=told, stop=Stop())


@pytest.mark.parametrize("answer", ["", "DIGLOT", "DIGLOT {", "DIGLOT []", 'DIGLOT {"version": "3.12.1"}', "Usage: x"])
def test_what_answers_like_no_python_is_none(tmp_path: Path, answer: str) -> None:
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\necho '{answer}'\n")
    script.chmod(0o755)
    assert ask_interpreter(script, environment={"PATH": "/usr/bin:/bin"}, stop=Stop()) is None


SHELL = ["/bin/sh", "-c"]
PLAIN = {"PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("script", "code", "lines"),
    [
        ("echo one; printf 'two\\rthree' >&2; exit 3", 3, ("one", "two", "three")),
        ("printf '\\377\\n'; kill -SEGV $$", 139, ("�",)),
        ("printf '%6000s\\n' x", 0, ()),
    ],
)
def test_a_tools_lines_and_end_are_told(script: str, code: int, lines: tuple[str, ...]) -> None:
    ended = run_tool([*SHELL, script], environment=PLAIN, stop=Stop())
    assert (ended.code, ended.lines) == (code, lines)


def test_a_tool_that_is_not_there_is_told() -> None:
    ended = run_tool(["/nonexistent/tool"], environment=PLAIN, stop=Stop())
    assert ended.code == 127 and "No such file" in ended.lines[0]


@pytest.mark.slow
def test_a_tool_that_takes_too_long_is_killed_with_all_it_started() -> None:
    ended = run_tool([*SHELL, "sleep 61.25 & sleep 61.25"], environment=PLAIN, stop=Stop(), within_s=0.3)
    assert ended.code == 137 and not still("61.25")


@pytest.mark.slow
def test_what_a_tool_leaves_behind_is_ended_and_not_waited_for() -> None:
    ended = run_tool([*SHELL, "sleep 62.25 & echo done"], environment=PLAIN, stop=Stop())
    assert (ended.code, ended.lines) == (0, ("done",)) and not still("62.25")


@pytest.mark.slow
def test_a_stopped_tool_is_gone_when_the_call_returns() -> None:
    stop = Stop()
    threading.Timer(0.4, stop.ask).start()
    with pytest.raises(Cancelled):
        run_tool([*SHELL, "trap '' TERM INT; sleep 63.25 & sleep 63.25"], environment=PLAIN, stop=stop)
    assert not still("63.25")
    with pytest.raises(Cancelled):
        run_tool([*SHELL, "true"], environment=PLAIN, stop=stop)


def still(seconds: str) -> bool:
    """Whether a sleep of this length still runs after a moment."""

    def sleeps() -> bool:
        return any(
            seconds in process.info["cmdline"]
            for process in psutil.process_iter(["cmdline"])
            if process.info["cmdline"]
        )

    deadline = time.monotonic() + 3
    while sleeps() and time.monotonic() < deadline:
        time.sleep(0.05)
    return sleeps()
