"""Correcting: what a person says of a page goes to the front at once, and to the library where there is one."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from engine.jobs.shelf import pack, unpack
from engine.output.corrections import Site, corrected, text_at
from engine.store.records import Correction, KeptReading, ReadingKey
from engine.tasks.task import Task, TaskOrder

if TYPE_CHECKING:
    from engine.jobs.keeping import Keeping
    from engine.jobs.open_document import Document
    from engine.output.blocks import PageResult


async def correct(keeping: Keeping, document: Document, number: int, site: Site, text: str) -> bool:
    """Let a text stand where another was read; False where the page has no such text.

    The reading stays in the library as it was. Raises `OutputError` where the library cannot keep the correction; it is
    shown nevertheless.
    """
    async with document.rewriting:
        shown = await _shown(document, number)
        before = text_at(shown, site) if shown is not None else None
        if shown is None or before is None:
            return False
        written = document.written_on(_key_of(document, shown), number)
        earlier = written.get(site.place)
        one = Correction(text, before if earlier is None else earlier.replaced, time.time())
        await _remember(document, shown, written)
        written[site.place] = one
        await document.results.put(corrected(shown, {site.place: Correction(text, before)}))
    await keeping.keep_correction(document, number, _key_of(document, shown), site.place, one)
    return True


async def confirm(keeping: Keeping, document: Document, number: int, site: Site, words: str) -> bool:
    """Note that words of a text are right as they were read, so that they are doubted no more; False as in `correct`.

    Raises `OutputError` where the library cannot keep that; they are doubted no more nevertheless.
    """
    async with document.rewriting:
        shown = await _shown(document, number)
        if shown is None or text_at(shown, site) is None:
            return False
        written = document.written_on(_key_of(document, shown), number)
        earlier = written.get(site.kept_place)
        lines = [*(earlier.text.splitlines() if earlier is not None else ()), " ".join(words.split())]
        one = Correction("\n".join(dict.fromkeys(lines)), "", time.time())
        await _remember(document, shown, written)
        written[site.kept_place] = one
        await document.results.put(corrected(shown, {site.kept_place: one}))
    await keeping.keep_correction(document, number, _key_of(document, shown), site.kept_place, one)
    return True


async def put_back(
    keeping: Keeping, document: Document, number: int, place: str, earlier: Correction | None = None
) -> bool:
    """Take back what the person wrote at a place of a page, down to `earlier`; False where nothing is written there.

    What was read stands there again, with its doubts. Raises `OutputError` where the library cannot say what that was
    (nothing has changed then), or cannot drop the correction.
    """
    async with document.rewriting:
        shown = await _shown(document, number)
        if shown is None:
            return False
        key = _key_of(document, shown)
        written = document.written_on(key, number)
        read = await _as_read(keeping, document, number, key) if place in written else None
        if read is None:
            return False
        if earlier is None:
            del written[place]
        else:
            written[place] = earlier
        await document.results.put(await asyncio.to_thread(corrected, read, dict(written)))
    await keeping.keep_correction(document, number, key, place, earlier)
    return True


async def show_reading(keeping: Keeping, document: Document, kept: KeptReading) -> None:
    """Make one of a page's readings the one that is shown and exported, with the person's corrections of it.

    Raises `OutputError` where the library cannot note that; it is shown nevertheless.
    """
    number = kept.result.number
    async with document.rewriting:
        document.keys[number], document.read_at[number] = kept.key, kept.at
        written = document.written_on(kept.key, number)
        written |= {place: one for place, one in kept.corrections.items() if place not in written}
        await document.results.put(await asyncio.to_thread(corrected, kept.result, dict(written)))
    await keeping.choose(document, kept)


async def _remember(document: Document, shown: PageResult, written: dict[str, Correction]) -> None:
    """Remember a page as it was read before anything is written on it."""
    if not written:
        document.as_read[shown.number, _key_of(document, shown)] = await asyncio.to_thread(pack, shown)


async def _as_read(keeping: Keeping, document: Document, number: int, key: ReadingKey) -> PageResult | None:
    """Return a page as it was read, None where neither we nor the library knows."""
    packed = document.as_read.get((number, key))
    if packed is not None:
        return await asyncio.to_thread(unpack, packed)
    kept = await keeping.readings(document, number)
    return next((one.result for one in kept if one.key == key), None)


async def _shown(document: Document, number: int) -> PageResult | None:
    """Return what is shown of a page; it may lie packed, so it is looked up beside the loop."""
    return await asyncio.to_thread(document.results.get, number)


def _key_of(document: Document, result: PageResult) -> ReadingKey:
    return document.keys.get(result.number) or ReadingKey(result.reader, TaskOrder(Task(result.task)))
