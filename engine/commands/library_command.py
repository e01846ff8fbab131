"""The command `diglot library`: how much is kept and where, its documents, forgetting them, putting it elsewhere."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.exit_codes import ALL_READ
from engine.commands.interrupt import stopped_by_signals
from engine.commands.library_place import library_place
from engine.commands.library_telling import (
    counted,
    document_as_json,
    document_line,
    forgotten_lines,
    in_bytes,
    size_as_json,
    size_lines,
)
from engine.commands.library_words import ForgetOptions, LibraryCommand, ListOptions, MoveOptions, SizeOptions
from engine.commands.progress import ProgressReport, manner_of
from engine.commands.telling import SHOWN_NAME
from engine.errors import Cancelled, UsageError
from engine.exports.characters import one_line
from engine.settings import change_library
from engine.store.errors import NotKept, StoreUnreachable
from engine.store.files import set_aside_in
from engine.store.library import begin_library, open_library

if TYPE_CHECKING:
    from engine.store.library import Library
    from engine.store.records import Forgotten, KeptDocument

PORTION = 200
LEAST_OF_A_HASH = 4
"""So many of its digits at least name a document: fewer may be a name."""
NAMED_AT_ONCE = 5


def library(options: LibraryCommand) -> int:
    """Do what `diglot library` was asked for and return the exit code.

    Raises:
        OutputError: The library cannot do it.
        NotKept: A document is not in it.
        UsageError: A name stands for several documents, or nobody can be asked.
    """
    match options:
        case SizeOptions():
            return asyncio.run(_tell_size(options))
        case ListOptions():
            return asyncio.run(_tell_documents(options))
        case ForgetOptions():
            return _forget(options)
        case MoveOptions():
            return asyncio.run(_move(options))


@asynccontextmanager
async def _opened(place: Path) -> AsyncIterator[Library]:
    opened = await open_library(place, check=False)
    try:
        yield opened
    finally:
        await opened.close()


# -- how much there is


async def _tell_size(options: SizeOptions) -> int:
    (place, is_there), size = await asyncio.to_thread(library_place), None
    if is_there:
        async with _opened(place) as opened:
            size = await opened.size()
    if options.json:
        _print([json.dumps(size_as_json(place, size), ensure_ascii=False, indent=2)])
    elif size is None:
        _print([f"Nothing is kept yet. It would lie in {one_line(str(place))}"])
    else:
        _print(size_lines(place, size))
    return ALL_READ


# -- its documents


async def _tell_documents(options: ListOptions) -> int:
    place, is_there = await asyncio.to_thread(library_place)
    kept: list[KeptDocument] = []
    count = 0
    if is_there:
        async with _opened(place) as opened:
            kept = await opened.documents(limit=options.limit)
            count = (await opened.size()).documents
    if options.json:
        told = {"total": count, "documents": [document_as_json(each) for each in kept]}
        _print([json.dumps(told, ensure_ascii=False, indent=2)])
        return ALL_READ
    _print([document_line(each) for each in kept])
    if not kept:
        _say("Nothing is kept yet.")
    elif count > len(kept):
        _say(f"{len(kept)} of {count} documents; --limit shows more.")
    return ALL_READ


# -- forgetting


def _forget(options: ForgetOptions) -> int:
    place, is_there = library_place()
    if not is_there and not set_aside_in(place):
        if options.names:
            raise NotKept(options.names[0], detail="nothing is kept yet")
        _say("Nothing is kept yet.")
        return ALL_READ
    chosen = asyncio.run(_chosen(place, options))
    if not options.yes and not _agrees(_question(chosen, everything=options.all)):
        _say("Nothing was forgotten.")
        return Cancelled.exit_code
    forgotten = asyncio.run(_forgotten(place, chosen, everything=options.all))
    for line in forgotten_lines(forgotten):
        _say(line)
    return ALL_READ


async def _chosen(place: Path, options: ForgetOptions) -> list[KeptDocument]:
    async with _opened(place) as opened:
        documents = await _all_of(opened)
    if options.all:
        return documents
    return list({kept.facts.sha256: kept for name in options.names for kept in [chosen(documents, name)]}.values())


async def _all_of(opened: Library) -> list[KeptDocument]:
    documents: list[KeptDocument] = []
    while part := await opened.documents(limit=PORTION, offset=len(documents)):
        documents += part
    return documents


def chosen(documents: Sequence[KeptDocument], name: str) -> KeptDocument:
    """Return the one document that a person means: by its path, its name, or how its hash begins.

    Raises:
        NotKept: There is none.
        UsageError: There are several.
    """
    path = str(Path(name).absolute())
    fitting = _those(documents, lambda kept: any(seen.path in (path, name) for seen in kept.names if seen.path))
    fitting = fitting or _those(documents, lambda kept: any(seen.name == name for seen in kept.names))
    if not fitting and len(name) >= LEAST_OF_A_HASH:
        fitting = _those(documents, lambda kept: kept.facts.sha256.startswith(name.lower()))
    if not fitting:
        raise NotKept(one_line(name))
    if len(fitting) > 1:
        hashes = ", ".join(kept.facts.sha256[:SHOWN_NAME] for kept in fitting[:NAMED_AT_ONCE])
        more = ", …" if len(fitting) > NAMED_AT_ONCE else ""
        raise UsageError(
            one_line(name),
            detail=f"{len(fitting)} documents are meant; name one by how its hash begins: {hashes}{more}",
        )
    return fitting[0]


def _those(documents: Sequence[KeptDocument], is_meant: Callable[[KeptDocument], bool]) -> list[KeptDocument]:
    return [kept for kept in documents if is_meant(kept)]


def _question(documents: Sequence[KeptDocument], *, everything: bool) -> list[str]:
    pages = sum(kept.pages_read for kept in documents)
    named = [document_line(kept) for kept in documents[:NAMED_AT_ONCE]]
    if len(documents) > NAMED_AT_ONCE:
        named.append(f"… and {len(documents) - NAMED_AT_ONCE} more")
    what = "everything" if everything else counted(len(documents), "document")
    read = f"{counted(pages, 'page')} read" + (f" of {counted(len(documents), 'document')}" if everything else "")
    return [*named, f"Forget {what}, with {read}? This cannot be undone; the files themselves stay. [y/N] "]


def _agrees(question: list[str]) -> bool:
    """Ask the person. Raises `UsageError` where there is none."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("--yes", detail="it is needed where nobody can be asked")
    *lines, last = question
    for line in lines:
        _say(line)
    sys.stderr.write(last)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


