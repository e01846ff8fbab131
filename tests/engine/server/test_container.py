"""Launching in a container: docker's command line, what stands in its way, and a fake docker with real processes."""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import itertools
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine_errors import LaunchUnavailable
from engine.server import keeper
from engine.server.command import KEY
from engine.server.container import Box, ContainerLaunch, container_argv
from engine.server.leftovers import marker
from engine.server.process import ServerProcess
from tests.engine.server.test_leftovers import mark_of_a_dead_owner
from tests.support import fake_docker
from tests.support.children import left_of
from tests.support.engines import BY_PORT, ORDER, READY, Engine, order_for
from tests.support.fake_docker import Fake

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins need POSIX")


def test_dockers_command_line() -> None:
    box = Box("docker", "vllm:1", user="1000:1000", plugin=Path("/opt/plugin.whl"))
    words = container_argv(dataclasses.replace(ORDER, card="GPU-7"), box)
    start = words.index("--mount")
    assert words[:start] == [
        *("docker", "run", "--rm", "--init", "--interactive", "--pull", "never"),
        *("--name", "diglot-t0ken", "--label", "diglot.engine=diglot:1:2:3:0123abcd", "--gpus", "device=GPU-7"),
        *("--ipc", "host", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--security-opt", "label=disable", "--user", "1000:1000", "--network", "none"),
    ]
    mounts = [after for word, after in itertools.pairwise(words) if word == "--mount"]
    assert mounts == [
        "type=bind,source=/data/HunyuanOCR,target=/diglot/model,readonly",
        "type=bind,source=/home/u/.cache/diglot/engine,target=/diglot/home",
        f"type=bind,source={keeper.__file__},target=/diglot/keeper.py,readonly",
        "type=bind,source=/run/user/1000/diglot,target=/diglot/run",
        "type=bind,source=/opt/plugin.whl,target=/diglot/plugin.whl,readonly",
    ]
    given = [after for word, after in itertools.pairwise(words) if word == "--env"]
    assert {"VLLM_API_KEY", "DIGLOT_ENGINE", "HF_HUB_OFFLINE=1", "PYTHONPATH=/diglot/plugin.whl"} <= set(given)
    assert "HOME=/diglot/home" in given
    assert not any(each.startswith(("PATH=", "LD_LIBRARY_PATH=")) for each in given)
    end = words.index("--workdir")
    assert words[end : end + 16] == [
        *("--workdir", "/diglot/home", "--entrypoint", "python3", "vllm:1"),
        *("-I", "-S", "/diglot/keeper.py", "--"),
        *("python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "/diglot/model"),
        *("--served-model-name", "HunyuanOCR"),
    ]
    assert words[words.index("--uds") + 1] == "/diglot/run/e.sock"


def test_without_a_socket_a_port_of_the_loopback_device_is_published() -> None:
    words = container_argv(BY_PORT, Box("docker", "vllm:1"))
    assert words[words.index("--publish") + 1] == "127.0.0.1:6688:6688"
    assert "--network" not in words
    assert words[words.index("--host") + 1] == "0.0.0.0"
    assert words[words.index("--gpus") + 1] == "all"


def test_podman_names_the_card_otherwise_and_keeps_the_users_number() -> None:
    box = Box("podman", "vllm:1", podman=True, rootless=True, user="1000:1000")
    words = container_argv(dataclasses.replace(ORDER, card="GPU-7"), box)
    assert words[words.index("--device") + 1] == "nvidia.com/gpu=GPU-7"
    assert words[words.index("--userns") + 1] == "keep-id"
    assert "--gpus" not in words
    assert "--user" not in words


def test_in_rootless_docker_the_containers_root_is_the_user() -> None:
    assert "--user" not in container_argv(ORDER, Box("docker", "vllm:1", rootless=True, user="1000:1000"))


def test_a_draft_is_found_inside_wherever_it_lies() -> None:
    within = dataclasses.replace(ORDER, draft=Path("/data/HunyuanOCR/dflash"))
    beside = dataclasses.replace(ORDER, draft=Path("/data/dflash"))
    assert '"/diglot/model/dflash"' in " ".join(container_argv(within, Box("docker", "i")))
    words = container_argv(beside, Box("docker", "i"))
    assert '"/diglot/draft"' in " ".join(words)
    assert "type=bind,source=/data/dflash,target=/diglot/draft,readonly" in words


@given(st.text("ab ,\"'=文\\", min_size=1, max_size=12), st.booleans())
def test_any_path_can_be_mounted_and_the_key_is_never_on_the_command_line(name: str, podman: bool) -> None:
    order = dataclasses.replace(ORDER, model=Path("/data") / name, key="K" * 20)
    words = container_argv(order, Box("docker", "i", podman=podman))
    mounts = [next(csv.reader([word])) for word in words if "target=/diglot/model" in word]
    assert f"source={order.model}" in mounts[0]
    assert not any(order.key in word for word in words)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "diglot"))


def docker(folder: Path, fake: Fake | None = None, *, image: str = "vllm:test", **session: str) -> ContainerLaunch:
    fake_docker.install(folder, fake=fake)
    return ContainerLaunch(image, environment={"PATH": f"{folder}:/usr/bin:/bin", **session})


