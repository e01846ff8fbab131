"""One question to a helper process: what is asked, how long it may take, and how its outcome reaches who waits."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.children.serving import Blob, JsonObject


class ChildDiedError(Exception):
    """The process ended before it answered; the message says how, without any of its output."""

    def __init__(self, name: str, returncode: int | None) -> None:
        super().__init__(f"the {name} process {_ending(returncode)}")
        self.returncode = returncode

    @property
    def killed(self) -> bool:
        """Whether somebody else ended it (SIGKILL: a person, or the kernel short of memory), not a fault of its own."""
        return self.returncode in (-9, 128 + 9)

    @property
    def gave_up(self) -> bool:
        """Whether it ended of its own will and in failure, as Python does that cannot import something."""
        return self.returncode is not None and 0 < self.returncode < 128


class ChildHungError(Exception):
    """No answer within the time limit; the process was killed."""


class ChildRefusedError(Exception):
    """The process answered with an error of its own: a `code` from its vocabulary and a detail."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reply:
    """A final answer: its JSON object and the raw bytes that came with it."""

    header: JsonObject
    blob: bytearray = field(default_factory=bytearray)


@dataclass(slots=True, eq=False, repr=False)  # no repr: a header may hold a password
class Question:
    """Asked on `loop`, put by the child's thread; `future` is only ever touched on the loop.

    `begun`, `answered` and `unwanted` are each set by one thread only and never taken back. `timeout` is in seconds
    from its turn.
    """

    number: int
    header: JsonObject
    blobs: Sequence[Blob]
    timeout: float
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Reply]
    begun: bool = False
    answered: bool = False
    unwanted: bool = False
    timer: asyncio.TimerHandle | None = None

    def start_clock(self, late: Callable[[Question], None]) -> None:
        """Let the time run from now on; `late` is called on the loop when it is over."""

        def start() -> None:
            if not self.answered:
                self.timer = self.loop.call_later(self.timeout, late, self)

        self._on_loop(start)

    def settle(self, outcome: Reply | Exception) -> None:
        """Hand the outcome to who waits, if anybody still does."""

        def settle() -> None:
            if self.timer is not None:
                self.timer.cancel()
            if self.future.done():
                return
            if isinstance(outcome, Reply):
                self.future.set_result(outcome)
            else:
                self.future.set_exception(outcome)

        self.answered = True
        self._on_loop(settle)

    def _on_loop(self, callback: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(callback)


def _ending(returncode: int | None) -> str:
    if returncode is None:
        return "stopped answering"
    if returncode < 0 or 128 < returncode < 160:  # bubblewrap passes a signal on as 128 + its number
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-returncode if returncode < 0 else returncode - 128).name}"
    return f"ended with code {returncode}"
