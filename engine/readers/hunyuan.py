"""HunyuanReader: reads pages with HunyuanOCR, on the engine of this machine or on a shared server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import DiglotError, TaskNotSupported
from engine.output.blocks import AnyBlock, PageResult, PageWarning, WarningCode
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingProgress, ReadingRequest
from engine.tasks.task import Task, TaskOrder

if TYPE_CHECKING:
    from engine.output.answer import Answer
    from engine.pages.page_picture import PagePicture
    from engine.readers.chat import ChatClient, ChatEndpoint
    from engine.tasks.family import Family
    from engine.tasks.prompt import Asked
    from engine.tasks.request import ServerTraits

USUAL_ANSWER = 600
"""Pieces of the answer to an ordinary page: what the progress is measured by until the answer is whole."""
SHRUNK_BELOW = 0.7
"""The share of the size its print wants, below which small print may be wrong."""
AGAIN_AFTER_S = 6.0
"""vLLM's front process stays for five seconds when its core has died; only then is the engine started again."""
TRIES = 2
"""A page whose failure may have been the moment's is asked once more: the engine may have been started again."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The right to ask a server one page, and what must be known of it.

    `model_version` is "1.0" or "1.5", "" where only the name tells; `server_version` is vLLM's, "" where it is not
    known. `shared` is the host of a shared server, "" for an engine of our own.
    """

    endpoint: ChatEndpoint
    max_tokens: int
    max_pixels: int
    model_version: str = ""
    server_version: str = ""
    shared: str = ""
    prove: Callable[[], Awaitable[None]] | None = field(default=None, repr=False)
    trust: Callable[[], ssl.SSLContext] | None = field(default=None, repr=False)


Seats = Callable[[], AbstractAsyncContextManager[Seat]]
"""Gives a seat for a page; waits for an engine that starts or sleeps, raises where there is none."""


