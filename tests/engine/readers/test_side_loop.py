"""Work on a loop aside: it answers, fails and is cancelled as if it were here, and leaves no thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from engine.readers.side_loop import SideLoop


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "side-loop-child"]


def test_nothing_is_started_before_it_is_needed() -> None:
    async def go() -> None:
        side = SideLoop()
        assert not side.running and not threads()
        await side.close()

    asyncio.run(go())


def test_work_is_done_in_another_thread_and_its_result_comes_back() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return threading.current_thread().name

    async def go() -> None:
        side = SideLoop()
        assert await side.run(work) == "side-loop-child"
        assert len(threads()) == 1
        await side.close()

    asyncio.run(go())
    assert not threads()


def test_an_error_comes_back_as_it_is() -> None:
    async def work() -> None:
        raise KeyError("gone")

    async def go() -> None:
        side = SideLoop()
        with pytest.raises(KeyError, match="gone"):
            await side.run(work)
        await side.close()

    asyncio.run(go())


def test_who_is_cancelled_goes_on_when_the_work_has_ended() -> None:
    ended, began = [], threading.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.02)
            ended.append(True)

    async def go() -> None:
        side = SideLoop()
        waiting = asyncio.create_task(side.run(work))
        await asyncio.to_thread(began.wait, 10)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert ended
        await side.close()

    asyncio.run(go())


def test_closing_ends_what_still_runs() -> None:
    began, cancelled = threading.Event(), []

    async def work() -> None:
        began.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def go() -> None:
        side = SideLoop()
        waiting = asyncio.create_task(side.run(work))
        await asyncio.to_thread(began.wait, 10)
        await side.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(go())
    assert cancelled and not threads()


def test_it_can_be_started_again() -> None:
    async def work() -> int:
        return 7

    async def go() -> None:
        side = SideLoop()
        for _ in range(2):
            assert await side.run(work) == 7
            await side.close()

    asyncio.run(go())
    assert not threads()
