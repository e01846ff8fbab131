"""Launching natively: what bubblewrap is told, and what is seen from inside it; and the choice of the way."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.server import keeper, launch
from engine.server.command import server_argv
from engine.server.container import ContainerLaunch
from engine.server.launch import NativeLaunch, WslLaunch, launch_for
from engine.server.sandbox import Places, find_places, interpreter_places, sandbox_argv, sandbox_works
from engine.settings import EngineSettings, LaunchKind
from tests.support.engines import BY_PORT, ORDER, order_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins need POSIX")
confined = pytest.mark.skipif(not sandbox_works(), reason="bubblewrap does not work on this machine")


def test_bubblewraps_command_line() -> None:
    places = Places(
        hidden=("/home", "/tmp"),
        readable=("/home/u/model",),
        writable=("/home/u/engine",),
        links=(("/home/u/m", "model"),),
        devices=("/dev/nvidia0",),
        folder="/home/u/engine",
    )
    assert sandbox_argv(places) == [
        *("bwrap", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--unshare-net"),
        *("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"),
        *("--dev-bind", "/dev/nvidia0", "/dev/nvidia0", "--tmpfs", "/dev/shm"),
        *("--tmpfs", "/home", "--tmpfs", "/tmp"),
        *("--bind", "/home/u/engine", "/home/u/engine", "--ro-bind", "/home/u/model", "/home/u/model"),
        *("--symlink", "model", "/home/u/m", "--remount-ro", "/home", "--chdir", "/home/u/engine", "--"),
    ]


def test_an_engine_on_a_port_keeps_the_network() -> None:
    assert "--unshare-net" not in sandbox_argv(Places((), (), (), network=True))


def test_a_native_command_has_keeper_and_bubblewrap_before_it(tmp_path: Path) -> None:
    order = order_for(tmp_path)
    free = NativeLaunch(sandbox=False).command(order)
    assert free.argv == [str(order.python), "-I", "-S", keeper.__file__, "--", *server_argv(order)]
    inside = NativeLaunch(sandbox=True).command(order)
    assert inside.argv[0] == "bwrap"
    assert inside.argv[-len(free.argv) :] == free.argv
    assert (free.confined, inside.confined) == (False, True)
    assert inside.environment["TMPDIR"] == "/tmp"
    assert order.socket in free.stale


@pytest.mark.parametrize(
    ("session", "packed", "expected"),
    [
        ({"LD_LIBRARY_PATH": "/opt/driver"}, False, "/opt/driver"),
        ({"LD_LIBRARY_PATH": "/app/_internal"}, True, None),
        ({"LD_LIBRARY_PATH": "/app/_internal", "LD_LIBRARY_PATH_ORIG": "/opt/driver"}, True, "/opt/driver"),
        ({}, False, None),
    ],
)
def test_libraries_that_came_packed_with_the_app_are_not_the_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: dict[str, str], packed: bool, expected: str | None
) -> None:
    for name in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in session.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "frozen", packed, raising=False)
    monkeypatch.setattr(launch, "LIBRARIES", str(tmp_path / "not there"))
    command = NativeLaunch(sandbox=False).command(order_for(tmp_path))
    assert command.environment.get("LD_LIBRARY_PATH") == expected


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A home with documents, a model, an environment that points out of it, and links by which things are asked for."""
    home = tmp_path / "home" / "用户 u"
    (home / "Documents").mkdir(parents=True)
    (home / "Documents" / "secret.txt").write_text("the crown jewels")
    (home / "engine").mkdir()
    blobs = home / "hub" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / "0123").write_text("weights")
    snapshot = home / "hub" / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").symlink_to("../../blobs/0123")
    (home / "models").symlink_to(home / "hub" / "snapshots")
    (home / "again").symlink_to("models")
    return home


def look(home: Path, script: str, *, readable: tuple[Path, ...] = (), writable: tuple[Path, ...] = ()) -> str:
    """Return what a shell inside sees and says."""
    folder = writable[0] if writable else Path("/")
    places = find_places(readable=readable, writable=writable, folder=folder, home=home)
    done = subprocess.run(
        [*sandbox_argv(places), "/bin/sh", "-c", script], capture_output=True, text=True, check=False, timeout=20
    )
    return (done.stdout + done.stderr).strip()


