"""What is told to the library and what it answers, as frozen dataclasses. Times are seconds since 1970."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, cast

from engine.output.blocks import Box, PageResult, Unit
from engine.output.corrections import Site
from engine.output.document import PageFailure
from engine.output.values import as_object, list_at, sound, text_at
from engine.tasks.task import Task, TaskOrder, Way

DocumentKind = Literal["pdf", "picture", "folder"]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document as it is met: its content by hash, and what it is called at this time.

    `sha256` is that of its bytes (of names and bytes for a folder); `path` is "" for what came from no file; `size` is
    in bytes, 0 where it is not known.
    """

    sha256: str
    name: str
    kind: DocumentKind
    unit: Unit
    page_count: int
    path: str = ""
    title: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class NameSeen:
    """What a document was called, and where it lay, when it was last met like that."""

    name: str
    path: str
    at: float


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document that the library knows: as it was last met, all its names (newest first), and how much was read."""

    facts: DocumentFacts
    names: tuple[NameSeen, ...]
    first_seen: float
    last_seen: float
    pages_read: int


@dataclass(frozen=True, slots=True)
class ReadingKey:
    """Which reading of a page: who read it and what was asked. The library keeps the newest of each."""

    reader: str
    order: TaskOrder = field(default_factory=TaskOrder)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person wrote in the place of what was read. `replaced` is what stood there then."""

    text: str = field(repr=False)
    replaced: str = field(default="", repr=False)
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class KeptReading:
    """A reading as it was made, and the person's corrections beside it, by their place (see `place_of_block`)."""

    key: ReadingKey
    result: PageResult
    at: float
    corrections: dict[str, Correction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture of a page as an encoded file; sizes in pixels."""

    image: bytes = field(repr=False)
    width: int
    height: int


class JobState(StrEnum):
    """How a kept job stands. One that is open while nobody works at it was interrupted."""

    OPEN = "open"
    FINISHED = "finished"
    INCOMPLETE = "incomplete"  # some pages failed
    CANCELLED = "cancelled"  # the person stopped it


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job: what was to be read, and how far it came. `running`: a living process works at it."""

    id: str
    document: DocumentFacts
    order: TaskOrder
    reader: str
    way: Way
    state: JobState
    running: bool
    begun_at: float
    changed_at: float
    total: int
    done: int
    failures: tuple[PageFailure, ...] = ()

    @property
    def left(self) -> int:
        """How many pages are still to be read."""
        return self.total - self.done - len(self.failures)

    @property
    def interrupted(self) -> bool:
        """Whether it can be taken up where it was left."""
        return self.state is JobState.OPEN and not self.running


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a page around a hit, on one line; `marks` are the places of the found words in it."""

    text: str = field(repr=False)
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which everything was found that was searched for.

    `box` is the place of the hit that the snippet is about, in page units; a smaller `score` fits better. `siblings`
    counts the pages of its document on which all was found, itself included; 0 where hits were not asked by document.
    """

    document: DocumentFacts
    number: int
    key: ReadingKey
    snippet: Snippet
    box: Box
    score: float
    siblings: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One screenful of a search: hits from the best on, and how many pages there are in all."""

    hits: tuple[Hit, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class LibrarySize:
    """How much the library holds. Bytes on the disk; `thumbnail_bytes` are a part of `file_bytes`."""

    file_bytes: int
    thumbnail_bytes: int
    backup_bytes: int  # copies made before a migration
    set_aside_bytes: int  # damaged libraries
    documents: int
    pages: int
    readings: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting did.

    `wiped`: no text of it is left in any file of the library. False where another process still looks at it; then it
    is wiped as soon as that is possible. `set_aside` are damaged libraries beside it: nobody can tell what they hold.
    """

    documents: int
    wiped: bool
    set_aside: tuple[Path, ...] = ()


def place_of_block(index: int) -> str:
    """Name the place of a correction: a block by its index in the result."""
    return Site(index).place


def place_of_cell(block: int, row: int, column: int) -> str:
    """Name the place of a correction: a cell by its table's index, its row and its column."""
    return Site(block, row, column).place


def place_of_line(index: int) -> str:
    """Name the place of a correction: a line by its index in the result."""
    return f"line/{index}"


def place_of_translation(index: int, row: int | None = None, column: int | None = None) -> str:
    """Name the place of a correction: a translated block by its index, a cell of one by its row and column too."""
    return Site(index, row, column).translation_place


def place_of_field(index: int) -> str:
    """Name the place of a correction: the value of a field by its index in the result."""
    return f"field/{index}"


def order_key(order: TaskOrder) -> str:
    """Return what a task was asked with as one text, the same for the same wishes; "" where it takes none."""
    wishes: dict[str, object] = {
        "to": sound(order.target_language),
        "from": sound(order.source_language),
        "fields": [sound(name) for name in order.fields],
        "question": sound(order.question),
    }
    told = {name: wish for name, wish in wishes.items() if wish}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True) if told else ""


def order_from(task: str, key: str) -> TaskOrder:
    """Return the order that `order_key` made the key of. Raises ValueError where it made none like it."""
    told = as_object(json.loads(key), "order") if key else {}
    return TaskOrder(
        task=Task(task),
        target_language=text_at(told, "to") if "to" in told else "",
        fields=tuple(text_at({"fields": name}, "fields") for name in list_at(told, "fields"))
        if "fields" in told
        else (),
        question=text_at(told, "question") if "question" in told else "",
        source_language=text_at(told, "from") if "from" in told else "",
    )


def unit_of(text: str) -> Unit:
    """Return a unit that the library itself wrote."""
    return cast(Unit, text)


def kind_of(text: str) -> DocumentKind:
    """Return a kind of document that the library itself wrote."""
    return cast(DocumentKind, text)
