"""The files of a kit on their way to the installer: every byte is hashed, parts are joined, Python is unpacked."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from engine.engine_errors import KitDamaged, NoInterpreter
from engine.setup.background import Stop, in_thread
from engine.setup.installing import Shelf
from engine.setup.kit import WHEELS, Kit, KitFile, KitPart, kit_path
from engine.setup.progress import ProgressListener, ProgressMeter

CHUNK_BYTES = 4 << 20
MOST_MEMBERS = 200_000
_BROKEN = (
    *(tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError),
    *(EOFError, ValueError, LookupError, RecursionError),
)
"""What reading an archive raises for a broken one; other errors of the system are those of our own disk."""

Counted = Callable[[int, str], None]
"""Is told how many bytes were read, and of which file."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A kit that was checked: what an installer takes, and the archive with the interpreter if it brings one."""

    shelf: Shelf
    interpreter: Path | None


async def verify_kit(kit: Kit, *, on_progress: ProgressListener) -> None:
    """Read every file of a kit and compare its hash. `build_environment` does so by itself.

    Raises:
        KitDamaged: One is not what it was; the subject names it.
    """

    def work(stop: Stop, tell: ProgressListener) -> None:
        meter = ProgressMeter(kit.bytes, tell)
        for file in kit.files:
            _read_whole(kit, file, into=None, counted=meter.add, stop=stop)

    await in_thread(work, on_progress)


def prepare_kit(kit: Kit, work: Path, *, counted: Counted, stop: Stop) -> Unpacked:
    """Check all of a kit; put what lies there in parts together in the folder `work`, which is private and empty.

    Raises:
        KitDamaged: A file is not what it was, or a wheel holds what no wheel should; the subject names it.
        Cancelled: It was stopped.
        OSError: `work` cannot be written.
    """
    joined = work / WHEELS
    joined.mkdir(parents=True)
    at: dict[str, Path] = {}
    for file in kit.files:
        at[file.path] = joined / file.name if file.split else kit_path(kit, file.path)
        _read_whole(kit, file, into=at[file.path] if file.split else None, counted=counted, stop=stop)
    for wheel in kit.wheels:
        check_wheel(at[wheel.path], wheel)
    listing = work / "wheels.txt"
    listing.write_text("".join(f"{_pin(wheel)}\n" for wheel in kit.wheels), encoding="utf-8")
    shelf = Shelf((kit_path(kit, WHEELS), joined), listing)
    return Unpacked(shelf, at[kit.interpreter.path] if kit.interpreter is not None else None)


def check_wheel(file: Path, wheel: KitFile) -> None:
    """See that a wheel unpacks into itself, and to no more than the list says.

    Raises:
        KitDamaged: It does not.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile) as problem:
        raise KitDamaged(wheel.path, detail="it is not a wheel") from problem
    if sum(entry.file_size for entry in entries) > wheel.unpacked_bytes:
        raise KitDamaged(wheel.path, detail="it holds more than the kit's list says")
    for entry in entries:
        if _leads_out(entry.filename):
            raise KitDamaged(wheel.path, detail="it would unpack beyond its folder")


def unpack_python(archive: Path, kit_file: KitFile, into: Path, *, stop: Stop) -> None:
    """Unpack an interpreter's archive into the folder `into`: files, folders and links that stay inside it.

    Raises:
        KitDamaged: The archive is broken, holds more than the list says, or would write beyond its folder.
        NoInterpreter: The Python that Diglot runs on cannot read such an archive, or not safely.
        Cancelled: It was stopped.
    """
    if not hasattr(tarfile, "data_filter"):
        raise NoInterpreter(kit_file.path, detail="this needs Diglot to run on Python 3.11.4 or newer")
    count, size = 0, 0
    try:
        with tarfile.open(archive, "r:*") as stream:
            for member in stream:
                stop.check()
                if _leads_out(member.name):
                    raise KitDamaged(kit_file.path, detail="it would unpack beyond its folder")
                count, size = count + 1, size + max(0, member.size)
                if count > MOST_MEMBERS or size > kit_file.unpacked_bytes:
                    raise KitDamaged(kit_file.path, detail="it holds more than the kit's list says")
                stream.extract(member, into, filter="data")
    except tarfile.CompressionError as problem:
        raise NoInterpreter(kit_file.path, detail="the Python that Diglot runs on cannot unpack it") from problem
    except _BROKEN as problem:
        raise KitDamaged(kit_file.path, detail="its archive is broken, or would write beyond its folder") from problem


def _leads_out(untrusted_name: str) -> bool:
    path = PurePosixPath(untrusted_name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]


def _pin(wheel: KitFile) -> str:
    name, version = wheel.package
    return f"{name}=={version} --hash=sha256:{wheel.sha256}"


def _read_whole(kit: Kit, file: KitFile, *, into: Path | None, counted: Counted, stop: Stop) -> None:
    """Read a file of the kit once, all parts of it; compare every hash, and write the whole where that is wanted."""
    whole = hashlib.sha256()
    out: IO[bytes] | None = into.open("xb") if into is not None else None
    try:
        for part in file.parts:
            own = hashlib.sha256()
            for piece in _pieces(kit_path(kit, part.path), part):
                stop.check()
                own.update(piece)
                if file.split:
                    whole.update(piece)
                if out is not None:
                    out.write(piece)
                counted(len(piece), file.name)
            if own.hexdigest() != part.sha256:
                raise KitDamaged(part.path, detail="its content has changed")
    finally:
        if out is not None:
            out.close()
    if file.split and whole.hexdigest() != file.sha256:
        raise KitDamaged(file.path, detail="its parts do not make up the whole")


def _pieces(path: Path, part: KitPart) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            left = part.bytes
            while piece := stream.read(min(CHUNK_BYTES, left + 1)):
                left -= len(piece)
                if left < 0:
                    break
                yield piece
    except OSError as problem:
        raise KitDamaged(part.path, detail=problem.strerror or "it cannot be read") from problem
    if left:
        raise KitDamaged(part.path, detail="its size has changed")


def room_for_parts(kit: Kit) -> int:
    """Return how many bytes putting parts together takes on the disk."""
    return sum(file.bytes for file in kit.files if file.split)
