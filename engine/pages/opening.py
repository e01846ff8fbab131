"""`open_source` makes a `PageSource` of a path, bytes or a folder; `start_early` saves the first page its wait."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.children.child import Child
from engine.errors import BadInput, EmptyFolder, UnknownFormat
from engine.pages.document import FileSource
from engine.pages.folder import FolderSource
from engine.pages.intake import OpenFile, hold_bytes, open_file, pictures_in
from engine.pages.process import PDF, PICTURE, page_child
from engine.pages.source import PageSource

log = logging.getLogger(__name__)

_early: dict[Path, tuple[OpenFile, Child]] = {}


async def open_source(
    target: Path | bytes | Sequence[Path], *, password: str | None = None, name: str = ""
) -> PageSource:
    """Open a PDF, a picture, a folder of pictures, several pictures as one document, or bytes of the clipboard.

    What a file is, is told by its content and not by its name. Its pages are not touched.

    Args:
        target: What to open.
        password: For encrypted documents; it is kept in memory only.
        name: What to call bytes that have no file name.

    Raises:
        BadInput: One of its kinds, see `engine.errors`.
    """
    early = _take_early(target)
    if isinstance(target, bytes | bytearray | memoryview):
        held = await _held(hold_bytes, bytes(target), name or "Clipboard")
        return await _open_one(held, password)
    if isinstance(target, Path):
        if early is not None:
            return await _open_one(early[0], password, early[1])
        if await asyncio.to_thread(target.is_dir):
            pictures = await asyncio.to_thread(pictures_in, target)
            return await FolderSource.open(pictures, name=name or target.name or str(target), folder=target)
        return await _open_one(await _held(open_file, target), password)
    paths = list(target)
    if not paths:
        raise EmptyFolder(name)
    if len(paths) == 1:
        return await open_source(paths[0], password=password, name=name)
    await asyncio.to_thread(_check_pictures, paths)
    return await FolderSource.open(paths, name=name or paths[0].name, folder=None)


def start_early(path: Path) -> None:
    """Start the page process for a path at once, before there is a loop or a window; `open_source` will use it.

    Never raises: whatever is wrong is said when the path is opened. Only one is kept ready, and whatever is opened next
    takes it or ends it.
    """
    try:
        path = path.absolute()
        if path in _early or path.is_dir():
            return
        file = open_file(path)
        child = page_child(_kind(file), file, early=True)
        child.start()
    except (BadInput, OSError, RuntimeError) as problem:
        log.debug("Nothing was started early: %s", type(problem).__name__)
        return
    for other in tuple(_early):
        _drop_early(other)
    _early[path] = (file, child)


def _take_early(target: object) -> tuple[OpenFile, Child] | None:
    """Return what was started for this target, if it still fits; end what was started for another."""
    found = None
    for path in tuple(_early):
        file, child = _early[path]
        if isinstance(target, Path) and path == target.absolute() and child.alive and _is_still(file, path):
            found = _early.pop(path)
        else:
            _drop_early(path)
    return found


def _is_still(file: OpenFile, path: Path) -> bool:
    try:
        now, held = os.stat(path), os.fstat(file.fd)
    except OSError:
        return False
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) == (held.st_dev, held.st_ino, *file.stamp)


def _drop_early(path: Path) -> None:
    file, child = _early.pop(path)
    child.kill()
    child.dismiss()
    file.close()


def _kind(file: OpenFile) -> str:
    return PDF if file.format == "pdf" else PICTURE


async def _open_one(file: OpenFile, password: str | None, child: Child | None = None) -> PageSource:
    return await FileSource.open(file, kind=_kind(file), password=password, child=child)


async def _held(open_it: Callable[..., OpenFile], *words: object) -> OpenFile:
    """Open in a thread: a drive may be slow. What is opened after the caller has given up is closed again."""
    opening = asyncio.ensure_future(asyncio.to_thread(open_it, *words))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_unwanted)
        raise


def _close_unwanted(opening: asyncio.Future[OpenFile]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _check_pictures(paths: Sequence[Path]) -> None:
    for path in paths:
        file = open_file(path)
        file.close()
        if file.format == "pdf":
            raise UnknownFormat(path.name, detail="several files become one document only where all are pictures")
