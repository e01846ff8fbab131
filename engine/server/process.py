"""One server and all it begets: started, its lines told, ended rung by rung, and nothing of it left.

Nobody here sends signals to the server. They would not reach it inside bubblewrap, which passes none on, nor inside a
container; and where a process id is read first and signalled later, it may be another's by then. The keeper, which is
the parent of all of them wherever they run, is asked over its standard input instead. What is signalled from here is
the process we started, as long as it is not buried, and at the very end whatever bears our marker.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from engine.server.keeper import MARK
from engine.server.launched import LaunchedCommand
from engine.server.owned import OwnedProcess

log = logging.getLogger(__name__)

INTERRUPT_WITHIN_S = 8.0
"""SIGINT, as Ctrl-C: vLLM ends its core, which frees the card. It took 4 s on two cores."""
TERMINATE_WITHIN_S = 4.0
"""SIGTERM: for a server that is still starting and has not heard the first."""
KILL_WITHIN_S = 2.0
"""SIGKILL, by the keeper, to all at once; after that the keeper itself is killed."""
GONE_WITHIN_S = 15.0
"""How long killed processes are waited for: the kernel holds on to one whose driver does not answer."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """How many seconds each rung of stopping is given."""

    interrupt_s: float = INTERRUPT_WITHIN_S
    terminate_s: float = TERMINATE_WITHIN_S
    kill_s: float = KILL_WITHIN_S


class ServerProcess:
    """A server's process. Use it on one loop; it is started once."""

    def __init__(
        self,
        command: LaunchedCommand,
        *,
        on_line: Callable[[str], None],
        marker: str = "",
        confined: bool | None = None,
        ladder: Ladder | None = None,
    ) -> None:
        """Describe it; `start` starts it.

        Args:
            command: What is started.
            on_line: Is given every line of its output, on the loop, in portions.
            marker: Ours in the environment of its processes; usually the command's own.
            confined: Killing what is started ends everything at once; usually as the command says.
            ladder: How long each rung of stopping may take.
        """
        self._command = command
        self._marker = marker or command.environment.get(MARK, "")
        self._confined = command.confined if confined is None else confined
        self._on_line = on_line
        self._ladder = ladder or Ladder()
        self._owned: OwnedProcess | None = None
        self._ended = asyncio.Event()
        self._returncode: int | None = None

    @property
    def returncode(self) -> int | None:
        """How the server ended: its exit code, negative for a signal. None as long as anything of it may be left."""
        return self._returncode

    @property
    def inner_pid(self) -> int | None:
        """The keeper's process id as it is called where it runs (inside bubblewrap, a container or WSL)."""
        return self._owned.inner_pid if self._owned is not None else None

    async def start(self) -> None:
        """Start the process; does not wait for anything it does.

        Raises:
            EngineBroken: What should be started is not there or is no program.
            EngineNotPermitted: The system forbids it.
            DiskFull: There is no room for what it writes.
        """
        assert self._owned is None, "a server's process is started once"
        self._owned = OwnedProcess(self._command, self._marker, on_line=self._on_line, over=self._over)
        await self._owned.start()

    async def wait(self) -> int:
        """Wait until nothing of it is left and all its lines have been told; return `returncode`."""
        await self._ended.wait()
        assert self._returncode is not None
        return self._returncode

    async def stop(self) -> None:
        """Ask it to end, then more firmly, then kill it; returns when nothing of it is left."""
        if (owned := self._owned) is None:
            return
        try:
            for request, seconds in ((b"i", self._ladder.interrupt_s), (b"t", self._ladder.terminate_s)):
                if not owned.ask(request) or await self._has_ended_within(seconds):
                    break
        except asyncio.CancelledError:
            owned.kill()  # whoever stops it is in a hurry
            raise
        await self.kill()

    async def kill(self) -> None:
        """End it at once; returns when nothing of it is left, or after a while that only a stuck driver needs."""
        owned = self._owned
        if owned is None or self._ended.is_set():
            return
        try:
            if not self._confined and owned.ask(b"k"):
                await self._has_ended_within(self._ladder.kill_s)
        finally:
            owned.kill()
        if not await self._has_ended_within(GONE_WITHIN_S):
            left = await asyncio.to_thread(self.family)
            log.error("The engine was killed and is still there: processes %s", left)

    def family(self) -> list[int]:
        """Return the ids of all its processes that live. Blocks for some 10 ms."""
        return sorted(process.pid for process in self._owned.family()) if self._owned is not None else []

    async def _has_ended_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        return self._ended.is_set()

    def _over(self, code: int) -> None:
        self._returncode = code
        self._ended.set()
