"""Reads one page of a drawn document with a real reader and real processes."""

from __future__ import annotations

from contextlib import aclosing

import psutil

from engine.output.blocks import PageResult, WarningCode
from engine.pages.opening import open_source
from engine.readers.auto import AutoReader
from engine.readers.cpu import CpuReader
from engine.readers.reader import Reader, ReadingDone, ReadingRequest
from engine.readers.text import TextReader
from engine.tasks.task import Task


async def read_one(reader: Reader, document: bytes, *, number: int = 1, task: Task = Task.DOCUMENT) -> PageResult:
    """Open the document, read one page and return its result; any error is raised."""
    source = await open_source(document, name="drawn")
    try:
        async with aclosing(reader.read(ReadingRequest(source, number, task))) as reading:  # type: ignore[type-var]
            async for event in reading:
                if isinstance(event, ReadingDone):
                    return event.result
    finally:
        await source.close()
    raise AssertionError("the reading ended without a result")


async def read_all(name: str, documents: list[bytes], *, task: Task = Task.DOCUMENT) -> list[PageResult]:
    """Read the first page of each document with a reader of its own, by name."""
    cpu = CpuReader(workers=2)
    text = TextReader(cpu)
    readers: dict[str, Reader] = {"cpu": cpu, "text": text, "auto": AutoReader(text, cpu)}
    try:
        return [await read_one(readers[name], document, task=task) for document in documents]
    finally:
        await cpu.close()


def codes(result: PageResult) -> set[WarningCode]:
    """Return what the result warns of."""
    return {warning.code for warning in result.warnings}


def ocr_processes() -> list[psutil.Process]:
    """Return the Python processes that do the reading, below bubblewrap where they are confined."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "engine.readers.cpu_worker" in " ".join(child.cmdline()) and child.name() != "bwrap"
    ]
