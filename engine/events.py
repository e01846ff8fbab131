"""Everything a front may be told, as frozen dataclasses, and the one object that tells it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:  # what events carry is made elsewhere; listening costs no import of it
    from engine.errors import DiglotError
    from engine.output.blocks import PageResult
    from engine.pages.source import SourceInfo
    from engine.server.metrics import Sample
    from engine.server.overview import Overview
    from engine.server.state import ServerStatus
    from engine.setup.progress import CopyProgress
    from engine.setup.steps import Step, StepStatus

log = logging.getLogger(__name__)

DocumentId = NewType("DocumentId", int)
JobId = NewType("JobId", int)


class JobOutcome(StrEnum):
    """How a job ended."""

    FINISHED = "finished"  # every page was read
    INCOMPLETE = "incomplete"  # some pages failed
    CANCELLED = "cancelled"  # the person stopped it
    HALTED = "halted"  # what reads or keeps went away for too long; it can be taken up where it was


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `pages_per_second` and `seconds_left` are None until there is something to measure."""

    done: int
    failed: int
    total: int
    pages_per_second: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class DocumentOpened:
    """A document is open; its pages have not been touched."""

    document: DocumentId
    info: SourceInfo


@dataclass(frozen=True, slots=True)
class DocumentClosed:
    """A document was closed; its readings are gone from memory."""

    document: DocumentId


@dataclass(frozen=True, slots=True)
class PageStarted:
    """A page is being read."""

    job: JobId
    document: DocumentId
    number: int


@dataclass(frozen=True, slots=True)
class PageProgressed:
    """Within a page: `done` of `total` lines are recognised."""

    job: JobId
    document: DocumentId
    number: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PagePartly:
    """What is read so far of a page that is looked at; `finished` as in `engine.readers.reader.ReadingPartly`."""

    job: JobId
    document: DocumentId
    number: int
    result: PageResult
    finished: int


@dataclass(frozen=True, slots=True)
class PagePutBack:
    """A page that was being read waits again: what reads went away, or the job was paused."""

    job: JobId
    document: DocumentId
    number: int


@dataclass(frozen=True, slots=True)
class PageFinished:
    """A page is read; its result is kept before this is told."""

    job: JobId
    document: DocumentId
    number: int
    result: PageResult


@dataclass(frozen=True, slots=True)
class PageFailed:
    """A page could not be read; the job goes on."""

    job: JobId
    document: DocumentId
    number: int
    error: DiglotError


@dataclass(frozen=True, slots=True)
class JobProgressed:
    """A job moved on by at least one page, or its estimate changed."""

    job: JobId
    document: DocumentId
    progress: Progress


@dataclass(frozen=True, slots=True)
class JobPaused:
    """No further page of a job is begun. `error` says what it waits for, None where the person wished it."""

    job: JobId
    document: DocumentId
    error: DiglotError | None


@dataclass(frozen=True, slots=True)
class JobGoesOn:
    """A paused job goes on."""

    job: JobId
    document: DocumentId


@dataclass(frozen=True, slots=True)
class JobEnded:
    """A job is over."""

    job: JobId
    document: DocumentId
    outcome: JobOutcome
    progress: Progress


@dataclass(frozen=True, slots=True)
class EngineChanged:
    """The engine's state, its phase, its progress or what is known of it changed."""

    status: ServerStatus


@dataclass(frozen=True, slots=True)
class EngineMeasured:
    """A running engine was asked how busy it is. `used_bytes` of graphics memory; None where nobody can tell."""

    sample: Sample
    used_bytes: int | None


@dataclass(frozen=True, slots=True)
class EngineLogged:
    """The engine printed lines, in the order in which it did. They are foreign text."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverviewChanged:
    """Cards, engine and model were looked at anew."""

    overview: Overview


@dataclass(frozen=True, slots=True)
class SetupChanged:
    """Steps of the setup stand differently now; all of them are told, in order."""

    steps: tuple[StepStatus, ...]


@dataclass(frozen=True, slots=True)
class SetupProgressed:
    """A step of the setup moved on by some bytes."""

    step: Step
    progress: CopyProgress


PageEvent = (
    DocumentOpened
    | DocumentClosed
    | PageStarted
    | PageProgressed
    | PagePartly
    | PagePutBack
    | PageFinished
    | PageFailed
    | JobProgressed
    | JobPaused
    | JobGoesOn
    | JobEnded
)
"""What happens to one document; each names it as `document`."""
EngineEvent = EngineChanged | EngineMeasured | EngineLogged | OverviewChanged
"""What happens to the engine, whatever is open."""
SetupEvent = SetupChanged | SetupProgressed
Event = PageEvent | EngineEvent | SetupEvent
Listener = Callable[[Event], None]


class EventBus:
    """Hands every event to every listener, on the loop's thread, in order. A listener must return at once."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the returned function removes it again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def publish(self, event: Event) -> None:
        """Tell everyone. A listener that raises is logged and does not keep the others from hearing."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("A listener failed on %s", type(event).__name__)
