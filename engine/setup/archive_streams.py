"""Streams under an archive that cannot be made to read without end: watched, bounded, and stopped when asked."""

from __future__ import annotations

import bz2
import gzip
import importlib
import importlib.util
import lzma
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from engine.engine_errors import ModelDamaged, NotHunyuanOcr
from engine.setup.background import Stop
from engine.setup.checkpoint_files import FoundFile, cannot_read, open_file
from engine.setup.progress import ProgressMeter

MOST_AT_ONCE = 8 << 20
"""An archive's table of contents may have so many bytes; the readers ask for it in one piece."""
BETWEEN_FILES = 8 << 20
"""So many bytes may lie between the files of a tar archive, which is room for names and padding."""
MAX_UNPACKED_BYTES = 32 << 30
XZ_MEMORY = 256 << 20
XZ_PIECE = 256 << 10
ZSTD_MODULE = "compression.zstd"  # from Python 3.14 on


class Readable(Protocol):
    """Something that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes, b"" at the end."""


class WatchedFile:
    """The archive's own file: every read looks whether it is still wanted, and the disk's errors become ours."""

    def __init__(self, file: FoundFile, stop: Stop, meter: ProgressMeter | None = None) -> None:
        """Open it.

        Raises:
            FileVanished, NotReadable: It cannot be opened.
        """
        self._file = file
        self._stop = stop
        self._meter = meter
        self._stream = open_file(file)

    def read(self, size: int = -1, /) -> bytes:
        """Read, never more at once than `MOST_AT_ONCE`."""
        self._stop.check()
        try:
            data = self._stream.read(size if 0 <= size <= MOST_AT_ONCE else MOST_AT_ONCE + 1)
        except OSError as problem:
            raise cannot_read(self._file.path, problem) from problem
        if len(data) > MOST_AT_ONCE:
            raise ModelDamaged(self._file.name, detail="the archive's table of contents cannot be right")
        if self._meter is not None:
            self._meter.add(len(data), self._file.name)
        return data

    def seek(self, place: int, whence: int = 0, /) -> int:
        """Move, as files do."""
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        """Say where reading goes on."""
        return self._stream.tell()

    def seekable(self) -> bool:
        """Files on a disk are."""
        return True

    def __enter__(self) -> WatchedFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()


class BoundedTar:
    """The unpacked bytes of a tar archive. Past the files that were announced only names and padding may come."""

    def __init__(self, inner: Readable, name: str, stop: Stop) -> None:
        """Take the stream that unpacks; `name` is the archive's."""
        self._inner = inner
        self._name = name
        self._stop = stop
        self._allowed = BETWEEN_FILES
        self._all = 0

    def allow(self, size: int) -> None:
        """Let so many bytes of a file pass, which were announced."""
        self._allowed = size + BETWEEN_FILES

    def read(self, size: int, /) -> bytes:
        """Read within the bounds."""
        self._stop.check()
        data = self._inner.read(size)
        self._allowed -= len(data)
        self._all += len(data)
        if self._allowed < 0 or self._all > MAX_UNPACKED_BYTES:
            raise ModelDamaged(self._name, detail="the archive unpacks to more than it says")
        return data


class XzReader:
    """What an .xz file unpacks to. The standard reader would give it as much memory as the file asks for."""

    def __init__(self, file: Readable) -> None:
        """Take the packed stream."""
        self._file = file
        self._unpacker = self._new()

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, b"" at the end. Raises lzma.LZMAError, EOFError."""
        while True:
            if self._unpacker.eof:
                rest = self._unpacker.unused_data.lstrip(b"\0") or self._file.read(XZ_PIECE).lstrip(b"\0")
                if not rest:
                    return b""
                self._unpacker = self._new()
                data = self._unpacker.decompress(rest, size)
            elif self._unpacker.needs_input:
                packed = self._file.read(XZ_PIECE)
                if not packed:
                    raise EOFError
                data = self._unpacker.decompress(packed, size)
            else:
                data = self._unpacker.decompress(b"", size)
            if data:
                return data

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=XZ_MEMORY)


def unpacking(file: WatchedFile, head: bytes, archive: Path) -> Readable:
    """Return the stream of a tar archive by its first bytes.

    Raises:
        NotHunyuanOcr: It is no archive that can be opened here.
    """
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if head.startswith(b"\xfd7zXZ\0"):
        return XzReader(file)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _zstd(file, archive)
    if head[257:262] == b"ustar":
        return file
    detail = "it is neither a folder nor an archive that can be opened (zip, tar, tar.gz, tar.bz2, tar.xz)"
    raise NotHunyuanOcr(archive.name, detail=detail)


def _zstd(file: WatchedFile, archive: Path) -> Readable:
    try:
        zstd: Any = importlib.import_module(ZSTD_MODULE)
    except ImportError:
        detail = "this Python cannot open zstd archives; unpack it and choose the folder"
        raise NotHunyuanOcr(archive.name, detail=detail) from None
    stream: Readable = zstd.ZstdFile(file)
    return stream
