"""AutoReader: takes a page's own text where it is sound, and reads the picture where it is not."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from engine.errors import ReaderError, TaskNotSupported
from engine.output.blocks import PageResult, PageWarning, WarningCode
from engine.pages.source import PageSource, TextLayer
from engine.readers.cpu import CpuReader
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingRequest
from engine.readers.soundness import (
    MOST_UNSOUND,
    FontKey,
    Sample,
    broken_characters,
    is_scant,
    likeness,
    samples,
    says_more,
    unsound_share,
    verdicts,
)
from engine.readers.text import TextReader
from engine.tasks.task import Task

log = logging.getLogger(__name__)

CHECK_DPI = 150
CHECK_PIXELS = 8_000_000


class AutoReader:
    """Chooses for every page between its own text and its picture; the result says which it was."""

    name = "auto"
    tasks = frozenset({Task.DOCUMENT, Task.TEXT, Task.TABLE})

    def __init__(self, text: TextReader, cpu: CpuReader) -> None:
        """Use these two, which their owner closes."""
        self._text = text
        self._cpu = cpu
        self._fonts: weakref.WeakKeyDictionary[PageSource, dict[FontKey, bool]] = weakref.WeakKeyDictionary()

    @property
    def pages_at_once(self) -> int:
        """As many as the reader behind it that takes longer likes: more would keep a page waiting that is looked at."""
        return min(self._text.pages_at_once, self._cpu.pages_at_once)

    async def warm_up(self) -> None:
        """Get the OCR process ready. Raises `ReaderMissing`."""
        await self._cpu.warm_up()

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        """Read one page, from its text layer or from its picture.

        Raises:
            TaskNotSupported: The task is none of `tasks`.
            PageError: The page cannot be parsed or drawn.
            ReaderError: The picture had to be read and could not be.
        """
        if request.task not in self.tasks:
            raise TaskNotSupported(self.name, detail=f"it cannot do “{request.task}”")
        layer = await request.source.text_layer(request.number)
        if layer is None or not any(line.text.strip() for line in layer.lines):
            unsound = ""
        else:
            unsound = await self._what_is_wrong(request, layer)
            if not unsound:
                if not is_scant(layer, await request.source.size(request.number)):
                    yield await self._text.lay_out(request, layer)
                    return
                async with aclosing(self._compared(request, layer)) as compared:
                    async for event in compared:
                        yield event
                return
        async with aclosing(self._cpu.read(request)) as reading:
            async for event in reading:
                yield _with_warning(event, unsound) if isinstance(event, ReadingDone) else event

    async def close(self) -> None:
        """Nothing of its own to end."""

    async def _compared(self, request: ReadingRequest, layer: TextLayer) -> AsyncGenerator[ReadingEvent]:
        """Read the picture of a page with little text of its own; take whichever says more."""
        try:
            async with aclosing(self._cpu.read(request)) as reading:
                async for event in reading:
                    if not isinstance(event, ReadingDone):
                        yield event
                    elif says_more(_sure_texts(event.result), (line.text for line in layer.lines)):
                        yield _with_warning(event, "the page’s own text is only a small part of it")
                        return
        except ReaderError as problem:
            log.warning("Page %d could not be compared with its picture: %s", request.number, problem.title)
        yield await self._text.lay_out(request, layer)

    async def _what_is_wrong(self, request: ReadingRequest, layer: TextLayer) -> str:
        """Say what is wrong with a text layer, "" if nothing is."""
        broken = await asyncio.to_thread(broken_characters, layer.lines)
        if broken:
            return broken
        known = self._known_fonts(request.source)
        judged = dict(known)
        chosen = await asyncio.to_thread(samples, layer, frozenset(known))
        if chosen:
            try:
                seen = await self._seen(request, layer, chosen)
            except ReaderError as problem:
                log.warning("Page %d could not be checked against its picture: %s", request.number, problem.title)
                return ""
            judged |= await asyncio.to_thread(_judged, layer, chosen, seen)
            known |= {key: sound for key, sound in judged.items() if key.visible}
        if unsound_share(layer, judged) > MOST_UNSOUND:
            return "the page’s own text does not say what can be seen"
        return ""

    async def _seen(self, request: ReadingRequest, layer: TextLayer, chosen: list[Sample]) -> list[str]:
        scale = CHECK_DPI / 72 if request.source.info.unit == "pt" else 1.0
        image = await request.source.render(request.number, scale=scale, max_pixels=CHECK_PIXELS)
        across, down = image.width / image.page.width, image.height / image.page.height
        quads = [
            [[corner.x * across, corner.y * down] for corner in layer.lines[sample.index].quad] for sample in chosen
        ]
        return await self._cpu.check_lines(image, quads, subject=f"page {request.number}")

    def _known_fonts(self, source: PageSource) -> dict[FontKey, bool]:
        try:
            return self._fonts.setdefault(source, {})
        except TypeError:  # a source that cannot be a key is judged page by page
            return {}


def _judged(layer: TextLayer, chosen: list[Sample], seen: list[str]) -> dict[FontKey, bool]:
    return verdicts(
        (sample.font, likeness(layer.lines[sample.index].text, text)) for sample, text in zip(chosen, seen, strict=True)
    )


def _sure_texts(result: PageResult) -> list[str]:
    return [line.text for line in result.lines if line.score >= 0.7]


def _with_warning(event: ReadingDone, detail: str) -> ReadingDone:
    if not detail:
        return event
    warning = PageWarning(WarningCode.TEXT_LAYER_UNSOUND, detail)
    return ReadingDone(replace(event.result, warnings=(warning, *event.result.warnings)))
