"""Small pictures of read pages are kept: page 1 and what was read, once each, and only where readings are kept."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pymupdf
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop import picture_keeper
from desktop.app import Parts
from desktop.models.kept_pictures import decoded
from desktop.picture_keeper import HEIGHT, WIDTH, PictureKeeper, encoded
from engine.settings import change_library
from engine.store.library import MOST_THUMBNAIL_BYTES, Library
from engine.store.records import Thumbnail
from tests.support.desk import desk, until


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(picture_keeper, "STEP_MS", 1)
    return tmp_path / "home"


def pdf(path: Path, pages: int, password: str = "") -> Path:
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            document.new_page().insert_text((72, 100), f"Page {number} of a document with words enough.", fontsize=12)
        encryption = pymupdf.PDF_ENCRYPT_AES_256 if password else pymupdf.PDF_ENCRYPT_NONE
        document.save(path, encryption=encryption, user_pw=password or None, owner_pw=password or None)
    return path


async def read(parts: Parts, path: Path) -> PictureKeeper:
    """Open a document, let it be read, and wait until nothing is left to keep."""
    parts.bench.furnish()
    parts.session.reader = "text"
    keeper = parts.bench.library_desk().keeper
    assert keeper is not None
    parts.bench.open_paths([path])
    await until(lambda: parts.session.document is not None and parts.session.document.info.path == path)
    document = parts.session.document
    assert document is not None
    await until(lambda: len(document.results) == document.info.page_count and parts.session.job is None)
    await until(lambda: not keeper.due)
    return keeper


async def kept(parts: Parts) -> dict[int, Thumbnail]:
    document = parts.session.document
    assert document is not None
    sha256 = await document.source.content_hash()
    await until(lambda: parts.service.library_folder.exists())
    return await (await parts.service.library()).thumbnails(sha256, 1, document.info.page_count)


@pytest.mark.qloop
@pytest.mark.slow
async def test_pages_that_were_read_have_a_picture_in_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, keep_thumbnail = list[int](), Library.keep_thumbnail

    async def counted(library: Library, sha256: str, number: int, thumbnail: Thumbnail) -> bool:
        written.append(number)
        return await keep_thumbnail(library, sha256, number, thumbnail)

    monkeypatch.setattr(Library, "keep_thumbnail", counted)
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    async with desk(store) as parts:
        await read(parts, pdf(tmp_path / "a.pdf", 30))  # more pages than the list of pages shows
        await until(lambda: len(written) == 30)
        pictures = await kept(parts)
        assert list(pictures) == list(range(1, 31)) and sorted(written) == list(range(1, 31))
        assert written[0] == 1
        image = decoded(pictures[30].image)
        assert image is not None and (image.width(), image.height()) == (pictures[30].width, pictures[30].height)
        assert all(picture.width <= WIDTH and len(picture.image) < 20_000 for picture in pictures.values())

        await read(parts, pdf(tmp_path / "b.pdf", 1))
        await until(lambda: len(written) == 31)
        await read(parts, tmp_path / "a.pdf")  # nothing is written again
        assert len(written) == 31


@pytest.mark.qloop
@pytest.mark.slow
async def test_no_more_than_so_many_pages_are_drawn_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_keeper, "MOST_DRAWN", 3)
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    async with desk(store) as parts:
        parts.window.acts.thumbnails.setChecked(False)  # the list draws none
        await read(parts, pdf(tmp_path / "a.pdf", 20))
        assert len(await kept(parts)) <= 3


@pytest.mark.qloop
@pytest.mark.slow
@pytest.mark.parametrize("way", ["nothing is kept", "nothing is remembered", "protected"])
async def test_no_picture_where_no_reading_is_kept(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way == "nothing is kept":
        change_library(keep=False)
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    async with desk(None if way == "nothing is remembered" else store) as parts:
        if way == "protected":

            async def password(name: str, again: bool) -> str:
                return "geheim"

            monkeypatch.setattr(parts.session, "_ask_password", password)
        await read(parts, pdf(tmp_path / "a.pdf", 2, password="geheim" if way == "protected" else ""))

    assert not (home / "data" / "library").exists()


def test_a_picture_is_made_small(qapp: QApplication) -> None:
    for width, height in ((96, 124), (400, 500), (20, 4000), (3000, 3)):
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        thumbnail = encoded(image)
        assert 0 < thumbnail.width <= WIDTH and 0 < thumbnail.height <= HEIGHT
        assert len(thumbnail.image) < MOST_THUMBNAIL_BYTES
        known = decoded(thumbnail.image)
        assert known is not None and dataclasses.astuple(thumbnail)[1:] == (known.width(), known.height())
