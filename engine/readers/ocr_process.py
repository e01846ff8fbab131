"""OcrProcess: the owner of the OCR process. It starts it when it is needed, again when it died, and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

from engine.children.child import Child, ChildDiedError, ChildHungError, ChildRefusedError, Limits
from engine.children.confinement import confinement_works
from engine.errors import ReaderCrashed, ReaderError, ReaderMissing, ReaderTimedOut

ANSWER_S = 60.0
"""Every answer comes at once, however long the reading takes; the first one waits for the start of the process."""
STALL_S = 120.0
"""When a page has made no progress for so long, the process hangs."""
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Work:
    """What to hand to the process: an operation, its fields, its pixels. `subject` names it in errors."""

    op: str
    fields: dict[str, Any]
    blob: bytes | bytearray | memoryview
    subject: str


class OcrProcess:
    """One process, shared by all readers. Works may overlap; after a death each is tried once more, alone."""

    def __init__(self, *, workers: int | None = None, stall_s: float = STALL_S) -> None:
        """Start nothing yet; `workers` is how many cores to use, all by default."""
        self._workers = workers or 0
        self._stall_s = stall_s
        self._patience = min(ANSWER_S, stall_s)
        self._child: Child | None = None
        self._lost: list[Child] = []
        self._starting = asyncio.Lock()
        self._alone = asyncio.Lock()
        self._tickets = itertools.count(1)
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._drops: set[asyncio.Task[None]] = set()

    async def warm_up(self) -> None:
        """Start the process and let it load its networks.

        Raises:
            ReaderMissing: A package or a network is not there.
        """
        await self.ask("warm")

    async def ask(self, op: str, *, subject: str = "", **fields: Any) -> dict[str, Any]:
        """Ask something that is answered at once, twice if the process dies.

        Raises:
            ReaderError: One of its kinds.
        """
        for last in (False, True):
            child = await self._running()
            try:
                return (await child.ask(op, timeout=self._patience, **fields)).header
            except (ChildDiedError, ChildHungError) as problem:
                self._forsake(child)
                if last:
                    raise _as_reader_error(problem, subject) from problem
            except ChildRefusedError as refusal:
                raise _as_reader_error(refusal, subject) from refusal
        raise AssertionError("unreachable")

    async def work(self, work: Work) -> AsyncGenerator[dict[str, Any]]:
        """Hand over something to do and yield its states; the last one's `state` is "done".

        When the iteration is closed early, the process stops working on it within one line's time.

        Raises:
            ReaderError: One of its kinds.
        """
        try:
            async with self._beside_others(), contextlib.aclosing(self._once(work)) as states:
                async for state in states:
                    yield state
            return
        except (ChildDiedError, ChildHungError):
            pass  # whose fault it was shows when each work in flight is tried again alone
        try:
            async with self._by_itself(), contextlib.aclosing(self._once(work)) as states:
                async for state in states:
                    yield state
        except (ChildDiedError, ChildHungError) as problem:
            raise _as_reader_error(problem, work.subject) from problem

    async def close(self) -> None:
        """End the process and wait until nothing of it is left; it may be started again."""
        if self._child is not None:
            self._forsake(self._child)
        while self._lost:
            await self._lost.pop().close()
        if self._drops:
            await asyncio.gather(*self._drops, return_exceptions=True)

    async def _once(self, work: Work) -> AsyncGenerator[dict[str, Any]]:
        child = await self._running()
        ticket = next(self._tickets)
        done = False
        try:
            await child.ask(work.op, work.blob, timeout=self._patience, ticket=ticket, **work.fields)
            state: dict[str, Any] = {}
            fed = time.monotonic()
            while state.get("state") != "done":
                before = (state.get("done"), state.get("total"))
                reply = await child.ask("poll", timeout=self._patience, ticket=ticket, seconds=POLL_S)
                state = reply.header
                if state.get("state") == "done":
                    break
                if (state.get("done"), state.get("total")) != before:
                    fed = time.monotonic()
                    yield state
                elif time.monotonic() - fed > self._stall_s:
                    child.kill()
                    raise ChildHungError(f"no progress in {self._stall_s:g} s")
            done = True
            yield state
        except (ChildDiedError, ChildHungError):
            self._forsake(child)
            raise
        except ChildRefusedError as refusal:
            done = True
            raise _as_reader_error(refusal, work.subject) from refusal
        finally:
            if not done and child.alive:
                self._drop(child, ticket)

    def _drop(self, child: Child, ticket: int) -> None:
        async def drop() -> None:
            with contextlib.suppress(ChildDiedError, ChildHungError, ChildRefusedError):
                await child.ask("drop", timeout=self._patience, ticket=ticket)

        task = asyncio.get_running_loop().create_task(drop())
        self._drops.add(task)
        task.add_done_callback(self._drops.discard)

    async def _running(self) -> Child:
        async with self._starting:
            if self._child is not None and not self._child.alive:
                self._forsake(self._child)
            if self._child is None:
                while self._lost:
                    await self._lost.pop().close()
                await asyncio.to_thread(confinement_works)  # asked once: it runs a process
                child = Child(
                    "OCR", "engine.readers.cpu_worker", limits=Limits(nice=10), arguments=[str(self._workers)]
                )
                child.start()
                self._child = child
            return self._child

    def _forsake(self, child: Child) -> None:
        """Never ask a process again that died or hung, though it may take a moment until it is gone."""
        if self._child is child:
            self._child = None
        if child not in self._lost:
            self._lost.append(child)

    @contextlib.asynccontextmanager
    async def _beside_others(self) -> AsyncIterator[None]:
        async with self._alone:
            self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextlib.asynccontextmanager
    async def _by_itself(self) -> AsyncIterator[None]:
        async with self._alone:
            await self._quiet.wait()
            self._enter()
            try:
                yield
            finally:
                self._leave()

    def _enter(self) -> None:
        self._under_way += 1
        self._quiet.clear()

    def _leave(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._quiet.set()


def _as_reader_error(problem: Exception, subject: str) -> ReaderError:
    if isinstance(problem, ChildRefusedError) and problem.code == "missing":
        return ReaderMissing(subject, detail=problem.detail)
    if isinstance(problem, ChildHungError):
        return ReaderTimedOut(subject)
    return ReaderCrashed(subject, detail=str(problem))
