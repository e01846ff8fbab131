"""A whole job through service and library, killed at any moment or on a full disk: nothing lost, nothing read twice."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import DiskFull
from engine.events import Event, JobOutcome, JobPaused, PageFailed, PageFinished
from engine.jobs import hold
from engine.pages import opening
from engine.readers.reader import ReadingDone
from engine.service import Service
from engine.settings import LibrarySettings, Settings, save_settings
from engine.store.library import begin_library, open_library
from tests.support import job_process
from tests.support.fake_pages import FakeReader, FakeSource, page_saying

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="mounts of Unix")

PAGES = job_process.PAGES


class WordyReader(FakeReader):
    """Reads pages that take their room."""

    async def read(self, request):  # type: ignore[no-untyped-def]
        self.begun.append(request.number)
        await asyncio.sleep(0)
        result = page_saying(request.number, f"page {request.number} says")
        line = result.lines[0]
        texts = [f"line {index} of page {request.number} with number{index * 7919}" for index in range(60)]
        yield ReadingDone(replace(result, lines=(line, *(replace(line, text=text) for text in texts))))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no small disk can be made here")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.slow
def test_a_disk_that_fills_up_in_mid_job_holds_it_and_nothing_is_lost(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGLOT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(hold, "HOLD_S", (0.05,))
    asyncio.run(begin_library(disk / "library"))
    save_settings(Settings(library=LibrarySettings(folder=str(disk / "library"))))
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(8_300_000))

    async def open_fake(target: object, *, password: str | None = None, name: str = "") -> FakeSource:
        return FakeSource(PAGES)

    monkeypatch.setattr(opening, "open_source", open_fake)
    reader, events = WordyReader(pages_at_once=4), list[Event]()

    async def run() -> None:
        service = Service(keeps=True)
        service._readers._made["auto"] = reader
        service.subscribe(events.append)
        full = asyncio.Event()
        service.subscribe(lambda event: full.set() if isinstance(event, JobPaused) else None)
        try:
            async with asyncio.timeout(60):
                await fill_and_free(service, full)
        finally:
            await service.close()

    async def fill_and_free(service: Service, full: asyncio.Event) -> None:
        job = service.read(await service.open(Path("fake.pdf")))
        await full.wait()
        library = await service.library()
        announced = {event.number for event in events if isinstance(event, PageFinished)}
        kept = await library.newest("ab" * 32, range(1, PAGES + 1))
        assert announced <= set(kept) and 0 < len(announced) < PAGES
        assert isinstance(job.error, DiskFull)
        ballast.unlink()
        assert await job.wait() is JobOutcome.FINISHED
        assert sorted(await library.newest("ab" * 32, range(1, PAGES + 1))) == list(range(1, PAGES + 1))
        (told,) = await library.jobs()
        assert (told.done, told.failures, told.state) == (PAGES, (), "finished")

    asyncio.run(run())

    assert sorted(reader.begun) == list(range(1, PAGES + 1))  # each was read once
    assert not any(isinstance(event, PageFailed) for event in events)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_job_that_is_killed_again_and_again_reads_every_page_once(tmp_path: Path, seed: int) -> None:
    chance, announced, kept, kills = random.Random(seed), list[int](), set[int](), 0
    while len(kept) < PAGES:
        process = job_process.start(tmp_path)
        assert process.stdout is not None
        assert int(next(process.stdout).split()[1]) == PAGES - len(kept)
        stay = chance.randrange(5, 60)
        announced += [int(line) for line in itertools.islice(process.stdout, stay)]
        process.send_signal(signal.SIGKILL)
        announced += [int(line) for line in process.stdout]
        process.stdout.close()
        kills += process.wait() != 0
        kept = asyncio.run(kept_at(tmp_path))
        assert set(announced) <= kept

    assert kills >= 2
    assert len(announced) == len(set(announced))  # none was read and told again


async def kept_at(home: Path) -> set[int]:
    """Return which pages are kept in the library of a home; its one job says the same."""
    library = await open_library(home / "data" / "library")
    kept = set(await library.newest("ab" * 32, range(1, PAGES + 1)))
    (job,) = await library.jobs()
    assert not job.running and job.done == len(kept)
    await library.close()
    return kept
