"""SideLoop: an asyncio loop in a thread of its own, for what would keep the window's loop too busy."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class SideLoop:
    """Runs coroutines aside. The thread is started at the first need and ended by `close`; a new need starts it anew.

    Whoever waits for work aside and is cancelled cancels that work, and goes on only when it has ended.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._over: asyncio.Event | None = None

    @property
    def running(self) -> bool:
        """Whether there is a thread."""
        return self._loop is not None

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Make the coroutine aside, run it there, and return what it returns or raise what it raises."""
        here, aside = asyncio.get_running_loop(), self._started()
        ended: asyncio.Future[T] = here.create_future()
        begun: list[asyncio.Task[T]] = []

        def begin() -> None:
            task = aside.create_task(work())
            begun.append(task)
            task.add_done_callback(lambda task: here.call_soon_threadsafe(_pass_on, task, ended))

        aside.call_soon_threadsafe(begin)
        try:
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            if not ended.done():
                aside.call_soon_threadsafe(lambda: begun[0].cancel())
                await asyncio.wait({ended})
            if not ended.cancelled():
                ended.exception()  # nobody waits for it any more
            raise

    async def close(self) -> None:
        """Cancel what still runs and wait until the thread is gone."""
        loop, thread, over = self._loop, self._thread, self._over
        self._loop = self._thread = self._over = None
        if loop is None or thread is None or over is None:
            return
        loop.call_soon_threadsafe(over.set)
        await asyncio.to_thread(thread.join)

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            # This sort by name: the window brings loops of its own, which are for its thread alone.
            loop, over = asyncio.SelectorEventLoop(), asyncio.Event()
            thread = threading.Thread(target=_live, args=(loop, over), name="side-loop-child", daemon=True)
            thread.start()
            self._loop, self._thread, self._over = loop, thread, over
        return self._loop


def _live(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:  # cancels at its end what still runs
        runner.run(_until(over))


async def _until(over: asyncio.Event) -> None:
    await over.wait()


def _pass_on(task: asyncio.Task[T], ended: asyncio.Future[T]) -> None:
    if ended.done():
        return
    if task.cancelled():
        ended.cancel()
    elif (problem := task.exception()) is not None:
        ended.set_exception(problem)
    else:
        ended.set_result(task.result())
