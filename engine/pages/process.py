"""The app's end of the page process: asks by urgency, replaces it when it dies, believes nothing unchecked."""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import dataclass
from typing import Any

from engine.children.child import Child, ChildDiedError, ChildHungError, ChildRefusedError, Limits, Reply
from engine.errors import (
    BadInput,
    DamagedFile,
    DiglotError,
    EmptyFile,
    EmptyPicture,
    FileVanished,
    NoPages,
    OpenerMissing,
    PageCrashed,
    PageDamaged,
    PageError,
    PageTimedOut,
    PageTooComplex,
    PasswordNeeded,
    PictureTooLarge,
    WrongPassword,
)
from engine.pages.image import PageImage, PageSize
from engine.pages.intake import OpenFile
from engine.pages.row import Row, Urgency

log = logging.getLogger(__name__)

MEMORY_BYTES = 3 << 30
ANSWER_BYTES = 700 << 20
"""More than the largest picture has as RGB; a longer answer is not believed."""
PAGE_WITHIN_S = 60.0
OPEN_WITHIN_S = 60.0
MOST_PAGES = 1_000_000
LONGEST_SIDE = 10_000_000.0
"""In page units; what claims to be larger is not believed."""
PDF, PICTURE, FOLDER = "pdf", "picture", "folder"

FILE_ERRORS: dict[str, type[BadInput]] = {
    "empty": EmptyFile,
    "damaged": DamagedFile,
    "no pages": NoPages,
    "password needed": PasswordNeeded,
    "wrong password": WrongPassword,
    "too large": PictureTooLarge,
    "no pixels": EmptyPicture,
    "changed": FileVanished,
    "memory": DamagedFile,
}
"""What the page process answers to `open` -> the error a person meets."""
PAGE_ERRORS: dict[str, type[DiglotError]] = {
    "page damaged": PageDamaged,
    "damaged": PageDamaged,
    "memory": PageTooComplex,
    "too large": PageTooComplex,
    "changed": FileVanished,
}
"""The same for a page; anything else is a `PageDamaged`."""


class Secret:
    """A password that shows itself to nobody: not in a repr, not in a traceback."""

    __slots__ = ("_text",)

    def __init__(self, text: str | None) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(…)"

    def reveal(self) -> str | None:
        """Return it, for the page process alone."""
        return self._text


@dataclass(frozen=True, slots=True)
class Opening:
    """What the page process said of a document when it opened it, checked."""

    pages: int
    title: str
    repaired: bool
    protected: bool = False


def page_child(kind: str, file: OpenFile | None, *, early: bool = False) -> Child:
    """Describe a page process for a kind of document; it may open `file` and nothing else.

    `early`: it is started before anybody asks for a page, and may use the time.
    """
    return Child(
        "page",
        "engine.pages.worker",
        limits=Limits(memory_bytes=MEMORY_BYTES, answer_bytes=ANSWER_BYTES),
        pass_fds=(file.fd,) if file is not None else (),
        arguments=(kind, *(["early"] if early else [])),
    )


