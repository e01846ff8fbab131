"""AutoReader: takes a page's own text where it is sound, and reads the picture where it is not."""

from __future__ import annotations

import asyncio
import logging
import math
import weakref
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.errors import ReaderError
from engine.output.blocks import PageResult, PageWarning, WarningCode
from engine.pages.source import PageSource, TextLayer
from engine.readers.reader import ReadingDone, ReadingEvent, ReadingRequest, refuse_unless_able
from engine.readers.soundness import (
    MOST_UNSOUND,
    FontKey,
    KnownFonts,
    Sample,
    broken_characters,
    is_legible,
    is_scant,
    likeness,
    samples,
    says_more,
    says_much_less,
    unsound_share,
    verdicts,
)
from engine.tasks.task import Task, TaskOrder

if TYPE_CHECKING:
    from engine.output.blocks import Line
    from engine.pages.image import PageImage

log = logging.getLogger(__name__)

CHECK_DPI = 150
CHECK_PIXELS = 8_000_000


class PictureReader(Protocol):
    """Reads the pictures of pages, and single lines of them; `CpuReader` is one."""

    @property
    def pages_at_once(self) -> int:
        """How many pages it is worth giving it together."""
        ...

    async def warm_up(self) -> None:
        """Get ready ahead of the first page."""
        ...

    def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        """Read one page."""
        ...

    async def check_lines(self, image: PageImage, quads: list[list[list[float]]], *, subject: str) -> list[str]:
        """Read some lines of a picture."""
        ...


class LayerReader(Protocol):
    """Makes pages of their own text; `TextReader` is one."""

    @property
    def pages_at_once(self) -> int:
        """How many pages it is worth giving it together."""
        ...

    async def lay_out(self, request: ReadingRequest, layer: TextLayer) -> ReadingDone:
        """Make a page of a text layer."""
        ...


class Verdict(Enum):
    """What there is to say about a page's own text."""

    NONE = auto()
    BROKEN = auto()
    """It is garbage."""
    UNCONFIRMED = auto()
    """What can be seen does not say the same."""
    SCANT = auto()
    """It says what can be seen, but that may be a small part of the page."""
    SOUND = auto()


@dataclass(frozen=True, slots=True)
class JudgedLayer:
    """A page's own text, and what there is to say about it; `detail` goes into the warning of a broken one."""

    verdict: Verdict
    layer: TextLayer | None
    detail: str = ""

    def lines(self) -> tuple[Line, ...]:
        """Return its lines that say something."""
        return tuple(line for line in self.layer.lines if line.text.strip()) if self.layer is not None else ()


