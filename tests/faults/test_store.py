"""The library when things go wrong: kill -9 at any moment, two processes, a full disk, a locked or a read-only file."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import DiskFull, OutputNotWritable
from engine.store import database, files
from engine.store.errors import StoreLocked
from engine.store.library import Library, open_library
from engine.store.records import KeptJob
from tests.support.kept_library import bytes_in, opened, with_library
from tests.support.kept_pages import facts, page
from tests.support.library_process import deadly_run, ended, start, whole_run, words_of_page

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and mounts of Unix")

PAGES = 200
CONTRACT = facts("contract.pdf", PAGES)


def reads(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    return (line.strip() for line in process.stdout)


def kill(process: subprocess.Popen[str]) -> list[str]:
    """Kill a process at once and return what it still had said."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    rest = list(reads(process))
    assert process.stdout is not None
    process.stdout.close()
    return rest


async def pages_of(library: Library, name: str) -> dict[int, str]:
    kept = await library.newest(facts(name).sha256, range(1, PAGES + 1))
    return {number: each.result.lines[0].text for number, each in kept.items()}


# -- kills


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_what_was_announced_as_kept_is_there_after_a_kill(tmp_path: Path, seed: int) -> None:
    after = random.Random(seed).randrange(PAGES)
    process = start("keep", tmp_path, "contract.pdf", 1, PAGES)
    lines = reads(process)
    assert next(lines) == "begun"
    announced = [int(next(lines)) for _ in range(after)]
    time.sleep(random.Random(seed).random() / 50)
    announced += [int(line) for line in kill(process) if line.isdigit()]

    async def look(library: Library) -> tuple[dict[int, str], KeptJob, tuple[int, ...]]:
        assert library.notice is None
        (job,) = await library.jobs()
        left = await library.take_up(job.id) if job.left else ()
        return await pages_of(library, "contract.pdf"), job, left

    kept, job, left = with_library(tmp_path, look)

    assert set(announced) <= set(kept)
    assert all(text == words_of_page("contract.pdf", number) for number, text in kept.items())
    # What is kept is done, what is not is read again: nothing twice, nothing never.
    assert job.interrupted and job.done == len(kept)
    assert sorted([*kept, *left]) == list(range(1, PAGES + 1))


@pytest.mark.parametrize(
    "step",
    [
        "before engine.store.forgetting want_wipe",
        "after engine.store.forgetting forget_rows",
        "before engine.store.forgetting wipe",
        "before engine.store.forgetting backups_in",
        "before engine.store.forgetting _cut_wal",
        "after engine.store.forgetting _cut_wal",
        "after engine.store.forgetting wipe",
    ],
)
@pytest.mark.slow
def test_a_kill_while_forgetting_only_puts_it_off(tmp_path: Path, step: str) -> None:
    for name in ("going.pdf", "staying.pdf"):
        whole_run("keep", tmp_path, name, 1, 40)
    deadly_run("forget", tmp_path, "going.pdf", step)

    async def look(library: Library) -> int:
        assert library.notice is None
        assert len(await pages_of(library, "staying.pdf")) == 40
        return len(await pages_of(library, "going.pdf"))

    there = with_library(tmp_path, look)

    # Whole or not at all: rows that were not committed are there, of all others nothing is left in the files.
    assert there == (40 if "want_wipe" in step or "forget_rows" in step else 0)
    assert (b"of going.pdf" in bytes_in(tmp_path)) == (there > 0)


@pytest.mark.parametrize(
    ("step", "moved"),
    [
        ("before engine.store.moving copy_whole", False),
        ("before engine.store.files is_sound", False),
        ("after engine.store.moving copy_whole", False),
        ("after engine.store.moving _copy", False),
        ("before engine.store.database Database switch", True),
        ("after engine.store.database Database switch", True),
        ("before engine.store.moving remove_files", True),
        ("after engine.store.moving remove_files", True),
        ("after engine.store.moving _clear", True),
    ],
)
@pytest.mark.slow
def test_a_kill_while_moving_leaves_one_whole_library(tmp_path: Path, step: str, moved: bool) -> None:
    old, new, note = tmp_path / "old", tmp_path / "new", tmp_path / "place"
    whole_run("keep", old, "contract.pdf", 1, 40)
    deadly_run("move", old, new, note, step)

    assert note.exists() == moved
    place, other = (new, old) if moved else (old, new)
    assert len(with_library(place, lambda library: pages_of(library, "contract.pdf"))) == 40
    assert not other.exists()  # opening it has removed what was left of the other
    assert b"places" not in bytes_in(place) and str(other).encode() not in bytes_in(place)
    with_library(place, lambda library: library.move(other))  # and it can go there
    assert len(with_library(other, lambda library: pages_of(library, "contract.pdf"))) == 40


@pytest.mark.slow
def test_another_library_that_was_begun_in_the_old_place_is_left_alone(tmp_path: Path) -> None:
    old, new, note = tmp_path / "old", tmp_path / "new", tmp_path / "place"
    whole_run("keep", old, "contract.pdf", 1, 5)
    deadly_run("move", old, new, note, "after engine.store.database Database switch")
    (old / files.FILE).unlink()
    whole_run("keep", old, "other.pdf", 1, 5)

    assert len(with_library(new, lambda library: pages_of(library, "contract.pdf"))) == 5
    assert len(with_library(old, lambda library: pages_of(library, "other.pdf"))) == 5


