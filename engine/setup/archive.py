"""An archive with a model, unpacked into a folder of ours: only the files that a model consists of, nothing on trust.

An archive may name files that lie anywhere, be a few kilobytes that unpack to terabytes, or hold the same name twice.
So names are checked before anything is written, links and devices are refused, weights must have the length that their
own first bytes say, and every reading has its bound. Where one of this is broken, nothing of the archive stays.
"""

from __future__ import annotations

import contextlib
import lzma
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.engine_errors import ModelDamaged
from engine.setup.archive_streams import MAX_UNPACKED_BYTES, BoundedTar, Readable, WatchedFile, unpacking
from engine.setup.background import Stop
from engine.setup.checkpoint_files import MANIFEST, FoundFile, cannot_read, is_small, is_weights, limit_of
from engine.setup.progress import ProgressListener, ProgressMeter
from engine.setup.safetensors import LENGTH_BYTES, HeaderError, check_length, header_length, parse_header
from engine.setup.storing import NewFile, check_space, staging

MAX_MEMBERS = 20_000
MAX_DEPTH = 16
MAX_NAME_BYTES = 255
CHUNK_BYTES = 1 << 20
HEAD_BYTES = 512
ZIP_STARTS = (b"PK\3\4", b"PK\5\6")
ZIP_ENCRYPTED, ZIP_UTF8 = 0x1, 0x800
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(OSError, ValueError, RuntimeError, RecursionError),
)
"""What the readers of archives raise for broken ones. Errors of the disks are ours by then, see `WatchedFile`."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive: its name as written, its size as told, and how to read it. A folder has no stream."""

    untrusted_name: str
    bytes: int
    stream: Callable[[], Readable] | None


@contextlib.contextmanager
def unpacked(
    archive: Path, into: Path, *, stop: Stop, tell: ProgressListener
) -> Iterator[tuple[Path, Mapping[Path, str]]]:
    """Give a folder below `into` with the model's files of an archive, and their hashes; it goes when the `with` ends.

    Raises:
        NotHunyuanOcr: It is no archive that can be opened.
        ModelDamaged: It is cut off, broken, or holds what an honest one does not.
        FileVanished, NotReadable, DiskFull, OutputNotWritable: The disks would not.
    """
    try:
        file = FoundFile(archive.name, archive.resolve(), archive.stat().st_size)
    except OSError as problem:
        raise cannot_read(archive, problem) from problem
    with staging(into, "archive") as folder:
        try:
            hashes = _unpack(file, folder, stop, tell)
        except _BROKEN as problem:
            raise ModelDamaged(archive.name, detail="the archive is cut off or broken") from problem
        yield folder, hashes


def _unpack(file: FoundFile, folder: Path, stop: Stop, tell: ProgressListener) -> Mapping[Path, str]:
    with WatchedFile(file, stop) as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(0)
        if head.startswith(ZIP_STARTS):
            with zipfile.ZipFile(cast("str", stream)) as archive:  # it takes whatever reads and seeks
                members = list(_zip_members(archive, file.name))
                wanted = sum(member.bytes for member in members if _is_wanted(member.untrusted_name))
                check_space(folder, wanted)
                return _take_out(members, folder, file.name, stop, ProgressMeter(wanted, tell))
    with WatchedFile(file, stop, ProgressMeter(file.bytes, tell)) as stream:
        tar = BoundedTar(unpacking(stream, head, file.path), file.name, stop)
        check_space(folder, file.bytes)
        return _take_out(_tar_members(tar, file.name), folder, file.name, stop, None)


