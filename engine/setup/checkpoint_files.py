"""The files of a checkpoint on a disk: which of them are taken, and a look at them that follows no link out.

Only what the engine reads is taken: weights as .safetensors, the known JSON files, the tokenizer, the chat template,
and the licence beside them. Python, pickles and everything else stay where they are.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.engine_errors import ModelDamaged, ModelIncomplete
from engine.errors import DiglotError, FileVanished, NotReadable
from engine.setup.untrusted_json import MAX_JSON_BYTES

CONFIG, TOKENIZER, TOKENIZER_CONFIG = "config.json", "tokenizer.json", "tokenizer_config.json"
PREPROCESSOR, PROCESSOR = "preprocessor_config.json", "processor_config.json"
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
TEMPLATE, OLD_TEMPLATE = "chat_template.jinja", "chat_template.json"
MANIFEST = "diglot-model.json"
DRAFT = "dflash"

WORD_LISTS = frozenset({TOKENIZER, "vocab.json", "added_tokens.json", INDEX})
"""Their keys are words or names of tensors, so a key means nothing there."""
SMALL_FILES = frozenset(
    {
        *(CONFIG, TOKENIZER, TOKENIZER_CONFIG, PREPROCESSOR, PROCESSOR, TEMPLATE, OLD_TEMPLATE),
        *("generation_config.json", "video_preprocessor_config.json", "special_tokens_map.json"),
        *("added_tokens.json", "vocab.json", "merges.txt"),
    }
)
TEXT_BESIDE = re.compile(r"(licen[cs]e|notice|copying|readme)[\w.-]{0,40}", re.IGNORECASE)
TEXT_SUFFIXES = frozenset({"", ".txt", ".md"})
MAX_TEXT_BYTES = 4 << 20
MAX_WEIGHTS_BYTES = 16 << 30
MAX_NAMES = 10_000
MAX_SHARDS = 256
HEAD_BYTES = 512
UNFINISHED = (".incomplete", ".part", ".partial", ".crdownload", ".aria2", ".tmp")
CODED_WEIGHTS = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_GONE = frozenset(
    getattr(errno, name)
    for name in ("ENOENT", "ENOTDIR", "EIO", "ENXIO", "ENODEV", "ESTALE", "ENOTCONN", "EREMOTEIO")
    if hasattr(errno, name)
)


def is_weights(name: str) -> bool:
    """Tell whether this is the plain name of a file with weights."""
    return is_plain(name) and name.endswith(".safetensors")


def is_small(name: str) -> bool:
    """Tell whether this is one of the small files that are taken."""
    return name in SMALL_FILES or name == INDEX or is_text(name)


def is_text(name: str) -> bool:
    """Tell whether this is a licence, a notice or a readme."""
    return TEXT_BESIDE.fullmatch(name) is not None and Path(name).suffix.lower() in TEXT_SUFFIXES


def is_plain(name: str) -> bool:
    """Tell whether this is the name of a file in a folder on every system, and nothing but a name."""
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}", name) is not None and not name.endswith(".")


def limit_of(name: str) -> int:
    """Return how many bytes a file of this name may have."""
    if name.endswith(".safetensors"):
        return MAX_WEIGHTS_BYTES
    return MAX_JSON_BYTES if name.endswith((".json", ".txt")) and not is_text(name) else MAX_TEXT_BYTES


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a checkpoint: its name from the checkpoint's folder on, where its bytes are, how many they are."""

    name: str
    path: Path
    bytes: int


