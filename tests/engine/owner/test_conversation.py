"""Commands ask the owner at the same time; one that stalls, babbles or leaves disturbs no other, nor the owner."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.engine_errors import NoOwner, NotEnoughMemory, Remedy, RemedyKind
from engine.errors import Defect, UsageError
from engine.owner import client as client_module
from engine.owner import server as server_module
from engine.owner.client import OwnerClient
from engine.owner.doors import LoopbackDoor, UnixDoor
from engine.owner.frames import packed, read_message
from tests.support.owner_desk import GREETING, Desk, Doors, all_of, owner, run


@pytest.fixture(params=[UnixDoor, LoopbackDoor])
def door(request: pytest.FixtureRequest) -> Doors:
    kind: Doors = request.param
    return kind


def test_replies_come_one_after_the_other(tmp_path: Path, door: Doors) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        assert [reply["number"] for reply in await all_of(client, "count", to=100)] == list(range(100))
        assert await all_of(client, "count", to=0) == []

    run(tmp_path / "run", test, door)


def test_fields_and_bytes_arrive_as_they_were_sent(tmp_path: Path, door: Doors) -> None:
    fields = {
        "blob": os.urandom(3_000_000),
        "name": "r\udce9sum\u00e9.pdf",
        "op": 1,
        "self": 2,
        "error": {"class": "NotFound"},
    }

    async def test(desk: Desk, client: OwnerClient) -> None:
        assert await all_of(client, "echo", **fields) == [fields]

    run(tmp_path / "run", test, door)


def test_many_ask_at_once(tmp_path: Path, door: Doors) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        answers = await asyncio.gather(*(all_of(client, "count", to=number) for number in range(50)))
        assert [len(answer) for answer in answers] == list(range(50))

    run(tmp_path / "run", test, door)


def test_errors_are_raised_again_after_what_came_before_them(tmp_path: Path, door: Doors) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        came: list[dict[str, Any]] = []

        async def ask() -> None:
            async for reply in client.ask("fail"):
                came.append(reply)

        with pytest.raises(NotEnoughMemory) as caught:
            await ask()
        assert came == [{"begun": True}]
        assert (caught.value.subject, caught.value.detail) == ("card", "2 GiB")
        assert caught.value.remedy == Remedy(RemedyKind.USE_BUDGET, 7)
        with pytest.raises(UsageError):
            await all_of(client, "no such thing")

    run(tmp_path / "run", test, door)


@pytest.mark.parametrize(
    ("op", "kind"), [("break_down", "KeyError"), ("lose_a_file", "FileNotFoundError"), ("say_too_much", "ValueError")]
)
def test_a_defect_is_said_without_its_words_and_logged_at_the_owner(
    tmp_path: Path, op: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        with pytest.raises(Defect) as caught:
            await all_of(client, op)
        assert caught.value.detail == kind
        assert len(await all_of(client, "count", to=3)) == 3

    run(tmp_path / "run", test)
    assert [record.levelname for record in caplog.records if record.name.startswith("engine.owner")] == ["ERROR"]


def test_where_nobody_is_there_is_no_owner(tmp_path: Path, door: Doors) -> None:
    async def nobody() -> None:
        client = OwnerClient(runtime=tmp_path / "run", door=door)
        with pytest.raises(NoOwner):
            await all_of(client, "count", to=1)
        with pytest.raises(NoOwner):
            await client.who()

    asyncio.run(nobody())
    assert not (tmp_path / "run").exists()


def test_who_closes_what_it_iterates_cancels_what_it_asked(tmp_path: Path, door: Doors) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        for op in ("forever", "wait"):
            async with contextlib.aclosing(client.ask(op)) as replies:
                await anext(replies)
                assert desk.at_work == 1
            await desk.until_idle()

    run(tmp_path / "run", test, door)


def test_who_is_cancelled_cancels_what_it_asked(tmp_path: Path, door: Doors) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        asking = asyncio.ensure_future(all_of(client, "wait"))
        while not desk.at_work:
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await desk.until_idle()

    run(tmp_path / "run", test, door)


def test_a_command_that_is_killed_cancels_what_it_asked(tmp_path: Path) -> None:
    asking = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from engine.owner.client import OwnerClient\n"
        "async def main():\n"
        "    async for _ in OwnerClient(runtime=Path(sys.argv[1])).ask('wait'):\n"
        "        print('asked', flush=True)\n"
        "asyncio.run(main())\n"
    )

    async def test(desk: Desk, client: OwnerClient) -> None:
        command = await asyncio.create_subprocess_exec(
            sys.executable, "-c", asking, str(tmp_path / "run"), stdout=subprocess.PIPE
        )
        assert command.stdout is not None
        assert await command.stdout.readline() == b"asked\n"
        assert desk.at_work == 1
        command.kill()
        await command.communicate()
        await desk.until_idle()

    run(tmp_path / "run", test)


def test_an_owner_that_closes_leaves_nobody_waiting(tmp_path: Path, door: Doors) -> None:
    async def test() -> None:
        async with owner(tmp_path / "run", door) as (desk, client):
            waiting = [asyncio.ensure_future(all_of(client, op)) for op in ("wait", "forever", "wait")]
            while desk.at_work < 3:
                await asyncio.sleep(0.01)
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(outcome, NoOwner)
        assert desk.at_work == 0

    asyncio.run(asyncio.wait_for(test(), 30))


def test_one_that_takes_nothing_is_waited_for_and_delays_nobody(tmp_path: Path, door: Doors) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        async with contextlib.aclosing(client.ask("forever", padding=100_000)) as slow:
            await anext(slow)
            while desk.sent < 2 or desk.sent > (before := desk.sent):
                before = desk.sent
                await asyncio.sleep(0.2)  # until what lies between the two is full
            assert desk.sent * 100_000 < 20_000_000
            assert len(await all_of(client, "count", to=200)) == 200
            for _ in range(before + 5):
                await anext(slow)  # it goes on where it stood
        await desk.until_idle()

    run(tmp_path / "run", test, door)


def test_an_answer_without_end_leaves_every_turn_of_the_loop_to_others(tmp_path: Path) -> None:
    async def test(desk: Desk, client: OwnerClient) -> None:
        async with contextlib.aclosing(client.ask("forever")) as replies:
            await anext(replies)
            for _ in range(20):
                before = desk.sent
                await asyncio.sleep(0)
                assert desk.sent - before <= 1

    run(tmp_path / "run", test)


@pytest.mark.slow
def test_the_end_of_an_answer_is_not_lost_on_one_that_takes_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_late(*words: Any, **limits: Any) -> dict[str, Any]:
        await asyncio.sleep(0.2)
        return await read_message(*words, **limits)

    async def test(desk: Desk, client: OwnerClient) -> None:
        sizes = range(100_000, 900_000, 25_000)
        answers = await asyncio.gather(*(all_of(client, "echo", blob=b"x" * size) for size in sizes))
        assert [[len(reply["blob"]) for reply in answer] for answer in answers] == [[size] for size in sizes]

    monkeypatch.setattr(client_module, "read_message", read_late)
    run(tmp_path / "run", test)


def test_one_that_takes_nothing_for_too_long_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "TAKEN_WITHIN_S", 0.2)

    async def test(desk: Desk, client: OwnerClient) -> None:
        async with contextlib.aclosing(client.ask("forever", padding=100_000)) as slow:
            await anext(slow)
            await desk.until_idle()

    run(tmp_path / "run", test)


@pytest.mark.parametrize("first", [b"", b"\0\0", GREETING, GREETING[:9]])
def test_one_that_stalls_before_it_asked_is_sent_away(
    tmp_path: Path, first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GREETED_WITHIN_S", 0.2)

    async def test(desk: Desk, client: OwnerClient) -> None:
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "run" / "owner.sock"))
        writer.write(first)
        assert len(await all_of(client, "count", to=5)) == 5
        with contextlib.suppress(ConnectionResetError):
            await reader.read()  # ends
        writer.transport.abort()

    run(tmp_path / "run", test)


def test_one_that_stalls_in_its_question_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "ASKED_WITHIN_S", 0.2)

    def half(message: dict[str, Any]) -> bytes:
        return packed(message) if "#op" not in message else packed(message)[:-1]

    async def test(desk: Desk, client: OwnerClient) -> None:
        monkeypatch.setattr(client_module, "packed", half)
        with pytest.raises(NoOwner, match="ended before"):
            await all_of(client, "count", to=5)
        monkeypatch.setattr(client_module, "packed", packed)
        assert len(await all_of(client, "count", to=5)) == 5

    run(tmp_path / "run", test)


@pytest.mark.slow
def test_rubbish_harms_nobody(tmp_path: Path) -> None:
    place = str(tmp_path / "run" / "owner.sock")
    pieces = st.lists(
        st.binary(max_size=200)
        | st.just(GREETING)
        | st.builds(
            lambda body, blob: struct.pack("!II", len(body), len(blob)) + body + blob,
            st.binary(max_size=50)
            | st.builds(lambda value: json.dumps(value).encode(), st.dictionaries(st.text(), st.text())),
            st.binary(max_size=50),
        ),
        max_size=5,
    )

    async def test(desk: Desk, client: OwnerClient) -> None:
        def babble(said: list[bytes]) -> None:
            with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
                connection.connect(place)
                for piece in said:
                    connection.sendall(piece)

        @given(pieces)
        @settings(max_examples=150)
        def everything(said: list[bytes]) -> None:
            babble(said)

        await asyncio.to_thread(everything)
        assert len(await all_of(client, "count", to=5)) == 5

    run(tmp_path / "run", test)


def test_a_question_with_something_after_it_counts_as_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def and_more(message: dict[str, Any]) -> bytes:
        return packed(message) + (b"more" if "#op" in message else b"")

    async def test(desk: Desk, client: OwnerClient) -> None:
        monkeypatch.setattr(client_module, "packed", and_more)
        with pytest.raises(NoOwner):
            await all_of(client, "wait")
        await desk.until_idle()

    run(tmp_path / "run", test)
