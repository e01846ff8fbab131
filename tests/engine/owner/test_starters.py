"""There is one owner, however many want to be it at once, and a dead one keeps nobody from it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.engine_errors import EngineNotPermitted, NoOwner, OwnedElsewhere
from engine.owner import lock as lock_module
from engine.owner.client import OwnerClient
from engine.owner.lock import OwnerInfo, OwnerKind, OwnerLock, info_of
from engine.owner.server import OwnerServer
from engine.private_place import Place, meeting_place

WANTING = 6


class Starter:
    """A process that wants to be the owner."""

    def __init__(self, runtime: Path, go: Path, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.owner_process", str(runtime), "engine start", str(go), *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def outcome(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> int:
        self.process.communicate()
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextlib.contextmanager
def starters(runtime: Path, go: Path, count: int = 1, *, rounds: int = 0) -> Iterator[list[Starter]]:
    all_of_them = [Starter(runtime, go, *([str(rounds)] if rounds else [])) for _ in range(count)]
    try:
        yield all_of_them
    finally:
        for each in all_of_them:
            each.kill()


def asked_pid(runtime: Path) -> int:
    async def run() -> int:
        client = OwnerClient(runtime=runtime)
        replies = [reply["pid"] async for reply in client.ask("pid")]
        info = await client.who()
        assert replies == [info.pid]
        return info.pid

    return asyncio.run(run())


@pytest.mark.slow
@pytest.mark.parametrize("before", ["nobody", "left", "killed"])
def test_of_many_that_start_at_once_one_is_the_owner(tmp_path: Path, before: str) -> None:
    runtime, go = tmp_path / "run", tmp_path / "go"
    if before != "nobody":
        first_go = tmp_path / "first"
        first_go.touch()
        with starters(runtime, first_go) as [first]:
            assert first.outcome() == "owner"
            if before == "killed":
                first.kill()
                assert {file.name for file in runtime.iterdir()} == {"owner.lock", "owner.sock"}
            else:
                assert first.end() == 0

    with starters(runtime, go, WANTING) as wanting:
        go.touch()
        outcomes = {each: each.outcome() for each in wanting}
        owners = [each for each, outcome in outcomes.items() if outcome == "owner"]
        others = {outcome for outcome in outcomes.values() if outcome != "owner"}

        assert len(owners) == 1
        assert others == {f"elsewhere engine start, process {owners[0].pid}"}
        assert asked_pid(runtime) == owners[0].pid


@pytest.mark.slow
@pytest.mark.parametrize("long_path", [False, True])
def test_while_owners_come_and_go_there_are_never_two(tmp_path: Path, long_path: bool) -> None:
    runtime, go = tmp_path / ("r" * (100 if long_path else 3)), tmp_path / "go"

    with starters(runtime, go, 4, rounds=25) as wanting:
        go.touch()
        outcomes = [each.outcome() for each in wanting]

    assert outcomes == ["met 0"] * 4
    place = meeting_place(runtime)
    assert list(place.folder.glob(f"{place.prefix}owner*")) == []


def test_the_detail_says_what_owns_the_engine(tmp_path: Path) -> None:
    async def run() -> str:
        window = OwnerServer({}, kind=OwnerKind.WINDOW, runtime=tmp_path / "run")
        command = OwnerServer({}, kind=OwnerKind.COMMAND, runtime=tmp_path / "run")
        await window.start()
        try:
            with pytest.raises(OwnedElsewhere) as caught:
                await command.start()
            await command.close()
            assert await OwnerClient(runtime=tmp_path / "run").who() == OwnerInfo("window", os.getpid())
        finally:
            await window.close()
        return caught.value.detail

    assert asyncio.run(run()) == f"window, process {os.getpid()}"


def test_an_owner_leaves_no_file_and_another_may_follow_it(tmp_path: Path) -> None:
    runtime = tmp_path / "run"

    async def run() -> None:
        for _ in range(3):
            server = OwnerServer({}, runtime=runtime)
            await server.start()
            assert {(file.name, oct(file.stat().st_mode & 0o777)) for file in runtime.iterdir()} == {
                ("owner.lock", "0o600"),
                ("owner.sock", "0o600"),
            }
            assert oct(runtime.stat().st_mode & 0o777) == "0o700"
            await server.close()
            await server.close()
            assert list(runtime.iterdir()) == []
            with pytest.raises(NoOwner):
                await OwnerClient(runtime=runtime).who()

    asyncio.run(run())


def test_a_start_that_is_cancelled_leaves_nothing_once_closed(tmp_path: Path) -> None:
    async def run() -> None:
        server = OwnerServer({}, runtime=tmp_path / "run")
        starting = asyncio.ensure_future(server.start())
        await asyncio.sleep(0)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await server.close()
        assert list((tmp_path / "run").iterdir()) == []

    asyncio.run(run())


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    async def run() -> None:
        server = OwnerServer({}, runtime=tmp_path / "run")
        with pytest.raises(EngineNotPermitted, match=re.escape(str(tmp_path))):
            await server.start()
        await server.close()

    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / "run" / "owner.sock").mkdir()  # no socket can take its place

    asyncio.run(run())
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["owner.sock"]


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep")
    (tmp_path / "owner.lock").symlink_to(precious)

    with pytest.raises(EngineNotPermitted):
        OwnerLock(Place(tmp_path)).take(OwnerKind.WINDOW)

    assert precious.read_text() == "keep"


def test_a_lock_whose_file_was_removed_while_it_was_awaited_is_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = OwnerLock(Place(tmp_path)), OwnerLock(Place(tmp_path))
    first.take(OwnerKind.WINDOW)
    original = lock_module._lock
    waited: list[int] = []

    def lock_late(handle: int) -> bool:
        if not waited:
            waited.append(handle)
            first.release()  # between the other's opening of the file and its locking
        return original(handle)

    monkeypatch.setattr(lock_module, "_lock", lock_late)
    second.take(OwnerKind.COMMAND)
    monkeypatch.undo()

    with pytest.raises(OwnedElsewhere, match="engine start"):
        OwnerLock(Place(tmp_path)).take(OwnerKind.WINDOW)
    second.release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"kind": "king", "pid": "1"}', b"\xff" * 9000, b"[" * 4096])
def test_a_holder_that_does_not_say_who_it_is_still_holds(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "NAMED_WITHIN_S", 0.05)
    holder = OwnerLock(Place(tmp_path))
    holder.take(OwnerKind.WINDOW)
    (tmp_path / "owner.lock").write_bytes(content)

    with pytest.raises(OwnedElsewhere) as caught:
        OwnerLock(Place(tmp_path)).take(OwnerKind.COMMAND)

    assert caught.value.detail == "another process"
    holder.release()


def test_a_holder_that_has_not_written_its_name_yet_is_not_taken_for_the_dead_one_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    holder = OwnerLock(Place(tmp_path))
    holder.take(OwnerKind.WINDOW)
    mine = (tmp_path / "owner.lock").read_bytes()
    (tmp_path / "owner.lock").write_text(f'{{"kind": "window", "pid": {dead.pid}}}')
    reads: list[int] = []

    def pause(_: float) -> None:
        reads.append(1)
        (tmp_path / "owner.lock").write_bytes(mine)

    monkeypatch.setattr("time.sleep", pause)
    with pytest.raises(OwnedElsewhere) as caught:
        OwnerLock(Place(tmp_path)).take(OwnerKind.COMMAND)

    assert caught.value.detail == f"window, process {os.getpid()}"
    assert reads == [1]
    holder.release()


@pytest.mark.parametrize("pid", [0, -1, True, 1.5, "1", None, 1 << 40])
def test_no_process_id_is_believed_that_can_be_none(pid: object) -> None:
    assert info_of({"kind": "window", "pid": pid}) == OwnerInfo("window", 0)