class AutoReader:
    """Chooses for every page between its own text and its picture; the result says which it was."""

    name = "auto"
    tasks = frozenset({Task.DOCUMENT, Task.TEXT, Task.TABLE})
    targets: tuple[str, ...] = ()

    def __init__(self, text: LayerReader, cpu: PictureReader) -> None:
        """Use these two, which their owner closes."""
        self._text = text
        self._cpu = cpu
        self._fonts: weakref.WeakKeyDictionary[PageSource, KnownFonts] = weakref.WeakKeyDictionary()

    @property
    def pages_at_once(self) -> int:
        """As many as the reader behind it that takes longer likes: more would keep a page waiting that is looked at."""
        return min(self._text.pages_at_once, self._cpu.pages_at_once)

    async def warm_up(self) -> None:
        """Get the OCR process ready. Raises `ReaderMissing`."""
        await self._cpu.warm_up()

    def check(self, order: TaskOrder) -> None:
        """Raise TaskNotSupported where it cannot do a task."""
        refuse_unless_able(self, order)

    async def read(self, request: ReadingRequest) -> AsyncGenerator[ReadingEvent]:
        """Read one page, from its text layer or from its picture.

        Raises:
            TaskNotSupported: The task is none of `tasks`.
            PageError: The page cannot be parsed or drawn.
            ReaderError: The picture had to be read and could not be.
        """
        self.check(request.order)
        judged = await self.judged(request)
        async with aclosing(self.read_judged(request, judged)) as reading:
            async for event in reading:
                yield event

    async def judged(self, request: ReadingRequest) -> JudgedLayer:
        """Judge a page's own text, with a few lines of its picture.

        Raises:
            PageError: The page cannot be parsed or drawn.
        """
        layer = await request.source.text_layer(request.number)
        if layer is None or not any(line.text.strip() for line in layer.lines):
            return JudgedLayer(Verdict.NONE, layer)
        if broken := await asyncio.to_thread(broken_characters, layer.lines):
            return JudgedLayer(Verdict.BROKEN, layer, broken)
        if not await self._is_confirmed(request, layer):
            return JudgedLayer(Verdict.UNCONFIRMED, layer)
        scant = is_scant(layer, await request.source.size(request.number))
        return JudgedLayer(Verdict.SCANT if scant else Verdict.SOUND, layer)

    async def read_judged(self, request: ReadingRequest, judged: JudgedLayer) -> AsyncGenerator[ReadingEvent]:
        """Read a page whose own text is judged. Raises what `read` raises."""
        layer = judged.layer
        if layer is None or judged.verdict is Verdict.NONE:
            reading: AsyncGenerator[ReadingEvent] = self._cpu.read(request)
        elif judged.verdict is Verdict.BROKEN:
            reading = self._warned(request, judged.detail)
        elif judged.verdict is Verdict.UNCONFIRMED:
            reading = self._doubted(request, layer)
        elif judged.verdict is Verdict.SCANT:
            reading = self._compared(request, layer)
        else:
            yield await self._text.lay_out(request, layer)
            return
        async with aclosing(reading):
            async for event in reading:
                yield event

    async def close(self) -> None:
        """Nothing of its own to end."""

    async def _warned(self, request: ReadingRequest, detail: str) -> AsyncGenerator[ReadingEvent]:
        """Read the picture of a page whose own text is garbage."""
        async with aclosing(self._cpu.read(request)) as reading:
            async for event in reading:
                yield _with_warning(event, WarningCode.TEXT_LAYER_UNSOUND, detail)

    async def _doubted(self, request: ReadingRequest, layer: TextLayer) -> AsyncGenerator[ReadingEvent]:
        """Read the picture of a page whose own text was not confirmed; where that would lose most of it, keep it."""
        try:
            async with aclosing(self._cpu.read(request)) as reading:
                async for event in reading:
                    if not isinstance(event, ReadingDone):
                        yield event
                    elif not says_much_less(_sure_texts(event.result), (line.text for line in layer.lines)):
                        detail = "the page’s own text does not say what can be seen"
                        yield _with_warning(event, WarningCode.TEXT_LAYER_UNSOUND, detail)
                        return
        except ReaderError as problem:
            log.warning("Page %d keeps a text that was not confirmed: %s", request.number, problem.title)
        done = await self._text.lay_out(request, layer)
        detail = "the page’s own text could not be confirmed, but its picture says much less"
        yield _with_warning(done, WarningCode.TEXT_LAYER_UNCONFIRMED, detail)

    async def _compared(self, request: ReadingRequest, layer: TextLayer) -> AsyncGenerator[ReadingEvent]:
        """Read the picture of a page with little text of its own; take whichever says more."""
        try:
            async with aclosing(self._cpu.read(request)) as reading:
                async for event in reading:
                    if not isinstance(event, ReadingDone):
                        yield event
                    elif says_more(_sure_texts(event.result), (line.text for line in layer.lines)):
                        detail = "the page’s own text is only a small part of it"
                        yield _with_warning(event, WarningCode.TEXT_LAYER_UNSOUND, detail)
                        return
        except ReaderError as problem:
            log.warning("Page %d could not be compared with its picture: %s", request.number, problem.title)
        yield await self._text.lay_out(request, layer)

    async def _is_confirmed(self, request: ReadingRequest, layer: TextLayer) -> bool:
        """Tell whether a text layer says what can be seen, as far as that can be looked up."""
        known = self._known_fonts(request.source)
        judged = known.settled()
        size = await request.source.size(request.number)
        scale = min(CHECK_DPI / 72, math.sqrt(CHECK_PIXELS / (size.width * size.height)))
        legible = partial(is_legible, page=size, scale=scale)
        chosen = await asyncio.to_thread(samples, layer, frozenset(judged), legible=legible)
        if chosen:
            try:
                seen = await self._seen(request, layer, chosen)
            except ReaderError as problem:
                log.warning("Page %d could not be checked against its picture: %s", request.number, problem.title)
                return True
            found = await asyncio.to_thread(_judged, layer, chosen, seen)
            known.note(request.number, found)
            judged |= found
        return unsound_share(layer, judged) <= MOST_UNSOUND

    async def _seen(self, request: ReadingRequest, layer: TextLayer, chosen: list[Sample]) -> list[str]:
        image = await request.source.render(request.number, scale=CHECK_DPI / 72, max_pixels=CHECK_PIXELS)
        across, down = image.width / image.page.width, image.height / image.page.height
        quads = [
            [[corner.x * across, corner.y * down] for corner in layer.lines[sample.index].quad] for sample in chosen
        ]
        return await self._cpu.check_lines(image, quads, subject=f"page {request.number}")

    def _known_fonts(self, source: PageSource) -> KnownFonts:
        try:
            return self._fonts.setdefault(source, KnownFonts())
        except TypeError:  # a source that cannot be a key is judged page by page
            return KnownFonts()


def _judged(layer: TextLayer, chosen: list[Sample], seen: list[str]) -> dict[FontKey, bool]:
    return verdicts(
        (sample.font, likeness(layer.lines[sample.index].text, text)) for sample, text in zip(chosen, seen, strict=True)
    )


def _sure_texts(result: PageResult) -> list[str]:
    return [line.text for line in result.lines if line.score >= 0.7]


def _with_warning(event: ReadingEvent, code: WarningCode, detail: str) -> ReadingEvent:
    if not isinstance(event, ReadingDone):
        return event
    return ReadingDone(replace(event.result, warnings=(PageWarning(code, detail), *event.result.warnings)))