@confined
def test_documents_in_the_home_are_not_there(machine: Path) -> None:
    assert "No such file" in look(machine, f"cat '{machine}/Documents/secret.txt'", writable=(machine / "engine",))
    assert look(machine, f"ls -A '{machine}'", writable=(machine / "engine",)) == "engine"


@confined
@pytest.mark.parametrize("name", ["models/1", "again/1", "hub/snapshots/1", "again/../snapshots/1"])
def test_a_model_is_there_under_the_name_it_is_asked_for(machine: Path, name: str) -> None:
    model = Path(f"{machine}/{name}")
    assert look(machine, f"cat '{model}/model.safetensors'", readable=(model,)) == "weights"
    assert "Read-only" in look(machine, f"touch '{model}/x'", readable=(model,))


@confined
def test_it_writes_its_own_folders_and_no_others(machine: Path) -> None:
    said = look(machine, f"echo hello > '{machine}/engine/x' && cat x", writable=(machine / "engine",))
    assert said == "hello"
    assert (machine / "engine" / "x").read_text() == "hello\n"
    for place in (Path("/usr"), Path("/etc"), Path("/var/tmp"), Path("/home")):
        assert "Read-only" in look(machine, f"touch '{place}/x'", writable=(machine / "engine",))
    look(machine, f"touch '{machine}/x'", writable=(machine / "engine",))  # a folder of its own memory
    assert not (machine / "x").exists()


@confined
def test_temporary_files_and_shared_memory_are_its_own_and_vanish(machine: Path) -> None:
    look(machine, "touch /tmp/diglot-was-here /dev/shm/diglot-was-here && ls /tmp /dev/shm")
    assert not Path("/tmp/diglot-was-here").exists()
    assert not Path("/dev/shm/diglot-was-here").exists()


@confined
def test_it_has_no_network_and_sees_no_process_and_no_service(machine: Path) -> None:
    assert look(machine, "cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '") == "lo"
    assert int(look(machine, "ls -d /proc/[0-9]* | wc -l")) < 10
    assert look(machine, "find /run -type s") == ""
    assert not set(look(machine, "ls /dev").split()) & {"snd", "input", "video0", "mem", "kmsg", "vda", "sda"}


@confined
def test_an_environment_in_a_hidden_home_runs_with_the_python_it_was_made_from(machine: Path) -> None:
    base = machine / ".local" / "python-3.12.1"
    (base / "bin").mkdir(parents=True)
    (base / "bin" / "python3").write_text('#!/bin/sh\necho "python of $0"\n')
    (base / "bin" / "python3").chmod(0o755)
    (machine / ".local" / "python-3.12").symlink_to("python-3.12.1")
    environment = machine / "env"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(machine / ".local" / "python-3.12" / "bin" / "python3")
    (environment / "pyvenv.cfg").write_text(f"home = {machine}/.local/python-3.12/bin\nversion = 3.12.1\n")
    python = environment / "bin" / "python"
    said = look(
        machine, f"'{python}'; ls '{machine}/.local/python-3.12/bin'", readable=tuple(interpreter_places(python))
    )
    assert said == f"python of {python}\npython3"


def test_a_circle_of_links_is_not_followed_for_ever(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    find_places(readable=(tmp_path / "a" / "model",), writable=(), folder=tmp_path, home=tmp_path)


@pytest.mark.parametrize("home", ["/", "/usr", "/nonexistent"])
def test_a_home_that_is_the_system_itself_is_not_hidden(home: str) -> None:
    assert home not in find_places(readable=(), writable=(), folder=Path("/"), home=Path(home)).hidden


# -- the choice


def test_the_settings_choose_the_way() -> None:
    assert isinstance(launch_for(EngineSettings()), NativeLaunch)
    container = launch_for(EngineSettings(launch=LaunchKind.CONTAINER, image="vllm:1"))
    assert isinstance(container, ContainerLaunch)
    assert container.box.image == "vllm:1"
    wsl = launch_for(EngineSettings(launch=LaunchKind.WSL, distribution="Debian"))
    assert isinstance(wsl, WslLaunch)
    assert [way.over_socket for way in (NativeLaunch(), container, wsl)] == [True, True, False]


def test_a_native_launch_can_always_be_tried() -> None:
    asyncio.run(NativeLaunch().check())
    assert NativeLaunch().endpoint(ORDER).socket == os.fspath(ORDER.socket or "")
    assert NativeLaunch().endpoint(BY_PORT).url == "http://127.0.0.1:6688"
