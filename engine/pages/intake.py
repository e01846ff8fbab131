"""What is to be opened, seen from outside: is it there, a file, readable, and which kind by its first bytes.

Nothing is parsed here. Paths become open descriptors, which are all that a page process is ever given.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import (
    BadInput,
    EmptyFile,
    EmptyFolder,
    FileVanished,
    FolderAsFile,
    NotAFile,
    NotFound,
    NotReadable,
    UnknownFormat,
)

HEAD_BYTES = 1024
"""So much of a file is looked at: a PDF may carry rubbish of up to this length before its header."""
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".bmp", ".dib", ".webp", ".gif")
FILE_SUFFIXES = frozenset((".pdf", *_PICTURE_SUFFIXES, ".heic", ".heif", ".hif", ".avif"))
HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is held open. `format` is "pdf" or a picture's; `stamp` is its size in bytes and its mtime in ns.

    `temporary`: we made it ourselves, and it goes when it is closed.
    """

    name: str
    fd: int
    format: str
    stamp: tuple[int, int]
    path: Path | None
    temporary: bool = False

    @property
    def place(self) -> str:
        """A name under which the page process can open it: the descriptor's own where the system has such names."""
        if sys.platform.startswith("linux"):
            return f"/proc/self/fd/{self.fd}"
        assert self.path is not None
        return str(self.path)

    def check(self) -> None:
        """Raise `FileVanished` where the file was cut, rewritten or lost since it was opened."""
        try:
            now = os.fstat(self.fd)
        except OSError:
            raise FileVanished(self.name) from None
        if (now.st_size, now.st_mtime_ns) != self.stamp:
            raise FileVanished(self.name)

    def read(self, size: int, start: int = 0) -> bytes:
        """Return up to `size` bytes from `start` on, "" past the end; the page process's place in the file stays.

        Raises:
            FileVanished: It cannot be read any more.
        """
        try:
            if hasattr(os, "pread"):
                return os.pread(self.fd, size, start)
            os.lseek(self.fd, start, os.SEEK_SET)
            return os.read(self.fd, size)
        except OSError:
            raise FileVanished(self.name) from None

    @contextlib.contextmanager
    def again(self) -> Iterator[OpenFile]:
        """Hold the same open file under a second descriptor for a while, whenever the first one is closed.

        Raises:
            FileVanished: It was closed before.
        """
        try:
            own = replace(self, fd=os.dup(self.fd), temporary=False)
        except OSError:
            raise FileVanished(self.name) from None
        try:
            yield own
        finally:
            own.close()

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.fd)
        if self.temporary and self.path is not None:
            with contextlib.suppress(OSError):
                self.path.unlink()


def kind_of(head: bytes) -> str | None:
    """Return "pdf" or the name of a picture format by a file's first bytes, None for anything else."""
    brand = head[8:12]
    starts = (
        ("pdf", head.startswith(b"%PDF-")),
        ("png", head.startswith(b"\x89PNG\r\n\x1a\n")),
        ("jpeg", head.startswith(b"\xff\xd8\xff")),
        ("tiff", head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
        ("bmp", head.startswith(b"BM") and len(head) >= 18 and head[14:18] in _BMP_HEADER_SIZES),
        ("webp", head.startswith(b"RIFF") and brand == b"WEBP"),
        ("gif", head[:6] in (b"GIF87a", b"GIF89a")),
        ("avif", head[4:8] == b"ftyp" and brand in (b"avif", b"avis")),
        ("heic", head[4:8] == b"ftyp" and brand in HEIF_BRANDS),
        ("pdf", b"%PDF-" in head),
    )
    return next((kind for kind, fits in starts if fits), None)


_BMP_HEADER_SIZES = frozenset(size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124))


def open_file(path: Path) -> OpenFile:
    """Open a file for reading and look at its first bytes. Never waits: a pipe is refused, not read.

    Raises:
        BadInput: NotFound, NotReadable, NotAFile, FolderAsFile, EmptyFile or UnknownFormat.
    """
    fd = _open_fd(path)
    try:
        status = os.fstat(fd)
        if stat.S_ISDIR(status.st_mode):
            raise FolderAsFile(path.name)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile(path.name)
        if status.st_size == 0:
            raise EmptyFile(path.name)
        kind = kind_of(_head(fd, path.name))
        if kind is None:
            raise UnknownFormat(path.name)
    except BaseException:
        os.close(fd)
        raise
    return OpenFile(path.name, fd, kind, (status.st_size, status.st_mtime_ns), path)


def hold_bytes(data: bytes, name: str) -> OpenFile:
    """Give bytes that are in no file a descriptor: in memory where the system can, else in a temporary file.

    Raises:
        BadInput: EmptyFile or UnknownFormat.
    """
    if not data:
        raise EmptyFile(name)
    kind = kind_of(data[:HEAD_BYTES])
    if kind is None:
        raise UnknownFormat(name)
    path = None
    if sys.platform.startswith("linux"):
        fd = os.memfd_create("diglot", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:
        fd, place = tempfile.mkstemp(prefix="diglot-")
        path = Path(place)
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
        if path is None:
            _seal(fd)
        status = os.fstat(fd)
    except BaseException:
        os.close(fd)
        if path is not None:
            path.unlink()
        raise
    return OpenFile(name, fd, kind, (status.st_size, status.st_mtime_ns), path, temporary=path is not None)


def _seal(fd: int) -> None:
    """Let nobody change these bytes any more, the page process that is handed the descriptor least of all."""
    import fcntl

    os.fchmod(fd, 0o400)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures of a folder in the natural order of their names; hidden files and subfolders are left out.

    Raises:
        BadInput: NotReadable, FolderAsFile, EmptyFolder.
    """
    if folder.suffix.lower() in FILE_SUFFIXES:
        raise FolderAsFile(folder.name)
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file()]
    except PermissionError:
        raise NotReadable(folder.name) from None
    except OSError:
        raise NotFound(folder.name) from None
    pictures = [folder / name for name in sorted(names, key=natural_order) if _is_picture(folder / name)]
    if not pictures:
        raise EmptyFolder(folder.name)
    return pictures


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Return a key that puts "page 2" before "page 10"."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(1, int(part), "") if part.isdigit() and part.isascii() else (2, 0, part) for part in parts if part] + [
        (0, 0, name)
    ]


def _is_picture(path: Path) -> bool:
    try:
        fd = _open_fd(path)
    except BadInput:
        return False
    try:
        return stat.S_ISREG(os.fstat(fd).st_mode) and kind_of(_head(fd, path.name)) not in (None, "pdf")
    except BadInput:
        return False
    finally:
        os.close(fd)


def _open_fd(path: Path) -> int:
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)  # a pipe without a writer must not hold us up
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        raise NotFound(path.name) from None
    except NotADirectoryError:
        raise NotFound(path.name) from None
    except PermissionError:
        if path.is_dir():  # Windows says so of every folder
            raise FolderAsFile(path.name) from None
        raise NotReadable(path.name) from None
    except OSError as problem:
        if problem.errno in (errno.ENXIO, errno.ENODEV):  # a socket
            raise NotAFile(path.name) from None
        if problem.errno in (errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL):
            raise NotFound(path.name) from None
        raise NotReadable(path.name, detail=problem.strerror or "") from None
    except ValueError:  # a zero byte in the name
        raise NotFound(path.name.replace("\0", "")) from None


def _head(fd: int, name: str) -> bytes:
    try:
        head = os.read(fd, HEAD_BYTES)
        os.lseek(fd, 0, os.SEEK_SET)
    except OSError as problem:
        raise NotReadable(name, detail=problem.strerror or "") from None
    return head
