"""Small pictures of pages that were read go into the library, one at a time and only while nothing else is to be done.

What the list of pages has drawn costs nothing more; the other pages are drawn when no page is being read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, QTimer
from PySide6.QtGui import QImage

from desktop.models.pages import PageStatus, ReadState
from desktop.rendering import Wish, to_qimage
from desktop.session import Session
from engine.errors import DiglotError, PageError
from engine.store.records import Thumbnail

if TYPE_CHECKING:
    from engine.service import Document, Service

log = logging.getLogger(__name__)

STEP_MS = 400
"""Between two pictures: nobody waits for them."""
WIDTH, HEIGHT = 160, 480
"""Pixels that a kept picture has at most."""
QUALITY = 80
MOST_DRAWN = 300
"""Pages of one document that are drawn for nothing but their picture."""

Drawn = Callable[[int], QImage | None]


class PictureKeeper(QObject):
    """Follows the open document. What goes wrong is left out: a picture is no reason for words."""

    def __init__(self, session: Session, service: Service, drawn: Drawn) -> None:
        """Follow a session; `drawn` gives the picture of a page that was drawn for the list of pages."""
        super().__init__(session)
        self._session = session
        self._service = service
        self._drawn = drawn
        self._due: dict[int, None] = {}
        self._kept: set[int] = set()
        self._left = MOST_DRAWN
        self._task: asyncio.Task[None] | None = None
        self._step = QTimer(self, singleShot=True, interval=STEP_MS)
        self._step.timeout.connect(self._take_step)
        session.opened.connect(lambda _document: self._begin())
        session.closing.connect(lambda _last: self._begin())
        session.recalled.connect(lambda _count: self._want(session.results))
        session.reading_ended.connect(lambda _event: self._arrange())
        session.bridge.pages_changed.connect(self._pages_changed)

    @property
    def due(self) -> int:
        """How many pictures are not kept yet."""
        return len(self._due)

    def _begin(self) -> None:
        self._step.stop()
        self._due.clear()
        self._kept.clear()
        self._left = MOST_DRAWN

    def _pages_changed(self, pages: tuple[PageStatus, ...]) -> None:
        self._want([page.number for page in pages if page.state is ReadState.DONE])

    def _want(self, numbers: Iterable[int]) -> None:
        read = [number for number in numbers if number not in self._kept]
        if read:
            first = () if 1 in self._kept else (1,)  # it stands for the document
            self._due |= dict.fromkeys((*first, *read))
            self._arrange()

    def _arrange(self) -> None:
        if self._due and not self._step.isActive() and (self._task is None or self._task.done()):
            self._step.start()

    def _take_step(self) -> None:
        document = self._session.document
        if document is not None and self._due:
            self._task = self._session.bridge.start(self._keep_one(document), key="")
            self._task.add_done_callback(lambda _task: self._arrange() if self._may_go_on() else None)

    def _may_go_on(self) -> bool:
        """Tell whether another step makes sense now; the end of a reading arranges one too."""
        return bool(self._due) and (self._session.job is None or any(self._drawn(number) for number in self._due))

    async def _keep_one(self, document: Document) -> None:
        try:
            keeps = await asyncio.to_thread(self._service.keeps, document)
            library = await self._service.library_there() if keeps else None
            if document is not self._session.document:
                return
            if library is None:
                self._due.clear()
                return
            number, image = self._next()
            if number is None:
                return
            self._done(number)
            sha256 = await document.source.content_hash()
            if await library.thumbnails(sha256, number, number):
                return  # from an earlier day
            if image is None:
                image = await self._draw(document, number)
            if image is not None:
                await library.keep_thumbnail(sha256, number, await asyncio.to_thread(encoded, image))
        except PageError as problem:
            log.info("Page %d gave no picture to keep (%s).", number, problem.title)
        except DiglotError as problem:
            log.info("No picture of a page was kept (%s).", problem.title)
            if document is self._session.document:
                self._due.clear()

    def _next(self) -> tuple[int | None, QImage | None]:
        for number in self._due:
            if (image := self._drawn(number)) is not None:
                return number, image
        if self._session.job is not None or not self._due:
            return None, None
        return next(iter(self._due)), None

    async def _draw(self, document: Document, number: int) -> QImage | None:
        """Draw a page that nobody has looked at, but no more than so many of a document."""
        self._left -= 1
        if self._left < 0:
            self._due.clear()
            return None
        (size,) = await self._service.sizes(document, number, number)
        scale = min(WIDTH / max(1.0, size.width), HEIGHT / max(1.0, size.height))
        draw = self._session.drawer(document, max_pixels=2 * WIDTH * HEIGHT, urgent=False)
        return await asyncio.to_thread(to_qimage, await draw(Wish(number, scale)))

    def _done(self, number: int) -> None:
        self._kept.add(number)
        self._due.pop(number, None)


def encoded(image: QImage) -> Thumbnail:
    """Return a picture as a small JPEG. Call it beside the loop."""
    if image.width() > WIDTH or image.height() > HEIGHT:
        image = image.scaled(
            WIDTH, HEIGHT, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "JPEG", QUALITY):  # type: ignore[call-overload]
        image.save(buffer, "PNG")  # type: ignore[call-overload]
    return Thumbnail(bytes(buffer.data().data()), image.width(), image.height())
