"""Work in a thread: told on the loop, ended before a cancelled caller goes on, woken where it waits."""

from __future__ import annotations

import asyncio
import threading

import pytest

from engine.errors import Cancelled, DiskFull
from engine.setup.background import Stop, in_thread
from engine.setup.progress import CopyProgress, ProgressListener


def ignore(_: CopyProgress) -> None:
    """Listen to nothing."""


def test_the_result_and_the_error_come_back() -> None:
    def fails(stop: Stop, tell: ProgressListener) -> None:
        raise DiskFull("here")

    assert asyncio.run(in_thread(lambda stop, tell: 7, ignore)) == 7
    with pytest.raises(DiskFull, match="here"):
        asyncio.run(in_thread(fails, ignore))


def test_every_word_of_progress_has_come_before_the_result() -> None:
    told: list[int] = []

    def work(stop: Stop, tell: ProgressListener) -> int:
        for number in range(100):
            tell(CopyProgress("x", number, 100))
        return threading.get_ident()

    thread = asyncio.run(in_thread(work, lambda progress: told.append(progress.done_bytes)))

    assert told == list(range(100))
    assert thread != threading.get_ident()


def test_a_cancelled_caller_goes_on_only_when_the_thread_has_ended() -> None:
    began, ended = threading.Event(), threading.Event()

    def work(stop: Stop, tell: ProgressListener) -> None:
        began.set()
        try:
            while True:
                stop.check()
        finally:
            ended.set()

    async def run() -> None:
        task = asyncio.create_task(in_thread(work, ignore))
        await asyncio.to_thread(began.wait)
        task.cancel()
        task.cancel()  # an impatient one
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(run())


def test_nothing_is_told_after_a_cancellation() -> None:
    began = threading.Event()
    told: list[CopyProgress] = []

    def work(stop: Stop, tell: ProgressListener) -> None:
        began.set()
        while not stop.asked:
            pass
        tell(CopyProgress("late", 1, 1))

    async def run() -> None:
        task = asyncio.create_task(in_thread(work, told.append))
        await asyncio.to_thread(began.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)

    asyncio.run(run())
    assert told == []


def test_waiting_work_is_woken_however_the_two_meet() -> None:
    woken: list[str] = []
    stop = Stop()
    stop.when_asked(lambda: woken.append("before"))
    stop.ask()
    stop.when_asked(lambda: woken.append("after"))
    stop.when_asked(None)

    assert woken == ["before", "after"]
    with pytest.raises(Cancelled):
        stop.check()
