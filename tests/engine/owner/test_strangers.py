"""A command believes only its own user's owner, and an owner lets in only its own user's commands."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.engine_errors import EngineError, Impostor, NoOwner, OwnedElsewhere
from engine.owner import client as client_module
from engine.owner import doors
from engine.owner import server as server_module
from engine.owner.client import OwnerClient
from engine.owner.doors import LoopbackDoor
from engine.owner.lock import OwnerInfo
from tests.support.owner_desk import GREETING, Desk, all_of, run


@contextlib.contextmanager
def pretender(runtime: Path, *, says: bytes = b"", listens: bool = True) -> Iterator[socket.socket]:
    runtime.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as pretending:
        pretending.bind(str(runtime / "owner.sock"))
        if listens:
            pretending.listen()
            pretending.setblocking(True)
        yield pretending


def test_a_socket_of_a_dead_owner_is_no_owner(tmp_path: Path) -> None:
    with pretender(tmp_path / "run", listens=False), pytest.raises(NoOwner):
        asyncio.run(OwnerClient(runtime=tmp_path / "run").who())


def test_an_owner_that_hangs_is_named_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "GREETED_WITHIN_S", 0.2)

    with pretender(tmp_path / "run"), pytest.raises(OwnedElsewhere, match="does not answer"):
        asyncio.run(OwnerClient(runtime=tmp_path / "run").who())


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", GREETING, struct.pack("!II", 5000, 0), struct.pack("!II", 1, 0) + b"7"]
)
def test_another_program_in_its_place_is_no_owner(tmp_path: Path, said: bytes) -> None:
    async def test() -> None:
        def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            writer.close()

        (tmp_path / "run").mkdir(mode=0o700)
        server = await asyncio.start_unix_server(answer, str(tmp_path / "run" / "owner.sock"))
        async with server:
            with pytest.raises(NoOwner):
                await all_of(OwnerClient(runtime=tmp_path / "run"), "count", to=1)

    asyncio.run(test())


def test_an_owner_of_another_version_is_named_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "VERSION", 2)

    async def test(desk: Desk, client: OwnerClient) -> None:
        with pytest.raises(OwnedElsewhere, match=f"window, process {os.getpid()}, and of another version"):
            await all_of(client, "count", to=1)

    run(tmp_path / "run", test)


def test_an_owner_that_babbles_in_mid_answer_is_not_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "REPLY", "song")

    async def test(desk: Desk, client: OwnerClient) -> None:
        with pytest.raises(EngineError, match="not understood"):
            await all_of(client, "count", to=1)

    run(tmp_path / "run", test)


def test_at_a_port_nobody_is_let_in_without_the_token_and_the_owner_has_to_know_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        file = tmp_path / "run" / "owner.json"
        told = json.loads(file.read_text())
        assert oct(file.stat().st_mode & 0o777) == "0o600"
        file.write_text(json.dumps({**told, "token": "0" * 64}))
        with pytest.raises(NoOwner, match="another program"):
            await client.who()

        with monkeypatch.context() as patch:  # one that knows no token, and asks all the same
            patch.setattr(client_module, "proves", lambda *words: True)
            with pytest.raises(NoOwner, match="ended before"):
                await all_of(client, "wait")
        assert desk.at_work == 0

        file.write_text(json.dumps(told))
        assert await client.who() == OwnerInfo("window", os.getpid())

    run(tmp_path / "run", test, LoopbackDoor)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"port": 0, "token": "x"}', b'{"port": 99999}', b"\xff", b"[" * 100_000]
)
def test_a_file_that_says_no_port_is_no_owner(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "owner.json").write_bytes(content)

    with pytest.raises(NoOwner):
        asyncio.run(OwnerClient(runtime=tmp_path, door=LoopbackDoor).who())


@pytest.mark.parametrize("user", [None, 1 + os.getuid()])
def test_a_process_of_another_user_or_of_nobody_known_is_no_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int | None
) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(doors, "peer_user", lambda connection: user)
            with pytest.raises(Impostor):
                await client.who()
        assert len(await all_of(client, "count", to=2)) == 2

    run(tmp_path / "run", test)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can start a process as another user")
def test_the_system_tells_the_owner_of_a_stranger(tmp_path: Path) -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if python is None:
        pytest.skip("no Python that another user can run")
    knocking = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "s.settimeout(20)\n"
        "s.connect(sys.argv[1])\n"
        "try:\n"
        f"    s.sendall({GREETING!r})\n"
        "    print(len(s.recv(100)))\n"
        "except (ConnectionResetError, BrokenPipeError): print(0)\n"
    )

    async def knock(user: int | None) -> str:
        command = await asyncio.create_subprocess_exec(
            python, "-I", "-c", knocking, place, stdout=subprocess.PIPE, user=user, cwd="/"
        )
        said, _ = await command.communicate()
        return said.decode().strip()

    async def test(desk: Desk, client: OwnerClient) -> None:
        for file in (Path(place).parent, Path(place)):
            file.chmod(0o777)  # as if the folder had not kept it out
        assert int(await knock(None)) > 0
        assert await knock(65534) == "0"

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        place = str(Path(folder) / "run" / "owner.sock")
        run(Path(folder) / "run", test)
