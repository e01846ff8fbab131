"""Long work of the setup in a thread: its progress comes to the loop, and a cancelled caller ends the thread first."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from engine.errors import Cancelled
from engine.setup.progress import CopyProgress, ProgressListener

Result = TypeVar("Result")


class Stop:
    """What a thread looks at between two pieces of its work, to see whether it is still wanted."""

    def __init__(self) -> None:
        """Begin wanted."""
        self._asked = threading.Event()
        self._call: Callable[[], object] | None = None
        self._lock = threading.Lock()

    @property
    def asked(self) -> bool:
        """Whether the work is no longer wanted."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Have the work end at its next look; wake it where it waits for something else."""
        with self._lock:
            self._asked.set()
            if self._call is not None:
                self._call()

    def when_asked(self, call: Callable[[], object] | None) -> None:
        """Have `call` called, by whoever asks, so that work which waits can be woken; None takes it back."""
        with self._lock:
            self._call = call
            if call is not None and self._asked.is_set():
                call()

    def check(self) -> None:
        """Raise `Cancelled` where the work is no longer wanted."""
        if self._asked.is_set():
            raise Cancelled


async def in_thread(work: Callable[[Stop, ProgressListener], Result], on_progress: ProgressListener) -> Result:
    """Run `work` in a thread. `on_progress` is called on the loop; after a cancellation the thread has ended, too.

    Waiting for the thread is what makes "nothing is left half-made" true: it takes its folder away before it ends.
    """
    loop = asyncio.get_running_loop()
    stop = Stop()

    def tell(progress: CopyProgress) -> None:
        if not stop.asked:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(on_progress, progress)

    job = loop.run_in_executor(None, work, stop, tell)
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        stop.ask()
        while not job.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([job])
        if not job.cancelled():
            job.exception()  # taken, so that the loop does not report it as forgotten
        raise