class HunyuanReader:
    """Asks one page at a time for each that is read; the server takes them together."""

    name = "vllm"
    tasks = frozenset({Task.DOCUMENT, Task.TEXT, Task.TABLE, Task.FORMULA, Task.CHART, Task.SPOTTING})
    targets: tuple[str, ...] = ("zh", "en")

    def __init__(self, seats: Seats, *, pages_at_once: Callable[[], int]) -> None:
        """Ask nobody yet.

        Args:
            seats: Gives the right to ask.
            pages_at_once: How many pages the server is worth asking together, now.
        """
        self._seats = seats
        self._pages_at_once = pages_at_once
        self._client: ChatClient | None = None

    @property
    def pages_at_once(self) -> int:
        """As many as the server reads together, and one that is being drawn meanwhile."""
        return max(1, self._pages_at_once()) + 1

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        """Read one page.

        Raises:
            TaskNotSupported: The task is none of `tasks`.
            PageError: The page cannot be drawn, or the server does not take it.
            EngineError: The engine did not do its work.
        """
        if request.task not in self.tasks:
            raise TaskNotSupported(self.name, detail=f"it cannot do “{request.task}” yet")
        for left in reversed(range(TRIES)):
            try:
                async with self._seats() as seat, aclosing(self._asked(request, seat)) as events:
                    async for event in events:
                        yield event
                return
            except DiglotError as error:
                if not (left and error.retryable):
                    raise
                await asyncio.sleep(AGAIN_AFTER_S)

    async def _asked(self, request: ReadingRequest, seat: Seat) -> AsyncGenerator[ReadingEvent]:
        from engine.pages.page_picture import picture_of
        from engine.tasks.family import family_for, likely_family
        from engine.tasks.request import ServerTraits

        loop = asyncio.get_running_loop()
        began = loop.time()
        family = family_for(seat.model_version) if seat.model_version else likely_family(seat.endpoint.model)
        traits = ServerTraits.of(seat.server_version, max_tokens=seat.max_tokens, max_pixels=seat.max_pixels)
        limits = family.picture.within(seat.max_pixels)
        picture = await picture_of(request.source, request.number, limits=limits)
        for order in (request.order, TaskOrder(Task.TEXT)):
            answer: Answer | None = None
            asking = self._answer(seat, family, traits, picture, family.ask(order), subject=f"page {request.number}")
            async with aclosing(asking) as pieces:
                async for piece in pieces:
                    if isinstance(piece, ReadingProgress):
                        yield piece
                    else:
                        answer = piece
            assert answer is not None
            # Where only figures were seen, the model mostly finds the words in them when it is asked for plain text.
            if request.task is not Task.DOCUMENT or order.task is Task.TEXT or not answer.wordless:
                yield await self._done(request, answer, picture, seconds=loop.time() - began)
                return

    async def _done(
        self, request: ReadingRequest, answer: Answer, picture: PagePicture, *, seconds: float
    ) -> ReadingDone:
        size = await request.source.size(request.number)
        return ReadingDone(
            PageResult(
                number=request.number,
                width=size.width,
                height=size.height,
                unit=request.source.info.unit,
                reader=self.name,
                blocks=_told(answer),
                lines=answer.lines,
                warnings=_warnings(answer, picture),
                seconds=seconds,
            )
        )

    async def _answer(
        self, seat: Seat, family: Family, traits: ServerTraits, picture: PagePicture, asked: Asked, *, subject: str
    ) -> AsyncGenerator[ReadingProgress | Answer]:
        """Ask once; yields how far it is, and at last the answer. A model that only repeats itself is cut off."""
        from engine.output.answer import FinishReason
        from engine.output.stream import AnswerStream
        from engine.readers.chat import stream_answer
        from engine.tasks.request import ImagePart, chat_request

        image = ImagePart(picture.mime, picture.width, picture.height, picture.data)
        request = chat_request(
            asked, image, family=family, server=traits, model=seat.endpoint.model, stream=True, subject=subject
        )
        stream = AnswerStream(asked.prompt.answer, dialect=family.dialect, frame=picture.frame)
        reason, count = FinishReason.CLOSED, 0
        async with aclosing(stream_answer(self._client_for(seat), request, page=subject)) as pieces:
            async for piece in pieces:
                stream.feed(piece.text)
                count += 1
                reason = piece.finish or reason
                if stream.stop_wanted is not None:
                    break
                if count % 20 == 0:
                    yield ReadingProgress(min(count, USUAL_ANSWER - 1), USUAL_ANSWER)
        yield await asyncio.to_thread(stream.finish, reason)

    def _client_for(self, seat: Seat) -> ChatClient:
        """Return the client for this server; another start of the engine is another server."""
        from engine.readers.chat import ChatClient

        if self._client is None or self._client.endpoint != seat.endpoint:
            self._client = ChatClient(seat.endpoint, shared=seat.shared, trust=seat.trust, prove=seat.prove)
        return self._client

    async def close(self) -> None:
        """End what is open."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def _told(answer: Answer) -> tuple[AnyBlock, ...]:
    """Return what the page says; where the model gave lines with places and nothing else, one block for each."""
    from engine.output.blocks import Paragraph

    if answer.blocks or not answer.lines:
        return answer.blocks
    return tuple(Paragraph(line.box, (index,), text=line.text) for index, line in enumerate(answer.lines))


def _warnings(answer: Answer, picture: PagePicture) -> tuple[PageWarning, ...]:
    from engine.output.answer import Mend

    found = []
    if not answer.blocks and not answer.lines:
        found.append(PageWarning(WarningCode.NOTHING_FOUND))
    if answer.looped is not None:
        found.append(PageWarning(WarningCode.LOOPED, f"{answer.count(Mend.REPETITION)} characters"))
    elif not answer.complete:
        found.append(PageWarning(WarningCode.CUT_OFF))
    if picture.partly:
        found.append(PageWarning(WarningCode.PARTLY_DRAWN))
    if picture.shrunk < SHRUNK_BELOW:
        found.append(PageWarning(WarningCode.SHRUNK))
    return tuple(found)
