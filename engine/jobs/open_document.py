"""Document: an open document, and what has been read of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.jobs.shelf import ResultShelf

if TYPE_CHECKING:
    from engine.events import DocumentId, JobId
    from engine.pages.source import PageSource, SourceInfo
    from engine.store.keeping import JobKeeper
    from engine.store.records import Correction, ReadingKey


@dataclass(slots=True, eq=False)
class Document:
    """An open document: its source, and what has been read of it (the newest reading of each page).

    `results` is written by the jobs, and by the person's corrections. `keepers` are what the library knows its jobs by.
    `keys` tell which reading of a page is the one in `results`, `written` what the person wrote on pages, by reading.
    `as_read` are, packed, the readings that the person has written on since, as they were made.
    `read_at` tells when the pages were read that came from the library, in seconds since 1970.
    Whoever makes a page of what it was holds `rewriting`, so that nothing is lost between.
    """

    id: DocumentId
    source: PageSource
    results: ResultShelf = field(default_factory=ResultShelf)
    keepers: dict[JobId, JobKeeper] = field(default_factory=dict, repr=False)
    keys: dict[int, ReadingKey] = field(default_factory=dict, repr=False)
    written: dict[tuple[int, ReadingKey], dict[str, Correction]] = field(default_factory=dict, repr=False)
    as_read: dict[tuple[int, ReadingKey], bytes] = field(default_factory=dict, repr=False)
    read_at: dict[int, float] = field(default_factory=dict, repr=False)
    rewriting: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @property
    def info(self) -> SourceInfo:
        """What is known without touching the pages."""
        return self.source.info

    @property
    def numbers(self) -> range:
        """All page numbers, from 1."""
        return range(1, self.info.page_count + 1)

    @property
    def protected(self) -> bool:
        """Whether a password was needed to open it."""
        return self.info.protected

    def written_on(self, key: ReadingKey, number: int) -> dict[str, Correction]:
        """Return what the person wrote on a page read so, by its place; it may be added to."""
        return self.written.setdefault((number, key), {})
