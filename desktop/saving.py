"""Save as: asks where, writes the reading in a thread, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.dialogs.save_as import ask_where
from engine.errors import DiglotError
from engine.exports.formats import render
from engine.exports.writing import write_whole
from engine.output.document import PageFailure
from engine.service import Document


async def save(parent: QWidget, document: Document, failures: Mapping[int, DiglotError]) -> Path | None:
    """Ask where to save and do it; None where the person gave up.

    Raises:
        OutputError: It cannot be written there.
    """
    answer = await ask_where(parent, document.info.name)
    if answer is None:
        return None
    path, format_name = answer
    await asyncio.to_thread(write, document, failures, path, format_name)
    return path


def write(document: Document, failures: Mapping[int, DiglotError], path: Path, format_name: str) -> None:
    """Write what has been read so far; takes its time, so not on the loop. Raises `OutputError`."""
    readings = [document.results[number] for number in sorted(document.results)]
    failed = [PageFailure.of(number, error) for number, error in sorted(failures.items())]
    text = render(document.info, readings, format_name, failures=failed)
    original = document.info.path
    write_whole(path, text, inputs=() if original is None else (original,))
