"""The bytes of a checkpoint on their way into a copy: held against a list of hashes, and cleaned of what names code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.engine_errors import ModelDamaged, ModelIncomplete
from engine.errors import FileVanished
from engine.setup.background import Stop
from engine.setup.checkpoint_files import WORD_LISTS, FoundFile, cannot_read, is_text, open_file, read_whole
from engine.setup.model_manifest import Entry, HashList
from engine.setup.progress import ProgressMeter
from engine.setup.storing import NewFile, cannot_write
from engine.setup.untrusted_json import parse_json, without_code

CHUNK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that was copied, and the keys that were left out of it."""

    entry: Entry
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """How files of a source are read: held against a list of hashes, and cleaned on the way."""

    hashes: HashList | None
    owned: Mapping[Path, str]
    stop: Stop

    def look_up(self, file: FoundFile) -> Entry | None:
        """Return what the list says about a file. A list that does not know the weights protects nothing."""
        if self.hashes is None:
            return None
        entry = self.hashes.expected(file)
        if entry is None and file.name.endswith(".safetensors"):
            raise ModelIncomplete(self.hashes.name, detail=f"this list of hashes does not name {file.name}")
        return entry

    def copy(self, file: FoundFile, place: Path, meter: ProgressMeter) -> Copy:
        """Copy one file, or move it where it is ours."""
        self.stop.check()
        content, removed = _cleaned(file)
        if content is None and (known := self.owned.get(file.path)) is not None:
            self._compare(file, known)
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                file.path.replace(place)
            except OSError as problem:
                raise cannot_write(place, problem) from problem
            meter.add(file.bytes, file.name)
            return Copy(Entry(file.name, known, file.bytes), ())
        with NewFile(place) as stream:
            if content is None:
                for chunk in chunks(file, self.stop, meter):
                    stream.write(chunk)
                self._compare(file, stream.sha256)
                return Copy(Entry(file.name, stream.sha256, file.bytes), ())
            self._compare(file, hashlib.sha256(content.original).hexdigest())
            stream.write(content.clean)
        meter.add(file.bytes, file.name)
        return Copy(Entry(file.name, stream.sha256, len(content.clean)), removed)

    def hash_of_copy(self, file: FoundFile, meter: ProgressMeter) -> str:
        """Return the hash that a copy of this file would have."""
        self.stop.check()
        content, _ = _cleaned(file)
        if content is None:
            known = self.owned.get(file.path)
            sha256 = known or hash_of(file, self.stop, meter)
            if known:
                meter.add(file.bytes, file.name)
            self._compare(file, sha256)
            return sha256
        self._compare(file, hashlib.sha256(content.original).hexdigest())
        meter.add(file.bytes, file.name)
        return hashlib.sha256(content.clean).hexdigest()

    def _compare(self, file: FoundFile, sha256: str) -> None:
        entry = self.look_up(file)
        if entry is not None and self.hashes is not None and entry.sha256 != sha256:
            raise ModelDamaged(file.name, detail=f"its sha256 is not the one in {self.hashes.name}")


@dataclass(frozen=True, slots=True)
class _Content:
    """The bytes of a small file, as they were found and as they are copied."""

    original: bytes
    clean: bytes


def _cleaned(file: FoundFile) -> tuple[_Content | None, tuple[str, ...]]:
    """Return a small file's bytes and the keys that were left out of them; None for weights, which are not held whole.

    Raises:
        ModelDamaged: It is called .json and is no JSON.
    """
    if file.name.endswith(".safetensors"):
        return None, ()
    original = read_whole(file)
    name = Path(file.name).name
    if not name.endswith(".json") or is_text(name):
        return _Content(original, original), ()
    value = parse_json(original, file.name)
    if name in WORD_LISTS:
        return _Content(original, original), ()
    clean, removed = without_code(value)
    if not removed:
        return _Content(original, original), ()
    return _Content(original, json.dumps(clean, ensure_ascii=False, indent=2).encode("utf-8", "replace")), removed


def chunks(file: FoundFile, stop: Stop, meter: ProgressMeter) -> Iterator[bytes]:
    """Read a file piece by piece, and see that it stays as long as it was."""
    left = file.bytes
    with open_file(file) as stream:
        while left > 0:
            stop.check()
            try:
                chunk = stream.read(min(CHUNK_BYTES, left))
            except OSError as problem:
                raise cannot_read(file.path, problem) from problem
            if not chunk:
                raise FileVanished(str(file.path))
            left -= len(chunk)
            yield chunk
            meter.add(len(chunk), file.name)


def hash_of(file: FoundFile, stop: Stop, meter: ProgressMeter) -> str:
    """Return the sha256 of a file."""
    digest = hashlib.sha256()
    for chunk in chunks(file, stop, meter):
        digest.update(chunk)
    return digest.hexdigest()