# -- two processes


@pytest.mark.slow
def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    work = [("contract.pdf", 1, 60), ("contract.pdf", 41, 100), ("other.pdf", 1, 60)]
    for process in [start("keep", tmp_path, *words) for words in work]:
        assert len(ended(process)) == 61

    async def look(library: Library) -> None:
        assert sorted(await pages_of(library, "contract.pdf")) == list(range(1, 101))
        assert sorted(await pages_of(library, "other.pdf")) == list(range(1, 61))
        assert (await library.search("合同", limit=1)).total == 160
        assert sorted((job.done, job.running) for job in await library.jobs()) == [(60, False)] * 3

    with_library(tmp_path, look)


@pytest.mark.slow
def test_a_job_of_a_living_process_is_not_offered_and_that_of_a_killed_one_is(tmp_path: Path) -> None:
    process = start("keep", tmp_path, "contract.pdf", 1, 100_000)
    lines = reads(process)
    assert next(lines) == "begun" and next(lines).isdigit()

    async def stands(library: Library) -> tuple[bool, bool]:
        (job,) = await library.jobs()
        return job.running, job.interrupted

    assert with_library(tmp_path, stands) == (True, False)
    kill(process)
    assert with_library(tmp_path, stands) == (False, True)
    assert list(tmp_path.glob(".session-*")) == []


def test_a_library_that_somebody_keeps_locked_is_told_and_goes_on_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.2)
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"
    )

    async def run() -> None:
        async with opened(tmp_path) as library:
            await library.note(CONTRACT)
            with subprocess.Popen(
                [sys.executable, "-c", hold, tmp_path / files.FILE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as other:
                assert other.stdout is not None and other.stdout.readline() == "locked\n"
                with pytest.raises(StoreLocked) as told:
                    await library.keep(CONTRACT.sha256, page(1, "words"))
                assert told.value.retryable and "Close the other window or command" in str(told.value)
                assert await library.newest(CONTRACT.sha256, [1]) == {}  # reading waits for nobody
                other.communicate("")
            assert await library.keep(CONTRACT.sha256, page(1, "words"))

    asyncio.run(run())


# -- disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no small disk can be made here")
    yield place
    subprocess.run(["umount", place], check=True)


async def kept_until_full(library: Library) -> list[int]:
    """Keep pages until the disk is full, and return which were kept."""
    kept: list[int] = []
    try:
        for number in range(1, PAGES):
            texts = [f"zsecret{number} words " * 30 for _ in range(9)]
            assert await library.keep(CONTRACT.sha256, page(number, *texts))
            kept.append(number)
    except DiskFull:
        return kept
    raise AssertionError("the disk was never full")


def test_a_full_disk_is_told_and_what_was_kept_is_there(disk: Path) -> None:
    folder, ballast = disk / "library", disk / "ballast"
    ballast.write_bytes(bytes(300_000))

    async def fill(library: Library) -> list[int]:
        await library.note(CONTRACT)
        announced = await kept_until_full(library)
        assert sorted(await pages_of(library, "contract.pdf")) == announced  # it can still be read
        ballast.unlink()
        assert await library.keep(CONTRACT.sha256, page(PAGES, "goes on"))
        return [*announced, PAGES]

    announced = with_library(folder, fill)

    assert len(announced) > 3
    assert sorted(with_library(folder, lambda library: pages_of(library, "contract.pdf"))) == announced


def test_a_disk_without_space_for_a_library(disk: Path) -> None:
    with contextlib.suppress(OSError):
        (disk / "ballast").write_bytes(bytes(1 << 20))

    with pytest.raises(DiskFull):
        asyncio.run(open_library(disk / "library"))


def test_forgetting_on_a_full_disk_is_done_or_told_and_done_once_there_is_room(disk: Path) -> None:
    folder, ballast = disk / "library", disk / "ballast"
    ballast.write_bytes(bytes(400_000))  # the room to forget: what is dropped is written over, beside what is there

    async def run(library: Library) -> None:
        await library.note(CONTRACT)
        kept = await kept_until_full(library)
        with contextlib.suppress(DiskFull):
            await library.forget(CONTRACT.sha256)
        assert len(await pages_of(library, "contract.pdf")) in (0, len(kept))
        ballast.unlink()
        await library.forget(CONTRACT.sha256)
        assert (await library.search("zsecret1")).total == 0

    with_library(folder, run)
    with_library(folder, Library.documents)
    assert b"zsecret" not in bytes_in(folder)


def test_a_place_that_can_only_be_read(disk: Path) -> None:
    folder = disk / "library"
    with_library(folder, lambda library: library.note(CONTRACT))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        with pytest.raises(OutputNotWritable):
            asyncio.run(open_library(folder))
        with pytest.raises(OutputNotWritable):
            asyncio.run(open_library(disk / "other"))
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert len(with_library(folder, Library.documents)) == 1


# -- many pages


@pytest.mark.slow
def test_two_thousand_pages_are_kept_without_growing(tmp_path: Path) -> None:
    told = [json.loads(line) for line in whole_run("grow", tmp_path, 2000)]

    assert [each["pages"] for each in told] == [500, 1000, 1500, 2000]
    assert told[-1]["rss"] - told[0]["rss"] < 16 << 20
    found = with_library(tmp_path, lambda library: library.search("number1999 合同"))
    assert [hit.number for hit in found.hits] == [1999]