async def _forgotten(place: Path, documents: Sequence[KeptDocument], *, everything: bool) -> Forgotten:
    async with _opened(place) as opened:
        if everything:
            return await opened.forget_everything()
        return await opened.forget(*(kept.facts.sha256 for kept in documents))


# -- moving


async def _move(options: MoveOptions) -> int:
    to = _target(options.folder)
    try:
        place, is_there = await asyncio.to_thread(library_place)
    except StoreUnreachable as problem:
        return await _begin_there(to, unreachable=problem.subject)
    if not is_there:
        return await _begin_there(to)
    stop, report = asyncio.Event(), ProgressReport(manner_of(sys.stderr, quiet=options.quiet))
    with stopped_by_signals(stop):
        try:
            async with _opened(place) as opened:
                size = await opened.size()
                total = size.file_bytes + size.backup_bytes + size.set_aside_bytes
                report.note(f"{in_bytes(total)} to move; {in_bytes(_free_at(to))} are free there.")
                left = await opened.move(to, settle=_settle, progress=lambda share: _tell(report, stop, share, total))
        except Cancelled:
            report.say(f"Stopped. The library lies in {one_line(str(place))}, as before.")
            return Cancelled.exit_code
        finally:
            report.clear()
    report.note(f"The library lies in {one_line(str(to))} now.")
    for file in left:
        report.say(f"{one_line(str(file))} could not be removed; it is of no use any more.")
    return ALL_READ


def _target(folder: str) -> Path:
    return Path(folder).expanduser().absolute()


def _tell(report: ProgressReport, stop: asyncio.Event, share: float, total: int) -> None:
    """Tell how far it is, from the thread that copies; raising ends the move with nothing changed."""
    if stop.is_set():
        raise Cancelled()
    report.advance(share, f"{in_bytes(round(share * total))} of {in_bytes(total)}", name="Moving the library")


async def _begin_there(to: Path, *, unreachable: str = "") -> int:
    """Settle on a folder where nothing is kept yet; a library that lies there is taken over.

    Args:
        to: The folder.
        unreachable: Where the library lies that cannot be reached now.

    Raises:
        OutputError: It cannot be a library's.
    """
    taken_over = await begin_library(to)
    await asyncio.to_thread(_settle, to)
    if unreachable:
        _say(f"The library in {one_line(unreachable)} cannot be reached, and stays as it is.")
    _say(
        f"The library that lies in {one_line(str(to))} is used from now on."
        if taken_over
        else f"Nothing is kept yet; from now on it is kept in {one_line(str(to))}."
    )
    return ALL_READ


def _settle(to: Path) -> None:
    change_library(folder=str(to))


def _free_at(folder: Path) -> int:
    """Return the free bytes of a drive, that of a folder that is still to be made included."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        return shutil.disk_usage(there).free
    except OSError:
        return 0


# -- saying


def _print(lines: Sequence[str]) -> None:
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    sys.stdout.flush()


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - the command's own words