def _zip_members(archive: zipfile.ZipFile, name: str) -> Iterator[Member]:
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused(name, "it holds a link or a device; unpack it yourself and choose the folder")
        if info.flag_bits & ZIP_ENCRYPTED:
            raise _refused(name, "it is protected by a password; unpack it yourself and choose the folder")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(name, "it is packed in a way that is not known here; unpack it yourself")
        stream = None if info.is_dir() else cast("Callable[[], Readable]", lambda info=info: archive.open(info))
        yield Member(_zip_name(info), info.file_size, stream)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name as it was meant: Chinese systems write names in their own letters and do not say so."""
    if info.flag_bits & ZIP_UTF8:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeError):
            return info.filename.encode("cp437").decode(encoding)
    return info.filename


def _tar_members(stream: BoundedTar, name: str) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK_BYTES) as archive:  # type: ignore[call-overload]
        while (info := archive.next()) is not None:
            if info.issparse() or not (info.isdir() or info.type in (tarfile.REGTYPE, tarfile.AREGTYPE)):
                raise _refused(name, "it holds a link or a device; unpack it yourself and choose the folder")
            if not 0 <= info.size <= MAX_UNPACKED_BYTES:
                raise _refused(name, "it unpacks to too much")
            stream.allow(info.size)
            opened = None if info.isdir() else lambda info=info: archive.extractfile(info)
            yield Member(info.name, info.size, cast("Callable[[], Readable] | None", opened))


def _take_out(
    members: Iterator[Member] | list[Member], folder: Path, name: str, stop: Stop, meter: ProgressMeter | None
) -> Mapping[Path, str]:
    """Write the wanted files below `folder` and return their hashes."""
    names, hashes, written = _Names(name), dict[Path, str](), 0
    for number, member in enumerate(members):
        if number >= MAX_MEMBERS:
            raise _refused(name, "it holds too many files")
        parts = names.take(member.untrusted_name, is_folder=member.stream is None)
        if member.stream is None or not parts or not _is_wanted(parts[-1]):
            continue
        written += member.bytes
        if member.bytes > limit_of(parts[-1]) or written > MAX_UNPACKED_BYTES:
            raise _refused(name, "it unpacks to too much")
        with NewFile(folder.joinpath(*parts)) as file:
            for chunk in _content(member, parts[-1], member.stream()):
                stop.check()
                file.write(chunk)
                if meter is not None:
                    meter.add(len(chunk), parts[-1])
        hashes[file.path] = file.sha256
    return hashes


def _content(member: Member, name: str, stream: Readable) -> Iterator[bytes]:
    """Read a file to its told size; weights only if their own header tells the same."""
    left = member.bytes
    if is_weights(name):
        head = _exactly(stream, min(LENGTH_BYTES, left))
        try:
            head += _exactly(stream, header_length(head))
            check_length(parse_header(head), member.bytes)
        except HeaderError as problem:
            raise ModelDamaged(name, detail=str(problem)) from problem
        left -= len(head)
        yield head
    while left > 0:
        chunk = _exactly(stream, min(CHUNK_BYTES, left))
        left -= len(chunk)
        yield chunk


def _exactly(stream: Readable, size: int) -> bytes:
    parts, left = list[bytes](), size
    while left > 0:
        part = stream.read(left)
        if not part:
            raise EOFError
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _is_wanted(name: str) -> bool:
    last = name.rstrip("/").rpartition("/")[2]
    return is_weights(last) or is_small(last) or last == MANIFEST


class _Names:
    """The names in an archive: each must stay below, and be another one on every system."""

    def __init__(self, archive: str) -> None:
        self._archive = archive
        self._seen: dict[str, tuple[str, bool]] = {}

    def take(self, untrusted: str, *, is_folder: bool) -> tuple[str, ...]:
        """Return the parts of a name that may be used.

        Raises:
            ModelDamaged: It leads out, is no name on some system, or was there before.
        """
        parts = tuple(part for part in untrusted.split("/") if part not in ("", "."))
        odd = any(unicodedata.category(sign) == "Cc" or sign in '\\:*?"<>|' for sign in untrusted)
        if untrusted.startswith("/") or ".." in parts or odd or len(parts) > MAX_DEPTH:
            raise _refused(self._archive, "it holds a name that leads out of it or is not a name")
        if any(len(part.encode("utf-8", "surrogateescape")) > MAX_NAME_BYTES for part in parts):
            raise _refused(self._archive, "it holds a name that is too long")
        for length in range(1, len(parts) + 1):
            self._remember("/".join(parts[:length]), is_folder=is_folder or length < len(parts))
        return parts

    def _remember(self, name: str, *, is_folder: bool) -> None:
        key = unicodedata.normalize("NFC", name).casefold()
        before = self._seen.get(key)
        if before is not None and (before != (name, is_folder) or not is_folder):
            raise _refused(self._archive, "it holds two files of the same name")
        self._seen[key] = (name, is_folder)


def _refused(archive: str, detail: str) -> ModelDamaged:
    return ModelDamaged(archive, detail=detail)
