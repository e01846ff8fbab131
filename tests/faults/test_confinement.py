"""A helper process that was taken over reaches nothing: no network, no home folder, no place to write."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.children.child import ChildRefusedError, Limits
from engine.children.confinement import confinement_works
from engine.pages.intake import OpenFile, hold_bytes, open_file
from tests.support import hostile_child
from tests.support.children import hostile

restrained = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock and seccomp are Linux's")
confined = pytest.mark.skipif(not confinement_works(), reason="bubblewrap does not work on this machine")
both = pytest.mark.parametrize(
    "confine", [pytest.param(True, marks=confined), pytest.param(False, marks=restrained)], ids=["confined", "free"]
)


def ask(op: str, *, confine: bool = True, **fields: Any) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with hostile(confine=confine) as child:
            assert child.confined is confine
            return (await child.ask(op, timeout=20, **fields)).header

    return asyncio.run(run())


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[tuple[int, list[str]]]:
    """A port and two Unix sockets that accept everybody: a named one, and an abstract one as X11 has."""
    places = [str(tmp_path / "s"), f"\0diglot-test-{os.getpid()}"]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        for place in places:
            local = stack.enter_context(socket.socket(socket.AF_UNIX))
            local.bind(place)
            local.listen()
        yield server.getsockname()[1], places


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("the crown jewels")
    return path


@both
def test_it_reaches_no_network(confine: bool, listener: tuple[int, list[str]]) -> None:
    port, places = listener
    assert {"127.0.0.1", *places} <= set(hostile_child.network(port, places))  # or the rest would prove nothing

    assert ask("network", confine=confine, port=port, places=places)["reached"] == []


@confined
def test_it_sees_no_home_and_no_documents(secret: Path) -> None:
    ours = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[2] / "engine"]
    wanted = [secret, secret.parent, Path(__file__).parent, Path("/var"), Path("/root/.ssh"), *Path.home().iterdir()]
    # The way to our own packages is all that is left of a folder they stand in.
    places = [str(place) for place in wanted if not any(folder.is_relative_to(place) for folder in ours)]
    system = [place for place in ("/home", "/tmp", "/run") if not any(folder.is_relative_to(place) for folder in ours)]

    free = ask("look", confine=False, places=places)
    held = ask("look", places=[*places, *system, "/etc/passwd"])

    assert str(secret) in free["seen"]
    assert held["seen"] == []


@both
def test_it_can_write_nowhere(confine: bool, tmp_path: Path) -> None:
    package = Path(__file__).parents[2] / "engine"
    places = [str(tmp_path), str(Path.home()), str(package), "/tmp", "/", "/dev", "/dev/shm", "/usr", "/var/tmp", "."]
    assert hostile_child.written(str(tmp_path))
    (tmp_path / "diglot-was-here").unlink()

    held = ask("write", confine=confine, places=[*places, sys.prefix, sys.base_prefix])

    assert held["written"] == []
    assert not (package / "diglot-was-here").exists()


@pytest.fixture(params=["a file", "bytes of the clipboard"])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenFile]:
    """A document as the page process is handed it."""
    data = b"%PDF-1.7\n" + b"the original " * 100
    (tmp_path / "original.pdf").write_bytes(data)
    held = open_file(tmp_path / "original.pdf") if request.param == "a file" else hold_bytes(data, "Clipboard")
    yield held
    held.close()


@both
def test_it_cannot_change_the_document_it_was_handed(confine: bool, document: OpenFile) -> None:
    before, status = document.read(10_000), os.fstat(document.fd)

    async def run() -> Any:
        async with hostile(confine=confine, pass_fds=[document.fd]) as child:
            return (await child.ask("harm", timeout=20, fd=document.fd)).header["done"]

    done = asyncio.run(run())

    after = os.fstat(document.fd)
    assert (done, document.read(10_000)) == ([], before)
    assert (after.st_mode, after.st_mtime_ns) == (status.st_mode, status.st_mtime_ns)


@confined
def test_it_sees_no_other_process() -> None:
    pids = ask("processes")["pids"]

    assert pids[0] == 1 and len(pids) < 6  # its own world: bubblewrap and itself


@pytest.mark.parametrize("confine", [pytest.param(True, marks=confined), False])
def test_it_inherits_no_secrets(confine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("HTTP_PROXY", "http://example.invalid")
    monkeypatch.setenv("LD_PRELOAD", "")

    names = set(ask("environment", confine=confine)["names"])

    assert names <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TEMP", "TMP", "PWD", "DIGLOT_CHILD_FAULT"}


@pytest.mark.parametrize("confine", [pytest.param(True, marks=confined), False])
def test_memory_has_an_end(confine: bool) -> None:
    async def run() -> None:
        async with hostile(confine=confine, limits=Limits(memory_bytes=1 << 30)) as child:
            with pytest.raises(ChildRefusedError) as refusal:
                await child.ask("grow", timeout=20, bytes=2 << 30)
            assert refusal.value.code == "memory"
            assert (await child.ask("grow", timeout=20, bytes=1 << 20)).header["grown"] == 1 << 20

    asyncio.run(run())


@pytest.mark.parametrize("failing", ["", "exit 1", "echo 'setting up uid map: Permission denied' >&2; exit 1"])
def test_without_bubblewrap_it_runs_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failing: str) -> None:
    if failing:
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{failing}\n")
        (tmp_path / "bwrap").chmod(0o755)
    # In a process of its own: the answer is kept for a process's whole life.
    monkeypatch.setenv("PATH", str(tmp_path))
    code = (
        "import asyncio\n"
        "from engine.children.child import Child\n"
        "from engine.children.confinement import confinement_works\n"
        "async def run():\n"
        "    child = Child('page', 'engine.pages.worker', arguments=('folder',)); child.start()\n"
        "    reply = await child.ask('measure', timeout=20, lengths=[])\n"
        "    await child.close()\n"
        "    print(confinement_works(), child.confined, reply.header)\n"
        "asyncio.run(run())\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.strip() == "False False {'pictures': []}", done.stderr
