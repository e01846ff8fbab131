"""Whatever a person may drop on the window opens, or says in its own words why it does not."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest
from PIL import Image

from engine.children.child import Child
from engine.errors import (
    BadInput,
    DamagedFile,
    EmptyFile,
    EmptyFolder,
    EmptyPicture,
    FileVanished,
    FolderAsFile,
    NoPages,
    NotAFile,
    NotFound,
    OpenerMissing,
    PasswordNeeded,
    PictureTooLarge,
    UnknownFormat,
    WrongPassword,
)
from engine.pages import opening, process
from engine.pages.image import PageImage
from engine.pages.intake import OpenFile, open_file
from engine.pages.opening import open_source, start_early
from engine.pages.source import PageSource, SourceInfo, SourceKind
from tests.support import bad_files
from tests.support.children import left_of


def look(target: Path | bytes | Sequence[Path], *, password: str | None = None) -> tuple[SourceInfo, list[PageImage]]:
    """Open a document, draw all its pages at scale 1, close it."""

    async def run() -> tuple[SourceInfo, list[PageImage]]:
        source = await open_source(target, password=password)
        try:
            numbers = range(1, source.info.page_count + 1)
            return source.info, [await source.render(n, scale=1.0, max_pixels=10_000_000) for n in numbers]
        finally:
            await source.close()

    return asyncio.run(run())


def pixel(image: PageImage, x: int, y: int) -> tuple[int, ...]:
    at = (y * image.width + x) * 3
    return tuple(image.pixels[at : at + 3])


def near(seen: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 40) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def refused(target: Path | bytes | Sequence[Path], *, password: str | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        look(target, password=password)
    return caught.value


def make_fifo(path: Path) -> Path:
    os.mkfifo(path)
    return path


def make_socket(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(path))
    return path


def make_folder(path: Path, *names: str) -> Path:
    path.mkdir()
    for name in names:
        (path / name).write_text("nothing to see")
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def cut_png(path: Path) -> Path:
    Image.effect_noise((200, 200), 80).save(path)
    return bad_files.cut(path, 0.5)


BAD: dict[str, tuple[Callable[[Path], Path], type[BadInput]]] = {
    "missing": (lambda d: d / "nothing.pdf", NotFound),
    "below a file": (lambda d: bad_files.pdf(d / "a.pdf") / "b.pdf", NotFound),
    "empty": (lambda d: written(d / "a.pdf", b""), EmptyFile),
    "text": (lambda d: written(d / "a.pdf", b"Dear Sir or Madam, " * 100), UnknownFormat),
    "zeros": (lambda d: written(d / "a.png", b"\0" * 5000), UnknownFormat),
    "damaged pdf": (lambda d: written(d / "a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20), DamagedFile),
    "cut pdf": (lambda d: bad_files.cut(bad_files.pdf(d / "a.pdf"), 0.2), DamagedFile),
    "no pages": (lambda d: bad_files.pdf_without_pages(d / "a.pdf"), NoPages),
    "pdf cut to its header": (lambda d: bad_files.cut(bad_files.pdf(d / "a.pdf", 30), 0.01), DamagedFile),
    "cut png": (lambda d: cut_png(d / "a.png"), DamagedFile),
    "damaged png": (lambda d: written(d / "a.png", b"\x89PNG\r\n\x1a\n" + b"rubbish" * 99), DamagedFile),
    "damaged jpeg": (lambda d: written(d / "a.jpg", b"\xff\xd8\xff\xe0" + b"rubbish" * 99), DamagedFile),
    "damaged tiff": (lambda d: written(d / "a.tif", b"II*\0" + b"\xff" * 200), DamagedFile),
    "0 × 0": (lambda d: bad_files.png_header(d / "a.png", 0, 0), EmptyPicture),
    "0 × 5": (lambda d: bad_files.png_header(d / "a.png", 0, 5), EmptyPicture),
    "bomb": (lambda d: bad_files.png_header(d / "a.png", 100_000, 100_000), PictureTooLarge),
    "slightly too large": (lambda d: bad_files.png_header(d / "a.png", 20_001, 10_000), PictureTooLarge),
    "pipe": (lambda d: make_fifo(d / "a.pdf"), NotAFile),
    "socket": (lambda d: make_socket(d / "a.pdf"), NotAFile),
    "device": (lambda d: Path("/dev/zero"), NotAFile),
    "folder like a file": (lambda d: make_folder(d / "invoice.pdf"), FolderAsFile),
    "empty folder": (lambda d: make_folder(d / "scans"), EmptyFolder),
    "folder without pictures": (lambda d: make_folder(d / "scans", "a.txt", "b.png"), EmptyFolder),
}


@pytest.mark.parametrize("case", BAD)
def test_every_bad_input_has_its_own_error(case: str, tmp_path: Path) -> None:
    make, error = BAD[case]
    target = make(tmp_path)

    told = refused(target)

    assert type(told) is error
    assert told.subject == target.name  # named by its name, not by the whole way to it


@pytest.mark.parametrize(("data", "error"), [(b"", EmptyFile), (b"hello", UnknownFormat), (b"%PDF-1.4", DamagedFile)])
def test_bad_bytes_of_the_clipboard(data: bytes, error: type[BadInput]) -> None:
    assert type(refused(data)) is error


def test_where_no_page_process_starts_the_file_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_its_module(kind: str, file: OpenFile | None, *, early: bool = False) -> Child:
        return Child("page", "engine.pages.not_installed")

    monkeypatch.setattr(process, "page_child", without_its_module)
    path = bad_files.pdf(tmp_path / "fine.pdf")

    with pytest.raises(OpenerMissing, match="ended with code 1"):
        asyncio.run(open_source(path))


def test_a_file_without_permission_is_told_so(tmp_path: Path) -> None:
    # In a child, because root reads everything until it gives that up.
    path = bad_files.pdf(tmp_path / "a.pdf")
    path.chmod(0)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from engine.errors import NotReadable\n"
        "from engine.pages.intake import open_file\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
        "try: open_file(Path(sys.argv[1]))\n"
        "except NotReadable: print('told')\n"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name.startswith("pytest-of-"):
            break

    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "told", done.stderr


def test_a_wrong_suffix_does_not_matter(tmp_path: Path) -> None:
    bad_files.pdf(tmp_path / "real.pdf").rename(tmp_path / "scan.png")
    bad_files.picture().save(tmp_path / "page.pdf", "PNG")

    as_png, _ = look(tmp_path / "scan.png")
    as_pdf, _ = look(tmp_path / "page.pdf")

    assert as_png.kind is SourceKind.PDF and as_png.unit == "pt"
    assert as_pdf.kind is SourceKind.PICTURE and as_pdf.unit == "px"


@pytest.mark.parametrize("name", ["合同 2026.pdf", "100% #3 & co.pdf", "a b\tc.pdf", "ünï'\"$x.pdf", "-o.pdf"])
def test_names_are_only_names(name: str, tmp_path: Path) -> None:
    info, pages = look(bad_files.pdf(tmp_path / name))

    assert info.name == name
    assert len(pages) == 1


def test_a_pdf_after_rubbish_still_opens(tmp_path: Path) -> None:
    data = bad_files.pdf(tmp_path / "a.pdf").read_bytes()

    info, _ = look(written(tmp_path / "b.pdf", b"HTTP/1.1 200 OK\r\n\r\n" + data))

    assert info.page_count == 1


@pytest.mark.slow
def test_a_repaired_file_says_so(tmp_path: Path) -> None:
    path = bad_files.pdf(tmp_path / "a.pdf", 40)
    data = path.read_bytes()

    info, _ = look(written(path, data[: data.rindex(b"xref")]))

    assert info.repaired
    assert info.page_count == 40


@pytest.mark.parametrize("password", ["secret", "密码 一二三", "pässwörd"])
@pytest.mark.slow
def test_passwords(password: str, tmp_path: Path) -> None:
    path = bad_files.encrypted_pdf(tmp_path / "a.pdf", user=password)

    assert type(refused(path)) is PasswordNeeded
    wrong = refused(path, password="wrong " + password)
    assert type(wrong) is WrongPassword
    assert password not in str(wrong) and password not in repr(wrong)
    info, pages = look(path, password=password)
    assert info.page_count == len(pages) == 2


@pytest.mark.slow
def test_the_password_is_seen_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    password = "Unmistakable-4711"
    path = bad_files.encrypted_pdf(tmp_path / "a.pdf", user=password)
    caplog.set_level("DEBUG")

    async def run() -> bytes:
        source = await open_source(path, password=password)
        try:
            process = source.process  # type: ignore[attr-defined]
            shown = repr(vars(source)) + repr(vars(process)) + repr(vars(process._child))
            seen = b""
            for entry in Path("/proc").glob("[0-9]*"):
                for what in ("cmdline", "environ"):
                    try:
                        seen += (entry / what).read_bytes()
                    except OSError:
                        continue
            return shown.encode() + seen
        finally:
            await source.close()

    everything = asyncio.run(run())

    assert password.encode() not in everything
    assert password not in caplog.text


def test_a_folder_is_one_document_in_natural_order(tmp_path: Path) -> None:
    folder = tmp_path / "scans v1.2"
    folder.mkdir()
    for width, name in ((10, "page 10.png"), (2, "page 2.jpg"), (1, "page 1.BMP")):
        Image.new("RGB", (width, 5)).save(folder / name)
    bad_files.pdf(folder / "a.pdf")
    (folder / "Thumbs.db").write_bytes(b"\0" * 100)
    (folder / ".hidden.png").write_bytes((folder / "page 10.png").read_bytes())
    (folder / "sub").mkdir()

    info, pages = look(folder)

    assert info.kind is SourceKind.FOLDER and info.path == folder and info.unit == "px"
    assert [page.width for page in pages] == [1, 2, 10]


def test_pages_of_a_scan_in_a_folder_all_count(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    many = [Image.new("RGB", (20 + n, 10)) for n in range(3)]
    many[0].save(folder / "b.tif", save_all=True, append_images=many[1:])
    Image.new("RGB", (5, 5)).save(folder / "a.png")

    async def run() -> tuple[list[float], list[int]]:
        source = await open_source(folder)
        try:
            sizes = await source.sizes(1, source.info.page_count)
            pages = [await source.render(n, scale=1, max_pixels=10**6) for n in range(1, source.info.page_count + 1)]
            return [size.width for size in sizes], [page.width for page in pages]
        finally:
            await source.close()

    sizes, pages = asyncio.run(run())

    assert sizes == pages == [5, 20, 21, 22]


def test_several_pictures_are_one_document_in_the_order_given(tmp_path: Path) -> None:
    paths = [tmp_path / "b.png", tmp_path / "a.png"]
    for width, path in enumerate(paths, 7):
        Image.new("RGB", (width, 5)).save(path)

    info, pages = look(paths)

    assert [page.width for page in pages] == [7, 8]
    assert info.page_count == 2
    assert type(refused([*paths, bad_files.pdf(tmp_path / "c.pdf")])) is UnknownFormat
    assert type(refused([*paths, tmp_path / "gone.png"])) is NotFound


@pytest.mark.slow
def test_bytes_of_the_clipboard_open_like_files(tmp_path: Path) -> None:
    bad_files.picture().save(tmp_path / "a.png")

    info, pages = look((tmp_path / "a.png").read_bytes())
    document, _ = look(bad_files.pdf(tmp_path / "a.pdf").read_bytes())

    assert info.path is None and info.name
    assert pixel(pages[0], 1, 1) == (255, 0, 0)
    assert document.kind is SourceKind.PDF


@pytest.mark.slow
def test_an_early_start_is_used_and_never_complains(tmp_path: Path) -> None:
    path = bad_files.pdf(tmp_path / "a.pdf")
    start_early(tmp_path / "missing.pdf")
    start_early(tmp_path)
    start_early(path)

    _, pages = look(path)
    again, _ = look(path)  # without one

    assert len(pages) == again.page_count == 1


def test_an_early_start_for_another_document_is_ended(tmp_path: Path) -> None:
    start_early(bad_files.pdf(tmp_path / "a.pdf"))
    while not (started := psutil.Process().children()):
        time.sleep(0.01)

    look(bad_files.pdf(tmp_path / "b.pdf"))

    assert not left_of(started)


@pytest.mark.slow
def test_an_early_start_is_dropped_when_the_file_has_changed(tmp_path: Path) -> None:
    path = bad_files.pdf(tmp_path / "a.pdf")
    start_early(path)
    path.unlink()
    bad_files.pdf(path, 3)

    info, _ = look(path)

    assert info.page_count == 3


@pytest.mark.slow
def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    import hashlib

    path = bad_files.pdf(tmp_path / "a.pdf", 50)

    async def run(target: Path | bytes) -> str:
        source: PageSource = await open_source(target)
        try:
            first, _ = await asyncio.gather(source.content_hash(), source.render(1, scale=1, max_pixels=10**6))
            assert await source.content_hash() == first
            return first
        finally:
            await source.close()

    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert asyncio.run(run(path)) == expected
    assert asyncio.run(run(path.read_bytes())) == expected


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files through /proc")


@needs_proc
def test_an_opening_given_up_leaves_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bad_files.pdf(tmp_path / "a.pdf")
    slow, go_on = threading.Event(), threading.Event()

    def from_a_slow_drive(path: Path) -> OpenFile:
        file = open_file(path)
        slow.set()
        go_on.wait(20)
        return file

    async def run() -> tuple[int, int]:
        before = open_files()
        waiting = asyncio.ensure_future(open_source(path))
        await asyncio.to_thread(slow.wait, 20)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        go_on.set()
        for _ in range(100):
            if open_files() == before:
                break
            await asyncio.sleep(0.02)
        return before, open_files()

    monkeypatch.setattr(opening, "open_file", from_a_slow_drive)
    before, after = asyncio.run(run())

    assert after == before


@needs_proc
def test_a_file_closed_while_it_is_hashed_is_never_mistaken_for_another(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    bad_files.picture().save(path)
    with path.open("ab") as stream:
        stream.truncate(64 << 30)  # hours to hash; a file of holes costs no disk

    async def run() -> None:
        before = open_files()
        source = await open_source(path)
        hashing = asyncio.ensure_future(source.content_hash())
        await asyncio.sleep(0.1)
        await source.close()
        ending = (await asyncio.gather(hashing, return_exceptions=True))[0]
        assert isinstance(ending, FileVanished | asyncio.CancelledError)
        for _ in range(100):
            if open_files() == before:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the hash goes on")

    asyncio.run(run())


@needs_proc
@pytest.mark.slow
def test_many_openings_and_closings_cost_nothing_in_the_end(tmp_path: Path) -> None:
    path = bad_files.pdf(tmp_path / "a.pdf")

    async def run() -> list[tuple[int, int]]:
        counts = []
        for _ in range(5):
            first, second = await asyncio.gather(open_source(path), open_source(path))
            await asyncio.gather(first.close(), second.close(), first.close())
            counts.append((open_files(), sum(thread.name.endswith("-child") for thread in threading.enumerate())))
        return counts

    counts = asyncio.run(run())

    assert counts[-1] == counts[0]
