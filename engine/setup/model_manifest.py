"""Lists of hashes: our own beside every imported model, and those that others put beside theirs.

Ours, `diglot-model.json`, is written last, so a folder that has it was whole. Of others we read what `sha256sum` prints
and JSON that names files with their sha256, such as a kit's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from engine.engine_errors import ModelDamaged, ModelIncomplete
from engine.setup.checkpoint_files import MANIFEST, FoundFile, Shelf, read_whole
from engine.setup.untrusted_json import Table, parse_json

FORMAT = 1
MAX_ENTRIES = 100_000
MAX_BYTES = 16 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t][ *]?(\S.*)")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list says about a file: its path as written, its sha256 in lower case, its bytes where that is told."""

    path: str
    sha256: str
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class OwnManifest:
    """What an import wrote down about its copies."""

    entries: tuple[Entry, ...]
    version: str
    stripped: tuple[str, ...]

    def as_text(self, *, imported: str) -> str:
        """Write it as the file holds it; `imported` is the day."""
        return json.dumps(
            {
                "format": FORMAT,
                "model": "HunyuanOCR",
                "version": self.version,
                "imported": imported,
                "stripped": list(self.stripped),
                "files": [{"path": each.path, "bytes": each.bytes, "sha256": each.sha256} for each in self.entries],
            },
            indent=2,
        )


def read_own(folder: Path) -> OwnManifest | None:
    """Return the list that an import left in this folder, None where there is none.

    Raises:
        ModelDamaged: It is there and cannot be read.
    """
    file = Shelf(folder).find(MANIFEST)
    if file is None:
        return None
    table = Table.of(parse_json(read_whole(file), file.name), file.name)
    entries = tuple(_entries_in(table.raw))
    if not entries or table.raw.get("format") != FORMAT:
        raise ModelDamaged(file.name, detail="it cannot be understood")
    return OwnManifest(entries, table.text("version"), table.texts("stripped"))


class HashList:
    """Somebody's list of hashes for a checkpoint, asked for one file at a time."""

    def __init__(self, entries: Iterable[Entry], *, name: str, folder: Path) -> None:
        """Take the entries of the list called `name`, whose paths start at `folder`."""
        self.name = name
        self._folder = folder
        self._entries = tuple(entries)

    @classmethod
    def read(cls, file: Path) -> HashList:
        """Read a list from a file.

        Raises:
            ModelIncomplete: It is not there, or names no file with its hash.
            ModelDamaged: It is no such list.
            NotReadable, FileVanished: It could not be read.
        """
        seen = Shelf(file.parent).find(file.name)
        if seen is None:
            raise ModelIncomplete(file.name, detail="this list of hashes is missing")
        if seen.bytes > MAX_BYTES:
            raise ModelDamaged(file.name, detail="it is too large for a list of hashes")
        untrusted = read_whole(FoundFile(file.name, seen.path, seen.bytes))
        entries = tuple(parse_list(untrusted, file.name))
        if not entries:
            raise ModelIncomplete(file.name, detail="this list names no file with its sha256")
        return cls(entries, name=file.name, folder=file.parent.resolve())

    def expected(self, file: FoundFile) -> Entry | None:
        """Return what the list says about a file of the checkpoint, None where it says nothing, or nothing clear.

        A path that leads to the very file counts first, then the file's own name, then the only or the shortest path
        that ends in it: lists travel, and paths in them may begin anywhere.
        """
        for entry in self._entries:
            if self._folder / entry.path == file.path:
                return entry
        named = PurePosixPath(file.name).parts
        ending = [entry for entry in self._entries if _parts(entry.path)[-len(named) :] == named]
        if not ending:
            return None
        shortest = min(len(_parts(entry.path)) for entry in ending)
        best = [entry for entry in ending if len(_parts(entry.path)) == shortest]
        return best[0] if len({entry.sha256 for entry in best}) == 1 else None


def parse_list(untrusted: bytes, name: str) -> Iterator[Entry]:
    """Read what `sha256sum` prints, or JSON that names files.

    Raises:
        ModelDamaged: It is neither.
    """
    if untrusted.lstrip()[:1] in (b"{", b"["):
        yield from _entries_in(parse_json(untrusted, name))
        return
    try:
        lines = untrusted.decode("utf-8").splitlines()
    except ValueError as problem:
        raise ModelDamaged(name, detail="it is no list of hashes") from problem
    for line in lines[:MAX_ENTRIES]:
        if match := _LINE.fullmatch(line.strip()):
            yield Entry(match[2], match[1].lower())


def _entries_in(value: Any) -> Iterator[Entry]:
    """Find objects with a path and a sha256, wherever they stand; a sha256 may also stand under the file's name."""
    left, found = [("", value)], 0
    while left and found < MAX_ENTRIES:
        key, inner = left.pop()
        if isinstance(inner, list):
            left += [("", child) for child in reversed(inner)]
        elif isinstance(inner, dict):
            path = inner.get("path") or inner.get("name") or inner.get("file") or key
            size = inner.get("bytes", inner.get("size"))
            entry = _entry(path, inner.get("sha256"), size)
            if entry is not None:
                found += 1
                yield entry
            else:
                left += list(reversed(inner.items()))
        elif (entry := _entry(key, inner, None)) is not None:
            found += 1
            yield entry


def _entry(path: Any, sha256: Any, size: Any) -> Entry | None:
    if not isinstance(path, str) or not path or not isinstance(sha256, str) or not _HASH.fullmatch(sha256.lower()):
        return None
    return Entry(path, sha256.lower(), size if type(size) is int and size >= 0 else None)


def _parts(path: str) -> tuple[str, ...]:
    """Split a path of either system."""
    return tuple(part for part in re.split(r"[\\/]+", path) if part not in ("", "."))
