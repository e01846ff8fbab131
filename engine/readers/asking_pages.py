"""A page is put to a server in the way that was wanted: whole or in halves, smaller, or for its plain text."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.errors import DiglotError, TaskNotSupported
from engine.output.blocks import Box, Chart, Formula, Line, Table
from engine.output.tongue import is_english
from engine.readers.asking_pictures import PictureAsker
from engine.readers.halves import joined, partly_joined
from engine.readers.heard import Heard, PartlyHeard
from engine.tasks.prompt import names_of
from engine.tasks.task import NOT_IN_PLAIN, Task, TaskOrder, Way

if TYPE_CHECKING:
    from engine.output.answer import Answer
    from engine.pages.image import PageImage
    from engine.pages.page_picture import PagePicture
    from engine.readers.reader import ReadingRequest
    from engine.readers.seat import Seat
    from engine.tasks.family import Family

log = logging.getLogger(__name__)

SMALLER = 0.7
"""Of the size that its print wants: half the pixels, and half the memory."""
SURE_WORDS = 12
"""Characters; the longest tag of a figure has fewer."""


class TurnOf(Protocol):
    """Returns by how many degrees a picture is to be turned clockwise (0, 90, 180, 270), 0 where it cannot tell."""

    async def __call__(self, image: PageImage, *, subject: str) -> int:
        """May raise ReaderError."""
        ...


@dataclass(frozen=True, slots=True)
class PageHeard:
    """What was heard about a page, the pictures of it that were shown, and whether they were made smaller for it."""

    heard: Heard
    pictures: tuple[PagePicture, ...]
    smaller: bool = False


class PageAsker:
    """Asks servers about pages."""

    def __init__(self, turn_of: TurnOf | None = None) -> None:
        """Open nothing yet.

        Args:
            turn_of: Says of a picture whose lines do not run across, and of what it is one, how to turn it.
        """
        self._pictures = PictureAsker()
        self._turn_of = turn_of

    async def ask(
        self, request: ReadingRequest, seat: Seat, *, live: bool, smaller: bool, turned: int | None = None
    ) -> AsyncGenerator[PartlyHeard | PageHeard]:
        """Ask about a page; gives what is heard so far where it is `live`, and everything at last.

        `turned` says by how many degrees the page is to be turned clockwise, where that is known.

        Raises:
            TaskNotSupported: The model cannot do it, or not in this way.
            UsageError: The order lacks what its task takes.
            PageError: The page cannot be drawn, or the server does not take it.
            EngineError: The server did not do its work.
        """
        family, order = seat.family, order_of(request)
        family.ask(order)  # what is refused is refused before anything is drawn
        order = await _with_its_language(request, order)
        regions, overlapping, turned = await self._regions(request, turned)
        whole: Heard | None = None
        pictures: list[PagePicture] = []
        for region in regions:
            picture = await self._picture(request, seat, region, smaller=smaller, turned=turned)
            pictures.append(picture)
            part: Heard | None = None
            async with aclosing(self._told(request, order, seat, picture, live=live)) as events:
                async for event in events:
                    if isinstance(event, Heard):
                        part = event
                    elif region is None:
                        yield event
                    else:
                        yield await asyncio.to_thread(partly_joined, whole, event, overlapping=overlapping)
            assert part is not None
            whole = part if whole is None else await asyncio.to_thread(joined, whole, part, overlapping=overlapping)
        assert whole is not None
        yield PageHeard(whole, tuple(pictures), smaller)

    async def spotted(self, request: ReadingRequest, seat: Seat, heard: PageHeard) -> tuple[Line, ...]:
        """Ask where the lines of a page stand, on the pictures of it that were shown before."""
        if Task.SPOTTING not in seat.family.tasks:
            return ()
        lines: list[Line] = []
        for picture in heard.pictures:
            async with aclosing(self._told(request, TaskOrder(Task.SPOTTING), seat, picture, live=False)) as events:
                async for event in events:
                    lines += event.answer.lines
        return tuple(lines)

    async def _told(
        self, request: ReadingRequest, order: TaskOrder, seat: Seat, picture: PagePicture, *, live: bool
    ) -> AsyncGenerator[PartlyHeard | Heard]:
        """Ask about one picture. Where the model saw only figures, it is asked for plain text as well.

        What may be thrown away like this is not told before.
        """
        family, subject = seat.family, f"page {request.number}"
        orders = (order, TaskOrder(Task.TEXT)) if order.task is Task.DOCUMENT else (order,)
        for each in orders:
            asked, names = family.ask(each), _names(family, each)
            answer = self._pictures.ask(seat, asked, picture, names=names, live=live, subject=subject)
            heard: Heard | None = None
            async with aclosing(answer) as events:
                async for event in events:
                    if isinstance(event, Heard):
                        heard = event
                    elif each is orders[-1] or _has_words(event.answer):
                        yield event
            assert heard is not None
            # Where only figures were seen, the model mostly finds the words in them when it is asked for plain text.
            if each is orders[-1] or not heard.answer.wordless:
                yield heard
                return

    async def _regions(
        self, request: ReadingRequest, turned: int | None
    ) -> tuple[tuple[Box | None, ...], bool, int | None]:
        """Return the parts of the page to show one after the other, whether they have rows in common, and its turn."""
        if request.way is not Way.HALVES:
            return (None,), False, turned
        from engine.pages.cutting import cut_of
        from engine.pages.sent_size import halves

        cut = await cut_of(request.source, request.number, look=partial(self._look, request), turned=turned)
        size = await request.source.size(request.number)
        return halves(size, at=cut.at, turned=cut.turned), cut.at is None, cut.turned

    async def _look(self, request: ReadingRequest, image: PageImage) -> int:
        """Return how a page is to be turned whose lines do not run across; it stays as it is where nobody can tell."""
        if self._turn_of is None:
            return 0
        subject = f"page {request.number}"
        try:
            return await self._turn_of(image, subject=subject)
        except DiglotError as problem:
            log.warning("Nobody can tell which way up %s stands: %s", subject, problem.title)
            return 0

    async def _picture(
        self, request: ReadingRequest, seat: Seat, region: Box | None, *, smaller: bool, turned: int | None
    ) -> PagePicture:
        from engine.pages.page_picture import picture_of

        return await picture_of(
            request.source,
            request.number,
            limits=seat.family.picture.within(seat.max_pixels),
            region=region,
            scale_down=SMALLER if smaller else 1.0,
            turned=turned,
            look=partial(self._look, request),
            urgent=request.live,
        )

    async def close(self) -> None:
        """End what is open."""
        await self._pictures.close()


def order_of(request: ReadingRequest) -> TaskOrder:
    """Return what the model is really asked for.

    Raises:
        TaskNotSupported: Plain text is wanted where it would be no answer.
    """
    if request.way is not Way.PLAIN:
        return request.order
    if request.task in NOT_IN_PLAIN:
        raise TaskNotSupported(f"page {request.number}", detail=f"its plain text is no answer to “{request.task}”")
    return TaskOrder(Task.TEXT)


async def _with_its_language(request: ReadingRequest, order: TaskOrder) -> TaskOrder:
    """Say that a page is English where its own text does: models have a prompt of their own to translate such pages."""
    if order.task is not Task.TRANSLATION or order.source_language:
        return order
    layer = await request.source.text_layer(request.number)
    if layer is None or not await asyncio.to_thread(is_english, [line.text for line in layer.lines]):
        return order
    return replace(order, source_language="en")


def _has_words(answer: Answer) -> bool:
    """Tell whether words were read for certain; a few letters may be a tag of which the rest is still to come."""
    if any(isinstance(block, Table | Formula | Chart) for block in answer.blocks):
        return not answer.wordless
    return sum(len(getattr(block, "text", "")) for block in answer.blocks) >= SURE_WORDS


def _names(family: Family, order: TaskOrder) -> list[str]:
    return names_of(order, family.dialect.token_frame[0]) if order.task is Task.FIELDS else []