@pytest.mark.parametrize(
    ("fake", "image", "session", "reason"),
    [
        (Fake(daemon=False), "vllm:test", {}, "its service is not running"),
        (Fake(permitted=False), "vllm:test", {}, "no permission"),
        (Fake(), "vllm:other", {}, "not loaded"),
        (Fake(), "", {}, "no image has been chosen"),
        (Fake(), "vllm:test", {"DOCKER_HOST": "ssh://there"}, "another machine"),
        (Fake(), "vllm:test", {"DOCKER_HOST": "tcp://10.0.0.1:2375"}, "another machine"),
    ],
)
def test_what_stands_in_the_way_of_docker_is_said_in_words(
    tmp_path: Path, fake: Fake, image: str, session: dict[str, str], reason: str
) -> None:
    with pytest.raises(LaunchUnavailable, match=reason):
        asyncio.run(docker(tmp_path, fake, image=image, **session).check())


def test_no_docker_at_all_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(LaunchUnavailable, match="not installed"):
        asyncio.run(ContainerLaunch("vllm:1", environment={"PATH": str(tmp_path)}).check())


@pytest.mark.parametrize("rootless", [True, False])
@pytest.mark.parametrize("name", ["docker", "podman"])
def test_the_program_is_asked_what_it_is(tmp_path: Path, name: str, rootless: bool) -> None:
    fake_docker.install(tmp_path, name=name, fake=Fake(rootless=rootless))
    launch = ContainerLaunch("vllm:test", environment={"PATH": str(tmp_path)})
    asyncio.run(launch.check())
    assert (launch.box.podman, launch.box.rootless) == (name == "podman", rootless)


def test_python_in_the_container_finds_the_plug_in_as_the_server_looks_for_it(tmp_path: Path) -> None:
    launch = docker(tmp_path)
    asyncio.run(launch.check())
    assert launch.box.plugin is not None
    code = (
        "from importlib.metadata import entry_points\n"
        "(found,) = entry_points(group='vllm.general_plugins')\n"
        "found.load()\n"
        "from diglot_vllm.door import Door\n"
        "print(found.value, Door.__module__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(launch.box.plugin)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("diglot_vllm:register diglot_vllm.door", "")


def test_an_image_is_loaded_from_an_archive(tmp_path: Path) -> None:
    launch = docker(tmp_path)
    (tmp_path / "image.tar").write_bytes(b"")
    assert asyncio.run(launch.load(tmp_path / "image.tar")) == "vllm:loaded"
    with pytest.raises(LaunchUnavailable, match="no such file"):
        asyncio.run(launch.load(tmp_path / "other.tar"))


def in_docker(folder: Path) -> tuple[ContainerLaunch, Engine, Path]:
    """Prepare an engine in a container that is none; return also where docker keeps what is running."""
    order = order_for(folder)
    launch = docker(folder / "bin", Fake(python=str(order.python)))
    command = launch.command(order)
    lines: list[Engine] = []
    process = ServerProcess(command, on_line=lambda line: lines[0].hear(line))
    engine = Engine(process, command, order)
    lines.append(engine)
    return launch, engine, folder / "bin" / "state"


@pytest.mark.slow
def test_an_engine_in_a_container_gets_its_key_by_name_and_is_stopped_by_its_keeper(tmp_path: Path) -> None:
    async def run() -> None:
        (tmp_path / "bin").mkdir()
        launch, engine, state = in_docker(tmp_path)
        await launch.check()
        await engine.process.start()
        await engine.until(READY)
        environment = engine.member("front").environ()
        assert environment[KEY] == engine.order.key
        assert environment["HOME"] == str(tmp_path / "home")
        assert launch.endpoint(engine.order).socket == str(engine.order.socket)
        family = engine.family
        await engine.process.stop()
        assert engine.process.returncode == 0
        assert left_of(family, within=1) == []
        assert engine.order.key not in (state / "calls").read_text()

    asyncio.run(run())


@pytest.mark.slow
def test_a_client_that_is_killed_ends_its_container(tmp_path: Path) -> None:
    async def run() -> None:
        (tmp_path / "bin").mkdir()
        _, engine, state = in_docker(tmp_path)
        await engine.process.start()
        await engine.until(READY)
        family = engine.family
        client = next(each for each in family if any(word.endswith("fake_docker.py") for word in each.cmdline()))
        client.kill()
        assert await engine.process.wait() == -signal.SIGKILL
        assert left_of(family, within=5) == []
        assert list(state.glob("*.box")) == []

    asyncio.run(run())


@pytest.mark.slow
def test_containers_of_a_dead_app_are_cleared_and_those_of_others_are_not(tmp_path: Path) -> None:
    async def run() -> list[bool]:
        (tmp_path / "bin").mkdir()
        launch = docker(tmp_path / "bin", Fake(python="/bin/sh"))
        state = tmp_path / "bin" / "state"
        boxes = [subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(3)]
        try:
            for number, mark in enumerate((mark_of_a_dead_owner(), marker(), "somebody's own label")):
                told = json.dumps({"pid": boxes[number].pid, "marker": mark})
                (state / f"box{number}.box").write_text(told)
            assert await launch.clear_leftovers() == 1
            return [box.poll() is None for box in boxes]
        finally:
            for box in boxes:
                box.kill()
                box.wait()

    assert asyncio.run(run()) == [False, True, True]
