"""The library of a service: where it lies, none made only to look, and what is kept from when on."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from engine.service import Service
from engine.settings import change_settings
from engine.store.keeping import facts_of
from tests.support.command import pdf_with_text
from tests.support.fake_pages import FakeSource


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_looking_makes_no_library_and_a_moved_one_is_known_by_its_new_place(home: Path, tmp_path: Path) -> None:
    async def run() -> None:
        service = Service(keeps=True)
        assert await service.library_there() is None
        assert service.library_folder == home / "data" / "library"
        assert not (home / "data").exists()
        library = await service.library()
        assert await service.library_there() is library
        await library.move(tmp_path / "elsewhere")
        assert service.library_folder == tmp_path / "elsewhere"
        assert await service.library_there() is library
        await service.close()

    asyncio.run(run())


def note_place(place: Path) -> None:
    change_settings(
        lambda kept: dataclasses.replace(kept, library=dataclasses.replace(kept.library, folder=str(place)))
    )


def test_a_library_that_a_command_moved_before_it_was_opened_here_is_found(home: Path, tmp_path: Path) -> None:
    async def run() -> None:
        service, command = Service(keeps=True), Service(keeps=True)
        assert service.library_folder == home / "data" / "library"
        assert await service.library_there() is None
        moved = await command.library()
        await moved.note(await facts_of(FakeSource()))
        await moved.move(tmp_path / "elsewhere", settle=note_place)
        await command.close()

        library = await service.library()

        assert library.folder == service.library_folder == tmp_path / "elsewhere"
        assert len(await library.documents()) == 1
        assert not (home / "data" / "library" / "library.db").exists()
        await service.close()

    asyncio.run(run())


def keep_protected(keep: bool) -> None:
    change_settings(
        lambda kept: dataclasses.replace(kept, library=dataclasses.replace(kept.library, keep_protected=keep))
    )


@pytest.mark.slow
def test_what_is_kept_can_be_changed_while_it_runs(tmp_path: Path) -> None:
    plain = pdf_with_text(tmp_path / "plain.pdf", "This is a page of words enough to be sound.")
    locked = pdf_with_text(tmp_path / "locked.pdf", "This is another page of words.", password="geheim")

    async def run() -> None:
        service = Service(keeps=False)
        document, closed = await service.open(plain), await service.open(locked, password="geheim")
        assert not service.keeps(document)
        await service.read(document, reader="text").wait()
        assert await service.library_there() is None
        service.keep_from_now_on(True)
        assert service.keeps(document) and not service.keeps(closed)
        keep_protected(True)
        assert service.keeps(closed)
        await service.read(document, reader="text").wait()
        library = await service.library_there()
        assert library is not None and (await library.size()).pages == 1
        await service.close()

    asyncio.run(run())
