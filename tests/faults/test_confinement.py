"""A helper process that was taken over reaches nothing: no network, no home folder, no place to write."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.child import Limits, confinement_works
from tests.support.children import hostile

confined = pytest.mark.skipif(not confinement_works(), reason="bubblewrap does not work on this machine")


def ask(op: str, *, confine: bool = True, **fields: Any) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with hostile(confine=confine) as child:
            assert child.confined is confine
            return (await child.ask(op, timeout=20, **fields)).header

    return asyncio.run(run())


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """A port and a Unix socket of this machine that accept everybody."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        place = str(tmp_path / "s")
        local.bind(place)
        local.listen()
        yield server.getsockname()[1], place


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("the crown jewels")
    return path


@confined
def test_it_reaches_no_network(listener: tuple[int, str]) -> None:
    port, place = listener

    free = ask("network", confine=False, port=port, place=place)
    held = ask("network", port=port, place=place)

    assert {"127.0.0.1", place} <= set(free["reached"])  # or the test below would prove nothing
    assert held["reached"] == []


@confined
def test_it_sees_no_home_and_no_documents(secret: Path) -> None:
    home = Path.home()
    documents = [str(path) for path in home.iterdir() if not sys.base_prefix.startswith(str(path))]
    places = [str(secret), str(secret.parent), str(Path(__file__).parent), "/var", "/root/.ssh", *documents]

    free = ask("look", confine=False, places=places)
    held = ask("look", places=[*places, "/home", "/tmp", "/run", "/etc/passwd"])

    assert str(secret) in free["seen"]
    assert held["seen"] == []


@confined
def test_it_can_write_nowhere(tmp_path: Path) -> None:
    package = Path(__file__).parents[2] / "engine"
    places = [str(tmp_path), str(Path.home()), str(package), "/tmp", "/", "/dev", "/dev/shm", "/usr", "/var/tmp", "."]

    free = ask("write", confine=False, places=[str(tmp_path)])
    held = ask("write", places=[*places, sys.prefix, sys.base_prefix])

    assert free["written"] == [str(tmp_path)]
    assert held["written"] == []
    assert not (package / "diglot-was-here").exists()


@confined
def test_it_sees_no_other_process() -> None:
    pids = ask("processes")["pids"]

    assert os.getpid() not in pids or len(pids) < 6
    assert len(pids) < 6


@pytest.mark.parametrize("confine", [pytest.param(True, marks=confined), False])
def test_it_inherits_no_secrets(confine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("HTTP_PROXY", "http://example.invalid")
    monkeypatch.setenv("LD_PRELOAD", "")

    names = set(ask("environment", confine=confine)["names"])

    assert names <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TEMP", "TMP", "PWD", "DIGLOT_CHILD_FAULT"}


@pytest.mark.parametrize("confine", [pytest.param(True, marks=confined), False])
def test_memory_has_an_end(confine: bool) -> None:
    from engine.child import ChildRefusedError

    async def run() -> None:
        async with hostile(confine=confine, limits=Limits(memory_bytes=1 << 30)) as child:
            with pytest.raises(ChildRefusedError) as refusal:
                await child.ask("grow", timeout=20, bytes=2 << 30)
            assert refusal.value.code == "memory"
            assert (await child.ask("grow", timeout=20, bytes=1 << 20)).header["grown"] == 1 << 20

    asyncio.run(run())


def test_without_bubblewrap_it_runs_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # In a process of its own: the answer is kept for a process's whole life.
    monkeypatch.setenv("PATH", str(tmp_path))
    code = (
        "import asyncio\n"
        "from engine.child import Child, confinement_works\n"
        "async def run():\n"
        "    child = Child('page', 'engine.pages.worker', arguments=('folder',)); child.start()\n"
        "    reply = await child.ask('measure', timeout=20, lengths=[])\n"
        "    await child.close()\n"
        "    print(confinement_works(), child.confined, reply.header)\n"
        "asyncio.run(run())\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.strip() == "False False {'pictures': []}", done.stderr
