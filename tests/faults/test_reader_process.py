"""The OCR process killed, hung and no longer wanted in the middle of a page."""

from __future__ import annotations

import asyncio
import signal

import psutil
import pytest

from engine.errors import ReaderCrashed, ReaderTimedOut
from engine.pages.opening import open_source
from engine.pages.source import PageSource
from engine.readers.cpu import CpuReader
from engine.readers.reader import ReadingDone, ReadingProgress, ReadingRequest
from tests.support.drawn_pages import ENGLISH, drawn_pdf
from tests.support.readers import ocr_processes

pytestmark = pytest.mark.slow

DENSE = [f"{number}. {ENGLISH[number % 5]}" for number in range(30)]
PAGE = drawn_pdf(DENSE, height=1000, size=12, pages=3)


async def until_half_read(reader: CpuReader, source: PageSource, number: int, half: asyncio.Event) -> list[str]:
    """Read a page, saying when it is under way; return its lines."""
    async for event in reader.read(ReadingRequest(source, number)):
        if isinstance(event, ReadingProgress) and event.total and event.done >= 1:
            half.set()
        if isinstance(event, ReadingDone):
            return [line.text for line in event.result.lines]
    raise AssertionError("the reading ended without a result")


async def hurt(reader: CpuReader, how: int, *, times: int) -> list[str] | BaseException:
    """Read page 1 and send `how` to the OCR process in mid-page, `times` times; return what comes of it."""
    source = await open_source(PAGE, name="dense")
    try:
        half = asyncio.Event()
        reading = asyncio.create_task(until_half_read(reader, source, 1, half))
        for _ in range(times):
            waiting = asyncio.create_task(half.wait())
            await asyncio.wait({waiting, reading}, return_when=asyncio.FIRST_COMPLETED)
            assert half.is_set(), reading.exception()
            for process in ocr_processes():
                process.send_signal(how)
            half.clear()
        (outcome,) = await asyncio.gather(reading, return_exceptions=True)
        # whatever became of that page, the next one is read
        assert await until_half_read(reader, source, 2, asyncio.Event()) == DENSE
        return outcome
    finally:
        for process in ocr_processes():
            process.send_signal(signal.SIGCONT)
        await reader.close()
        await source.close()


def test_killed_in_mid_page_the_page_is_read_again_and_the_job_goes_on() -> None:
    assert asyncio.run(hurt(CpuReader(), signal.SIGKILL, times=1)) == DENSE


def test_killed_twice_it_is_that_pages_error_and_the_next_page_is_read() -> None:
    assert isinstance(asyncio.run(hurt(CpuReader(), signal.SIGKILL, times=2)), ReaderCrashed)


def test_hung_it_is_replaced() -> None:
    assert asyncio.run(hurt(CpuReader(stall_s=8.0), signal.SIGSTOP, times=1)) == DENSE


def test_hung_twice_it_is_that_pages_error() -> None:
    assert isinstance(asyncio.run(hurt(CpuReader(stall_s=8.0), signal.SIGSTOP, times=2)), ReaderTimedOut)


def test_two_pages_in_flight_both_survive_one_kill() -> None:
    async def run() -> list[list[str]]:
        reader = CpuReader()
        source = await open_source(PAGE, name="dense")
        try:
            half = asyncio.Event()
            both = [asyncio.create_task(until_half_read(reader, source, number, half)) for number in (1, 2)]
            await half.wait()
            for process in ocr_processes():
                process.kill()
            return list(await asyncio.gather(*both))
        finally:
            await reader.close()
            await source.close()

    assert asyncio.run(run()) == [DENSE, DENSE]


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_a_page_no_longer_wanted_stops_costing_anything(how: str) -> None:
    async def run() -> tuple[float, list[str]]:
        reader = CpuReader()
        source = await open_source(PAGE, name="dense")
        try:
            half = asyncio.Event()
            if how == "cancel":
                reading = asyncio.create_task(until_half_read(reader, source, 1, half))
                await half.wait()
                reading.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await reading
            else:
                events = reader.read(ReadingRequest(source, 1))
                async for event in events:
                    if isinstance(event, ReadingProgress) and event.done >= 1:
                        break
                await events.aclose()
            (process,) = ocr_processes()
            # then the process is idle after far less work than a page costs
            spent = await _until_idle(process)
            before = _cpu(process)
            # and the next page is read by the same process
            lines = await until_half_read(reader, source, 2, asyncio.Event())
            assert ocr_processes() == [process]
            return spent / (_cpu(process) - before), lines
        finally:
            await reader.close()
            await source.close()

    share_of_a_page, lines = asyncio.run(run())
    assert share_of_a_page < 0.4
    assert lines == DENSE


def test_closed_in_mid_page_nothing_is_left() -> None:
    async def run() -> BaseException | list[str]:
        reader = CpuReader()
        source = await open_source(PAGE, name="dense")
        half = asyncio.Event()
        reading = asyncio.create_task(until_half_read(reader, source, 1, half))
        await half.wait()
        reading.cancel()
        await reader.close()
        await source.close()
        (outcome,) = await asyncio.gather(reading, return_exceptions=True)
        assert not ocr_processes()
        return outcome

    assert isinstance(asyncio.run(run()), asyncio.CancelledError)


async def _until_idle(process: psutil.Process) -> float:
    """Wait until the process does nothing any more; return the CPU seconds that took."""
    first = before = _cpu(process)
    while True:
        await asyncio.sleep(0.6)
        now = _cpu(process)
        if now - before < 0.05:
            return now - first
        before = now


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
