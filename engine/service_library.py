"""The library's half of the façade: what is kept, what was read before, and what the person wrote on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a window stands before any of this is needed
    from collections.abc import Mapping
    from pathlib import Path

    from engine.jobs.keeping import Keeping
    from engine.jobs.open_document import Document
    from engine.output.corrections import Site
    from engine.store.library import Library
    from engine.store.records import Correction, KeptJob, KeptReading


class ServiceLibrary(ABC):
    """What a service gives of the library. Fronts use it as part of `engine.service.Service`."""

    @property
    @abstractmethod
    def _keeping(self) -> Keeping:
        """What keeps, which the service makes and closes."""

    async def library(self) -> Library:
        """Everything that was read; opened at its first use. Raises `OutputError`."""
        return await self._keeping.library()

    async def library_there(self) -> Library | None:
        """Return the library where there is one; none is made only to look into it. Raises `OutputError`."""
        return await self._keeping.library_there()

    @property
    def library_folder(self) -> Path:
        """Where the library lies, or will lie."""
        return self._keeping.folder

    def keep_from_now_on(self, keeps: bool) -> None:
        """Say whether what is read is kept; a job that has begun goes on as it was."""
        self._keeping.keep_from_now_on(keeps)

    def keeps(self, document: Document) -> bool:
        """Tell whether what is read of a document goes into the library."""
        return self._keeping.may_keep(document)

    # -- what was read before

    async def readings(self, document: Document, number: int) -> list[KeptReading]:
        """Return every kept reading of a page, the newest first; [] where nothing is kept. Raises `OutputError`."""
        return await self._keeping.readings(document, number)

    async def recall(self, document: Document) -> int:
        """Bring the kept readings of a document back that were made or chosen last, and return how many came.

        A document is known by its content, whatever it is called now. Pages that were read since it was opened stay as
        they are. Nothing is told of it by events.

        Raises:
            FileVanished: The document went away.
            OutputError: The library cannot be reached.
        """
        return await self._keeping.recall(document)

    async def interrupted(self) -> list[KeptJob]:
        """Return the kept jobs that can be taken up, the newest first. Raises `OutputError`."""
        return await self._keeping.interrupted()

    async def show_reading(self, document: Document, kept: KeptReading) -> None:
        """Make one of a page's kept readings the one in the document's results. No event tells of it.

        It is the one that `recall` brings back, until the page is read anew.

        Raises:
            OutputError: The library could not note that; the document has it nevertheless.
        """
        from engine.jobs.correcting import show_reading

        await show_reading(self._keeping, document, kept)

    async def correct(self, document: Document, number: int, site: Site, text: str) -> bool:
        """Let a text stand in the place of what was read; False where the page has no such text.

        The document's results have it at once, and doubts about the words that changed are gone. In the library the
        correction lies beside the reading, which stays as it was, and it holds when the page is read so again.

        Raises:
            OutputError: The library could not keep it; the document has it nevertheless.
        """
        from engine.jobs.correcting import correct

        return await correct(self._keeping, document, number, site, text)

    async def confirm(self, document: Document, number: int, site: Site, words: str) -> bool:
        """Note that doubtful words are right as they were read; otherwise as `correct`."""
        from engine.jobs.correcting import confirm

        return await confirm(self._keeping, document, number, site, words)

    def written(self, document: Document, number: int) -> Mapping[str, Correction]:
        """Return what the person wrote on a page as it is shown, by its place; see `engine.output.corrections`."""
        key = document.keys.get(number)
        return {} if key is None else dict(document.written.get((number, key), {}))

    async def put_back(self, document: Document, number: int, place: str, earlier: Correction | None = None) -> bool:
        """Take back what the person wrote at a place, down to what they wrote there `earlier`, by default all of it.

        What was read stands there again, with its doubts; False where nothing is written there.

        Raises:
            OutputError: The library could not say what was read, or could not drop what was written.
        """
        from engine.jobs.correcting import put_back

        return await put_back(self._keeping, document, number, place, earlier)
