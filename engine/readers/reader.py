"""Reader: the one protocol of everything that turns a page into a reading."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.errors import TaskNotSupported
from engine.tasks.task import Task, TaskOrder, Way

if TYPE_CHECKING:
    from engine.output.blocks import PageResult
    from engine.pages.source import PageSource


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """One page to be read: the reader asks `source` for what it needs (picture, text layer) by `number`.

    `order` is the task with what it takes beside the page; a bare `task` makes one, and an order brings its own task.
    `way` is how a model is asked. `live`: somebody looks at the page, so the reader tells what it has so far.
    """

    source: PageSource
    number: int
    task: Task = Task.DOCUMENT
    order: TaskOrder = None  # type: ignore[assignment]  # filled in below
    way: Way = Way.USUAL
    live: bool = False

    def __post_init__(self) -> None:
        """Let task and order say the same; raises ValueError where they contradict each other."""
        if self.order is None:
            object.__setattr__(self, "order", TaskOrder(self.task))
        if self.task not in (Task.DOCUMENT, self.order.task):
            raise ValueError(f"the order is for {self.order.task}, not for {self.task}")
        object.__setattr__(self, "task", self.order.task)


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far the page is: `done` of `total` lines recognised."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ReadingPartly:
    """What is read of the page so far; told of pages that are looked at, a few times a second.

    The first `finished` blocks of `result.blocks` never change any more, whatever follows; with a translation the count
    goes on through `result.translation`. Nothing is placed or doubted yet.
    """

    result: PageResult
    finished: int


@dataclass(frozen=True, slots=True)
class ReadingDone:
    """The page is read; always the last event."""

    result: PageResult


ReadingEvent = ReadingProgress | ReadingPartly | ReadingDone


def refuse_unless_able(reader: Reader, order: TaskOrder) -> None:
    """Raise TaskNotSupported where a reader cannot do the task of an order."""
    if order.task not in reader.tasks:
        raise TaskNotSupported(reader.name, detail=f"it cannot do “{order.task}”")


class Reader(Protocol):
    """Turns pages into results. Errors are `ReaderError` or `PageError`; cancelling the iteration stops the work."""

    @property
    def name(self) -> str:
        """The short name people use: auto, cpu, text, vllm, or a server's address."""
        ...

    @property
    def tasks(self) -> frozenset[Task]:
        """The tasks it can do; any other is refused with `TaskNotSupported`."""
        ...

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages it translates into ("zh", "en"), () for a reader that cannot translate."""
        ...

    @property
    def pages_at_once(self) -> int:
        """How many pages it is worth giving it together, now; ask again, for it may change."""
        ...

    def check(self, order: TaskOrder) -> None:
        """Say no, before any page is touched, to what it can do with none.

        Raises:
            TaskNotSupported: It cannot do the task, or not into that language; the detail says what it can.
            UsageError: The order lacks names, a question or a language.
        """
        ...

    def read(self, request: ReadingRequest) -> AsyncIterator[ReadingEvent]:
        """Read one page, telling progress; the last event is `ReadingDone`."""
        ...

    async def close(self) -> None:
        """End its processes."""
        ...
