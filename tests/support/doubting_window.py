"""A whole window on three pages with doubtful words, and the bubble that asks about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from desktop.app import Parts
from desktop.views.doubt_bubble import DoubtBubble
from engine.output.blocks import Doubt, DoubtKind, PageResult
from engine.output.corrections import Site, text_at
from tests.support.bad_files import pdf
from tests.support.desk import desk, until

SAID = "Words on page {n} that can be read"


def in_doubt(result: PageResult, *words: str) -> PageResult:
    """Return a page on which the first of these words is gravely in doubt, the others less so."""
    text = text_at(result, Site(0)) or ""
    box = result.lines[0].box
    doubts = []
    for at, word in enumerate(words):
        start = text.index(word)
        doubt = Doubt(0, start, start + len(word), DoubtKind.UNSURE, probability=0.43, box=box)
        if at == 0:
            doubt = replace(doubt, kind=DoubtKind.DISAGREES, other=word.upper(), by="cpu", grave=True)
        doubts.append(doubt)
    return replace(result, doubts=tuple(doubts))


@asynccontextmanager
async def window(tmp_path: Path) -> AsyncIterator[Parts]:
    """Open a document of three pages; two words of the first and one of the third are in doubt."""
    async with desk() as parts:
        parts.bench.furnish()
        parts.session.reader = "text"
        parts.bench.open_paths([pdf(tmp_path / "three.pdf", 3, text=SAID)])
        await until(lambda: parts.session.jobs.last is not None and parts.session.job is None)
        document = parts.session.document
        assert document is not None
        for number, words in ((1, ("Words", "read")), (3, ("page",))):
            await document.results.put(in_doubt(document.results[number], *words))
            parts.session.rewritten.emit(number)
        parts.window.activateWindow()
        yield parts


def bubble(parts: Parts) -> DoubtBubble:
    """Return the bubble, which must have been opened once."""
    found = parts.window.findChild(DoubtBubble)
    assert isinstance(found, DoubtBubble)
    return found


async def step(parts: Parts, words: str, *, back: bool = False) -> DoubtBubble:
    """Press F7 and wait until the bubble asks about these words."""
    (parts.window.acts.previous_doubt if back else parts.window.acts.next_doubt).trigger()
    found = bubble(parts)
    await until(lambda: found.isVisible() and found.question is not None and found.question.words == words)
    return found
