"""A picture and a task are put to a server, and what it says becomes blocks: while it says it, or all at once.

A page that somebody looks at streams. The pages behind it are asked whole, which costs the window's loop nothing; where
a server would not notice that the model only repeats itself, they stream as well, but on a loop aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from engine.readers.chat import stream_answer, whole_answer
from engine.readers.heard import Heard, Hearing, PartlyHeard
from engine.readers.seat import Clients, Seat
from engine.readers.side_loop import SideLoop
from engine.tasks.request import ImagePart, chat_request

if TYPE_CHECKING:
    from engine.pages.page_picture import PagePicture
    from engine.readers.chat import ChatClient
    from engine.readers.chat_answer import AnswerPiece
    from engine.tasks.prompt import Asked
    from engine.tasks.request import ChatRequest

TOLD_EVERY_S = 0.08
"""An answer is looked at no more often: a person sees no difference."""
REST = 2.0
"""After a look that took long, so many times as long goes by until the next: it shares the interpreter with all."""


class PictureAsker:
    """Asks servers about pictures of pages."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._clients = Clients()
        self._side = SideLoop()
        self._clients_aside = Clients()

    async def ask(
        self, seat: Seat, asked: Asked, picture: PagePicture, *, names: Sequence[str] = (), live: bool, subject: str
    ) -> AsyncGenerator[PartlyHeard | Heard]:
        """Ask once; gives what is heard so far where it is `live`, and the whole answer at last.

        Closing the iteration, or cancelling it, closes the request. A model that only repeats itself is cut off.

        Args:
            seat: Who is asked.
            asked: The task in the model's words.
            picture: The page, or a part of it.
            names: The fields it asks for.
            live: Whether somebody looks at the page.
            subject: What an error is about.

        Raises:
            EngineError: The server did not do its work.
            PageError: It does not take this page.
        """
        family, traits = seat.family, seat.traits
        stream = live or not traits.detects_repetition
        image = ImagePart(picture.mime, picture.width, picture.height, picture.data)
        request = chat_request(
            asked, image, family=family, server=traits, model=seat.endpoint.model, stream=stream, subject=subject
        )
        hearing = Hearing(asked.prompt.answer, family.dialect, picture.frame, names)
        if live:
            async with aclosing(_live(self._clients.of(seat), request, hearing, subject)) as answer:
                async for heard in answer:
                    yield heard
        elif stream:
            yield await self._side.run(lambda: _watched(self._clients_aside.of(seat), request, hearing, subject))
        else:
            yield await _whole(self._clients.of(seat), request, hearing, subject)

    async def close(self) -> None:
        """End what is open, and the loop aside."""
        await self._clients.close()
        if self._side.running:
            await self._side.run(self._clients_aside.close)
            await self._side.close()


async def _whole(client: ChatClient, request: ChatRequest, hearing: Hearing, subject: str) -> Heard:
    piece = await whole_answer(client, request, page=subject)
    return await asyncio.to_thread(_ended_with, hearing, piece)


async def _watched(client: ChatClient, request: ChatRequest, hearing: Hearing, subject: str) -> Heard:
    """Listen to an answer only to notice when it runs in circles."""
    async with aclosing(stream_answer(client, request, page=subject)) as pieces:
        async for piece in pieces:
            hearing.take(piece)
            if hearing.stop_wanted is not None:
                break
    return await asyncio.to_thread(hearing.end)


async def _live(
    client: ChatClient, request: ChatRequest, hearing: Hearing, subject: str
) -> AsyncGenerator[PartlyHeard | Heard]:
    """Gather pieces here, and let a thread look at them, one look at a time however many pieces come."""
    loop = asyncio.get_running_loop()
    gathered: list[AnswerPiece] = []
    news = asyncio.Event()

    async def gather() -> None:
        async with aclosing(stream_answer(client, request, page=subject)) as pieces:
            async for piece in pieces:
                gathered.append(piece)
                news.set()

    gathering = asyncio.create_task(gather())
    gathering.add_done_callback(lambda _: news.set())
    try:
        while hearing.stop_wanted is None:
            await news.wait()
            news.clear()
            over = gathering.done()
            pieces, gathered = gathered, []
            took = 0.0
            if pieces:
                began = loop.time()
                seen = await asyncio.to_thread(_seen_with, hearing, pieces)
                took = loop.time() - began
                yield seen
            if over:
                gathering.result()
                break
            await asyncio.wait({gathering}, timeout=max(TOLD_EVERY_S - took, REST * took))
    finally:
        gathering.cancel()
        await asyncio.gather(gathering, return_exceptions=True)
    yield await asyncio.to_thread(hearing.end)


def _seen_with(hearing: Hearing, pieces: Sequence[AnswerPiece]) -> PartlyHeard:
    for piece in pieces:
        hearing.take(piece)
    return hearing.so_far()


def _ended_with(hearing: Hearing, piece: AnswerPiece) -> Heard:
    hearing.take(piece)
    return hearing.end()
