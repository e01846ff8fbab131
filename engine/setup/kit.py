"""The offline kit: a folder, on a disk or a stick, with everything an engine is installed from, and a list of it.

    kit.json                      what it is for, and every file with its size and SHA-256
    wheels/NAME.whl               the packages
    wheels/NAME.whl.part001 …     or in parts, where the stick's file system takes no file of 4 GiB
    python/NAME.tar.gz            perhaps the interpreter (python-build-standalone, "install_only")

`packaging/make_kit.py` makes one. Nothing that is read here is believed: names stay inside the folder, nothing is a
link, everything has the size that the list says. The hashes are for `engine.setup.kit_files`, which takes its time.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from engine.engine_errors import KitDamaged, NotAKit
from engine.setup.wheels import package_of

LIST = "kit.json"
FORMAT = 1
WHEELS, PYTHON = "wheels", "python"
LARGEST_LIST = 8 << 20
MOST_FILES = 5000
MOST_PARTS = 999
MOST_BYTES = 64 << 30
"""No engine is larger, packed or unpacked; what claims to be is not unpacked."""

_PATH = re.compile(rf"(?:{WHEELS}|{PYTHON})/[A-Za-z0-9][A-Za-z0-9._+!-]{{0,199}}")
_ARCHIVE = re.compile(r".*\.tar\.(?:gz|xz|zst)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MINOR = re.compile(r"3\.\d{1,2}")
_NUMBERS = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,3}")


@dataclass(frozen=True, slots=True)
class KitPart:
    """A file as it lies in the kit: path with slashes below the kit's folder, size, hash."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KitFile:
    """A file of the kit, whole. `parts` has one element where it lies there in one piece."""

    path: str
    bytes: int
    sha256: str
    unpacked_bytes: int
    parts: tuple[KitPart, ...]

    @property
    def name(self) -> str:
        """Its name without the folder."""
        return PurePosixPath(self.path).name

    @property
    def split(self) -> bool:
        """Whether it must be put together first."""
        return self.parts[0].path != self.path

    @property
    def package(self) -> tuple[str, str]:
        """Name and version of a wheel, as its file name tells."""
        found = package_of(self.name)
        assert found is not None, self.name
        return found


@dataclass(frozen=True, slots=True)
class Kit:
    """What a kit is for and what is in it.

    `release` is a key of the table of releases, `platform` a name such as "linux_x86_64", `glibc` the oldest that will
    do, `python` the version its wheels are for. `fingerprint` is the hash of the list, and with it of everything: two
    people can compare it.
    """

    folder: Path
    release: str
    platform: str
    glibc: str
    python: str
    cuda: str
    made: str
    wheels: tuple[KitFile, ...]
    interpreter: KitFile | None
    fingerprint: str

    @property
    def files(self) -> tuple[KitFile, ...]:
        """All of it."""
        return self.wheels if self.interpreter is None else (*self.wheels, self.interpreter)

    @property
    def bytes(self) -> int:
        """How much there is to read."""
        return sum(file.bytes for file in self.files)

    @property
    def unpacked_bytes(self) -> int:
        """How much room its content takes once it is installed."""
        return sum(file.unpacked_bytes for file in self.files)


def read_kit(folder: Path) -> Kit:
    """Return the kit in this folder, or in the one folder of it that holds one, as on a stick. Quick: reads no content.

    Raises:
        NotAKit: There is none, or one that this Diglot is too old for.
        KitDamaged: Its list cannot be right, or a file is missing or has another size; the subject names it.
    """
    place = _place_of(folder)
    try:
        with (place / LIST).open("rb") as stream:
            raw = stream.read(LARGEST_LIST + 1)
    except OSError as problem:
        raise NotAKit(str(folder), detail=problem.strerror or "") from problem
    kit = parse_kit(raw, place)
    for part in (part for file in kit.files for part in file.parts):
        _look_at(place, part)
    return kit


