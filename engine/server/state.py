"""The states of the engine and the moves between them, and the snapshot that fronts are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.errors import DiglotError


class ServerState(StrEnum):
    """Where the engine stands. `MOVES` says what may follow what."""

    ABSENT = "absent"  # no engine or no weights are set up
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    ASLEEP = "asleep"  # it runs, and has given its graphics memory back
    STOPPING = "stopping"
    FAILED = "failed"  # it ended by itself or never came up; the status carries the error


MOVES: dict[ServerState, frozenset[ServerState]] = {
    ServerState.ABSENT: frozenset({ServerState.STOPPED}),
    ServerState.STOPPED: frozenset({ServerState.STARTING, ServerState.ABSENT, ServerState.FAILED}),
    ServerState.STARTING: frozenset({ServerState.READY, ServerState.STOPPING, ServerState.FAILED}),
    ServerState.READY: frozenset(
        {ServerState.ASLEEP, ServerState.STOPPING, ServerState.STARTING, ServerState.FAILED}
    ),  # to STARTING: it died and is started again within its budget
    ServerState.ASLEEP: frozenset({ServerState.READY, ServerState.STOPPING, ServerState.STARTING, ServerState.FAILED}),
    ServerState.STOPPING: frozenset({ServerState.STOPPED, ServerState.FAILED}),
    ServerState.FAILED: frozenset({ServerState.STARTING, ServerState.STOPPED, ServerState.ABSENT}),
}


class StartPhase(StrEnum):
    """What a starting engine is busy with, in order."""

    INTERPRETER = "interpreter"  # Python, torch and vLLM are being loaded
    WEIGHTS = "weights"
    PROFILING = "profiling"  # a page of the largest size is tried, kernels are compiled
    PAGE_MEMORY = "page memory"
    GRAPHS = "graphs"
    SERVING = "serving"  # the doors open


PHASES = tuple(StartPhase)


class Ending(StrEnum):
    """How an engine came to its end."""

    ASKED = "asked"  # somebody wanted it stopped
    IDLE = "idle"  # nobody needed it, and it could not sleep
    EXITED = "exited"  # it left by itself
    KILLED = "killed"  # a signal ended it
    STALLED = "stalled"  # it gave no sign of life and was ended
    UNTRUSTED = "untrusted"  # it was not ours, or gave pages the words of others
    CARD_LOST = "card lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one life of the engine ended: `returncode` is negative for a signal, None where it is not known."""

    ending: Ending
    returncode: int | None = None
    error: DiglotError | None = None

    def describe(self) -> str:
        """Say it in a few words for the log."""
        code = "" if self.returncode is None else f" (code {self.returncode})"
        why = f": {self.error}" if self.error is not None else ""
        return f"{self.ending}{code}{why}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a running server is asked: over a Unix socket where `socket` is set, else at `url`.

    `url` ends without a slash and without `/v1`. `key` never appears in a representation.
    """

    url: str
    key: str
    model: str
    socket: str | None = None

    def __repr__(self) -> str:
        """Show everything but the key."""
        return f"Endpoint(url={self.url!r}, model={self.model!r}, socket={self.socket!r})"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A snapshot of the engine for fronts.

    `progress` is 0 to 1 within the whole start, `step` counts within a phase (weights 3 of 4), `seconds_left` is taken
    from how long earlier starts took. `pages_at_once` is what may be asked together now: the plan's number, or less
    after a self-check.
    """

    state: ServerState
    phase: StartPhase | None = None
    progress: float | None = None
    step: tuple[int, int] | None = None
    seconds_left: float | None = None
    pages_at_once: int = 0
    max_tokens: int = 0
    restarts: int = 0
    checked: bool | None = None  # what the last self-check of this engine said; None: none was made
    check_progress: float | None = None  # how far a self-check is, 0 to 1; None: none is under way
    remote: str = ""  # address of the shared server, where pages leave this machine
    error: DiglotError | None = None

    @property
    def running(self) -> bool:
        """Whether a process of the engine may be there."""
        return self.state in (ServerState.STARTING, ServerState.READY, ServerState.ASLEEP, ServerState.STOPPING)
