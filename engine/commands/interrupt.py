"""Ctrl-C, SIGTERM and a closed terminal end a command in order; the second one ends it at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

from engine.errors import Cancelled
from engine.exports.writing import abandon


@contextlib.contextmanager
def stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` at the first Ctrl-C, SIGTERM or closing of the terminal; leave at once at the second.

    A signal that whoever started us wants ignored (nohup, a script's background) stays ignored.
    """
    loop = asyncio.get_running_loop()

    def heard(number: int, frame: FrameType | None) -> None:
        if stop_asked:
            abandon()
            os._exit(Cancelled.exit_code)  # the helper processes end with us
        stop_asked.append(number)
        loop.call_soon_threadsafe(stop.set)

    stop_asked: list[int] = []
    numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    numbers = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, heard) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
