"""Save as: asks what and where, writes the reading in a thread, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from desktop.dialogs.save_as import ask_where
from engine.errors import DiglotError
from engine.exports.content import Content
from engine.exports.formats import render
from engine.exports.writing import write_whole
from engine.output.document import PageFailure
from engine.service import Document
from engine.tasks.task import Task

CONTENT_KEY = "save/content"


async def save(
    parent: QWidget, document: Document, failures: Mapping[int, DiglotError], store: QSettings | None = None
) -> Path | None:
    """Ask where to save, of a translated document also what, and do it; None where the person gave up.

    What was chosen is remembered in `store`.

    Raises:
        OutputError: It cannot be written there.
    """
    content = Content.BOTH
    if is_translated(document):
        from desktop.dialogs.save_content import ask_content

        chosen = await ask_content(parent, remembered(store))
        if chosen is None:
            return None
        content = chosen
        if store is not None:
            store.setValue(CONTENT_KEY, content.value)
    answer = await ask_where(parent, document.info.name)
    if answer is None:
        return None
    path, format_name = answer
    await asyncio.to_thread(write, document, failures, path, format_name, content)
    return path


def is_translated(document: Document) -> bool:
    """Tell whether a page of a document was translated; by what was asked of it, for most readings lie packed."""
    return any(key.order.task is Task.TRANSLATION for key in document.keys.values())


def remembered(store: QSettings | None) -> Content:
    """Return what was chosen last time."""
    kept = str(store.value(CONTENT_KEY, "")) if store is not None else ""
    return Content(kept) if kept in set(Content) else Content.BOTH


def write(
    document: Document,
    failures: Mapping[int, DiglotError],
    path: Path,
    format_name: str,
    content: Content = Content.BOTH,
) -> None:
    """Write what has been read so far; takes its time, so not on the loop. Raises `OutputError`."""
    readings = [document.results[number] for number in sorted(document.results)]
    failed = [PageFailure.of(number, error) for number, error in sorted(failures.items())]
    text = render(document.info, readings, format_name, failures=failed, content=content)
    original = document.info.path
    write_whole(path, text, inputs=() if original is None else (original,))
