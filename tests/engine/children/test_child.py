"""A child answers in order, is stopped, dies and hangs without harm to its parent, and leaves nothing."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.children.child import Child, ChildDiedError, ChildHungError, ChildRefusedError, Limits
from engine.children.confinement import confinement_works
from engine.children.serving import read_frame, write_frame
from tests.support.children import descendants, hostile, left_of

ways = pytest.mark.parametrize("confine", [True, False] if confinement_works() else [False])
json_objects = st.dictionaries(
    st.text(), st.one_of(st.text(), st.integers(), st.none(), st.lists(st.floats(allow_nan=False)))
)


@ways
def test_questions_are_answered_in_order_with_their_bytes(confine: bool) -> None:
    async def run() -> list[tuple[Any, bytes]]:
        async with hostile(confine=confine) as child:
            asked = [child.ask("echo", bytes([n]) * 100_000 * n, timeout=20, n=n) for n in range(5)]
            return [(reply.header["n"], bytes(reply.blob)) for reply in await asyncio.gather(*asked)]

    assert asyncio.run(run()) == [(n, bytes([n]) * 100_000 * n) for n in range(5)]


@ways
@pytest.mark.parametrize("op", ["rubbish", "huge", "list", "deep", "shut"])
def test_rubbish_ends_the_child_and_not_the_parent(op: str, confine: bool) -> None:
    async def run() -> None:
        async with hostile(confine=confine) as child:
            with pytest.raises(ChildDiedError):
                await child.ask(op, timeout=20)
            with pytest.raises(ChildDiedError):
                await child.ask("echo", timeout=20)

    asyncio.run(run())


def test_an_answer_larger_than_agreed_is_not_believed() -> None:
    async def run() -> None:
        async with hostile(limits=Limits(answer_bytes=1000)) as child:
            await child.ask("echo", b"x" * 1000, timeout=20)
            with pytest.raises(ChildDiedError):
                await child.ask("large blob", timeout=20, bytes=1001)

    asyncio.run(run())


@ways
@pytest.mark.slow
def test_half_an_answer_is_a_hang(confine: bool) -> None:
    async def run() -> None:
        async with hostile(confine=confine) as child:
            await child.ask("echo", timeout=20)
            with pytest.raises(ChildHungError):
                await child.ask("half", timeout=0.3)
            with pytest.raises(ChildDiedError):
                await child.ask("echo", timeout=20)

    asyncio.run(run())


@ways
@pytest.mark.parametrize(
    ("op", "fields", "words"),
    [
        ("exit", {"code": 3}, "ended with code 3"),
        ("signal", {"signal": int(signal.SIGSEGV)}, "was ended by SIGSEGV"),
        ("signal", {"signal": int(signal.SIGKILL)}, "was ended by SIGKILL"),
    ],
)
def test_how_it_ended_is_said(op: str, fields: dict[str, Any], words: str, confine: bool) -> None:
    async def run() -> None:
        async with hostile(confine=confine) as child:
            waiting = asyncio.ensure_future(child.ask(op, timeout=20, **fields))
            behind = asyncio.ensure_future(child.ask("echo", timeout=20))
            with pytest.raises(ChildDiedError, match=words):
                await waiting
            with pytest.raises(ChildDiedError):
                await behind

    asyncio.run(run())


@pytest.mark.slow
def test_the_time_limit_begins_with_its_turn() -> None:
    async def run() -> None:
        async with hostile() as child:
            await child.ask("echo", timeout=20)
            first = asyncio.ensure_future(child.ask("wait", timeout=20, seconds=1.0))
            second = asyncio.ensure_future(child.ask("echo", timeout=0.5))
            assert (await first).header == {"waited": True}
            assert (await second).header["blob"] == 0

    asyncio.run(run())


@pytest.mark.slow
def test_a_cancel_stops_its_own_question_only() -> None:
    async def run() -> None:
        async with hostile() as child:
            await child.ask("echo", timeout=20)
            first = asyncio.ensure_future(child.ask("wait", timeout=20, seconds=0.5))
            second = asyncio.ensure_future(child.ask("wait", timeout=20, seconds=60))
            third = asyncio.ensure_future(child.ask("wait", timeout=20, seconds=60))
            await asyncio.sleep(0.1)
            third.cancel()  # it waits: nothing of the first may be stopped
            assert (await first).header == {"waited": True}
            await asyncio.sleep(0.1)
            second.cancel()  # it runs: it stops, and the next is served
            assert (await child.ask("echo", timeout=20)).header["blob"] == 0

    asyncio.run(run())


@pytest.mark.slow
def test_one_that_is_deaf_to_a_cancel_still_meets_its_time_limit() -> None:
    async def run() -> None:
        async with hostile() as child:
            await child.ask("echo", timeout=20)
            deaf = asyncio.ensure_future(child.ask("wait", timeout=0.5, seconds=60, deaf=True))
            await asyncio.sleep(0.1)
            deaf.cancel()
            with pytest.raises(ChildDiedError):
                await child.ask("echo", timeout=20)

    asyncio.run(run())


def test_a_request_it_does_not_know_is_a_defect_without_text() -> None:
    async def run() -> None:
        async with hostile() as child:
            with pytest.raises(ChildRefusedError) as refusal:
                await child.ask("look", timeout=20)
            assert refusal.value.code == "defect"
            assert refusal.value.detail.startswith("KeyError in ")

    asyncio.run(run())


def test_screams_are_not_heard_and_hold_nothing_up(capfd: pytest.CaptureFixture[str]) -> None:
    async def run() -> None:
        async with hostile() as child:
            await child.ask("scream", timeout=20)

    asyncio.run(run())

    assert capfd.readouterr() == ("", "")


def test_closing_that_is_given_up_still_ends_it() -> None:
    async def run() -> None:
        async with hostile() as child:
            await child.ask("echo", timeout=20)
            working = asyncio.ensure_future(child.ask("wait", timeout=600, seconds=600, deaf=True))
            await asyncio.sleep(0.1)
            closing = asyncio.ensure_future(child.close())
            await asyncio.sleep(0.05)
            closing.cancel()
            with pytest.raises(ChildDiedError):
                await asyncio.wait_for(working, 10)

    asyncio.run(run())


@ways
@pytest.mark.slow
def test_one_that_lingers_cannot_hold_us_up(confine: bool) -> None:
    async def run() -> None:
        async with hostile(confine=confine) as child:
            await child.ask("echo", timeout=20)
            with pytest.raises((ChildDiedError, ChildHungError)):
                await child.ask("linger", timeout=1)

    asyncio.run(run())


@pytest.mark.slow
def test_closing_in_the_middle_of_work_waits_for_nobody() -> None:
    async def run() -> None:
        async with hostile() as child:
            await child.ask("echo", timeout=20)
            working = asyncio.ensure_future(child.ask("wait", timeout=600, seconds=600, deaf=True))
            waiting = asyncio.ensure_future(child.ask("echo", timeout=600))
            await asyncio.sleep(0.1)
            await child.close()
            for question in (working, waiting):
                with pytest.raises(ChildDiedError):
                    await question

    asyncio.run(run())


def test_a_program_that_does_not_exist_is_a_dead_child() -> None:
    async def run() -> None:
        child = Child("page", "engine.there_is_no_such_module")
        child.start()
        with pytest.raises(ChildDiedError):
            await child.ask("echo", timeout=20)
        await child.close()

    asyncio.run(run())


@ways
def test_it_goes_when_its_parent_is_killed(confine: bool) -> None:
    code = (
        "import asyncio, sys\n"
        "from tests.support.children import HostileChild, descendants\n"
        "async def run():\n"
        f"    child = HostileChild('x', '', confine={confine}); child.start()\n"
        "    await child.ask('echo', timeout=20)\n"
        "    print(*[process.pid for process in descendants(child.pid)], flush=True)\n"
        "    await child.ask('wait', timeout=600, seconds=600, deaf=True)\n"
        "asyncio.run(run())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=os.getcwd()) as parent:
        assert parent.stdout is not None
        family = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()

    assert family and not left_of(family)


def test_nothing_is_left_after_a_polite_end() -> None:
    async def run() -> list[psutil.Process]:
        async with hostile() as child:
            await child.ask("echo", timeout=20)
            return descendants(child.pid)

    family = asyncio.run(run())

    assert family and not left_of(family, within=0.2)


@given(json_objects, st.lists(st.binary(), max_size=3))
@pytest.mark.slow
def test_frames_come_back_as_they_were(header: dict[str, Any], blobs: list[bytes]) -> None:
    stream = io.BytesIO()
    write_frame(stream, header, *blobs)
    stream.seek(0)

    assert read_frame(stream) == (header, bytearray(b"".join(blobs)))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_are_refused(data: bytes) -> None:
    try:
        header, blob = read_frame(io.BytesIO(data), max_header=1000, max_blob=1000)
    except (EOFError, ValueError):
        return
    assert isinstance(header, dict) and len(blob) <= 1000


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_header_is_json_or_is_refused(body: bytes, claimed: int) -> None:
    try:
        header, _ = read_frame(io.BytesIO(claimed.to_bytes(4, "big") + bytes(4) + body))
    except (EOFError, ValueError):
        return
    assert isinstance(header, dict)