class Shelf:
    """A folder with a checkpoint, looked at from outside. Links count only where they stay within `root`.

    `root` is the folder itself; in Hugging Face's cache, where every file is a link, it is the model's part of the
    cache. `prefix` goes before every name, for a folder within a checkpoint.
    """

    def __init__(self, folder: Path, *, root: Path | None = None, prefix: str = "") -> None:
        """Take a folder; a link to it that a person has chosen is followed."""
        self.folder = folder.resolve()
        self.root = self.folder if root is None else root
        self.prefix = prefix

    def inner(self, name: str) -> Shelf | None:
        """Return the shelf for a folder within, None where there is none."""
        folder = self.folder / name
        if folder.is_symlink() or not folder.is_dir():
            return None
        return Shelf(folder, root=self.root, prefix=f"{self.prefix}{name}/")

    def find(self, name: str) -> FoundFile | None:
        """Look for a file; None where there is none.

        Raises:
            ModelIncomplete: It is a link that leads nowhere, or out.
            ModelDamaged: It is no ordinary file.
            NotReadable, FileVanished: The system would not even say.
        """
        path, called = self.folder / name, self.prefix + name
        try:
            seen = path.lstat()
            if stat.S_ISLNK(seen.st_mode):
                path = self._behind(path, called)
                seen = path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise cannot_read(path, problem) from problem
        if not stat.S_ISREG(seen.st_mode):
            raise ModelDamaged(called, detail="it is not an ordinary file")
        if seen.st_size > limit_of(name):
            raise ModelDamaged(called, detail="it is too large to be what its name says")
        return FoundFile(called, path, seen.st_size)

    def need(self, *names: str) -> FoundFile:
        """Look for a file under one of these names.

        Raises:
            ModelIncomplete: None of them is there.
        """
        for name in names:
            found = self.find(name)
            if found is not None:
                return found
        detail = "its download was not finished" if self._unfinished() else "it is missing"
        raise ModelIncomplete(self.prefix + names[0], detail=detail)

    def names(self) -> list[str]:
        """Return the names in the folder in order, at most `MAX_NAMES`; none where it cannot be listed."""
        return sorted(listed(self.folder))

    def _behind(self, link: Path, called: str) -> Path:
        """Return the file behind a link."""
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError) as problem:  # RuntimeError: a loop
            raise ModelIncomplete(called, detail="it is a link, and the file behind it is missing") from problem
        if not target.is_relative_to(self.root):
            raise ModelIncomplete(
                called, detail="it is a link that leads out of the folder; choose the files themselves"
            )
        return target

    def _unfinished(self) -> bool:
        places = (self.folder, self.folder / ".cache" / "huggingface" / "download", self.root / "blobs")
        return any(name.endswith(UNFINISHED) for place in places for name in listed(place))


def listed(folder: Path) -> list[str]:
    """Return at most `MAX_NAMES` names in a folder; none where it cannot be listed."""
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found.append(entry.name)
                if len(found) >= MAX_NAMES:
                    break
    except OSError:
        return []
    return found


def open_file(file: FoundFile) -> BinaryIO:
    """Open a file that was found, and see that it is still the ordinary file that it was.

    Raises:
        FileVanished: It is gone, or another one now.
        NotReadable: The permissions forbid it.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        stream = os.fdopen(os.open(file.path, flags), "rb", buffering=0)
        seen = os.fstat(stream.fileno())
    except OSError as problem:
        raise cannot_read(file.path, problem) from problem
    if not stat.S_ISREG(seen.st_mode) or seen.st_size != file.bytes:
        stream.close()
        raise FileVanished(str(file.path))
    return stream


def read_at(stream: BinaryIO, place: int, size: int, path: Path) -> bytes:
    """Read up to `size` bytes from `place` on. Raises `FileVanished` where the drive is gone."""
    parts: list[bytes] = []
    try:
        stream.seek(place)
        while size > 0 and (part := stream.read(size)):
            parts.append(part)
            size -= len(part)
    except OSError as problem:
        raise cannot_read(path, problem) from problem
    return b"".join(parts)


def read_whole(file: FoundFile) -> bytes:
    """Return the bytes of a small file, after seeing that it is not something else that stands in its place."""
    with open_file(file) as stream:
        content = read_at(stream, 0, file.bytes, file.path)
    if len(content) < file.bytes:
        raise FileVanished(str(file.path))
    if not is_text(file.name):
        refuse_stand_in(file.name, content[:HEAD_BYTES])
    return content


def refuse_stand_in(name: str, head: bytes) -> None:
    """Raise where the first bytes are not the file's own, but what some other program left in its place."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise ModelIncomplete(name, detail="it is empty")
    if start.startswith((b"version https://git-lfs", b"# xet version")):
        raise ModelIncomplete(name, detail="it is a Git LFS pointer, not the file; download the file itself")
    if start.startswith((b"<!doctype html", b"<html")):
        raise ModelDamaged(name, detail="it is a web page that was saved under this name")
    if not head.strip(b"\0"):
        raise ModelDamaged(name, detail="it is filled with zeros")


def cannot_read(path: Path, problem: OSError) -> DiglotError:
    """Return the error of ours for what the system said about reading."""
    if problem.errno in (errno.EACCES, errno.EPERM):
        return NotReadable(str(path))
    if problem.errno in _GONE:
        return FileVanished(str(path))
    return FileVanished(str(path), detail=problem.strerror or "")


def total(files: Iterable[FoundFile]) -> int:
    """Return how many bytes these files have together."""
    return sum(file.bytes for file in files)