def parse_kit(raw: bytes, folder: Path) -> Kit:
    """Make a kit of what its list says, without looking at its files.

    Raises:
        NotAKit: This is no list of a kit, or one of a later format.
        KitDamaged: It is, and something in it cannot be right.
    """
    try:
        told = json.loads(raw) if len(raw) <= LARGEST_LIST else None
    except (ValueError, RecursionError) as problem:
        raise NotAKit(str(folder), detail=f"{LIST} cannot be read") from problem
    if not isinstance(told, dict) or not isinstance(told.get("diglot_kit"), int):
        raise NotAKit(str(folder), detail=f"{LIST} is not the list of a kit")
    if told["diglot_kit"] != FORMAT:
        raise NotAKit(str(folder), detail="it was made for another version of Diglot")
    files = tuple(_files(told.get("files")))
    _refuse_clashes(part.path for file in files for part in file.parts)
    wheels = tuple(file for file in files if file.path.startswith(f"{WHEELS}/"))
    interpreters = tuple(file for file in files if not file.path.startswith(f"{WHEELS}/"))
    if not wheels or len(interpreters) > 1:
        raise KitDamaged(LIST, detail="it needs wheels, and has at most one Python")
    kit = Kit(
        folder=folder,
        release=_text(told, "release", _WORD),
        platform=_text(told, "platform", _WORD),
        glibc=_text(told, "glibc", _NUMBERS),
        python=_text(told, "python", _MINOR),
        cuda=_text(told, "cuda", _NUMBERS) if told.get("cuda") else "",
        made=_text(told, "made", _WORD),
        wheels=wheels,
        interpreter=interpreters[0] if interpreters else None,
        fingerprint=hashlib.sha256(raw).hexdigest(),
    )
    if max(kit.bytes, kit.unpacked_bytes) > MOST_BYTES:
        raise KitDamaged(LIST, detail="it claims to be larger than any engine")
    return kit


def kit_path(kit: Kit, path: str) -> Path:
    """Return where a file of the kit lies."""
    return kit.folder.joinpath(*PurePosixPath(path).parts)


def _place_of(folder: Path) -> Path:
    if (folder / LIST).exists():
        return folder
    try:
        inner = [entry for entry in sorted(folder.iterdir()) if entry.is_dir() and (entry / LIST).exists()]
    except OSError as problem:
        raise NotAKit(str(folder), detail=problem.strerror or "") from problem
    if len(inner) == 1:
        return inner[0]
    raise NotAKit(str(folder), detail="there are several in it; choose one" if inner else "")


def _files(raw: Any) -> Iterator[KitFile]:
    if not isinstance(raw, list) or len(raw) > MOST_FILES:
        raise KitDamaged(LIST, detail="its list of files is not one")
    for entry in raw:
        if not isinstance(entry, dict):
            raise KitDamaged(LIST, detail="its list of files is not one")
        whole = _part(entry)
        name = PurePosixPath(whole.path).name
        if not (package_of(name) if whole.path.startswith(f"{WHEELS}/") else _ARCHIVE.fullmatch(name)):
            raise KitDamaged(LIST, detail=f"{name} is neither a wheel nor a Python")
        yield KitFile(
            whole.path, whole.bytes, whole.sha256, _size(entry, "unpacked_bytes"), _parts(entry.get("parts"), whole)
        )


def _parts(raw: Any, whole: KitPart) -> tuple[KitPart, ...]:
    if raw is None:
        return (whole,)
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_PARTS or not all(isinstance(each, dict) for each in raw):
        raise KitDamaged(whole.path, detail="its list of parts is not one")
    parts = tuple(_part(each) for each in raw)
    if [part.path for part in parts] != [f"{whole.path}.part{number:03}" for number in range(1, len(parts) + 1)]:
        raise KitDamaged(whole.path, detail="its parts are not numbered one after the other")
    if sum(part.bytes for part in parts) != whole.bytes:
        raise KitDamaged(whole.path, detail="its parts do not make up the whole")
    return parts


def _part(entry: Mapping[str, Any]) -> KitPart:
    path = entry.get("path")
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise KitDamaged(LIST, detail=f"a file's name leads out of the kit, or is none: {str(path)[:60]!r}")
    return KitPart(path, _size(entry, "bytes"), _text(entry, "sha256", _DIGEST))


def _refuse_clashes(paths: Iterator[str]) -> None:
    """Two names that a stick's file system takes for one would be one file."""
    seen: set[str] = set()
    for path in paths:
        same = unicodedata.normalize("NFC", path).casefold()
        if same in seen:
            raise KitDamaged(path, detail="it is listed twice")
        seen.add(same)


def _look_at(folder: Path, part: KitPart) -> None:
    """See that a file is there itself, not through a link, and has its size."""
    try:
        for place in (folder / PurePosixPath(part.path).parent, folder / part.path):
            about = place.lstat()
            if stat.S_ISLNK(about.st_mode):
                raise KitDamaged(part.path, detail="it is a link")
    except OSError as problem:
        raise KitDamaged(part.path, detail="it is missing") from problem
    if not stat.S_ISREG(about.st_mode):
        raise KitDamaged(part.path, detail="it is not a file")
    if about.st_size != part.bytes:
        raise KitDamaged(part.path, detail=f"it has {about.st_size} bytes instead of {part.bytes}")


def _text(told: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise KitDamaged(LIST, detail=f"{name} is missing or not what it should be")
    return value


def _size(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_BYTES:
        raise KitDamaged(LIST, detail=f"{name} is not a size")
    return value
