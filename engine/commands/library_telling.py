"""What is said of the library: its size, its documents, what forgetting did; for people and as JSON."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.telling import SHOWN_NAME
from engine.exports.characters import one_line
from engine.store.files import set_aside_in

if TYPE_CHECKING:
    from engine.store.records import Forgotten, KeptDocument, LibrarySize


def size_lines(place: Path, size: LibrarySize) -> list[str]:
    """Say where the library lies and how much it holds."""
    lines = [
        one_line(str(place)),
        f"{counted(size.documents, 'document')}, {counted(size.pages, 'page')} read,"
        f" {counted(size.readings, 'reading')}",
        f"{in_bytes(size.file_bytes)}, {in_bytes(size.thumbnail_bytes)} of it small pictures of pages",
    ]
    if size.backup_bytes:
        lines.append(f"{in_bytes(size.backup_bytes)} beside it, copied before it was brought up to date")
    if size.set_aside_bytes:
        lines.append(f"{in_bytes(size.set_aside_bytes)} beside it in damaged libraries that were set aside:")
        lines += [f"    {one_line(str(file))}" for file in set_aside_in(place)]
    return lines


def size_as_json(place: Path, size: LibrarySize | None) -> dict[str, Any]:
    """Return where the library lies and how much it holds; sizes are bytes."""
    return {
        "folder": str(place),
        "there": size is not None,
        "documents": size.documents if size else 0,
        "pages": size.pages if size else 0,
        "readings": size.readings if size else 0,
        "file_bytes": size.file_bytes if size else 0,
        "thumbnail_bytes": size.thumbnail_bytes if size else 0,
        "backup_bytes": size.backup_bytes if size else 0,
        "set_aside_bytes": size.set_aside_bytes if size else 0,
        "set_aside": [str(file) for file in set_aside_in(place)],
    }


def document_line(kept: KeptDocument) -> str:
    """Say which document it is, how much of it was read, and when it was last met."""
    met = time.strftime("%Y-%m-%d %H:%M", time.localtime(kept.last_seen))
    pages = f"{kept.pages_read} of {counted(kept.facts.page_count, 'page')} read"
    return f"{kept.facts.sha256[:SHOWN_NAME]}  {met}  {_name(kept)}: {pages}"


def document_as_json(kept: KeptDocument) -> dict[str, Any]:
    """Return a document; times are seconds since 1970."""
    facts = kept.facts
    return {
        "sha256": facts.sha256,
        "name": facts.name,
        "path": facts.path,
        "kind": facts.kind,
        "bytes": facts.size,
        "pages": facts.page_count,
        "read": kept.pages_read,
        "first_met": kept.first_seen,
        "last_met": kept.last_seen,
        "names": [{"name": each.name, "path": each.path, "at": each.at} for each in kept.names],
    }


def forgotten_lines(forgotten: Forgotten) -> list[str]:
    """Say what forgetting did, and what may still be left."""
    lines = [f"{counted(forgotten.documents, 'document')} forgotten."]
    if forgotten.documents:
        lines[0] += (
            " No text of theirs is left in the library's files."
            if forgotten.wiped
            else " Another Diglot still looks at the library; what is left of their text is wiped once it does no more."
        )
    if forgotten.set_aside:
        lines.append("Nobody can tell what damaged libraries hold that were set aside; “--all” removes them too:")
        lines += [f"    {one_line(str(file))}" for file in forgotten.set_aside]
    return lines


def in_bytes(size: int) -> str:
    """Write a number of bytes as file managers do: “312 MB”, “4.2 GB”."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}" if size < 10 * step else f"{size / step:.0f} {unit}"
    return f"{size} bytes"


def counted(count: int, thing: str) -> str:
    """Say how many there are of a thing."""
    return f"1 {thing}" if count == 1 else f"{count} {thing}s"


def _name(kept: KeptDocument) -> str:
    return one_line(kept.facts.path or kept.facts.name)