class PageProcess:
    """One document's page process, and its successors when it dies. `file` is None for a folder of pictures."""

    def __init__(
        self, kind: str, file: OpenFile | None, *, name: str, password: str | None = None, child: Child | None = None
    ) -> None:
        """Take what is to be opened; `child` may have been started before."""
        self._kind = kind
        self._file = file
        self._name = name
        self._password = Secret(password)
        self._child = child
        self._opened = False
        self._closed = False
        self._row = Row()
        self._leaving: list[Child] = []
        self._at_work: set[asyncio.Task[Reply]] = set()

    @property
    def pid(self) -> int | None:
        """The process id of what runs now, None where nothing does."""
        return self._child.pid if self._child is not None and self._child.alive else None

    @property
    def confined(self) -> bool:
        """Whether the process that runs now is in bubblewrap."""
        return self._child is not None and self._child.confined

    @property
    def idle(self) -> bool:
        """Whether nothing is asked of it."""
        return self._row.idle

    async def open(self) -> Opening:
        """Open the document in the page process.

        Raises:
            BadInput: What is wrong with the file.
            OpenerMissing: No page process starts here.
        """
        await self._row.enter(Urgency.WINDOW)
        try:
            return await self._open()
        except (ChildDiedError, ChildHungError) as end:
            self._forget()
            log.warning("A page process could not open a document: %s", end)
            if isinstance(end, ChildDiedError) and end.gave_up:
                raise OpenerMissing(self._name, detail=str(end)) from None
            raise DamagedFile(self._name, detail="it stops the program that reads it") from None
        finally:
            self._row.leave()

    async def ask(
        self,
        op: str,
        *blobs: bytes,
        page: int | None,
        urgency: Urgency = Urgency.JOB,
        **fields: Any,
    ) -> Reply:
        """Ask for something of a page (None: of the document), in order of urgency.

        A caller who is cancelled while waiting is dropped; drawing itself cannot be interrupted, its answer is thrown
        away.

        Raises:
            PageError: For this page alone; the next call finds a working process again.
            FileVanished: The file is not what it was.
        """
        await self._row.enter(urgency)
        if self._closed:
            self._row.leave()
            raise asyncio.CancelledError
        subject = self._name if page is None else f"{self._name}, page {page}"
        task = asyncio.ensure_future(self._exchange(op, blobs, subject, fields))
        self._at_work.add(task)
        task.add_done_callback(self._finish)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End the process; who still waits for it is cancelled."""
        self._closed = True
        if self._child is not None and self._at_work:
            self._forget()
        leaving = [*self._leaving, *([self._child] if self._child is not None else [])]
        self._child = None
        await asyncio.gather(*(child.close() for child in leaving))
        for task in tuple(self._at_work):
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    def _finish(self, task: asyncio.Task[Reply]) -> None:
        self._at_work.discard(task)
        if not task.cancelled():
            task.exception()  # its caller may have gone: then nobody else looks at it
        self._row.leave()

    def _forget(self) -> None:
        """Part from a process that is dead or dying: the next page must not be blamed for it."""
        child, self._child = self._child, None
        self._opened = False
        if child is not None:
            child.kill()
            child.dismiss()
            self._leaving = [other for other in self._leaving if other.alive] + [child]

    async def _open(self) -> Opening:
        if self._child is None or not self._child.alive:
            self._forget()
            self._child = page_child(self._kind, self._file)
            self._child.start()
        if self._file is None:
            self._opened = True
            return Opening(0, "", False)
        try:
            reply = await self._child.ask(
                "open",
                timeout=OPEN_WITHIN_S,
                fd=self._file.fd if self._file.place.startswith("/proc/") else -1,
                place=self._file.place,
                format=self._file.format,
                stamp=list(self._file.stamp),
                password=self._password.reveal(),
            )
        except ChildRefusedError as refusal:
            error = FILE_ERRORS.get(refusal.code, DamagedFile)
            detail = "it needs too much memory" if refusal.code == "memory" else ""
            raise error(self._name, detail=detail) from None
        self._opened = True
        return checked_opening(reply, self._name)

    async def _exchange(self, op: str, blobs: tuple[bytes, ...], subject: str, fields: dict[str, Any]) -> Reply:
        for attempt in (1, 2):
            if self._closed:
                raise asyncio.CancelledError  # closed before its turn came: start no other process
            try:
                if not self._opened or self._child is None or not self._child.alive:
                    await self._open()
                assert self._child is not None
                return await self._child.ask(op, *blobs, timeout=PAGE_WITHIN_S, **fields)
            except ChildHungError:
                self._forget()
                error: DiglotError = PageTimedOut(subject, detail=f"more than {PAGE_WITHIN_S:g} s")
            except ChildDiedError as end:
                self._forget()
                if not self._closed:
                    log.warning("%s", end)
                if end.killed and attempt == 1 and not self._closed:
                    continue  # somebody else ended it, the page is not to blame: once more
                error = PageCrashed(subject)
            except ChildRefusedError as refusal:
                if refusal.code == "defect":
                    log.error("The page process met a fault of ours on a page: %s", refusal.detail)
                error = PAGE_ERRORS.get(refusal.code, PageDamaged)(subject)
            except BadInput as problem:
                if isinstance(problem, FileVanished):
                    raise
                error = PageDamaged(subject)
            break
        if self._closed:
            raise asyncio.CancelledError
        if self._file is not None:
            self._file.check()
        raise error


def checked_opening(untrusted: Reply, name: str) -> Opening:
    """Believe an answer to `open` only where it makes sense."""
    pages, title = untrusted.header.get("pages"), untrusted.header.get("title")
    if not isinstance(pages, int) or isinstance(pages, bool) or not 1 <= pages <= MOST_PAGES:
        raise DamagedFile(name, detail="it states an impossible number of pages")
    repaired, protected = (untrusted.header.get(name) is True for name in ("repaired", "protected"))
    return Opening(pages, str(title or "")[:300], repaired, protected)


def checked_size(untrusted: Any) -> PageSize | None:
    """Return a size that makes sense, or None."""
    if not isinstance(untrusted, list) or len(untrusted) != 2:
        return None
    if not all(isinstance(side, int | float) and not isinstance(side, bool) for side in untrusted):
        return None
    width, height = untrusted
    if not all(math.isfinite(side) and 0 < side <= LONGEST_SIDE for side in (width, height)):
        return None
    return PageSize(float(width), float(height))


def checked_image(untrusted: Reply, subject: str, *, max_pixels: int) -> PageImage:
    """Return the picture of an answer to `render`.

    Raises:
        PageError: It is no picture, or a larger one than was asked for.
    """
    width, height = untrusted.header.get("width"), untrusted.header.get("height")
    page = checked_size(untrusted.header.get("page"))
    if not isinstance(width, int) or not isinstance(height, int) or page is None or width * height > max_pixels:
        raise PageError(subject)
    try:
        return PageImage(width, height, untrusted.blob, page, untrusted.header.get("partly") is True)
    except ValueError:
        raise PageError(subject) from None
