"""What a supervisor is given: how an engine is run, what is asked of its process, and who is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.server.health import StartHistory, StartReport
    from engine.server.metrics import Sample
    from engine.server.state import Endpoint, ServerStatus


class EngineProcess(Protocol):
    """What is asked of a started process, see `engine.server.process.ServerProcess`."""

    @property
    def returncode(self) -> int | None:
        """How it ended, None while it runs."""
        ...

    async def start(self) -> None:
        """Start it."""
        ...

    async def wait(self) -> int:
        """Wait for its end."""
        ...

    async def stop(self) -> None:
        """End it politely if possible; afterwards nothing of it is left."""
        ...

    async def kill(self) -> None:
        """End it at once; afterwards nothing of it is left."""
        ...


@dataclass(frozen=True, slots=True)
class Life:
    """An engine that has been prepared: a process not started yet, where it will answer, how it is known as ours.

    `token` is a name that only this start serves under. `clean_up` removes what it leaves on the disk, its socket for
    one.
    """

    process: EngineProcess
    endpoint: Endpoint
    token: str
    clean_up: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Run:
    """How an engine is run, until somebody stops it.

    `prepare` makes a fresh `Life` (new key, new token, new socket) for every start; it is given the listener for the
    log's lines. `card_is_there` tells whether the graphics card still answers. `idle_s` of 0 means: never sleeps.
    """

    prepare: Callable[[Callable[[str], None]], Awaitable[Life]]
    pages_at_once: int
    max_tokens: int
    can_sleep: bool = False
    idle_s: float = 0.0
    history: StartHistory | None = None
    card_is_there: Callable[[], Awaitable[bool]] | None = None


class Wish(Enum):
    """What is asked of a life that is going on."""

    STOP = auto()
    SLEEP = auto()
    WAKE = auto()


class Listener(Protocol):
    """Who is told; every call comes on the loop's thread and must return at once."""

    def status_changed(self, status: ServerStatus) -> None:
        """The engine stands differently."""
        ...

    def lines_came(self, lines: Sequence[str]) -> None:
        """The engine's log went on."""
        ...

    def sampled(self, sample: Sample) -> None:
        """A new measurement."""
        ...

    def started(self, report: StartReport, seconds: float) -> None:
        """A start was successful: what its log told, and how long it took."""
        ...
